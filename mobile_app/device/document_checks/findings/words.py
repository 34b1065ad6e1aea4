"""The words for what is found, as they stand in the phone's texts and in the server's (``FINDING_TEXTS``)."""

from typing import Final

LAYERS: Final = "layers"
UNEMBEDDED_FONTS: Final = "unembedded_fonts"
AMBIGUOUS_FONTS: Final = "ambiguous_fonts"
ATTACHMENTS: Final = "attachments"
UNLOCKED_FIELDS: Final = "unlocked_fields"
LOOSE_FIELDS: Final = "loose_fields"
NEED_APPEARANCES: Final = "need_appearances"
EMPTY_SIGNATURE_FIELDS: Final = "empty_signature_fields"
ANNOTATIONS_OVER_TEXT: Final = "annotations_over_text"
LINK_APPEARANCE: Final = "link_appearance"
LARGE_STAMP: Final = "large_stamp"
