"""A phone whose vault and link are in a thief's hands, with open keys and a server that answers as told."""

import json
from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from mobile_app.device.statements import pae
from mobile_app.emulator.scenario import Tampering
from mobile_app.emulator.tampering.link import SpoiltSockets, WatchedWeb
from mobile_app.emulator.tampering.loot import Loot
from mobile_app.emulator.tampering.vault import SpoiltVault
from mobile_app.link.fields import encode_bytes, octets
from mobile_app.link.wire import pack_values
from tests.unit.emulator.emulator_fakes import (
    DEVICE,
    OTHER_REQUEST,
    REQUEST,
    FakeSockets,
    FakeVault,
    FakeWeb,
    make_teller,
)

Message = Mapping[str, object]


class Bench:
    """A spoilt phone with open keys, and what it sends."""

    def __init__(self, *tampering: Tampering) -> None:
        self.vault = FakeVault()
        self.loot = Loot(self.vault, tampering)
        teller, self.events = make_teller()
        self.spoilt_vault = SpoiltVault(self.vault, self.loot, teller)
        self.sockets = FakeSockets()
        self.web = FakeWeb()
        self.spoilt_web = WatchedWeb(self.web, self.loot).open("")
        self.socket = SpoiltSockets(self.sockets, self.loot, teller).connect(
            "", lambda *_: None, lambda: None
        )
        self.spoilt_vault.sign_as_device("vault", b"prove")
        self.keys = self.spoilt_vault.attempt("vault", bytearray(b"1")).unlock(b"")

    def open_both(self) -> None:
        for request_id in (REQUEST, OTHER_REQUEST):
            self.socket.call("resume", {"request_id": "sr_01jd5g000000000000000000zz"})
            self.socket.call("opened", {"request_id": request_id, "envelope_sha256": "aa"})
        self.sent.clear()

    @property
    def sent(self) -> list[tuple[str, Message]]:
        return self.sockets.socket.sent

    def statement(self, purpose: str, body: dict[str, object], sign: str = "device") -> dict[str, object]:
        text = json.dumps(body)
        message = pae(purpose, text.encode())
        signature = (
            self.vault.keys.sign_approval(message)
            if sign == "approval"
            else self.vault.sign_as_device("", message)
        )
        return {"purpose": purpose, "key_id": DEVICE, "body": text, "signature": encode_bytes(signature)}

    def approval(self, request_id: str = REQUEST, counter: int = 7) -> dict[str, object]:
        body: dict[str, object] = {
            "version": 1,
            "request_id": request_id,
            "device_id": DEVICE,
            "envelope_sha256": "aa",
            "item_count": 3,
            "manifest_root": "ab" * 32,
            "certificate_sha256": "cd" * 32,
            "approved_at": 5,
            "counter": counter,
        }
        return {"approval": self.statement("phoneseal.approval.v1", body, "approval")}

    def choice(self, request_id: str = REQUEST) -> dict[str, object]:
        body: dict[str, object] = {
            "version": 1,
            "request_id": request_id,
            "device_id": DEVICE,
            "code": "9999",
        }
        return {"choice": self.statement("phoneseal.code_choice.v1", body)}

    def refusal(self) -> dict[str, object]:
        body: dict[str, object] = {
            "version": 1,
            "request_id": REQUEST,
            "device_id": DEVICE,
            "end_result": "user_refused",
        }
        return {"refusal": self.statement("phoneseal.refusal.v1", body)}

    def see_manifest(self, dtbs: list[bytes], request_id: str = REQUEST) -> None:
        self.web.json = {
            "items": [
                {
                    "position": n,
                    "signature_algorithm": "ecdsa_p256_sha256",
                    "signed_attributes": encode_bytes(message),
                }
                for n, message in enumerate(dtbs)
            ]
        }
        self.spoilt_web.get_json(f"/device/requests/{request_id}/manifest?from=0&count=500", "t", max_bytes=1)


def only_statement(message: Message) -> dict[str, object]:
    (statement,) = message.values()
    assert isinstance(statement, dict)
    return statement


def body(message: Message) -> dict[str, object]:
    found = json.loads(str(only_statement(message)["body"]))
    assert isinstance(found, dict)
    return found


def verifies(message: Message, key: ec.EllipticCurvePublicKey) -> bool:
    statement = only_statement(message)
    signature = octets(statement["signature"], "signature", 0, 1000)
    try:
        key.verify(
            signature,
            pae(str(statement["purpose"]), str(statement["body"]).encode()),
            ec.ECDSA(hashes.SHA256()),
        )
    except InvalidSignature:
        return False
    return True


def differing_fields(one: Message, other: Message) -> set[str]:
    first, second = body(one), body(other)
    assert first.keys() == second.keys()
    return {name for name in first if first[name] != second[name]}


def chunk(values: list[tuple[int, bytes]], request_id: str = REQUEST) -> dict[str, object]:
    return {"request_id": request_id, "approval_sha256": "ee", "values": pack_values(values)}
