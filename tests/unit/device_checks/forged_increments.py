"""Increments that are not of the one shape: each breaks one rule of the stamp, its field, its fonts, the form or the page.

A case is (check, word of the refusal, forge). Most say one thing otherwise in one object of the right document.
"""

import zlib
from collections.abc import Callable, Iterator

from mobile_app.device.document_checks import ExpectedDocument
from mobile_app.device.document_checks.limits import MAX_STAMP_CONTENT_BYTES, MAX_STAMP_FONT_BYTES
from tests.pdf_corpus import stamp_by_hand
from tests.unit.device_checks.document_forge import (
    BLANK,
    CATALOG,
    CONTENT,
    FIELD,
    FONT,
    FONT_FILE,
    FORM,
    GAP,
    PAGE,
    SIGNATURE,
    STAMP,
    TO_UNICODE,
    Forge,
    redigested,
    stream,
)
from tests.unit.device_checks.forged_contents import CONTENTS, spoilt_content, with_content
from tests.unit.device_checks.forged_fonts import PROGRAM, PROGRAMS, spoilt_program, spoilt_unicode_map
from tests.unit.device_checks.forged_replacements import REPLACED

Case = tuple[str, str, Callable[[], Forge]]

def _replaced(number: int, old: bytes, new: bytes) -> Callable[[], Forge]:
    def forge() -> Forge:
        made = Forge()
        assert old in made.increment[number]
        made.increment[number] = made.increment[number].replace(old, new)
        return made

    return forge


def _name_taken_in_utf_16() -> Forge:
    made = Forge()
    made.original[CATALOG] = b"<</Type/Catalog/Pages 2 0 R/AcroForm 5 0 R>>"
    made.original[FONT] = b"<</Fields[4 0 R]>>"
    made.original[CONTENT] = b"<</FT/Tx/T<FEFF00500068006F006E0065005300650061006C0031>>>"
    made.increment[CATALOG] = made.original[CATALOG]
    made.increment[FONT] = b"<</Fields[4 0 R 7 0 R]/SigFlags 3>>"
    del made.increment[FORM]
    return made


def _range_of_fractions() -> Forge:
    """The numbers of the ByteRange are right, and no integers."""
    made = Forge()
    _, expected = made.build()
    said = b"[0 " + b" ".join(b"%08d.0" % number for number in expected.byte_range[1:]) + b"]"
    made.increment[SIGNATURE] = made.increment[SIGNATURE].replace(BLANK, said)
    return made


def _signature_of_an_old_number() -> Forge:
    made = _replaced(FIELD, b"/V 6 0 R", b"/V 5 0 R")()
    made.increment[FONT] = made.increment.pop(SIGNATURE)
    return made


def _stamp_of_an_old_number() -> Forge:
    made = _replaced(FIELD, b"/N 8 0 R", b"/N 5 0 R")()
    made.increment[FONT] = made.increment.pop(STAMP)
    return made


def _form_of_an_old_number() -> Forge:
    made = _replaced(CATALOG, b"14 0 R", b"5 0 R")()
    made.increment[FONT] = made.increment.pop(FORM)
    return made


class _PageOfAnotherGeneration(Forge):
    """The increment counts the page's generation up."""

    def build(self) -> tuple[bytes, ExpectedDocument]:
        data, expected = super().build()
        at = data.index(b"\n3 0 obj", expected.original_length)
        data = data[:at] + b"\n3 1 obj" + data[at + 8 :]
        return data, redigested(data, expected)


def _unicode_map_unpacked() -> Forge:
    made = Forge()
    made.increment[TO_UNICODE] = stamp_by_hand.stream(stamp_by_hand.UNICODE_MAP, b"/Filter/FlateDecode")
    return made


def _font_program_of_no_length() -> Forge:
    made = Forge()
    made.increment[FONT_FILE] = stamp_by_hand.stream(zlib.compress(PROGRAM), b"/Length1 true/Filter/FlateDecode")
    return made


def _form_in_the_catalog(after: bytes) -> Callable[[], Forge]:
    """The original's form stands in the catalog itself."""

    def forge() -> Forge:
        made = Forge()
        made.original[CATALOG] = b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[]>>>>"
        made.increment[CATALOG] = b"<</Type/Catalog/Pages 2 0 R/AcroForm %b>>" % after
        return made

    return forge


def _form_is_a_stream() -> Forge:
    made = Forge()
    made.increment[FORM] = stream(b"", b"/Fields[7 0 R]/SigFlags 3")
    return made


def _gap_is_the_reason() -> Forge:
    made = _replaced(SIGNATURE, b"/Contents " + GAP, b"/Contents<00>")()
    made.increment[SIGNATURE] = made.increment[SIGNATURE].replace(b"/ByteRange ", b"/Reason " + GAP + b"/ByteRange ")
    return made


def _larger(rectangle: bytes, width: int, height: int, media: bytes = b"", crop: bytes = b"") -> Callable[[], Forge]:
    """The stamp takes another rectangle of a page that may have other boxes."""

    def forge() -> Forge:
        made = _replaced(FIELD, b"[300 100 500 160]", rectangle)()
        made.increment[STAMP] = made.increment[STAMP].replace(b"BBox[0 0 200.000 60.000]", b"BBox[0 0 %d %d]" % (width, height))
        for objects in (made.original, made.increment):
            objects[PAGE] = objects[PAGE].replace(b"[0 0 595 842]", media or b"[0 0 595 842]" + crop)
        return made

    return forge


def _arrays_of_others(kind: str) -> Forge:
    """The original keeps an array in an object of its own, and the increment adds the widget there."""
    made = Forge()
    if kind == "annotations":
        made.original[PAGE] = made.increment[PAGE] = made.original[PAGE].replace(b"/Contents", b"/Annots 15 0 R/Contents")
        made.original[15], made.increment[15] = b"[]", b"[7 0 R]"
        return made
    made.original[CATALOG] = made.increment[CATALOG] = b"<</Type/Catalog/Pages 2 0 R/AcroForm 16 0 R>>"
    made.original |= {15: b"[]", 16: b"<</Fields 15 0 R>>"}
    made.increment |= {15: b"[7 0 R]", 16: b"<</Fields 15 0 R/SigFlags 3>>"}
    del made.increment[FORM]
    return made


def cases() -> Iterator[tuple[str, Case]]:
    """Every case by a name of its own."""
    for place, (check, word, number, old, new) in enumerate(REPLACED):
        yield f"{place} {check} {word}", (check, word, _replaced(number, old, new))
    for name, (old, new) in CONTENTS.items():
        yield f"content: {name}", ("check_appearance", "content", spoilt_content(old, new))
    long = stamp_by_hand.CONTENT.replace(b"[<0002>] TJ\n", b"[<%b>] TJ\n" % (b"0002" * (MAX_STAMP_CONTENT_BYTES // 4)))
    for place in (b"200.001 24.716", b"42.600 200.001"):
        text = stamp_by_hand.CONTENT.replace(b"42.600 24.716", place)
        yield f"content: letters at {place.decode()}", ("check_appearance", "reach", with_content(text))
    yield "content: too long", ("check_appearance", "content", with_content(long))
    for name, forge in PROGRAMS.items():
        yield f"program: {name}", ("check_fonts", "program", forge)
    yield "program: said too long", ("check_fonts", "length", spoilt_program(bytes(MAX_STAMP_FONT_BYTES + 1)))
    yield "program: packed too long", ("check_fonts", "length", spoilt_program(PROGRAM, bytes(MAX_STAMP_FONT_BYTES + 1)))
    for font in (b"[<0001>-70<00020001>]", b"[<0002>]"):
        text = stamp_by_hand.CONTENT.replace(font, b"[<0003>]")
        yield f"glyph: one that {font!r} lacks", ("check_fonts", "glyph", with_content(text))
    text = stamp_by_hand.CONTENT.replace(b"<0001> Tj", b"<00010003> Tj")
    yield "glyph: one that the time lacks", ("check_fonts", "glyph", with_content(text))
    for name, text in {
        "another range": stamp_by_hand.UNICODE_MAP.replace(b"<0000> <FFFF>", b"<00> <FF>"),
        "a program": stamp_by_hand.UNICODE_MAP + b"quit",
        "a text of many letters": stamp_by_hand.UNICODE_MAP.replace(b"<0041>", b"<004100420043>"),
    }.items():
        yield f"unicode map: {name}", ("check_fonts", "unicode", spoilt_unicode_map(text))
    yield "unicode map: no Flate", ("check_fonts", "unicode", _unicode_map_unpacked)
    yield "a name that stands in UTF-16", ("check_signature_field", "name_taken", _name_taken_in_utf_16)
    yield "a range of fractions", ("check_gap_is_contents", "byte_range", _range_of_fractions)
    yield "a signature under an old number", ("check_signature_dictionary", "keys", _signature_of_an_old_number)
    yield "a stamp under an old number", ("check_object_kinds", "appearance", _stamp_of_an_old_number)
    yield "a form under an old number", ("check_form", "moved", _form_of_an_old_number)
    yield "a form that leaves the catalog", ("check_form", "moved", _form_in_the_catalog(b"14 0 R"))
    yield "a form that is a stream", ("check_object_kinds", "stream", _form_is_a_stream)
    yield "an object of another generation", ("check_object_kinds", "generation", lambda: Forge(generations={STAMP: 1}))
    yield "a page of another generation", ("check_object_kinds", "page", _PageOfAnotherGeneration)
    yield "a program of no length", ("check_fonts", "length", _font_program_of_no_length)
    yield "the gap is the reason", ("check_gap_is_contents", "contents", _gap_is_the_reason)
    yield "half a page and more", ("check_widget", "covers_page", _larger(b"[0 0 595 422]", 595, 422))
    yield "half of what is cropped", ("check_widget", "covers_page", _larger(b"[0 0 300 160]", 300, 160, crop=b"/CropBox[0 0 300 300]"))
    yield "outside what is cropped", ("check_widget", "outside", _larger(b"[290 0 490 60]", 200, 60, crop=b"/CropBox[0 0 300 300]"))
    yield "a page of two inches", ("check_widget", "covers_page", _larger(b"[0 0 201 201]", 201, 201, media=b"[0 0 210 210]"))
    yield "a stamp too narrow", ("check_widget", "too_small", _larger(b"[10 10 13.5 60]", 0, 0))
    yield "a stamp too low", ("check_widget", "too_small", _larger(b"[10 10 60 13.5]", 0, 0))
    yield "annotations in the array of the original", ("check_annotations", "array", lambda: _arrays_of_others("annotations"))
    yield "fields in the array of the original", ("check_form", "appended", lambda: _arrays_of_others("fields"))


CASES: dict[str, Case] = dict(cases())
