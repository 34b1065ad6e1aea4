"""A page and a form that gain the signature's field get arrays of their own: nobody else's array is touched."""

import io
import re

import pikepdf
import pypdfium2
import pytest
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers

from server.pdf.geometry import Placement
from server.pdf.validate_fully import validate_signed_document_fully
from server.pdf.verify import verify_file
from tests.pdf_corpus.pdf_writer import PdfWriter, text_page
from tests.unit.pdf.conftest import pyhanko_signer

TIME_TEXT = "22/11/2025 14:05 (+07:00)"
LINK = "<< /Type /Annot /Subtype /Link /Rect [10 10 90 30] /Border [0 0 0] >>"


def shared(annotations: str = "8 0 R", fields_array: str = "10 0 R", form: str = "9 0 R") -> bytes:
    """Two pages whose annotations are one array; the form's fields are an array of their own, or that one too."""
    writer = PdfWriter()
    writer.put(1, f"<< /Type /Catalog /Pages 2 0 R /AcroForm {form} >>")
    writer.put(2, "<< /Type /Pages /Kids [4 0 R 5 0 R] /Count 2 >>")
    writer.put(3, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    for number in (4, 5):
        writer.put(
            number,
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 6 0 R /Resources << /Font << /F1 3 0 R >> >> "
            f"/Annots {annotations} >>",
        )
    writer.put_stream(6, text_page(["Hop dong."]))
    writer.put(7, LINK)
    writer.put(8, "[7 0 R]")
    writer.put(9, f"<< /Fields {fields_array} >>")
    writer.put(10, "[]")
    return writer.build("/Root 1 0 R")


def picture(data: bytes, page: int) -> bytes:
    with pypdfium2.PdfDocument(io.BytesIO(data)) as pdf:
        pdf.init_forms()
        return pdf[page].render(scale=1, grayscale=True).to_pil().tobytes()


@pytest.mark.parametrize(
    "source", [shared(), shared(fields_array="8 0 R"), shared(form="<< /Fields 10 0 R >>")], ids=["pages", "form", "inline"]
)
@pytest.mark.parametrize("page", [0, 1])
def test_only_the_page_asked_for_gains_the_stamp(source, page, preparer, credentials):
    prepared = preparer.prepare(source, Placement(page, 300, 100, 500, 160), TIME_TEXT)
    with pikepdf.open(io.BytesIO(prepared.data)) as pdf:
        assert [len(one.Annots) for one in pdf.pages] == [2 - page, 1 + page]
        assert not pdf.pages[page].obj.Annots.is_indirect
        assert [str(field.T) for field in pdf.Root.AcroForm.Fields if "/T" in field] == ["PhoneSeal1"]
    assert picture(prepared.data, 1 - page) == picture(source, 1 - page)
    assert picture(prepared.data, page) != picture(source, page)
    credential = credentials["ecdsa_p256_sha256"]
    signed = credential.sign_prepared(preparer.prepare(source, Placement(page, 300, 100, 500, 160), TIME_TEXT))
    validate_signed_document_fully(signed, [credential.root], "PhoneSeal1")


@pytest.mark.parametrize("kind", ["null", "missing", "null object"])
def test_a_page_without_annotations_gets_an_array(kind, preparer):
    source = shared(annotations={"null": "null", "missing": "", "null object": "11 0 R"}[kind])
    if kind == "missing":
        source = source.replace(b"/Annots ", b"        ")
    if kind == "null object":
        writer = PdfWriter(base=source)
        writer.put(11, "null")
        source = writer.build("/Root 1 0 R", prev=int(re.findall(rb"startxref\s+(\d+)", source)[-1]))
    prepared = preparer.prepare(source, Placement(0, 300, 100, 500, 160), TIME_TEXT)
    with pikepdf.open(io.BytesIO(prepared.data)) as pdf:
        assert len(pdf.pages[0].Annots) == 1


def _earlier(source, credential):
    """Signed by another program, visibly."""
    chosen = signers.PdfSignatureMetadata(field_name="Earlier", md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES)
    spec = fields.SigFieldSpec("Earlier", on_page=0, box=(60, 600, 160, 640))
    signer = signers.PdfSigner(chosen, pyhanko_signer(credential), new_field_spec=spec)
    return signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(source))).getvalue()


@pytest.mark.parametrize("source", [shared(), shared(annotations="[7 0 R]", fields_array="[]")], ids=["objects", "direct"])
def test_an_earlier_signature_holds_when_arrays_become_the_pages_own(source, preparer, credentials):
    earlier = _earlier(source, credentials["rsa_pkcs1_sha256"])
    credential = credentials["ecdsa_p256_sha256"]
    signed = credential.sign_prepared(preparer.prepare(earlier, Placement(0, 300, 100, 500, 160), TIME_TEXT))
    validate_signed_document_fully(signed, [credential.root], "PhoneSeal1")
    reports = verify_file(signed, [credential.root])
    assert [(report.good, report.changes_after in {"none", "form_filling"}) for report in reports] == [(True, True)] * 2


def test_texts_of_an_array_are_encrypted_for_the_page_that_takes_it_over(preparer):
    """An annotation that stands in the array itself keeps its text when the array moves."""
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(shared())) as pdf:
        kind, text = pikepdf.Name.Text, pikepdf.String("Ghi chu")
        note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=kind, Rect=[10, 10, 30, 30], Contents=text)
        pdf.pages[0].Annots = pdf.make_indirect(pikepdf.Array([note]))
        pdf.save(buffer, encryption=pikepdf.Encryption(owner="chu", user="", R=6))
    prepared = preparer.prepare(buffer.getvalue(), Placement(0, 300, 100, 500, 160), TIME_TEXT)
    with pikepdf.open(io.BytesIO(prepared.data)) as pdf:
        assert str(pdf.pages[0].Annots[0].Contents) == "Ghi chu"
        assert str(pdf.pages[0].Annots[1].T) == "PhoneSeal1"
