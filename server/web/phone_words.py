"""Phones and certificates in words."""

from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.x509.oid import NameOID
from flask_babel import gettext

from server.devices.device import Device, DeviceState
from server.devices.read_devices import PhoneLine
from server.signing.credential import Credential, CredentialState
from server.users.user import User
from server.web.panel_words import N_
from server.web.ports import WebUseCases

KEY_PROTECTION = {
    "file": N_("Encrypted file, opened by your PIN and the server’s share"),
    "android_keystore": N_("Android keystore"),
    "strongbox": N_("Android keystore, secure chip (StrongBox)"),
}
DEVICE_STATES = {
    DeviceState.ACTIVE: (N_("Active"), "jade", ""),
    DeviceState.FROZEN: (N_("Frozen"), "amber", N_("It can’t sign until you unfreeze it.")),
    DeviceState.UNPAIRED: (
        N_("Unpaired"),
        "grey",
        N_("Its certificate has ended. Documents signed with it stay valid."),
    ),
}
ALGORITHMS = {
    "rsa_pkcs1_sha256": "RSA, PKCS#1 v1.5, SHA-256",
    "rsa_pss_sha256": "RSA-PSS, SHA-256",
    "ecdsa_p256_sha256": "ECDSA P-256, SHA-256",
    "ecdsa_p384_sha384": "ECDSA P-384, SHA-384",
}


@dataclass(frozen=True, slots=True)
class SigningPhones:
    """What a user can sign with now."""

    names: list[str]
    credential_words: str
    subscriber_name: str
    linked: bool
    frozen: int

    def why_not(self) -> str | None:
        """Why nothing can be signed, or None."""
        if self.names:
            return None
        if self.frozen:
            return str(gettext("Your phone is frozen. Unfreeze it on the account page, or pair another one."))
        return str(gettext("No phone is paired yet. Pair one first: it holds your signing key."))


def signing_phones(app: WebUseCases, user: User) -> SigningPhones:
    """Runs in the database lane."""
    if user.subscriber_id is None:
        return SigningPhones([], "", "", linked=False, frozen=0)
    now = app.clock.now()
    lines = app.read_devices.of_subscriber(user.subscriber_id)
    ready = [
        (line.device, credential)
        for line in lines
        for credential in line.credentials
        if line.device.state is DeviceState.ACTIVE and credential.usable(now)
    ]
    words = sorted({f"{algorithm_words(c)} · {_name(c, issuer=True)}" for _, c in ready})
    name = _name(ready[0][1]) if ready else ""
    frozen = sum(line.device.state is DeviceState.FROZEN for line in lines)
    names = list(dict.fromkeys(device.name for device, _ in ready))
    return SigningPhones(names, "; ".join(words), name, linked=True, frozen=frozen)


def algorithm_words(credential: Credential) -> str:
    return ALGORITHMS.get(credential.signature_algorithm, credential.signature_algorithm)


def _name(credential: Credential, *, issuer: bool = False) -> str:
    certificate = x509.load_der_x509_certificate(credential.certificate)
    name = certificate.issuer if issuer else certificate.subject
    common = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(common[0].value) if common else name.rfc4514_string()


def device_facts(device: Device) -> dict[str, Any]:
    words, tone, note = DEVICE_STATES[device.state]
    return {
        "device_id": device.device_id,
        "name": device.name,
        "platform": device.platform or "–",
        "paired_at": device.paired_at,
        "last_seen_at": device.last_seen_at,
        "ended_at": device.ended_at,
        "key_protection_words": gettext(KEY_PROTECTION.get(device.key_protection, device.key_protection)),
        "state_words": gettext(words),
        "state_tone": tone,
        "state_note": gettext(note) if note else None,
        "may_act": device.state is not DeviceState.UNPAIRED,
        "frozen": device.state is DeviceState.FROZEN,
    }


def certificate_facts(line: PhoneLine, now: float) -> list[dict[str, Any]]:
    return [_certificate(line.device, credential, now) for credential in line.credentials]


def _certificate(device: Device, credential: Credential, now: float) -> dict[str, Any]:
    serial = x509.load_der_x509_certificate(credential.certificate).serial_number
    if credential.state is not CredentialState.ACTIVE:
        words, tone = gettext("Ended"), "grey"
    elif credential.usable(now):
        words, tone = gettext("Active"), "jade"
    else:
        words, tone = gettext("Expired"), "amber"
    digits = f"{serial:X}"
    digits = digits.zfill(len(digits) + len(digits) % 2)
    return {
        "subject": _name(credential),
        "issuer": _name(credential, issuer=True),
        "valid_from": credential.not_before,
        "valid_until": credential.not_after,
        "key_words": algorithm_words(credential),
        "device_name": device.name,
        "serial_number": ":".join(digits[i : i + 2] for i in range(0, len(digits), 2)),
        "state_words": words,
        "state_tone": tone,
    }
