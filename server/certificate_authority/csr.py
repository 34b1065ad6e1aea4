"""A certificate signing request as a proof of possession, and nothing more (RFC 2986).

Names and extensions in a CSR are the asker's wishes: none is taken over (a CSR once smuggled key usages and a second CN into a real CA).
"""

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from server.errors import VerificationFailed

MAX_RSA_BITS = 4096


def read_csr(csr_der: bytes) -> RSAPublicKey | EllipticCurvePublicKey:
    """The public key, once the CSR's own signature verifies. Raises ``VerificationFailed(csr_invalid)``."""
    try:
        csr = x509.load_der_x509_csr(csr_der)
        if not csr.is_signature_valid:
            raise VerificationFailed("the CSR's signature does not verify", code="csr_invalid")
        key = csr.public_key()
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm) as error:
        raise VerificationFailed("not a CSR", code="csr_invalid") from error
    if isinstance(key, RSAPublicKey) and key.key_size <= MAX_RSA_BITS:
        return key
    if isinstance(key, EllipticCurvePublicKey):
        return key
    raise VerificationFailed("this type or size of key is not allowed", code="key_not_allowed")
