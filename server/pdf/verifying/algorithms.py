"""Digest and signature algorithms by their object identifiers: their names, and the check of one signature value.

The registry is a positive list (RFC 3279, 4055, 5754, 8017, 8419, 8692; FIPS 202 with NIST's identifiers for SHA-3; BSI TR-03111 plain
ECDSA): what is not in it can't be checked, which is said and is neither valid nor broken.
"""

from dataclasses import dataclass
from typing import Any

from asn1crypto import algos
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

_NIST_HASH, _NIST_SIGNATURE = "2.16.840.1.101.3.4.2.", "2.16.840.1.101.3.4.3."
_RSA, _ECDSA, _PLAIN = "1.2.840.113549.1.1.", "1.2.840.10045.4.", "0.4.0.127.0.7.1.1.4.1."
_SHA_2_3 = ("SHA-256", "SHA-384", "SHA-512", "SHA-224", "SHA-512/224", "SHA-512/256", "SHA3-224", "SHA3-256", "SHA3-384", "SHA3-512")

DIGESTS: dict[str, str] = {
    "1.2.840.113549.2.2": "MD2",
    "1.2.840.113549.2.5": "MD5",
    "1.3.14.3.2.26": "SHA-1",
    "1.3.36.3.2.1": "RIPEMD-160",
    **{f"{_NIST_HASH}{number}": name for number, name in enumerate(_SHA_2_3, start=1)},
    f"{_NIST_HASH}12": "SHAKE256",
    f"{_NIST_HASH}18": "SHAKE256",
}
_SIGNATURES: dict[str, tuple[str, str]] = {  # scheme, digest ("" where the digest algorithm says it)
    f"{_RSA}1": ("RSA", ""),
    **{f"{_RSA}{n}": ("RSA", d) for n, d in ((2, "MD2"), (4, "MD5"), (5, "SHA-1"), (14, "SHA-224"))},
    **{f"{_RSA}{n}": ("RSA", d) for n, d in ((11, "SHA-256"), (12, "SHA-384"), (13, "SHA-512"))},
    "1.3.14.3.2.29": ("RSA", "SHA-1"),
    f"{_RSA}10": ("RSA-PSS", ""),
    **{f"{_NIST_SIGNATURE}{n}": ("RSA", f"SHA3-{d}") for n, d in ((13, 224), (14, 256), (15, 384), (16, 512))},
    "1.2.840.10045.2.1": ("ECDSA", ""),
    f"{_ECDSA}1": ("ECDSA", "SHA-1"),
    **{f"{_ECDSA}3.{n}": ("ECDSA", f"SHA-{d}") for n, d in ((1, 224), (2, 256), (3, 384), (4, 512))},
    **{f"{_NIST_SIGNATURE}{n}": ("ECDSA", f"SHA3-{d}") for n, d in ((9, 224), (10, 256), (11, 384), (12, 512))},
    f"{_PLAIN}1": ("plain ECDSA", "SHA-1"),
    **{f"{_PLAIN}{n}": ("plain ECDSA", f"SHA-{d}") for n, d in ((2, 224), (3, 256), (4, 384), (5, 512))},
    "1.2.840.10040.4.1": ("DSA", ""),
    "1.2.840.10040.4.3": ("DSA", "SHA-1"),
    **{f"{_NIST_SIGNATURE}{n}": ("DSA", f"SHA-{d}") for n, d in ((1, 224), (2, 256))},
    "1.3.101.112": ("Ed25519", ""),
    "1.3.101.113": ("Ed448", ""),
}
_HASHES: dict[str, hashes.HashAlgorithm] = {
    "MD5": hashes.MD5(),  # noqa: S303 - old signatures are read, and said to be weak
    "SHA-1": hashes.SHA1(),  # noqa: S303 - as above
    **{f"SHA-{n}": h for n, h in ((224, hashes.SHA224()), (256, hashes.SHA256()), (384, hashes.SHA384()), (512, hashes.SHA512()))},
    "SHA-512/224": hashes.SHA512_224(),
    "SHA-512/256": hashes.SHA512_256(),
    "SHA3-224": hashes.SHA3_224(),
    "SHA3-256": hashes.SHA3_256(),
    "SHA3-384": hashes.SHA3_384(),
    "SHA3-512": hashes.SHA3_512(),
    "SHAKE256": hashes.SHAKE256(64),
}
EDWARDS_DIGESTS = {"Ed25519": "SHA-512", "Ed448": "SHAKE256"}
"""The only digest that may stand beside signed attributes (RFC 8419, 3.1)."""
BROKEN_DIGESTS = {"MD2", "MD5"}
WEAK_DIGESTS = {"SHA-1", "RIPEMD-160"}


class AlgorithmUnsupported(Exception):
    """This program can't compute it: nothing is said about the signature."""


def digest_name(identifier: Any) -> str:
    """The name of an ``AlgorithmIdentifier`` for a digest; some makers put the signature's identifier there. Empty when unknown."""
    dotted = identifier["algorithm"].dotted
    return DIGESTS.get(dotted) or _SIGNATURES.get(dotted, ("", ""))[1]


def digest_of(name: str, *parts: bytes | memoryview) -> bytes:
    """Raises ``AlgorithmUnsupported``."""
    algorithm = _HASHES.get(name)
    if algorithm is None:
        raise AlgorithmUnsupported(name)
    try:
        hasher = hashes.Hash(algorithm)
    except UnsupportedAlgorithm as error:
        raise AlgorithmUnsupported(name) from error
    for part in parts:
        hasher.update(part)
    return hasher.finalize()


@dataclass(frozen=True)
class SignatureScheme:
    """How a signature value was made. ``digest`` is empty for schemes that hash by themselves."""

    scheme: str
    digest: str
    salt_length: int = 0
    mask_digest: str = ""


def scheme_of(identifier: algos.SignedDigestAlgorithm, digest: str) -> SignatureScheme:
    """``digest`` is the SignerInfo's digest algorithm by name. Raises ``AlgorithmUnsupported``."""
    dotted = identifier["algorithm"].dotted
    if dotted not in _SIGNATURES:
        raise AlgorithmUnsupported(dotted)
    scheme, fixed = _SIGNATURES[dotted]
    if scheme == "RSA-PSS":
        given = identifier["parameters"]
        parameters = given if isinstance(given, algos.RSASSAPSSParams) else algos.RSASSAPSSParams()
        mask = parameters["mask_gen_algorithm"]["parameters"]
        names = (digest_name(parameters["hash_algorithm"]), digest_name(mask))
        return SignatureScheme(scheme, names[0], int(parameters["salt_length"].native), names[1])
    return SignatureScheme(scheme, "" if scheme.startswith("Ed") else fixed or digest)


def describe(scheme: SignatureScheme, document_digest: str, key_bits: int) -> str:
    """As the report names it: ``RSA 2048, SHA3-256``; the document's digest apart where it is another."""
    size = f" {key_bits}" if key_bits and not scheme.scheme.startswith("Ed") else ""
    name = f"{scheme.scheme}{size}, {scheme.digest or document_digest}"
    return name if scheme.digest in ("", document_digest) else f"{name} (document: {document_digest})"


def value_holds(public_key_der: bytes, scheme: SignatureScheme, message: bytes, value: bytes) -> bool:
    """Is ``value`` the key's signature over ``message``? Raises ``AlgorithmUnsupported``."""
    try:
        key = serialization.load_der_public_key(public_key_der)
        _verify(key, scheme, message, value)
    except InvalidSignature:
        return False
    except (UnsupportedAlgorithm, ValueError, TypeError) as error:
        raise AlgorithmUnsupported(scheme.scheme) from error
    return True


def _verify(key: Any, scheme: SignatureScheme, message: bytes, value: bytes) -> None:
    digest = _HASHES.get(scheme.digest)
    if isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey) and scheme.scheme.startswith("Ed"):
        key.verify(value, message)
    elif digest is None:
        raise AlgorithmUnsupported(scheme.digest)
    elif isinstance(key, rsa.RSAPublicKey) and scheme.scheme == "RSA":
        key.verify(value, message, padding.PKCS1v15(), digest)
    elif isinstance(key, rsa.RSAPublicKey) and scheme.scheme == "RSA-PSS":
        mask = _HASHES.get(scheme.mask_digest)
        if mask is None:
            raise AlgorithmUnsupported(scheme.mask_digest)
        key.verify(value, message, padding.PSS(padding.MGF1(mask), scheme.salt_length), digest)
    elif isinstance(key, ec.EllipticCurvePublicKey) and scheme.scheme in ("ECDSA", "plain ECDSA"):
        if scheme.scheme != "ECDSA":
            half = len(value) // 2
            value = encode_dss_signature(int.from_bytes(value[:half], "big"), int.from_bytes(value[half:], "big"))
        key.verify(value, message, ec.ECDSA(digest))
    elif isinstance(key, dsa.DSAPublicKey) and scheme.scheme == "DSA":
        key.verify(value, message, digest)
    else:
        raise InvalidSignature  # a key of another kind than the signature names
