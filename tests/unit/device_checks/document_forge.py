"""Forges prepared documents object by object: right ones, and ones that break exactly one rule.

Lengths, digests and ByteRange of the expectation always fit the forged bytes, so that only the check under test can object.
"""

import hashlib
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from mobile_app.device.document_checks import ExpectedDocument
from tests.pdf_corpus import stamp_by_hand

CATALOG, PAGES, PAGE, CONTENT, FONT = 1, 2, 3, 4, 5
SIGNATURE, FIELD, STAMP, STAMP_FONT, CID_FONT, DESCRIPTOR, FONT_FILE, TO_UNICODE, FORM = (
    6,
    7,
    8,
    9,
    10,
    11,
    12,
    13,
    14,
)
SECOND_FONT = 30
"""First of five, like ``STAMP_FONT``; the numbers between are free for what a test adds."""
GAP = b"<" + b"0" * 64 + b">"
BLANK = b"[0 0000000000 0000000000 0000000000]"


def stream(data: bytes, entries: bytes = b"", length: bytes | None = None) -> bytes:
    """A stream's body; ``length`` replaces what the dictionary says."""
    said = b"%d" % len(data) if length is None else length
    return b"<</Length %b%b>>\nstream\n%b\nendstream" % (said, entries, data)


def original_objects() -> dict[int, bytes]:
    """One page with one line of text."""
    return {
        CATALOG: b"<</Type/Catalog/Pages 2 0 R>>",
        PAGES: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        PAGE: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        CONTENT: stream(b"BT /F1 12 Tf 72 700 Td (1,000 dong) Tj ET"),
        FONT: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    }


def increment_objects() -> dict[int, bytes]:
    """Signature, field, stamp with its fonts, form, page and catalog."""
    return {
        SIGNATURE: b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/M(D:20251122140500+07'00')/Name(Nguyen Van A)"
        b"/ByteRange " + BLANK + b"/Contents " + GAP + b">>",
        FIELD: b"<</Type/Annot/Subtype/Widget/FT/Sig/T(PhoneSeal1)/V 6 0 R/Rect[300 100 500 160]/F 4/P 3 0 R/AP<</N 8 0 R>>>>",
        STAMP: stamp_by_hand.form(first=STAMP_FONT, second=SECOND_FONT),
        **stamp_by_hand.font(STAMP_FONT),
        **stamp_by_hand.font(SECOND_FONT),
        FORM: b"<</Fields[7 0 R]/SigFlags 3>>",
        PAGE: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>/Annots[7 0 R]>>",
        CATALOG: b"<</Type/Catalog/Pages 2 0 R/AcroForm 14 0 R>>",
    }


@dataclass
class Forge:
    """What ``build`` writes. ``entries`` replaces what a cross-reference section says of an object: offset, or ``None`` to leave it out."""

    original: dict[int, bytes] = field(default_factory=original_objects)
    increment: dict[int, bytes] = field(default_factory=increment_objects)
    original_entries: dict[int, int | None] = field(default_factory=dict)
    increment_entries: dict[int, int | None] = field(default_factory=dict)
    header: bytes = b"%PDF-1.7\n"
    original_trailer: bytes = b"/Root 1 0 R/ID[<01><02>]"
    original_tail: bytes = b""
    increment_trailer: bytes = b"/Root 1 0 R/ID[<01><03>]"
    prev: int | None = None
    between: bytes = b""
    tail: bytes = b""
    gap: bytes = GAP
    generations: dict[int, int] = field(default_factory=dict)
    packed_original: bytes | None = None
    table_always: bool = False
    drops_unreached: bool = True

    def build_original(self) -> bytes:
        """The original's bytes."""
        if self.packed_original is not None:
            return self.packed_original
        out = bytearray(self.header)
        reached = self._reached()
        offsets = self._append(out, {number: body for number, body in self.original.items() if number in reached})
        self._append_table(out, {**offsets, **self.original_entries}, self.original_trailer, None)
        return bytes(out + self.original_tail)

    def build(self) -> tuple[bytes, ExpectedDocument]:
        """The prepared document, and what an honest manifest says of it."""
        original = self.build_original()
        out = bytearray(original)
        offsets = self._append(out, self.increment)
        out += self.between
        prev = int(re.findall(rb"startxref\s+(\d+)", original)[-1]) if self.prev is None else self.prev
        append = self._append_stream if b"/XRef" in original and not self.table_always else self._append_table
        append(out, {**offsets, **self.increment_entries}, self.increment_trailer, prev)
        out += self.tail
        data = bytes(out)
        at = data.find(self.gap, len(original))
        byte_range = (0, at, at + len(self.gap), len(data) - at - len(self.gap))
        data = data.replace(BLANK, b"[0 %010d %010d %010d]" % byte_range[1:])
        return data, ExpectedDocument(
            original_length=len(original),
            original_sha256=hashlib.sha256(original).digest(),
            prepared_length=len(data),
            prepared_sha256=hashlib.sha256(data).digest(),
            byte_range=byte_range,
            digest_algorithm="sha256",
        )

    def _reached(self) -> set[int]:
        """The original's objects that something refers to; an unsigned document has no others."""
        if not self.drops_unreached:
            return set(self.original)
        reached: set[int] = set()
        waiting = [self.original_trailer]
        while waiting:
            for number in map(int, re.findall(rb"(\d{1,7}) \d+ R", waiting.pop())):
                if number in self.original and number not in reached:
                    reached.add(number)
                    waiting.append(self.original[number])
        return reached

    def _append(self, out: bytearray, objects: dict[int, bytes]) -> dict[int, int | None]:
        offsets: dict[int, int | None] = {}
        for number, body in objects.items():
            offsets[number] = len(out)
            out += b"%d %d obj\n%b\nendobj\n" % (number, self.generations.get(number, 0), body)
        return offsets

    def _append_table(
        self, out: bytearray, offsets: dict[int, int | None], trailer: bytes, prev: int | None
    ) -> None:
        start = len(out)
        out += b"xref\n0 1\n0000000000 65535 f \n"
        for number, offset in offsets.items():
            if offset is not None:
                out += b"%d 1\n%010d %05d n \n" % (number, offset, self.generations.get(number, 0))
        size = max(offsets) + 1 if prev is None else max([*offsets, self._size_before() - 1]) + 1
        said = b"" if prev is None else b"/Prev %d" % prev
        out += b"trailer\n<</Size %d%b%b>>\nstartxref\n%d\n%%%%EOF\n" % (size, said, trailer, start)

    def _size_before(self) -> int:
        """The original's /Size."""
        return max(map(int, re.findall(rb"/Size (\d+)", self.build_original())), default=1)

    def _append_stream(
        self, out: bytearray, offsets: dict[int, int | None], trailer: bytes, prev: int | None
    ) -> None:
        start, number = len(out), max([*offsets, self._size_before() - 1]) + 1
        rows = {number: start, **{one: offset for one, offset in offsets.items() if offset is not None}}
        table = b"".join(
            b"\1" + rows[one].to_bytes(4, "big") + self.generations.get(one, 0).to_bytes(2, "big")
            for one in sorted(rows)
        )
        index = b" ".join(b"%d 1" % one for one in sorted(rows))
        said = b"/Type/XRef/W[1 4 2]/Index[%b]/Size %d/Prev %d%b" % (index, number + 1, prev or 0, trailer)
        out += b"%d 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF\n" % (number, stream(table, said), start)


def redigested(data: bytes, expected: ExpectedDocument) -> ExpectedDocument:
    """``expected`` with the digests and lengths of ``data``."""
    return replace(
        expected,
        original_sha256=hashlib.sha256(data[: expected.original_length]).digest(),
        prepared_length=len(data),
        prepared_sha256=hashlib.sha256(data).digest(),
    )


def shifted(increment: dict[int, bytes], by: int) -> dict[int, bytes]:
    """``increment`` with its new objects and all references to them counted up by ``by``."""

    def counted(found: re.Match[bytes]) -> bytes:
        number = int(found[0])
        return b"%d" % (number + by if number > FONT else number)

    moved = {number: re.sub(rb"\d+(?= 0 R)", counted, body) for number, body in increment.items()}
    return {number + by * (number > FONT): body for number, body in moved.items()}


def packed(
    members: dict[int, bytes],
    *,
    index: list[tuple[int, int]] | None = None,
    entries: bytes = b"",
    spoil: bytes = b"",
    container_entry: bytes | None = None,
) -> bytes:
    """An original that keeps ``members`` in object stream 6 and has a cross-reference stream 7."""
    bodies = b"".join(body + b" " for body in members.values())
    places, position = [], 0
    for number, body in members.items():
        places.append((number, position))
        position += len(body) + 1
    head = b" ".join(b"%d %d" % place for place in (index or places)) + b" "
    inflated = head + bodies
    out = bytearray(b"%PDF-1.7\n")
    offsets = {CONTENT: len(out)}
    out += b"4 0 obj\n%b\nendobj\n" % stream(b"BT ET")
    offsets[6] = len(out)
    said = b"/Type/ObjStm/N %d/First %d/Filter/FlateDecode%b" % (len(members), len(head), entries)
    out += b"6 0 obj\n%b\nendobj\n" % stream(spoil or zlib.compress(inflated), said)
    offsets[7] = len(out)
    rows = {0: (0, 0, 255), 4: (1, offsets[4], 0), 6: (1, offsets[6], 0), 7: (1, offsets[7], 0)}
    rows |= {number: (2, 6, place) for place, number in enumerate(members)}
    table = b"".join(
        bytes([a]) + b.to_bytes(4, "big") + bytes([c]) for a, b, c in (rows[n] for n in sorted(rows))
    )
    if container_entry is not None:
        at = 6 * sorted(rows).index(6)
        table = table[:at] + container_entry + table[at + 6 :]
    index_said = b"".join(b"%d 1 " % number for number in sorted(rows))
    out += b"7 0 obj\n%b\nendobj\n" % stream(
        zlib.compress(table),
        b"/Type/XRef/W[1 4 1]/Index[%b]/Size 8/Root 1 0 R/ID[<01><02>]/Filter/FlateDecode" % index_said,
    )
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % offsets[7])


MEMBERS = {number: body for number, body in Forge().original.items() if number != CONTENT}


def on_packed(**more: object) -> Callable[[], tuple[bytes, ExpectedDocument]]:
    """The usual increment, with other numbers, on ``packed``."""

    def build() -> tuple[bytes, ExpectedDocument]:
        forge = Forge(packed_original=packed(MEMBERS, **more))  # type: ignore[arg-type]
        forge.increment = shifted(forge.increment, 10)
        return forge.build()

    return build
