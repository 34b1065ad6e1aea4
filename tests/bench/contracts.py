"""The documents that are signed: the repository's own two-page contract, each with its own content.

``KINDS`` different contracts (numbers, prices, texts) are made once; the copies of one differ in the trailer's ``/ID`` only (same length,
so every offset stays right). Thousands are made in a moment, and no two have the same digest. A big document is a scan of many
pages, each an image of random bytes; a long one has many pages of text, each with its own.
"""

import re
import secrets
import zlib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from server.pdf.sample_contract import SIGNATURE_BOX, SIGNATURE_PAGE, make_sample_contract

PLACEMENT = {"page": SIGNATURE_PAGE, **dict(zip(("x0", "y0", "x1", "y1"), SIGNATURE_BOX, strict=True))}
PAGE_BOXES = ((595.28, 841.89),) * 2
KINDS = 20
SCAN, SCAN_WIDTH = 8_000_000, 2_500  # bytes and pixels of one scanned page
_ID = re.compile(rb"<[0-9a-f]{32}>")


@lru_cache(KINDS)
def _contract(kind: int) -> bytes:
    return make_sample_contract(number=kind + 1)


def make_contracts(count: int) -> Iterator[bytes]:
    for number in range(count):
        source = _contract(number % KINDS)
        trailer = source.index(b"/ID")
        own = b"<" + secrets.token_hex(16).encode() + b">"
        yield source[:trailer] + _ID.sub(own, source[trailer:], count=2)


def write_long_pdf(path: Path, pages: int) -> None:
    """A valid PDF of so many pages, each of some 3 KB of text as office programs write it, compressed."""
    bodies = [b"<</Type/Catalog/Pages 2 0 R>>", b"", b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"]
    kids = []
    for number in range(pages):
        kids.append(b"%d 0 R" % (len(bodies) + 1))
        page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>/Contents %d 0 R>>"
        content = zlib.compress(_page_of_text(number))
        bodies += [page % (len(bodies) + 2), b"<</Length %d/Filter/FlateDecode>>\nstream\n%b\nendstream" % (len(content), content)]
    bodies[1] = b"<</Type/Pages/Kids[%b]/Count %d>>" % (b" ".join(kids), pages)
    out, offsets = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), []
    for number, body in enumerate(bodies, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n%b" % (len(offsets) + 1, table)
    out += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(offsets) + 1, start)
    path.write_bytes(out)


def _page_of_text(number: int) -> bytes:
    line = b"1 0 0 1 56.8 %d.3 Tm [(Clause %d.%d: the )-12(price of this )5(part is )-3(%d dong.)]TJ\n"
    lines = (line % (770 - 20 * row, number, row, number * row) for row in range(36))
    rules = (b"q 0.5 w 0.2 g 56.8 %d 481.9 0.5 re f Q\n" % (765 - 20 * row) for row in range(0, 36, 4))
    return b"q 0 0 595 842 re W* n\n%bBT\n/F1 10 Tf 0 g\n%bET\nQ" % (b"".join(rules), b"".join(lines))


def write_big_pdf(path: Path, size: int) -> None:
    """A valid PDF of nearly ``size`` bytes, like a scan: a page for each ``SCAN`` bytes, each one image of random bytes."""
    pages = max(1, (size - 2000) // (SCAN + 1000))
    offsets: list[int] = []
    with path.open("wb") as file:

        def write(content: bytes, stream: bytes | None = None) -> None:
            offsets.append(file.tell())
            file.write(b"%d 0 obj\n%b" % (len(offsets), content))
            if stream is not None:
                file.write(b"\nstream\n%b\nendstream" % stream)
            file.write(b"\nendobj\n")

        file.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        write(b"<</Type/Catalog/Pages 2 0 R>>")
        kids = b" ".join(b"%d 0 R" % (3 + 3 * number) for number in range(pages))
        write(b"<</Type/Pages/Kids[%b]/Count %d>>" % (kids, pages))
        paint = b"q 500 0 0 700 40 60 cm /Im0 Do Q"
        for _ in range(pages):
            number = len(offsets) + 1
            write(
                b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</XObject<</Im0 %d 0 R>>>>/Contents %d 0 R>>"
                % (number + 2, number + 1)
            )
            write(b"<</Length %d>>" % len(paint), paint)
            shape = (SCAN_WIDTH, SCAN // SCAN_WIDTH, SCAN)
            image = b"<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray/BitsPerComponent 8/Length %d>>"
            write(image % shape, secrets.token_bytes(SCAN))
        start = file.tell()
        table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
        file.write(b"xref\n0 %d\n0000000000 65535 f \n%b" % (len(offsets) + 1, table))
        file.write(b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(offsets) + 1, start))
