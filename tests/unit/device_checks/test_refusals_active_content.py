"""Active content, clause by clause: what starts by itself is refused, and what looks like it is not."""

import pytest

from mobile_app.device.document_checks import CHECKS, PreparedDocument, active_content
from mobile_app.errors import CheckFailed
from tests.unit.device_checks.document_forge import CATALOG, FONT, Forge

BY_NAME = {check.__name__: check for check in CHECKS}


def with_catalog(entries: bytes, font: bytes | None = None) -> PreparedDocument:
    forge = Forge()
    for objects in (forge.original, forge.increment):
        objects[CATALOG] = objects[CATALOG].replace(b"/Type/Catalog", b"/Type/Catalog" + entries)
    if font is not None:
        forge.original[FONT] = font
    return PreparedDocument(*forge.build())


def refused(document: PreparedDocument) -> object:
    with pytest.raises(CheckFailed) as error:
        BY_NAME["check_active_content"](document)
    assert error.value.code == "doc_active_content"
    return error.value.details["what"]


def told(document: PreparedDocument) -> set[str]:
    BY_NAME["check_active_content"](document)
    return document.active_findings


def test_forms_that_are_programs() -> None:
    assert refused(with_catalog(b"/NeedsRendering true")) == "xfa"
    assert refused(_with_form()) == "xfa"
    assert told(with_catalog(b"/NeedsRendering false")) == set()


def _with_form() -> PreparedDocument:
    forge = Forge()
    forge.original[CATALOG] = b"<</Type/Catalog/Pages 2 0 R/AcroForm<</XFA(x)/Fields[]>>>>"
    return PreparedDocument(*forge.build())


def test_what_starts_by_itself() -> None:
    assert refused(with_catalog(b"/OpenAction<</S/JavaScript/JS(x)>>")) == "action"
    assert refused(with_catalog(b"/OpenAction<</S/Rendition/JS(x)>>")) == "action"
    assert refused(with_catalog(b"/OpenAction<</S/Launch>>")) == "action"
    assert told(with_catalog(b"/OpenAction<</S/Rendition>>")) == set()
    assert told(with_catalog(b"/OpenAction<</S/URI/URI(x)/JS(x)>>")) == {"automatic_actions"}
    assert told(with_catalog(b"/OpenAction<</S/GoTo/JS(x)>>")) == set()


def test_so_many_actions_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    chain = b"/OpenAction[<</S/GoTo>><</S/GoTo>><</S/GoTo>>]"
    monkeypatch.setattr(active_content, "_MAX_ACTIONS", 3)
    assert told(with_catalog(chain)) == set()
    monkeypatch.setattr(active_content, "_MAX_ACTIONS", 2)
    assert refused(with_catalog(chain)) == "too_many_actions"


def test_a_kind_that_stands_apart_from_its_action() -> None:
    assert refused(with_catalog(b"/OpenAction<</S 5 0 R/JS(x)>>", b"/JavaScript")) == "action"
    assert told(with_catalog(b"/PieceInfo 5 0 R", b"/Other#41")) == set()
    assert told(with_catalog(b"/PieceInfo 5 0 R", b"[/Launcher/AA#41]")) == set()
