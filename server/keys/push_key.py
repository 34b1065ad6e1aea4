"""The key by which push services know this server (RFC 8292): ``push.pem`` beside the others, P-256, made by ``set_up`` when it is missing.

It guards nothing but the right to wake phones: another one in its place has every phone register anew.
"""

import contextlib
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from server.keys.secret_files import write_secret
from server.keys.server_keys import KeysUnusable

NAME = "push.pem"


def make_push_key(folder: Path) -> None:
    """Leaves one that is there as it is."""
    path = folder / NAME
    if not path.exists():
        key = ec.generate_private_key(ec.SECP256R1())
        with contextlib.suppress(FileExistsError):  # somebody was quicker
            write_secret(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def load_push_key(folder: Path) -> ec.EllipticCurvePrivateKey:
    path = folder / NAME
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise KeysUnusable(
            f"{path} is missing or damaged: delete it and start again, then a new one is made and phones register anew"
        ) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise KeysUnusable(
            f"{path} is no P-256 key: delete it and start again, then a new one is made and phones register anew"
        )
    return key
