"""Asking, following, cancelling over TCP, and the whole way with an emulated phone."""

import io
import json
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from mobile_app.emulator.commands import main as emulator
from server.pdf.validate_fully import validate_signed_document_fully
from server.pdf.verify import verify_file
from tests.integration.api.api_caller import Caller, body_for, corpus
from tests.server_process import PIN, EventLines, Person, ServerProcess

BOX = [300.0, 100.0, 500.0, 175.0]
SOON = 45.0
"""Seconds, well below the minute that a poll which nothing ends would wait: how busy the machine is does not matter."""


def post(caller: Caller, body: Any, status: int, code: str, **headers: str) -> dict[str, Any]:
    headers.setdefault("Idempotency-Key", uuid.uuid4().hex)
    return caller.refused("POST", "/sign-requests", status, code, json=body, headers=headers)


def test_a_person_without_a_phone_can_not_be_asked(caller: Caller, running_server: ServerProcess) -> None:
    nobody = running_server.add_person()
    document = caller.upload()
    post(caller, body_for(nobody.login, document["document_id"]), 409, "no_device")
    post(caller, body_for("sub_" + "0" * 26, document["document_id"]), 404, "subscriber_unknown")
    post(caller, body_for("khong-ai", document["document_id"]), 404, "subscriber_unknown")


def test_asking_makes_one_request_however_often_it_is_sent(caller: Caller, person: Person) -> None:
    document_id = caller.upload()["document_id"]
    made = caller.ask(person.login, document_id, key="once")
    assert (made["items_total"], made["final"], made["requested_by"]) == (1, False, "Phòng Kế toán")
    assert made["relying_party"] == "Công ty Minh Tú"
    again = caller.ask(person.login, document_id, key="once", status=200)
    assert again["request_id"] == made["request_id"]
    caller.call("POST", f"/sign-requests/{made['request_id']}/cancel", status=200)
    ended = caller.ask(person.login, document_id, key="once", status=200)
    assert (ended["request_id"], ended["state"]) == (made["request_id"], "CANCELLED")


def test_the_answer_says_where_the_request_is(caller: Caller, person: Person) -> None:
    body = body_for(person.subscriber_id, caller.upload()["document_id"])
    response = caller.call("POST", "/sign-requests", status=201, json=body, headers={"Idempotency-Key": "x"})
    assert response.headers["Location"] == f"/api/v1/sign-requests/{response.json()['request_id']}"


def test_a_key_used_for_something_else_is_refused(caller: Caller, person: Person) -> None:
    document_id = caller.upload()["document_id"]
    caller.ask(person.login, document_id, key="once")
    changed = body_for(person.login, document_id, lifetime_seconds=60)
    post(caller, changed, 409, "idempotency_key_reused", **{"Idempotency-Key": "once"})


def test_two_parties_may_use_the_same_key(make_caller: Callable[..., Caller], person: Person) -> None:
    one, two = make_caller(), make_caller()
    first = one.ask(person.login, one.upload()["document_id"], key="same")
    second = two.ask(person.login, two.upload()["document_id"], key="same")
    assert first["request_id"] != second["request_id"]


@pytest.mark.parametrize("key", [None, "", "x" * 201, "khoá".encode()])
def test_without_a_usable_idempotency_key_nothing_is_asked(caller: Caller, person: Person, key: Any) -> None:
    body = body_for(person.login, caller.upload()["document_id"])
    headers = {} if key is None else {"Idempotency-Key": key}
    caller.refused("POST", "/sign-requests", 400, "idempotency_key_missing", json=body, headers=headers)


DOCUMENT = "doc_" + "0" * 26


@pytest.mark.parametrize(
    ("change", "at"),
    [
        ({"surprise": 1}, "surprise"),
        ({"requested_by": 5}, "requested_by"),
        ({"requested_by": "\u202e "}, "requested_by"),
        ({"documents": []}, "documents"),
        ({"documents": [{"document_id": "doc_1"}]}, "documents.0.document_id"),
        ({"documents": [{"document_id": DOCUMENT, "sha256": "00"}]}, "documents.0.sha256"),
        (
            {"documents": [{"document_id": DOCUMENT, "placement": {"page": "0", "box": BOX}}]},
            "documents.0.placement.page",
        ),
        (
            {"documents": [{"document_id": DOCUMENT, "placement": {"page": True, "box": BOX}}]},
            "documents.0.placement.page",
        ),
        (
            {"documents": [{"document_id": DOCUMENT, "placement": {"page": 0, "box": BOX[:3]}}]},
            "documents.0.placement.box.3",
        ),
        ({"lifetime_seconds": 29}, "lifetime_seconds"),
        ({"lifetime_seconds": 60.5}, "lifetime_seconds"),
    ],
)
def test_bodies_are_read_strictly(caller: Caller, person: Person, change: dict[str, Any], at: str) -> None:
    problem = post(caller, {**body_for(person.login, DOCUMENT), **change}, 400, "body_invalid")
    assert at in {found["at"] for found in problem["errors"]["fields"]}


def test_numbers_that_are_none_are_refused(caller: Caller, person: Person) -> None:
    text = '{"subscriber":"a","requested_by":"b","documents":[{"document_id":"%s","placement":{"page":0,"box":[0,0,NaN,50]}}]}'
    for body in (text % DOCUMENT, "{", "[]", b"\xff"):
        headers = {"Idempotency-Key": "n", "Content-Type": "application/json"}
        caller.refused("POST", "/sign-requests", 400, "body_invalid", data=body, headers=headers)


def test_bodies_are_limited_in_size_and_kind(caller: Caller) -> None:
    large = b'{"subscriber": "' + b"x" * (2 * 1024 * 1024) + b'"}'
    headers = {"Idempotency-Key": "n", "Content-Type": "application/json"}
    caller.refused("POST", "/sign-requests", 413, "too_large", data=large, headers=headers)
    caller.refused(
        "POST", "/sign-requests", 413, "too_large", data=iter([large[: 1 << 20], large[1 << 20 :]]), headers=headers
    )
    form = {"Idempotency-Key": "n"}
    caller.refused("POST", "/sign-requests", 415, "media_type_unsupported", data={"subscriber": "x"}, headers=form)


def test_what_the_documents_must_be(caller: Caller, make_caller: Callable[..., Caller], person: Person) -> None:
    told, stranger = caller.upload(), make_caller()
    document_id, whole_page = told["document_id"], [0, 0, *told["page_sizes"][0]]
    body = body_for(person.login, document_id)
    problem = post(stranger, body, 404, "document_unknown")
    assert problem["errors"] == {"documents": [document_id], "document_id": document_id, "count": 1}
    post(caller, body_for(person.login, document_id, document_id), 400, "document_twice")
    for page, box, reason in (
        (2, BOX, "no_page"),
        (0, [560, 800, 700, 900], "outside"),
        (0, [10, 10, 20, 15], "too_small"),
        (0, whole_page, "covers_page"),
    ):
        body["documents"] = [{"document_id": document_id, "placement": {"page": page, "box": box}}]
        problem = post(caller, body, 400, "placement_invalid")
        assert problem["errors"] == {"document_id": document_id, "reason": reason}
    caller.ask(person.login, document_id)
    post(caller, body_for(person.login, document_id), 409, "document_in_use")


def test_a_party_has_so_many_open_requests_and_no_more(caller: Caller, person: Person) -> None:
    documents = [caller.upload(corpus("good/cairo_contract.pdf"))["document_id"] for _ in range(6)]
    for document_id in documents[:5]:
        caller.ask(person.login, document_id)
    problem = post(caller, body_for(person.login, documents[5]), 429, "too_many_open_requests")
    assert problem["errors"] == {"limit": 5}


def test_another_partys_request_does_not_exist(make_caller: Callable[..., Caller], person: Person) -> None:
    owner, stranger = make_caller(), make_caller()
    request_id = owner.ask(person.login, owner.upload()["document_id"])["request_id"]
    for known in (request_id, "sr_" + "0" * 26):
        address = f"/sign-requests/{known}"
        stranger.refused("GET", address, 404, "request_unknown")
        stranger.refused("GET", f"{address}/documents", 404, "request_unknown")
        stranger.refused("POST", f"{address}/cancel", 404, "request_unknown")
    assert not owner.follow(request_id)["final"]


def test_the_code_is_told_once_the_phone_can_offer_it(caller: Caller, person: Person) -> None:
    made = caller.ask(person.login, caller.upload()["document_id"])
    seen = caller.follow_until(made["request_id"], "QUEUED")
    assert len(seen["verification_code"]) == 4
    caller.call("POST", f"/sign-requests/{made['request_id']}/cancel", status=200)
    assert caller.follow(made["request_id"])["verification_code"] is None


def test_a_long_poll_wakes_when_something_changes(
    caller: Caller, make_caller: Callable[..., Caller], person: Person
) -> None:
    made = caller.ask(person.login, caller.upload()["document_id"])
    waiting = caller.follow_until(made["request_id"], "QUEUED")
    told: dict[str, Any] = {}

    def wait() -> None:
        began = time.monotonic()
        told.update(caller.follow(made["request_id"], wait=30, version=waiting["version"]))
        told["seconds"] = time.monotonic() - began

    thread = threading.Thread(target=wait)
    thread.start()
    thread.join(0.5)
    assert thread.is_alive(), "it answered although nothing had changed"
    second = Caller(caller.server, caller.key, caller.party_id, caller.description)
    second.call("POST", f"/sign-requests/{made['request_id']}/cancel", status=200)
    thread.join(15)
    assert not thread.is_alive()
    assert (told["state"], told["final"], told["end_result"]) == ("CANCELLED", True, "cancelled")
    assert 0.4 < told["seconds"] < SOON
    assert told["version"] > waiting["version"]


def test_a_long_poll_ends_in_time_and_old_versions_do_not_wait(caller: Caller, person: Person) -> None:
    made = caller.ask(person.login, caller.upload()["document_id"])
    seen = caller.follow_until(made["request_id"], "QUEUED")
    began = time.monotonic()
    assert caller.follow(made["request_id"], wait=1, version=seen["version"])["version"] == seen["version"]
    assert 0.9 < time.monotonic() - began < SOON
    began = time.monotonic()
    caller.follow(made["request_id"], wait=60, version=seen["version"] - 1)
    caller.follow(made["request_id"], wait=60)
    assert time.monotonic() - began < SOON
    caller.call("POST", f"/sign-requests/{made['request_id']}/cancel", status=200)
    ended = caller.follow(made["request_id"])
    began = time.monotonic()
    caller.follow(made["request_id"], wait=60, version=ended["version"])
    assert time.monotonic() - began < SOON
    caller.refused("GET", f"/sign-requests/{made['request_id']}", 400, "query_invalid", params={"wait": 61})


def test_cancelling(caller: Caller, person: Person) -> None:
    document_id = caller.upload()["document_id"]
    address = f"/sign-requests/{caller.ask(person.login, document_id)['request_id']}"
    first = caller.call("POST", f"{address}/cancel", status=200).json()
    second = caller.call("POST", f"{address}/cancel", status=200).json()
    assert (first["state"], first["end_result"], first["cancellable"]) == ("CANCELLED", "cancelled", False)
    assert (second["version"], second["finished_at"]) == (first["version"], first["finished_at"])
    caller.ask(person.login, document_id)


def test_a_request_that_nobody_answers_expires(caller: Caller, person: Person, running_server: ServerProcess) -> None:
    made = caller.ask(person.login, caller.upload()["document_id"], lifetime_seconds=30)
    caller.follow_until(made["request_id"], "QUEUED")
    assert made["expires_at"] - made["created_at"] == 30_000
    running_server.move_clock(31)
    ended = caller.follow_until(made["request_id"], "EXPIRED")
    assert (ended["end_result"], ended["items_signed"]) == ("expired", 0)
    caller.refused("POST", f"/sign-requests/{made['request_id']}/cancel", 409, "request_over")


def answer_on_phone(server: ServerProcess, profile: Path, *arguments: str) -> list[dict[str, Any]]:
    said = EventLines()
    common = ("--profile", str(profile), "--json", "--clock-offset-file", str(server.clock_file))
    assert emulator([arguments[0], *common, *arguments[1:]], said, io.StringIO()) == 0, said.events
    return said.events


def test_the_whole_way(
    caller: Caller, person: Person, profile: Path, running_server: ServerProcess, tmp_path: Path
) -> None:
    documents = [caller.upload(corpus(f"good/{name}.pdf")) for name in ("chromium_contract", "pyhanko_signed_once")]
    body = body_for(person.login, *(document["document_id"] for document in documents))
    body["documents"][0]["placement"] = {"page": 0, "box": BOX}
    made = caller.call("POST", "/sign-requests", status=201, json=body, headers={"Idempotency-Key": "whole"}).json()
    seen = caller.follow_until(made["request_id"], "QUEUED", "PUSHED", "OPENED")
    answer_on_phone(
        running_server, profile, "approve", made["request_id"], "--code", seen["verification_code"], "--pin", PIN
    )
    ended = caller.follow_until(made["request_id"], "COMPLETED")
    assert (ended["end_result"], ended["items_signed"]) == ("ok", 2)
    assert ended["phones"] == {"state": "opened", "opened": 1}
    assert "emulator" not in json.dumps(ended), "what the person calls their phone is nobody else's affair"
    root = x509.load_pem_x509_certificate((running_server.data_dir / "keys" / "development_ca.crt").read_bytes())
    trusted = [root.public_bytes(Encoding.DER)]
    for line, document in zip(ended["documents"], documents, strict=True):
        signed = tmp_path / f"{line['position']}.pdf"
        authorization = {"Authorization": f"Bearer {caller.key}"}
        signed.write_bytes(
            requests.get(running_server.url + line["file_url"], headers=authorization, timeout=30).content
        )
        reports = verify_file(signed, trusted)
        assert len(reports) == document["earlier_signatures"] + 1
        assert reports[-1].good
        validate_signed_document_fully(signed, trusted, reports[-1].field_name)
        told = caller.call("GET", f"/documents/{document['document_id']}", status=200).json()
        assert told["signed_at"]
        assert told["earlier_signatures"] == len(reports)
        assert told["sha256"] != document["sha256"]


def test_a_refusal_comes_with_its_reason_and_slows_the_next_request(
    caller: Caller, person: Person, profile: Path, running_server: ServerProcess
) -> None:
    document_id = caller.upload()["document_id"]
    made = caller.ask(person.login, document_id)
    caller.follow_until(made["request_id"], "QUEUED", "PUSHED", "OPENED")
    answer_on_phone(running_server, profile, "refuse", made["request_id"], "--reason", "Sai số tiền")
    ended = caller.follow_until(made["request_id"], "REFUSED")
    assert (ended["end_result"], ended["reason"]) == ("user_refused", "Sai số tiền")
    problem = post(caller, body_for(person.login, document_id), 429, "refused_recently")
    assert 0 < problem["errors"]["retry_after"] <= 31


def test_a_long_list_comes_by_pages(caller: Caller, person: Person) -> None:
    documents = [caller.upload(corpus("good/cairo_contract.pdf"), f"{n}.pdf")["document_id"] for n in range(5)]
    request_id = caller.ask(person.login, *documents)["request_id"]
    address = f"/sign-requests/{request_id}/documents"
    first = caller.call("GET", address, status=200, params={"count": 2}).json()
    assert [line["document_id"] for line in first["documents"]] == documents[:2]
    assert (first["next_from"], first["items_total"]) == (2, 5)
    rest = caller.call("GET", address, status=200, params={"from": 2}).json()
    assert [line["title"] for line in rest["documents"]] == ["2", "3", "4"]
    assert rest["next_from"] is None
    assert caller.call("GET", address, status=200, params={"from": 99}).json()["documents"] == []
    for query in ({"from": -1}, {"count": 0}, {"count": 501}, {"first": 1}, {"from": "x"}):
        caller.refused("GET", address, 400, "query_invalid", params=query)
    problem = caller.refused("GET", address, 400, "query_invalid", params={"from": [1, 2]})
    assert problem["errors"]["fields"] == [{"at": "from", "problem": "given twice"}]
