"""The documents that are signed: the repository's own two-page contract, each with its own content.

``KINDS`` different contracts (numbers, prices, texts) are made once; the copies of one differ in the trailer's ``/ID`` only (same length,
so every offset stays right). Thousands are made in a moment, and no two have the same digest. A big document is one page with an
image of random bytes.
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
    """A valid one-page PDF of nearly ``size`` bytes: one image whose rows are random."""
    width = 10_000
    rows = (size - 2000) // width
    paint = b"q 500 0 0 700 40 60 cm /Im0 Do Q"
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</XObject<</Im0 5 0 R>>>>/Contents 4 0 R>>",
        b"<</Length %d>>\nstream\n%b\nendstream" % (len(paint), paint),
    )
    offsets = []
    with path.open("wb") as file:
        file.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        for number, written in enumerate(objects, 1):
            offsets.append(file.tell())
            file.write(b"%d 0 obj\n%b\nendobj\n" % (number, written))
        offsets.append(file.tell())
        file.write(
            b"5 0 obj\n<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray/BitsPerComponent 8/Length %d>>\nstream\n"
            % (width, rows, rows * width)
        )
        for _ in range(rows):
            file.write(secrets.token_bytes(width))
        file.write(b"\nendstream\nendobj\n")
        start = file.tell()
        table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
        file.write(b"xref\n0 6\n0000000000 65535 f \n" + table)
        file.write(b"trailer\n<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % start)
