"""Pictures of pages: everything that viewers show, never more pixels than allowed."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from server.errors import BadInput, NotFound, Unprocessable
from server.pdf.page_images import MAX_SIDE, render_page

BuildPdf = Callable[..., bytes]
Stream = Callable[..., bytes]


def _picture(path: Path, page: int = 0, **size: float) -> Image.Image:
    return Image.open(BytesIO(render_page(path, page, **size))).convert("RGB")  # type: ignore[arg-type]


@pytest.fixture
def one_page(tmp_path: Path, build_pdf: BuildPdf) -> Callable[[bytes], Path]:
    def make(box: bytes) -> Path:
        path = tmp_path / "page.pdf"
        path.write_bytes(build_pdf({3: b"<< /Type /Page /Parent 2 0 R /MediaBox %s >>" % box}))
        return path

    return make


def test_width_and_scale(one_page: Callable[[bytes], Path]) -> None:
    path = one_page(b"[0 0 200 100]")
    assert _picture(path, width_px=400).size == (400, 200)
    assert _picture(path, scale=1.5).size == (300, 150)


def test_pixels_are_bounded(one_page: Callable[[bytes], Path]) -> None:
    path = one_page(b"[0 0 14400 14400]")
    width, height = _picture(path, width_px=14400).size
    assert 19_000_000 < width * height <= 20_100_000
    assert Image.open(BytesIO(render_page(path, 0, width_px=14400, max_pixels=10_000))).size == (100, 100)
    long = _picture(one_page(b"[0 0 14400 2]"), scale=100.0).size
    assert max(long) <= MAX_SIDE + 1 and min(long) >= 1


def test_annotations_and_fields_are_drawn(tmp_path: Path, build_pdf: BuildPdf, stream: Stream) -> None:
    """A red square from an annotation's appearance, a blue one from a form field's."""
    look = b"/Type /XObject /Subtype /Form /BBox [0 0 50 50]"
    changes = {
        1: b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [11 0 R] >> >>",
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] /Annots [10 0 R 11 0 R] >>",
        10: b"<< /Type /Annot /Subtype /Stamp /F 4 /Rect [0 0 50 50] /AP << /N 12 0 R >> >>",
        11: b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (a) /F 4 /Rect [50 50 100 100] /AP << /N 13 0 R >> >>",
        12: stream(b"1 0 0 rg 0 0 50 50 re f", look),
        13: stream(b"0 0 1 rg 0 0 50 50 re f", look),
    }
    path = tmp_path / "annotated.pdf"
    path.write_bytes(build_pdf(changes))
    picture = _picture(path, width_px=100)
    assert picture.getpixel((25, 75)) == (255, 0, 0)
    assert picture.getpixel((25, 25)) == (255, 255, 255)
    blue = picture.getpixel((75, 25))
    assert isinstance(blue, tuple) and blue[2] > blue[0]


def test_wrong_questions(one_page: Callable[[bytes], Path], tmp_path: Path) -> None:
    path = one_page(b"[0 0 10 10]")
    for page in (-1, 1):
        with pytest.raises(NotFound):
            render_page(path, page, width_px=10)
    for size in ({}, {"width_px": 10, "scale": 1.0}, {"width_px": 0}, {"scale": -1.0}):
        with pytest.raises(BadInput):
            render_page(path, 0, **size)  # type: ignore[arg-type]
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7\nno")
    with pytest.raises(Unprocessable) as refused:
        render_page(broken, 0, width_px=10)
    assert refused.value.code == "pdf_broken"
