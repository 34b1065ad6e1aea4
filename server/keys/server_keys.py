"""Keys in files under ``<data>/keys``, mode 0600. Without them the database is of no use: a backup holds both.

``request_signing_<n>.pem``  Ed25519; the one with the highest number that the database knows as rotated-to signs
``recovery.pub``             Ed25519, raw; its private half is made once as ``recovery-KEEP-OFFLINE.pem`` for the operator to take away
``data.key``                 32 bytes; seals vault shares and PIN proof keys in the database (AES-256-GCM)
``session.key``              32 bytes; signs the portal's session cookies
``server_id``                the name phones know this server by
"""

import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from server.crash_points import crash_point
from server.errors import PhoneSealError
from server.ids import new_id
from server.keys.secret_files import sync_folder, write_secret
from server.statements import RequestSigner, Statement, b64


class KeysUnusable(PhoneSealError):
    """A key file is missing or damaged: restore it from the backup that belongs to the database."""

    code = "keys_unusable"


def private_pem(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def raw_public(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


class Sealer:
    """Encrypts small secrets for the database; ``context`` binds each to its row and field."""

    def __init__(self, key: bytes) -> None:
        self._aead = AESGCM(key)

    def seal(self, secret: bytes, context: str) -> bytes:
        nonce = secrets.token_bytes(12)
        return nonce + self._aead.encrypt(nonce, secret, context.encode())

    def open(self, sealed: bytes, context: str) -> bytes:
        return self._aead.decrypt(sealed[:12], sealed[12:], context.encode())


@dataclass(frozen=True)
class ServerKeys:
    folder: Path
    server_id: str
    recovery_public: bytes
    session_key: bytes
    sealer: Sealer

    def signer(self, counter: int) -> RequestSigner:
        """The request signer number ``counter`` (1 is the first)."""
        return RequestSigner(self.server_id, self._load(f"request_signing_{counter}.pem"), counter)

    def _load(self, name: str) -> Ed25519PrivateKey:
        try:
            key = load_pem_private_key((self.folder / name).read_bytes(), password=None)
        except (OSError, ValueError) as error:
            raise KeysUnusable(f"{self.folder / name} is missing or damaged") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise KeysUnusable(f"{self.folder / name} is no Ed25519 key")
        return key

    def rotate(self, counter: int, now: float, *, recovery_pem: bytes | None = None) -> Statement:
        """Makes key number ``counter`` + 1 and the statement that leads phones to it, signed by the present key, or by the recovery key
        when that one is given (after a theft). The caller stores the statement; until then the present key goes on signing."""
        signer = self.signer(counter) if recovery_pem is None else self._recovery_signer(recovery_pem, counter)
        new = Ed25519PrivateKey.generate()
        path = self.folder / f"request_signing_{counter + 1}.pem"
        if path.exists():  # made by a rotation that died before its commit: nobody has seen it
            path.unlink()
        write_secret(path, private_pem(new))
        fields = {
            "version": 1,
            "server_id": self.server_id,
            "counter": counter + 1,
            "request_signing_key": b64(raw_public(new)),
            "at": int(now * 1000),
        }
        return signer.sign("phoneseal.key_rotation.v1", fields)

    def _recovery_signer(self, pem: bytes, counter: int) -> RequestSigner:
        try:
            key = load_pem_private_key(pem, password=None)
        except (ValueError, TypeError) as error:
            raise KeysUnusable("that is no private key") from error
        if not isinstance(key, Ed25519PrivateKey) or raw_public(key) != self.recovery_public:
            raise KeysUnusable("that is not this server's recovery key")
        return RequestSigner(self.server_id, key, counter)


def open_keys(folder: Path, now: float) -> ServerKeys:
    """Reads the keys, making those of a new installation. A folder with some but not all of them is refused."""
    needed = ("request_signing_1.pem", "recovery.pub", "data.key", "session.key", "server_id")
    present = [name for name in needed if (folder / name).exists()]
    if not present:
        _make(folder, now)
    elif len(present) != len(needed):
        missing = ", ".join(sorted(set(needed) - set(present)))
        raise KeysUnusable(f"{folder} lacks {missing}: restore the backup that belongs to this database")
    return ServerKeys(
        folder,
        (folder / "server_id").read_text("ascii").strip(),
        (folder / "recovery.pub").read_bytes(),
        (folder / "session.key").read_bytes(),
        Sealer((folder / "data.key").read_bytes()),
    )


def _make(folder: Path, now: float) -> None:
    """All keys at once or none: a set-up that dies half way must not leave a folder that the next one has to refuse."""
    complete, folder = folder, folder.with_name(f".{folder.name}.{secrets.token_hex(4)}")
    folder.mkdir(parents=True, mode=0o700)
    recovery = Ed25519PrivateKey.generate()
    write_secret(folder / "recovery-KEEP-OFFLINE.pem", private_pem(recovery))
    write_secret(folder / "recovery.pub", raw_public(recovery))
    write_secret(folder / "data.key", secrets.token_bytes(32))
    write_secret(folder / "session.key", secrets.token_bytes(32))
    write_secret(folder / "server_id", new_id("srv", now).encode())
    write_secret(folder / "request_signing_1.pem", private_pem(Ed25519PrivateKey.generate()))
    crash_point("keys.before_rename")
    try:
        folder.replace(complete)
    except OSError as error:
        raise KeysUnusable(f"{complete} holds other files but no keys: empty it, or restore the backup") from error
    sync_folder(complete.parent)
    crash_point("keys.after_rename")
