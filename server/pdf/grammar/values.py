"""One PDF value from its bytes (ISO 32000-2, 7.3), strictly.

Rules: nothing is guessed and nothing skipped but white space. What another reader might take otherwise is a breach: a number that is not
``-?d+(.d*)?`` or ``-?.d+``, one of more than ten digits before the point or forty behind it (leading zeros counted), an integer beyond 32
bits, a name of more than 127 bytes once its ``#xx`` are resolved (or 254 as it is spelt), a key twice (also when spelt with ``#xx``), more
than 30 levels, a comment inside. A word that is no value ends the reading. Names come as ``Name`` without
the slash, strings as ``String`` with the bytes as written, references as ``Reference``. Every pattern runs in linear time.
"""

import mmap
import re
from typing import Final, NamedTuple

from server.document_limits import MAX_DEPTH, MAX_INTEGER, MAX_NAME_BYTES, MAX_SPELT_NAME_BYTES
from server.pdf.grammar.breach import Breaches, Unfollowable

Buffer = bytes | mmap.mmap
# What a value can be; containers hold values again.
Value = "None | bool | int | float | Name | String | Reference | list[object] | dict[bytes, object]"


class Name(bytes):
    """A name without its slash, escapes resolved."""

    __slots__ = ()


class String(bytes):
    """A string as it is written, with its delimiters."""

    __slots__ = ()


class Reference(NamedTuple):
    """An indirect reference (7.3.10)."""

    number: int
    generation: int


_WHITE: Final = rb"[\0\t\n\f\r ]"
_REGULAR: Final = rb"[^\0\t\n\f\r ()<>\[\]{}/%]"
_TOKEN: Final = re.compile(
    _WHITE + rb"*+(?:"
    rb"(/" + _REGULAR + rb"*+)"
    rb"|(\d++)" + _WHITE + rb"++(\d++)" + _WHITE + rb"++R(?!" + _REGULAR + rb")"
    rb"|(" + _REGULAR + rb"++)"
    rb"|(<<)|(>>)|(\[)|(\])"
    rb"|(\((?:[^()\\]|\\[\s\S])*+\)|<[0-9A-Fa-f\0\t\n\f\r ]*+>)"
    rb"|(\()"
    rb"|(%[^\r\n]*+(?:\r\n|\r|\n|\Z))"
    rb")"
)  # fmt: skip
_NAME, _GENERATION, _WORD, _DICT, _DICT_END, _ARRAY, _ARRAY_END, _STRING, _NESTED, _COMMENT = (
    1,
    3,
    4,
    5,
    6,
    7,
    8,
    9,
    10,
    11,
)
_STRING_STEP = re.compile(rb"\\[\s\S]|[()]")
_INTEGER = re.compile(rb"-?\d++")
_REAL = re.compile(rb"-?(?:\d{1,10}+\.\d{0,40}+|\.\d{1,40}+)")
_LOOKS_NUMERIC = re.compile(rb"[+\-.\d]")
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})?")
_WORDS: Final = {b"true": True, b"false": False, b"null": None}
_MAX_INTEGER_DIGITS = 10
_MAX_NUMBER_DIGITS, _MAX_GENERATION_DIGITS = 7, 5
_KEPT_NAMES = 4096
_NAMES: dict[bytes, Name] = {}  # plain names met before: the same few stand in every document


class ValueReader:
    """Reads values of one buffer; ``references`` collects those of the object that is being read."""

    def __init__(self, buffer: Buffer, breaches: Breaches, *, place: int | None = None) -> None:
        """``place``: where breaches are said to be, for buffers that are not the file itself."""
        self._buffer = buffer
        self._breaches = breaches
        self._place = place
        self.references: list[Reference] = []
        self.comments_inside = True

    def _at(self, position: int) -> int:
        return position if self._place is None else self._place

    def read(self, position: int, number: int) -> tuple[object, int]:
        """The value that begins at or behind ``position``, and the place after it. Raises ``Unfollowable``."""
        stack: list[tuple[object, Name | None]] = []
        container: list[object] | dict[bytes, object] | None = None
        key: Name | None = None
        match, buffer = _TOKEN.match, self._buffer
        while True:
            found = match(buffer, position)
            if found is None:
                raise Unfollowable("value", self._at(position), number)
            position, kind = found.end(), found.lastindex
            if kind == _NAME:
                token = found[_NAME]
                value: object = _NAMES.get(token) or self._name(token, found.start(_NAME), number)
            elif kind == _WORD:
                value = self._word(found[_WORD], found.start(_WORD), number)
            elif kind == _GENERATION:
                value = self._reference(found[2], found[3], found.start(2), number)
            elif kind == _STRING:
                value = String(found[_STRING])
            elif kind in (_DICT, _ARRAY):
                if container is not None:
                    stack.append((container, key))
                if len(stack) >= MAX_DEPTH:
                    raise Unfollowable("depth", self._at(position), number)
                container, key = ({} if kind == _DICT else []), None
                continue
            elif kind in (_DICT_END, _ARRAY_END):
                if container is None or key is not None or isinstance(container, dict) != (kind == _DICT_END):
                    raise Unfollowable("value", self._at(position), number)
                value = container
                container, key = stack.pop() if stack else (None, None)  # type: ignore[assignment]
            elif kind == _NESTED:
                position = self._nested_end(found.start(_NESTED), number)
                value = String(buffer[found.start(_NESTED) : position])
            else:
                self._comment(found[_COMMENT], found.start(_COMMENT), number)
                continue
            if container is None:
                return value, position
            if type(container) is list:
                container.append(value)
            elif key is None:
                key = self._key(container, value, position, number)
            else:
                container[key] = value  # type: ignore[call-overload]
                key = None

    def _comment(self, text: bytes, position: int, number: int) -> None:
        self._breaches.comment(text, self._at(position), number, inside=self.comments_inside)

    def _key(self, container: object, value: object, position: int, number: int) -> Name:
        """A name that now waits for its value."""
        if type(value) is not Name:
            raise Unfollowable("value", self._at(position), number)
        if value in container:  # type: ignore[operator]
            self._breaches.add("duplicate_key", self._at(position), number)
        return value

    def _name(self, token: bytes, position: int, number: int) -> Name:
        name = token[1:]
        if b"#" in name:
            name = _ESCAPE.sub(lambda found: self._escaped(found[1], position, number), name)
        elif len(name) <= MAX_NAME_BYTES and len(_NAMES) < _KEPT_NAMES:
            return _NAMES.setdefault(token, Name(name))
        if len(name) > MAX_NAME_BYTES or len(token) - 1 > MAX_SPELT_NAME_BYTES:
            self._breaches.add("name_length", self._at(position), number)
        return Name(name)

    def _escaped(self, digits: bytes | None, position: int, number: int) -> bytes:
        """One byte written as ``#xx`` (7.3.5); a zero byte or a lone ``#`` is read differently by different readers."""
        if digits is None or digits == b"00":
            self._breaches.add("value", self._at(position), number)
            return b"#"
        return bytes.fromhex(digits.decode("ascii"))

    def _word(self, token: bytes, position: int, number: int) -> object:
        if token in _WORDS:
            return _WORDS[token]
        if _INTEGER.fullmatch(token):
            return self._integer(token, position, number)
        if _REAL.fullmatch(token):
            return float(token)
        raise Unfollowable("number" if _LOOKS_NUMERIC.match(token) else "value", self._at(position), number)

    def _integer(self, token: bytes, position: int, number: int) -> int:
        """An integer of 32 bits, in no more digits than the largest has: readers stop at different places of a longer one."""
        if len(token) > 200:
            raise Unfollowable("integer", self._at(position), number)
        value = int(token)
        if not -MAX_INTEGER - 1 <= value <= MAX_INTEGER or len(token.lstrip(b"-")) > _MAX_INTEGER_DIGITS:
            self._breaches.add("integer", self._at(position), number)
        return value

    def _reference(self, first: bytes, second: bytes, position: int, number: int) -> Reference:
        plain = second == b"0" or not second.startswith(b"0")
        if not plain or (first.startswith(b"0") and first != b"0"):
            raise Unfollowable("number", self._at(position), number)
        if len(first) > _MAX_NUMBER_DIGITS or len(second) > _MAX_GENERATION_DIGITS:
            raise Unfollowable("number", self._at(position), number)
        reference = Reference(int(first), int(second))
        self.references.append(reference)
        return reference

    def _nested_end(self, start: int, number: int) -> int:
        """The place after a string whose parentheses are nested (7.3.4.2)."""
        depth = 0
        for step in _STRING_STEP.finditer(self._buffer, start):
            if step[0] == b"(":
                depth += 1
            elif step[0] == b")":
                depth -= 1
                if depth == 0:
                    return step.end()
        raise Unfollowable("value", self._at(start), number)


def string_bytes(value: String) -> bytes:
    """What a string says: escapes, line ends and hexadecimal digits resolved (7.3.4.2 and 7.3.4.3)."""
    if value.startswith(b"<"):
        digits = bytes(byte for byte in value if byte in b"0123456789abcdefABCDEF").decode("ascii")
        return bytes.fromhex(digits + "0" * (len(digits) % 2))
    return _STRING_ESCAPE.sub(_unescaped, value[1:-1])


_STRING_ESCAPE = re.compile(rb"\\([0-7]{1,3}|\r\n|[\s\S])|\r\n|\r")
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def _unescaped(found: "re.Match[bytes]") -> bytes:
    escape = found[1]
    if escape is None:
        return b"\n"
    if escape[:1].isdigit() and escape[:1] not in b"89":
        return bytes((int(escape, 8) & 0xFF,))
    if escape in (b"\r", b"\n", b"\r\n"):
        return b""
    return _LETTERS.get(escape, escape)
