"""A quick reader for well-formed, unencrypted documents in memory.

It reads only what preparing asks for, a handful of objects: cross-reference entries are looked up in place,
never listed. Rules: everything must stand exactly as ISO 32000-2 7.5 says; encryption, hybrid sections,
free or compressed entries out of place, a generation or number that differs, unknown filters: all raise
UnreadableSyntax, and pyHanko reads the document instead."""

import io
import re
import zlib
from dataclasses import dataclass
from itertools import accumulate

from server.pdf.pdf_syntax import (
    NoEncryption,
    ObjectEncryption,
    Reference,
    UnreadableSyntax,
    as_reference,
    decode_text,
    split_array,
    split_dictionary,
    value_bounds,
)
from server.pdf.source_document import highest_reference_in

MAX_SECTIONS = 64
MAX_STREAM = 8 << 20
_END = re.compile(rb"startxref[\r\n ]+(\d{1,12})[\r\n ]+%%EOF[\r\n ]*\Z")
_SUBSECTION = re.compile(rb"[\r\n ]*(?:(\d{1,10}) (\d{1,10}) ?(?:\r\n|\n|\r)|trailer)")
_ENTRY = re.compile(rb"(\d{10}) (\d{5}) ([nf])(?: \r| \n|\r\n)\Z")
_OBJECT = re.compile(rb"(\d{1,10})[\x00\t\n\x0c\r ]+(\d{1,5})[\x00\t\n\x0c\r ]+obj(?![^\x00\t\n\x0c\r ()<>\[\]/%])")
_AFTER_OBJECT = re.compile(rb"[\x00\t\n\x0c\r ]*(?:(endobj)|stream(?:\r\n|\n))")
_AFTER_STREAM = re.compile(rb"[\r\n]{0,2}endstream")


@dataclass(frozen=True)
class _Table:
    """A classic cross-reference section: (first number, count, offset of the first 20-byte entry) each."""

    subsections: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True)
class _Stream:
    """A cross-reference stream: (first number, count, first row) each, and its rows."""

    subsections: tuple[tuple[int, int, int], ...]
    widths: tuple[int, int, int]
    rows: bytes


class QuickSource:
    """See SourceDocument. Raises UnreadableSyntax, also later, when an object turns out to be out of the
    ordinary."""

    def __init__(self, source: bytes) -> None:
        end = _END.search(source, max(0, len(source) - 128))
        if end is None or not source.startswith(b"%PDF-"):
            raise UnreadableSyntax("the file does not start or end as a PDF does")
        self._source = source
        self.size = len(source)
        self.ends_with_newline = source[-1:] in b"\r\n"
        self.last_startxref = int(end[1])
        self.encryption: ObjectEncryption = NoEncryption()
        self._object_streams: dict[int, tuple[bytes, dict[int, tuple[int, int]]]] = {}
        self._sections: list[_Table | _Stream] = []
        self.trailer = self._read_sections()
        self.uses_xref_stream = isinstance(self._sections[0], _Stream)
        ends = (first + count for section in self._sections for first, count, _ in section.subsections)
        self.next_object_number = max(_whole(self.trailer[b"/Size"]), *ends)

    def value(self, reference: Reference, owner: Reference | None = None) -> bytes:
        """The object's bytes as they stand in the file, whoever will own them."""
        place = self._find(reference)
        if isinstance(place, tuple):
            return self._value_in_object_stream(reference[0], *place)
        start, end, after = self._object_at(place, reference)
        if after.group(1) is None:
            raise UnreadableSyntax("a stream where a plain object should be")
        return self._source[start:end]

    def highest_reference(self) -> int:
        """From the file itself."""
        return highest_reference_in(io.BytesIO(self._source))

    def field_name(self, reference: Reference, entries: dict[bytes, bytes]) -> str:
        """``/T`` of the field."""
        return decode_text(entries[b"/T"]) if b"/T" in entries else ""

    def stream_data(self, reference: Reference) -> bytes:
        """The data of a stream that has no filter or Flate."""
        place = self._find(reference)
        if isinstance(place, tuple):
            raise UnreadableSyntax("a stream within an object stream")
        return self._stream_at(place, reference)[1]

    def _read_sections(self) -> dict[bytes, bytes]:
        trailer: dict[bytes, bytes] = {}
        offset: int | None = self.last_startxref
        visited: set[int] = set()
        while offset is not None:
            if offset in visited or len(visited) >= MAX_SECTIONS or offset >= self.size:
                raise UnreadableSyntax("the chain of cross-reference sections is broken")
            visited.add(offset)
            is_table = self._source.startswith(b"xref", offset)
            section, entries = self._read_table(offset) if is_table else self._read_stream_section(offset)
            if b"/Encrypt" in entries or b"/XRefStm" in entries:
                raise UnreadableSyntax("encrypted or hybrid")
            self._sections.append(section)
            trailer = trailer or entries
            offset = _whole(entries[b"/Prev"]) if b"/Prev" in entries else None
        if as_reference(trailer.get(b"/Root", b"")) is None or b"/Size" not in trailer:
            raise UnreadableSyntax("the trailer is incomplete")
        return {key: trailer[key] for key in (b"/Root", b"/Info", b"/ID", b"/Size") if key in trailer}

    def _read_table(self, offset: int) -> tuple[_Table, dict[bytes, bytes]]:
        subsections: list[tuple[int, int, int]] = []
        position = offset + 4
        while True:
            header = _SUBSECTION.match(self._source, position)
            if header is None:
                raise UnreadableSyntax("the cross-reference table is malformed")
            position = header.end()
            if header[1] is None:
                entries, _ = split_dictionary(self._source, position)
                return _Table(tuple(subsections)), entries
            first, count = int(header[1]), int(header[2])
            subsections.append((first, count, position))
            position += 20 * count

    def _read_stream_section(self, offset: int) -> tuple[_Stream, dict[bytes, bytes]]:
        entries, content = self._stream_at(offset, None)
        widths = tuple(_whole(width) for width in split_array(entries.get(b"/W", b"")))
        if entries.get(b"/Type") != b"/XRef" or len(widths) != 3:
            raise UnreadableSyntax("not a cross-reference stream")
        size = entries.get(b"/Size", b"")
        pairs = [_whole(n) for n in split_array(entries.get(b"/Index", b"[0 %b]" % size))]
        subsections: list[tuple[int, int, int]] = []
        row = 0
        for first, count in zip(pairs[::2], pairs[1::2], strict=True):
            subsections.append((first, count, row))
            row += count
        if row * sum(widths) != len(content) or not row:
            raise UnreadableSyntax("the cross-reference stream has the wrong length")
        return _Stream(tuple(subsections), (widths[0], widths[1], widths[2]), content), entries

    def _find(self, reference: Reference) -> int | tuple[int, int]:
        """Offset of the object, or the object stream's number and the index in it."""
        number, generation = reference
        for section in self._sections:
            for first, count, start in section.subsections:
                if first <= number < first + count:
                    if isinstance(section, _Table):
                        return self._table_entry(start + 20 * (number - first), generation)
                    return _stream_entry(section, start + number - first, generation)
        raise UnreadableSyntax(f"object {number} is in no cross-reference section")

    def _table_entry(self, position: int, generation: int) -> int:
        entry = _ENTRY.match(self._source[position : position + 20])
        if entry is None or entry[3] != b"n" or int(entry[2]) != generation:
            raise UnreadableSyntax("no such object")
        return int(entry[1])

    def _object_at(self, offset: int, reference: Reference | None) -> tuple[int, int, re.Match[bytes]]:
        """Start and end of the object's value, and what follows it."""
        header = _OBJECT.match(self._source, offset)
        if header is None or (reference is not None and (int(header[1]), int(header[2])) != reference):
            raise UnreadableSyntax("the object is not where it should be")
        start, end = value_bounds(self._source, header.end())
        after = _AFTER_OBJECT.match(self._source, end)
        if after is None:
            raise UnreadableSyntax("the object does not end")
        return start, end, after

    def _stream_at(self, offset: int, reference: Reference | None) -> tuple[dict[bytes, bytes], bytes]:
        start, _, after = self._object_at(offset, reference)
        if after.group(1) is not None:
            raise UnreadableSyntax("not a stream")
        entries, _ = split_dictionary(self._source, start)
        length_value = entries.get(b"/Length", b"")
        length_reference = as_reference(length_value)
        if length_reference is not None and self._sections:
            length_value = self.value(length_reference)
        end = after.end() + _whole(length_value)
        if _AFTER_STREAM.match(self._source, end) is None:
            raise UnreadableSyntax("the stream does not end where it should")
        return entries, _decode(entries, self._source[after.end() : end])

    def _value_in_object_stream(self, number: int, container: int, index: int) -> bytes:
        content, places = self._object_streams.get(container) or self._read_object_stream(container)
        found_index, start = places.get(number, (-1, 0))
        if found_index != index:
            raise UnreadableSyntax("the object is not in its object stream")
        start, end = value_bounds(content, start)
        return content[start:end]

    def _read_object_stream(self, container: int) -> tuple[bytes, dict[int, tuple[int, int]]]:
        place = self._find((container, 0))
        if isinstance(place, tuple):
            raise UnreadableSyntax("an object stream within an object stream")
        entries, content = self._stream_at(place, (container, 0))
        first = _whole(entries.get(b"/First", b""))
        numbers = [_whole(n) for n in content[:first].split()]
        if entries.get(b"/Type") != b"/ObjStm" or len(numbers) != 2 * _whole(entries.get(b"/N", b"")):
            raise UnreadableSyntax("not an object stream")
        pairs = enumerate(zip(numbers[::2], numbers[1::2], strict=True))
        places = {number: (index, first + offset) for index, (number, offset) in pairs}
        self._object_streams[container] = content, places
        return content, places


def _whole(value: bytes) -> int:
    if not value.isdigit() or len(value) > 12:
        raise UnreadableSyntax("not a whole number")
    return int(value)


def _stream_entry(section: _Stream, row: int, generation: int) -> int | tuple[int, int]:
    widths = section.widths
    position = row * sum(widths)
    fields: list[int] = []
    for width in widths:
        fields.append(int.from_bytes(section.rows[position : position + width], "big"))
        position += width
    kind = fields[0] if widths[0] else 1
    if kind == 1 and fields[2] == generation:
        return fields[1]
    if kind == 2 and generation == 0:
        return fields[1], fields[2]
    raise UnreadableSyntax("no such object")


def _decode(entries: dict[bytes, bytes], content: bytes) -> bytes:
    """The content of a stream without filter or with Flate, and with the PNG predictor Up that
    cross-reference streams use."""
    if b"/Filter" in entries:
        if entries[b"/Filter"] not in (b"/FlateDecode", b"[/FlateDecode]", b"[ /FlateDecode ]"):
            raise UnreadableSyntax("an unusual filter")
        inflate = zlib.decompressobj()
        try:
            content = inflate.decompress(content, MAX_STREAM)
        except zlib.error as error:
            raise UnreadableSyntax("the stream does not inflate") from error
        if not inflate.eof:
            raise UnreadableSyntax("the stream is too long or does not end")
    parameters = entries.get(b"/DecodeParms")
    if parameters is None:
        return content
    chosen, _ = split_dictionary(parameters)
    if chosen.get(b"/Predictor", b"1") == b"1":
        return content
    columns = _whole(chosen.get(b"/Columns", b"1"))
    if chosen.get(b"/Predictor") != b"12" or set(chosen) - {b"/Predictor", b"/Columns"}:
        raise UnreadableSyntax("an unusual predictor")
    return _undo_up(content, columns)


def _undo_up(content: bytes, columns: int) -> bytes:
    """Undoes the PNG filter Up (type 2 on every row), column by column."""
    row = columns + 1
    if len(content) % row or content[::row].strip(b"\x02"):
        raise UnreadableSyntax("an unusual PNG filter")
    decoded = bytearray(len(content) // row * columns)
    for column in range(columns):
        sums = accumulate(content[column + 1 :: row], lambda above, difference: (above + difference) & 0xFF)
        decoded[column::columns] = bytes(sums)
    return bytes(decoded)
