"""Writes PDF files object by object, with no opinion about whether they are right.

Rules: object numbers are given by the caller or counted up; bytes go out exactly as given; offsets are remembered, so that a caller
can spoil any of them afterwards. ``PdfWriter(base=…)`` writes an incremental update behind ``base`` (ISO 32000-2, 7.5.6).
Everything is deterministic: no dates, no random identifiers.
"""

import zlib
from dataclasses import dataclass, field

CATALOG = 1
PAGES = 2
FONT = 3


@dataclass
class PdfWriter:
    """One revision of a file: objects, then a cross-reference section, then a trailer."""

    base: bytes = b""
    version: str = "1.7"
    eol: bytes = b"\n"
    bodies: dict[int, bytes] = field(default_factory=dict)
    generations: dict[int, int] = field(default_factory=dict)
    offsets: dict[int, int] = field(default_factory=dict)
    startxref: int = 0

    def next_number(self) -> int:
        """The lowest object number above all that this revision holds."""
        return max(self.bodies, default=0) + 1

    def put(self, number: int, body: bytes | str) -> int:
        """Sets object ``number`` and returns the number; text is written as UTF-8."""
        self.bodies[number] = body.encode() if isinstance(body, str) else body
        return number

    def add(self, body: bytes | str) -> int:
        """Adds an object under the next free number."""
        return self.put(self.next_number(), body)

    def put_stream(
        self,
        number: int,
        content: bytes,
        entries: str = "",
        *,
        length: int | str | None = None,
        compress: bool = False,
    ) -> int:
        """Sets a stream object. ``length`` replaces the true /Length: a number, or text such as ``9 0 R``."""
        if compress:
            content = zlib.compress(content, 9)
            entries += " /Filter /FlateDecode"
        said = len(content) if length is None else length
        head = f"<< /Length {said} {entries} >>".encode()
        return self.put(number, head + self.eol + b"stream\n" + content + self.eol + b"endstream")

    def add_stream(
        self, content: bytes, entries: str = "", *, length: int | str | None = None, compress: bool = False
    ) -> int:
        """Adds a stream object under the next free number; see ``put_stream``."""
        return self.put_stream(self.next_number(), content, entries, length=length, compress=compress)

    def body_section(self) -> bytes:
        """Base, header and objects; fills ``offsets``."""
        header = b"" if self.base else f"%PDF-{self.version}".encode() + self.eol + b"%\xe2\xe3\xcf\xd3" + self.eol
        out = bytearray(self.base + header)
        if self.base and not self.base.endswith((b"\n", b"\r")):
            out += self.eol
        for number, body in self.bodies.items():
            self.offsets[number] = len(out)
            head = f"{number} {self.generations.get(number, 0)} obj".encode()
            out += head + self.eol + body + self.eol + b"endobj" + self.eol
        return bytes(out)

    def xref_table(self, *, free_head: bool = True) -> bytes:
        """The classical table for ``offsets``, in subsections of consecutive numbers, 20 bytes an entry (7.5.4)."""
        end = b"\r\n" if self.eol == b"\r\n" else b" " + self.eol
        rows = {
            number: b"%010d %05d n" % (offset, self.generations.get(number, 0)) + end
            for number, offset in self.offsets.items()
        }
        if free_head:
            rows[0] = b"0000000000 65535 f" + end
        out = bytearray(b"xref" + self.eol)
        for run in consecutive_runs(sorted(rows)):
            out += f"{run[0]} {len(run)}".encode() + self.eol
            out += b"".join(rows[number] for number in run)
        return bytes(out)

    def build(
        self, trailer: str = f"/Root {CATALOG} 0 R", *, size: int | None = None, prev: int | None = None
    ) -> bytes:
        """The whole file with a classical cross-reference table."""
        out = self.body_section()
        self.startxref = len(out)
        said_size = max(self.bodies, default=0) + 1 if size is None else size
        prev_entry = "" if prev is None else f"/Prev {prev} "
        out += self.xref_table(free_head=not self.base)
        out += b"trailer" + self.eol + f"<< /Size {said_size} {prev_entry}{trailer} >>".encode() + self.eol
        return out + self.tail()

    def tail(self) -> bytes:
        """``startxref`` and the end marker."""
        return b"startxref" + self.eol + str(self.startxref).encode() + self.eol + b"%%EOF" + self.eol

    def build_xref_stream(
        self,
        trailer: str = f"/Root {CATALOG} 0 R",
        *,
        prev: int | None = None,
        packed: dict[int, tuple[int, int]] | None = None,
        entries: str = "",
        filters: int = 1,
    ) -> bytes:
        """The whole file with a cross-reference stream. ``packed``: number -> (object stream, index) for objects held inside one."""
        out = self.body_section()
        self.startxref = len(out)
        number = max([*self.bodies, *(packed or {})]) + 1
        rows = {0: (0, 0, 65535)} if not self.base else {}
        rows |= {n: (1, offset, self.generations.get(n, 0)) for n, offset in self.offsets.items()}
        rows |= {n: (2, *place) for n, place in (packed or {}).items()}
        rows[number] = (1, self.startxref, 0)
        runs = consecutive_runs(sorted(rows))
        table = b"".join(
            kind.to_bytes(1) + where.to_bytes(4) + last.to_bytes(2) for _, (kind, where, last) in sorted(rows.items())
        )
        for _ in range(filters):
            table = zlib.compress(table, 9)
        filter_names = " ".join(["/FlateDecode"] * filters)
        index = " ".join(f"{run[0]} {len(run)}" for run in runs)
        prev_entry = "" if prev is None else f"/Prev {prev} "
        dictionary = (
            f"<< /Type /XRef /Size {number + 1} /W [1 4 2] /Index [{index}] {prev_entry}{trailer} {entries} "
            f"/Filter [{filter_names}] /Length {len(table)} >>"
        ).encode()
        out += f"{number} 0 obj".encode() + self.eol + dictionary + self.eol + b"stream\n" + table
        return out + self.eol + b"endstream" + self.eol + b"endobj" + self.eol + self.tail()


def consecutive_runs(numbers: list[int]) -> list[list[int]]:
    """Splits sorted numbers into runs without holes."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs


def object_stream(objects: dict[int, str]) -> tuple[bytes, str]:
    """Content and dictionary entries of an object stream (7.5.7) that holds ``objects`` in their order."""
    index, texts, position = [], [], 0
    for number, text in objects.items():
        index.append(f"{number} {position}")
        texts.append(text)
        position += len(text.encode()) + 1
    head = " ".join(index) + " "
    return (head + " ".join(texts)).encode(), f"/Type /ObjStm /N {len(objects)} /First {len(head)}"


def text_page(lines: list[str], *, size: int = 12, left: int = 72, top: int = 760) -> bytes:
    """A content stream that shows ASCII ``lines`` in the font /F1."""
    shown = " ".join(f"({line.translate({40: chr(92) + '(', 41: chr(92) + ')'})}) Tj T*" for line in lines)
    return f"BT /F1 {size} Tf {size * 1.4:g} TL {left} {top} Td {shown} ET".encode()


def plain_document(
    page_texts: list[list[str]] | None = None,
    *,
    catalog: str = "",
    page: str = "",
    version: str = "1.7",
    eol: bytes = b"\n",
    compress: bool = False,
    media_box: str = "[0 0 595 842]",
) -> PdfWriter:
    """A writer that holds a small document: catalog 1, page tree 2, font 3, then page and content alternately from 4.

    ``catalog`` and ``page`` are further entries of those dictionaries. The font is Helvetica, not embedded.
    """
    texts = page_texts or [["CONTRACT No. 2", "The price is 1,000 dong.", "Signed in Ha Noi."]]
    writer = PdfWriter(version=version, eol=eol)
    kids = " ".join(f"{4 + 2 * i} 0 R" for i in range(len(texts)))
    writer.put(CATALOG, f"<< /Type /Catalog /Pages {PAGES} 0 R {catalog} >>")
    writer.put(PAGES, f"<< /Type /Pages /Count {len(texts)} /Kids [{kids}] >>")
    writer.put(FONT, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    for i, lines in enumerate(texts):
        writer.put(
            4 + 2 * i,
            f"<< /Type /Page /Parent {PAGES} 0 R /MediaBox {media_box} /Contents {5 + 2 * i} 0 R "
            f"/Resources << /Font << /F1 {FONT} 0 R >> >> {page} >>",
        )
        writer.put_stream(5 + 2 * i, text_page(lines), compress=compress)
    return writer


def stream_content(body: bytes) -> bytes:
    """The content of a stream object that ``PdfWriter`` put with LF line ends."""
    return body.split(b"stream\n", 1)[1].removesuffix(b"\nendstream")
