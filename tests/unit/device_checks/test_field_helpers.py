"""Scripts of fields on the phone: what is exactly a viewer's own helper is told, everything else that runs by itself is refused."""

from types import SimpleNamespace
from typing import cast

import pytest

from mobile_app.device.document_checks import CHECKS, PreparedDocument
from mobile_app.device.document_checks.field_helpers import is_field_helper
from mobile_app.errors import CheckFailed
from tests.pdf_corpus.field_helper_cases import FIELD_HELPERS
from tests.unit.device_checks.document_forge import CATALOG, Forge
from tests.unit.device_checks.forged_attacks import with_annotation

CHECK = next(check for check in CHECKS if check.__name__ == "check_active_content")


def told(forge: Forge) -> set[str]:
    document = PreparedDocument(*forge.build())
    CHECK(document)
    return document.active_findings


def field(triggers: bytes) -> Forge:
    return with_annotation(b"<</Subtype/Widget/FT/Tx/T(a)/Rect[0 0 9 9]/AA %b>>" % triggers)


def is_refused(forge: Forge) -> bool:
    with pytest.raises(CheckFailed) as refused:
        told(forge)
    return refused.value.code == "doc_active_content" and refused.value.details["what"] == "action"


@pytest.mark.parametrize("name", FIELD_HELPERS)
def test_each_script_of_a_field(name: str) -> None:
    triggers, is_told = FIELD_HELPERS[name]
    if is_told:
        assert told(field(triggers)) == {"field_scripts"}
    else:
        assert is_refused(field(triggers))


def test_a_helper_that_runs_on_opening_is_refused() -> None:
    forge = Forge()
    opening = b"/Type/Catalog/OpenAction<</S/JavaScript/JS(AFTime_Format\\(0\\))>>"
    for objects in (forge.original, forge.increment):
        objects[CATALOG] = objects[CATALOG].replace(b"/Type/Catalog", opening)
    assert is_refused(forge)


def test_in_an_encrypted_document_nothing_is_a_helper() -> None:
    action = {"S": "JavaScript", "JS": b"AFTime_Format(0)"}
    for trailer, expected in ({}, True), ({"Encrypt": {}}, False):
        original = SimpleNamespace(trailer=trailer, value=lambda value: value)
        assert is_field_helper(cast(PreparedDocument, SimpleNamespace(original=original)), action) is expected
