"""The size of a page as it is shown: cropped, scaled, turned, inherited; and broken trees mended."""

from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest

from server.errors import Unprocessable
from server.pdf.inspect_result import Inspection

BuildPdf = Callable[..., bytes]
Inspect = Callable[..., Inspection]


@pytest.mark.parametrize(
    ("entries", "shown"),
    [
        (b"/MediaBox [0 0 595 842]", (595, 842)),
        (b"/MediaBox [595 842 0 0]", (595, 842)),
        (b"/MediaBox [-10 -20 90 180]", (100, 200)),
        (b"/MediaBox [0 0 595 842] /Rotate 90", (842, 595)),
        (b"/MediaBox [0 0 595 842] /Rotate -90", (842, 595)),
        (b"/MediaBox [0 0 595 842] /Rotate 540", (595, 842)),
        (b"/MediaBox [0 0 595 842] /CropBox [100 100 300 400]", (200, 300)),
        (b"/MediaBox [0 0 100 200] /UserUnit 2.5", (250, 500)),
        (b"/MediaBox [0 0 100 200] /UserUnit 2 /Rotate 270 /CropBox [0 0 50 200]", (400, 100)),
        (b"/MediaBox 8 0 R /Rotate 9 0 R", (20, 10)),
    ],
)
def test_shown_size(inspect: Inspect, build_pdf: BuildPdf, entries: bytes, shown: tuple[float, float]) -> None:
    page = b"<< /Type /Page /Parent 2 0 R %s >>" % entries
    more = {8: b"[0 0 10 20]", 9: b"90"} if b"8 0 R" in entries else {}
    inspection = inspect(build_pdf({3: page, **more}))
    assert inspection.page_boxes == (shown,)
    assert not inspection.repaired


def test_crop_box_is_cut_to_what_is_shown(inspect: Inspect, build_pdf: BuildPdf) -> None:
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /CropBox [100 100 3000 4000] >>"
    inspection = inspect(build_pdf({3: page}))
    assert inspection.page_boxes == ((495, 742),)
    assert inspection.repair_reasons == ("page_box",)


@pytest.mark.parametrize("box", [b"[1000 1000 2000 2000]", b"[null 1 2 3]"])
def test_crop_box_that_viewers_read_differently_is_refused(inspect: Inspect, build_pdf: BuildPdf, box: bytes) -> None:
    with pytest.raises(Unprocessable) as refused:
        inspect(build_pdf({3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /CropBox %s >>" % box}))
    assert (refused.value.code, refused.value.details) == ("pdf_two_readings", {"page": 1})


def test_inherited_size_and_rotation(inspect: Inspect, build_pdf: BuildPdf) -> None:
    changes = {
        2: b"<< /Type /Pages /Count 1 /Kids [8 0 R] /MediaBox [0 0 10 20] /Rotate 90 >>",
        8: b"<< /Type /Pages /Parent 2 0 R /Count 1 /Kids [3 0 R] /CropBox [0 0 5 20] >>",
        3: b"<< /Type /Page /Parent 8 0 R >>",
    }
    assert inspect(build_pdf(changes)).page_boxes == ((20, 5),)


@pytest.mark.parametrize("box", [b"", b"/MediaBox [0 0 0 0]", b"/MediaBox [0 0 (a) 9]", b"/MediaBox null"])
def test_missing_size_is_filled_in(inspect: Inspect, build_pdf: BuildPdf, box: bytes, tmp_path: Path) -> None:
    inspection = inspect(build_pdf({3: b"<< /Type /Page /Parent 2 0 R %s >>" % box}))
    assert inspection.repair_reasons == ("page_box",)
    assert inspection.page_boxes == ((612, 792),)
    with pikepdf.open(tmp_path / "repaired.pdf") as rewritten:
        assert [int(corner) for corner in rewritten.pages[0].MediaBox] == [0, 0, 612, 792]


@pytest.mark.parametrize(
    "entry",
    [b"/CropBox [0 0 0 0]", b"/Rotate 45", b"/Rotate (a)", b"/UserUnit 0", b"/UserUnit /A", b"/UserUnit 1000000"],
)
def test_senseless_size_is_left_out(inspect: Inspect, build_pdf: BuildPdf, entry: bytes, tmp_path: Path) -> None:
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] %s >>" % entry
    inspection = inspect(build_pdf({3: page}))
    assert inspection.repair_reasons == ("page_box",)
    assert inspection.page_boxes == ((595, 842),)
    assert entry.split()[0] not in (tmp_path / "repaired.pdf").read_bytes()


@pytest.mark.parametrize(
    "tree",
    [
        b"<< /Type /Pages /Count -1 /Kids [3 0 R] >>",
        b"<< /Type /Pages /Kids [3 0 R] >>",
        b"<< /Type /Pages /Count 1 /Kids [3 0 R null] >>",
        b"<< /Count 1 /Kids [3 0 R] >>",
        b"<< /Type /Pages /Count 1 /Kids [<< /Type /Page /MediaBox [0 0 595 842] >>] >>",
    ],
)
def test_wrong_page_tree_is_mended(inspect: Inspect, build_pdf: BuildPdf, tree: bytes, tmp_path: Path) -> None:
    inspection = inspect(build_pdf({2: tree}))
    assert {"page_count", "page_type"} & set(inspection.repair_reasons)
    assert inspection.pages == 1
    with pikepdf.open(tmp_path / "repaired.pdf") as rewritten:
        root = rewritten.Root.Pages
        assert int(root.Count) == 1 and rewritten.pages[0].obj.Parent.objgen == root.objgen


def test_count_that_viewers_believe_is_refused(inspect: Inspect, build_pdf: BuildPdf) -> None:
    """PDFium shows as many pages as /Count says, others as many as there are."""
    with pytest.raises(Unprocessable) as refused:
        inspect(build_pdf({2: b"<< /Type /Pages /Count 2 /Kids [3 0 R] >>"}))
    assert (refused.value.code, refused.value.details) == ("pdf_two_readings", {"page": 0})


def test_page_listed_twice_is_two_pages(inspect: Inspect, build_pdf: BuildPdf) -> None:
    tree = b"<< /Type /Pages /Count 2 /Kids [3 0 R 3 0 R] >>"
    inspection = inspect(build_pdf({2: tree}))
    assert inspection.pages == 2 and "page_repeated" in inspection.repair_reasons
