"""A page that asks too much is refused soon and with a sentence, wherever it is met: at upload, in a picture, in the sandbox."""

import time
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pikepdf
import psutil
import pytest

from server.errors import Unprocessable
from server.pdf import page_images
from server.pdf.content import drawing
from server.pdf.content.judge import _pages_to_draw
from server.pdf.inspect_limits import MIB, Meter, UploadLimits
from server.pdf.sandbox import Sandbox
from tests.pdf_corpus.content_case import ContentCase, form
from tests.pdf_corpus.content_cases_limits import nested_forms
from tests.unit.pdf_upload.conftest import Inspect

SQUARES = b"/G gs " + b"0 0 595 842 re f " * 120_000


@pytest.fixture
def slow() -> bytes:
    """Many transparent layers over a whole page: counted as 240,000 operators, drawn for some ten seconds."""
    resources = b"<< /ExtGState << /G << /ca 0.5 >> >> >>"
    return ContentCase("slow", zlib.compress(SQUARES), resources, content_entries=b"/Filter /FlateDecode").build()


def _refused(run: Callable[[], object]) -> tuple[str, object]:
    with pytest.raises(Unprocessable) as refused:
        run()
    return refused.value.code, refused.value.details.get("limit")


def test_nested_forms_cost_the_sandbox_nothing(sandbox: Sandbox, tmp_path: Path) -> None:
    """Ten thousand million squares from 4 KB: refused before a second is over, and no larger for it."""
    path = tmp_path / "nested.pdf"
    path.write_bytes(ContentCase("nested", b"/X Do", b"<< /XObject << /X 5 0 R >> >>", nested_forms(12, 10)).build())
    assert path.stat().st_size < 7_900
    sandbox.warm_up()
    assert sandbox.child_pid is not None
    child = psutil.Process(sandbox.child_pid)
    before, times = child.memory_info().rss, []
    for _ in range(3):
        begin = sum(child.cpu_times()[:2])
        assert _refused(lambda: sandbox.inspect_upload(path, tmp_path / "r.pdf", UploadLimits())) == ("pdf_too_complex", "operators")
        times.append(sum(child.cpu_times()[:2]) - begin)
    assert min(times) < 0.5
    assert child.memory_info().rss - before < 32 * MIB


def test_nested_images_and_patterns_multiply_too(inspect: Inspect) -> None:
    draws = form(b"/I Do " * 100, b"/Resources << /XObject << /I 6 0 R >> >>")
    picture = b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1 >>"
    case = ContentCase("images", b"/X Do " * 51, b"<< /XObject << /X 5 0 R >> >>", (draws, picture + b"\nstream\nx\nendstream"))
    assert _refused(lambda: inspect(case.build())) == ("pdf_too_complex", "images")


def test_a_page_that_takes_too_long_is_refused_at_upload(
    slow: bytes, inspect: Inspect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing, "MAX_PAGE_SECONDS", 0.1)
    begin = time.process_time()
    assert _refused(lambda: inspect(slow)) == ("pdf_too_complex", "time")
    assert time.process_time() - begin < 5.0


def test_only_a_page_over_a_tenth_of_a_limit_is_drawn(inspect: Inspect, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[object] = []
    monkeypatch.setattr(drawing, "draw", lambda page, size, seconds: drawn.append(size) or drawing.pypdfium2.PdfBitmap.new_native(1, 1, 2))
    for count in (49_000, 51_000):
        content = zlib.compress(b"q Q " * count)
        inspect(ContentCase("some", content, content_entries=b"/Filter /FlateDecode").build())
    assert len(drawn) == 1


def test_of_a_scan_only_the_largest_page_is_drawn() -> None:
    assert _pages_to_draw({0: 0.01, 1: 0.01, 2: 0.01}, {0: 0.2, 1: 0.3, 2: 0.05}) == [1]
    assert _pages_to_draw({0: 0.2, 1: 0.01, 2: 0.5}, {0: 0.0, 1: 0.3, 2: 0.05}) == [2, 1, 0]
    assert _pages_to_draw({0: 0.09}, {0: 0.09}) == []


def test_drawing_ends_when_the_heaviest_pages_have_had_their_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "pages.pdf"
    with pikepdf.new() as pdf:
        for _ in range(4):
            pdf.add_blank_page()
        pdf.save(path)
    clock, drawn = iter(range(0, 600, 4)), []
    monkeypatch.setattr(drawing.time, "process_time", lambda: float(next(clock)))
    monkeypatch.setattr(drawing, "draw", lambda page, size, seconds: drawn.append(size) or drawing.pypdfium2.PdfBitmap.new_native(1, 1, 2))
    assert drawing.draw_in_time(path, [3, 2, 1, 0], Meter(UploadLimits())) is None
    assert len(drawn) == 2


def test_what_pdfium_does_not_open_is_broken(tmp_path: Path) -> None:
    path = tmp_path / "none.pdf"
    path.write_bytes(b"no PDF")
    with pytest.raises(Unprocessable) as refused:
        drawing.draw_in_time(path, [0], Meter(UploadLimits()))
    assert refused.value.code == "pdf_broken"


def test_a_picture_that_takes_too_long_is_given_up(slow: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "slow.pdf"
    path.write_bytes(slow)
    monkeypatch.setattr(page_images, "draw", partial(drawing.draw, seconds=0.1))
    assert _refused(lambda: page_images.render_page(path, 0, width_px=600)) == ("pdf_too_complex", "time")


def test_the_words_of_a_refusal_come_through_the_sandbox(sandbox: Sandbox, tmp_path: Path) -> None:
    path = tmp_path / "malformed.pdf"
    path.write_bytes(ContentCase("malformed", b"1 2 re f").build())
    with pytest.raises(Unprocessable) as refused:
        sandbox.inspect_upload(path, tmp_path / "r.pdf", UploadLimits())
    assert refused.value.code == "pdf_content_malformed"
    assert refused.value.details == {"what": "operands", "page": 1}
