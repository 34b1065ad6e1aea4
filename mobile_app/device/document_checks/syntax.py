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

from mobile_app.device.document_checks.repeated_values import RepeatedValues
from mobile_app.errors import CheckFailed

Buffer = bytes | memoryview | mmap.mmap
# Recursive aliases of mypy are heavier than their use here: a value is narrowed by isinstance where it is
# read.
Value = object

MAX_DEPTH: Final = 64

WS: Final = rb"[\x00\t\n\x0c\r ]"
# Behind a number or keyword: no further regular character (7.2.3).
END: Final = rb"(?![^\x00\t\n\x0c\r ()<>\[\]{}/%])"
_NAME: Final = rb"[^\x00\t\n\x0c\r ()<>\[\]{}/%]*+"
_SPACE: Final = rb"[\x00\t\n\x0c\r ]*+(?:%[^\r\n]*+[\x00\t\n\x0c\r ]*+)*+"

# Groups: 1 key (in a dictionary), 2 name, 3 and 4 reference, 5 integer, 6 dictionary, 7 plain string, 8
# array,
# 9 real, 10 hexadecimal string, 11 string with escapes, 12 keyword, 13 the container's end.
_VALUE: Final = (
    rb"(?:/(%(name)b)"
    rb"|(\d{1,10})%(ws)b++(\d{1,5})%(ws)b++R%(end)b"
    rb"|([+-]?\d{1,19}+%(end)b)"
    rb"|(<<)"
    rb"|\(([^()\\\r]*+)\)"
    rb"|(\[)"
    rb"|([+-]?(?:\d{1,19}+\.\d{0,40}+|\.\d{1,40}+)%(end)b)"
    rb"|<((?:[0-9A-Fa-f]++|%(ws)b++)*+)>"
    rb"|(\()"
    rb"|((?:true|false|null)%(end)b))" % {b"name": _NAME, b"ws": WS, b"end": END}
)
_IN_DICTIONARY = re.compile(_SPACE + rb"(?:/(" + _NAME + rb")" + _SPACE + _VALUE + rb"|(>>))")
_IN_ARRAY = re.compile(_SPACE + rb"()(?:" + _VALUE + rb"|(\]))")
_NUMBERS = re.compile(rb"((?:[+-]?\d{1,19}+(?:\.\d{0,40}+)?+(?=[\t\n\x0c\r \]])|[\t\n\x0c\r ]++)*+)\]")
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


def _escaped_string(data: Buffer, position: int, end: int) -> tuple[bytes, int]:
    """Read a literal string from just behind its opening parenthesis (7.3.4.2)."""
    pieces: list[bytes] = []
    depth = 1
    while True:
        found = _STRING_PIECE.match(data, position, end)
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


def _numbers(text: bytes) -> list[Value]:
    if b"." not in text:
        return list(map(int, text.split()))
    return [float(number) if b"." in number else int(number) for number in text.split()]


_repeated: Final = RepeatedValues()


def read_value(
    data: Buffer, position: int, end: int, gap: tuple[int, int] | None = None
) -> tuple[Value, int]:
    """Read one direct value or reference at ``position``; return it and where it ends. Nothing at or behind
    ``end`` is looked at.

    With a ``gap`` (where it begins and ends) the hexadecimal string that fills it exactly is returned as
    ``GAP``. What is returned may be shared between documents: it must not be changed.
    """
    if type(data) is not bytes:
        return _read_value(data, position, end, gap)
    found = _repeated.find(data, position, end)
    if found is not None and (gap is None or found[1] <= gap[0] or position >= gap[1]):
        return found
    value, value_end = _read_value(data, position, end, gap)
    if gap is None or value_end <= gap[0] or position >= gap[1]:
        _repeated.keep(data, position, value_end, value)
    return value, value_end


def _read_value(
    data: Buffer, position: int, end: int, gap: tuple[int, int] | None
) -> tuple[Value, int]:
    """One function, though long: it is the inner loop of every check."""
    container: list[Value] | dict[str, Value] = []
    # The containers around this one, each with the key under which it goes on.
    stack: list[tuple[list[Value] | dict[str, Value], str]] = []
    match, key = _IN_ARRAY.match, ""
    value: Value
    while True:
        found = match(data, position, end)
        if found is None:
            unfollowable("token", offset=position)
        position = found.end()
        kind = found.lastindex
        if kind == 13:
            if not stack:
                unfollowable("brackets", offset=position)
            value = container
            container, key = stack.pop()
            match = _IN_DICTIONARY.match if type(container) is dict else _IN_ARRAY.match
        else:
            if type(container) is dict:
                raw = found[1]
                key = raw.decode("latin-1") if b"#" not in raw else name_of(raw)
                if key in container:
                    unfollowable("duplicate_key")
            if kind == 4:
                value = Ref(int(found[3]), int(found[4]))
            elif kind == 2:
                raw = found[2]
                value = raw.decode("latin-1") if b"#" not in raw else name_of(raw)
            elif kind == 5:
                value = int(found[5])
            elif kind == 8 and (numbers := _NUMBERS.match(data, position, end)):
                position = numbers.end()
                value = _numbers(numbers[1])
            elif kind == 6 or kind == 8:
                stack.append((container, key))
                if len(stack) > MAX_DEPTH:
                    unfollowable("depth")
                container = {} if kind == 6 else []
                match = _IN_DICTIONARY.match if kind == 6 else _IN_ARRAY.match
                continue
            elif kind == 7:
                value = found[7]
            elif kind == 9:
                value = float(found[9])
            elif kind == 10:
                in_gap = gap is not None and (found.start(10) - 1, position) == gap
                value = GAP if in_gap else _hexadecimal_string(found[10])
            elif kind == 11:
                value, position = _escaped_string(data, position, end)
            else:
                value = _KEYWORDS[found[12]]
        if type(container) is dict:
            container[key] = value
        elif stack:
            container.append(value)  # type: ignore[union-attr]
        else:
            return value, position
