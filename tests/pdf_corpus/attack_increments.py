"""Attacks by what stands behind the original's bytes: in the signature's own increment, or in revisions after it.

An honest increment holds the signature dictionary, its widget and appearance, the rewritten page, catalog and AcroForm, and their
cross-reference section. Everything here is more, or other, than that. ("Shadow attacks", "incremental saving attack".)
"""

from collections.abc import Callable

from tests.pdf_corpus.increments import FIRST_CONTENT, SignatureIncrement, last_startxref, plain_prepared
from tests.pdf_corpus.pdf_writer import FONT, PdfWriter, plain_document, text_page
from tests.pdf_corpus.signing_kit import PreparedDocument, Signer, complete_byte_range

_OTHER_TEXT = text_page(["CONTRACT No. 2", "The price is 1,000,000,000 dong.", "Signed in Ha Noi."])


def with_objects(change: Callable[[SignatureIncrement, PdfWriter], object], **settings: object) -> PreparedDocument:
    """The plain contract's signature increment after ``change`` put further objects into it."""
    increment = SignatureIncrement(plain_document().build(), **settings)  # type: ignore[arg-type]
    change(increment, increment.put_objects())
    return increment.finish()


def content_replaced() -> PreparedDocument:
    """Shadow replace: the increment redefines the page's content object behind the original's bytes.

    The original's digest is right and the page shows another price.
    """
    return with_objects(lambda _, writer: writer.put_stream(FIRST_CONTENT, _OTHER_TEXT))


def content_added() -> PreparedDocument:
    """The rewritten page draws a second content stream over the first. The original's content is untouched and painted over."""

    def change(increment: SignatureIncrement, writer: PdfWriter) -> None:
        writer.put_stream(increment.appearance_number + 1, b"q 1 g 60 730 400 20 re f Q " + _OTHER_TEXT)

    number = SignatureIncrement(plain_document().build()).appearance_number + 1
    return with_objects(change, page_contents=f"[{FIRST_CONTENT} 0 R {number} 0 R]")


def page_pointed_elsewhere() -> PreparedDocument:
    """The rewritten page takes its /Contents from a new object. Page objects are allowed in the increment, other content is not."""
    number = SignatureIncrement(plain_document().build()).appearance_number + 1
    return with_objects(lambda _, writer: writer.put_stream(number, _OTHER_TEXT), page_contents=f"{number} 0 R")


def page_box_changed() -> PreparedDocument:
    """The rewritten page has a crop box and a rotation that the original lacks. A clause at the edge disappears from view."""
    return plain_prepared(page_extra="/CropBox [0 0 595 755] /Rotate 180")


def page_tree_replaced() -> PreparedDocument:
    """The increment redefines the page tree and adds a page. "Page" is a known kind, a page tree is not to be touched."""

    def change(increment: SignatureIncrement, writer: PdfWriter) -> None:
        number = increment.appearance_number + 1
        writer.put(2, f"<< /Type /Pages /Count 2 /Kids [4 0 R {number} 0 R] >>")
        writer.put(
            number,
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {number + 1} 0 R "
            f"/Resources << /Font << /F1 {FONT} 0 R >> >> >>",
        )
        writer.put_stream(number + 1, _OTHER_TEXT)

    return with_objects(change)


def catalog_pages_exchanged() -> PreparedDocument:
    """The rewritten catalog points to another page tree. The original's pages stay in the file, unseen."""
    increment = SignatureIncrement(plain_document().build())
    writer = increment.put_objects()
    number = increment.appearance_number + 1
    writer.put(1, writer.bodies[1].replace(b"/Pages 2 0 R", f"/Pages {number} 0 R".encode()))
    writer.put(number, f"<< /Type /Pages /Count 1 /Kids [{number + 1} 0 R] >>")
    writer.put(
        number + 1,
        f"<< /Type /Page /Parent {number} 0 R /MediaBox [0 0 595 842] /Contents {number + 2} 0 R "
        f"/Resources << /Font << /F1 {FONT} 0 R >> >> >>",
    )
    writer.put_stream(number + 2, _OTHER_TEXT)
    return increment.finish()


def font_replaced() -> PreparedDocument:
    """The increment redefines the original's font, whose digits are now drawn by a Type 3 font of the attacker.

    Fonts are a known kind of new object; redefining an old one changes what every page says.
    """

    def change(increment: SignatureIncrement, writer: PdfWriter) -> None:
        number = increment.appearance_number + 1
        writer.put(
            FONT,
            f"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 1000 1000] /FontMatrix [0.001 0 0 0.001 0 0] "
            f"/CharProcs << /one {number} 0 R >> /Encoding << /Type /Encoding /Differences [48 /one /one] >> "
            "/FirstChar 48 /LastChar 49 /Widths [600 600] >>",
        )
        writer.put_stream(number, b"600 0 0 0 500 700 d1 100 0 400 700 re f")

    return with_objects(change)


def annotation_over_text() -> PreparedDocument:
    """A free-text annotation in the increment covers the price. It is no content, yet every viewer paints it."""
    increment = SignatureIncrement(plain_document().build())
    number = increment.appearance_number + 1
    increment.annotations = [number]
    writer = increment.put_objects()
    writer.put(
        number,
        f"<< /Type /Annot /Subtype /FreeText /Rect [70 735 330 755] /F 4 /Contents (The price is 9 dong.) "
        f"/DA (/F1 12 Tf 0 g) /AP << /N {number + 1} 0 R >> >>",
    )
    writer.put_stream(
        number + 1,
        b"1 g 0 0 260 20 re f 0 g BT /F1 12 Tf 2 6 Td (The price is 9 dong.) Tj ET",
        f"/Type /XObject /Subtype /Form /BBox [0 0 260 20] /Resources << /Font << /F1 {FONT} 0 R >> >>",
    )
    return increment.finish()


def stamp_covers_page() -> PreparedDocument:
    """The signature's own appearance covers the whole page and writes another contract on it.

    Widget and appearance are the known kinds; only their place and size give them away.
    """
    increment = SignatureIncrement(plain_document().build())
    writer = increment.put_objects()
    widget = writer.bodies[increment.field_number].replace(b"/Rect [300 60 500 120]", b"/Rect [0 0 595 842]")
    writer.put(increment.field_number, widget)
    writer.put_stream(
        increment.appearance_number,
        b"1 g 0 0 595 842 re f 0 g " + _OTHER_TEXT,
        f"/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /Font << /F1 {FONT} 0 R >> >>",
    )
    return increment.finish()


def hybrid_increment() -> PreparedDocument:
    """The increment's trailer has /XRefStm: readers that know hybrid files see another content than readers that do not."""
    increment = SignatureIncrement(plain_document().build())
    writer = increment.put_objects()
    hidden, stream = increment.appearance_number + 1, increment.appearance_number + 2
    writer.put_stream(hidden, _OTHER_TEXT)
    body = writer.body_section()
    row = (1).to_bytes(1) + writer.offsets[hidden].to_bytes(4) + bytes(2)
    at = len(body)
    section = f"<< /Type /XRef /Size {stream + 1} /W [1 4 2] /Index [{FIRST_CONTENT} 1] /Root 1 0 R /Length {len(row)} >>".encode()
    raw = b"%d 0 obj\n%s\nstream\n%s\nendstream\nendobj\n" % (stream, section, row)
    writer.offsets[stream] = at
    writer.startxref = at + len(raw)
    trailer = (
        f"trailer\n<< /Size {stream + 1} /Root 1 0 R /Prev {last_startxref(increment.base)} /XRefStm {at} >>\n".encode()
    )
    data = body + raw + writer.xref_table(free_head=False) + trailer + writer.tail()
    size = len(increment.base)
    return complete_byte_range(data, after=size, original_length=size, field_name=increment.field_name)


def prev_skips_original() -> PreparedDocument:
    """The original has two revisions, and the increment's /Prev names the first one: the second one's correction is gone."""
    first = plain_document()
    data = first.build()
    second = PdfWriter(base=data)
    second.put_stream(FIRST_CONTENT, text_page(["CONTRACT No. 2", "The price is 500 dong, corrected."]))
    original = second.build(size=6, prev=first.startxref)
    return SignatureIncrement(original, prev=first.startxref).build()


def prev_own_table() -> PreparedDocument:
    """The increment's /Prev names a forged table inside the increment, which lists other objects than the original's table."""
    increment = SignatureIncrement(plain_document().build())
    writer = increment.put_objects()
    number = increment.appearance_number + 1
    forged = PdfWriter(base=increment.base)
    forged.put_stream(FIRST_CONTENT, _OTHER_TEXT)
    middle = forged.build(prev=last_startxref(increment.base), size=number)
    writer.base = middle
    increment.prev = forged.startxref
    return increment.finish()


def freed_objects() -> PreparedDocument:
    """The increment's table frees the original's content object. Readers that honour it show an empty page; nothing was redefined."""
    prepared = plain_prepared()
    at = prepared.data.index(b"xref\n", prepared.gap[1]) + len(b"xref\n")
    entry = b"%d 1\n0000000000 00001 f \n" % FIRST_CONTENT
    data = prepared.data[:at] + entry + prepared.data[at:]
    byte_range = (*prepared.byte_range[:3], prepared.byte_range[3] + len(entry))
    data = data.replace(b"%010d]" % prepared.byte_range[3], b"%010d]" % byte_range[3])
    return PreparedDocument(data, prepared.gap, byte_range, prepared.original_length, prepared.field_name)


def catalog_entry(entry: str) -> PreparedDocument:
    """The rewritten catalog has a further ``entry`` which acts by itself or changes what is shown."""
    return plain_prepared(catalog_extra=entry)


def duplicate_object() -> PreparedDocument:
    """The increment holds the page object twice; its table names the second. Readers that rebuild tables may take the first."""
    increment = SignatureIncrement(plain_document().build())
    writer = increment.put_objects()
    twin = PdfWriter(base=increment.base)
    twin.put_stream(FIRST_CONTENT, _OTHER_TEXT)
    twin.put(1, writer.bodies[1])
    writer.base = twin.body_section()
    return increment.finish()


def bytes_outside_objects() -> PreparedDocument:
    """Behind the original stand bytes that belong to no object. Nobody can say what they are for."""
    increment = SignatureIncrement(plain_document().build())
    writer = increment.put_objects()
    writer.base = increment.base + b"% stowaway " + b"\x80\x01" * 300 + b"\n"
    return increment.finish()


def original_offsets_beyond_end() -> PreparedDocument:
    """The original's own table has an offset beyond the original's length, where the increment puts an object of its choice.

    The original's bytes are as the manifest says, yet its page content comes from the increment.
    """
    target = 0
    for _ in range(2):
        base = plain_document()
        data = base.build()
        data = data.replace(
            b"%010d 00000 n" % base.offsets[FIRST_CONTENT], b"%010d 00000 n" % (target or len(data) + 99)
        )
        increment = SignatureIncrement(data)
        writer = increment.put_objects()
        # The widget's appearance is an allowed object; its bytes also hold "5 0 obj", which the original's table points to.
        hidden = b"5 0 obj\n<< /Length %d >>\nstream\n%s\nendstream" % (len(_OTHER_TEXT), _OTHER_TEXT)
        writer.put_stream(
            increment.appearance_number,
            hidden,
            f"/Type /XObject /Subtype /Form /BBox [0 0 1 1] /Resources << /Font << /F1 {FONT} 0 R >> >>",
        )
        prepared = increment.finish()
        target = prepared.data.index(b"5 0 obj\n", prepared.gap[1])
    return prepared


def original_changed() -> PreparedDocument:
    """One byte of the original differs from the file that was uploaded: its digest in the manifest no longer fits."""
    prepared = plain_prepared()
    changed = prepared.data.replace(b"1,000 dong", b"9,000 dong", 1)
    return prepared.with_data(changed)


def appended_revision(signer: Signer) -> bytes:
    """Incremental saving: after signing, a revision with another page content is appended. The signature itself stays right."""
    signed = plain_prepared().sign(signer)
    update = PdfWriter(base=signed)
    update.put_stream(FIRST_CONTENT, _OTHER_TEXT)
    return update.build(size=40, prev=last_startxref(signed))


def appended_without_table(signer: Signer) -> bytes:
    """Incremental saving without any table or trailer: bare objects behind %%EOF, which tolerant viewers pick up."""
    signed = plain_prepared().sign(signer)
    update = PdfWriter(base=signed)
    update.put_stream(FIRST_CONTENT, _OTHER_TEXT)
    return update.body_section()


def appended_spaces(signer: Signer) -> bytes:
    """A few line ends behind %%EOF: harmless, but the signature no longer covers the whole file, and that must be said."""
    return plain_prepared().sign(signer) + b"\n\n\n"


def gap_refilled(signer: Signer, other: Signer) -> bytes:
    """The CMS is exchanged for one by another signer over the same bytes. Correct for that signer: only the name changes."""
    prepared = plain_prepared()
    prepared.sign(signer)
    return prepared.sign(other)


def endless_forms() -> bytes:
    """Ten form XObjects, each drawing the next ten times: 10**10 paints from 3 KB. A page image must stop by its time limit."""
    writer = plain_document()
    first, depth = 6, 10
    writer.put(4, writer.bodies[4].replace(b"/Font <<", f"/XObject << /X {first} 0 R >> /Font <<".encode()))
    writer.put_stream(5, b"/X Do")
    for level in range(depth):
        following = f"/Resources << /XObject << /X {first + level + 1} 0 R >> >>" if level < depth - 1 else ""
        paint = b"/X Do " * 10 if following else b"0 0 500 700 re f"
        writer.put_stream(first + level, paint, f"/Type /XObject /Subtype /Form /BBox [0 0 595 842] {following}")
    return writer.build()


def acroform_entry(entry: str) -> PreparedDocument:
    """The AcroForm that the increment writes has a further ``entry`` with which a viewer builds what is shown anew."""
    return plain_prepared(acroform_extra=entry)
