"""The documents that are signed: the repository's own two-page contract, each with its own content.

``KINDS`` different contracts (numbers, prices, texts) are made once; the copies of one differ in the trailer's ``/ID`` only (same length,
so every offset stays right). Thousands are made in a moment, and no two have the same digest. A big document is a scan of many
pages, each an image of random bytes.
"""

import re
import secrets
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
