"""Forges originals revision by revision: honest ones, and ones that break exactly one rule of the grammar.

``PLAIN`` is a document of one page, ``SIGNED`` the same with a signature field that has a value. ``Revision`` is what one revision
holds and how it departs from the rules; ``written`` puts revisions behind each other.
"""

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

from mobile_app.device.document_checks import ExpectedDocument
from mobile_app.device.document_checks.document import PreparedDocument
from mobile_app.device.document_checks.file_grammar import check_bodies, check_pages
from mobile_app.device.document_checks.references import check_references
from mobile_app.device.document_checks.softer_rules import check_softenings
from tests.unit.device_checks.document_forge import CATALOG, PAGE, original_objects, stream

WIDGET, VALUE = 6, 7
HEADER = b"%PDF-1.7\n"
PLAIN = original_objects()
SIGNED = {
    **PLAIN,
    CATALOG: b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[6 0 R]/SigFlags 3>>>>",
    PAGE: PLAIN[PAGE].replace(b"/Type/Page", b"/Type/Page/Annots[6 0 R]"),
    WIDGET: b"<</Type/Annot/Subtype/Widget/FT/Sig/T(a)/V 7 0 R/Rect[0 0 0 0]/P 3 0 R>>",
    VALUE: b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/ByteRange[0 1 2 3]/Contents<00>>>",
}

Row = tuple[int, int, int]


@dataclass
class Revision:
    """One revision. ``rows`` replaces what the section says of a number (kind, offset or container, generation or
    index; ``None`` leaves it out), ``shift`` moves the offset that it says, ``packed`` names container and index of
    objects in object streams. Texts go out at their places as they are."""

    objects: dict[int, bytes] = field(default_factory=dict)
    trailer: bytes = b"/Root 1 0 R"
    rows: dict[int, Row | None] = field(default_factory=dict)
    shift: dict[int, int] = field(default_factory=dict)
    packed: dict[int, tuple[int, int]] = field(default_factory=dict)
    generations: dict[int, int] = field(default_factory=dict)
    head: bytes = b"%d %d obj\n"
    before: bytes = b""
    between: bytes = b""
    behind: bytes = b""
    zero: bytes | None = b"0000000000 65535 f \n"
    size: int | bytes | None = None
    prev: int | bytes | None = None
    root: bytes = b""
    behind_trailer: bytes = b"\n"
    announced: int | bytes | None = None
    section_shift: int = 0
    tail: bytes = b"\n"
    as_stream: bool = False
    lists_itself: bool = True
    stream_entries: bytes = b""
    widths: tuple[int, int, int] = (1, 4, 2)
    spoil_table: Callable[[bytes], bytes] = lambda table: table

    def write(self, base: bytes, sizes: list[int], previous: int | None) -> tuple[bytes, int]:
        """Append to ``base``; return all bytes and where the section is said to stand. ``sizes`` are the numbers used so
        far."""
        out = bytearray(base + self.before)
        rows: dict[int, Row | None] = {}
        for number, body in self.objects.items():
            generation = self.generations.get(number, 0)
            rows[number] = (1, len(out) + self.shift.get(number, 0), generation)
            out += self.head % (number, generation) + body + b"\nendobj\n" + self.between
        rows |= {number: (2, *place) for number, place in self.packed.items()}
        out += self.behind
        start = len(out)
        own = max([*rows, *self.rows, *sizes]) + 1
        if self.as_stream and self.lists_itself:
            rows[own] = (1, start, 0)
        rows |= self.rows
        listed = {number: row for number, row in sorted(rows.items()) if row is not None}
        sizes += [*listed, *([own] if self.as_stream else [])]
        size = max(sizes) + 1 if self.size is None else self.size
        prev = previous if self.prev is None else self.prev
        entries = b"".join(
            b"/%b %b" % (key, b"%d" % said if isinstance(said, int) else said)
            for key, said in ((b"Size", size), (b"Prev", prev))
            if said not in (None, b"")
        )
        if self.as_stream:
            out += self._stream(own, listed, entries)
        else:
            out += self._table(listed) + b"trailer\n<<%b%b>>" % (entries, self.trailer)
        announced = start - self.section_shift if self.announced is None else self.announced
        said = b"%d" % announced if isinstance(announced, int) else announced
        out += self.behind_trailer + b"startxref\n%b\n%%%%EOF" % said + self.tail
        return bytes(out), start - self.section_shift

    def _table(self, listed: dict[int, Row]) -> bytes:
        table = b"xref\n" + (b"0 1\n" + self.zero if self.zero is not None else b"")
        for number, (kind, place, generation) in listed.items():
            table += b"%d 1\n%010d %05d %c \n" % (number, place, generation, b"fn"[kind])
        return self.spoil_table(table if len(table) > 5 else table + b"0 0\n")

    def _stream(self, number: int, listed: dict[int, Row], entries: bytes) -> bytes:
        rows = {0: (0, 0, 255), **listed}
        data = b"".join(
            b"".join(part.to_bytes(width, "big") for part, width in zip(rows[one], self.widths, strict=True))
            for one in sorted(rows)
        )
        data = self.spoil_table(data)
        index = b" ".join(b"%d 1" % one for one in sorted(rows))
        said = b"/Type/XRef/W[%d %d %d]/Index[%b]" % (*self.widths, index)
        if b"/Filter" not in self.stream_entries:
            data, said = zlib.compress(data), said + b"/Filter/FlateDecode"
        return b"%d 0 obj\n%b\nendobj" % (
            number,
            stream(data, said + entries + self.trailer + self.stream_entries),
        )


def written(*revisions: Revision, header: bytes = HEADER, base: bytes = b"", previous: int | None = None) -> bytes:
    """The revisions behind each other, each chained to the one before."""
    data, sizes = base or header, [0]
    for revision in revisions:
        data, previous = revision.write(data, sizes, previous)
    return data


def judge(original: bytes) -> PreparedDocument:
    """Hold ``original`` to the grammar. Raises ``CheckFailed``."""
    expected = ExpectedDocument(len(original), b"", len(original) + 1, b"", (0, 0, 0, 0), "sha256")
    document = PreparedDocument(original + b"\n", expected)
    for check in (check_bodies, check_references, check_pages, check_softenings):
        check(document)
    return document


def packed_stream(members: dict[int, bytes], entries: bytes = b"", head: bytes | None = None) -> bytes:
    """The body of an object stream that holds ``members`` in their order; ``head`` replaces its numbers."""
    places, position = [], 0
    for number, body in members.items():
        places.append(b"%d %d" % (number, position))
        position += len(body) + 1
    numbers = b" ".join(places) if head is None else head
    data = numbers + b" " + b" ".join(members.values())
    return stream(data, b"/Type/ObjStm/N %d/First %d%b" % (len(members), len(numbers) + 1, entries))
