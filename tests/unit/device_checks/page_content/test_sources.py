"""What counts as a stream, of the original and of the increment, and how many codes a fax picture may have."""

import pytest

from mobile_app.device.document_checks.document import PreparedDocument
from mobile_app.device.document_checks.page_content import fax
from mobile_app.device.document_checks.page_content.sources import is_stream, stream_of
from mobile_app.device.document_checks.syntax import Ref
from mobile_app.errors import CheckFailed
from tests.unit.device_checks.document_forge import CONTENT, PAGE, Forge


def _prepared() -> tuple[PreparedDocument, Ref]:
    """A prepared document, and the reference of a stream that its increment adds."""
    document = PreparedDocument(*Forge().build())
    added = next(found for found in document.increment.objects.values() if found.stream is not None)
    return document, Ref(added.number, added.generation)


def test_streams_of_both_parts_are_streams() -> None:
    document, added = _prepared()
    for reference in (added, Ref(CONTENT, 0)):
        assert is_stream(document, reference)
        assert stream_of(document, reference, "image")[1]


def test_another_generation_or_another_object_is_no_stream() -> None:
    document, added = _prepared()
    others = (Ref(added.number, 1), Ref(CONTENT, 1), Ref(PAGE, 0), Ref(9999, 0), None, 4)
    for reference in others:
        assert not is_stream(document, reference)
        with pytest.raises(CheckFailed) as refused:
            stream_of(document, reference, "image")
        assert refused.value.details["what"] == "image"


@pytest.mark.parametrize("reference", [Ref(CONTENT, 1), Ref(PAGE, 0), Ref(9999, 0)])
def test_the_original_has_no_stream_there(reference: Ref) -> None:
    document, _ = _prepared()
    with pytest.raises(CheckFailed) as refused:
        document.original.stream(reference)
    assert refused.value.code == "doc_structure_unfollowable"


def test_codes_of_a_fax_picture_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fax, "_MAX_CODES", 8)
    assert fax.is_whole_fax(b"\xff", 4, 8, two_dimensions=True, aligned=False)
    assert not fax.is_whole_fax(b"\xff\xff", 4, 9, two_dimensions=True, aligned=False)
