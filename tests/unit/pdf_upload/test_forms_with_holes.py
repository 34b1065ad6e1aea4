"""Forms whose lists hold what is no field, as editors leave them when a field is deleted: repaired at upload without losing one.

A signed file can't be repaired: it is read past its holes.
"""

import io
from pathlib import Path

import pikepdf
import pytest

from mobile_app.device.document_checks import check_prepared_document
from server.errors import Unprocessable
from server.pdf.geometry import Placement
from server.pdf.inspect_result import Inspection
from server.pdf.inspect_upload import UploadLimits, inspect_upload
from server.pdf.prepare import DocumentPreparer
from server.pdf.stamp import StampFonts, StampMaker
from tests.pdf_corpus.increments import SignatureIncrement
from tests.pdf_corpus.pdf_writer import CATALOG, FONT, PAGES, PdfWriter, plain_document
from tests.pdf_corpus.signing_kit import Signer
from tests.unit.device_checks.test_documents_of_the_corpus import expectation

TIME = "22/11/2025 14:05 (+07:00)"
WIDGET = "/Type /Annot /Subtype /Widget /Rect [60 600 160 620] /F 4"
FORMS = {
    "null_in_fields": "<< /Fields [null 30 0 R null] >>",
    "dangling_in_fields": "<< /Fields [30 0 R 99 0 R] >>",
    "numbers_in_fields": "<< /Fields [1 30 0 R (x) /N] >>",
    "direct_field": "<< /Fields [<< /FT /Tx /T (direct) >> 30 0 R] >>",
    "null_kid": "<< /Fields [30 0 R 32 0 R] >>",
    "direct_kid": "<< /Fields [30 0 R 33 0 R] >>",
    "kids_of_none": "<< /Fields [30 0 R 34 0 R] >>",
    "fields_no_array": "<< /Fields << /A 30 0 R >> >>",
    "fields_null": "<< /Fields null >>",
    "fields_elsewhere": "<< /Fields 35 0 R >>",
    "flags_real": "<< /Fields [30 0 R] /SigFlags 1.0 >>",
    "flags_text": "<< /Fields [30 0 R] /SigFlags (3) >>",
    "form_number": "7",
    "form_array": "[30 0 R]",
    "form_dangling": "98 0 R",
}
OBJECTS = {
    30: f"<< /FT /Tx /T (kept) /V (1) /P 4 0 R {WIDGET} >>",
    32: "<< /FT /Tx /T (parent) /Kids [null 36 0 R 97 0 R] >>",
    33: f"<< /FT /Tx /T (parent) /Kids [<< /T (kid) {WIDGET} >> 37 0 R] >>",
    34: "<< /FT /Tx /T (parent) /Kids [null] >>",
    35: "[null 30 0 R]",
    36: f"<< /T (kid) /Parent 32 0 R {WIDGET} >>",
    37: f"<< /T (kid) /Parent 33 0 R {WIDGET} >>",
}
LISTS = ("null_in_fields", "dangling_in_fields", "direct_field", "null_kid", "direct_kid", "kids_of_none", "fields_elsewhere")


def document(form: str) -> bytes:
    writer = PdfWriter()
    writer.put(CATALOG, f"<< /Type /Catalog /Pages {PAGES} 0 R /AcroForm {form} >>")
    writer.put(PAGES, "<< /Type /Pages /Kids [4 0 R] /Count 1 >>")
    writer.put(FONT, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    writer.put(
        4,
        f"<< /Type /Page /Parent {PAGES} 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 {FONT} 0 R >> >>"
        " /Contents 5 0 R /Annots [30 0 R] >>",
    )
    writer.put_stream(5, b"BT /F1 12 Tf 60 700 Td (1.000.000 dong) Tj ET")
    reached = {number for number in OBJECTS if f"{number} 0 R" in form} | {30}
    for number in sorted(reached | {kid for kid, parent in ((36, 32), (37, 33)) if parent in reached}):
        writer.put(number, OBJECTS[number])
    return writer.build(f"/Root {CATALOG} 0 R")


def taken(tmp_path: Path, data: bytes) -> tuple[Inspection, bytes]:
    source, target = tmp_path / "source.pdf", tmp_path / "target.pdf"
    source.write_bytes(data)
    found = inspect_upload(source, target, UploadLimits())
    return found, target.read_bytes() if found.repaired else data


def names(data: bytes) -> set[str]:
    """Of all fields, as qpdf reads them."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        waiting = list(pdf.Root.get("/AcroForm", pikepdf.Dictionary()).get("/Fields", []))
        found = set()
        while waiting:
            field = waiting.pop()
            found.add(str(field.get("/T")))
            waiting += list(field.get("/Kids", []))
        return found


def passes_the_phone(data: bytes) -> None:
    prepared = DocumentPreparer("Nguyễn Thị Lấp Lánh Ánh", StampMaker(StampFonts())).prepare(data, Placement(0, 300, 100, 480, 160), TIME)
    check_prepared_document(prepared.data, expectation(data, prepared))


@pytest.mark.parametrize("form", FORMS)
def test_it_is_repaired_and_loses_no_field(tmp_path: Path, form: str) -> None:
    found, data = taken(tmp_path, document(FORMS[form]))
    assert found.repaired or form == "fields_null"  # null is no list, and no hole
    listed = {"kept"} if form in LISTS or form in ("numbers_in_fields", "flags_real", "flags_text") else set()
    more = {"direct_field": {"direct"}, "null_kid": {"parent", "kid"}, "direct_kid": {"parent", "kid"}, "kids_of_none": {"parent"}}
    assert names(data) == listed | more.get(form, set())
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert len(pdf.pages[0].Annots) == 1, "what stands on the page stays"
    passes_the_phone(data)


def test_a_form_without_holes_is_taken_as_it_is(tmp_path: Path) -> None:
    found, data = taken(tmp_path, document("<< /Fields [30 0 R] /SigFlags 0 >>"))
    assert not found.repaired
    passes_the_phone(data)


@pytest.mark.parametrize(("turn", "size"), [("90.0", (842.0, 595.0)), ("-90.0", (842.0, 595.0)), ("180.0", (595.0, 842.0))])
def test_a_turn_of_another_type_is_mended(tmp_path: Path, turn: str, size: tuple[float, float]) -> None:
    data = plain_document().build().replace(b"/MediaBox", f"/Rotate {turn} /MediaBox".encode(), 1)
    found, data = taken(tmp_path, data)
    assert (found.repaired, found.page_boxes[0]) == (True, size)
    passes_the_phone(data)


@pytest.mark.parametrize("turn", ["90.5", "(90)"])
def test_a_turn_that_is_none_is_not_guessed(tmp_path: Path, turn: str) -> None:
    """Where viewers turn the page otherwise than a page without it, the file is refused."""
    data = plain_document().build().replace(b"/MediaBox", f"/Rotate {turn} /MediaBox".encode(), 1)
    try:
        found, data = taken(tmp_path, data)
    except Unprocessable as error:
        assert error.code == "pdf_two_readings"  # noqa: PT017 - either way is right, and which one depends on the viewer
    else:
        assert found.page_boxes[0] == (595.0, 842.0)
        passes_the_phone(data)


@pytest.mark.parametrize("fields", ["null", "null 31 0 R", "<< /FT /Tx /T (direct) >>"])
def test_a_signed_form_with_holes_is_refused_with_its_reason(tmp_path: Path, fields: str) -> None:
    """It can't be repaired, and pyHanko counts a new field beside a hole against the earlier signature."""
    increment = SignatureIncrement(plain_document().build(), field_name="Earlier")
    writer = increment.put_objects()
    if "31" in fields:
        writer.put(31, "<< /FT /Tx /T (other) >>")
    writer.put(increment.form_number, f"<< /Fields [{fields} {increment.field_number} 0 R] /SigFlags 3 >>")
    with pytest.raises(Unprocessable) as refused:
        taken(tmp_path, increment.finish().sign(Signer.create("Người ký trước")))
    assert refused.value.code == "pdf_earlier_signature_would_break"
