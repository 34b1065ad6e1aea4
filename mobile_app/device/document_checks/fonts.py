"""The stamp's two fonts: new, embedded, and of exactly the shape that the server writes (ISO 32000-2, 9.6 to 9.10).

Why: a font that is not embedded looks different on each machine, a Type 3 font is content under another name, and
a font with two ways to find a glyph is read in two ways. So each is a composite font whose codes are the glyphs of
its own TrueType program, one to one, and the program holds outlines and nothing else (``font_program.py``). It may list its glyphs
(``/CIDSet``, table 122), as PDF/A-1 wants it: then all of them.
"""

import re
from typing import Final

from mobile_app.device.document_checks.appearance import (
    FONT_NAMES,
    FONT_OBJECTS,
    drawn_by,
    font_objects,
    is_integer,
    new_stream,
    stamp_of,
    stream_bytes,
)
from mobile_app.device.document_checks.document import PreparedDocument, refuse
from mobile_app.device.document_checks.font_program import is_unicode_map, read_advances
from mobile_app.device.document_checks.known_fonts import KnownFonts
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
_REST: Final = (b"", b"\x80", b"\xc0", b"\xe0", b"\xf0", b"\xf8", b"\xfc", b"\xfe")
_known: Final = KnownFonts()


def check_fonts(document: PreparedDocument) -> None:
    """Each of the two fonts is the server's, down to its program, and has every glyph that the stamp draws."""
    drawn = drawn_by(document)
    found = new_stream(document, stamp_of(document))
    if drawn is None or found is None:
        return
    resources = found.entries.get("Resources")
    fonts = resources.get("Font") if isinstance(resources, dict) else None
    if not isinstance(fonts, dict) or fonts.get(FONT_NAMES[0]) == fonts.get(FONT_NAMES[1]):
        refuse("doc_font", "same")
    for name, highest in zip(FONT_NAMES, drawn[:2], strict=True):
        if highest >= _glyphs_of(document, fonts.get(name)):
            refuse("doc_font", "glyph", font=name)


def _glyphs_of(document: PreparedDocument, reference: Value) -> int:
    """Check one font; return how many glyphs it has."""
    if not isinstance(reference, Ref):
        refuse("doc_font", "objects")
    objects = document.new_objects
    numbers = font_objects(document, reference)
    parts = tuple(objects[number] for number in numbers if number in objects)
    if len(parts) != len(numbers):
        refuse("doc_font", "objects")
    if document.original.handler is not None:
        return _check_font(document, reference)
    glyphs = _known.find(document.data, parts)
    if glyphs is None:
        glyphs = _check_font(document, reference)
        _known.keep(document.data, parts, glyphs)
    return glyphs


def _check_font(document: PreparedDocument, first: Ref) -> int:
    """The font itself, its glyphs, its description, its program and its map to Unicode stand in this order."""
    cid_font, descriptor, program, unicode_map = (Ref(first.number + place, 0) for place in range(1, FONT_OBJECTS))
    font = _new_dictionary(document, first, _FONT)
    name = font["BaseFont"]
    if (font["Type"], font["Subtype"], font["Encoding"]) != ("Font", "Type0", "Identity-H"):
        refuse("doc_font", "kind")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        refuse("doc_font", "name")
    if font["DescendantFonts"] != [cid_font] or font["ToUnicode"] != unicode_map:
        refuse("doc_font", "parts")
    if not is_unicode_map(_deflated(document, unicode_map, frozenset(("Filter", "Length")))):
        refuse("doc_font", "unicode")
    glyphs = _new_dictionary(document, cid_font, _CID_FONT)
    if (glyphs["Type"], glyphs["Subtype"], glyphs["BaseFont"]) != ("Font", "CIDFontType2", name):
        refuse("doc_font", "kind")
    if glyphs["CIDSystemInfo"] != _SYSTEM or glyphs["CIDToGIDMap"] != "Identity" or not is_integer(glyphs["DW"], 0):
        refuse("doc_font", "codes")
    if glyphs["FontDescriptor"] != descriptor:
        refuse("doc_font", "parts")
    _check_descriptor(document, descriptor, name, program)
    count = _check_widths(document, program, glyphs["W"])
    _check_glyph_list(document, document.dictionary_now(descriptor), Ref(first.number + FONT_OBJECTS, 0), count)
    return count


def _check_glyph_list(document: PreparedDocument, descriptor: dict[str, Value], listed: Ref, glyphs: int) -> None:
    """A list of glyphs, if there is one, names all of them, and is not packed."""
    if "CIDSet" not in descriptor:
        return
    found = new_stream(document, listed)
    if descriptor["CIDSet"] != listed or found is None or found.entries.keys() != {"Length"}:
        refuse("doc_font", "glyph_list")
    if stream_bytes(document, found, MAX_STAMP_FONT_BYTES) != all_glyphs(glyphs):
        refuse("doc_font", "glyph_list")


def all_glyphs(count: int) -> bytes:
    """Return a bit for each of so many glyphs, all set, the first in the highest place."""
    return b"\xff" * (count // 8) + _REST[count % 8]


def _check_widths(document: PreparedDocument, program: Ref, widths: Value) -> int:
    """The PDF's widths are those of the program, which keeps the rules of ``font_program.py``."""
    packed = _deflated(document, program, frozenset(("Length1", "Filter", "Length")))
    length = document.dictionary_now(program)["Length1"]
    if type(length) is not int or not 0 < length <= MAX_STAMP_FONT_BYTES:
        refuse("doc_font", "length")
    advances = read_advances(packed, length)
    if advances is None:
        refuse("doc_font", "program")
    if not isinstance(widths, list) or len(widths) != 2 or not is_integer(widths[0], 0) or widths[1] != list(advances):
        refuse("doc_font", "widths")
    return len(advances)


def _check_descriptor(document: PreparedDocument, reference: Ref, name: str, program: Ref) -> None:
    listed = document.dictionary_now(reference).keys() & {"CIDSet"}
    descriptor = _new_dictionary(document, reference, _DESCRIPTOR | listed)
    box = descriptor["FontBBox"]
    numbers = [*(box if isinstance(box, list) and len(box) == 4 else [None]), *(descriptor[key] for key in _METRICS)]
    if (
        (descriptor["Type"], descriptor["FontName"]) != ("FontDescriptor", name)
        or not is_integer(descriptor["Flags"], _SYMBOLIC)
        or not all(type(number) is int for number in numbers)
    ):
        refuse("doc_font", "descriptor")
    if descriptor["FontFile2"] != program:
        refuse("doc_font", "parts")


def _deflated(document: PreparedDocument, reference: Ref, keys: frozenset[str]) -> bytes:
    """Return the data of a new stream with these keys that is packed by Flate and nothing else."""
    found = new_stream(document, reference)
    if found is None or found.entries.keys() != keys or found.entries["Filter"] != "FlateDecode":
        refuse("doc_font", "stream")
    packed = stream_bytes(document, found, MAX_STAMP_FONT_BYTES)
    if packed is None:
        refuse("doc_font", "length")
    return packed


def _new_dictionary(document: PreparedDocument, reference: Ref, keys: frozenset[str]) -> dict[str, Value]:
    """Return the new object behind the reference, which has exactly these keys and is no stream."""
    found = document.new_objects.get(reference.number)
    value = None if found is None or found.stream is not None else document.now(reference)
    if not isinstance(value, dict) or value.keys() != keys:
        refuse("doc_font", "dictionary", keys=sorted(value.keys() ^ keys)[:8] if isinstance(value, dict) else [])
    return value
