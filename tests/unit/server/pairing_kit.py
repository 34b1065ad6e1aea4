"""Pairing a phone by docs/protocol.md §3, step by step, so that each step can be done wrongly."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from server.app import UseCases
from server.devices.device import Pairing
from server.devices.pairing import PairingOffer, Revealed
from server.statements import lp, pae, unb64
from tests.unit.server.builders import Phone

SigningKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def p256() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def spki(key: SigningKey) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def ecdsa(key: ec.EllipticCurvePrivateKey, message: bytes) -> bytes:
    return key.sign(message, ec.ECDSA(hashes.SHA256()))


def signer(key: SigningKey, algorithm: str) -> Callable[[bytes], bytes]:
    """How a key signs under a signature algorithm's name (docs/protocol.md §4.3)."""
    if isinstance(key, ec.EllipticCurvePrivateKey):
        digest: hashes.HashAlgorithm = hashes.SHA384() if algorithm.endswith("384") else hashes.SHA256()
        return lambda message: key.sign(message, ec.ECDSA(digest))
    if algorithm == "rsa_pss_sha256":
        scheme: padding.AsymmetricPadding = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
    else:
        scheme = padding.PKCS1v15()
    return lambda message: key.sign(message, scheme, hashes.SHA256())


@dataclass
class NewPhone:
    """A phone that wants to be paired."""

    name: str = "Điện thoại của An"
    algorithm: str = "ecdsa_p256_sha256"
    signing_key: SigningKey = field(default_factory=p256)
    device_key: ec.EllipticCurvePrivateKey = field(default_factory=p256)
    approval_key: ec.EllipticCurvePrivateKey = field(default_factory=p256)
    phone_nonce: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    vault_share: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    pin_proof_key: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    @property
    def keys(self) -> tuple[bytes, bytes, bytes]:
        return spki(self.device_key), spki(self.approval_key), spki(self.signing_key)

    @property
    def commitment(self) -> bytes:
        opened = self.phone_nonce + b"".join(hashlib.sha256(key).digest() for key in self.keys)
        return hashlib.sha256(pae("phoneseal.pairing_commitment.v1", opened)).digest()

    @property
    def csr(self) -> bytes:
        builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
        digest = hashes.SHA384() if self.algorithm.endswith("384") else hashes.SHA256()
        return builder.sign(self.signing_key, digest).public_bytes(Encoding.DER)

    def transcript(self, begun: dict[str, Any]) -> bytes:
        fields = (
            begun["pairing_id"],
            begun["server_id"],
            unb64(begun["server_nonce"]),
            unb64(begun["request_signing_key"]),
            unb64(begun["recovery_key"]),
            self.commitment,
            self.phone_nonce,
            *self.keys,
        )
        return b"".join(lp(value) for value in fields)

    def digits(self, begun: dict[str, Any]) -> str:
        digest = hashlib.sha256(pae("phoneseal.pairing_digits.v1", self.transcript(begun))).digest()
        return f"{int.from_bytes(digest[:8], 'big') % 10**6:06d}"

    def begin(self, app: UseCases, code: str, address: str = "198.51.100.7") -> dict[str, Any]:
        return app.pair_device.begin(code, self.commitment, self.name, "Android 15", address)

    def revealed(self, begun: dict[str, Any], **changes: Any) -> Revealed:
        def proof(role: str) -> bytes:
            return pae("phoneseal.pairing_proof.v1", lp(role) + self.transcript(begun))

        true = Revealed(
            pairing_id=begun["pairing_id"],
            phone_nonce=self.phone_nonce,
            device_key=spki(self.device_key),
            approval_key=spki(self.approval_key),
            csr=self.csr,
            signature_algorithm=self.algorithm,
            key_protection="file",
            vault_share=self.vault_share,
            pin_proof_key=self.pin_proof_key,
            proof_device=ecdsa(self.device_key, proof("device")),
            proof_approval=ecdsa(self.approval_key, proof("approval")),
            proof_signing=signer(self.signing_key, self.algorithm)(proof("signing")),
        )
        return replace(true, **changes)

    def status_proof(self, pairing_id: str) -> bytes:
        return ecdsa(self.device_key, pae("phoneseal.pairing_status.v1", pairing_id.encode()))

    def status(self, app: UseCases, pairing_id: str) -> dict[str, Any]:
        return app.complete_pairing.status(pairing_id, self.status_proof(pairing_id))

    def paired(self, app: UseCases, pairing_id: str) -> Phone:
        """The phone, once the pairing is complete."""
        told = self.status(app, pairing_id)
        assert told["state"] == "complete", told
        with app.store.read() as tx:
            pairing = tx.pairings.get(pairing_id)
        return Phone(
            name=self.name,
            device_id=str(pairing.device_id),
            credential_id=str(pairing.credential_id),
            certificate=unb64(told["credential"]["certificate"]),
            device_key=self.device_key,
            approval_key=self.approval_key,
            sign_dtbs=signer(self.signing_key, self.algorithm),
            pin_proof_key=self.pin_proof_key,
            vault_share=self.vault_share,
        )


def claimed(app: UseCases, subscriber_id: str, phone: NewPhone) -> tuple[PairingOffer, dict[str, Any]]:
    offer = app.pair_device.offer(subscriber_id, None)
    return offer, phone.begin(app, offer.code)


def revealed(app: UseCases, subscriber_id: str, phone: NewPhone) -> tuple[dict[str, Any], Pairing]:
    _, begun = claimed(app, subscriber_id, phone)
    return begun, app.pair_device.reveal(phone.revealed(begun))


def confirmed(app: UseCases, subscriber_id: str, phone: NewPhone) -> tuple[dict[str, Any], Pairing]:
    begun, pairing = revealed(app, subscriber_id, phone)
    return begun, app.pair_device.confirm(pairing.pairing_id, phone.digits(begun))


def device_approval(first: Phone, pairing: Pairing, *, by: Any = None, purpose: str = "", **changes: Any) -> Any:
    """An earlier phone's word about a new one."""
    first.counter += 1
    fields = {
        "version": 1,
        "pairing_id": pairing.pairing_id,
        "device_id": first.device_id,
        "transcript_sha256": pairing.transcript_sha256,
        "digits": pairing.digits,
        "decision": "approve",
        "approved_at": 1_790_000_000_000,
        "counter": first.counter,
    }
    return first.say(purpose or "phoneseal.device_approval.v1", fields | changes, by=by or first.approval_key)


def pair(app: UseCases, subscriber_id: str, phone: NewPhone, first: Phone | None = None) -> Phone:
    """The whole way; ``first`` approves when the subscriber has a phone already."""
    _, pairing = confirmed(app, subscriber_id, phone)
    if first is not None:
        app.complete_pairing.approve_device(first.device_id, device_approval(first, pairing))
    return phone.paired(app, pairing.pairing_id)
