"""PIN and share (docs/protocol.md section 5): scrypt, HKDF and HMAC by openssl, confirmed by node; AES-256-GCM by node."""

from vector_making.cast import DEVICE_ID
from vector_making.encodings import b64u, pae, pae_digest, seeded
from vector_making.third_tools import NODE_KEY_DERIVATION, node, openssl
from vector_making.world import Json


def _kdf(length: int, name: str, *options: str) -> bytes:
    return openssl("kdf", "-binary", "-keylen", str(length), *(x for option in options for x in ("-kdfopt", option)), name)


def _one_pin(pin: str, label: str) -> Json:
    salt, share, nonce = seeded(f"salt {label}", 16), seeded(f"share {label}"), seeded(f"pin nonce {label}")
    gcm_nonce, plaintext = seeded(f"gcm {label}", 12), f"khoá bí mật {label}".encode() + seeded(f"secret {label}", 100)
    stretched = _kdf(64, "SCRYPT", f"pass:{pin}", f"hexsalt:{salt.hex()}", "n:16384", "r:8", "p:1")
    wrap_part, proof_part = stretched[:32], stretched[32:]
    proof_key = pae_digest("phoneseal.pin_proof_key.v1", proof_part)
    ikm, info = wrap_part + share, b"phoneseal.vault.v1" + salt
    wrapping = _kdf(32, "HKDF", "digest:SHA256", f"hexkey:{ikm.hex()}", f"hexinfo:{info.hex()}", f"hexsalt:{bytes(32).hex()}")
    message = pae("phoneseal.pin_proof.v1", nonce + DEVICE_ID.encode())
    proof = openssl("mac", "-binary", "-digest", "SHA256", "-macopt", f"hexkey:{proof_key.hex()}", "HMAC", stdin=message)
    by_node = node(
        NODE_KEY_DERIVATION,
        {
            "pin": pin.encode().hex(),
            "salt": salt.hex(),
            "ikm": ikm.hex(),
            "info": info.hex(),
            "gcm_nonce": gcm_nonce.hex(),
            "plaintext": plaintext.hex(),
            "proof_key": proof_key.hex(),
            "proof_message": message.hex(),
        },
    )
    if (by_node["stretched"], by_node["wrapping"], by_node["proof"]) != (stretched.hex(), wrapping.hex(), proof.hex()):
        raise RuntimeError("openssl and node derive different keys")
    return {
        "pin": pin,
        "device_id": DEVICE_ID,
        "salt_hex": salt.hex(),
        "wrap_part_hex": wrap_part.hex(),
        "proof_part_hex": proof_part.hex(),
        "pin_proof_key": b64u(proof_key),
        "vault_share": b64u(share),
        "wrapping_key_hex": wrapping.hex(),
        "gcm_nonce_hex": gcm_nonce.hex(),
        "plaintext_hex": plaintext.hex(),
        "ciphertext_and_tag_hex": by_node["wrapped"],
        "nonce": b64u(nonce),
        "proof_message_hex": message.hex(),
        "proof": b64u(proof),
    }


def pin_vector() -> Json:
    """Two PINs, one with leading zeros; GCM without associated data."""
    return {
        "about": "PIN, share, wrapping key and proof (section 5). AES-256-GCM here has no associated data.",
        "cases": [_one_pin("246813", "first"), _one_pin("000719", "leading zeros")],
    }
