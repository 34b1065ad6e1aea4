"""Fonts that look different by machine or by viewer: without glyphs of their own, or with tables that contradict each other."""

from collections import Counter

from mobile_app.device.document_checks.document import PreparedDocument
from mobile_app.device.document_checks.drawn_fonts.ambiguous_codes import ambiguous_codes
from mobile_app.device.document_checks.findings.fields import key_of, listed
from mobile_app.device.document_checks.findings.reached import Owner, Reached
from mobile_app.device.document_checks.findings.words import AMBIGUOUS_FONTS, UNEMBEDDED_FONTS
from mobile_app.device.document_checks.page_content.reader import read_streams
from mobile_app.device.document_checks.page_content.sources import decoded, stream_of
from mobile_app.device.document_checks.syntax import Value, name_of
from mobile_app.errors import CheckFailed


def look_at_fonts(document: PreparedDocument, reached: Reached, found: set[str]) -> None:
    """Note fonts that are not embedded, and those that show a code which viewers draw as different glyphs."""
    ambiguous: dict[int, frozenset[int]] = {}
    for key, font in reached.fonts.items():
        if not _is_embedded(document, font):
            found.add(UNEMBEDDED_FONTS)
        elif codes := ambiguous_codes(document, font):
            ambiguous[key] = codes
    if ambiguous and any(_shows(document, owner, ambiguous) for owner in reached.owners):
        found.add(AMBIGUOUS_FONTS)


def _is_embedded(document: PreparedDocument, font: dict[str, Value]) -> bool:
    if font.get("Subtype") == "Type3":
        return True
    if font.get("Subtype") == "Type0":
        descendants = listed(document, font.get("DescendantFonts"))
        font = document.dictionary_before(descendants[0]) if descendants else {}
    descriptor = document.dictionary_before(font.get("FontDescriptor"))
    return any(descriptor.get(key) is not None for key in ("FontFile", "FontFile2", "FontFile3"))


def _shows(document: PreparedDocument, owner: Owner, ambiguous: dict[int, frozenset[int]]) -> bool:
    """Say whether the owner shows an ambiguous code. Text in a font that the caller has set may be in any of them."""
    fonts = document.dictionary_before(owner.resources.get("Font"))
    codes_by_name = {name: ambiguous.get(key_of(font), frozenset()) for name, font in fonts.items()}
    if not any(codes_by_name.values()):
        return False
    any_of_them = frozenset().union(*codes_by_name.values())
    shown: dict[bytes | None, Counter[bytes]] = {}
    try:
        contents = [decoded(document, stream_of(document, one, "contents")) for one in owner.streams()]
        read_streams(contents, own_colour=True, shown=shown)
    except CheckFailed:
        # Nothing draws it, or it would have been refused.
        return False
    for name, texts in shown.items():
        codes = any_of_them if name is None else codes_by_name.get(name_of(name), frozenset())
        if codes and any(not codes.isdisjoint(text) for text in texts):
            return True
    return False
