"""Opens what the standard security handler encrypts under an empty user password (ISO 32000-2, 7.6; revisions
2 to 6).

Why it is needed: a file with only an owner password can be read by everybody, and signed; but its strings and
object streams are encrypted, and the phone must read them to compare what the increment redefines. Nothing
here protects anything: the key comes from the file.

Rules: the empty password must prove itself against ``/U``; public-key handlers, other passwords and unknown
crypt filters are refused.
"""

import hashlib
import hmac
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from mobile_app.device.document_checks.syntax import Ref, Value, unfollowable

_PADDING: Final = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")
_IDENTITY, _RC4, _AESV2, _AESV3 = "Identity", "V2", "AESV2", "AESV3"


def _md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()


def _rc4(key: bytes, data: bytes) -> bytes:
    """RC4, here because the libraries are giving it up while old files keep it."""
    state = list(range(256))
    j = 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) & 0xFF
        state[i], state[j] = state[j], state[i]
    out = bytearray(len(data))
    i = j = 0
    for position, byte in enumerate(data):
        i = (i + 1) & 0xFF
        j = (j + state[i]) & 0xFF
        state[i], state[j] = state[j], state[i]
        out[position] = byte ^ state[(state[i] + state[j]) & 0xFF]
    return bytes(out)


def _aes_cbc(key: bytes, initial: bytes, data: bytes, *, decrypt: bool) -> bytes:
    cipher = Cipher(algorithms.AES(key), modes.CBC(initial))
    context = cipher.decryptor() if decrypt else cipher.encryptor()
    return context.update(data) + context.finalize()


def _aes_content(key: bytes, data: bytes) -> bytes:
    """Decrypt a string or stream: initialisation vector first, PKCS #7 padding last (7.6.3.1)."""
    if not data:
        return data
    if len(data) < 32 or len(data) % 16:
        unfollowable("encrypted_length")
    plain = _aes_cbc(key, data[:16], data[16:], decrypt=True)
    if not 1 <= plain[-1] <= 16:
        unfollowable("encrypted_padding")
    return plain[: -plain[-1]]


def _hash_2b(password: bytes, salt: bytes) -> bytes:
    """Algorithm 2.B (7.6.4.3.4) for a user password; it ends after at most 64 + 255 rounds by its own
    rule."""
    key = hashlib.sha256(password + salt).digest()
    done = 0
    while True:
        mixed = _aes_cbc(key[:16], key[16:32], (password + key) * 64, decrypt=False)
        key = (hashlib.sha256, hashlib.sha384, hashlib.sha512)[sum(mixed[:16]) % 3](mixed).digest()
        done += 1
        if done >= 64 and mixed[-1] <= done - 32:
            return key[:32]


class SecurityHandler:
    """The document's key under the empty user password."""

    def __init__(self, dictionary: dict[str, Value], first_id: bytes) -> None:
        if dictionary.get("Filter") != "Standard":
            unfollowable("encryption_handler")
        version, revision = dictionary.get("V"), dictionary.get("R")
        if version in (1, 2) and revision in (2, 3):
            self._strings = self._streams = _RC4
        elif (version == 4 and revision == 4) or (version == 5 and revision in (5, 6)):
            self._strings = _crypt_filter(dictionary, "StrF", version)
            self._streams = _crypt_filter(dictionary, "StmF", version)
        else:
            unfollowable("encryption_version")
        self._metadata = dictionary.get("EncryptMetadata", True) is not False
        self._key = (
            _new_key(dictionary, revision)
            if version == 5
            else _old_key(dictionary, revision, version, first_id)
        )

    def string(self, data: bytes, owner: Ref) -> bytes:
        """Decrypt a string that stands in the object ``owner`` (not in an object stream)."""
        return self._decrypt(self._strings, data, owner)

    def stream(self, data: bytes, owner: Ref) -> bytes:
        """Decrypt the data of the stream ``owner``."""
        return self._decrypt(self._streams, data, owner)

    def covers(self, dictionary: dict[str, Value]) -> bool:
        """Say whether the data of the stream with this dictionary is encrypted: that of cross-references is
        not, that of metadata as the file says (7.6.2). A crypt filter of the stream's own (7.4.10) may only
        say that it is not."""
        kind = dictionary.get("Type")
        if kind == "XRef" or (kind == "Metadata" and not self._metadata):
            return False
        filters, parameters = dictionary.get("Filter"), dictionary.get("DecodeParms")
        if filters != "Crypt" and not (isinstance(filters, list) and "Crypt" in filters):
            return True
        first = parameters[0] if isinstance(parameters, list) and parameters else parameters
        if isinstance(filters, list) and filters[0] != "Crypt":
            unfollowable("encryption_filter")
        if isinstance(first, dict) and first.get("Name", _IDENTITY) != _IDENTITY:
            unfollowable("encryption_filter")
        return False

    def value(self, value: Value, owner: Ref) -> Value:
        """Return ``value`` with its strings decrypted, but for the ``/Contents`` of a signature, which is never
        encrypted (7.6.2). The parser has bounded how deep this goes."""
        if type(value) is bytes:
            return self.string(value, owner)
        if type(value) is list:
            return [self.value(item, owner) for item in value]
        if type(value) is dict:
            plain = "Contents" if "ByteRange" in value else None
            return {
                key: item if key == plain else self.value(item, owner) for key, item in value.items()
            }
        return value

    def _decrypt(self, method: str, data: bytes, owner: Ref) -> bytes:
        if method == _IDENTITY:
            return data
        if method == _AESV3:
            return _aes_content(self._key, data)
        seed = self._key + owner.number.to_bytes(4, "little")[:3] + owner.generation.to_bytes(4, "little")[:2]
        length = min(len(self._key) + 5, 16)
        if method == _AESV2:
            return _aes_content(_md5(seed + b"sAlT")[:length], data)
        return _rc4(_md5(seed)[:length], data)


def _crypt_filter(dictionary: dict[str, Value], which: str, version: object) -> str:
    name = dictionary.get(which, _IDENTITY)
    if name == _IDENTITY:
        return _IDENTITY
    filters = dictionary.get("CF")
    chosen = filters.get(name) if isinstance(filters, dict) else None
    method = chosen.get("CFM", "None") if isinstance(chosen, dict) else None
    if method == _AESV3 and version == 5:
        return _AESV3
    if method not in (_RC4, _AESV2) or version != 4:
        unfollowable("encryption_filter")
    return _AESV2 if method == _AESV2 else _RC4


def _bytes_of(dictionary: dict[str, Value], key: str, length: int) -> bytes:
    value = dictionary.get(key)
    if not isinstance(value, bytes) or len(value) < length:
        unfollowable("encryption_dictionary")
    return value[:length]


def _old_key(dictionary: dict[str, Value], revision: object, version: object, first_id: bytes) -> bytes:
    """Algorithm 2 with the empty password, proved by algorithm 4 or 5 (7.6.4.3.2, 7.6.4.4.2 to 3)."""
    permissions, bits = dictionary.get("P"), dictionary.get("Length", 40 if version != 4 else 128)
    if type(permissions) is not int or type(bits) is not int or bits % 8 or not 40 <= bits <= 128:
        unfollowable("encryption_dictionary")
    length = 5 if version == 1 else 16 if version == 4 else bits // 8
    seed = (
        _PADDING
        + _bytes_of(dictionary, "O", 32)
        + (permissions & 0xFFFFFFFF).to_bytes(4, "little")
        + first_id
    )
    if revision == 4 and dictionary.get("EncryptMetadata", True) is False:
        seed += b"\xff\xff\xff\xff"
    key = _md5(seed)[:length]
    if revision == 2:
        expected, proof = _bytes_of(dictionary, "U", 32), _rc4(key, _PADDING)
    else:
        for _ in range(50):
            key = _md5(key)[:length]
        proof = _md5(_PADDING + first_id)
        for mask in range(20):
            proof = _rc4(bytes(byte ^ mask for byte in key), proof)
        expected = _bytes_of(dictionary, "U", 16)
    if not hmac.compare_digest(proof, expected):
        unfollowable("encryption_password")
    return key


def _new_key(dictionary: dict[str, Value], revision: object) -> bytes:
    """Algorithm 2.A with the empty user password (7.6.4.3.3)."""
    stored = _bytes_of(dictionary, "U", 48)
    hashed = _hash_2b if revision == 6 else lambda password, salt: hashlib.sha256(password + salt).digest()
    if not hmac.compare_digest(hashed(b"", stored[32:40]), stored[:32]):
        unfollowable("encryption_password")
    return _aes_cbc(hashed(b"", stored[40:48]), bytes(16), _bytes_of(dictionary, "UE", 32), decrypt=True)
