"""Object streams of encrypted files, decrypted with the empty user password (ISO 32000-2, 7.6).

The key is derived by pyHanko, from the values that this package read itself; only the ciphers are its work.
"""

from collections.abc import Callable
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.crypt import AuthStatus, SecurityHandler

from server.errors import Unprocessable
from server.pdf.grammar.values import Name, String, string_bytes

Decrypt = Callable[[int, int, bytes], bytes]


def decryption(encrypt: dict[bytes, object], identity: object) -> Decrypt:
    """A function of object number, generation and data. Raises ``pdf_password``, ``pdf_broken``."""
    first = (
        string_bytes(identity[0])
        if isinstance(identity, list) and identity and isinstance(identity[0], String)
        else b""
    )
    try:  # a library on hostile values: whatever it raises means that there is no key
        handler = SecurityHandler.build(_generic(encrypt))
        status = handler.authenticate(b"", id1=first).status
        stream_filter = handler.get_stream_filter()
    except Exception as error:
        raise Unprocessable("the encryption can't be followed", code="pdf_password") from error
    if status == AuthStatus.FAILED:
        raise Unprocessable("needs a password", code="pdf_password")

    def decrypt(number: int, generation: int, data: bytes) -> bytes:
        try:
            return bytes(stream_filter.decrypt(stream_filter.derive_object_key(number, generation), data))
        except Exception as error:
            raise Unprocessable("a stream can't be decrypted", code="pdf_broken") from error

    return decrypt


def _generic(value: object) -> Any:
    """pyHanko's own values for ours."""
    if isinstance(value, dict):
        return generic.DictionaryObject(  # type: ignore[no-untyped-call]
            {generic.NameObject(_slashed(key)): _generic(one) for key, one in value.items()}
        )
    if isinstance(value, list):
        return generic.ArrayObject([_generic(one) for one in value])
    if isinstance(value, Name):
        return generic.NameObject(_slashed(value))
    if isinstance(value, String):
        return generic.ByteStringObject(string_bytes(value))
    if isinstance(value, bool):
        return generic.BooleanObject(value)  # type: ignore[no-untyped-call]
    if isinstance(value, int):
        return generic.NumberObject(value)  # type: ignore[no-untyped-call]
    if isinstance(value, float):
        return generic.FloatObject(str(value))  # type: ignore[no-untyped-call]
    return generic.NullObject()


def _slashed(name: bytes) -> str:
    return "/" + name.decode("latin-1")
