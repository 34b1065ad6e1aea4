"""The emulated phone's push service takes wake-ups of its server's and nothing else, by vectors that neither half made; and its sleep."""

import base64
import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from mobile_app.device.interaction import ConnectionState
from mobile_app.device.wake_up import WakeUpState
from mobile_app.emulator.events import Event
from mobile_app.emulator.wake_up import sleeper as sleeping
from mobile_app.emulator.wake_up.own_distributor import OwnDistributor
from mobile_app.emulator.wake_up.push_message import (
    NotAWakeUp,
    PushKeys,
    check_header,
    check_vapid,
    check_wake_up,
    open_record,
)
from mobile_app.emulator.wake_up.sleeper import Sleeper
from tests.unit.device.phone_kit import wait_for
from tests.unit.emulator.emulator_fakes import make_teller
from tests.unit.emulator.wake_up_sender import seal

VECTORS = Path(__file__).parents[2] / "protocol" / "vectors"
VECTOR = json.loads((VECTORS / "wake_up.json").read_text("utf-8"))
SOUND = bytes.fromhex(VECTOR["wake_up"]["body_hex"])
VAPID = VECTOR["vapid"]
NOW = VAPID["now"] / 1000


def octets(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def private(name: str) -> ec.EllipticCurvePrivateKey:
    key = load_pem_private_key((VECTORS / name).read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


PHONE = PushKeys(private(VECTOR["phone_key_file"]), octets(VECTOR["subscription"]["auth"]))
HEADER = {
    "content-encoding": "aes128gcm",
    "content-type": "application/octet-stream",
    "ttl": "300",
    "urgency": "high",
    "topic": "phoneseal",
    "authorization": VAPID["cases"][0]["authorization"],
}


def token(
    claims: dict[str, Any],
    header: dict[str, Any] | None = None,
    key: ec.EllipticCurvePrivateKey | None = None,
) -> str:
    signed = ".".join(
        text(json.dumps(part).encode()) for part in (header or {"typ": "JWT", "alg": "ES256"}, claims)
    )
    der = (key or private(VAPID["key_file"])).sign(signed.encode(), ec.ECDSA(hashes.SHA256()))
    signature = b"".join(number.to_bytes(32, "big") for number in decode_dss_signature(der))
    return f"vapid t={signed}.{text(signature)}, k={VAPID['vapid_key']}"


def why_not(authorization: str) -> tuple[str, int]:
    with pytest.raises(NotAWakeUp) as refused:
        check_vapid(authorization, VAPID["endpoint"], octets(VAPID["vapid_key"]), NOW)
    return refused.value.why, refused.value.status


# -- the message ------------------------------------------------------------------------------------------------
def test_the_wake_up_of_the_vectors_is_one() -> None:
    assert text(PHONE.p256dh) == VECTOR["subscription"]["p256dh"]
    check_wake_up(SOUND, PHONE)


def test_the_example_of_the_rfc_opens() -> None:
    example = VECTOR["rfc_8291"]
    key = ec.derive_private_key(int.from_bytes(octets(example["phone_private"]), "big"), ec.SECP256R1())
    keys = PushKeys(key, octets(example["auth"]))
    assert text(keys.p256dh) == example["p256dh"]
    padded = bytes.fromhex(example["plaintext"]) + b"\2"
    assert open_record(octets(example["body"]), keys) == padded
    sender = ec.derive_private_key(int.from_bytes(octets(example["sender_private"]), "big"), ec.SECP256R1())
    made = seal(padded, keys.p256dh, keys.auth, sender=sender, salt=octets(example["salt"]))
    assert made == octets(example["body"]), "the tests' own sender"
    with pytest.raises(NotAWakeUp, match="message_content"):
        check_wake_up(octets(example["body"]), keys)


@pytest.mark.parametrize("case", VECTOR["invalid"], ids=lambda case: case["reason"])
def test_what_is_no_wake_up(case: dict[str, str]) -> None:
    with pytest.raises(NotAWakeUp):
        check_wake_up(bytes.fromhex(case["body_hex"]), PHONE)


@pytest.mark.parametrize("case", VAPID["cases"], ids=lambda case: case["public_url"])
def test_the_servers_token_is_believed(case: dict[str, str]) -> None:
    check_vapid(case["authorization"], VAPID["endpoint"], octets(VAPID["vapid_key"]), NOW)


def test_another_senders_token_is_not() -> None:
    claims = dict(VAPID["cases"][0]["claims"])
    assert why_not("") == ("vapid_missing", 401)
    assert why_not("Bearer x") == ("vapid_missing", 401)
    other = text(PHONE.p256dh)
    assert why_not(HEADER["authorization"].partition("k=")[0] + f"k={other}") == ("vapid_key", 403)
    assert why_not(token(claims, {"typ": "JWT", "alg": "none"})) == ("vapid_header", 403)
    assert why_not(token(claims, key=PHONE.private)) == ("vapid_signature", 403)
    assert why_not(token({**claims, "aud": "https://push.example.org"})) == ("vapid_audience", 403)
    assert why_not(token({**claims, "exp": int(NOW)})) == ("vapid_expired", 403)
    assert why_not(token({**claims, "exp": int(NOW) + 24 * 3600 + 1})) == ("vapid_expired", 403)
    assert why_not(token({**claims, "exp": str(claims["exp"])})) == ("vapid_expired", 403)
    assert why_not(token({**claims, "sub": "http://127.0.0.1"})) == ("vapid_subject", 403)
    assert why_not("vapid t=a.b.c, k=" + VAPID["vapid_key"])[1] == 403
    assert why_not(f"vapid t={text(b'[]')}.x.y, k=" + VAPID["vapid_key"]) == ("vapid_token", 403)


@pytest.mark.parametrize("name", sorted(HEADER))
def test_every_field_of_the_header_counts(name: str) -> None:
    def check(fields: dict[str, str]) -> int:
        return check_header(fields, VAPID["endpoint"], octets(VAPID["vapid_key"]), NOW)

    assert check(HEADER) == 300
    without = {other: value for other, value in HEADER.items() if other != name}
    for spoilt in (without, {**HEADER, name: "0"}, {**HEADER, name: "86401"}, {**HEADER, name: "²"}):
        with pytest.raises(NotAWakeUp):
            check(spoilt)


# -- the service ------------------------------------------------------------------------------------------------
class Stopped:
    def now(self) -> float:
        return NOW


@pytest.fixture
def distributor() -> Iterator[OwnDistributor]:
    teller, kept = make_teller()
    made = OwnDistributor(Stopped(), teller)
    made.kept = kept  # type: ignore[attr-defined]
    made.register(octets(VAPID["vapid_key"]), anew=False)
    yield made
    made.close()


def post(distributor: OwnDistributor, body: bytes, *, path: str = "", **fields: str) -> int:
    given = distributor.subscription()
    where = urlsplit(given.endpoint if given else "http://127.0.0.1:1/")
    origin = f"http://{where.netloc}"
    header = {**HEADER, "authorization": token({"aud": origin, "exp": int(NOW) + 60}), **fields}
    connection = http.client.HTTPConnection(where.netloc, timeout=20)
    connection.request("POST", path or where.path, body, header)
    status = connection.getresponse().status
    connection.close()
    return status


def sealed(distributor: OwnDistributor) -> bytes:
    given = distributor.subscription()
    assert given is not None
    return seal(b"phoneseal.wake_up.v1\2", given.p256dh, given.auth)


def test_a_wake_up_over_http_is_heard_and_everything_else_is_refused(distributor: OwnDistributor) -> None:
    heard: list[str] = []
    distributor.wakes = lambda: heard.append("asleep no more")
    distributor.listen(lambda: None, lambda: heard.append("look"))
    wake_up = sealed(distributor)
    assert post(distributor, wake_up) == 201
    assert heard == ["asleep no more", "look"]
    assert post(distributor, SOUND) == 400, "to another phone"
    assert post(distributor, wake_up, authorization="") == 401
    assert post(distributor, wake_up, authorization=HEADER["authorization"]) == 403, "for another address"
    assert post(distributor, wake_up, path="/push/" + "A" * 27) == 404
    assert post(distributor, bytes(4097)) == 413
    assert heard == ["asleep no more", "look"]
    kept = distributor.kept  # type: ignore[attr-defined]
    assert kept.names == ["woken", *["push_refused"] * 3]
    assert kept.events[1].fields == {"why": "message_encryption", "status": 400}


def test_an_address_that_was_given_up_or_made_anew_is_unknown(distributor: OwnDistributor) -> None:
    first, wake_up = distributor.subscription(), sealed(distributor)
    distributor.register(octets(VAPID["vapid_key"]), anew=False)
    assert distributor.subscription() == first
    distributor.register(octets(VAPID["vapid_key"]), anew=True)
    second = distributor.subscription()
    assert first is not None
    assert second is not None
    assert (first.endpoint, first.p256dh) != (second.endpoint, second.p256dh)
    assert post(distributor, wake_up, path=urlsplit(first.endpoint).path) == 404
    distributor.give_up()
    assert distributor.subscription() is None
    assert distributor.chosen() == ""


# -- sleep ------------------------------------------------------------------------------------------------------
class FakeDevice:
    def __init__(self) -> None:
        self.connection = ConnectionState.ONLINE
        self.registered = WakeUpState.ASKING
        self.wake_up = SimpleNamespace(state=lambda: self.registered)

    def go_offline(self) -> None:
        self.connection = ConnectionState.OFFLINE

    def go_online(self) -> None:
        self.connection = ConnectionState.ONLINE


def test_it_sleeps_when_nothing_is_open_and_until_it_is_woken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sleeping, "AWAKE_SECONDS", 0.0)
    monkeypatch.setattr(sleeping, "_POLL_SECONDS", 0.005)
    teller, kept = make_teller()
    device = FakeDevice()
    sleeper = Sleeper(device, teller)  # type: ignore[arg-type]
    teller.add_sink(sleeper)
    sleeper.take(Event("request", "", 0, {"request_id": "sr_1"}))
    sleeper.start()
    device.registered = WakeUpState.ON
    sleeper.take(Event("outcome", "", 0, {"request_id": "sr_2"}))
    assert device.connection == ConnectionState.ONLINE, "one is open"
    sleeper.take(Event("outcome", "", 0, {"request_id": "sr_1"}))
    wait_for(lambda: kept.names == ["asleep"])
    assert device.connection == ConnectionState.OFFLINE
    sleeper.take(Event("request", "", 0, {"request_id": "sr_3"}))
    sleeper.wake()
    assert device.connection == ConnectionState.ONLINE
    sleeper.stop()
    assert kept.names == ["asleep"]
