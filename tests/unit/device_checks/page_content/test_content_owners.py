"""Forms, cells, glyphs, masks, appearances and what they name: each refusal with its harmless neighbour."""

from dataclasses import dataclass, field

import pytest

from tests.unit.device_checks.document_forge import Forge, stream
from tests.unit.device_checks.page_content.content_forge import CELL, FONT, FORM, checked, page_forge, refused

BOX = b"0 0 9 9 re f"


@dataclass
class Page:
    """What ``page_forge`` takes."""

    content: bytes
    resources: bytes = FONT
    extra: list[bytes] = field(default_factory=list)
    annotations: bytes = b""


def form(entries: bytes = FORM, data: bytes = BOX, content: bytes = b"/X Do", *more: bytes) -> Page:
    return Page(content, FONT + b"/XObject<</X 6 0 R>>", [stream(data, entries), *more])


def cell(entries: bytes = CELL, use: bytes = b"/Pattern cs /P scn " + BOX, data: bytes = BOX) -> Page:
    return Page(use, b"/ColorSpace<</C[/Pattern/DeviceRGB]>>/Pattern<</P 6 0 R>>", [stream(data, entries)])


def state(entries: bytes, group: bytes = b"/Group<</S/Transparency>>") -> Page:
    return Page(b"/G gs", b"/ExtGState<</G<<" + entries + b">>>>", [stream(BOX, FORM + group)])


TYPE_3 = (
    b"<</Type/Font/Subtype/Type3/FontBBox[0 0 9 9]/FontMatrix[.1 0 0 .1 0 0]/FirstChar 97/LastChar 97/Widths[9]"
    b"/CharProcs<</a 7 0 R>>/Encoding<</Differences[97/a]>>/Resources<<>>>>"
)


def glyph(data: bytes, font: bytes = TYPE_3, text: bytes = b"a") -> Page:
    content = b"BT /T 9 Tf (" + text + b") Tj ET"
    return Page(content, b"/Font<</T 6 0 R>>", [font, stream(data)])


def appearance(entries: bytes = FORM, data: bytes = BOX) -> Page:
    annotation = b"<</Type/Annot/Subtype/Stamp/F 4/Rect[9 9 99 99]/AP<</N 7 0 R>>>>"
    return Page(b"", FONT, [annotation, stream(data, entries)], b"6 0 R")


def colours(content: bytes, spaces: bytes = b"/A[/ICCBased 6 0 R]/S[/Separation/X/DeviceRGB 7 0 R]/I[/Indexed/DeviceGray 0 <00>]") -> Page:
    return Page(content, b"/ColorSpace<<" + spaces + b">>", [stream(b"profile", b"/N 3"), b"<</FunctionType 2>>"])


def image(entries: bytes) -> Page:
    return Page(b"/X Do", b"/XObject<</X 6 0 R>>", [stream(b"0", b"/Subtype/Image/ImageMask true" + entries)])


def without(entries: bytes, key: bytes, instead: bytes = b"") -> bytes:
    assert key in entries
    return entries.replace(key, instead)


SHADING = b"/Shading<</S<</ShadingType 4/ColorSpace/DeviceGray>>>>"
DEVICE_N = b"/A[/DeviceN[/a/b]/DeviceRGB 7 0 R]"
ANOTHER_CELL = without(CELL, b"/PaintType 1", b"/PaintType 2")
UNCOLOURED = b"/C cs 1 0 0 /P scn " + BOX
PAIRS = [
    (form(), form(without(FORM, b"/BBox[0 0 300 200]")), "form_box"),
    (form(), form(without(FORM, b"200]", b"]")), "form_box"),
    (form(), form(without(FORM, b"200]", b"200 5]")), "form_box"),
    (form(), form(without(FORM, b"200]", b"/x]")), "form_box"),
    (form(), form(without(FORM, b"/Subtype/Form")), "subtype"),
    (form(), form(without(FORM, b"/Subtype/Form", b"/Subtype/PS")), "subtype"),
    (form(), form(FORM + b"/Subtype2/PS"), "subtype"),
    (form(FORM + b"/Matrix[1 0 0 1 0 0]"), form(FORM + b"/Matrix[1 0 0 1 0]"), "form_box"),
    (form(), Page(b"/X Do", b"/XObject<</X<<" + FORM + b">>>>"), "subtype"),
    (form(FORM + b"/Resources<<" + FONT + b">>", b"/F1 9 Tf"), form(FORM + b"/Resources<<>>", b"/F1 9 Tf"), "resource"),
    (form(FORM, b"/F1 9 Tf"), appearance(FORM, b"/F1 9 Tf"), "resource"),
    (form(data=b"q"), form(data=b"Q"), "saved_state"),
    (form(data=b"0 g"), form(data=b"5 q"), "operands"),
    (form(data=b"0 g"), form(data=b"0 sc"), "colour_space"),
    (form(), form(content=b"/Y Do"), "resource"),
    (Page(b"/F1 9 Tf"), Page(b"/F2 9 Tf"), "resource"),
    (Page(b"/F1 9 Tf"), Page(b"/F1 9 Tf", b"/Font<</F1<</Subtype/Foo>>>>"), "resource"),
    (Page(b"q Q", b""), Page(b"/S sh", b""), "resource"),
    (Page(b"/S sh", SHADING), Page(b"/S sh", without(SHADING, b"/ShadingType 4", b"/ShadingType 8")), "resource"),
    (state(b"/LW 1"), Page(b"/H gs", b"/ExtGState<</G<<>>>>"), "resource"),
    (state(b"/LW 0"), state(b"/LW -1"), "graphics_state"),
    (state(b"/ML 9"), state(b"/ML(9)"), "graphics_state"),
    (state(b"/LC 2"), state(b"/LC 3"), "graphics_state"),
    (state(b"/LJ 0"), state(b"/LJ true"), "graphics_state"),
    (state(b"/ca 1.0"), state(b"/ca -1"), "graphics_state"),
    (state(b"/CA 0"), state(b"/CA 1.1"), "graphics_state"),
    (state(b"/TR/Identity"), state(b"/TR<<>>"), "graphics_state"),
    (state(b"/TR2/Default"), state(b"/TR2 6 0 R"), "graphics_state"),
    (state(b"/FL 1"), state(b"/Font[5 0 R 9]"), "graphics_state"),
    (state(b"/D[[5] 0]"), state(b"/D[5 0]"), "graphics_state"),
    (state(b"/D[[] 0]"), state(b"/D[[0] 0]"), "graphics_state"),
    (state(b"/D[[1] 0]"), state(b"/D[[1] -1]"), "graphics_state"),
    (state(b"/BM/Multiply"), state(b"/BM/Foo"), "graphics_state"),
    (state(b"/BM[/Multiply/Foo]"), state(b"/BM[/Foo/Multiply]"), "graphics_state"),
    (state(b"/SMask/None"), state(b"/SMask/Foo"), "soft_mask"),
    (state(b"/SMask<</S/Alpha/G 6 0 R>>"), state(b"/SMask<</S/Foo/G 6 0 R>>"), "soft_mask"),
    (state(b"/SMask<</S/Alpha/G 6 0 R>>"), state(b"/SMask<</S/Alpha/G 6 0 R>>", b""), "soft_mask"),
    (cell(), cell(without(CELL, b"/BBox[0 0 9 9]")), "form_box"),
    (cell(), cell(without(CELL, b"[0 0 9 9]", b"[9 9 0 0]")), "pattern"),
    (cell(), cell(without(CELL, b"/XStep 9")), "pattern"),
    (cell(), cell(without(CELL, b"/YStep 9", b"/YStep 0")), "pattern"),
    (cell(), cell(without(CELL, b"/PaintType 1", b"/PaintType 3")), "pattern"),
    (cell(), cell(without(CELL, b"/TilingType 1")), "pattern"),
    (cell(), cell(without(CELL, b"/Resources<<>>")), "pattern"),
    (cell(), cell(without(CELL, b"/PatternType 1", b"/PatternType 3")), "pattern"),
    (cell(CELL + b"/Matrix[1 0 0 1 0 0]"), cell(CELL + b"/Matrix[1]"), "form_box"),
    (cell(), cell(use=b"/P scn " + BOX), "colour_space"),
    (cell(), cell(use=b"/Pattern cs /Q scn " + BOX), "resource"),
    (cell(), cell(use=b"/C cs 1 0 0 /P scn " + BOX), "colour_components"),
    (cell(ANOTHER_CELL, UNCOLOURED), cell(ANOTHER_CELL, b"/C cs /P scn " + BOX), "colour_components"),
    (cell(ANOTHER_CELL, UNCOLOURED), cell(ANOTHER_CELL, b"/Pattern cs /P scn " + BOX), "colour_space"),
    (cell(ANOTHER_CELL, UNCOLOURED), cell(ANOTHER_CELL, UNCOLOURED, b"1 g " + BOX), "uncoloured"),
    (cell(), cell(data=b"Q " + BOX), "saved_state"),
    (glyph(b"9 0 d0 " + BOX), glyph(BOX), "glyph"),
    (glyph(b"9 0 0 0 9 9 d1 " + BOX), glyph(b"q 9 0 0 0 9 9 d1 Q"), "place"),
    (glyph(b"9 0 d0 1 g " + BOX), glyph(b"9 0 0 0 9 9 d1 1 g " + BOX), "uncoloured"),
    (glyph(b"9 0 d0"), glyph(b"9 0 d0", without(TYPE_3, b"/FontMatrix[.1 0 0 .1 0 0]")), "glyph"),
    (glyph(b"9 0 d0"), glyph(b"9 0 d0 5 q"), "operands"),
    (glyph(b"5 q", text=b"b"), glyph(b"5 q", text=b"ba"), "operands"),
    (appearance(), appearance(without(FORM, b"/BBox[0 0 300 200]")), "form_box"),
    (appearance(without(FORM, b"/Subtype/Form")), appearance(without(FORM, b"/Subtype/Form", b"/Subtype/Image")), "subtype"),
    (appearance(), appearance(data=b"5 q"), "operands"),
    (colours(b"/A cs 1 0 0 scn"), colours(b"/A cs 1 0 scn"), "colour_components"),
    (colours(b"/S cs .5 scn"), colours(b"/S cs .5 .5 SCN"), "colour_components"),
    (colours(b"/I CS 1 SC"), colours(b"/I CS 1 1 SC"), "colour_components"),
    (colours(b"/DeviceCMYK cs 0 0 0 1 sc"), colours(b"/DeviceCMYK cs 0 0 0 sc"), "colour_components"),
    (colours(b"q /A cs Q 1 sc"), colours(b"q Q /A cs q Q 1 sc"), "colour_components"),
    (colours(b"/A cs"), colours(b"/B cs"), "resource"),
    (colours(b"/A cs"), colours(b"/A cs", b"/A/Foo"), "colour_space"),
    (colours(b"/A cs"), colours(b"/A cs", b"/A[/ICCBased 7 0 R]"), "colour_space"),
    (colours(b"/A cs 1 1 sc", DEVICE_N), colours(b"/A cs 1 sc", DEVICE_N), "colour_components"),
    (image(b"/Width 1/Height 1"), image(b"/Width 0/Height 1"), "image"),
    (image(b"/Width 1/Height 1"), image(b"/Width 1.5/Height 1"), "image"),
]  # fmt: skip


def build(page: Page) -> Forge:
    return page_forge(page.content, page.resources, page.extra, annotations=page.annotations)


@pytest.mark.parametrize(("harmless", "hostile", "what"), PAIRS, ids=lambda value: value if isinstance(value, str) else "")
def test_what_viewers_draw_in_two_ways_is_refused(harmless: Page, hostile: Page, what: str) -> None:
    checked(build(harmless))
    assert refused(build(hostile)) == ("doc_content", what)


@pytest.mark.parametrize("contents", [b"1 0 R", b"[5 0 R]", b"[(a)]", b"<<>>"])
def test_contents_are_streams(contents: bytes) -> None:
    forge = page_forge(b"q Q")
    for objects in (forge.original, forge.increment):
        objects[3] = objects[3].replace(b"/Contents 4 0 R", b"/Contents " + contents)
    assert refused(forge) == ("doc_content", "contents")


def test_resources_come_from_the_parents() -> None:
    forge = page_forge(b"/F1 9 Tf")
    for objects in (forge.original, forge.increment):
        objects[3] = objects[3].replace(b"/Resources<</Font<</F1 5 0 R>>>>", b"")
    assert refused(forge) == ("doc_content", "resource")
    forge.original[2] = forge.original[2].replace(b"/Count", b"/Resources<</Font<</F1 5 0 R>>>>/Count")
    checked(forge)
