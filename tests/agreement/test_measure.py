"""What the measure tells and what it does not alarm on, drawn by the four viewers themselves."""

import itertools
from pathlib import Path

import numpy as np
import pytest

from tests.agreement import measure
from tests.agreement.contract import HEIGHT, WIDTH, contract, put_font, text_width
from tests.agreement.viewers import Viewers
from tests.pdf_corpus.pdf_writer import CATALOG, FONT, PAGES, PdfWriter

GOOD = Path(__file__).resolve().parents[1] / "pdf_corpus" / "good"
#: Of makers that embed their fonts: text, tables, scans, Type 3 glyphs, drawings.
EMBEDDED = (
    "libreoffice_calc",
    "chromium_contract",
    "typst_contract",
    "matplotlib_type3",
    "img2pdf_scan",
    "librsvg_drawing",
)


def _text(text: str, size: float = 8, grey: float = 0, left: float = 40) -> bytes:
    return f"BT {grey} g /F1 {size} Tf {left:.3f} 150 Td ({text}) Tj ET".encode()


_BEHIND_POINT = 40 + text_width("Pay 1.", 8)
_TINT = b"0.7 g 30 130 200 60 re f "

#: Name → two contents that a reader tells apart.
DIFFERENT = {
    "one thousand and seven thousand at 8 pt": (_text("Pay 1,000 dong"), _text("Pay 7,000 dong")),
    "a moved decimal point at 8 pt": (_text("Pay 10.00 dong"), _text("Pay 1.000 dong")),
    "a decimal point and none, nothing else moved": (
        _text("Pay 1.000"),
        _text("Pay 1") + b" " + _text("000", left=_BEHIND_POINT),
    ),
    "a pale grey word on white": (b"", _text("free of charge", 10, 0.9)),
    "a mark of 3 by 3 pt": (b"", b"200 150 3 3 re f"),
    "a pale mark of 3 by 3 pt": (b"", b"0.8 g 200 150 3 3 re f"),
    "white words on a tinted ground": (_TINT, _TINT + _text("free of charge", 8, 1)),
    "grey words on a tinted ground": (_TINT, _TINT + _text("free of charge", 8, 0.6)),
    "a word more": (_text("payable"), _text("not payable")),
    "a line through": (_text("Pay 1,000 dong"), _text("Pay 1,000 dong") + b" 0.5 w 40 153 m 110 153 l S"),
}

#: Contents that every viewer draws in a manner of its own, and no reader tells apart.
SAME = {
    "hairlines": b"0 w 30 90 m 300 90 l S 0.25 w 30 80 m 300 120 l S 0.5 w 20 20 300 77.3 re S",
    "inks": b"1 0 0 0 k 30 30 40 40 re f 0 1 0 0 k 80 30 40 40 re f 1 1 0 0 k 130 30 40 40 re f 0 1 1 0 k 180 30 40 40 re f",
    "small text": _text("The quick brown fox jumps over 1,000 lazy dogs", 5),
    "large text": _text("QUICK", 48),
    "text on a tint": _TINT + _text("free of charge", 8),
    "turned text": b"q 0.8 0.6 -0.6 0.8 60 60 cm BT /F1 9 Tf 10 10 Td (The quick brown fox) Tj ET Q",
}


def _pages(contents: list[bytes]) -> bytes:
    """One file with a page for each content."""
    writer = PdfWriter()
    numbers = [10 + 2 * position for position in range(len(contents))]
    writer.put(CATALOG, f"<< /Type /Catalog /Pages {PAGES} 0 R >>")
    writer.put(PAGES, f"<< /Type /Pages /Count {len(numbers)} /Kids [{' '.join(f'{n} 0 R' for n in numbers)}] >>")
    put_font(writer)
    for number, content in zip(numbers, contents, strict=True):
        writer.put(
            number,
            f"<< /Type /Page /Parent {PAGES} 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Contents {number + 1} 0 R "
            f"/Resources << /Font << /F1 {FONT} 0 R >> >> >>",
        )
        writer.put_stream(number + 1, b"BT /F1 12 Tf 40 250 Td (CONTRACT) Tj ET " + content)
    return writer.build()


Drawn = list[dict[str, measure.Page]]


def _drawn(viewers: Viewers, path: Path, pages: list[tuple[int, int]]) -> Drawn:
    answers = viewers.draw(path, pages)
    for name, answer in answers.items():
        assert not [one for one in answer.pictures if isinstance(one, str)], (name, answer.pictures)
    return [
        {name: measure.Page(np.asarray(answer.pictures[position])) for name, answer in answers.items()}
        for position in range(len(pages))
    ]


@pytest.fixture(scope="module")
def drawn(viewers: Viewers, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, measure.Page]]]:
    """Each content of ``DIFFERENT`` and ``SAME`` by each viewer."""
    contents = {**DIFFERENT, **{name: (content,) for name, content in SAME.items()}}
    path = tmp_path_factory.mktemp("measure") / "pages.pdf"
    path.write_bytes(_pages([content for pair in contents.values() for content in pair]))
    width = round(WIDTH * measure.SCALE)
    pictures = iter(_drawn(viewers, path, [(index, width) for index in range(sum(map(len, contents.values())))]))
    return {name: [next(pictures) for _ in pair] for name, pair in contents.items()}


@pytest.mark.parametrize("name", DIFFERENT)
def test_a_difference_that_a_reader_sees_is_seen_between_any_two_viewers(name: str, drawn: dict[str, Drawn]) -> None:
    one, other = drawn[name]
    missed = [
        (left, right)
        for left, right in itertools.product(one, other)
        if not measure.difference(one[left], other[right]).is_seen
    ]
    assert not missed


@pytest.mark.parametrize("name", [*DIFFERENT, *SAME])
def test_the_same_page_by_two_viewers_does_not_alarm(name: str, drawn: dict[str, Drawn]) -> None:
    for pictures in drawn[name]:
        for one, other in itertools.combinations(pictures, 2):
            found = measure.difference(pictures[one], pictures[other])
            assert not found.is_seen, (one, other, found)


@pytest.mark.parametrize("name", EMBEDDED)
def test_files_of_other_programs_do_not_alarm(name: str, viewers: Viewers) -> None:
    (pictures,) = _drawn(viewers, GOOD / f"{name}.pdf", [(0, 1200)])
    for one, other in itertools.combinations(pictures, 2):
        found = measure.difference(pictures[one], pictures[other])
        assert not found.is_seen, (one, other, found)


def test_the_order_does_not_matter() -> None:
    paper = np.full((60, 60), 255, np.uint8)
    marked = paper.copy()
    marked[20:29, 20:29] = 0
    there, back = (measure.difference(measure.Page(a), measure.Page(b)) for a, b in ((paper, marked), (marked, paper)))
    assert there.amount == back.amount == 9 * 9 * 255


def test_a_shift_of_two_pixels_is_none_and_of_four_is_one() -> None:
    page = np.full((90, 90), 255, np.uint8)
    page[30:60, 30:60] = 0
    near, far = np.roll(page, 2, axis=1), np.roll(page, 4, axis=1)
    assert not measure.difference(measure.Page(page), measure.Page(near)).is_seen
    assert measure.difference(measure.Page(page), measure.Page(far)).is_seen


def test_the_outermost_point_of_a_page_says_nothing() -> None:
    page = np.full((90, 90), 255, np.uint8)
    framed, inside = page.copy(), page.copy()
    framed[-measure.MARGIN :], inside[-2 * measure.MARGIN : -measure.MARGIN] = 0, 0
    assert not measure.difference(measure.Page(page), measure.Page(framed)).is_seen
    assert measure.difference(measure.Page(page), measure.Page(inside)).is_seen


def test_pages_of_another_size_differ() -> None:
    tall, wide = np.full((90, 60), 255, np.uint8), np.full((60, 90), 255, np.uint8)
    assert measure.difference(measure.Page(tall), measure.Page(wide)).is_seen


def test_what_is_summed_is_the_worst_square_and_where_it_lies() -> None:
    page = np.full((120, 120), 255, np.uint8)
    marked = page.copy()
    marked[70:80, 30:40] = 100
    found = measure.difference(measure.Page(page), measure.Page(marked))
    assert found.amount == 10 * 10 * 155
    assert abs(found.across - 35) <= 6 and abs(found.down - 75) <= 6


def test_the_contract_is_the_same_each_time() -> None:
    assert contract().build() == contract().build()
