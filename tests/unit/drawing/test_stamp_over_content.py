"""Whether the stamp would lie over something, by the page as it was before the signature."""

import io
from collections.abc import Callable

import pytest
from reportlab.pdfgen.canvas import Canvas

from mobile_app.ui.pdf_pages import PdfPages
from mobile_app.ui.stamp_ground import lies_over_content, width_to_look_at
from tests.unit.drawing.drawn_documents import SIDE, STAMP, WHERE, Prepared, prepared, with_fields_and_annotations

LEFT, BOTTOM, RIGHT, TOP = WHERE["stamp"]
Draw = Callable[[Canvas], None]


def page(draw: Draw) -> Prepared:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(SIDE, SIDE))
    canvas.drawString(20, 350, "Text elsewhere")
    draw(canvas)
    canvas.save()
    return prepared(buffer.getvalue())


def is_over(document: Prepared) -> bool:
    pages = PdfPages(lambda _position: document.checked())
    return lies_over_content(pages.before_signing(0, STAMP.page, width_to_look_at(STAMP)), STAMP)


def text(size: float, grey: float = 0.0) -> Draw:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", size)
        canvas.setFillGray(grey)
        canvas.drawString(LEFT + 20, BOTTOM + 25, "1.000.000 dong")

    return draw


def box(grey: float, x: float, y: float, width: float, height: float) -> Draw:
    def draw(canvas: Canvas) -> None:
        canvas.setFillGray(grey)
        canvas.rect(x, y, width, height, stroke=0, fill=1)

    return draw


def ruled(canvas: Canvas) -> None:
    canvas.setLineWidth(0.5)
    canvas.line(LEFT - 20, BOTTOM + 20, RIGHT + 20, BOTTOM + 20)


CONTENT: dict[str, Draw] = {
    "text": text(12),
    "small text": text(8),
    "pale text": text(12, 0.7),
    "a ruled line": ruled,
    "a watermark": text(40, 0.85),
    "a picture": box(0.5, LEFT, BOTTOM, 60, 60),
}
EMPTY: dict[str, Draw] = {
    "paper": lambda canvas: None,
    "even grey": box(0.8, LEFT - 10, BOTTOM - 10, 240, 90),
    "even black": box(0.0, LEFT - 10, BOTTOM - 10, 240, 90),
    "beside it": box(0.0, LEFT - 40, BOTTOM, 39, 60),
    "a frame around it": lambda canvas: canvas.rect(LEFT, BOTTOM, RIGHT - LEFT, TOP - BOTTOM),
    "paler than is noticed": box(0.93, LEFT + 10, BOTTOM + 10, 50, 20),
    "a dot": box(0.0, LEFT + 50, BOTTOM + 30, 2, 2),
}


@pytest.mark.parametrize("name", CONTENT)
def test_content_is_noticed(name: str) -> None:
    assert is_over(page(CONTENT[name]))


@pytest.mark.parametrize("name", EMPTY)
def test_even_ground_is_empty(name: str) -> None:
    assert not is_over(page(EMPTY[name]))


def test_a_field_under_the_stamp_is_content() -> None:
    document = with_fields_and_annotations()
    left, bottom, right, top = WHERE["square"]
    over = type(STAMP)(0, (left - 5) / SIDE, 1 - (top + 5) / SIDE, (right + 5) / SIDE, 1 - (bottom - 5) / SIDE)
    pages = PdfPages(lambda _position: prepared(document).checked())
    assert lies_over_content(pages.before_signing(0, 0, width_to_look_at(over)), over)
    assert not lies_over_content(pages.before_signing(0, 0, width_to_look_at(STAMP)), STAMP)


def test_fields_can_be_left_out_where_the_stamp_takes_the_place_of_one() -> None:
    document = prepared(with_fields_and_annotations())
    left, bottom, right, top = WHERE["text field"]
    over = type(STAMP)(0, left / SIDE, 1 - top / SIDE, right / SIDE, 1 - bottom / SIDE, fills_a_field=True)
    pages = PdfPages(lambda _position: document.checked())
    seen = [lies_over_content(pages.before_signing(0, 0, width_to_look_at(over), 10.0, fields), over) for fields in (True, False)]
    assert seen == [True, False]


@pytest.mark.parametrize("side", [0.004, 0.05, 0.7])
def test_a_stamp_of_any_size_has_a_picture_of_sane_size(side: float) -> None:
    stamp = type(STAMP)(0, 0.5 - side / 2, 0.5 - side / 2, 0.5 + side / 2, 0.5 + side / 2)
    assert 200 <= width_to_look_at(stamp) <= 1000
    document = page(text(12))
    pages = PdfPages(lambda _position: document.checked())
    lies_over_content(pages.before_signing(0, 0, width_to_look_at(stamp)), stamp)
