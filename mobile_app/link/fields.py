"""Reading single fields of what the server sends: each reader takes one JSON value and gives it checked, or
raises.

Rules (protocol §1, §1.1):
* Every field present, unknown ones refused. ``true`` is no number, ``1.0`` is no integer, numbers end at
  2⁵³−1.
* Base64url has no padding, no other alphabet and no bits left over in its last character.
* Text is NFC and holds no control, no bidirectional formatting and no surrogate; lengths count code points.
* JSON text holds no name twice at any depth, and nothing but white space around the one object.
"""

import base64
import binascii
import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Final, NoReturn, TypeVar

from mobile_app.errors import LinkError

T = TypeVar("T")

MAX_NUMBER: Final = 2**53 - 1
FORBIDDEN_TEXT: Final = re.compile(
    "[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_IDENTIFIER: Final = re.compile(r"([a-z]{2,3})_[0-7][0-9a-hjkmnp-tv-z]{25}")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_KEY_ID: Final = re.compile(r"[0-9a-f]{16}")
_BASE64URL: Final = re.compile(r"[A-Za-z0-9_-]*")
_CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
_TOKEN: Final = re.compile(r"[A-Za-z0-9._~-]{20,512}")


class Malformed(LinkError):
    """A message that the protocol does not allow. ``details``: ``field`` and ``what`` is wrong with it."""

    code = "message_malformed"


def malformed(field: str, what: str) -> NoReturn:
    raise Malformed(details={"field": field, "what": what})


def names(listed: str) -> frozenset[str]:
    """The names of a record, from one line."""
    return frozenset(listed.split())


def record(value: object, expected: frozenset[str], field: str = "") -> Mapping[str, object]:
    """An object with exactly these names."""
    if type(value) is not dict:
        malformed(field, "not_an_object")
    if value.keys() != expected:
        odd = sorted(str(name) for name in value.keys() ^ expected)[0]
        malformed(f"{field}.{odd}"[:100], "unknown_field" if odd in value else "missing_field")
    return value


def integer(value: object, field: str, low: int = 0, high: int = MAX_NUMBER) -> int:
    if type(value) is not int:
        malformed(field, "not_an_integer")
    if not low <= value <= high:
        malformed(field, "out_of_range")
    return value


def text(value: object, field: str, low: int, high: int) -> str:
    """Text for people: see the module's rules."""
    if type(value) is not str:
        malformed(field, "not_text")
    if not low <= len(value) <= high:
        malformed(field, "length")
    if FORBIDDEN_TEXT.search(value):
        malformed(field, "forbidden_character")
    if not unicodedata.is_normalized("NFC", value):
        malformed(field, "not_nfc")
    return value


def _matching(pattern: re.Pattern[str], what: str) -> Callable[[object, str], str]:
    def read(value: object, field: str) -> str:
        if type(value) is not str or pattern.fullmatch(value) is None:
            malformed(field, what)
        return value

    return read


digest = _matching(_DIGEST, "not_a_digest")
server_key_id = _matching(_KEY_ID, "not_a_key_id")
code = _matching(_CODE, "not_a_code")
access_token = _matching(_TOKEN, "not_a_token")
verification_code = _matching(re.compile(r"[0-9]{4}"), "not_four_digits")
six_digits = _matching(re.compile(r"[0-9]{6}"), "not_six_digits")


def identifier(value: object, field: str, kind: str) -> str:
    """An identifier of ``kind`` (``sr``, ``dev`` …)."""
    if type(value) is not str:
        malformed(field, "not_an_identifier")
    found = _IDENTIFIER.fullmatch(value)
    if found is None or found[1] != kind:
        malformed(field, "not_an_identifier")
    return value


def encode_bytes(value: bytes) -> str:
    """Base64url without padding (RFC 4648 §5)."""
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode("ascii")


def octets(value: object, field: str, low: int, high: int) -> bytes:
    """Base64url of ``low`` to ``high`` bytes."""
    if type(value) is not str or _BASE64URL.fullmatch(value) is None:
        malformed(field, "not_base64url")
    if len(value) > (high * 4 + 2) // 3:
        malformed(field, "length")
    try:
        decoded = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
    except binascii.Error:
        malformed(field, "not_base64url")
    if not low <= len(decoded) <= high:
        malformed(field, "length")
    if encode_bytes(decoded) != value:
        malformed(field, "bits_left_over")
    return decoded


def octets32(value: object, field: str) -> bytes:
    return octets(value, field, 32, 32)


def one_of(value: object, field: str, allowed: frozenset[str]) -> str:
    if type(value) is not str or value not in allowed:
        malformed(field, "unknown_value")
    return value


def listing(value: object, field: str, low: int, high: int) -> list[object]:
    if type(value) is not list:
        malformed(field, "not_a_list")
    if not low <= len(value) <= high:
        malformed(field, "length")
    return value


def nullable(value: object, read: Callable[[object], T]) -> T | None:
    return None if value is None else read(value)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        malformed("", "duplicate_name")
    return found


def _no_fraction(_text: str) -> NoReturn:
    malformed("", "not_an_integer")


def _short_integer(digits: str) -> int:
    if len(digits) > 17:
        malformed("", "out_of_range")
    return int(digits)


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_once, parse_float=_no_fraction, parse_constant=_no_fraction, parse_int=_short_integer
)


def parse_json(source: str) -> object:
    """JSON text of one object, strictly. Raises Malformed, also for what is nested too deep."""
    try:
        value = _DECODER.decode(source)
    except (json.JSONDecodeError, RecursionError):
        malformed("", "not_json")
    if type(value) is not dict:
        malformed("", "not_an_object")
    return value


def write_json(value: Mapping[str, object]) -> str:
    """The phone's own form of JSON: shortest, UTF-8 as it is."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
