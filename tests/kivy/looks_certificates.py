"""The screens of certificates as ``looks_content`` brings up the others: each state of the one in use, those used before, names at their
longest and names made to mislead."""

import functools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from mobile_app.device.certificates import CertificateEnd, PhoneCertificate
from mobile_app.ui.flow import Flow
from tests.kivy.looks_hostile import HOSTILE

DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
PERSON = "Nguyễn Phúc Bảo Quỳnh Thiên Hương Nguyệt Ánh"
ISSUERS = ("Cơ quan chứng thực chữ ký số nội bộ PhoneSeal", "Cơ quan chứng thực gốc PhoneSeal")
_KEY = ec.generate_private_key(ec.SECP256R1())


def _cut(name: str) -> str:
    """To what a certificate takes."""
    return name.encode()[:64].decode(errors="ignore")


@functools.cache
def certificate(subject: str = PERSON, issuer: str = ISSUERS[0], begun: int = 10, left: int = 720) -> bytes:
    """Days ago and days to come. DER."""
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, _cut(name))]) for name in (subject, issuer)]
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(
        *names[::-1], _KEY.public_key(), 0x3F2A9C0D417E55B801CC6E9A27D4F0B1829C11E7, now - timedelta(days=begun), now + timedelta(days=left)
    )
    return made.sign(_KEY, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


CHAIN = (certificate(ISSUERS[0], ISSUERS[1], 900, 2_700), certificate(ISSUERS[1], ISSUERS[1], 900, 5_400))


def kept(der: bytes, now: int, end: CertificateEnd | None = None, chain: tuple[bytes, ...] = CHAIN) -> PhoneCertificate:
    return PhoneCertificate(
        der, chain, DIGEST, PERSON, "Cổng ký số Nguyễn Trường Thịnh Phước", "ecdsa_p256_sha256", "file",
        now - 40_000_000_000, now - 20_000_000_000 if end else None, end,
    )  # fmt: skip


IN_USE: dict[str, tuple[int, int]] = {"active": (10, 720), "soon": (700, 12), "expired": (740, -3), "not_yet": (-2, 720)}


def _showing(flow: Flow, found: list[PhoneCertificate], open_first: bool = False) -> str:
    device: Any = flow.device
    device.kept_certificates = found
    if not open_first:
        return "certificates"
    flow.certificate = found[0]
    return "certificate"


def _in_use(name: str, *, one: bool) -> Callable[[Flow, int], str]:
    begun, left = IN_USE[name]
    return lambda flow, now: _showing(flow, [kept(certificate(begun=begun, left=left), now)], one)


def _ended(end: CertificateEnd) -> Callable[[Flow, int], str]:
    return lambda flow, now: _showing(flow, [kept(certificate(), now, end, ())], open_first=True)


def _saved(flow: Flow, now: int) -> str:
    flow.go(_in_use("soon", one=True)(flow, now))
    stage: Any = flow._stage
    stage.page.ids.saved.text = flow.t("file.saved", path="/storage/emulated/0/Download/PhoneSeal/phoneseal-certificate-9f86d081-12.pem")
    return ""


def _many(flow: Flow, now: int) -> str:
    before = [kept(certificate(begun=900, left=-200), now, end) for end in CertificateEnd]
    return _showing(flow, [kept(certificate(), now), *before])


def _hostile(name: str | None) -> Callable[[Flow, int], str]:
    def prepare(flow: Flow, now: int) -> str:
        names = [f"1{one}" for one in ([name] if name else HOSTILE)]
        chain = (certificate(f"1{HOSTILE[1]}", HOSTILE[3]), certificate(HOSTILE[3], HOSTILE[3]))
        return _showing(flow, [kept(certificate(one, one), now, None, chain) for one in names], name is not None)

    return prepare


CERTIFICATE_STATES: dict[str, Callable[[Flow, int], str]] = {
    "certificates": _many,
    "certificates_none": lambda flow, now: _showing(flow, []),
    **{f"certificates_{name}": _in_use(name, one=False) for name in ("soon", "expired", "not_yet")},
    **{f"certificate_{name}": _in_use(name, one=True) for name in IN_USE},
    **{f"certificate_{end}": _ended(end) for end in (CertificateEnd.UNLINKED, CertificateEnd.UNLINKED_ELSEWHERE)},
    "certificate_saved": _saved,
    "hostile_certificates": _hostile(None),
    "hostile_certificate": _hostile(HOSTILE[0]),
}
