"""The four signature algorithms of the protocol (§4.3): making keys, and signing with them."""

from collections.abc import Callable

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from mobile_app.device.key_vault import KeyChoice
from mobile_app.errors import VaultError

SigningKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

_SHA256 = hashes.SHA256()
_PSS = padding.PSS(padding.MGF1(_SHA256), 32)
_CURVES: dict[str, tuple[type[ec.EllipticCurve], hashes.HashAlgorithm]] = {
    "ecdsa_p256_sha256": (ec.SECP256R1, _SHA256),
    "ecdsa_p384_sha384": (ec.SECP384R1, hashes.SHA384()),
}
_PADDINGS: dict[str, padding.AsymmetricPadding] = {
    "rsa_pkcs1_sha256": padding.PKCS1v15(),
    "rsa_pss_sha256": _PSS,
}


def make_signing_key(choice: KeyChoice) -> SigningKey:
    """Raises VaultError("algorithm_unsupported")."""
    if choice.signature_algorithm in _CURVES:
        return ec.generate_private_key(_CURVES[choice.signature_algorithm][0]())
    if choice.signature_algorithm in _PADDINGS and choice.rsa_bits in (2048, 3072):
        return rsa.generate_private_key(65537, choice.rsa_bits)
    raise VaultError("algorithm_unsupported", {"signature_algorithm": choice.signature_algorithm})


def signer(key: object, algorithm: str) -> Callable[[bytes], bytes]:
    """How ``key`` signs a message under ``algorithm``; raises VaultError("algorithm_unsupported") if they do
    not fit."""
    if isinstance(key, rsa.RSAPrivateKey) and algorithm in _PADDINGS and 2048 <= key.key_size <= 4096:
        chosen = _PADDINGS[algorithm]
        return lambda message: key.sign(message, chosen, _SHA256)
    if isinstance(key, ec.EllipticCurvePrivateKey) and algorithm in _CURVES:
        curve, digest = _CURVES[algorithm]
        if isinstance(key.curve, curve):
            scheme = ec.ECDSA(digest)
            return lambda message: key.sign(message, scheme)
    raise VaultError("algorithm_unsupported", {"signature_algorithm": algorithm})


def digest_for_csr(algorithm: str) -> hashes.SHA256 | hashes.SHA384:
    return hashes.SHA384() if algorithm == "ecdsa_p384_sha384" else hashes.SHA256()


def csr_padding(algorithm: str) -> padding.PSS | None:
    """The padding a self-signed request needs; None leaves the default (PKCS#1 v1.5, or none for ECDSA)."""
    return _PSS if algorithm == "rsa_pss_sha256" else None
