"""Fonts that look different by machine or by viewer: without glyphs of their own, or with tables that contradict each other."""

from collections import Counter

from mobile_app.device.document_checks.document import PreparedDocument
from mobile_app.device.document_checks.drawn_fonts.ambiguous_codes import doubt_of
from mobile_app.device.document_checks.drawn_fonts.programs import KEYS, Doubt
from mobile_app.device.document_checks.findings.fields import key_of, listed
from mobile_app.device.document_checks.findings.reached import Owner, Reached
from mobile_app.device.document_checks.findings.words import AMBIGUOUS_FONTS, UNEMBEDDED_FONTS
from mobile_app.device.document_checks.page_content.reader import read_streams
from mobile_app.device.document_checks.page_content.sources import decoded, is_stream, stream_of
from mobile_app.device.document_checks.syntax import Value, name_of
from mobile_app.errors import CheckFailed


def look_at_fonts(document: PreparedDocument, reached: Reached, found: set[str]) -> None:
    """Note fonts that are not embedded, and those that show a code which viewers draw as different glyphs."""
    doubts: dict[int, Doubt] = {}
    for key, font in reached.fonts.items():
        if not _is_embedded(document, font):
            found.add(UNEMBEDDED_FONTS)
        elif (doubt := doubt_of(document, font)) is not None:
            doubts[key] = doubt
    if doubts and any(_shows(document, owner, doubts) for owner in reached.owners):
        found.add(AMBIGUOUS_FONTS)


def _is_embedded(document: PreparedDocument, font: dict[str, Value]) -> bool:
    if font.get("Subtype") == "Type3":
        return True
    if font.get("Subtype") == "Type0":
        descendants = listed(document, font.get("DescendantFonts"))
        font = document.dictionary_before(descendants[0]) if descendants else {}
    descriptor = document.dictionary_before(font.get("FontDescriptor"))
    return any(is_stream(document, descriptor.get(key)) for key in KEYS)


def _shows(document: PreparedDocument, owner: Owner, doubts: dict[int, Doubt]) -> bool:
    """Say whether the owner shows a text in doubt. Text in a font that the caller has set may be in any of them."""
    fonts = document.dictionary_before(owner.resources.get("Font"))
    by_name = {name: doubts[key_of(font)] for name, font in fonts.items() if key_of(font) in doubts}
    if not by_name:
        return False
    shown: dict[bytes | None, Counter[bytes]] = {}
    try:
        contents = [decoded(document, stream_of(document, one, "contents")) for one in owner.streams()]
        read_streams(contents, own_colour=True, shown=shown)
    except CheckFailed:
        # Nothing draws it, or it would have been refused.
        return False
    for name, texts in shown.items():
        asked = by_name.values() if name is None else [by_name[name_of(name)]] if name_of(name) in by_name else []
        if any(doubt(text) for doubt in asked for text in texts):
            return True
    return False
