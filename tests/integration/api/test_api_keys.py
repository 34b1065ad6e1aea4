"""Who may call: no key, a wrong one, a revoked one, one without the scope. Every call of the list asks, but for its own description."""

from collections.abc import Callable

import pytest

from server.api import CALLS
from server.api.calls import Call
from tests.integration.api.api_caller import Caller, corpus, upload_headers
from tests.server_process import ServerProcess

GUARDED = [call for call in CALLS.all if call.scope]


def address(call: Call) -> str:
    return call.path.replace("<document_id>", "doc_" + "0" * 26).replace("<request_id>", "sr_" + "0" * 26)


def test_only_the_description_needs_no_key() -> None:
    assert [call.operation_id for call in CALLS.all if call.scope is None] == ["getOpenApi"]


@pytest.mark.parametrize("call", GUARDED, ids=lambda call: call.operation_id)
@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer nonsense", "Basic Og==", "Bearer psk_ak_x_y"])
def test_without_a_key_nothing_opens(caller: Caller, call: Call, authorization: str | None) -> None:
    caller.key = ""
    headers = {} if authorization is None else {"Authorization": authorization}
    problem = caller.refused(call.method, address(call), 401, "api_key_invalid", headers=headers)
    assert "psk_" in problem["detail"]


@pytest.mark.parametrize("call", GUARDED, ids=lambda call: call.operation_id)
def test_a_key_opens_its_scopes_only(make_caller: Callable[..., Caller], call: Call) -> None:
    other = {"documents": "sign-requests", "sign-requests": "documents"}[str(call.scope)]
    problem = make_caller(other).refused(call.method, address(call), 403, "scope_missing")
    assert problem["errors"] == {"scope": call.scope}


def test_an_altered_secret_opens_nothing(caller: Caller) -> None:
    last = caller.key[-1]
    caller.key = caller.key[:-1] + ("A" if last != "A" else "B")
    caller.refused("GET", "/documents/doc_x", 401, "api_key_invalid")


def test_401_says_how_to_authenticate(caller: Caller) -> None:
    caller.key = "psk_wrong"
    assert caller.call("GET", "/documents/doc_x", status=401).headers["WWW-Authenticate"] == "Bearer"


def test_a_revoked_key_opens_nothing_from_then_on(caller: Caller, running_server: ServerProcess) -> None:
    document = caller.upload(corpus("good/cairo_contract.pdf"))
    key_id = caller.key[4:33]
    assert running_server.app.parties.revoke_key(key_id)
    caller.refused("GET", f"/documents/{document['document_id']}", 401, "api_key_invalid")


def test_another_key_of_the_same_party_sees_the_same(caller: Caller, running_server: ServerProcess) -> None:
    document = caller.upload(corpus("good/cairo_contract.pdf"))
    caller.key = running_server.app.parties.add_key(caller.party_id, "second")
    again = caller.call("GET", f"/documents/{document['document_id']}", status=200).json()
    assert again == document


def test_a_suspended_party_is_told_so(caller: Caller, running_server: ServerProcess) -> None:
    running_server.app.parties.set_state(caller.party_id, "SUSPENDED")
    caller.refused("GET", "/documents/doc_x", 403, "relying_party_suspended")
    running_server.app.parties.set_state(caller.party_id, "ACTIVE")
    caller.refused("GET", "/documents/doc_x", 404, "document_unknown")


def test_calls_that_write_are_counted_and_those_that_read_are_not(
    caller: Caller, make_caller: Callable[..., Caller], running_server: ServerProcess
) -> None:
    store, clock = running_server.app.store, running_server.app.clock
    with store.write() as tx:
        tx.throttles.pour(f"api:{caller.party_id}", clock.now() + 3600, capacity=2000, leak_per_second=1, amount=1999)
    headers = upload_headers()
    response = caller.call("POST", "/documents", status=429, data=b"%PDF", headers=headers)
    problem = response.json()
    assert problem["code"] == "too_many_tries"
    assert int(response.headers["Retry-After"]) == problem["errors"]["retry_after"] > 0
    caller.refused("GET", "/documents/doc_x", 404, "document_unknown")
    make_caller().refused("POST", "/documents", 422, "pdf_empty", data=b"", headers=headers)
