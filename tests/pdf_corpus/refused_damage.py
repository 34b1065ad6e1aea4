"""Files that are refused because reading them costs too much or never ends: broken, bombs, circles.

The bombs are a few kilobytes that inflate to a gigabyte and more; they are made without ever holding that much.
"""

import random
import zlib
from collections.abc import Iterator

from tests.pdf_corpus.pdf_writer import object_stream, plain_document
from tests.pdf_corpus.refused_files import refused, with_object
from tests.pdf_corpus.sample import Sample

_GIGABYTE = 1 << 30


def broken() -> Iterator[Sample]:
    """PDFs that no rebuild brings back."""
    good = plain_document(compress=True).build()
    yield refused(
        "truncated_head_only.pdf", good[:120], "cut off inside the first objects", "pdf_truncated", may=("pdf_broken",)
    )
    yield refused("truncated_at_header.pdf", good[:15], "the header line alone", "pdf_truncated", may=("pdf_broken",))
    yield refused(
        "random_after_header.pdf",
        b"%PDF-1.7\n" + random.Random(7).randbytes(8000),
        "random bytes after a header",
        "pdf_broken",
        may=("pdf_truncated",),
    )
    yield refused(
        "no_pages.pdf",
        plain_document().build().replace(b"/Kids [4 0 R]", b"/Kids [     ]").replace(b"/Count 1", b"/Count 0"),
        "a page tree without pages",
        "pdf_no_pages",
        may=("pdf_broken",),
    )
    yield refused(
        "catalog_missing.pdf",
        plain_document().build().replace(b"/Type /Catalog /Pages", b"/Type /Katalog /Pagez"),
        "no catalog and no page tree",
        "pdf_broken",
    )
    levels = 100_000
    deep = "[" * levels + "]" * levels
    yield refused(
        "nesting_deep_raw.pdf",
        with_object(deep[:30_000] + deep[-30_000:], page="/PieceInfo << /X 6 0 R >>"),
        "arrays nested 30,000 levels deep",
        "pdf_broken",
    )
    writer = plain_document(page="/PieceInfo << /X 6 0 R >>")
    content, entries = object_stream({6: deep})
    writer.put_stream(7, content, entries, compress=True)
    yield refused(
        "nesting_deep_packed.pdf",
        writer.build_xref_stream(packed={6: (7, 0)}),
        "arrays nested 100,000 levels deep in an object stream",
        "pdf_broken",
    )
    dictionaries = "<< /A " * 20_000 + "null" + " >>" * 20_000
    writer = plain_document(page="/PieceInfo << /X 6 0 R >>")
    content, entries = object_stream({6: dictionaries})
    writer.put_stream(7, content, entries, compress=True)
    yield refused(
        "nesting_deep_dictionaries.pdf",
        writer.build_xref_stream(packed={6: (7, 0)}),
        "dictionaries nested 20,000 levels deep",
        "pdf_broken",
    )


def inflated(size: int, layers: int, fill: bytes = b"\x00") -> bytes:
    """``size`` bytes under ``layers`` of Flate, made without holding them."""
    packer, out = zlib.compressobj(9), bytearray()
    block = fill * ((1 << 20) // len(fill))
    for _ in range(size >> 20):
        out += packer.compress(block)
    packed = bytes(out + packer.flush())
    for _ in range(layers - 1):
        packed = zlib.compress(packed, 9)
    return packed


def bombs() -> Iterator[Sample]:
    """A few kilobytes that inflate to a gigabyte and more."""
    flate = "/Filter [/FlateDecode /FlateDecode]"
    double = inflated(_GIGABYTE + (1 << 20), 2, b" ")
    writer = plain_document()
    writer.put_stream(5, double, flate)
    yield refused("bomb_content.pdf", writer.build(), "content stream, Flate twice", "pdf_bomb")
    writer = plain_document()
    writer.put_stream(5, inflated(4 * _GIGABYTE, 3, b" "), "/Filter [/FlateDecode /FlateDecode /FlateDecode]")
    yield refused(
        "bomb_content_three_filters.pdf",
        writer.build(),
        "content stream, Flate three times, 4 GiB",
        "pdf_bomb",
    )
    writer = plain_document()
    writer.put_stream(5, double.hex().encode() + b">", "/Filter [/ASCIIHexDecode /FlateDecode /FlateDecode]")
    yield refused("bomb_content_hex.pdf", writer.build(), "content stream, ASCIIHex around Flate twice", "pdf_bomb")
    writer = plain_document(page="/PieceInfo << /X 6 0 R >>")
    content, entries = object_stream({6: "null"})
    writer.put_stream(7, packed_with_tail(content), f"{entries} {flate}")
    yield refused(
        "bomb_object_stream.pdf",
        writer.build_xref_stream(packed={6: (7, 0)}),
        "object stream, Flate twice",
        "pdf_bomb",
    )
    yield refused(
        "bomb_xref_stream.pdf",
        xref_stream_bomb(),
        "cross-reference stream, Flate twice",
        "pdf_bomb",
        may=("pdf_broken",),
    )
    writer = plain_document()
    writer.put(4, writer.bodies[4].replace(b"/Font <<", b"/XObject << /Im1 6 0 R >> /Font <<"))
    writer.put_stream(5, b"q 400 0 0 400 72 300 cm /Im1 Do Q")
    writer.put_stream(
        6,
        inflated(1200 << 20, 2),
        f"/Type /XObject /Subtype /Image /Width 20480 /Height 20480 /ColorSpace /DeviceRGB /BitsPerComponent 8 {flate}",
    )
    yield refused("bomb_image.pdf", writer.build(), "image of 1.2 GiB, Flate twice", "pdf_bomb")
    writer = plain_document(catalog="/Metadata 6 0 R")
    writer.put_stream(6, inflated(_GIGABYTE + (1 << 20), 2, b" "), f"/Type /Metadata /Subtype /XML {flate}")
    yield refused("bomb_metadata.pdf", writer.build(), "metadata stream, Flate twice", "pdf_bomb")


def packed_with_tail(head: bytes) -> bytes:
    """``head`` and a gigabyte of spaces, Flate twice."""
    packer = zlib.compressobj(9)
    out = bytearray(packer.compress(head))
    block = b" " * (1 << 20)
    for _ in range(1025):
        out += packer.compress(block)
    return zlib.compress(bytes(out + packer.flush()), 9)


def xref_stream_bomb() -> bytes:
    """A file whose cross-reference stream is followed by a gigabyte of zeros within the stream."""
    writer = plain_document()
    body = writer.body_section()
    at = len(body)
    rows = {0: (0, 0, 65535)} | {n: (1, offset, 0) for n, offset in writer.offsets.items()} | {6: (1, at, 0)}
    table = b"".join(
        kind.to_bytes(1) + place.to_bytes(4) + last.to_bytes(2) for _, (kind, place, last) in sorted(rows.items())
    )
    packed = packed_with_tail(table)
    head = (
        f"6 0 obj\n<< /Type /XRef /Size 7 /W [1 4 2] /Root 1 0 R /Filter [/FlateDecode /FlateDecode] /Length {len(packed)} >>\n"
        "stream\n"
    ).encode()
    return body + head + packed + b"\nendstream\nendobj\nstartxref\n" + str(at).encode() + b"\n%%EOF\n"


def circles() -> Iterator[Sample]:
    """Structures that lead back to themselves."""
    loop = plain_document()
    loop.put(2, "<< /Type /Pages /Count 2 /Kids [4 0 R 6 0 R] >>")
    loop.put(6, "<< /Type /Pages /Count 1 /Parent 2 0 R /Kids [2 0 R] >>")
    yield refused("circular_page_tree.pdf", loop.build(), "a page tree whose branch holds its root", "pdf_circular")
    selfish = plain_document()
    selfish.put(2, "<< /Type /Pages /Count 2 /Kids [4 0 R 2 0 R] >>")
    yield refused("circular_page_tree_self.pdf", selfish.build(), "a page tree that holds itself", "pdf_circular")
    parent = plain_document()
    parent.put(2, "<< /Type /Pages /Count 1 /Kids [4 0 R] /Parent 6 0 R >>")
    parent.put(6, "<< /Type /Pages /Count 1 /Kids [2 0 R] /Parent 2 0 R >>")
    yield refused("circular_parent.pdf", parent.build(), "/Parent entries in a circle", "pdf_circular")
    outline = plain_document(catalog="/Outlines 6 0 R")
    outline.put(6, "<< /Type /Outlines /First 7 0 R /Last 8 0 R /Count 2 >>")
    outline.put(7, "<< /Title (One) /Parent 6 0 R /Next 8 0 R /Prev 8 0 R /Dest [4 0 R /Fit] >>")
    outline.put(8, "<< /Title (Two) /Parent 6 0 R /Next 7 0 R /Prev 7 0 R /Dest [4 0 R /Fit] >>")
    yield refused(
        "circular_outline.pdf",
        outline.build(),
        "outline items in a circle",
        "pdf_circular",
        may=("pdf_broken",),
    )
    reference = plain_document(page="/Rotate 6 0 R")
    reference.put(6, "7 0 R")
    reference.put(7, "6 0 R")
    yield refused(
        "circular_reference.pdf",
        reference.build(),
        "references that lead to each other",
        "pdf_circular",
        may=("pdf_broken",),
    )
    extends = plain_document(page="/PieceInfo << /X 6 0 R >>")
    for number, other, held in ((7, 8, 6), (8, 7, 9)):
        content, entries = object_stream({held: "null"})
        extends.put_stream(number, content, f"{entries} /Extends {other} 0 R")
    yield refused(
        "circular_extends.pdf",
        extends.build_xref_stream(packed={6: (7, 0), 9: (8, 0)}),
        "object streams that extend each other",
        "pdf_circular",
        may=("pdf_broken",),
    )
    inside = plain_document()
    content, entries = object_stream({3: inside.bodies.pop(3).decode()})
    inside.put_stream(6, content, entries)
    inside.bodies = {n: inside.bodies[n] for n in (1, 2, 4, 5, 6)}
    data = inside.build_xref_stream(packed={3: (3, 0)})
    yield refused(
        "circular_object_stream.pdf",
        data,
        "an object stream said to lie within itself",
        "pdf_circular",
        may=("pdf_broken",),
    )


def samples() -> Iterator[Sample]:
    """All files of ``refused/`` that are broken, explode or go round in circles."""
    for group in (broken, bombs, circles):
        yield from group()
