"""The comparison before and after a rewrite sees what a person would sign differently, and nothing else."""

import io
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest

from server.errors import Unprocessable
from server.pdf import inspect_upload
from server.pdf.compare_pages import refuse_if_anything_is_lost, refuse_if_pages_differ
from server.pdf.inspect_limits import Meter, UploadLimits
from tests.unit.pdf_upload.conftest import BuildPdf

FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
RESOURCES = b"/Resources << /Font << /F 5 0 R >> >>"
TEXT = b"BT /F 8 Tf 72 700 Td (The price is 1,000.50 dong.) Tj ET"
Stream = Callable[..., bytes]


def _page(build_pdf: BuildPdf, stream: Stream, content: bytes, entries: bytes = b"/MediaBox [0 0 595 842]") -> bytes:
    page = b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R %s %s >>" % (entries, RESOURCES)
    return build_pdf({3: page, 4: stream(content), 5: FONT})


def _compare(folder: Path, before: bytes, after: bytes) -> None:
    for name, data in (("before.pdf", before), ("after.pdf", after)):
        (folder / name).write_bytes(data)
    refuse_if_pages_differ(folder / "before.pdf", folder / "after.pdf", Meter(UploadLimits()))


@pytest.mark.parametrize(
    "other",
    [
        TEXT.replace(b"1,000", b"7,000"),
        TEXT.replace(b"1,000.50", b"100.050"),
        TEXT.replace(b"The", b"Tne"),
        TEXT + b" BT 0.97 g /F 8 Tf 72 600 Td (not) Tj ET",
        TEXT + b" 300 300 3 3 re f",
        b"",
    ],
    ids=["1,000 or 7,000", "decimal point", "one letter", "pale grey word", "small mark", "nothing"],
)
def test_difference_is_seen(build_pdf: BuildPdf, stream: Stream, tmp_path: Path, other: bytes) -> None:
    with pytest.raises(Unprocessable) as refused:
        _compare(tmp_path, _page(build_pdf, stream, TEXT), _page(build_pdf, stream, other))
    assert (refused.value.code, refused.value.details) == ("pdf_two_readings", {"page": 1})


def test_size_is_seen(build_pdf: BuildPdf, stream: Stream, tmp_path: Path) -> None:
    with pytest.raises(Unprocessable):
        _compare(tmp_path, _page(build_pdf, stream, b""), _page(build_pdf, stream, b"", b"/MediaBox [0 0 595 841]"))


def test_form_field_is_drawn(build_pdf: BuildPdf, stream: Stream, tmp_path: Path) -> None:
    def with_field(value: bytes) -> bytes:
        appearance = stream(b"BT /F 8 Tf 2 2 Td (%s) Tj ET" % value, b"/Subtype /Form /BBox [0 0 90 20] " + RESOURCES)
        return build_pdf(
            {
                1: b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [7 0 R] >> >>",
                3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Annots [7 0 R] >>",
                5: FONT,
                7: b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (a) /V (%s) /Rect [10 10 100 30] /F 4 /AP << /N 8 0 R >> >>"
                % value,
                8: appearance,
            }
        )

    _compare(tmp_path, with_field(b"1,000"), with_field(b"1,000"))
    with pytest.raises(Unprocessable):
        _compare(tmp_path, with_field(b"1,000"), with_field(b"7,000"))


def test_other_bytes_with_the_same_pages_are_the_same(build_pdf: BuildPdf, stream: Stream, tmp_path: Path) -> None:
    _compare(tmp_path, _page(build_pdf, stream, TEXT), _page(build_pdf, stream, TEXT + b"\n") + b"\n\n")


def test_number_of_pages_is_page_0(build_pdf: BuildPdf, tmp_path: Path) -> None:
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"
    with pytest.raises(Unprocessable) as refused:
        _compare(tmp_path, build_pdf(), build_pdf({2: b"<< /Type /Pages /Count 2 /Kids [3 0 R 5 0 R] >>", 5: page}))
    assert refused.value.details == {"page": 0}


def test_what_can_not_be_drawn_before_can_not_be_compared(build_pdf: BuildPdf, tmp_path: Path) -> None:
    with pytest.raises(Unprocessable) as refused:
        _compare(tmp_path, b"%PDF-1.7\nnothing", build_pdf())
    assert refused.value.code == "pdf_broken"


def _with(pages: int, files: int) -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        for _ in range(pages):
            pdf.add_blank_page()
        for number in range(files):
            pdf.attachments[f"{number}.txt"] = b"kept"
        pdf.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ((2, 1), (2, 1), None),
        ((2, 1), (1, 1), "pdf_two_readings"),
        ((1, 1), (2, 1), "pdf_two_readings"),
        ((2, 2), (2, 1), "pdf_rewrite_loses"),
    ],
)
def test_a_rewrite_keeps_what_is_counted(tmp_path: Path, before: tuple[int, int], after: tuple[int, int], code: str | None) -> None:
    one, other = tmp_path / "before.pdf", tmp_path / "after.pdf"
    one.write_bytes(_with(*before))
    other.write_bytes(_with(*after))
    if code is None:
        refuse_if_anything_is_lost(one, other)
        return
    with pytest.raises(Unprocessable) as refused:
        refuse_if_anything_is_lost(one, other)
    assert refused.value.code == code


def test_every_rewrite_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[Path, Path]] = []
    monkeypatch.setattr(inspect_upload, "refuse_if_anything_is_lost", lambda *given: seen.append(given))
    source, target = tmp_path / "source.pdf", tmp_path / "target.pdf"
    source.write_bytes(_with(1, 0) + b"\n% a comment\n")
    assert inspect_upload.inspect_upload(source, target, UploadLimits()).repaired
    assert seen == [(source, target)]
