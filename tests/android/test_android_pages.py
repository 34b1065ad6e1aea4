"""Pages by Android's renderer: the port that the viewer uses, from bytes that nobody can exchange."""

import hashlib
from pathlib import Path

import pytest
from fake_android import Screen
from fake_java import FakeJava

from mobile_app.android.pdf_renderer import AndroidPages
from mobile_app.errors import CheckFailed
from mobile_app.ui.page_picture import LARGEST_SIDE, PagePicture
from mobile_app.ui.pdf_pages import PdfPages

CORPUS = Path(__file__).resolve().parents[1] / "pdf_corpus" / "good"
CONTRACT = (CORPUS / "reportlab_60_pages.pdf").read_bytes()
OTHER = (CORPUS / "cairo_contract.pdf").read_bytes()


def read(position: int) -> bytes:
    return (CONTRACT, OTHER)[position]


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

    def hashed(position: int) -> bytes:
        seen.append(hashlib.sha256(read(position)).hexdigest())
        return read(position)

    pages = AndroidPages(java, tmp_path, hashed)
    for position in (0, 0, 1, 0):
        pages.picture(position, 0, 50)
    assert len(seen) == 3
    pages.close()


def test_the_renderer_never_sees_what_the_device_refuses(java: FakeJava, screen: Screen, tmp_path: Path) -> None:
    def changed(_position: int) -> bytes:
        raise CheckFailed("document_changed")

    with pytest.raises(CheckFailed, match="document_changed"):
        AndroidPages(java, tmp_path, changed).picture(0, 0, 100)
    assert screen.open_pdfs == 0


def test_what_cannot_be_drawn_says_so_and_leaks_nothing(java: FakeJava, screen: Screen, tmp_path: Path) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    pages = AndroidPages(java, tmp_path, lambda _position: b"not a PDF at all")
    for _ in range(3):
        with pytest.raises(CheckFailed, match="page_unreadable"):
            pages.picture(0, 0, 100)
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    assert screen.open_pdfs == 0


@pytest.mark.parametrize(("page", "width"), [(-1, 100), (999, 100), (0, 10**6)], ids=["before", "behind", "too_wide"])
def test_pages_and_sizes_stay_in_bounds(java: FakeJava, tmp_path: Path, page: int, width: int) -> None:
    pages = AndroidPages(java, tmp_path, read)
    picture = pages.picture(1, page, width)
    assert picture.page == 0
    assert max(picture.width, picture.height) <= LARGEST_SIDE
    pages.close()
