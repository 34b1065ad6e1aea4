"""The update that preparing appends (ISO 32000-2 7.5.6): objects, a cross-reference section of the source's
kind, and the signature's gap.

Rules: no object streams; a classic table after a classic table, a cross-reference stream after a
cross-reference stream; nothing of the source is touched; the gap is ``<00…0>`` and the ByteRange is final,
padded with spaces to a constant width of 42 bytes that holds four offsets of ten digits (files up to 10
GB)."""

import hashlib
from dataclasses import dataclass

from server.pdf.pdf_syntax import split_array
from server.pdf.source_document import SourceDocument

BYTE_RANGE_WIDTH = 48


@dataclass(frozen=True)
class Increment:
    """The appended bytes, and where the gap lies in the whole file: offsets of its ``<`` and of the byte
    after its ``>``."""

    appended: bytes
    gap_start: int
    gap_end: int
    file_size: int

    @property
    def byte_range(self) -> tuple[int, int, int, int]:
        """All of the file but the gap."""
        return 0, self.gap_start, self.gap_end, self.file_size - self.gap_end


class IncrementWriter:
    """Collects the objects of one update. New objects are numbered from ``number()`` on."""

    def __init__(self, source: SourceDocument) -> None:
        self._source = source
        self._next_number = source.next_object_number
        self._parts: list[bytes] = [] if source.ends_with_newline else [b"\n"]
        self._position = source.size + len(b"".join(self._parts))
        self._offsets: list[tuple[int, int, int]] = []  # number, generation, offset
        self._gap = (0, 0)
        self._byte_range_part = 0

    def leave_out_references(self) -> None:
        """New objects get numbers that nothing in the file refers to: a reference to nothing must not become one to ours."""
        self._next_number = max(self._next_number, self._source.highest_reference() + 1)

    def number(self, count: int = 1) -> int:
        """The first of ``count`` new object numbers."""
        first = self._next_number
        self._next_number += count
        return first

    def add(self, number: int, written: bytes, generation: int = 0) -> None:
        """Appends an object written by write_object() or of that form."""
        self._offsets.append((number, generation, self._position))
        self._append(written)

    def add_signature(self, number: int, entries: bytes, contents_bytes: int) -> None:
        """Appends the signature dictionary with its gap for ``contents_bytes`` of CMS and a place for the
        ByteRange."""
        self._offsets.append((number, 0, self._position))
        self._append(b"%d 0 obj\n<<%b/ByteRange " % (number, entries))
        self._byte_range_part = len(self._parts)
        self._append(b" " * BYTE_RANGE_WIDTH)
        self._append(b"/Contents ")
        gap_start = self._position
        self._append(b"<" + b"0" * (2 * contents_bytes) + b">")
        self._gap = gap_start, self._position
        self._append(b">>\nendobj\n")

    def _append(self, part: bytes) -> None:
        self._parts.append(part)
        self._position += len(part)

    def finish(self, id_seed: bytes) -> Increment:
        """Appends cross-reference section and trailer and writes the ByteRange. ``id_seed`` makes the
        second half of ``/ID``: the same input gives the same file."""
        if self._source.uses_xref_stream:
            self._append_xref_stream(id_seed)
        else:
            self._append_xref_table(id_seed)
        gap_start, gap_end = self._gap
        byte_range = b"[0 %d %d %d]" % (gap_start, gap_end, self._position - gap_end)
        self._parts[self._byte_range_part] = byte_range.ljust(BYTE_RANGE_WIDTH)
        return Increment(b"".join(self._parts), gap_start, gap_end, self._position)

    def _trailer(self, size: int, id_seed: bytes) -> bytes:
        old_id = self._source.trailer.get(b"/ID")
        changed = b"<%b>" % hashlib.sha256(id_seed + b"%d" % self._source.size).hexdigest()[:32].encode("ascii")
        permanent = split_array(old_id)[0] if old_id is not None and old_id[:1] == b"[" else changed
        kept = b"".join(
            key + b" " + self._source.trailer[key]
            for key in (b"/Root", b"/Info", b"/Encrypt")
            if key in self._source.trailer
        )
        return b"/Size %d%b/ID[%b%b]/Prev %d" % (size, kept, permanent, changed, self._source.last_startxref)

    def _subsections(self) -> list[list[tuple[int, int, int]]]:
        runs: list[list[tuple[int, int, int]]] = []
        for entry in sorted(self._offsets):
            if runs and runs[-1][-1][0] + 1 == entry[0]:
                runs[-1].append(entry)
            else:
                runs.append([entry])
        return runs

    def _append_xref_table(self, id_seed: bytes) -> None:
        start = self._position
        lines = [b"xref\n"]
        for run in self._subsections():
            lines.append(b"%d %d\n" % (run[0][0], len(run)))
            lines.extend(b"%010d %05d n \n" % (offset, generation) for _, generation, offset in run)
        trailer = self._trailer(self._next_number, id_seed)
        self._append(b"%btrailer\n<<%b>>\nstartxref\n%d\n%%%%EOF\n" % (b"".join(lines), trailer, start))

    def _append_xref_stream(self, id_seed: bytes) -> None:
        number = self.number()
        start = self._position
        self._offsets.append((number, 0, start))
        runs = self._subsections()
        index = b" ".join(b"%d %d" % (run[0][0], len(run)) for run in runs)
        rows = b"".join(
            b"\x01" + offset.to_bytes(5, "big") + generation.to_bytes(2, "big")
            for run in runs
            for _, generation, offset in run
        )
        trailer = self._trailer(self._next_number, id_seed)
        self._append(
            b"%d 0 obj\n<</Type/XRef/W[1 5 2]/Index[%b]%b/Length %d>>\nstream\n%b\nendstream\nendobj\n"
            b"startxref\n%d\n%%%%EOF\n" % (number, index, trailer, len(rows), rows, start)
        )
