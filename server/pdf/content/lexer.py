"""One statement of a content stream at a time: its operands and its operator, exactly (ISO 32000-2, 7.2, 7.3 and 7.8.2).

Rules: words and names have at most 127 bytes and strings at most 32,766, since PDFium cuts longer ones; numbers are ``d+(.d*)?`` or
``.d+`` with at most one sign, and whole ones fit in 32 bits; a name has a byte at least, and two digits but not 00 behind each ``#``; a
string holds no bare CR and no octal number over 377. The streams of a page are read as one with white space between them, but a string,
a comment or an image ends in the stream in which it begins, and words don't touch over a border. Everything else raises ``Malformed``
with the rule's word. Nothing here knows what an operator means.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Final

from server.document_limits import MAX_CONTENT_STRING_BYTES, MAX_CONTENT_TOKEN_BYTES, MAX_DEPTH, MAX_INTEGER
from server.pdf.content.faults import Malformed

WHITE: Final = rb"\0\t\n\f\r "  # as written within brackets of a pattern
WHITE_BYTES: Final = b"\0\t\n\f\r "
_TOKEN: Final = re.compile(
    rb"[%(white)s]*+(?:(?P<word>[^%(white)s()<>\[\]{}/%%]++)|(?P<name>/[^%(white)s()<>\[\]{}/%%]*+)"
    rb"|\((?P<plain>[^()\\\r]*+)\)|(?P<mark><<|>>|[()\[\]<>{}])|(?P<comment>%%[^\r\n]*+)|(?P<end>\Z))"
    % {b"white": WHITE}
)
_NUMBER: Final = re.compile(rb"[+-]?(?:[0-9]+(?P<point>\.[0-9]*)?|(?P<bare>\.[0-9]+))").fullmatch
_HEX: Final = re.compile(rb"([0-9A-Fa-f%s]*)>" % WHITE)
_NAME_ESCAPE: Final = re.compile(rb"#([0-9A-Fa-f]{2})?")
_IN_STRING: Final = re.compile(rb"[^()\\\r]*+(?:(\()|(\))|\\(?:[0-3][0-7]{0,2}+|[4-7][0-7]?+(?![0-7])|\r\n|[^0-7]))")
_REGULAR: Final = re.compile(rb"[^%s()<>\[\]{}/%%]" % WHITE)
_ESCAPED: Final = re.compile(rb"\\(?:([0-7]{1,3})|(\r\n|\r|\n)|([\s\S]))")
_LETTERS: Final = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_SPACE: Final = re.compile(rb"[%s]*+" % WHITE)
_NUMBER_START: Final = b"0123456789+-."
_MAX_WORDS: Final = 100_000  # in one array or dictionary, with all that it holds


class Name(bytes):
    """A name without its slash, escapes resolved."""


@dataclass
class Statement:
    """``letters``: the kinds of the operands as operators.py has them; ``values``: the operands (numbers as float, strings as bytes,
    names as ``Name``); ``operator``: empty where the stream ended."""

    letters: str = ""
    values: list[object] = field(default_factory=list)
    operator: bytes = b""


class Lexer:
    """Reads the streams ``parts`` as one from ``position`` on; ``data`` are their bytes, with a line end at each of ``borders``."""

    def __init__(self, parts: Sequence[bytes]) -> None:
        parts = [part for part in parts if part]
        self.data = parts[0] if len(parts) == 1 else b"\n".join(parts)
        self.borders = list(accumulate((len(part) + 1 for part in parts[:-1]), initial=-1))[1:]
        self.position = self._words = 0

    def border(self) -> int:
        """Where the stream ends in which ``position`` lies."""
        at = bisect_left(self.borders, self.position)
        return self.borders[at] if at < len(self.borders) else len(self.data)

    def end_within(self, start: int, what: str) -> None:
        """Raises ``Malformed`` with ``what`` when a stream ends between ``start`` and ``position``."""
        at = bisect_left(self.borders, start)
        if at < len(self.borders) and self.borders[at] < self.position:
            raise Malformed(what)

    def statement(self) -> Statement:
        """The next statement; one without operator and operands at the end."""
        into = Statement()
        self.skip_white()
        start = self.position
        self._operands(into)
        if self.borders:
            for border in self.borders[bisect_left(self.borders, start) : bisect_left(self.borders, self.position)]:
                if _REGULAR.match(self.data, border - 1) and _REGULAR.match(self.data, border + 1):
                    raise Malformed("stream_border")
        return into

    def skip_white(self) -> None:
        """Move over white space."""
        match = _SPACE.match(self.data, self.position)
        self.position = match.end() if match else self.position

    def _operands(self, into: Statement) -> Statement:
        while True:
            kind, value = self._value(0)
            if kind == "end":
                return into
            if kind == "operator":
                into.operator = bytes(value)  # type: ignore[call-overload]
                return into
            if kind == "close":
                raise Malformed("bracket")
            into.letters += kind
            into.values.append(value)
            if len(into.letters) > MAX_CONTENT_TOKEN_BYTES:
                raise Malformed("operands")

    def _value(self, depth: int) -> tuple[str, object]:
        kind, text = self._token()
        if depth:
            self._count_word()
        if kind == "word":
            return _word(text)
        if kind == "name":
            return "N", _name(text)
        if kind == "plain":
            self.end_within(self.position - len(text), "string")
            return "s", _bounded_string(text)
        if kind == "mark":
            return self._marked(text, depth)
        return "end", b""

    def _count_word(self) -> None:
        """Of those in brackets, the last closing one is not counted."""
        self._words += 1
        if self._words > _MAX_WORDS + 1:
            raise Malformed("bracket")

    def _token(self) -> tuple[str, bytes]:
        while match := _TOKEN.match(self.data, self.position):
            self.position = match.end()
            kind = match.lastgroup or "end"
            if kind != "comment":
                return kind, match[kind]
            if self.position in self.borders:  # some viewers would read on in the comment
                raise Malformed("comment")
        return "end", b""

    def _marked(self, mark: bytes, depth: int) -> tuple[str, object]:
        if depth > MAX_DEPTH:
            raise Malformed("bracket")
        if mark == b"(":
            return "s", self._string()
        if mark == b"<":
            return "s", self._hex()
        if mark == b"[":
            return self._array(depth + 1)
        if mark == b"<<":
            return "D", self.dictionary(b">>", depth + 1)
        if mark in b"{}":
            raise Malformed("operator")
        if mark in b")>":
            raise Malformed("string")
        return "close", mark

    def _array(self, depth: int) -> tuple[str, object]:
        letters, values = "", []
        self._words = 0 if depth == 1 else self._words
        while True:
            kind, value = self._inner(depth)
            if kind == "close":
                if value != b"]":
                    raise Malformed("bracket")
                break
            letters += kind
            values.append(value)
        if not letters:
            return "E", values
        kinds = set(letters)
        return "A" if kinds == {"n"} else "T" if kinds <= {"n", "s"} else "o", values

    def _inner(self, depth: int) -> tuple[str, object]:
        kind, value = self._value(depth)
        if kind in ("end", "operator"):
            raise Malformed("bracket")
        return kind, value

    def dictionary(self, end: bytes, depth: int = 1) -> dict[bytes, tuple[str, object]]:
        """Keys and values up to ``end``, which is ``>>`` or the operator ``ID``."""
        found: dict[bytes, tuple[str, object]] = {}
        self._words = 0 if depth == 1 else self._words
        while True:
            kind, key = self._value(depth)
            if key == end and kind in ("close", "operator"):
                return found
            if kind != "N" or key in found:
                raise Malformed("bracket")
            value = self._inner(depth)
            if value[0] == "close":
                raise Malformed("bracket")
            found[bytes(key)] = value  # type: ignore[call-overload]

    def _hex(self) -> bytes:
        match = _HEX.match(self.data, self.position)
        if match is None:
            raise Malformed("string")
        self.position = match.end()
        self.end_within(match.start(), "string")
        digits = match[1].translate(None, WHITE_BYTES)
        return _bounded_string(bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii")))

    def _string(self) -> bytes:
        """A literal string with escapes or brackets; the opening bracket has been read."""
        start, depth = self.position, 1
        while depth:
            match = _IN_STRING.match(self.data, self.position)
            if match is None:
                raise Malformed("string")
            self.position = match.end()
            depth += (match.lastindex == 1) - (match.lastindex == 2)
        self.end_within(start, "string")
        return _bounded_string(_unescaped(self.data[start : self.position - 1]))


def _unescaped(raw: bytes) -> bytes:
    def one(match: re.Match[bytes]) -> bytes:
        if match[1] is not None:
            return bytes((int(match[1], 8),))
        return b"" if match[2] is not None else _LETTERS.get(match[3], match[3])

    return _ESCAPED.sub(one, raw)


def _bounded_string(value: bytes) -> bytes:
    if len(value) > MAX_CONTENT_STRING_BYTES:
        raise Malformed("string_length")
    return value


def _name(raw: bytes) -> Name:
    if b"#" in raw:
        if any(match[1] in (None, b"00") for match in _NAME_ESCAPE.finditer(raw)):
            raise Malformed("name")
        raw = _NAME_ESCAPE.sub(lambda match: bytes((int(match[1], 16),)), raw)
    if not 1 <= len(raw) - 1 <= MAX_CONTENT_TOKEN_BYTES:
        raise Malformed("name_length")
    return Name(raw[1:])


def _word(raw: bytes) -> tuple[str, object]:
    if len(raw) > MAX_CONTENT_TOKEN_BYTES:
        raise Malformed("token_length")
    if raw[0] in _NUMBER_START:
        match = _NUMBER(raw)
        if match is None or (match["point"] is None and match["bare"] is None and not -MAX_INTEGER - 1 <= int(raw) <= MAX_INTEGER):
            raise Malformed("number")
        return "n", float(raw)
    if raw in (b"true", b"false", b"null"):
        return "o", raw
    return "operator", raw
