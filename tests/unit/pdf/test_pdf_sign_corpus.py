"""Every good file of the corpus, signed and looked at by four other programs."""

import shutil
import subprocess
import zlib
from pathlib import Path

import pypdfium2
import pytest

from server.pdf.geometry import Placement
from server.pdf.validate import check_signed_document_fast, validate_signed_document_fully
from server.signing.dtbs import SIGNATURE_ALGORITHMS

CORPUS = Path(__file__).parents[2] / "pdf_corpus"
TIME_TEXT = "22/11/2025 14:05 (+07:00)"
FILES = sorted((CORPUS / "good").glob("*.pdf"))


def _page_image(document: bytes) -> tuple[tuple[float, float], bytes, int, int]:
    with pypdfium2.PdfDocument(document) as pdf:
        pdf.init_forms()
        page = pdf[0]
        size = page.get_size()
        scale = min(2.0, 1500 / max(size))
        bitmap = page.render(scale=scale, grayscale=True)
        pixels = bytes(bitmap.buffer)
        stride, height = bitmap.stride, bitmap.height
        bitmap.close()
        page.close()
        return size, pixels, stride, height


def _changed_box(before: bytes, after: bytes, stride: int) -> tuple[int, int, int, int]:
    columns, rows = set(), set()
    for row in range(len(before) // stride):
        old, new = before[row * stride : (row + 1) * stride], after[row * stride : (row + 1) * stride]
        if old != new:
            rows.add(row)
            columns.update(i for i in range(stride) if abs(old[i] - new[i]) > 24)
    return min(columns), min(rows), max(columns), max(rows)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_signed_file_is_valid_for_all_and_shows_the_stamp(path, tmp_path, preparer, credentials):
    source = path.read_bytes()
    algorithm = list(SIGNATURE_ALGORITHMS)[zlib.crc32(path.name.encode()) % 4]
    credential = credentials[algorithm]
    size, before, stride, height = _page_image(source)
    wide, high = min(200.0, size[0] * 0.6), min(60.0, size[1] * 0.3)
    place = Placement(0, size[0] * 0.2, size[1] * 0.1, size[0] * 0.2 + wide, size[1] * 0.1 + high)

    unit = 2.5 if path.stem == "handmade_user_unit" else 1.0  # PDFium counts in the page's units, a placement in points
    asked = Placement(0, *(unit * side for side in (place.x0, place.y0, place.x1, place.y1)))
    prepared = preparer.prepare(source, asked, TIME_TEXT, credential.digest_name)
    signed = credential.sign_prepared(prepared)

    assert signed.startswith(source)
    if b"/AESV" not in source:  # AES takes a fresh random vector each time
        assert preparer.prepare(source, asked, TIME_TEXT, credential.digest_name) == prepared
    check_signed_document_fast(signed, prepared.byte_range, credential.certificate, algorithm)
    validate_signed_document_fully(signed, [credential.root], prepared.field_name, original_length=prepared.source_size)
    target = tmp_path / "signed.pdf"
    target.write_bytes(signed)
    _assert_pdfsig_and_qpdf(path, target)
    if prepared.stamp_shown:
        _, after, _, _ = _page_image(signed)
        scale = height / size[1]
        left, top, right, bottom = _changed_box(before, after, stride)
        assert left >= place.x0 * scale - 3
        assert right <= place.x1 * scale + 3
        assert top >= (size[1] - place.y1) * scale - 3
        assert bottom <= (size[1] - place.y0) * scale + 3
        assert bottom - top >= 0.9 * high * scale


def _assert_pdfsig_and_qpdf(source, target):
    if shutil.which("pdfsig"):
        told = subprocess.run(["pdfsig", "-nocert", str(target)], capture_output=True, text=True, check=False).stdout
        last = told.split("Signature #")[-1]
        assert "Signature is Valid." in last
        assert "Total document signed" in last
    if shutil.which("qpdf"):

        def check(file):
            return subprocess.run(["qpdf", "--check", str(file)], capture_output=True, check=False).returncode

        assert check(target) <= check(source)


def test_corpus_is_there():
    assert len(FILES) >= 60
