"""One small PDF for one rule about what stands on a page, and what upload and phone must say of it.

Rules: object 1 is the catalog, 2 the page tree, 3 the only page, 4 its content, further objects from 5; each file is one plain revision
in which everything is reachable, so nothing but the named rule can be the reason of a refusal. Everything is deterministic.
"""

import zlib
from dataclasses import dataclass

from tests.pdf_corpus.pdf_writer import CATALOG, PAGES, PdfWriter

MALFORMED = "pdf_content_malformed"  # the phone's doc_content
TOO_COMPLEX = "pdf_too_complex"  # the phone's doc_limits

PAGE, CONTENT, FIRST = 3, 4, 5


@dataclass(frozen=True)
class ContentCase:
    """``code`` and ``what``: the refusal at upload (``None``: accepted), with the word that the phone uses too.

    ``findings``: what is told of an accepted file, on both sides; ``of_upload``: what only the upload tells. ``objects``: bodies from
    number 5 on; ``contents`` stands in place of ``content`` where the page has an array of streams, which are then the last objects.
    """

    name: str
    content: bytes = b""
    resources: bytes = b"<< >>"
    objects: tuple[bytes, ...] = ()
    page: bytes = b""
    catalog: bytes = b""
    code: str | None = None
    what: str | None = None
    findings: frozenset[str] = frozenset()
    of_upload: frozenset[str] = frozenset()
    contents: tuple[bytes, ...] = ()
    content_entries: bytes = b""

    def build(self) -> bytes:
        """The bytes of the file."""
        writer = PdfWriter()
        writer.put(CATALOG, b"<< /Type /Catalog /Pages %d 0 R %s >>" % (PAGES, self.catalog))
        writer.put(PAGES, b"<< /Type /Pages /Count 1 /Kids [%d 0 R] >>" % PAGE)
        parts = [CONTENT, *range(FIRST + len(self.objects), FIRST + len(self.objects) + len(self.contents) - 1)]
        named = b"[%s]" % b" ".join(b"%d 0 R" % number for number in parts) if self.contents else b"%d 0 R" % CONTENT
        writer.put(
            PAGE,
            b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 595 842] /Contents %s /Resources %s %s >>"
            % (PAGES, named, self.resources, self.page),
        )
        first, *others = self.contents or (self.content,)
        writer.put(CONTENT, stream(first, self.content_entries))
        for body in (*self.objects, *map(stream, others)):
            writer.add(body)
        return writer.build()


def stream(data: bytes, entries: bytes = b"", *, packed: bool = False) -> bytes:
    """The body of a stream object; ``packed`` compresses it."""
    if packed:
        data, entries = zlib.compress(data, 9), entries + b" /Filter /FlateDecode"
    return b"<< /Length %d %s >>\nstream\n" % (len(data), entries) + data + b"\nendstream"


def form(data: bytes, entries: bytes = b"", *, box: bytes = b"/BBox [0 0 595 842]", packed: bool = False) -> bytes:
    """A form XObject (ISO 32000-2, 8.10)."""
    return stream(data, b"/Type /XObject /Subtype /Form %s %s" % (box, entries), packed=packed)


def image(width: int, height: int, entries: bytes = b"") -> bytes:
    """A black picture of one bit a pixel, compressed."""
    size = b"/Type /XObject /Subtype /Image /Width %d /Height %d" % (width, height)
    kind = b" /ColorSpace /DeviceGray /BitsPerComponent 1 "
    return stream(bytes((width + 7) // 8 * height), size + kind + entries, packed=True)


def font_type3(glyph: int, entries: bytes = b"") -> bytes:
    """A Type 3 font (9.6.4) whose letter A is drawn by object ``glyph``."""
    return (
        b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 1000 1000] /FontMatrix [0.001 0 0 0.001 0 0] /FirstChar 65 /LastChar 65 "
        b"/Widths [1000] /Encoding << /Type /Encoding /Differences [65 /square] >> /CharProcs << /square %d 0 R >> %s >>"
        % (glyph, entries or b"/Resources << >>")
    )


GLYPH = stream(b"1000 0 0 0 1000 1000 d1 100 100 800 800 re f")
TEXT_RESOURCES = b"<< /Font << /F1 5 0 R >> >>"
TEXT_OBJECTS = (font_type3(6), GLYPH)
