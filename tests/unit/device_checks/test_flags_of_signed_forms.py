"""``/SigFlags`` of a document that somebody has signed stays as it is; of another one it says that there are signatures."""

import pytest

from mobile_app.device.document_checks import check_prepared_document
from mobile_app.errors import CheckFailed
from server.pdf import prepare
from server.pdf.prepare import DocumentPreparer
from tests.pdf_corpus.signed_badly import KINDS
from tests.unit.device_checks.test_documents_of_the_corpus import expectation

TIME = "22/11/2025 14:05 (+07:00)"


@pytest.mark.parametrize("kind", ["no_flags", "flags_0", "flags_1", "flags_3"])
def test_the_phone_takes_them_unchanged(kind: str) -> None:
    original = KINDS[kind](b"")
    prepared = DocumentPreparer("Nguyễn Thị Lấp Lánh Ánh", None).prepare(original, None, TIME)
    assert prepared.signed_before
    check_prepared_document(prepared.data, expectation(original, prepared))


@pytest.mark.parametrize("kind", ["no_flags", "flags_0", "flags_1"])
def test_the_phone_refuses_a_change(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    careless = prepare.add_field_to_form
    monkeypatch.setattr(prepare, "add_field_to_form", lambda *given, **_: careless(*given, form_is_signed=False))
    monkeypatch.setattr("server.pdf.form_field.any_signed_widget", lambda *_: False)
    original = KINDS[kind](b"")
    prepared = DocumentPreparer("Nguyễn Thị Lấp Lánh Ánh", None).prepare(original, None, TIME)
    with pytest.raises(CheckFailed, match="doc_form_changed"):
        check_prepared_document(prepared.data, expectation(original, prepared))
