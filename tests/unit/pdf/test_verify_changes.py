"""What was changed after a signature: which form field, from what to what; comments; and signatures in encrypted files."""

import io
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm

from server.pdf.sandbox import Sandbox
from server.pdf.sandbox_child import _plain
from server.pdf.verify import FieldChange, SignatureReport, verify_file
from server.pdf.verify_report import render_report_text, report_as_json
from server.pdf.verifying.pdf_values import plain_text
from tests.pdf_corpus.signed_files import hanko_sign
from tests.pdf_corpus.signing_kit import Signer
from tests.pdf_corpus.source_material import draw_form, reportlab_document
from tests.pdf_corpus.timestamping import authority, with_document_timestamp

Field = generic.DictionaryObject


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def root() -> Signer:
    return Signer.create("Test root")


@pytest.fixture(scope="module")
def signer(root: Signer) -> Signer:
    return Signer.create("An", issuer=root)


@pytest.fixture(scope="module")
def form(signer: Signer) -> bytes:
    return hanko_sign(reportlab_document(draw_form), signer, "ChuKy1")


def updated(document: bytes, name: str, change: Callable[[IncrementalPdfFileWriter, Field], None]) -> bytes:
    """An update that touches one field and nothing else."""
    writer = IncrementalPdfFileWriter(io.BytesIO(document))
    for field in writer.root["/AcroForm"]["/Fields"]:
        one = field.get_object()
        if one.get("/T") == name:
            change(writer, one)
            writer.update_container(one)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def fill(value: str) -> Callable[[IncrementalPdfFileWriter, Field], None]:
    def change(_: IncrementalPdfFileWriter, field: Field) -> None:
        field[generic.pdf_name("/V")] = generic.pdf_string(value)

    return change


def draw(writer: IncrementalPdfFileWriter, field: Field) -> None:
    """The value stays; what is drawn says something else."""
    drawing = generic.StreamObject(stream_data=b"BT /Helv 12 Tf 2 5 Td (Binh) Tj ET")
    drawing[generic.pdf_name("/Subtype")] = generic.pdf_name("/Form")
    drawing[generic.pdf_name("/BBox")] = generic.ArrayObject(map(generic.NumberObject, (0, 0, 200, 20)))
    field["/AP"][generic.pdf_name("/N")] = writer.add_object(drawing)


def cover(writer: IncrementalPdfFileWriter, field: Field) -> None:
    """The same text, and something over it."""
    draw(writer, field)
    drawing = field["/AP"].raw_get("/N").get_object()
    drawing._data = b"BT /Helv 12 Tf 2 5 Td (Anh) Tj ET 0 0 200 20 re f"


def first(document: bytes, root: Signer) -> SignatureReport:
    return verify_file(document, [root.certificate_der])[0]


def test_a_value_that_changed_is_named(form: bytes, root: Signer) -> None:
    assert first(form, root).good
    report = first(updated(form, "ten", fill("Bình")), root)
    assert report.field_changes == (FieldChange("ten", "Anh", "Bình"),)
    assert (report.integrity, report.changes_after, report.good) == ("ok", "form_filling", False)
    assert "field_value_changed" in report.warnings
    for language, words in (("vi", "Trường «ten» đổi từ «Anh» thành «Bình»"), ("en", "Field “ten” changed from “Anh” to “Bình”")):
        assert words in render_report_text([report], language)
    told = [{"field": "ten", "kind": "value", "before": "Anh", "after": "Bình"}]
    assert report_as_json([report])[0]["field_changes"] == told


def test_an_empty_field_that_was_filled_is_named(form: bytes, root: Signer) -> None:
    report = first(updated(form, "dia_chi", fill("Hà Nội")), root)
    assert report.field_changes == (FieldChange("dia_chi", "", "Hà Nội"),)
    assert not report.good


def test_a_drawing_that_changed_under_its_value_is_named(form: bytes, root: Signer) -> None:
    report = first(updated(form, "ten", draw), root)
    assert report.field_changes == (FieldChange("ten", "Anh", "Binh", "text"),)
    assert "field_appearance_changed" in report.warnings and not report.good
    assert "from “Anh” to “Binh”" in render_report_text([report], "en")
    report = first(updated(form, "ten", cover), root)
    assert report.field_changes == (FieldChange("ten", "Anh", "Anh", "appearance"),)
    assert "field_appearance_changed" in report.warnings and not report.good


def test_a_name_with_a_period_is_compared_all_the_same(root: Signer, signer: Signer) -> None:
    def sheet(page: object) -> None:
        draw_form(page)
        page.acroForm.textfield(name="El.Podpis", x=72, y=500, width=200, height=20, value="Anh")  # type: ignore[attr-defined]

    form = hanko_sign(reportlab_document(sheet), signer, "ChuKy1")
    twice = hanko_sign(form, signer, "ChuKy2")
    assert [(r.integrity, r.good, r.field_name) for r in verify_file(twice, [root.certificate_der])] == [
        ("ok", True, "ChuKy1"),
        ("ok", True, "ChuKy2"),
    ]
    report = first(updated(twice, "El.Podpis", fill("Bình")), root)
    assert report.field_changes == (FieldChange("El.Podpis", "Anh", "Bình"),) and not report.good


def test_there_and_back_is_no_change(form: bytes, root: Signer) -> None:
    report = first(updated(updated(form, "ten", fill("Bình")), "ten", fill("Anh")), root)
    assert report.field_changes == ()


def marked(document: bytes, **entries: str) -> bytes:
    """A comment on the first page, as viewers add it."""
    writer = IncrementalPdfFileWriter(io.BytesIO(document))
    page = writer.root["/Pages"]["/Kids"][0]
    mark = generic.DictionaryObject({generic.pdf_name("/Type"): generic.pdf_name("/Annot")})
    for key, value in {"Subtype": "/Text", **entries}.items():
        mark[generic.pdf_name("/" + key)] = generic.pdf_name(value)
    mark[generic.pdf_name("/Rect")] = generic.ArrayObject(map(generic.NumberObject, (100, 100, 120, 120)))
    page["/Annots"].append(writer.add_object(mark))
    writer.update_container(page["/Annots"])
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_comment_is_told_and_nothing_worse(form: bytes, root: Signer) -> None:
    report = first(marked(form), root)
    assert (report.integrity, report.changes_after, report.good) == ("ok", "annotations", False)
    assert report.warnings[0] == "annotations_added"


@pytest.mark.parametrize("entries", [{"Subtype": "/Widget"}, {"Subtype": "/Screen"}, {"A": "/Something"}, {"AA": "/Something"}])
def test_what_acts_is_no_comment(entries: dict[str, str], form: bytes, root: Signer) -> None:
    report = first(marked(form, **entries), root)
    assert (report.integrity, report.changes_after) == ("suspicious", "other")


def test_a_certification_forbids_comments_or_not(signer: Signer, root: Signer) -> None:
    for permission, integrity in ((MDPPerm.FILL_FORMS, "suspicious"), (MDPPerm.ANNOTATE, "ok")):
        base = reportlab_document(draw_form)
        certified = hanko_sign(base, signer, "ChuKy1", certify=True, docmdp_permissions=permission)
        report = first(marked(certified), root)
        assert (report.integrity, report.changes_after) == (integrity, "annotations")


def test_another_signature_changes_no_field(form: bytes, root: Signer, signer: Signer) -> None:
    for document in (hanko_sign(form, signer, "ChuKy2", box=(300, 60, 500, 120)), with_document_timestamp(form, authority(root))):
        report = first(document, root)
        assert (report.field_changes, report.integrity, report.good) == ((), "ok", True)


def test_the_change_comes_through_the_sandbox(form: bytes, root: Signer, tmp_path: Path) -> None:
    path = tmp_path / "form.pdf"
    path.write_bytes(updated(form, "ten", fill("Bình")))
    with Sandbox(readable=[tmp_path]) as sandbox:
        (report,) = sandbox.verify_file(path, [root.certificate_der], timestamp_roots=[])
    assert report.field_changes == (FieldChange("ten", "Anh", "Bình"),)


@pytest.mark.parametrize("revision", [3, 4, 6])
def test_a_signature_in_an_encrypted_file(revision: int, root: Signer, signer: Signer, tmp_path: Path) -> None:
    """A name that the reader made carries the whole reader along: only plain values leave."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(reportlab_document(draw_form))) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="chu", user="", R=revision, aes=revision >= 4, metadata=revision >= 4))
    path = tmp_path / "signed.pdf"
    path.write_bytes(hanko_sign(out.getvalue(), signer, "ChuKy1", password=""))
    (report,) = verify_file(path, [root.certificate_der])
    assert type(report.field_name) is str and report.integrity == "ok"
    with Sandbox(readable=[tmp_path]) as sandbox:
        (same,) = sandbox.verify_file(path, [root.certificate_der])
    assert (same.field_name, same.integrity, same.trust) == ("ChuKy1", "ok", "trusted")


class _Heavy(str):
    """A name that belongs to something large."""

    def __deepcopy__(self, _: object) -> "_Heavy":
        raise AssertionError("copied with all that it belongs to")


def test_plain_text_is_plain(form: bytes) -> None:
    assert type(plain_text(generic.NameObject("/Sig"))) is str
    assert plain_text(None) == ""
    (report,) = verify_file(form, [])
    assert _plain([replace(report, field_name=_Heavy("ChuKy1"))])[0]["field_name"] == "ChuKy1"
