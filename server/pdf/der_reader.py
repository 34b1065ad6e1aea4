"""A strict reader of DER (X.690), written apart from the writer in dtbs.py and cms.py so that the two do
not share a mistake.

Only what signed documents need: definite lengths in their shortest form, one-byte tags, and no byte left
over."""

from dataclasses import dataclass

from server.errors import VerificationFailed


class DerInvalid(VerificationFailed):
    """The bytes are not the DER they should be."""

    code = "cms_not_der"


@dataclass(frozen=True, slots=True)
class Tlv:
    """One element of ``source``: its tag, where it starts, and where its content starts and ends."""

    source: bytes
    tag: int
    start: int
    content_start: int
    end: int

    @property
    def content(self) -> bytes:
        """The bytes without tag and length."""
        return self.source[self.content_start : self.end]

    @property
    def encoded(self) -> bytes:
        """The bytes with tag and length."""
        return self.source[self.start : self.end]

    def children(self) -> list["Tlv"]:
        """The elements that the content consists of. Raises DerInvalid."""
        found: list[Tlv] = []
        position = self.content_start
        while position < self.end:
            child = read_tlv(self.source, position, self.end)
            found.append(child)
            position = child.end
        return found


def read_tlv(source: bytes, position: int = 0, limit: int | None = None) -> Tlv:
    """The element at ``position``, which must end at or before ``limit``. Raises DerInvalid."""
    limit = len(source) if limit is None else limit
    if position + 2 > limit:
        raise DerInvalid("an element is cut off")
    tag, length = source[position], source[position + 1]
    content_start = position + 2
    if tag & 0x1F == 0x1F:
        raise DerInvalid("a tag of several bytes")
    if length >= 0x80:
        size = length & 0x7F
        length = int.from_bytes(source[content_start : content_start + size], "big")
        if not 1 <= size <= 4 or length < 0x80 or length >> (8 * (size - 1)) == 0:
            raise DerInvalid("a length that is not in its shortest form")
        content_start += size
    if content_start + length > limit:
        raise DerInvalid("an element is longer than what it stands in")
    return Tlv(source, tag, position, content_start, content_start + length)
