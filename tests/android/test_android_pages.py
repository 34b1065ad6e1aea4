"""Pages by Android's renderer: the port that the viewer uses, from bytes that nobody can exchange."""

import hashlib
from pathlib import Path

import pytest
from fake_android import Screen
from fake_java import FakeJava

from mobile_app.android.pdf_renderer import AndroidPages, kinds_drawn
from mobile_app.errors import CheckFailed
from mobile_app.ui.page_picture import LARGEST_SIDE, CheckedPdf, PagePicture
from mobile_app.ui.pdf_pages import PdfPages

CORPUS = Path(__file__).resolve().parents[1] / "pdf_corpus" / "good"
CONTRACT = (CORPUS / "reportlab_60_pages.pdf").read_bytes()
OTHER = (CORPUS / "cairo_contract.pdf").read_bytes()


def read(position: int) -> CheckedPdf:
    octets, pages = ((CONTRACT, 60), (OTHER, 1))[position]
    return CheckedPdf(octets, pages, len(octets))


def ink(picture: PagePicture) -> float:
    """The part of the page that is darker than paper."""
    reds = picture.pixels[0::4]
    return sum(value < 128 for value in reds) / len(reds)


def test_a_page_is_drawn_as_on_a_desktop(java: FakeJava, tmp_path: Path) -> None:
    pages, desktop = AndroidPages(java, tmp_path, read), PdfPages(read)
    mine, theirs = pages.picture(0, 2, 300), desktop.picture(0, 2, 300)
    assert (mine.position, mine.page, mine.pages) == (theirs.position, theirs.page, theirs.pages) == (0, 2, 60)
    assert (mine.width, abs(mine.height - theirs.height) <= 1) == (theirs.width, True)
    assert len(mine.pixels) == mine.width * mine.height * 4
    assert 0 < ink(mine) == pytest.approx(ink(theirs), abs=0.01)
    assert mine.pixels[:3] == b"\xff\xff\xff", "transparent ground became no paper"
    pages.close()
    desktop.close()


def test_one_document_is_open_at_a_time_and_none_after_close(java: FakeJava, screen: Screen, tmp_path: Path) -> None:
    pages = AndroidPages(java, tmp_path, read)
    pages.picture(0, 0, 100)
    pages.picture(0, 1, 100)
    pages.picture(1, 0, 100)
    assert screen.open_pdfs == 1
    assert list(tmp_path.iterdir()) == [], "the file has a name"
    pages.close()
    assert screen.open_pdfs == 0


def test_the_bytes_are_read_and_hashed_again_for_each_document_opened(java: FakeJava, tmp_path: Path) -> None:
    seen: list[str] = []

    def hashed(position: int) -> CheckedPdf:
        seen.append(hashlib.sha256(read(position).octets).hexdigest())
        return read(position)

    pages = AndroidPages(java, tmp_path, hashed)
    for position in (0, 0, 1, 0):
        pages.picture(position, 0, 50)
    assert len(seen) == 3
    pages.close()


def test_the_renderer_never_sees_what_the_device_refuses(java: FakeJava, screen: Screen, tmp_path: Path) -> None:
    def changed(_position: int) -> CheckedPdf:
        raise CheckFailed("document_changed")

    with pytest.raises(CheckFailed, match="document_changed"):
        AndroidPages(java, tmp_path, changed).picture(0, 0, 100)
    assert screen.open_pdfs == 0


def test_what_cannot_be_drawn_says_so_and_leaks_nothing(java: FakeJava, screen: Screen, tmp_path: Path) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    pages = AndroidPages(java, tmp_path, lambda _position: CheckedPdf(b"not a PDF at all", 1, 16))
    for draw in (pages.picture, pages.before_signing, pages.picture):
        with pytest.raises(CheckFailed, match="page_unreadable"):
            draw(0, 0, 100)
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    assert screen.open_pdfs == 0


@pytest.mark.parametrize(("page", "width"), [(-1, 100), (999, 100), (0, 10**6)], ids=["before", "behind", "too_wide"])
def test_pages_and_sizes_stay_in_bounds(java: FakeJava, tmp_path: Path, page: int, width: int) -> None:
    pages = AndroidPages(java, tmp_path, read)
    picture = pages.picture(1, page, width)
    assert picture.page == 0
    assert max(picture.width, picture.height) <= LARGEST_SIDE
    pages.close()


@pytest.mark.parametrize("counted", [1, 61])
def test_a_renderer_that_counts_otherwise_shows_nothing_and_leaks_nothing(
    java: FakeJava, screen: Screen, tmp_path: Path, counted: int
) -> None:
    pages = AndroidPages(java, tmp_path, lambda _position: CheckedPdf(CONTRACT, counted, len(CONTRACT)))
    for draw in (pages.picture, pages.before_signing):
        with pytest.raises(CheckFailed, match="doc_pages_drawn"):
            draw(0, 0, 100)
    assert screen.open_pdfs == 0


def test_before_signing_is_the_first_part_of_the_file_alone(java: FakeJava, screen: Screen, tmp_path: Path) -> None:
    pages = AndroidPages(java, tmp_path, lambda _position: CheckedPdf(OTHER + b"what came later", 1, len(OTHER)))
    picture = pages.before_signing(0, 0, 200)
    assert (picture.page, picture.pages, picture.width) == (0, 1, 200)
    assert screen.open_pdfs == 0
    assert picture.pixels == pages.picture(0, 0, 200).pixels
    pages.close()


def yellow(picture: PagePicture) -> int:
    """How many pixels a highlighter has coloured."""
    pixels = picture.pixels
    return sum(red > 200 and blue < 150 for red, blue in zip(pixels[0::4], pixels[2::4], strict=True))


@pytest.mark.parametrize(("sdk", "draws"), [(34, False), (35, True)])
def test_annotations_are_drawn_where_android_can(java: FakeJava, sdk: int, draws: bool, tmp_path: Path) -> None:
    octets = (CORPUS / "fpdf2_highlight.pdf").read_bytes()
    pages = AndroidPages(java, tmp_path, lambda _position: CheckedPdf(octets, 1, len(octets)))
    assert (yellow(pages.picture(0, 0, 400)) > 0) is draws
    assert ("Highlight" in kinds_drawn(sdk)) is draws
    assert not {"Widget", "Stamp", "Square", "FreeText"} & kinds_drawn(sdk), "no more is promised than is sure"
    pages.close()
