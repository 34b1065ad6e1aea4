"""What goes wrong on our side: nothing of it is told, everything of it is logged, and what takes long is said to take long."""

import logging
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server.api import create_api, documents
from server.clock import SystemClock
from server.config import Config
from server.errors import LeaseLost, Unavailable
from server.lanes import InPlace
from tests.integration.api.api_caller import CONTRACT, PREFIX, upload_headers
from tests.server_process import ServerProcess

KEY = {"Authorization": "Bearer psk_x"}


class _Quiet:
    def wait(self, _subject: str, _seconds: float) -> bool:
        return True


def client_of(app: Any) -> FlaskClient:
    flask_app = Flask("api")
    create_api(flask_app, app, InPlace(), _Quiet())
    return flask_app.test_client()


def broken(error: Exception) -> FlaskClient:
    def authenticate(_presented: str, _scope: str) -> None:
        raise error

    parties = SimpleNamespace(authenticate=authenticate)
    return client_of(SimpleNamespace(config=Config(), clock=SystemClock(), store=None, parties=parties))


@pytest.mark.parametrize("error", [RuntimeError("the secret is 42"), LeaseLost("job 42")])
def test_what_nobody_foresaw_is_internal_with_an_incident_in_the_log(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        response = broken(error).get(f"{PREFIX}/documents/doc_x", headers=KEY)
    problem = response.get_json()
    assert (response.status_code, response.mimetype) == (500, "application/problem+json")
    assert problem["code"] == "internal"
    assert "42" not in response.get_data(as_text=True).replace(problem["request_id"], "").replace(
        problem["incident"], ""
    )
    [record] = [record for record in caplog.records if problem["incident"] in record.getMessage()]
    assert record.exc_info is not None
    assert record.exc_info[1] is error


def test_a_store_that_is_away_is_503() -> None:
    response = broken(Unavailable("locked", code="storage_unavailable")).get(f"{PREFIX}/documents/doc_x", headers=KEY)
    assert (response.status_code, response.get_json()["code"]) == (503, "storage_unavailable")


def test_an_inspection_that_takes_long_is_answered_with_its_address(
    server_factory: Callable[..., ServerProcess], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "INSPECTION_WAIT", 0.2)
    server = server_factory(start=False)  # no worker will ever look at it
    key = {"Authorization": f"Bearer {server.add_relying_party()}"}
    client = client_of(server.app)
    headers = {**upload_headers(), **key}
    response = client.post(f"{PREFIX}/documents", data=CONTRACT.read_bytes(), headers=headers)
    told = response.get_json()
    assert (response.status_code, told["state"], told["file_url"]) == (202, "CHECKING", None)
    again = client.get(response.headers["Location"], headers=key)
    assert (again.status_code, again.get_json()) == (200, told)
    fetched = client.get(f"{response.headers['Location']}/file", headers=key)
    assert (fetched.status_code, fetched.get_json()["code"]) == (409, "document_not_ready")
