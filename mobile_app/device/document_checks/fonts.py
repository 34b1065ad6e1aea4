"""The stamp's two fonts: new, embedded, and of exactly the shape that the server writes (ISO 32000-2, 9.6 to 9.10).

Why: a font that is not embedded looks different on each machine, a Type 3 font is content under another name, and
a font with two ways to find a glyph is read in two ways. So each is a composite font whose codes are the glyphs of
its own TrueType program, one to one, and the program holds outlines and nothing else (``font_program.py``).
"""

import re
from typing import Final

from mobile_app.device.document_checks.appearance import (
    FONT_NAMES,
    drawn_glyphs,
    is_integer,
    new_stream,
    stamp_of,
    stream_bytes,
)
from mobile_app.device.document_checks.document import PreparedDocument, refuse
from mobile_app.device.document_checks.font_program import is_unicode_map, read_advances
from mobile_app.device.document_checks.limits import MAX_STAMP_FONT_BYTES
from mobile_app.device.document_checks.syntax import Ref, Value

_FONT: Final = frozenset(("Type", "Subtype", "BaseFont", "Encoding", "DescendantFonts", "ToUnicode"))
_CID_FONT: Final = frozenset(
    ("Type", "Subtype", "BaseFont", "CIDSystemInfo", "FontDescriptor", "DW", "W", "CIDToGIDMap")
)
_DESCRIPTOR: Final = frozenset(
    (
        "Type", "FontName", "Flags", "FontBBox", "ItalicAngle", "Ascent", "Descent", "CapHeight", "StemV", "FontFile2",
    )
)  # fmt: skip
_METRICS: Final = ("ItalicAngle", "Ascent", "Descent", "CapHeight", "StemV")
_SYMBOLIC: Final = 4
_NAME: Final = re.compile(r"[A-Z]{6}\+[A-Za-z0-9-]{1,60}")
_SYSTEM: Final = {"Registry": b"Adobe", "Ordering": b"Identity", "Supplement": 0}


def check_fonts(document: PreparedDocument) -> None:
    """Each of the two fonts is the server's, down to its program, and has every glyph that the stamp draws."""
    drawn = drawn_glyphs(document)
    found = new_stream(document, stamp_of(document))
    if drawn is None or found is None:
        return
    resources = found.entries.get("Resources")
    fonts = resources.get("Font") if isinstance(resources, dict) else None
    if not isinstance(fonts, dict) or fonts.get(FONT_NAMES[0]) == fonts.get(FONT_NAMES[1]):
        refuse("doc_font", "same")
    for name, highest in zip(FONT_NAMES, drawn, strict=True):
        glyphs = _check_font(document, fonts.get(name))
        if highest >= glyphs:
            refuse("doc_font", "glyph", font=name)


def _check_font(document: PreparedDocument, reference: Value) -> int:
    """Check one font; return how many glyphs it has."""
    font = _new_dictionary(document, reference, _FONT)
    name, descendants = font["BaseFont"], font["DescendantFonts"]
    if (font["Type"], font["Subtype"], font["Encoding"]) != ("Font", "Type0", "Identity-H"):
        refuse("doc_font", "kind")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        refuse("doc_font", "name")
    if not isinstance(descendants, list) or len(descendants) != 1:
        refuse("doc_font", "descendant")
    unicode_map = new_stream(document, font["ToUnicode"])
    if (
        unicode_map is None
        or unicode_map.entries.keys() != {"Filter", "Length"}
        or not is_unicode_map(_deflated(document, font["ToUnicode"]))
    ):
        refuse("doc_font", "unicode")
    return _check_cid_font(document, descendants[0], name)


def _check_cid_font(document: PreparedDocument, reference: Value, name: str) -> int:
    font = _new_dictionary(document, reference, _CID_FONT)
    if (font["Type"], font["Subtype"], font["BaseFont"]) != ("Font", "CIDFontType2", name):
        refuse("doc_font", "kind")
    if font["CIDSystemInfo"] != _SYSTEM or font["CIDToGIDMap"] != "Identity" or not is_integer(font["DW"], 0):
        refuse("doc_font", "codes")
    advances = read_advances(*_program(document, font["FontDescriptor"], name))
    widths = font["W"]
    if advances is None:
        refuse("doc_font", "program")
    if not isinstance(widths, list) or len(widths) != 2 or not is_integer(widths[0], 0) or widths[1] != list(advances):
        refuse("doc_font", "widths")
    return len(advances)


def _program(document: PreparedDocument, reference: Value, name: str) -> tuple[bytes, int]:
    """Check the descriptor; return the font's program as it stands in the file, and its length unpacked."""
    descriptor = _new_dictionary(document, reference, _DESCRIPTOR)
    if (descriptor["Type"], descriptor["FontName"]) != ("FontDescriptor", name):
        refuse("doc_font", "descriptor")
    box = descriptor["FontBBox"]
    numbers = [*(box if isinstance(box, list) and len(box) == 4 else [None]), *(descriptor[key] for key in _METRICS)]
    if not is_integer(descriptor["Flags"], _SYMBOLIC) or not all(type(number) is int for number in numbers):
        refuse("doc_font", "descriptor")
    program = new_stream(document, descriptor["FontFile2"])
    if program is None or program.entries.keys() != {"Length1", "Filter", "Length"}:
        refuse("doc_font", "not_embedded")
    length = program.entries["Length1"]
    if type(length) is not int or not 0 < length <= MAX_STAMP_FONT_BYTES:
        refuse("doc_font", "not_embedded")
    return _deflated(document, descriptor["FontFile2"]), length


def _deflated(document: PreparedDocument, reference: Value) -> bytes:
    """Return the data of a new stream that is packed by Flate and nothing else."""
    found = new_stream(document, reference)
    if found is None or found.entries.get("Filter") != "FlateDecode":
        refuse("doc_font", "filter")
    packed = stream_bytes(document, found, MAX_STAMP_FONT_BYTES)
    if packed is None:
        refuse("doc_font", "length")
    return packed


def _new_dictionary(document: PreparedDocument, reference: Value, keys: frozenset[str]) -> dict[str, Value]:
    """Return the new object behind the reference, which has exactly these keys and is no stream."""
    found = document.new_objects.get(reference.number) if isinstance(reference, Ref) else None
    value = None if found is None or found.stream is not None else document.now(reference)
    if not isinstance(value, dict) or value.keys() != keys:
        refuse("doc_font", "dictionary", keys=sorted(value.keys() ^ keys)[:8] if isinstance(value, dict) else [])
    return value
