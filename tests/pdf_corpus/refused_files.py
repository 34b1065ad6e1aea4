"""Files that are refused at upload, each with the stable code it must be refused with.

Each holds one reason only, so that a file accepted or refused for another reason shows a missing check. Nothing in here does harm: the
launched program does not exist, the scripts are empty alerts, the bombs are small until somebody inflates them.
"""

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Iterator

import pikepdf

from tests.pdf_corpus.pdf_writer import object_stream, plain_document
from tests.pdf_corpus.sample import Sample

_GIGABYTE = 1 << 30
_ALERT = "<< /S /JavaScript /JS (app.alert\\(1\\);) >>"


def refused(
    name: str, data: bytes, kind: str, code: str, *, may: tuple[str, ...] = (), maker: str = "handmade"
) -> Sample:
    """A file of ``refused/``; ``name`` carries the ending."""
    return Sample(f"refused/{name}", maker, kind, data, "refuse", code, may, pages=None, earlier_signatures=None)


def with_object(body: str, **places: str) -> bytes:
    """The small document with one more object, number 6, and further entries of catalog or page."""
    writer = plain_document(**places)  # type: ignore[arg-type]
    writer.put(6, body)
    return writer.build()


def forms() -> Iterator[Sample]:
    """XFA: the visible form is built by a template that no signature display shows."""
    template = b"<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'><template xmlns='http://www.xfa.org/schema/xfa-template/3.3/'/></xdp:xdp>"
    for name, entry in (("stream", "6 0 R"), ("array", "[(template) 6 0 R]")):
        writer = plain_document(catalog=f"/AcroForm << /Fields [] /XFA {entry} >>", page="")
        writer.put_stream(6, template)
        yield refused(f"xfa_{name}.pdf", writer.build(), f"XFA form held in one {name}", "pdf_xfa")
    writer = plain_document(catalog="/AcroForm 6 0 R /NeedsRendering true")
    content, entries = object_stream({6: "<< /Fields [] /X#46A 7 0 R >>"})
    writer.put_stream(7, template)
    writer.put_stream(8, content, entries, compress=True)
    yield refused(
        "xfa_hidden_name.pdf",
        writer.build_xref_stream(packed={6: (8, 0)}),
        "XFA in an object stream, its name written with an escape",
        "pdf_xfa",
    )


def external_streams() -> Iterator[Sample]:
    """/F of a stream dictionary: the content comes from elsewhere (7.3.8.2)."""
    for name, where in (
        ("file", "(other.bin)"),
        ("url", "<< /Type /Filespec /FS /URL /F (http://127.0.0.1:9/page) >>"),
    ):
        writer = plain_document()
        writer.put_stream(5, b"", f"/F {where}")
        yield refused(
            f"external_stream_{name}.pdf",
            writer.build(),
            f"page content from an external {name}",
            "pdf_external_stream",
        )
    writer = plain_document(page="/Group << /S /Transparency >>")
    writer.put(4, writer.bodies[4].replace(b"/Font <<", b"/XObject << /Im1 6 0 R >> /Font <<"))
    writer.put_stream(
        6,
        b"",
        "/Type /XObject /Subtype /Image /Width 8 /Height 8 /ColorSpace /DeviceGray /BitsPerComponent 8 "
        "/F (picture.raw) /FFilter /FlateDecode",
    )
    yield refused("external_stream_image.pdf", writer.build(), "image from an external file", "pdf_external_stream")


def launches() -> Iterator[Sample]:
    """Launch actions (12.6.4.5), opened, clicked and chained."""
    launch = "<< /S /Launch /F (no-such-program.exe) >>"
    link = f"<< /Type /Annot /Subtype /Link /Rect [72 700 200 720] /A {launch} >>"
    places = {
        "launch_on_open.pdf": (launch, {"catalog": "/OpenAction 6 0 R"}),
        "launch_in_link.pdf": (link, {"page": "/Annots [6 0 R]"}),
        "launch_chained.pdf": (
            f"<< /S /GoTo /D [4 0 R /Fit] /Next [{launch}] >>",
            {"catalog": "/OpenAction 6 0 R"},
        ),
        "launch_in_outline.pdf": (
            f"<< /Type /Outlines /First 7 0 R /Last 7 0 R /Count 1 >>\nendobj\n7 0 obj\n<< /Title (Open) "
            f"/Parent 6 0 R /A {launch} >>",
            {"catalog": "/Outlines 6 0 R"},
        ),
        "launch_hidden_name.pdf": (
            "<< /S /L#61unch /F (no-such-program.exe) >>",
            {"catalog": "/OpenAction 6 0 R"},
        ),
    }
    for name, (body, where) in places.items():
        if "7 0 obj" in body:
            first, second = body.split("\nendobj\n7 0 obj\n")
            writer = plain_document(catalog=where["catalog"])
            writer.put(6, first)
            writer.put(7, second)
            data = writer.build()
        else:
            data = with_object(body, **where)
        yield refused(name, data, "Launch action", "pdf_launch_action")


def scripts() -> Iterator[Sample]:
    """JavaScript that runs by itself: on opening, by name tree, by additional actions of catalog, page and field."""
    field = (
        f"<< /Type /Annot /Subtype /Widget /FT /Tx /T (amount) /Rect [72 600 200 620] /AA << /C {_ALERT} >> "
        "/DA (/F1 12 Tf) >>"
    )
    places = {
        "open_action": (_ALERT, {"catalog": "/OpenAction 6 0 R"}),
        "name_tree": (f"<< /Names [(start) {_ALERT}] >>", {"catalog": "/Names << /JavaScript 6 0 R >>"}),
        "catalog_actions": (f"<< /WP {_ALERT} >>", {"catalog": "/AA 6 0 R"}),
        "page_actions": (f"<< /O {_ALERT} >>", {"page": "/AA 6 0 R"}),
        "field_actions": (field, {"catalog": "/AcroForm << /Fields [6 0 R] >>", "page": "/Annots [6 0 R]"}),
        "chained": (f"<< /S /Named /N /FirstPage /Next {_ALERT} >>", {"catalog": "/OpenAction 6 0 R"}),
        "hidden_name": (
            "<< /S /Java#53cript /JS <6170702E616C6572742831293B> >>",
            {"catalog": "/Open#41ction 6 0 R"},
        ),
        "annotation_actions": (
            f"<< /Type /Annot /Subtype /Screen /Rect [0 0 9 9] /AA << /PV {_ALERT} >> >>",
            {"page": "/Annots [6 0 R]"},
        ),
    }
    for name, (body, where) in places.items():
        yield refused(
            f"javascript_{name}.pdf",
            with_object(body, **where),
            f"JavaScript: {name.replace('_', ' ')}",
            "pdf_javascript",
        )
    writer = plain_document(catalog="/OpenAction 6 0 R")
    content, entries = object_stream({6: _ALERT})
    writer.put_stream(7, content, entries, compress=True)
    yield refused(
        "javascript_in_object_stream.pdf",
        writer.build_xref_stream(packed={6: (7, 0)}),
        "JavaScript action inside a compressed object stream",
        "pdf_javascript",
    )


def strangers() -> Iterator[Sample]:
    """Not PDFs at all."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    picture = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(bytes(72)))
        + chunk(b"IEND", b"")
    )
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as box:
        for name in ("[Content_Types].xml", "word/document.xml"):
            box.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), "<?xml version='1.0'?><document/>")
    yield refused("picture.pdf", picture, "a PNG named .pdf", "pdf_not_pdf")
    yield refused("word_document.pdf", archive.getvalue(), "a word processor's zip named .pdf", "pdf_not_pdf")
    yield refused(
        "text.pdf",
        "Hợp đồng thuê nhà, bản chữ thường.\n".encode() * 20,
        "plain text named .pdf",
        "pdf_not_pdf",
    )
    yield refused(
        "web_page.pdf",
        b"<!DOCTYPE html><html><body>404 Not Found</body></html>\n",
        "an error page saved as .pdf",
        "pdf_not_pdf",
    )
    yield refused(
        "header_too_late.pdf",
        b"x" * 70_000 + plain_document().build(),
        "%PDF far behind the first 1024 bytes",
        "pdf_not_pdf",
        may=("pdf_broken",),
    )
    yield refused("zeros.pdf", bytes(5000), "zeros only, as a failed transfer leaves them", "pdf_not_pdf")
    yield refused("empty.pdf", b"", "no bytes", "pdf_empty")


def broken() -> Iterator[Sample]:
    """PDFs that no rebuild brings back."""
    good = plain_document(compress=True).build()
    yield refused("truncated_head_only.pdf", good[:120], "cut off inside the first objects", "pdf_broken")
    yield refused("truncated_at_header.pdf", good[:15], "the header line alone", "pdf_broken")
    yield refused(
        "random_after_header.pdf",
        b"%PDF-1.7\n" + random.Random(7).randbytes(8000),
        "random bytes after a header",
        "pdf_broken",
    )
    yield refused(
        "no_pages.pdf",
        plain_document().build().replace(b"/Kids [4 0 R]", b"/Kids [     ]").replace(b"/Count 1", b"/Count 0"),
        "a page tree without pages",
        "pdf_broken",
    )
    yield refused(
        "catalog_missing.pdf",
        plain_document().build().replace(b"/Type /Catalog /Pages", b"/Type /Katalog /Pagez"),
        "no catalog and no page tree",
        "pdf_broken",
    )
    yield refused(
        "page_count_huge.pdf",
        plain_document().build().replace(b"/Count 1", b"/Count 2147483648"),
        "a page tree that claims 2**31 pages",
        "pdf_broken",
        may=("pdf_too_many_pages",),
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


def locked() -> Iterator[Sample]:
    """Encrypted for a password that nobody gave."""
    for name, revision in (("rc4_128", 3), ("aes_128", 4), ("aes_256", 6)):
        out = io.BytesIO()
        with pikepdf.open(io.BytesIO(plain_document().build())) as pdf:
            pdf.save(
                out,
                encryption=pikepdf.Encryption(
                    owner="chu", user="nguoi-dung", R=revision, aes=revision >= 4, metadata=revision >= 4
                ),
                deterministic_id=False,
            )
        yield refused(f"password_{name}.pdf", out.getvalue(), f"user password, {name}", "pdf_password", maker="pikepdf")


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
    """All files of ``refused/`` that carry no signature."""
    for group in (forms, external_streams, launches, scripts, strangers, broken, locked, bombs, circles):
        yield from group()
