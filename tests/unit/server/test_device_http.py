"""The phone's HTTP calls: by token only, errors in the one form that phones read, documents in whole or in part."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from werkzeug.test import TestResponse

from server.devices.pairing import CODE_LIFETIME, MISSES
from server.lanes import InPlace
from server.signing.fetch_documents import BundlePart
from server.sockets import device_http
from server.sockets.device_http import create_device_http
from server.statements import b64
from tests.unit.server.pairing_kit import NewPhone
from tests.unit.server.test_prove_device import NONCE, PHONE_NONCE, hello
from tests.unit.server.vector_files import SCHEMAS
from tests.unit.server.world import World

FILES = {path.name: json.loads(path.read_text("utf-8")) for path in SCHEMAS.glob("*.schema.json")}
REGISTRY: Registry[Any] = Registry().with_resources([(s["$id"], Resource.from_contents(s)) for s in FILES.values()])


def check(name: str, message: object) -> None:
    Draft202012Validator(FILES[f"{name}.schema.json"], registry=REGISTRY).validate(message)


class Web:
    def __init__(self, world: World) -> None:
        self.world = world
        flask_app = Flask("phones")
        flask_app.register_blueprint(create_device_http(world.app, InPlace()))
        self.client: FlaskClient = flask_app.test_client()
        self.token = ""

    def log_in(self) -> "Web":
        prove = self.world.app.prove_device
        _, self.token, _ = prove(self.world.phone.device_id, NONCE, PHONE_NONCE, hello(self.world))
        return self

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(f"/device{path}", headers={"Authorization": f"Bearer {self.token}", **headers})

    def post(self, path: str, message: object) -> TestResponse:
        return self.client.post(f"/device{path}", json=message)


@pytest.fixture
def web(world: World) -> Web:
    return Web(world).log_in()


def problem(answer: TestResponse, status: int, code: str) -> dict[str, Any]:
    told: dict[str, Any] = answer.get_json(force=True)
    assert (answer.status_code, told["code"], told["status"]) == (status, code, status)
    assert answer.mimetype == "application/problem+json"
    check("problem", told)
    return told


def test_manifest_and_documents(web: Web) -> None:
    world = web.world
    request = world.offered(3)
    page = web.get(f"/requests/{request.request_id}/manifest?from=0&count=2").get_json()
    check("http.manifest.answer", page)
    assert ([item["position"] for item in page["items"]], page["next"]) == ([0, 1], 2)
    bundle = web.get(f"/requests/{request.request_id}/documents?from=1&count=50")
    assert bundle.mimetype == "application/octet-stream"
    at, found = 0, {}
    while at < len(bundle.data):
        position, length = (
            int.from_bytes(bundle.data[at : at + 4], "big"),
            int.from_bytes(bundle.data[at + 4 : at + 12], "big"),
        )
        found[position] = bundle.data[at + 12 : at + 12 + length]
        at += 12 + length
    items = world.items(request)
    assert found == {
        n: world.app.blobs.read(f"prepared/{request.request_id}", items[n].prepared_sha256 or "") for n in (1, 2)
    }
    one = f"/requests/{request.request_id}/items/{items[0].item_id}/document"
    whole = web.get(one)
    part = web.get(one, Range="bytes=5-9")
    assert (part.status_code, part.data) == (206, whole.data[5:10])
    assert whole.headers["Cache-Control"] == "no-store"
    whole.close()
    part.close()


def test_nothing_without_a_token(world: World) -> None:
    web = Web(world)
    request = world.offered()
    for path in ("manifest", "documents", f"items/{world.items(request)[0].item_id}/document"):
        problem(web.get(f"/requests/{request.request_id}/{path}"), 401, "session_invalid")
    web.token = "x" * 43
    problem(web.get(f"/requests/{request.request_id}/manifest"), 401, "session_invalid")


def test_another_phones_request_is_unknown(two_phones: World) -> None:
    world = two_phones
    world.app.end_device.freeze(world.phones[0].device_id, "x")
    request = world.offered()
    world.app.end_device.thaw(world.phones[0].device_id, "x")
    problem(Web(world).log_in().get(f"/requests/{request.request_id}/manifest"), 404, "request_unknown")


def test_bytes_that_went_meanwhile(web: Web) -> None:
    request = web.world.offered()
    web.world.app.blobs.drop_area(f"prepared/{request.request_id}")
    problem(web.get(f"/requests/{request.request_id}/documents"), 409, "request_over")


@pytest.mark.parametrize("query", ["from=-1", "from=x", "count=", "count=1.5", "from=٣", "count=9999999999"])
def test_numbers_that_are_none(web: Web, query: str) -> None:
    request = web.world.offered()
    problem(web.get(f"/requests/{request.request_id}/manifest?{query}"), 400, "bad_message")


def test_counts_over_the_limit_say_it(web: Web) -> None:
    request = web.world.offered()
    told = problem(web.get(f"/requests/{request.request_id}/manifest?count=501"), 400, "count_invalid")
    assert told["details"] == {"limit": 500}


def begin(code: str, phone: NewPhone) -> dict[str, Any]:
    commitment = phone.commitment.hex()
    names = {"device_name": phone.name, "platform": "x", "app_version": "0.1"}
    return {"version": 1, "code": code, "commitment": commitment, **names}


def test_pairing_over_http(web: Web) -> None:
    world = web.world
    user = world.app.log_in.add_user("moi", "một mật khẩu dài", "Mới", "")
    offer = world.app.pair_device.offer(str(user.subscriber_id), None)
    phone = NewPhone()
    begun = web.post("/pairing/begin", begin(offer.code, phone)).get_json()
    check("http.pairing_begin.answer", begun)
    true = phone.revealed(begun)
    reveal = {
        "pairing_id": true.pairing_id,
        **{name: b64(getattr(true, name)) for name in ("phone_nonce", "device_key", "approval_key", "csr")},
        **{name: b64(getattr(true, name)) for name in ("vault_share", "pin_proof_key")},
        "signature_algorithm": true.signature_algorithm,
        "key_protection": true.key_protection,
        "proofs": {role: b64(getattr(true, f"proof_{role}")) for role in ("device", "approval", "signing")},
    }
    answer = web.post("/pairing/reveal", reveal).get_json()
    check("http.pairing_reveal.answer", answer)
    assert answer == {"state": "confirm_digits", "digits": phone.digits(begun)}
    question = {"pairing_id": true.pairing_id, "proof": b64(phone.status_proof(true.pairing_id))}
    check("http.pairing_status.answer", web.post("/pairing/status", question).get_json())
    world.app.pair_device.confirm(true.pairing_id, answer["digits"])
    told = web.post("/pairing/status", question).get_json()
    check("http.pairing_status.answer", told)
    assert told["state"] == "complete"


def test_a_wrong_code_is_a_problem_that_phones_read(web: Web) -> None:
    told = problem(web.post("/pairing/begin", begin("0000000000", NewPhone())), 404, "pairing_code_unknown")
    assert told["details"] == {}


@pytest.mark.parametrize("body", [b"no json", b"[]", b'{"a": NaN}', bytes(range(128, 192)), b"{" * 5000, b"[" * 60_000])
def test_bodies_that_are_no_message(web: Web, body: bytes) -> None:
    for path in ("begin", "reveal", "status"):
        problem(web.client.post(f"/device/pairing/{path}", data=body), 400, "bad_message")


def test_a_body_that_is_too_large(web: Web) -> None:
    answer = web.client.post("/device/pairing/begin", data=b" " * (64 * 1024 + 1))
    problem(answer, 400, "message_too_large")


def test_a_bundle_leaves_in_pieces(web: Web, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """However large it is, and whoever reads it slowly: small neighbours go together, a large document by itself."""
    monkeypatch.setattr(device_http, "PIECE", 100)
    lengths = [10, 20, 90, 250, 5]
    parts = []
    for position, length in enumerate(lengths):
        path = tmp_path / str(position)
        path.write_bytes(bytes([position]) * length)
        parts.append(BundlePart(position, path, length))
    pieces = list(device_http._pieces(InPlace(), parts))
    assert [len(piece) for piece in pieces] == [10 + 20 + 24, 90 + 12, 12, 100, 100, 50, 5 + 12]
    whole = b"".join(part.position.to_bytes(4, "big") + part.length.to_bytes(8, "big") + part.path.read_bytes() for part in parts)
    assert b"".join(pieces) == whole


def test_a_code_is_asked_about_before_it_is_claimed(web: Web) -> None:
    offer = web.world.app.pair_device.offer(web.world.subscriber_id, None)
    for _ in range(2):
        told = web.post("/pairing/check", {"version": 1, "code": offer.code}).get_json()
        check("http.pairing_check.answer", told)
    phone = NewPhone()
    assert web.post("/pairing/begin", begin(offer.code, phone)).status_code == 200, "to ask claims nothing"
    problem(web.post("/pairing/check", {"version": 1, "code": offer.code}), 404, "pairing_code_unknown")
    problem(web.post("/pairing/check", {"version": 1, "code": "0000000000"}), 404, "pairing_code_unknown")


def test_asking_about_codes_is_no_way_round_the_count_of_misses(web: Web) -> None:
    codes = [problem_code(web.post("/pairing/check", {"version": 1, "code": f"{number:010d}"})) for number in range(int(MISSES) + 1)]
    assert codes == ["pairing_code_unknown"] * int(MISSES) + ["too_many_tries"]
    assert problem_code(web.post("/pairing/begin", begin("0000000000", NewPhone()))) == "too_many_tries"
    offer = web.world.app.pair_device.offer(web.world.subscriber_id, None)
    assert web.post("/pairing/check", {"version": 1, "code": offer.code}).status_code == 200, "who has one is never made to wait"


def test_a_code_whose_time_is_over_is_unknown(web: Web) -> None:
    offer = web.world.app.pair_device.offer(web.world.subscriber_id, None)
    web.world.clock.advance(CODE_LIFETIME)
    problem(web.post("/pairing/check", {"version": 1, "code": offer.code}), 404, "pairing_code_unknown")


def problem_code(answer: Any) -> str:
    return str(answer.get_json()["code"])
