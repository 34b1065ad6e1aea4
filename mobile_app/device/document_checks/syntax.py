"""The phone's own reader of PDF values (ISO 32000-2, 7.2 and 7.3).

Rules:
* A value is read strictly or not at all: what two viewers could read in two ways raises
  ``CheckFailed("doc_structure_unfollowable")``.
* Duplicate keys in a dictionary, nesting deeper than ``MAX_DEPTH`` and unknown keywords are such cases.
* Nothing here recurses and every pattern is possessive, so time is linear in the bytes read, whatever they
  hold.

Values are plain Python: ``None``, ``bool``, ``int``, ``float``, ``bytes`` (a string), ``str`` (a name,
decoded as Latin-1, without its slash), ``list``, ``dict`` keyed by names, and ``Ref``.
"""

import mmap
import re
from typing import Final, NamedTuple, NoReturn

from mobile_app.errors import CheckFailed

Buffer = bytes | memoryview | mmap.mmap
# Recursive aliases of mypy are heavier than their use here: a value is narrowed by isinstance where it is
# read.
Value = object

MAX_DEPTH: Final = 64

WS: Final = rb"[\x00\t\n\x0c\r ]"
_REGULAR: Final = rb"[^\x00\t\n\x0c\r ()<>\[\]{}/%]"
_END: Final = rb"(?![^\x00\t\n\x0c\r ()<>\[\]{}/%])"
_COMMENT: Final = rb"%[^\r\n]*+"

_TOKEN = re.compile(
    rb"(?:" + WS + rb"++|" + _COMMENT + rb")*+(?:"
    rb"/(" + _REGULAR + rb"*+)"  # 1 name
    rb"|(\d{1,10})"
    + WS
    + rb"++(\d{1,5})"
    + WS
    + rb"++R"
    + _END  # 2, 3 reference
    + rb"|([+-]?\d{1,19}+"
    + _END
    + rb")"  # 4 integer
    rb"|(<<)"  # 5
    rb"|(>>)"  # 6
    rb"|\(([^()\\\r]*+)\)"  # 7 plain string
    rb"|(\[)"  # 8
    rb"|(\])"  # 9
    rb"|([+-]?(?:\d{1,19}+\.\d{0,40}+|\.\d{1,40}+)" + _END + rb")"  # 10 real
    rb"|<((?:[0-9A-Fa-f]++|" + WS + rb"++)*+)>"  # 11 hexadecimal string
    rb"|(\()"  # 12 string with escapes
    rb"|((?:true|false|null)" + _END + rb"))"  # 13
)
_NUMBER_ARRAY = re.compile(rb"((?:[+-]?\d{1,19}+(?:\.\d{0,40}+)?+(?=[\t\n\x0c\r \]])|[\t\n\x0c\r ]++)*+)\]")
_STRING_PIECE = re.compile(rb"[^()\\\r]++|\\(?:[0-7]{1,3}|\r\n?|[\s\S])|\r\n?|[()]")
_NAME_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_ESCAPES: Final = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_KEYWORDS: Final[dict[bytes, Value]] = {b"true": True, b"false": False, b"null": None}


class Ref(NamedTuple):
    """An indirect reference."""

    number: int
    generation: int


class Gap:
    """Stands for the value that the signature will fill."""


GAP: Final = Gap()


def unfollowable(what: str, **details: object) -> NoReturn:
    """Refuse a structure that viewers could follow in different ways. ``what`` is a stable word for the
    report."""
    raise CheckFailed("doc_structure_unfollowable", {"what": what, **details})


def name_of(raw: bytes) -> str:
    """Decode a name's ``#xx`` escapes (7.3.5); a ``#`` without two hexadecimal digits is refused, as
    readers differ on it."""
    if b"#" not in raw:
        return raw.decode("latin-1")
    decoded, count = _NAME_ESCAPE.subn(lambda found: bytes((int(found[1], 16),)), raw)
    if count != raw.count(b"#") or b"\0" in decoded:
        unfollowable("name")
    return decoded.decode("latin-1")


def _escaped_string(data: Buffer, position: int) -> tuple[bytes, int]:
    """Read a literal string from just behind its opening parenthesis (7.3.4.2)."""
    pieces: list[bytes] = []
    depth = 1
    while True:
        found = _STRING_PIECE.match(data, position)
        if found is None:
            unfollowable("string")
        piece = found[0]
        position = found.end()
        first = piece[0]
        if first == 0x28:
            depth += 1
        elif first == 0x29:
            depth -= 1
            if depth == 0:
                return b"".join(pieces), position
        elif first == 0x0D:
            piece = b"\n"
        elif first == 0x5C:
            rest = piece[1:]
            if rest[0] in b"01234567":
                piece = bytes((int(rest, 8) & 0xFF,))
            elif rest[0] in b"\r\n":
                piece = b""
            else:
                piece = _ESCAPES.get(rest, rest)
        pieces.append(piece)


def _hexadecimal_string(digits: bytes) -> bytes:
    digits = b"".join(digits.translate(None, b"\x00\x0c").split())
    return bytes.fromhex((digits + b"0" if len(digits) % 2 else digits).decode("ascii"))


def _dictionary(items: list[Value]) -> dict[str, Value]:
    result: dict[str, Value] = {}
    pairs = iter(items)
    for key in pairs:
        if type(key) is not str or key in result:
            unfollowable("dictionary_key")
        result[key] = next(pairs, result)
    if len(items) % 2:
        unfollowable("dictionary_value")
    return result


def read_value(
    data: Buffer, position: int, end: int, gap: tuple[int, int] | None = None
) -> tuple[Value, int]:
    """Read one direct value or reference at ``position``; return it and where it ends. Nothing at or behind
    ``end`` is looked at.

    With a ``gap`` (where it begins and ends) the hexadecimal string that fills it exactly is returned as
    ``GAP``.
    """
    items: list[Value] = []
    # Containers that are still open: the items around each, and whether it is a dictionary.
    stack: list[tuple[list[Value], bool]] = []
    match = _TOKEN.match
    while True:
        found = match(data, position, end)
        if found is None:
            unfollowable("token", offset=position)
        position = found.end()
        kind = found.lastindex
        if kind == 1:
            raw = found[1]
            items.append(raw.decode("latin-1") if b"#" not in raw else name_of(raw))
        elif kind == 3:
            items.append(Ref(int(found[2]), int(found[3])))
        elif kind == 4:
            items.append(int(found[4]))
        elif kind == 5:
            stack.append((items, True))
            items = []
            if len(stack) > MAX_DEPTH:
                unfollowable("depth")
            continue
        elif kind == 6 or kind == 9:
            if not stack or stack[-1][1] is not (kind == 6):
                unfollowable("brackets", offset=position)
            value: Value = _dictionary(items) if kind == 6 else items
            items = stack.pop()[0]
            items.append(value)
        elif kind == 7:
            items.append(found[7])
        elif kind == 8:
            numbers = _NUMBER_ARRAY.match(data, position, end)
            if numbers is None:
                stack.append((items, False))
                items = []
                if len(stack) > MAX_DEPTH:
                    unfollowable("depth")
                continue
            position = numbers.end()
            items.append([float(number) if b"." in number else int(number) for number in numbers[1].split()])
        elif kind == 10:
            items.append(float(found[10]))
        elif kind == 11:
            if gap is not None and (found.start(11) - 1, position) == gap:
                items.append(GAP)
            else:
                items.append(_hexadecimal_string(found[11]))
        elif kind == 12:
            text, position = _escaped_string(data, position)
            items.append(text)
        else:
            items.append(_KEYWORDS[found[13]])
        if not stack:
            return items[0], position
