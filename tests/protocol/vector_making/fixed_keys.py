"""The test keys and certificates. They are made once by openssl and kept in ``vectors/keys/``; they protect nothing.

``make_missing`` makes those that are not there; deleting one gives a new one, and every vector that it touched changes with it.
"""

import tempfile
from pathlib import Path

from vector_making.encodings import b64u, sha256_hex
from vector_making.third_tools import openssl

ED25519 = ["server_1", "server_2", "server_3", "server_other", "recovery"]
P256 = ["device", "approval", "other_device", "other_approval", "signing_p256", "ca", "push", "wake_up_phone", "wake_up_sender"]
P384 = ["signing_p384"]
RSA = ["signing_rsa"]
SIGNING = ["signing_rsa", "signing_p256", "signing_p384"]
SUBJECT = "/C=VN/O=Công ty Cổ phần Ánh Dương/CN=Nguyễn Thị Lấp Lánh Ánh"

_ISSUED_WITH = """[leaf]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature, nonRepudiation
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""


def make_missing(folder: Path) -> None:
    """Make every key, certificate and certificate request that the folder does not hold yet."""
    folder.mkdir(parents=True, exist_ok=True)
    for names, options in (
        (ED25519, ["-algorithm", "ED25519"]),
        (P256, ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-pkeyopt", "ec_param_enc:named_curve"]),
        (P384, ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384", "-pkeyopt", "ec_param_enc:named_curve"]),
        (RSA, ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]),
    ):
        for name in names:
            if not (folder / f"{name}.pem").exists():
                openssl("genpkey", *options, "-out", str(folder / f"{name}.pem"))
    ca, ca_key = folder / "ca_certificate.pem", folder / "ca.pem"
    if not ca.exists():
        openssl("req", "-x509", "-new", "-key", str(ca_key), "-sha256", "-days", "36500", "-utf8", "-set_serial", "1",
                "-subj", "/C=VN/O=PhoneSeal test vectors/CN=Test CA", "-out", str(ca))  # fmt: skip
    for serial, name in enumerate(SIGNING, start=100):
        request, certificate = folder / f"{name}_request.pem", folder / f"{name}_certificate.pem"
        if not request.exists():
            openssl("req", "-new", "-key", str(folder / f"{name}.pem"), "-sha256", "-utf8", "-subj", SUBJECT, "-out", str(request))
        if not certificate.exists():
            with tempfile.NamedTemporaryFile("w", suffix=".cnf") as extensions:
                extensions.write(_ISSUED_WITH)
                extensions.flush()
                issuer = ["-CA", str(ca), "-CAkey", str(ca_key), "-set_serial", str(serial)]
                form = ["-sha256", "-days", "36500", "-extfile", extensions.name, "-extensions", "leaf"]
                openssl("x509", "-req", "-in", str(request), *issuer, *form, "-out", str(certificate))


def spki(folder: Path, name: str) -> bytes:
    """DER SubjectPublicKeyInfo of the named key."""
    return openssl("pkey", "-in", str(folder / f"{name}.pem"), "-pubout", "-outform", "DER")


def raw_ed25519(folder: Path, name: str) -> bytes:
    """The 32 raw bytes of a server key (RFC 8410: the end of its SubjectPublicKeyInfo)."""
    return spki(folder, name)[-32:]


def certificate_der(folder: Path, name: str) -> bytes:
    """DER of ``<name>_certificate.pem``."""
    return openssl("x509", "-in", str(folder / f"{name}_certificate.pem"), "-outform", "DER")


def request_der(folder: Path, name: str) -> bytes:
    """DER of ``<name>_request.pem`` (PKCS#10)."""
    return openssl("req", "-in", str(folder / f"{name}_request.pem"), "-outform", "DER")


def server_key_id(folder: Path, name: str) -> str:
    """First 16 hex digits of SHA-256 over the raw key."""
    return sha256_hex(raw_ed25519(folder, name))[:16]


def keys_vector(folder: Path) -> dict[str, object]:
    """``keys.json``: public halves, key ids, fingerprints, certificates; the private halves lie beside it as PEM."""
    entries: list[dict[str, object]] = []
    for name in ED25519:
        raw = raw_ed25519(folder, name)
        entries.append(
            {
                "name": name,
                "algorithm": "ed25519",
                "private_key_file": f"keys/{name}.pem",
                "public_key": b64u(raw),
                "fingerprint": sha256_hex(raw),
                "key_id": sha256_hex(raw)[:16],
            }
        )
    for name in [*P256, *P384, *RSA]:
        entries.append(
            {
                "name": name,
                "algorithm": "rsa_2048" if name in RSA else "p384" if name in P384 else "p256",
                "private_key_file": f"keys/{name}.pem",
                "subject_public_key_info": b64u(spki(folder, name)),
            }
        )
    certificates = [
        {"name": name, "certificate": b64u(certificate_der(folder, name)), "certificate_sha256": sha256_hex(certificate_der(folder, name))}
        for name in [*SIGNING, "ca"]
    ]
    return {"about": "Test keys; they protect nothing.", "keys": entries, "certificates": certificates}
