"""The little of PDF syntax (ISO 32000-2 7.3) that preparing needs: reading one object's top level, and
writing objects.

Rules: a dictionary is split into its keys and the untouched bytes of their values, so that what is not
changed is written back as it stood; whatever does not fit the grammar, or names a key twice, raises
UnreadableSyntax and is never guessed at."""

import re
from typing import Protocol

from server.document_limits import MAX_DEPTH
from server.errors import Unprocessable

_SPACE = rb"(?:[\x00\t\n\x0c\r ]|%[^\r\n]*[\r\n])"
_REGULAR = rb"[^\x00\t\n\x0c\r ()<>\[\]{}/%]"
_TOKEN = re.compile(
    _SPACE + rb"*(?:"
    rb"(?P<reference>\d{1,10}" + _SPACE + rb"+\d{1,5}" + _SPACE + rb"+R)(?!" + _REGULAR + rb")|"
    rb"(?P<name>/" + _REGULAR + rb"*)|"
    rb"(?P<open><<|\[)|(?P<close>>>|\])|"
    rb"(?P<hex><[0-9A-Fa-f\x00\t\n\x0c\r ]*>)|"
    rb"(?P<word>" + _REGULAR + rb"+)|"
    rb"(?P<string>\()"
    rb")"
)
_STRING_PART = re.compile(rb"[^()\\]*(?:\\.[^()\\]*)*([()])", re.DOTALL)
_REFERENCE = re.compile(_SPACE + rb"*(\d{1,10})" + _SPACE + rb"+(\d{1,5})" + _SPACE + rb"+R" + _SPACE + rb"*\Z")
_NUMBER = re.compile(rb"[+-]?(?:\d+\.?\d*|\.\d+)\Z")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_TO_ESCAPE = re.compile(rb"[^!-~]|[#()<>\[\]{}/%]")
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|\r\n|.)", re.DOTALL)
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}

Reference = tuple[int, int]


class UnreadableSyntax(Unprocessable):
    """Bytes that do not follow the grammar, or that two readers could understand differently."""

    code = "pdf_syntax_unreadable"


def _string_end(source: bytes, position: int) -> int:
    depth = 1
    while depth:
        part = _STRING_PART.match(source, position)
        if part is None:
            raise UnreadableSyntax("a string does not end")
        depth += 1 if part.group(1) == b"(" else -1
        position = part.end()
    return position


def token_at(source: bytes, position: int) -> tuple[str, int, int]:
    """Kind, start and end of the next token; a string is one token, a container only its bracket."""
    match = _TOKEN.match(source, position)
    if match is None or match.lastgroup is None:
        raise UnreadableSyntax(f"no token at {position}")
    kind = match.lastgroup
    start, end = match.span(kind)
    return kind, start, _string_end(source, end) if kind == "string" else end


def value_bounds(source: bytes, position: int) -> tuple[int, int]:
    """Start and end of the next whole value."""
    kind, start, end = token_at(source, position)
    if kind == "close":
        raise UnreadableSyntax("a value is missing")
    if kind != "open":
        return start, end
    closers = [b">>" if source[start:end] == b"<<" else b"]"]
    while closers:
        kind, token_start, end = token_at(source, end)
        if kind == "open":
            closers.append(b">>" if source[token_start:end] == b"<<" else b"]")
            if len(closers) > MAX_DEPTH:
                raise UnreadableSyntax("nested too deeply")
        elif kind == "close" and source[token_start:end] != closers.pop():
            raise UnreadableSyntax("brackets do not match")
    return start, end


def plain_name(name: bytes) -> bytes:
    """A name with its ``#xx`` escapes undone (7.3.5)."""
    return _ESCAPED.sub(lambda found: bytes((int(found[1], 16),)), name) if b"#" in name else name


def spelt_name(name: bytes) -> bytes:
    """A name without escapes as it is written: what is no regular, printable byte, and ``#`` itself, is escaped (7.3.5)."""
    return name[:1] + _TO_ESCAPE.sub(lambda found: b"#%02X" % found[0][0], name[1:])


def split_dictionary(source: bytes, position: int = 0) -> tuple[dict[bytes, bytes], int]:
    """Keys (``b"/Type"``) and the bytes of their values, and where the dictionary ends. Raises
    UnreadableSyntax."""
    kind, start, position = token_at(source, position)
    if kind != "open" or source[start:position] != b"<<":
        raise UnreadableSyntax("not a dictionary")
    entries: dict[bytes, bytes] = {}
    while True:
        kind, start, position = token_at(source, position)
        if kind == "close":
            if source[start:position] != b">>":
                raise UnreadableSyntax("brackets do not match")
            return entries, position
        if kind != "name":
            raise UnreadableSyntax("a key is not a name")
        key = plain_name(source[start:position])
        if key in entries:
            raise UnreadableSyntax(f"the key {key!r} stands twice")
        start, position = value_bounds(source, position)
        entries[key] = source[start:position]


def split_array(source: bytes) -> list[bytes]:
    """The bytes of an array's elements. Raises UnreadableSyntax."""
    kind, start, position = token_at(source, 0)
    if kind != "open" or source[start:position] != b"[":
        raise UnreadableSyntax("not an array")
    elements: list[bytes] = []
    while True:
        kind, start, end = token_at(source, position)
        if kind == "close":
            if source[start:end] != b"]":
                raise UnreadableSyntax("brackets do not match")
            return elements
        start, position = value_bounds(source, position)
        elements.append(source[start:position])


def as_reference(value: bytes) -> Reference | None:
    """(object number, generation) when the value is an indirect reference."""
    found = _REFERENCE.match(value)
    return (int(found[1]), int(found[2])) if found else None


def as_number(value: bytes) -> float:
    """Raises UnreadableSyntax for anything but a number."""
    if _NUMBER.match(value) is None:
        raise UnreadableSyntax("not a number")
    return float(value)


def _unescape(found: re.Match[bytes]) -> bytes:
    escaped: bytes = found[1]
    if escaped.isdigit():
        return bytes((int(escaped, 8) & 0xFF,))
    if escaped[:1] in b"\r\n":
        return b""
    return _ESCAPES.get(escaped, escaped)


def decode_text(token: bytes) -> str:
    """A text string token (7.3.4, 7.9.2.2) as text; PDFDocEncoding is read as Latin-1, which agrees for
    letters and digits."""
    if token[:1] == b"(":
        value = _ESCAPE.sub(_unescape, token[1:-1])
    elif token[:1] == b"<" and token[:2] != b"<<":
        digits = b"".join(token[1:-1].split())
        value = bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))
    else:
        raise UnreadableSyntax("not a string")
    if value.startswith(b"\xfe\xff"):
        return value[2:].decode("utf-16-be", "replace")
    if value.startswith(b"\xef\xbb\xbf"):
        return value[3:].decode("utf-8", "replace")
    return value.decode("latin-1")


def write_dictionary(entries: dict[bytes, bytes]) -> bytes:
    """The entries between ``<<`` and ``>>``."""
    return b"\n".join(spelt_name(key) + b" " + value for key, value in entries.items())


class ObjectEncryption(Protocol):
    """How strings and streams of one object are written: as they are, or encrypted for that object (7.6)."""

    def string(self, number: int, value: bytes, generation: int = 0) -> bytes:
        """A whole string token."""

    def stream(self, number: int, value: bytes) -> bytes:
        """The bytes between ``stream`` and ``endstream``."""


class NoEncryption:
    """Strings as literals, streams as they are."""

    def string(self, number: int, value: bytes, generation: int = 0) -> bytes:
        escaped = value.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)").replace(b"\r", b"\\r")
        return b"(%b)" % escaped

    def stream(self, number: int, value: bytes) -> bytes:
        return value


def text_string(text: str) -> bytes:
    """A text string's bytes (7.9.2.2): ASCII as it is, anything else as UTF-16BE with its mark."""
    return text.encode("ascii") if text.isascii() else b"\xfe\xff" + text.encode("utf-16-be")


def write_object(number: int, entries: bytes, stream: bytes | None = None, generation: int = 0) -> bytes:
    """An indirect object that holds a dictionary (``entries`` without its brackets), and a stream if
    given."""
    if stream is None:
        return b"%d %d obj\n<<%b>>\nendobj\n" % (number, generation, entries)
    return b"%d %d obj\n<<%b/Length %d>>\nstream\n%b\nendstream\nendobj\n" % (
        number, generation, entries, len(stream), stream,
    )  # fmt: skip
