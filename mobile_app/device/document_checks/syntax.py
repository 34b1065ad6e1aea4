"""The phone's own reader of PDF values (ISO 32000-2, 7.2 and 7.3).

Rules:
* A value is read strictly or not at all: what two viewers could read in two ways is a breach of the file grammar
  (``CheckFailed("doc_grammar")``), with the rule's word.
* Integers fit in 32 bits, numbers have no plus sign and no exponent, names are no longer than ``MAX_NAME_BYTES``
  (mupdf takes two that differ later for one), nesting no deeper than ``MAX_DEPTH``, no key stands twice, however it
  is spelt. Between the parts of a value stands white space and no comment, but in a trailer (``read_trailer``).
* Nothing here recurses and every pattern is possessive, so time is linear in the bytes read, whatever they
  hold.

Values are plain Python: ``None``, ``bool``, ``int``, ``float``, ``bytes`` (a string), ``str`` (a name,
decoded as Latin-1, without its slash), ``list``, ``dict`` keyed by names, and ``Ref``.
"""

import mmap
import re
from typing import Final, NamedTuple, NoReturn

from mobile_app.device.document_checks.comments import END, REGULAR, SPACE, SPACE_WITH_COMMENTS, WS
from mobile_app.device.document_checks.limits import (
    MAX_DEPTH,
    MAX_GENERATION,
    MAX_INTEGER,
    MAX_NAME_BYTES,
    MAX_SPELT_NAME_BYTES,
)
from mobile_app.device.document_checks.repeated_values import RepeatedValues
from mobile_app.errors import CheckFailed

__all__ = ["END", "GAP", "WS", "Buffer", "Gap", "Ref", "Value", "breach", "read_value", "unfollowable"]

Buffer = bytes | memoryview | mmap.mmap
# Recursive aliases of mypy are heavier than their use here: a value is narrowed by isinstance where it is
# read.
Value = object

# Names without escapes by their length alone; those with escapes are measured again when they are decoded.
_NAME: Final = (
    rb"(?:[^\x00\t\n\x0c\r ()<>\[\]{}/%%#]{0,%(most)d}+%(end)b"
    rb"|(?=[^\x00\t\n\x0c\r ()<>\[\]{}/%%#]*+#)%(regular)b{1,%(spelt)d}+%(end)b)"
    % {b"most": MAX_NAME_BYTES, b"spelt": MAX_SPELT_NAME_BYTES, b"end": END, b"regular": REGULAR}
)

# Groups: 1 key (in a dictionary), 2 name, 3 and 4 reference, 5 integer, 6 dictionary, 7 plain string, 8
# array,
# 9 real, 10 hexadecimal string, 11 string with escapes, 12 keyword, 13 the container's end.
_VALUE: Final = (
    rb"(?:/(%(name)b)"
    rb"|(0|[1-9]\d{0,6})%(ws)b++(0|[1-9]\d{0,4})%(ws)b++R%(end)b"
    rb"|(-?\d{1,10}+%(end)b)"
    rb"|(<<)"
    rb"|\(([^()\\\r]*+)\)"
    rb"|(\[)"
    rb"|(-?(?:\d{1,10}+\.\d{0,40}+|\.\d{1,40}+)%(end)b)"
    rb"|<((?:[0-9A-Fa-f]++|%(ws)b++)*+)>"
    rb"|(\()"
    rb"|((?:true|false|null)%(end)b))" % {b"name": _NAME, b"ws": WS, b"end": END}
)


def _patterns(space: bytes) -> tuple[re.Pattern[bytes], re.Pattern[bytes]]:
    """How to go on in an array, and in a dictionary."""
    return (
        re.compile(space + rb"()(?:" + _VALUE + rb"|(\]))"),
        re.compile(space + rb"(?:/(" + _NAME + rb")" + space + _VALUE + rb"|(>>))"),
    )


_STRICT: Final = _patterns(SPACE)
_COMMENTED: Final = _patterns(SPACE_WITH_COMMENTS)
_NUMBERS = re.compile(rb"((?:-?\d{1,9}+(?:\.\d{0,40}+)?+(?=[\t\n\x0c\r \]])|[\t\n\x0c\r ]++)*+)\]")
_STRING_PIECE = re.compile(rb"[^()\\\r]++|\\(?:[0-7]{1,3}|\r\n?|[\s\S])|\r\n?|[()]")
_NAME_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_ESCAPES: Final = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_KEYWORDS: Final[dict[bytes, Value]] = {b"true": True, b"false": False, b"null": None}
# Why no value could be read: a key that stands well is passed over first.
_GOOD_KEY = re.compile(SPACE + rb"/" + _NAME)
_ONLY_SPACE = re.compile(SPACE)
_CAUSES: Final = (
    (re.compile(rb"%"), "comment"),
    (re.compile(rb"/" + REGULAR + rb"{%d}" % (MAX_NAME_BYTES + 1)), "name_length"),
    (re.compile(rb"-?\d{11,}+" + END), "integer"),
    (re.compile(rb"(?!-?\d++" + END + rb")[-+.\d]"), "number"),
)


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


def breach(rule: str, **details: object) -> NoReturn:
    """Refuse a file that breaks a rule of the grammar. ``rule`` is its stable word; ``offset`` and ``number`` say
    where."""
    raise CheckFailed("doc_grammar", {"what": rule, **details})


def name_of(raw: bytes) -> str:
    """Decode a name's ``#xx`` escapes (7.3.5); a ``#`` without two hexadecimal digits is refused, as
    readers differ on it."""
    if b"#" not in raw:
        return raw.decode("latin-1")
    decoded, count = _NAME_ESCAPE.subn(lambda found: bytes((int(found[1], 16),)), raw)
    if count != raw.count(b"#") or b"\0" in decoded:
        breach("value")
    if len(decoded) > MAX_NAME_BYTES:
        breach("name_length")
    return decoded.decode("latin-1")


def _escaped_string(data: Buffer, position: int, end: int) -> tuple[bytes, int]:
    """Read a literal string from just behind its opening parenthesis (7.3.4.2)."""
    pieces: list[bytes] = []
    depth = 1
    while True:
        found = _STRING_PIECE.match(data, position, end)
        if found is None:
            breach("value", offset=position)
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


def read_value(data: Buffer, position: int, end: int, gap: tuple[int, int] | None = None) -> tuple[Value, int]:
    """Read one direct value or reference at ``position``; return it and where it ends. Nothing at or behind
    ``end`` is looked at.

    With a ``gap`` (where it begins and ends) the hexadecimal string that fills it exactly is returned as
    ``GAP``. What is returned may be shared between documents: it must not be changed.
    """
    return read_with_references(data, position, end, gap)[:2]


def read_with_references(
    data: Buffer, position: int, end: int, gap: tuple[int, int] | None = None
) -> tuple[Value, int, tuple[int, ...]]:
    """Like ``read_value``; also return what the value refers to, each as ``65536 * number + generation``."""
    if type(data) is not bytes:
        return _read_value(data, position, end, gap, _STRICT)
    found = _repeated.find(data, position, end)
    if found is not None and (gap is None or found[1] <= gap[0] or position >= gap[1]):
        return found
    value, value_end, references = _read_value(data, position, end, gap, _STRICT)
    if gap is None or value_end <= gap[0] or position >= gap[1]:
        _repeated.keep(data, position, value_end, value, references)
    return value, value_end, references


def read_trailer(data: Buffer, position: int, end: int) -> tuple[Value, int]:
    """Read a trailer's dictionary, in which comments may stand."""
    return _read_value(data, position, end, None, _COMMENTED)[:2]


def _breach_at(data: Buffer, position: int, end: int, *, in_dictionary: bool) -> NoReturn:
    """Say which rule the bytes at ``position`` break."""
    if in_dictionary and (key := _GOOD_KEY.match(data, position, end)):
        position = key.end()
    space = _ONLY_SPACE.match(data, position, end)
    position = space.end() if space else position
    for pattern, rule in _CAUSES:
        if pattern.match(data, position, end):
            breach(rule, offset=position)
    breach("value", offset=position)


def _read_value(
    data: Buffer,
    position: int,
    end: int,
    gap: tuple[int, int] | None,
    patterns: tuple[re.Pattern[bytes], re.Pattern[bytes]],
) -> tuple[Value, int, tuple[int, ...]]:
    """One function, though long: it is the inner loop of every check."""
    container: list[Value] | dict[str, Value] = []
    # The containers around this one, each with the key under which it goes on.
    stack: list[tuple[list[Value] | dict[str, Value], str]] = []
    references: list[int] = []
    in_array, in_dictionary = patterns[0].match, patterns[1].match
    match, key = in_array, ""
    value: Value
    while True:
        found = match(data, position, end)
        if found is None:
            _breach_at(data, position, end, in_dictionary=match is in_dictionary)
        position = found.end()
        kind = found.lastindex
        if kind == 13:
            if not stack:
                breach("value", offset=position)
            value = container
            container, key = stack.pop()
            match = in_dictionary if type(container) is dict else in_array
        else:
            if type(container) is dict:
                raw = found[1]
                key = raw.decode("latin-1") if b"#" not in raw else name_of(raw)
                if key in container:
                    breach("duplicate_key", offset=position)
            if kind == 4:
                value = Ref(int(found[3]), int(found[4]))
                if value[1] > MAX_GENERATION:
                    breach("generation", offset=found.start(3))
                references.append(value[0] << 16 | value[1])
            elif kind == 2:
                raw = found[2]
                value = raw.decode("latin-1") if b"#" not in raw else name_of(raw)
            elif kind == 5:
                value = int(found[5])
                if not -MAX_INTEGER - 1 <= value <= MAX_INTEGER:
                    breach("integer", offset=found.start(5))
            elif kind == 8 and (numbers := _NUMBERS.match(data, position, end)):
                position = numbers.end()
                if len(stack) >= MAX_DEPTH:
                    breach("depth", offset=position)
                value = _numbers(numbers[1])
            elif kind == 6 or kind == 8:
                stack.append((container, key))
                if len(stack) > MAX_DEPTH:
                    breach("depth", offset=position)
                container = {} if kind == 6 else []
                match = in_dictionary if kind == 6 else in_array
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
            return value, position, tuple(references)
