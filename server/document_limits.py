"""Every number that a document is held to, in one place.

The phone has the same numbers for what it signs (``mobile_app/device/document_checks/limits.py``); a vector
(``tests/protocol/vectors/document_limits.json``) holds both together. Where no clause is named, the number was
measured: beyond it viewers differ, or a phone can't draw the page in the time that a person waits.
"""

from typing import Final

# Syntax (ISO 32000-2, 7.3 and annex C; PDFium, poppler, mupdf and pdf.js agree up to here).
MAX_OBJECT_NUMBER: Final = 1_000_000
MAX_GENERATION: Final = 65_535
MAX_DEPTH: Final = 30
MAX_NAME_BYTES: Final = 127
# As a name is spelt, escapes and all, without its slash: PDFium draws nothing from 255 on.
MAX_SPELT_NAME_BYTES: Final = 254
MAX_INTEGER: Final = 2**31 - 1
MAX_COMMENT_BYTES: Final = 64

# Content streams (8.2 and 7.8.2): mupdf takes names that differ behind 127 bytes for one, PDFium cuts strings.
MAX_CONTENT_TOKEN_BYTES: Final = 127
MAX_CONTENT_STRING_BYTES: Final = 32_766
# What one page may ask of whoever draws it. Forms count as often as they are drawn.
MAX_FORM_DEPTH: Final = 12
MAX_SAVED_STATES: Final = 256
MAX_PAGE_OPERATORS: Final = 1_000_000
MAX_PAGE_IMAGES: Final = 5_000
MAX_PAGE_PATTERNS: Final = 1_000
MAX_PATTERN_CELLS: Final = 100_000
MAX_IMAGE_PIXELS: Final = 100_000_000
MAX_PAGE_PIXELS: Final = 200_000_000
MAX_PAGE_CONTENT_BYTES: Final = 64 * 1024 * 1024
MAX_PAGE_SECONDS: Final = 10.0

# A page's sides in its own units, as what is visible of it (ISO 32000-2, annex C.2): smaller ones are a matter of rounding.
MIN_PAGE_SIDE: Final = 3.0

# The stamp: sides in points, share of the page's visible area (a small page may be full). Rects may reach over the
# edge by the slack; the appearance's box may differ from its Rect by what rounding to thousandths does.
MIN_STAMP_SIDE: Final = 4.0
MAX_STAMP_SHARE: Final = 0.5
SMALL_STAMP_AREA: Final = 200.0 * 200.0
LARGE_STAMP_SHARE: Final = 0.25
STAMP_SLACK: Final = 1.0
STAMP_ROUNDING: Final = 0.01
MAX_STAMP_CONTENT_BYTES: Final = 32_768
MAX_STAMP_FONT_BYTES: Final = 262_144
# Text strings of the signature dictionary, and the room for ``/Contents`` with its brackets.
MAX_SIGNATURE_TEXT_BYTES: Final = 1_000
MAX_GAP_BYTES: Final = 1_048_576
# Annotation flags (12.5.3): what a new field has (Print), and what an empty field of the document may have besides
# (ReadOnly, Locked, LockedContents: none of them changes what is drawn).
STAMP_FLAGS: Final = 4
MAX_FIELD_FLAGS: Final = 4 | 64 | 128 | 512
# Keys of an empty field that may be filled: each is known, and none draws, acts or hides (12.5.2, 12.5.6.19, 12.7.4).
EMPTY_FIELD_KEYS: Final = frozenset(
    (
        "Type", "Subtype", "FT", "T", "TU", "TM", "Ff", "F", "V", "Rect", "P", "AP", "AS", "MK", "BS", "Border", "C",
        "H", "DA", "Q", "DR", "DS", "NM", "M", "Contents", "StructParent", "Lang",
    )
)  # fmt: skip
