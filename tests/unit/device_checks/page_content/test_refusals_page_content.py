"""What stands on a page, clause by clause: values of another kind that a careless check would take, and what must pass beside them."""

import pytest

from mobile_app.device.document_checks.page_content import page_walk
from tests.unit.device_checks.document_forge import Forge, stream
from tests.unit.device_checks.page_content.content_forge import CELL, FONT, FORM, checked, page_forge, refused

GRAY = b"/W 2/H 2/BPC 8/CS/G"


def inline(entries: bytes = GRAY, data: bytes = b" abcd") -> Forge:
    return page_forge(b"q BI " + entries + b" ID" + data + b" EI Q")


@pytest.mark.parametrize(
    "forge",
    [
        inline(data=b"(abcd"),
        inline(b"(W) 2/H 2/BPC 8/CS/G"),
        inline(b"/W(2)/H 2/BPC 8/CS/G"),
        inline(b"/W 100000001/H 1/BPC 8/CS/G/F/DCT"),
    ],
    ids=["no white space behind ID", "a string for a key", "a string for a number", "wider than all pixels"],
)
def test_inline_images_of_another_shape(forge: Forge) -> None:
    assert refused(forge) == ("doc_content", "inline_image")


def test_parameters_of_no_filter_change_nothing() -> None:
    checked(inline(GRAY + b"/DP<</Predictor 12>>"))


def cell(old: bytes = b"", new: bytes = b"", content: bytes = b"0 0 5 5 re f") -> Forge:
    entries = CELL.replace(old, new) if old else CELL
    return page_forge(b"/Pattern cs /P1 scn 0 0 9 9 re f", b"/Pattern<</P1 6 0 R>>", [stream(content, entries)])


def test_a_cell_may_set_colours_of_its_own() -> None:
    checked(cell())
    checked(cell(content=b"1 0 0 rg 0 0 5 5 re f"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"/XStep 9", b"/XStep(9)"), (b"/YStep 9", b"/YStep(9)"), (b"/XStep 9", b"/XStep 0"), (b"/YStep 9", b"/YStep 0"),
        (b"/BBox[0 0 9 9]", b"/BBox[0 9 9 0]"), (b"/BBox[0 0 9 9]", b"/BBox[9 0 0 9]"), (b"/PaintType 1", b"/PaintType 3"),
        (b"/TilingType 1", b"/TilingType 4"), (b"/Resources<<>>", b"/Resources null"),
    ],
    ids=str,
)  # fmt: skip
def test_a_cell_of_another_shape(old: bytes, new: bytes) -> None:
    assert refused(cell(old, new)) == ("doc_content", "pattern")


@pytest.mark.parametrize("pattern", [b"/PatternType 3/Shading<</ShadingType 2>>", b"/PatternType 2", b"/PatternType 2/Shading null",
    b""], ids=str)
def test_a_pattern_of_no_known_kind(pattern: bytes) -> None:
    forge = page_forge(b"/Pattern cs /P1 scn 0 0 9 9 re f", b"/Pattern<</P1 6 0 R>>", [b"<<" + pattern + b">>"])
    assert refused(forge) == ("doc_content", "pattern")


def test_a_form_that_calls_itself_a_cell_may_set_colours() -> None:
    checked(page_forge(b"/X1 Do", b"/XObject<</X1 6 0 R>>", [stream(b"1 0 0 rg 0 0 5 5 re f", FORM + b"/PaintType 2")]))


@pytest.mark.parametrize("size", [b"/Width 2/Height 0", b"/Width 2/Height 2.0", b"/Width 0/Height 2", b"/Width 2.0/Height 2",
    b"/Width 2", b"/Height 2"])
def test_an_image_without_a_size(size: bytes) -> None:
    image = stream(b"abcd", b"/Type/XObject/Subtype/Image/BitsPerComponent 8/ColorSpace/DeviceGray" + size)
    assert refused(page_forge(b"/X1 Do", b"/XObject<</X1 6 0 R>>", [image])) == ("doc_content", "image")


def test_content_that_is_remembered_counts_again(monkeypatch: pytest.MonkeyPatch) -> None:
    content = b"0 0 5 5 re f " * 40
    forge = page_forge(b"/X1 Do /X2 Do", b"/XObject<</X1 6 0 R/X2 7 0 R>>", [stream(content, FORM), stream(content,
        FORM + b"/FormType 1")])
    checked(forge)
    monkeypatch.setattr(page_walk, "MAX_PAGE_CONTENT_BYTES", len(content) + 100)
    assert refused(forge) == ("doc_limits", "content_bytes")


def type_3(boxes: bytes) -> Forge:
    font = b"<</Type/Font/Subtype/Type3/FirstChar 65/LastChar 65/Widths[9]/Encoding<</Differences[65/a]>>/CharProcs<</a 7 0 R>>"
    font += b"/Resources<<>>" + boxes + b">>"
    return page_forge(b"BT /F2 9 Tf (A) Tj ET", b"/Font<</F1 5 0 R/F2 6 0 R>>", [font, stream(b"9 0 d0 0 0 5 5 re f")])


def test_a_type_3_font_has_its_matrix_and_box() -> None:
    matrix, box = b"/FontMatrix[0.1 0 0 0.1 0 0]", b"/FontBBox[0 0 9 9]"
    assert refused(type_3(matrix + box)) == ("", "")
    for boxes in (matrix, box, matrix + box.replace(b"9 9]", b"9]"), matrix.replace(b"[0.1 0", b"[0.1") + box):
        assert refused(type_3(boxes)) == ("doc_content", "glyph")


@pytest.mark.parametrize("kind", [b"true", b"0", b"8", b"2.0", b"null", b"(2)"])
def test_a_shading_of_no_known_type(kind: bytes) -> None:
    shading = b"<</ColorSpace/DeviceGray/Coords[0 0 9 9]/Function<</FunctionType 2/Domain[0 1]/N 1>>/ShadingType %b>>" % kind
    forge = page_forge(b"/S1 sh", b"/Shading<</S1 6 0 R>>", [shading])
    assert refused(forge) == ("doc_content", "resource")


@pytest.mark.parametrize(
    "state",
    [
        b"/ca(0.5)", b"/CA true", b"/ca 1.5", b"/ca -0.5", b"/LW(1)", b"/LW -1", b"/ML true", b"/LC 3", b"/LC true", b"/LJ 1.0",
        b"/BM[]", b"/BM/Other", b"/BM[/Other/Normal]",
        b"/D[[0]0]", b"/D[[1]-1]", b"/D 5", b"/Font[5 0 R 1]", b"/TR 5 0 R", b"/TR2/Other",
    ],
    ids=str,
)  # fmt: skip
def test_a_graphics_state_of_another_shape(state: bytes) -> None:
    forge = page_forge(b"/G1 gs", b"/ExtGState<</G1 6 0 R>>" + FONT, [b"<<" + state + b">>"])
    assert refused(forge) == ("doc_content", "graphics_state")


@pytest.mark.parametrize("state",
    [b"/ca 0.5/CA 1/LW 0/ML 1/LC 2/LJ 0/BM[/Multiply/Other]/D[[1 0]0]/TR/Identity/TR2/Default/SMask/None", b""])
def test_a_graphics_state_that_all_viewers_know(state: bytes) -> None:
    checked(page_forge(b"/G1 gs", b"/ExtGState<</G1 6 0 R>>" + FONT, [b"<<" + state + b">>"]))


@pytest.mark.parametrize(("early", "right"), [(b"1", True), (b"true", False), (b"2", False), (b"-1", False), (b"1.0", False)])
def test_a_filter_says_0_or_1_of_its_codes(early: bytes, right: bool) -> None:
    forge = page_forge(b"q Q")
    forge.original[4] = stream(bytes((0x80, 0x0B, 0x60, 0x50, 0x22, 0x0C, 0x0C, 0x85, 0x01)),
        b"/Filter/LZWDecode/DecodeParms<</EarlyChange %b>>" % early)
    assert (refused(forge) == ("doc_content", "content_data")) is not right
