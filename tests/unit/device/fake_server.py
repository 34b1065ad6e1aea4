"""A server for the phone's unit tests: real keys and statements, no network, one dictionary of state.

It follows docs/protocol.md and nothing of the phone's own code, so that a mistake of the phone's is not repeated here. Tests
spoil what it says through ``spoil`` (event or path → change of the answer) and break the way through ``FakeLinks``.
"""

import base64
import datetime
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.unit.device_checks.document_forge import Forge

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


KEY_USES = (  # noqa: SIM905
    """digital_signature content_commitment key_encipherment data_encipherment key_agreement key_cert_sign
crl_sign encipher_only decipher_only"""
).split()
ITEM_FIELDS = (  # noqa: SIM905
    """item_id position title document_code processing_right pages original_length original_sha256 earlier_signatures
prepared_length prepared_sha256 byte_range signature_algorithm signed_attributes findings"""
).split()


def new_id(kind: str) -> str:
    return f"{kind}_0" + "".join(secrets.choice(ALPHABET) for _ in range(25))


def new_point() -> bytes:
    """A public key on P-256, uncompressed."""
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def pae(purpose: str, body: bytes) -> bytes:
    name = purpose.encode()
    return b"PhoneSeal-PAE-v1" + len(name).to_bytes(4, "big") + name + len(body).to_bytes(8, "big") + body


def lp(value: object) -> bytes:
    data = value if isinstance(value, bytes) else str(value).encode()
    return len(data).to_bytes(4, "big") + data


def digest_of(statement: dict[str, Any]) -> str:
    return hashlib.sha256(pae(statement["purpose"], statement["body"].encode())).hexdigest()


def body_of(statement: dict[str, Any]) -> dict[str, Any]:
    return json.loads(statement["body"])


def root_of(records: list[bytes]) -> bytes:
    if len(records) == 1:
        return hashlib.sha256(b"\x00" + records[0]).digest()
    split = 1
    while split * 2 < len(records):
        split *= 2
    return hashlib.sha256(b"\x01" + root_of(records[:split]) + root_of(records[split:])).digest()


class Refusal(Exception):
    """An error answer."""

    def __init__(self, code: str, **details: object) -> None:
        self.code, self.details = code, details
        super().__init__(code)


@dataclass
class Request:
    """A sign request as the server keeps it."""

    request_id: str
    items: list[dict[str, Any]]
    documents: list[bytes]
    envelope: dict[str, Any]
    right_code: str
    state: str = "PUSHED"
    choice: dict[str, Any] | None = None
    verdict: dict[str, Any] | None = None
    approval: dict[str, Any] | None = None
    acknowledgement: dict[str, Any] | None = None
    refusal: dict[str, Any] | None = None
    outcome: dict[str, Any] | None = None
    values: dict[int, bytes] = field(default_factory=dict)
    chunks: list[bytes] = field(default_factory=list)


class FakeServer:
    """One subscriber, any number of requests, one phone."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.now = now
        self.server_id = new_id("srv")
        self.key = Ed25519PrivateKey.generate()
        self.recovery = Ed25519PrivateKey.generate()
        self.key_counter = 1
        self.rotations: list[dict[str, Any]] = []
        self.subscriber_id = new_id("sub")
        self.subscriber_name = "Nguyen Van A"
        self.ca_key = ec.generate_private_key(ec.SECP256R1())
        self.pairing: dict[str, Any] = {"code": "7k3m9q2xwz", "state": "offered"}
        self.device: dict[str, Any] = {}
        self.frozen = False
        self.unpaired_id = ""
        self.wrong_pins = 0
        self.wait_seconds = 0
        self.requests: dict[str, Request] = {}
        self.nonces: set[bytes] = set()
        self.audit = 0
        self.spoil: dict[str, Callable[[Any], Any]] = {}
        self.seen: list[str] = []
        self.device_approvals: list[dict[str, Any]] = []
        self.blocked: list[dict[str, Any]] = []
        self.by_person: list[str] = []
        self.vapid_key: bytes | None = new_point()
        self.push: dict[str, Any] | None = None

    # -- statements -------------------------------------------------------------------------------

    def raw(self, key: Ed25519PrivateKey | None = None) -> bytes:
        return (key or self.key).public_key().public_bytes_raw()

    def say(self, purpose: str, body: dict[str, Any], key: Ed25519PrivateKey | None = None) -> dict[str, Any]:
        purpose = f"phoneseal.{purpose}.v1"
        text = json.dumps({"version": 1, **body}, ensure_ascii=False)
        signer = key or self.key
        return {
            "purpose": purpose,
            "key_id": hashlib.sha256(self.raw(signer)).hexdigest()[:16],
            "body": text,
            "signature": b64(signer.sign(pae(purpose, text.encode()))),
        }

    def ms(self) -> int:
        return int(self.now() * 1000)

    def believe(self, statement: dict[str, Any], purpose: str, key: str) -> dict[str, Any]:
        assert statement["purpose"] == f"phoneseal.{purpose}.v1"
        assert statement["key_id"] == self.device["device_id"]
        public = serialization.load_der_public_key(self.device[key])
        public.verify(
            unb64(statement["signature"]),
            pae(statement["purpose"], statement["body"].encode()),
            ec.ECDSA(hashes.SHA256()),
        )
        return body_of(statement)

    def rotate(self, by: Ed25519PrivateKey | None = None) -> None:
        signer, self.key = by or self.key, Ed25519PrivateKey.generate()
        self.key_counter += 1
        body = {
            "server_id": self.server_id,
            "counter": self.key_counter,
            "request_signing_key": b64(self.raw()),
            "at": self.ms(),
        }
        self.rotations.append(self.say("key_rotation", body, signer))

    # -- pairing ----------------------------------------------------------------------------------

    def post(self, path: str, message: dict[str, Any]) -> dict[str, Any]:
        return getattr(self, "pairing_" + path.rsplit("/", 1)[1])(message)

    def pairing_check(self, message: dict[str, Any]) -> dict[str, Any]:
        if message != {"version": 1, "code": self.pairing["code"]} or self.pairing["state"] != "offered":
            raise Refusal("pairing_code_unknown", status=404)
        return {"request_signing_key": b64(self.raw())}

    def pairing_begin(self, message: dict[str, Any]) -> dict[str, Any]:
        if message["code"] != self.pairing["code"]:
            raise Refusal("pairing_code_unknown", status=404)
        if self.pairing["state"] == "offered":
            self.pairing.update(
                state="claimed",
                pairing_id=new_id("pa"),
                nonce=secrets.token_bytes(32),
                commitment=message["commitment"],
            )
        elif self.pairing["commitment"] != message["commitment"]:
            raise Refusal("pairing_code_unknown", status=404)
        return {
            "pairing_id": self.pairing["pairing_id"],
            "server_id": self.server_id,
            "server_name": "Cổng ký số Ánh Dương",
            "server_nonce": b64(self.pairing["nonce"]),
            "request_signing_key": b64(self.raw()),
            "key_counter": self.key_counter,
            "recovery_key": b64(self.raw(self.recovery)),
            "subscriber_name": self.subscriber_name,
            "signature_algorithms": ["rsa_pkcs1_sha256", "rsa_pss_sha256", "ecdsa_p256_sha256", "ecdsa_p384_sha384"],
        }

    def pairing_reveal(self, message: dict[str, Any]) -> dict[str, Any]:
        csr = x509.load_der_x509_csr(unb64(message["csr"]))
        assert csr.is_signature_valid
        spki = csr.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        keys = [unb64(message["device_key"]), unb64(message["approval_key"]), spki]
        nonce = unb64(message["phone_nonce"])
        committed = nonce + b"".join(hashlib.sha256(key).digest() for key in keys)
        commitment = hashlib.sha256(pae("phoneseal.pairing_commitment.v1", committed)).digest()
        assert commitment.hex() == self.pairing["commitment"]
        parts = [
            self.pairing["pairing_id"],
            self.server_id,
            self.pairing["nonce"],
            self.raw(),
            self.raw(self.recovery),
            commitment,
            nonce,
            *keys,
        ]
        transcript = b"".join(lp(part) for part in parts)
        for role, key in (("device", keys[0]), ("approval", keys[1])):
            serialization.load_der_public_key(key).verify(
                unb64(message["proofs"][role]),
                pae("phoneseal.pairing_proof.v1", lp(role) + transcript),
                ec.ECDSA(hashes.SHA256()),
            )
        digits = hashlib.sha256(pae("phoneseal.pairing_digits.v1", transcript)).digest()[:8]
        self.pairing.update(
            state="confirm_digits",
            digits=f"{int.from_bytes(digits, 'big') % 10**6:06d}",
            transcript_sha256=hashlib.sha256(transcript).hexdigest(),
            signing_key=csr.public_key(),
            message=message,
            device_key=keys[0],
        )
        return {"state": "confirm_digits", "digits": "000000"}

    def confirm(self) -> None:
        """The person says in the browser that the digits are equal: certificate and device."""
        message = self.pairing["message"]
        self.device = {
            "device_id": new_id("dev"),
            "credential_id": new_id("cr"),
            "device_key": self.pairing["device_key"],
            "approval_key": unb64(message["approval_key"]),
            "share": unb64(message["vault_share"]),
            "pin_proof_key": unb64(message["pin_proof_key"]),
            "algorithm": message["signature_algorithm"],
            "certificate": self.certify(self.pairing["signing_key"]),
            "root": self.certify(None),
            "counter": 0,
        }
        self.pairing["state"] = "complete"

    def certify(self, key: Any) -> bytes:
        """A certificate from the server's own CA; of the CA itself with ``None``."""
        ca = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Test CA")])
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, self.subscriber_name)]) if key else ca
        start = datetime.datetime.fromtimestamp(self.now() - 60, datetime.UTC)
        usage = dict.fromkeys(KEY_USES, False)
        usage.update({"content_commitment": True, "digital_signature": True} if key else {"key_cert_sign": True})
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(ca)
            .public_key(key or self.ca_key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(start + datetime.timedelta(days=365))
            .add_extension(x509.BasicConstraints(ca=key is None, path_length=None), critical=True)
            .add_extension(x509.KeyUsage(**usage), critical=True)
            .sign(self.ca_key, hashes.SHA256())
            .public_bytes(serialization.Encoding.DER)
        )

    def pairing_status(self, message: dict[str, Any]) -> dict[str, Any]:
        if "device_key" not in self.pairing:
            raise Refusal("pairing_unknown", status=404)
        serialization.load_der_public_key(self.pairing["device_key"]).verify(
            unb64(message["proof"]),
            pae("phoneseal.pairing_status.v1", message["pairing_id"].encode()),
            ec.ECDSA(hashes.SHA256()),
        )
        if self.pairing["state"] != "complete":
            return {"state": self.pairing["state"], "credential": None, "completed": None}
        device = self.device
        completed = {
            "server_id": self.server_id,
            "pairing_id": message["pairing_id"],
            "transcript_sha256": self.pairing["transcript_sha256"],
            "subscriber_id": self.subscriber_id,
            "subscriber_name": self.subscriber_name,
            "device_id": device["device_id"],
            "credential_id": device["credential_id"],
            "certificate_sha256": hashlib.sha256(device["certificate"]).hexdigest(),
            "key_counter": self.key_counter,
            "at": self.ms(),
        }
        return {
            "state": "complete",
            "credential": {
                "credential_id": device["credential_id"],
                "signature_algorithm": device["algorithm"],
                "certificate": b64(device["certificate"]),
                "certificate_chain": [b64(device["root"])],
            },
            "completed": self.say("pairing_completed", completed),
        }

    # -- requests ---------------------------------------------------------------------------------

    def ask(
        self,
        count: int = 1,
        *,
        change_items: Callable[[list[dict[str, Any]]], None] | None = None,
        change_body: Callable[[dict[str, Any]], None] | None = None,
        documents: list[tuple[bytes, Any]] | None = None,
        **changes: object,
    ) -> Request:
        """A request of ``count`` documents; ``change_items`` acts before the root is made, ``change_body`` and ``changes`` after."""
        built = documents or [Forge().build()] * count
        items = [self._item(position, *one) for position, one in enumerate(built)]
        if change_items is not None:
            change_items(items)
        body = {
            "server_id": self.server_id,
            "request_id": new_id("sr"),
            "subscriber_id": self.subscriber_id,
            "device_id": self.device["device_id"],
            "credential_id": self.device["credential_id"],
            "certificate_sha256": hashlib.sha256(self.device["certificate"]).hexdigest(),
            "relying_party": {"id": new_id("rp"), "name": "Công ty Cổ phần Ánh Dương"},
            "requested_by": "Trần Văn Bình",
            "kind": "documents",
            "manifest_root": root_of([record_of(item) for item in items]).hex(),
            "item_count": len(items),
            "total_pages": sum(item["pages"] for item in items),
            "total_bytes": sum(item["prepared_length"] for item in items),
            "issued_at": self.ms(),
            "expires_at": self.ms() + 300_000,
            "verification_codes": ["4711", "0042", "9930"],
            **changes,
        }
        if change_body is not None:
            change_body(body)
        envelope = self.say("envelope", body)
        made = Request(body["request_id"], items, [one[0] for one in built], envelope, "0042")
        self.requests[made.request_id] = made
        return made

    def _item(self, position: int, data: bytes, expected: Any) -> dict[str, Any]:
        a, b, c, d = expected.byte_range
        algorithm = self.device["algorithm"]
        name = "sha384" if algorithm == "ecdsa_p384_sha384" else "sha256"
        content = hashlib.new(name, data[a : a + b] + data[c : c + d]).digest()
        return {
            "item_id": new_id("it"),
            "position": position,
            "title": f"Hợp đồng số {position + 1}",
            "document_code": "HĐ-01" if position % 2 else "",
            "processing_right": "sign",
            "pages": 1,
            "original_length": expected.original_length,
            "original_sha256": expected.original_sha256.hex(),
            "earlier_signatures": 0,
            "prepared_length": expected.prepared_length,
            "prepared_sha256": expected.prepared_sha256.hex(),
            "byte_range": list(expected.byte_range),
            "signature_algorithm": algorithm,
            "signed_attributes": b64(attributes_of(content, self.device["certificate"], algorithm)),
            "findings": [],
        }

    def get(self, path: str, byte_range: tuple[int, int] | None) -> Any:
        parts = path.partition("?")
        steps = parts[0].split("/")
        request = self.requests[steps[3]]
        query = dict(one.split("=") for one in parts[2].split("&")) if parts[2] else {}
        first, count = int(query.get("from", 0)), int(query.get("count", 1))
        if steps[4] == "manifest":
            found = request.items[first : first + count]
            after = first + len(found)
            return {"items": found, "next": after if after < len(request.items) else None}
        if steps[4] == "documents":
            some = list(enumerate(request.documents))[first : first + min(count, 50)]
            return b"".join(p.to_bytes(4, "big") + len(d).to_bytes(8, "big") + d for p, d in some)
        position = next(item["position"] for item in request.items if item["item_id"] == steps[5])
        assert byte_range is not None
        return request.documents[position][byte_range[0] : byte_range[1] + 1]

    def finish(self, request: Request, state: str, end_result: str) -> dict[str, Any]:
        if request.outcome is None:
            self.audit += 1
            request.state = state
            refused = len(body_of(request.approval)["refused"]) if request.approval else 0
            body = {
                "server_id": self.server_id,
                "request_id": request.request_id,
                "envelope_sha256": digest_of(request.envelope),
                "state": state,
                "end_result": end_result,
                "items_signed": len(request.values),
                "items_refused": refused,
                "items_failed": 0,
                "audit_sequence": self.audit,
                "audit_head": hashlib.sha256(str(self.audit).encode()).hexdigest(),
                "at": self.ms(),
            }
            request.outcome = self.say("outcome", body)
        return request.outcome

    def withdrawal(self, request: Request, end_result: str) -> dict[str, Any]:
        body = {
            "request_id": request.request_id,
            "envelope_sha256": digest_of(request.envelope),
            "end_result": end_result,
            "at": self.ms(),
        }
        return self.say("withdrawal", body)

    def verify_value(self, request: Request, position: int, value: bytes) -> None:
        dtbs = unb64(request.items[position]["signed_attributes"])
        key = x509.load_der_x509_certificate(self.device["certificate"]).public_key()
        algorithm = self.device["algorithm"]
        if algorithm == "rsa_pkcs1_sha256":
            key.verify(value, dtbs, padding.PKCS1v15(), hashes.SHA256())
        elif algorithm == "rsa_pss_sha256":
            key.verify(value, dtbs, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
        else:
            key.verify(value, dtbs, ec.ECDSA(hashes.SHA384() if "384" in algorithm else hashes.SHA256()))

    # -- the socket -------------------------------------------------------------------------------

    def event(self, event: str, message: dict[str, Any]) -> dict[str, Any]:
        self.seen.append(event)
        return getattr(self, "on_" + event)(message)

    def on_hello(self, message: dict[str, Any]) -> dict[str, Any]:
        self.hello = message
        self.hello_nonce = secrets.token_bytes(32)
        return {
            "version": 1,
            "nonce": b64(self.hello_nonce),
            "server_time": self.ms(),
            "key_rotations": self.rotations[message["key_counter"] - 1 :],
        }

    def on_prove(self, message: dict[str, Any]) -> dict[str, Any]:
        if self.hello["device_id"] == self.unpaired_id:
            raise Refusal("device_unpaired")
        if not self.device or self.hello["device_id"] != self.device["device_id"]:
            raise Refusal("device_unknown")
        if self.frozen:
            raise Refusal("device_frozen")
        said = self.believe(message["statement"], "device_hello", "device_key")
        assert said["nonce"] == b64(self.hello_nonce)
        body = {
            "server_id": self.server_id,
            "device_id": self.device["device_id"],
            "nonce": b64(self.hello_nonce),
            "phone_nonce": self.hello["phone_nonce"],
            "server_time": self.ms(),
            "session_expires_at": self.ms() + 3_600_000,
        }
        return {"statement": self.say("server_hello", body), "access_token": "t" * 32}

    def on_waiting(self, message: dict[str, Any]) -> dict[str, Any]:
        return {
            "requests": [
                {
                    "envelope": one.envelope,
                    "state": one.state,
                    "verdict": one.verdict,
                    "acknowledgement": one.acknowledgement,
                }
                for one in self.requests.values()
                if one.outcome is None
            ]
        }

    def on_opened(self, message: dict[str, Any]) -> dict[str, Any]:
        request = self.requests[message["request_id"]]
        if request.outcome is not None:
            raise Refusal("request_over")
        return {"state": "OPENED"}

    def on_choose_code(self, message: dict[str, Any]) -> dict[str, Any]:
        choice = message["choice"]
        said = self.believe(choice, "code_choice", "device_key")
        request = self.requests[said["request_id"]]
        if request.choice is None:
            request.choice = choice
            right = said["code"] == request.right_code
            body = {
                "request_id": request.request_id,
                "envelope_sha256": digest_of(request.envelope),
                "choice_sha256": digest_of(choice),
                "verdict": "right" if right else "wrong",
                "at": self.ms(),
            }
            request.verdict = self.say("verdict", body)
            if not right:
                self.finish(request, "REFUSED", "wrong_verification_code")
        elif digest_of(request.choice) != digest_of(choice):
            raise Refusal("code_already_chosen")
        return {"verdict": request.verdict}

    def on_pin_challenge(self, message: dict[str, Any]) -> dict[str, Any]:
        nonce = secrets.token_bytes(32)
        self.nonces.add(nonce)
        return {"nonce": b64(nonce)}

    def _pin(self, message: dict[str, Any]) -> None:
        nonce = unb64(message["nonce"])
        if nonce not in self.nonces:
            raise Refusal("challenge_unknown")
        self.nonces.discard(nonce)
        if self.wrong_pins >= 6:
            raise Refusal("pin_locked")
        text = pae("phoneseal.pin_proof.v1", nonce + self.device["device_id"].encode())
        expected = hmac.new(self.device["pin_proof_key"], text, hashlib.sha256).digest()
        if unb64(message["proof"]) != expected:
            self.wrong_pins += 1
            if self.wrong_pins >= 6:
                raise Refusal("pin_locked")
            raise Refusal("wrong_pin", tries_left=6 - self.wrong_pins, retry_after=self.wait_seconds)
        self.wrong_pins = 0

    def on_release_share(self, message: dict[str, Any]) -> dict[str, Any]:
        self._pin(message)
        return {"vault_share": b64(self.device["share"])}

    def on_change_pin(self, message: dict[str, Any]) -> dict[str, Any]:
        self._pin(message)
        if self.device.get("change_done") != message["change_id"]:
            self.device["change"] = message
        return {"prepared": True}

    def on_finish_pin_change(self, message: dict[str, Any]) -> dict[str, Any]:
        change = self.device.get("change")
        if change is not None and change["change_id"] == message["change_id"]:
            self.device["share"] = unb64(change["vault_share"])
            self.device["pin_proof_key"] = unb64(change["pin_proof_key"])
            self.device["change"], self.device["change_done"] = None, message["change_id"]
        if self.device.get("change_done") != message["change_id"]:
            raise Refusal("pin_change_unknown")
        return {"changed": True}

    def on_devices(self, message: dict[str, Any]) -> dict[str, Any]:
        phone = {
            "device_id": self.device["device_id"],
            "name": "Điện thoại thử",
            "platform": "test",
            "state": "ACTIVE",
            "key_protection": "file",
            "paired_at": self.ms(),
            "last_seen_at": self.ms(),
        }
        other = {"device_id": new_id("dev"), "name": "Máy bàn", "state": "FROZEN", "last_seen_at": None}
        return {"devices": [phone, phone | other]}

    def on_blocked(self, message: dict[str, Any]) -> dict[str, Any]:
        return {"requesters": self.blocked, "by_person": self.by_person}

    def on_block(self, message: dict[str, Any]) -> dict[str, Any]:
        said = self.believe(message["statement"], "block", "device_key")
        envelope = body_of(self.requests[said["request_id"]].envelope)
        assert said["relying_party_id"] == envelope["relying_party"]["id"]
        assert said["scope"] == ("person" if said["relying_party_id"] in self.by_person else "relying_party")
        line = {
            "block_id": new_id("blk"),
            "relying_party": envelope["relying_party"],
            "scope": said["scope"],
            "person": envelope["requested_by"] if said["scope"] == "person" else "",
            "blocked_at": self.ms(),
        }
        self.blocked.append(line)
        return {"blocked": line}

    def on_unblock(self, message: dict[str, Any]) -> dict[str, Any]:
        said = self.believe(message["statement"], "unblock", "device_key")
        if said["block_id"] not in [line["block_id"] for line in self.blocked]:
            raise Refusal("block_unknown")
        self.blocked = [line for line in self.blocked if line["block_id"] != said["block_id"]]
        return {"unblocked": True}

    def on_approve(self, message: dict[str, Any]) -> dict[str, Any]:
        approval = message["approval"]
        said = self.believe(approval, "approval", "approval_key")
        request = self.requests[said["request_id"]]
        if request.outcome is not None:
            raise Refusal("request_over")
        if request.approval is None:
            assert request.verdict is not None
            assert body_of(request.verdict)["verdict"] == "right"
            assert said["counter"] > self.device["counter"]
            assert said["manifest_root"] == body_of(request.envelope)["manifest_root"]
            assert said["approved_count"] + len(said["refused"]) == said["item_count"] == len(request.items)
            self.device["counter"] = said["counter"]
            request.approval, request.state = approval, "SIGNING"
            body = {
                "request_id": request.request_id,
                "envelope_sha256": digest_of(request.envelope),
                "statement_sha256": digest_of(approval),
                "state": "SIGNING",
                "sign_by": self.ms() + 3_600_000,
                "at": self.ms(),
            }
            request.acknowledgement = self.say("acknowledgement", body)
        assert digest_of(request.approval) == digest_of(approval)
        return {"acknowledgement": request.acknowledgement}

    def on_refuse(self, message: dict[str, Any]) -> dict[str, Any]:
        said = self.believe(message["refusal"], "refusal", "device_key")
        request = self.requests[said["request_id"]]
        request.refusal = request.refusal or message["refusal"]
        return {"outcome": self.finish(request, "REFUSED", said["end_result"])}

    def missing(self, request: Request) -> list[int]:
        refused = {one["position"] for one in body_of(request.approval)["refused"]} if request.approval else set()
        return [p for p in range(len(request.items)) if p not in refused and p not in request.values]

    def on_signatures(self, message: dict[str, Any]) -> dict[str, Any]:
        request = self.requests[message["request_id"]]
        assert request.approval is not None
        assert message["approval_sha256"] == digest_of(request.approval)
        packed, at, accepted = message["values"], 0, 0
        request.chunks.append(packed)
        while at < len(packed):
            position = int.from_bytes(packed[at : at + 4], "big")
            length = int.from_bytes(packed[at + 4 : at + 6], "big")
            value = packed[at + 6 : at + 6 + length]
            at += 6 + length
            self.verify_value(request, position, value)
            if position not in request.values:
                request.values[position] = value
                accepted += 1
        body = {
            "request_id": request.request_id,
            "approval_sha256": message["approval_sha256"],
            "values_sha256": hashlib.sha256(packed).hexdigest(),
            "accepted": accepted,
            "rejected": [],
            "missing": len(self.missing(request)),
        }
        return {"receipt": self.say("receipt", body)}

    def on_resume(self, message: dict[str, Any]) -> dict[str, Any]:
        request = self.requests.get(message["request_id"])
        if request is None:
            raise Refusal("request_unknown")
        ranges: list[list[int]] = []
        if request.approval is not None:
            for position in self.missing(request):
                if ranges and ranges[-1][1] == position - 1:
                    ranges[-1][1] = position
                else:
                    ranges.append([position, position])
        return {
            "state": request.state,
            "verdict": request.verdict,
            "acknowledgement": request.acknowledgement,
            "missing": ranges,
            "outcome": request.outcome,
        }

    def on_approve_device(self, message: dict[str, Any]) -> dict[str, Any]:
        self.device_approvals.append(self.believe(message["statement"], "device_approval", "approval_key"))
        return {"state": "confirm_digits"}

    def on_push_gateway(self, message: dict[str, Any]) -> dict[str, Any]:
        return {"vapid_key": self.vapid_key and b64(self.vapid_key), "subscribed": self.push is not None}

    def on_set_push(self, message: dict[str, Any]) -> dict[str, Any]:
        if message["subscription"] is not None:
            if self.vapid_key is None:
                raise Refusal("push_unavailable")
            assert len(unb64(message["subscription"]["p256dh"])) == 65
            assert len(unb64(message["subscription"]["auth"])) == 16
        self.push = message["subscription"]
        return {"set": True}

    def on_freeze(self, message: dict[str, Any]) -> dict[str, Any]:
        self.believe(message["statement"], "freeze", "device_key")
        self.frozen = True
        return {"frozen": True}

    def on_unpair(self, message: dict[str, Any]) -> dict[str, Any]:
        self.believe(message["statement"], "unpair", "device_key")
        self.unpaired_id, self.device = self.device["device_id"], {}
        return {"unpaired": True}


def der(tag: int, content: bytes) -> bytes:
    length = len(content)
    return bytes((tag, length) if length < 128 else (tag, 0x81, length)) + content


def attributes_of(content_digest: bytes, certificate: bytes, algorithm: str) -> bytes:
    """The DER of the signed attributes (protocol §4.3)."""
    long = len(content_digest) == 48
    digest_algorithm = bytes.fromhex("300b0609608648016503040202" if long else "300b0609608648016503040201")
    signature_algorithm = {
        "rsa_pkcs1_sha256": "06092a864886f70d01010b0500",
        "rsa_pss_sha256": "06092a864886f70d01010a3034a00f300d06096086480165030402010500a11c301a06092a864886f70d010108"
        "300d06096086480165030402010500a203020120",
        "ecdsa_p256_sha256": "06082a8648ce3d040302",
        "ecdsa_p384_sha384": "06082a8648ce3d040303",
    }[algorithm]

    def attribute(oid: str, value: bytes) -> bytes:
        return der(0x30, bytes.fromhex(oid) + der(0x31, value))

    certificate_id = der(0x30, der(0x30, der(0x30, der(0x04, hashlib.sha256(certificate).digest()))))
    attributes = [
        attribute("06092a864886f70d010903", bytes.fromhex("06092a864886f70d010701")),
        attribute("06092a864886f70d010904", der(0x04, content_digest)),
        attribute("060b2a864886f70d010910022f", certificate_id),
        attribute(
            "06092a864886f70d010934",
            der(0x30, digest_algorithm + der(0xA1, bytes.fromhex(signature_algorithm))),
        ),
    ]
    return der(0x31, b"".join(sorted(attributes)))


def record_of(item: dict[str, Any]) -> bytes:
    """The item record (protocol §4.2)."""
    names = ITEM_FIELDS
    parts = [b"phoneseal.item.v1"]
    for name in names:
        value = item[name]
        if name.endswith("_sha256"):
            value = bytes.fromhex(value)
        elif name == "byte_range":
            value = " ".join(map(str, value))
        elif name == "signed_attributes":
            value = unb64(value)
        elif name == "findings":
            value = ",".join(value)
        parts.append(value)
    return b"".join(lp(part) for part in parts)
