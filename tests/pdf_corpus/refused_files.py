"""Files that are refused at upload, each with the stable code it must be refused with.

Each holds one reason only, so that a file accepted or refused for another reason shows a missing check. Nothing in here does harm: the
launched program does not exist, the scripts are empty alerts.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

import pikepdf

from tests.pdf_corpus.pdf_writer import object_stream, plain_document
from tests.pdf_corpus.sample import Sample

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


def locked() -> Iterator[Sample]:
    """Encrypted for a password that nobody gave."""
    encryptions = {
        "rc4_128": pikepdf.Encryption(owner="chu", user="nguoi-dung", R=3, aes=False, metadata=False),
        "aes_128": pikepdf.Encryption(owner="chu", user="nguoi-dung", R=4),
        "aes_256": pikepdf.Encryption(owner="chu", user="nguoi-dung", R=6),
    }
    for name, encryption in encryptions.items():
        out = io.BytesIO()
        with pikepdf.open(io.BytesIO(plain_document().build())) as pdf:
            pdf.save(out, encryption=encryption)
        yield refused(f"password_{name}.pdf", out.getvalue(), f"user password, {name}", "pdf_password", maker="qpdf")


def samples() -> Iterator[Sample]:
    """All files of ``refused/`` that are whole, or no PDF, and carry no signature."""
    for group in (forms, external_streams, launches, scripts, strangers, locked):
        yield from group()
