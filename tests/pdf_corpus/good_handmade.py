"""Good files written by hand: correct structures that the common makers do not show on their own.

Their Helvetica is not embedded, so every one of them carries that finding.
"""

from collections.abc import Callable, Iterator

from tests.pdf_corpus.pdf_writer import FONT, PdfWriter, object_stream, plain_document, text_page
from tests.pdf_corpus.sample import ASCII_LINES, Sample

_LINES = list(ASCII_LINES)


def good(name: str, data: bytes, kind: str, *more: str, pages: int = 1, may: tuple[str, ...] = ()) -> Sample:
    """A handmade good file; ``more`` are findings beside the unembedded font."""
    findings = ("unembedded_fonts", *more)
    return Sample(f"good/handmade_{name}.pdf", "handmade", kind, data, findings=findings, findings_may=may, pages=pages)


def geometry() -> Iterator[Sample]:
    """Boxes, rotation and units, also inherited from the page tree."""
    for angle in (90, 180, 270):
        data = plain_document([_LINES], page=f"/Rotate {angle}").build()
        yield good(f"rotated_{angle}", data, f"page turned by {angle} degrees")
    data = plain_document([_LINES], page="/CropBox [37.5 101 480.25 790]", media_box="[-20 13 600 855]").build()
    yield good("cropped", data, "crop box with odd origin inside a media box with odd origin")
    data = plain_document([_LINES], page="/CropBox [-500 -500 2000 2000]").build()
    yield good("crop_box_too_large", data, "crop box larger than the media box")
    data = plain_document([_LINES], media_box="[595 842 0 0]").build()
    yield good("media_box_turned", data, "media box given from upper right to lower left")
    data = plain_document([_LINES], page="/UserUnit 2.5 /Rotate 90").build()
    yield good("user_unit", data, "UserUnit 2.5 on a turned page")
    tree = PdfWriter()
    tree.put(1, "<< /Type /Catalog /Pages 2 0 R >>")
    tree.put(
        2,
        "<< /Type /Pages /Count 3 /Kids [4 0 R 5 0 R] /MediaBox [0 0 500 700] /Rotate 90 "
        f"/Resources << /Font << /F1 {FONT} 0 R >> >> >>",
    )
    tree.put(FONT, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    tree.put(4, "<< /Type /Pages /Parent 2 0 R /Count 2 /Kids [6 0 R 7 0 R] /CropBox [10 10 400 600] >>")
    tree.put(5, "<< /Type /Page /Parent 2 0 R /Contents 8 0 R /Rotate 0 >>")
    tree.put(6, "<< /Type /Page /Parent 4 0 R /Contents 8 0 R >>")
    tree.put(7, "<< /Type /Page /Parent 4 0 R /Contents [8 0 R] /MediaBox [0 0 450 650] >>")
    tree.put_stream(8, text_page(_LINES, top=500))
    yield good("inherited", tree.build(), "pages inherit boxes, rotation and resources", pages=3)


def structures() -> Iterator[Sample]:
    """Cross-reference and object streams, revisions, line ends, identifiers."""
    yield good("no_id", plain_document([_LINES]).build(), "no /ID in the trailer")
    yield good("xref_stream", plain_document([_LINES], compress=True).build_xref_stream(), "cross-reference stream")
    packed = plain_document([_LINES])
    content, entries = object_stream({n: packed.bodies.pop(n).decode() for n in (1, 2, 3, 4)})
    packed.put_stream(6, content, entries, compress=True)
    data = packed.build_xref_stream(packed={n: (6, n - 1) for n in (1, 2, 3, 4)})
    yield good("object_stream", data, "catalog, page tree and page inside an object stream")
    yield good("cr_line_ends", plain_document([_LINES], eol=b"\r").build(), "line ends of CR alone")
    yield good("crlf_line_ends", plain_document([_LINES], eol=b"\r\n").build(), "line ends of CR LF")
    data = plain_document([_LINES]).build() + b"% printed by the office's scanner software\n\n"
    yield good("junk_after_eof", data, "a comment behind %%EOF")
    yield good("increments", two_revisions(), "two incremental updates without any signature")
    indirect = plain_document([_LINES])
    indirect.put_stream(5, text_page(_LINES), length="6 0 R")
    indirect.put(6, str(len(text_page(_LINES))))
    yield good("indirect_length", indirect.build(), "stream length given by another object")
    comments = plain_document([_LINES], page="/PieceInfo << /X (endstream endobj \\( 7 0 obj %%EOF) >> % endobj")
    comments.put(4, comments.bodies[4].removesuffix(b">>") + b"\n>>")
    yield good("misleading_text", comments.build(), "strings and comments that look like structure")


def two_revisions() -> bytes:
    """Content replaced in a second revision, a page label added in a third."""
    base = plain_document([_LINES])
    data = base.build()
    at = base.startxref
    for number, body in ((5, None), (1, "<< /Type /Catalog /Pages 2 0 R /PageLabels << /Nums [0 << /S /r >>] >> >>")):
        update = PdfWriter(base=data)
        if body is None:
            update.put_stream(number, text_page([*_LINES, "Corrected on page one."]))
        else:
            update.put(number, body)
        data = update.build("/Root 1 0 R", size=6, prev=at)
        at = update.startxref
    return data


def contents() -> Iterator[Sample]:
    """Things that are accepted and listed to the person."""
    layers = "/OCProperties << /OCGs [6 0 R] /D << /Order [6 0 R] /OFF [6 0 R] >> >>"
    layered = plain_document([_LINES], catalog=layers)
    page = layered.bodies[4].replace(b"/Font <<", b"/Properties << /Draft 6 0 R >> /Font <<")
    layered.put(4, page)
    hidden = b"\n/OC /Draft BDC BT /F1 12 Tf 72 600 Td (and 5,000,000 dong each week) Tj ET EMC"
    layered.put_stream(5, text_page(_LINES) + hidden)
    layered.put(6, "<< /Type /OCG /Name (Draft) >>")
    yield good("layers", layered.build(), "an optional content group, hidden at first", "layers")
    names = "/Names << /EmbeddedFiles << /Names [(plan.txt) 6 0 R] >> >>"
    attached = plain_document([_LINES], catalog=names)
    attached.put(6, "<< /Type /Filespec /F (plan.txt) /UF (plan.txt) /EF << /F 7 0 R >> >>")
    attached.put_stream(7, b"Plan of the house\n", "/Type /EmbeddedFile")
    yield good("attachment", attached.build(), "a file in the name tree", "attachments")
    note = plain_document([_LINES], page="/Annots [6 0 R]")
    note.put(
        6,
        "<< /Type /Annot /Subtype /FreeText /Rect [70 725 330 740] /F 4 /Contents (The rent is 1 dong a month.) "
        "/DA (/Helv 12 Tf 0 g) /AP << /N 7 0 R >> >>",
    )
    note.put_stream(
        7,
        b"1 g 0 0 260 15 re f 0 g BT /F1 12 Tf 2 3 Td (The rent is 1 dong a month.) Tj ET",
        f"/Type /XObject /Subtype /Form /BBox [0 0 260 15] /Resources << /Font << /F1 {FONT} 0 R >> >>",
    )
    yield good("free_text_over_text", note.build(), "free text covers the price", "annotations_over_text")
    fields = "/AcroForm << /Fields [6 0 R] /DR << /Font << /Helv 3 0 R >> >> /DA (/Helv 0 Tf 0 g) >>"
    form = plain_document([_LINES], catalog=fields, page="/Annots [6 0 R]")
    form.put(
        6,
        "<< /Type /Annot /Subtype /Widget /FT /Tx /T (rent) /V (12,500,000) /Rect [72 600 200 620] /F 4 /P 4 0 R "
        "/DA (/Helv 12 Tf 0 g) /Ff 1 >>",
    )
    yield good("read_only_field", form.build(), "a form whose only field is read-only", "need_appearances")
    link = plain_document([_LINES], page="/Annots [6 0 R]")
    link.put(
        6,
        "<< /Type /Annot /Subtype /Link /Rect [72 755 260 775] /Border [0 0 0] "
        "/A << /S /URI /URI (https://example.org/terms) >> >>",
    )
    yield good("link", link.build(), "a web link over text")


def from_hand() -> Iterator[Sample]:
    """All handmade good files."""
    for group in (geometry, structures, contents):
        yield from group()


def makers() -> list[Callable[[], Iterator[Sample]]]:
    """All functions of this module that make files."""
    return [from_hand]
