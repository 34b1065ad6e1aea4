"""Increments that are not of the one shape: each breaks one rule of the stamp, its field, its fonts, the form or the page.

A case is (check, word of the refusal, forge). Most say one thing otherwise in one object of the right document.
"""

from collections.abc import Callable, Iterator

from mobile_app.device.document_checks.limits import MAX_STAMP_CONTENT_BYTES, MAX_STAMP_FONT_BYTES
from tests.pdf_corpus import stamp_by_hand
from tests.unit.device_checks.document_forge import (
    CATALOG,
    CID_FONT,
    CONTENT,
    DESCRIPTOR,
    FIELD,
    FONT,
    FONT_FILE,
    FORM,
    GAP,
    PAGE,
    SECOND_FONT,
    SIGNATURE,
    STAMP,
    STAMP_FONT,
    TO_UNICODE,
    Forge,
)
from tests.unit.device_checks.forged_fonts import PROGRAM, PROGRAMS, spoilt_program, spoilt_unicode_map

Case = tuple[str, str, Callable[[], Forge]]

# (check, word, object, what it says, what it says instead)
REPLACED: tuple[tuple[str, str, int, bytes, bytes], ...] = (
    ("check_signature_dictionary", "keys", SIGNATURE, b"/Name(Nguyen Van A)", b""),
    ("check_signature_dictionary", "keys", SIGNATURE, b"/Name(Nguyen Van A)", b"/Name(Nguyen Van A)/Location(Ha Noi)"),
    ("check_signature_dictionary", "keys", SIGNATURE, b"/Type/Sig", b"/Type/Sig/Reference[]"),
    ("check_signature_dictionary", "kind", SIGNATURE, b"/Type/Sig", b"/Type/DocTimeStamp"),
    ("check_signature_dictionary", "kind", SIGNATURE, b"Adobe.PPKLite", b"Adobe.PPKMS"),
    ("check_signature_dictionary", "text", SIGNATURE, b"/Name(Nguyen Van A)", b"/Name/Nguyen"),
    ("check_signature_dictionary", "text", SIGNATURE, b"/Name(Nguyen Van A)", b"/Name(" + b"A" * 1001 + b")"),
    ("check_signature_dictionary", "text", SIGNATURE, b"/Name(Nguyen Van A)", b"/Name(A)/Reason 1"),
    ("check_signature_dictionary", "time", SIGNATURE, b"(D:20251122140500+07'00')", b"(yesterday)"),
    ("check_signature_dictionary", "time", SIGNATURE, b"(D:20251122140500+07'00')", b"(D:20251122140500+07'00'!)"),
    ("check_signature_field", "keys", FIELD, b"/FT/Sig", b"/FT/Sig/MK<<>>"),
    ("check_signature_field", "keys", FIELD, b"/FT/Sig", b"/FT/Sig/OC 8 0 R"),
    ("check_signature_field", "keys", FIELD, b"/FT/Sig", b"/FT/Sig/A<</S/Named/N/Print>>"),
    ("check_signature_field", "keys", FIELD, b"/FT/Sig", b"/FT/Sig/Parent 3 0 R"),
    ("check_signature_field", "keys", FIELD, b"/Type/Annot", b""),
    ("check_signature_field", "kind", FIELD, b"/FT/Sig", b"/FT/Btn"),
    ("check_signature_field", "kind", FIELD, b"/Type/Annot", b"/Type/Font"),
    ("check_signature_field", "name", FIELD, b"(PhoneSeal1)", b"(Total.1)"),
    ("check_signature_field", "name", FIELD, b"(PhoneSeal1)", b"(PhoneSeal01)"),
    ("check_signature_field", "name", FIELD, b"(PhoneSeal1)", b"/PhoneSeal1"),
    ("check_widget", "kind", FIELD, b"/Subtype/Widget", b"/Subtype/Stamp"),
    ("check_widget", "rectangle", FIELD, b"[300 100 500 160]", b"[300 100 500]"),
    ("check_widget", "rectangle", FIELD, b"[300 100 500 160]", b"[300 100 500/A]"),
    ("check_widget", "rectangle", FIELD, b"/F 4", b"/F 4.0"),
    ("check_widget", "new", FIELD, b"/F 4", b"/F 132"),
    ("check_widget", "new", FIELD, b"/F 4", b"/F 36"),
    ("check_widget", "new", FIELD, b"/F 4", b"/F 0"),
    ("check_widget", "new", FIELD, b"[300 100 500 160]", b"[500 160 300 100]"),
    ("check_widget", "invisible", FIELD, b"[300 100 500 160]", b"[0 0 0 0]"),
    ("check_widget", "invisible", FIELD, b"[300 100 500 160]/F 4/P 3 0 R/AP<</N 8 0 R>>", b"[300 100 300 160]/F 4/P 3 0 R"),
    ("check_widget", "no_appearance", FIELD, b"/AP<</N 8 0 R>>", b""),
    ("check_widget", "outside", FIELD, b"[300 100 500 160]", b"[300 -2 500 58]"),
    ("check_widget", "outside", FIELD, b"[300 100 500 160]", b"[-2 100 198 160]"),
    ("check_widget", "outside", FIELD, b"[300 100 500 160]", b"[300 784 500 844]"),
    ("check_appearance", "states", FIELD, b"<</N 8 0 R>>", b"<</N 8 0 R/D 8 0 R>>"),
    ("check_appearance", "states", FIELD, b"<</N 8 0 R>>", b" 8 0 R"),
    ("check_appearance", "form", FIELD, b"<</N 8 0 R>>", b"<</N<</On 8 0 R>>>>"),
    ("check_appearance", "form", FIELD, b"<</N 8 0 R>>", b"<</N 9 0 R>>"),
    ("check_appearance", "form", FIELD, b"<</N 8 0 R>>", b"<</N 4 0 R>>"),
    ("check_appearance", "form", STAMP, b"/FormType 1", b"/FormType 1/Group<</S/Transparency>>"),
    ("check_appearance", "form", STAMP, b"/FormType 1", b"/FormType 1/OC<</Type/OCG/Name(a)>>"),
    ("check_appearance", "form", STAMP, b"/FormType 1", b"/FormType 1/StructParent 0"),
    ("check_appearance", "form", STAMP, b"/FormType 1", b""),
    ("check_appearance", "form", STAMP, b"/Matrix[1 0 0 1 0.000 0.000]", b""),
    ("check_appearance", "kind", STAMP, b"/FormType 1", b"/FormType 2"),
    ("check_appearance", "kind", STAMP, b"/FormType 1", b"/FormType true"),
    ("check_appearance", "kind", STAMP, b"/Subtype/Form", b"/Subtype/PS"),
    ("check_appearance", "kind", STAMP, b"/Type/XObject", b"/Type/Pattern"),
    ("check_appearance", "box", STAMP, b"[0 0 200.000 60.000]", b"[0 0 100.000 60.000]"),
    ("check_appearance", "box", STAMP, b"[0 0 200.000 60.000]", b"[0 0 200.000 60.020]"),
    ("check_appearance", "box", STAMP, b"[0 0 200.000 60.000]", b"[0 1 200.000 61.000]"),
    ("check_appearance", "box", STAMP, b"[0 0 200.000 60.000]", b"[0 0 200.000 true]"),
    ("check_appearance", "box", STAMP, b"[0 0 200.000 60.000]", b"[0 0 200.000]"),
    ("check_appearance", "box", STAMP, b"[0 0 200.000 60.000]", b" 4 0 R"),
    ("check_appearance", "box", STAMP, b"[1 0 0 1 0.000 0.000]", b"[1 0 0 1 9.000 0.000]"),
    ("check_appearance", "box", STAMP, b"[1 0 0 1 0.000 0.000]", b"[-1 0 0 1 200.000 0.000]"),
    ("check_appearance", "box", STAMP, b"[1 0 0 1 0.000 0.000]", b"[2 0 0 2 0.000 0.000]"),
    ("check_appearance", "box", STAMP, b"[1 0 0 1 0.000 0.000]", b"[1 0 0.1 1 0.000 0.000]"),
    ("check_appearance", "box", STAMP, b"[1 0 0 1 0.000 0.000]", b"[0 1 -1 0 60.000 0.000]"),
    ("check_appearance", "box", STAMP, b"[1 0 0 1 0.000 0.000]", b"[1 0 0 1]"),
    ("check_appearance", "resources", STAMP, b"/Resources<<", b"/Resources<</ProcSet[/PDF]"),
    ("check_appearance", "resources", STAMP, b"/Resources<<", b"/Resources<</ExtGState<</G<</ca 0>>>>"),
    ("check_appearance", "resources", STAMP, b"/Resources<<", b"/Resources<</XObject<</X 8 0 R>>"),
    ("check_appearance", "resources", STAMP, b"/Resources<<", b"/Resources<</Properties<</P<<>>>>"),
    ("check_appearance", "resources", STAMP, b"/Resources<</Font<</F1 9 0 R/F2 30 0 R>>>>", b"/Resources 9 0 R"),
    ("check_appearance", "fonts", STAMP, b"/F2 30 0 R", b""),
    ("check_appearance", "fonts", STAMP, b"/F2 30 0 R", b"/F2 30 0 R/F3 9 0 R"),
    ("check_appearance", "fonts", STAMP, b"/F2 30 0 R", b"/F3 30 0 R"),
    ("check_fonts", "same", STAMP, b"/F2 30 0 R", b"/F2 9 0 R"),
    ("check_fonts", "objects", STAMP, b"/F1 9 0 R", b"/F1 5 0 R"),
    ("check_fonts", "objects", STAMP, b"/F1 9 0 R", b"/F1<</Type/Font/Subtype/Type1/BaseFont/Courier>>"),
    ("check_fonts", "objects", STAMP, b"/F1 9 0 R", b"/F1 12 0 R"),
    ("check_fonts", "dictionary", STAMP_FONT, b"/ToUnicode 13 0 R", b""),
    ("check_fonts", "dictionary", STAMP_FONT, b"/Type/Font", b"/Type/Font/Name/F"),
    ("check_fonts", "kind", STAMP_FONT, b"/Subtype/Type0", b"/Subtype/Type3"),
    ("check_fonts", "kind", STAMP_FONT, b"/Encoding/Identity-H", b"/Encoding/Identity-V"),
    ("check_fonts", "kind", STAMP_FONT, b"/Encoding/Identity-H", b"/Encoding 13 0 R"),
    ("check_fonts", "kind", STAMP_FONT, b"/Type/Font", b"/Type/Pattern"),
    ("check_fonts", "name", STAMP_FONT, b"ABCDEF+Sample-Regular", b"Helvetica"),
    ("check_fonts", "name", STAMP_FONT, b"ABCDEF+Sample-Regular", b"ABCDEF+Sample#20Regular"),
    ("check_fonts", "name", STAMP_FONT, b"/BaseFont/ABCDEF+Sample-Regular", b"/BaseFont(ABCDEF+Sample-Regular)"),
    ("check_fonts", "parts", STAMP_FONT, b"[10 0 R]", b"[10 0 R 10 0 R]"),
    ("check_fonts", "parts", STAMP_FONT, b"[10 0 R]", b" 10 0 R"),
    ("check_fonts", "parts", STAMP_FONT, b"/ToUnicode 13 0 R", b"/ToUnicode/Identity-H"),
    ("check_fonts", "parts", STAMP_FONT, b"/ToUnicode 13 0 R", b"/ToUnicode 12 0 R"),
    ("check_fonts", "dictionary", CID_FONT, b"/DW 0", b"/DW 0/W2[]"),
    ("check_fonts", "dictionary", CID_FONT, b"/CIDToGIDMap/Identity", b""),
    ("check_fonts", "kind", CID_FONT, b"/Type/Font", b"/Type/XObject"),
    ("check_fonts", "kind", CID_FONT, b"CIDFontType2", b"CIDFontType0"),
    ("check_fonts", "kind", CID_FONT, b"ABCDEF", b"BBCDEF"),
    ("check_fonts", "codes", CID_FONT, b"(Identity)", b"(Japan1)"),
    ("check_fonts", "codes", CID_FONT, b"/Supplement 0", b"/Supplement 6"),
    ("check_fonts", "codes", CID_FONT, b"/CIDToGIDMap/Identity", b"/CIDToGIDMap 12 0 R"),
    ("check_fonts", "codes", CID_FONT, b"/DW 0", b"/DW 0.0"),
    ("check_fonts", "parts", CID_FONT, b"/FontDescriptor 11 0 R", b"/FontDescriptor 32 0 R"),
    ("check_fonts", "widths", CID_FONT, b"[0[500 600 600]]", b"[0[500 600 601]]"),
    ("check_fonts", "widths", CID_FONT, b"[0[500 600 600]]", b"[0[500 600]]"),
    ("check_fonts", "widths", CID_FONT, b"[0[500 600 600]]", b"[1[500 600 600]]"),
    ("check_fonts", "widths", CID_FONT, b"[0[500 600 600]]", b"[0 2 600]"),
    ("check_fonts", "widths", CID_FONT, b"[0[500 600 600]]", b"[]"),
    ("check_fonts", "dictionary", DESCRIPTOR, b"/StemV 90", b"/StemV 90/FontFile3 12 0 R"),
    ("check_fonts", "dictionary", DESCRIPTOR, b"/FontFile2", b"/FontFile"),
    ("check_fonts", "descriptor", DESCRIPTOR, b"/Type/FontDescriptor", b"/Type/Font"),
    ("check_fonts", "descriptor", DESCRIPTOR, b"ABCDEF", b"BBCDEF"),
    ("check_fonts", "descriptor", DESCRIPTOR, b"/Flags 4", b"/Flags 32"),
    ("check_fonts", "descriptor", DESCRIPTOR, b"/Ascent 1000", b"/Ascent(1000)"),
    ("check_fonts", "descriptor", DESCRIPTOR, b"[-150 -280 1200 1200]", b"[-150 -280 1200]"),
    ("check_fonts", "parts", DESCRIPTOR, b"/FontFile2 12 0 R", b"/FontFile2 13 0 R"),
    ("check_fonts", "parts", DESCRIPTOR, b"/FontFile2 12 0 R", b"/FontFile2 4 0 R"),
    ("check_fonts", "stream", FONT_FILE, b"/Filter", b"/Subtype/OpenType/Filter"),
    ("check_fonts", "length", FONT_FILE, b"/Length1 ", b"/Length1 -"),
    ("check_fonts", "stream", FONT_FILE, b"/Filter/FlateDecode", b"/Filter[/FlateDecode]"),
    ("check_fonts", "program", FONT_FILE, b"/Length1 ", b"/Length1 1"),
    ("check_fonts", "stream", TO_UNICODE, b"/Filter/FlateDecode", b"/Filter/FlateDecode/UseCMap/Identity-H"),
    ("check_fonts", "stream", TO_UNICODE, b"/Filter/FlateDecode", b"/Filter/LZWDecode"),
    ("check_page", "keys", PAGE, b"/Type/Page", b""),
    ("check_page", "keys", PAGE, b"/Type/Page", b"/Type/Page/UserUnit 2"),
    ("check_annotations", "appended", PAGE, b"/Annots[7 0 R]", b"/Annots[4 0 R 7 0 R]"),
    ("check_annotations", "appended", PAGE, b"/Annots[7 0 R]", b"/Annots[]"),
    ("check_annotations", "array", PAGE, b"/Annots[7 0 R]", b"/Annots 7 0 R"),
    ("check_annotations", "array", PAGE, b"/Annots[7 0 R]", b""),
    ("check_form", "keys", FORM, b"/SigFlags 3", b"/SigFlags 3/NeedAppearances false"),
    ("check_form", "keys", FORM, b"/SigFlags 3", b"/SigFlags 3/DR<<>>"),
    ("check_form", "flags", FORM, b"/SigFlags 3", b"/SigFlags 1"),
    ("check_form", "flags", FORM, b"/SigFlags 3", b"/SigFlags 7"),
    ("check_form", "keys", FORM, b"/SigFlags 3", b""),
    ("check_form", "appended", FORM, b"[7 0 R]", b"[7 0 R 7 0 R]"),
    ("check_form", "appended", FORM, b"[7 0 R]", b"[]"),
    ("check_form", "moved", CATALOG, b"/AcroForm 14 0 R", b"/AcroForm<</Fields[7 0 R]/SigFlags 3>>"),
)  # fmt: skip


def _replaced(number: int, old: bytes, new: bytes) -> Callable[[], Forge]:
    def forge() -> Forge:
        made = Forge()
        assert old in made.increment[number]
        made.increment[number] = made.increment[number].replace(old, new)
        return made

    return forge


# What the stamp's content says, and what it says instead; each refused as "content".
CONTENTS: dict[str, tuple[bytes, bytes]] = {
    "an image": (b"BT\n", b"/X Do\nBT\n"),
    "an inline image": (b"BT\n", b"BI /W 1 /H 1 ID \0 EI\nBT\n"),
    "a graphics state": (b"q\n", b"q\n/G gs\n"),
    "a clipping path": (b"q\n", b"q\n0 0 9 9 re W n\n"),
    "a moved origin": (b"q\n", b"q\n1 0 0 1 9 9 cm\n"),
    "marked content": (b"BT\n", b"/OC /P BDC\nBT\n"),
    "a shading": (b"BT\n", b"/S sh\nBT\n"),
    "another colour space": (b"0.043 0.478 0.357 rg", b"0 0 0 1 k"),
    "another colour": (b"0.043 0.478 0.357 rg", b"1 1 1 rg"),
    "pale letters": (b"0.078 0.149 0.227 rg", b"0.999 0.999 0.999 rg"),
    "a wider bar": (b"0 0 1.800 60.000 re", b"0 0 9.800 60.000 re"),
    "a bar elsewhere": (b"0 0 1.800 60.000 re", b"9 0 1.800 60.000 re"),
    "a second bar": (b"re f\n", b"re f\n0 0 1.800 60.000 re f\n"),
    "a render mode": (b"BT\n", b"BT\n3 Tr\n"),
    "a text rise": (b"BT\n", b"BT\n9 Ts\n"),
    "slanted letters": (b"1 0 0 1 42.600 40.800 Tm", b"1 0 1 1 42.600 40.800 Tm"),
    "letters of no size": (b"/F2 11.741 Tf", b"/F2 0.000 Tf"),
    "letters of negative size": (b"/F2 11.741 Tf", b"/F2 -11.741 Tf"),
    "letters of a hundred points": (b"/F2 11.741 Tf", b"/F2 100.000 Tf"),
    "letters to the left of the box": (b"42.600 24.716 Tm", b"-42.600 24.716 Tm"),
    "another font": (b"/F2 11.741 Tf", b"/F3 11.741 Tf"),
    "half a glyph": (b"<0002>", b"<00020>"),
    "a glyph in capitals": (b"<0002>", b"<000A>"),
    "a far leap": (b"-70", b"-70000"),
    "a literal string": (b"<0001> Tj", b"(  ) Tj"),
    "an unknown operator": (b"ET\n", b"ET\nxyzzy\n"),
    "an unbalanced state": (b"Q\n", b"Q\nQ\n"),
    "a state left open": (b"ET\nQ\n", b"ET\n"),
    "a comment": (b"BT\n", b"% a\nBT\n"),
    "two spaces": (b"1.800 60.000", b"1.800  60.000"),
    "a long number": (b"42.600 24.716", b"999999.000 24.716"),
    "a number of many digits": (b"42.600 24.716", b"42.6000 24.716"),
    "something behind": (b"ET\nQ\n", b"ET\nQ\n\n"),
    "no name": (b"1 0 0 1 42.600 24.716 Tm\n[<0002>] TJ\n", b""),
    "a line of no width": (b"1.050 w", b"0.000 w"),
    "a wide ring": (b"1.050 w", b"9.050 w"),
    "a wide tick": (b"2.250 w", b"9.250 w"),
    "a tick beside the seal": (b"17.100 30.300 m", b"90.100 30.300 m"),
    "a tick that ends elsewhere": (b"27.600 34.050 l S", b"97.600 34.050 l S"),
    "a ring pulled out": (b"36.675 30.000 c h", b"96.675 30.000 c h"),
    "a seal of no size": (stamp_by_hand.seal(), stamp_by_hand.seal(r=0.0)),
    "a seal too large": (stamp_by_hand.seal(), stamp_by_hand.seal(x=30.0, r=20.0)),
    "two seals": (stamp_by_hand.seal(), 2 * stamp_by_hand.seal()),
}


def _content(old: bytes, new: bytes) -> Callable[[], Forge]:
    assert old in stamp_by_hand.CONTENT
    return _stamp(stamp_by_hand.CONTENT.replace(old, new, 1))


def _stamp(content: bytes) -> Callable[[], Forge]:
    def forge() -> Forge:
        made = Forge()
        made.increment[STAMP] = stamp_by_hand.form(content, STAMP_FONT, SECOND_FONT)
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
        yield f"content: {name}", ("check_appearance", "content", _content(old, new))
    long = stamp_by_hand.CONTENT.replace(b"[<0002>] TJ\n", b"[<%b>] TJ\n" % (b"0002" * (MAX_STAMP_CONTENT_BYTES // 4)))
    for place in (b"200.001 24.716", b"42.600 200.001"):
        text = stamp_by_hand.CONTENT.replace(b"42.600 24.716", place)
        yield f"content: letters at {place.decode()}", ("check_appearance", "reach", _stamp(text))
    yield "content: too long", ("check_appearance", "content", _stamp(long))
    for name, forge in PROGRAMS.items():
        yield f"program: {name}", ("check_fonts", "program", forge)
    yield "program: said too long", ("check_fonts", "length", spoilt_program(bytes(MAX_STAMP_FONT_BYTES + 1)))
    yield "program: packed too long", ("check_fonts", "length", spoilt_program(PROGRAM, bytes(MAX_STAMP_FONT_BYTES + 1)))
    for font in (b"[<0001>-70<00020001>]", b"[<0002>]"):
        text = stamp_by_hand.CONTENT.replace(font, b"[<0003>]")
        yield f"glyph: one that {font!r} lacks", ("check_fonts", "glyph", _stamp(text))
    text = stamp_by_hand.CONTENT.replace(b"<0001> Tj", b"<00010003> Tj")
    yield "glyph: one that the time lacks", ("check_fonts", "glyph", _stamp(text))
    for name, text in {
        "another range": stamp_by_hand.UNICODE_MAP.replace(b"<0000> <FFFF>", b"<00> <FF>"),
        "a program": stamp_by_hand.UNICODE_MAP + b"quit",
        "a text of many letters": stamp_by_hand.UNICODE_MAP.replace(b"<0041>", b"<004100420043>"),
    }.items():
        yield f"unicode map: {name}", ("check_fonts", "unicode", spoilt_unicode_map(text))
    yield "a name that stands in UTF-16", ("check_signature_field", "name_taken", _name_taken_in_utf_16)
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
