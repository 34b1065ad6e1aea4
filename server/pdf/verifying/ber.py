"""BER made readable: a CMS may come with indefinite lengths and octet strings in pieces (X.690, 8.1.3.6 and 8.7; RFC 5652, 2).

Only what has such a form is written anew, with definite lengths; everything else keeps its bytes, since they may be signed. Elements are
bounded in depth and number; whatever does not parse raises ``BerInvalid``.
"""

from dataclasses import dataclass

from server.errors import VerificationFailed

_MAX_DEPTH = 60
_MAX_ELEMENTS = 500_000
_CONSTRUCTED = 0x20
_OCTET_STRING = 0x04


class BerInvalid(VerificationFailed):
    """The bytes are no BER."""

    code = "cms_unreadable"


@dataclass(frozen=True, slots=True)
class Definite:
    """One element with definite lengths: its bytes, where it ended in the source, and whether anything had to be written anew."""

    encoded: bytes
    end: int
    rewritten: bool


def to_definite(source: bytes) -> Definite:
    """The element that ``source`` begins with. Raises ``BerInvalid``."""
    return _Converter(source).element(0, len(source), _MAX_DEPTH)


def encode_length(length: int) -> bytes:
    """The shortest definite form (X.690, 10.1)."""
    if length < 0x80:
        return bytes((length,))
    size = (length.bit_length() + 7) // 8
    return bytes((0x80 | size,)) + length.to_bytes(size, "big")


def children(encoded: bytes) -> list[bytes]:
    """The elements of a constructed element with definite lengths, each as it stands. Raises ``BerInvalid``."""
    reader = _Converter(encoded)
    _, position, end = reader.head(0, len(encoded))
    found = []
    while end is not None and position < end:
        _, _, child_end = reader.head(position, end)
        if child_end is None:
            raise BerInvalid("an indefinite length")
        found.append(encoded[position:child_end])
        position = child_end
    return found


class _Converter:
    def __init__(self, source: bytes) -> None:
        self._source = source
        self._left = _MAX_ELEMENTS

    def element(self, start: int, limit: int, depth: int) -> Definite:
        self._left -= 1
        if depth <= 0 or self._left < 0:
            raise BerInvalid("nested too deeply, or too many elements")
        tag_end, content, end = self.head(start, limit)
        constructed = bool(self._source[start] & _CONSTRUCTED)
        if end is not None:
            return self._definite(start, tag_end, content, end, depth) if constructed else self._verbatim(start, end)
        if not constructed:
            raise BerInvalid("a primitive element of indefinite length")
        parts, position = [], content
        while self._source[position : position + 2] != b"\0\0":
            part = self.element(position, limit, depth - 1)
            parts.append(part)
            position = part.end
        return Definite(self._joined(start, tag_end, parts), position + 2, rewritten=True)

    def _definite(self, start: int, tag_end: int, content: int, end: int, depth: int) -> Definite:
        in_pieces = self._source[start] == _OCTET_STRING | _CONSTRUCTED
        if not in_pieces and self._source.find(b"\0\0", content, end) < 0:
            return self._verbatim(start, end)  # nothing inside can end an indefinite length
        parts, position = [], content
        while position < end:
            part = self.element(position, end, depth - 1)
            parts.append(part)
            position = part.end
        if not in_pieces and not any(part.rewritten for part in parts):
            return self._verbatim(start, end)
        return Definite(self._joined(start, tag_end, parts), end, rewritten=True)

    def _joined(self, start: int, tag_end: int, parts: list[Definite]) -> bytes:
        if self._source[start] == _OCTET_STRING | _CONSTRUCTED:
            if any(part.encoded[0] != _OCTET_STRING for part in parts):
                raise BerInvalid("an octet string of something else")
            body = b"".join(_content(part.encoded) for part in parts)
            return bytes((_OCTET_STRING,)) + encode_length(len(body)) + body
        body = b"".join(part.encoded for part in parts)
        return self._source[start:tag_end] + encode_length(len(body)) + body

    def _verbatim(self, start: int, end: int) -> Definite:
        return Definite(self._source[start:end], end, rewritten=False)

    def head(self, start: int, limit: int) -> tuple[int, int, int | None]:
        """Where the tag ends, where the content starts, and where it ends (None: indefinite)."""
        if start + 2 > limit:
            raise BerInvalid("an element is cut off")
        tag_end = start + 1
        if self._source[start] & 0x1F == 0x1F:
            while tag_end < limit and self._source[tag_end] & 0x80:
                tag_end += 1
            tag_end += 1
        if tag_end >= limit:
            raise BerInvalid("an element is cut off")
        first = self._source[tag_end]
        if first == 0x80:
            return tag_end, tag_end + 1, None
        content = tag_end + 1
        length = first
        if first > 0x80:
            content += first & 0x7F
            length = int.from_bytes(self._source[tag_end + 1 : content], "big")
        if (first & 0x7F > 8 and first > 0x80) or content + length > limit:
            raise BerInvalid("an element is longer than what it stands in")
        return tag_end, content, content + length


def _content(encoded: bytes) -> bytes:
    size = encoded[1]
    return encoded[2:] if size < 0x80 else encoded[2 + (size & 0x7F) :]
