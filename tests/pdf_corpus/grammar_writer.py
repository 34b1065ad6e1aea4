"""Writes the small files of the grammar's cases: every byte given by the caller, offsets remembered.

Rules: nothing here knows whether a file is right. A ``GrammarFile`` grows revision by revision: ``put`` and ``raw`` append bytes,
``close`` appends a cross-reference table with its trailer (ISO 32000-2, 7.5.4 and 7.5.5), ``close_stream`` a cross-reference stream
(7.5.8). What one revision lists can be changed in ``entries`` before it is closed. ``build`` makes the one-page document that most
cases vary; signed means that its signature field has a value.
"""

from collections.abc import Callable, Mapping

HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
CONTENT = b"q Q \n"
Entry = tuple[int, int, bytes]  # offset or next free number, generation, b"n" or b"f"

PLAIN = {
    1: b"<< /Type /Catalog /Pages 2 0 R >>",
    2: b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
    3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << >> >>",
    4: b"<< /Length 5 >>\nstream\n" + CONTENT + b"\nendstream",
}
SIGNED = {
    1: b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [5 0 R] /SigFlags 3 >> >>",
    2: PLAIN[2],
    3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << >> /Annots [5 0 R] >>",
    4: PLAIN[4],
    5: b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (S) /V 6 0 R /Rect [0 0 0 0] /F 132 /P 3 0 R >>",
    6: b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /ByteRange [0 10 20 30] /Contents <00> >>",
}


def base(signed: bool) -> dict[int, bytes]:
    """The objects of the one-page document."""
    return dict(SIGNED if signed else PLAIN)


class GrammarFile:
    """A file under construction; ``entries`` are those of the revision that is open."""

    def __init__(self, header: bytes = HEADER) -> None:
        self.out = bytearray(header)
        self.entries: dict[int, Entry] = {}
        self.sections: list[int] = []
        self.highest = 0

    def put(
        self, number: int, body: bytes, *, generation: int = 0, head: bytes | None = None, end: bytes = b"\nendobj\n"
    ) -> int:
        """Append an object and list it; ``head`` replaces ``N G obj``. Returns its offset."""
        offset = len(self.out)
        self.entries[number] = (offset, generation, b"n")
        self.highest = max(self.highest, number)
        self.out += (b"%d %d obj" % (number, generation) if head is None else head) + b"\n" + body + end
        return offset

    def raw(self, data: bytes) -> int:
        """Append bytes as they are; returns where they begin."""
        self.out += data
        return len(self.out) - len(data)

    def free(self, number: int, generation: int = 1) -> None:
        """List a number as free."""
        self.entries[number] = (0, generation, b"f")

    def _trailer(self, size: int | bytes | None, root: bytes, extra: bytes) -> bytes:
        stated = self.highest + 1 if size is None else size
        said = b"/Size %d " % stated if isinstance(stated, int) else stated
        previous = b"/Prev %d " % self.sections[-1] if self.sections and b"/Prev" not in extra else b""
        return b"<< " + said + root + b" " + previous + extra + b">>"

    def close(
        self,
        *,
        size: int | bytes | None = None,
        root: bytes = b"/Root 1 0 R",
        extra: bytes = b"",
        rows: bytes | None = None,
        entry_zero: bytes = b"0000000000 65535 f \n",
        before_startxref: bytes = b"",
        startxref: bytes | None = None,
        end: bytes = b"%%EOF\n",
    ) -> "GrammarFile":
        """End the revision with a table; ``rows`` replaces all its subsections."""
        trailer = self._trailer(size, root, extra)
        start = len(self.out)
        if rows is None:
            rows = self._rows(entry_zero)
        self.out += b"xref\n" + rows + b"trailer\n" + trailer + b"\n" + before_startxref
        self.out += (b"startxref\n%d\n" % start if startxref is None else startxref) + end
        self.sections.append(start)
        self.entries = {}
        return self

    def _rows(self, entry_zero: bytes) -> bytes:
        listed = dict(self.entries)
        runs: list[list[int]] = []
        first = [0] if not self.sections else []
        for number in first + sorted(set(listed) - set(first)):
            if runs and runs[-1][-1] == number - 1:
                runs[-1].append(number)
            else:
                runs.append([number])
        out = b""
        for run in runs:
            out += b"%d %d\n" % (run[0], len(run))
            for number in run:
                out += entry_zero if number == 0 and 0 not in listed else b"%010d %05d %s \n" % listed[number]
        return out

    def close_stream(
        self,
        number: int,
        packed: Mapping[int, tuple[int, int]] | None = None,
        *,
        kinds: Mapping[int, tuple[int, int, int]] | None = None,
        list_itself: bool = True,
        generation: int = 0,
        entry_zero: tuple[int, int, int] = (0, 0, 65535),
        extra: bytes = b"",
        alter: Callable[[bytes], bytes] = bytes,
        size: int | bytes | None = None,
        root: bytes = b"/Root 1 0 R",
        end: bytes = b"%%EOF\n",
    ) -> "GrammarFile":
        """End the revision with a cross-reference stream; ``packed`` maps members to (object stream, index).

        ``kinds`` replaces whole rows; ``alter`` changes the data, whose length stays true.
        """
        start = len(self.out)
        self.highest = max([self.highest, number, *(packed or {})])
        rows = {
            key: (1, entry[0], entry[1]) if entry[2] == b"n" else (0, entry[0], entry[1])
            for key, entry in self.entries.items()
        }
        rows |= {key: (2, *place) for key, place in (packed or {}).items()}
        if list_itself:
            rows[number] = (1, start, generation)
        if not self.sections:
            rows[0] = entry_zero
        rows |= kinds or {}
        index = b" ".join(b"%d 1" % key for key in sorted(rows))
        data = alter(
            b"".join(
                b"%c%b%b" % (rows[key][0], rows[key][1].to_bytes(4, "big"), rows[key][2].to_bytes(2, "big"))
                for key in sorted(rows)
            )
        )
        dictionary = self._trailer(
            size, root, b"/Type /XRef /W [1 4 2] /Index [%b] /Length %d " % (index, len(data)) + extra
        )
        self.out += (
            b"%d %d obj\n" % (number, generation)
            + dictionary
            + b"\nstream\n"
            + data
            + b"\nendstream\nendobj\nstartxref\n%d\n" % start
            + end
        )
        self.sections.append(start)
        self.entries = {}
        return self

    def done(self) -> bytes:
        return bytes(self.out)


def pack(
    members: Mapping[int, bytes],
    *,
    count: int | None = None,
    first: int | None = None,
    order: list[int] | None = None,
    extra: bytes = b"",
) -> bytes:
    """The body of an object stream (7.5.7); ``order`` gives the index pairs in another order than the data."""
    offsets, data = {}, b""
    for number, body in members.items():
        offsets[number] = len(data)
        data += body + b" "
    head = b"".join(b"%d %d " % (number, offsets[number]) for number in order or members)
    content = head + data
    said = len(members) if count is None else count
    begin = len(head) if first is None else first
    return (
        b"<< /Type /ObjStm /N %d /First %d /Length %d %b>>\nstream\n" % (said, begin, len(content), extra)
        + content
        + b"\nendstream"
    )


def build(
    signed: bool,
    changes: Mapping[int, bytes] | None = None,
    *,
    header: bytes = HEADER,
    heads: Mapping[int, bytes] | None = None,
    after: Mapping[int, bytes] | None = None,
    listed: Mapping[int, Entry | None] | None = None,
    shift: Mapping[int, int] | None = None,
    **closing: object,
) -> bytes:
    """The document in one revision. ``after``: bytes behind an object; ``listed``: other entries (None: none);
    ``shift``: added to an offset.
    """
    file = open_document(signed, changes, header=header, heads=heads, after=after)
    for number, entry in (listed or {}).items():
        if entry is None:
            del file.entries[number]
        else:
            file.entries[number] = entry
    for number, by in (shift or {}).items():
        offset, generation, kind = file.entries[number]
        file.entries[number] = (offset + by, generation, kind)
    return file.close(**closing).done()  # type: ignore[arg-type]


def open_document(
    signed: bool,
    changes: Mapping[int, bytes] | None = None,
    *,
    header: bytes = HEADER,
    heads: Mapping[int, bytes] | None = None,
    after: Mapping[int, bytes] | None = None,
) -> GrammarFile:
    """The document's objects in a revision that is still open."""
    file = GrammarFile(header)
    for number, body in {**base(signed), **(changes or {})}.items():
        file.put(number, body, head=(heads or {}).get(number))
        file.raw((after or {}).get(number, b""))
    return file
