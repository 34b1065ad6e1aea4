"""What is accepted is ready to be signed: found out at upload, not when somebody has asked for the signature."""

import io
from pathlib import Path

import pikepdf
import pytest

from server.errors import Unprocessable
from server.pdf import inspect_preparation
from server.pdf.inspect_upload import UploadLimits, inspect_upload
from server.pdf.prepare import check_can_be_prepared
from tests.pdf_corpus.grammar_cases_sections import packed_catalog
from tests.unit.pdf_upload.conftest import PAGE, BuildPdf, Inspect


@pytest.mark.parametrize("where", ["page", "catalog"])
def test_a_reference_to_a_coming_object_is_rewritten_away(
    build_pdf: BuildPdf, inspect: Inspect, tmp_path: Path, where: str
) -> None:
    """The next object that anybody adds would be shown there; the phone refuses such a document (forward references)."""
    number, body = (3, PAGE[3]) if where == "page" else (1, PAGE[1])
    inspection = inspect(build_pdf({number: body.removesuffix(b">>") + b"/Thumb 9 0 R >>"}))
    assert inspection.repair_reasons == ("dangling",)
    with pikepdf.open(tmp_path / "repaired.pdf") as pdf:
        assert "/Thumb" not in (pdf.pages[0] if where == "page" else pdf.Root)


def test_what_refers_to_a_coming_object_from_nowhere_is_refused_when_signed(
    build_pdf: BuildPdf, inspect: Inspect
) -> None:
    """Nothing reaches object 7, but an update might."""
    changes = {
        1: b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [5 0 R] >> >>",
        5: b"<< /FT /Sig /T (a) /V 6 0 R >>",
        6: b"<< /Type /Sig /ByteRange [0 1 2 3] /Contents <00> >>",
        7: b"<< /Self 7 0 R >>",
    }
    assert not inspect(build_pdf(changes)).repaired
    with pytest.raises(Unprocessable) as caught:
        inspect(build_pdf({**changes, 7: b"<< /Self 7 0 R /Next 8 0 R >>"}))
    assert caught.value.code == "pdf_signed_bad_structure"
    assert caught.value.details["rule"] == "dangling"


def test_an_empty_owner_password_does_not_open_a_file_for_readers(inspect: Inspect) -> None:
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(out, encryption=pikepdf.Encryption(owner="", user="bí mật", R=6))
    with pytest.raises(Unprocessable) as caught:
        inspect(out.getvalue())
    assert caught.value.code == "pdf_password"


def test_a_kind_of_encryption_that_cannot_be_kept_is_called_by_its_name(inspect: Inspect) -> None:
    """Revision 5 (Adobe's extension level 3): it opens without a password, and no update can be written."""
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        with pytest.warns(UserWarning, match="deprecated"):
            pdf.save(out, encryption=pikepdf.Encryption(owner="o", user="", R=5))
    with pytest.raises(Unprocessable) as caught:
        inspect(out.getvalue())
    assert caught.value.code == "pdf_encryption_unsupported"


@pytest.mark.parametrize(
    ("code", "refused"), [("document_fields_locked", "pdf_certified_no_changes"), ("pdf_unreadable", "pdf_broken")]
)
def test_what_preparation_refuses_is_refused_at_upload(
    build_pdf: BuildPdf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, refused: str
) -> None:
    """The phone would be asked for a document that nobody can make."""

    def refuse(path: Path) -> None:
        raise Unprocessable(path.name, code=code)

    monkeypatch.setattr(inspect_preparation, "check_can_be_prepared", refuse)
    source, target = tmp_path / "upload.pdf", tmp_path / "rewritten.pdf"
    source.write_bytes(build_pdf())
    with pytest.raises(Unprocessable) as caught:
        inspect_upload(source, target, UploadLimits())
    assert caught.value.code == refused
    assert not target.exists()


def test_a_trial_leaves_nothing_behind(build_pdf: BuildPdf, tmp_path: Path) -> None:
    source = tmp_path / "upload.pdf"
    source.write_bytes(build_pdf())
    check_can_be_prepared(source)
    assert [path.name for path in tmp_path.iterdir()] == ["upload.pdf"]


def test_data_that_cannot_be_inflated_are_the_documents_fault(tmp_path: Path) -> None:
    """An object stream that is called compressed and is not: said as a refusal, not as an error of the program."""
    source = tmp_path / "damaged.pdf"
    source.write_bytes(packed_catalog(b"/Filter /FlateDecode "))
    with pytest.raises(Unprocessable) as caught:
        check_can_be_prepared(source)
    assert caught.value.code == "pdf_unreadable"
