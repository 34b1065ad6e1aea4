"""Kinds of crafted files: annotations, their flags, lists and appearances (ISO 32000-2, 12.5)."""

from collections.abc import Iterator

from tests.agreement.contract import CONTENT, FREE, PAGE, contract
from tests.agreement.crafted import Part, harmless, hostile, kind
from tests.agreement.kinds_content import FORM
from tests.agreement.kinds_fields import COVER, FIELD, FONTS, OVER_PRICE, PLAIN, RECT, annotated, form
from tests.agreement.kinds_file import LOOKS_SIGNED
from tests.pdf_corpus.pdf_writer import CATALOG, PAGES, PdfWriter


@kind
def annotation_flags() -> Iterator[Part]:
    """Hidden, not for the screen, only for print, and the rest (12.5.3)."""
    yield harmless("print", annotated(f"/Subtype /Stamp /F 4 {RECT}", PLAIN), "annotations_over_text")
    for name, flags in (
        ("invisible", 1),
        ("hidden", 2),
        ("none", 0),
        ("no_view", 32),
        ("no_view_print", 36),
        ("toggle", 260),
        ("no_zoom", 12),
        ("no_rotate", 20),
        ("locked", 132),
        ("hidden_print", 6),
        ("huge", 65540),
        ("negative", -1),
    ):
        yield hostile(f"stamp_{name}", annotated(f"/Subtype /Stamp /F {flags} {OVER_PRICE}"))
        yield hostile(
            f"widget_{name}", annotated(f"{FIELD.replace('/F 4', f'/F {flags}')} {OVER_PRICE}", catalog=form())
        )
    yield hostile("real", annotated(f"/Subtype /Stamp /F 2.0 {OVER_PRICE}"))
    turned = annotated(f"/Subtype /Stamp /F 20 {OVER_PRICE}")
    turned.put(PAGE, turned.bodies[PAGE].replace(b"/Type /Page ", b"/Type /Page /Rotate 90 "))
    yield hostile("no_rotate_on_turned_page", turned)


@kind
def annotation_kinds() -> Iterator[Part]:
    """Annotations of every kind with an appearance over the price; some are drawn by nobody, some by everybody."""
    yield harmless(
        "free_text",
        annotated(f"/Subtype /FreeText /F 4 /DA (/F1 12 Tf) /Contents (x) {RECT}", PLAIN),
        "annotations_over_text",
    )
    for subtype in (
        "Text",
        "FreeText",
        "Line",
        "Square",
        "Circle",
        "Polygon",
        "PolyLine",
        "Highlight",
        "Underline",
        "Squiggly",
        "StrikeOut",
        "Caret",
        "Ink",
        "FileAttachment",
        "Sound",
        "Movie",
        "Screen",
        "PrinterMark",
        "TrapNet",
        "Watermark",
        "3D",
        "Redact",
        "Projection",
        "RichMedia",
        "Foo",
    ):
        yield hostile(subtype.lower(), annotated(f"/Subtype /{subtype} /F 4 {OVER_PRICE}"))
    yield hostile("no_subtype", annotated(f"/F 4 {OVER_PRICE}"))


@kind
def annotations_without_appearance() -> Iterator[Part]:
    """Annotations that a viewer has to draw by itself."""
    yield harmless("none", contract())
    quad = "/QuadPoints [40 265 298 265 40 230 298 230]"
    for name, entries in (
        ("square", "/Subtype /Square /IC [1 1 1] /C [1 0 0]"),
        ("circle", "/Subtype /Circle /IC [1 1 1]"),
        ("highlight", f"/Subtype /Highlight /C [1 1 0] {quad}"),
        ("strike_out", f"/Subtype /StrikeOut /C [0 0 0] {quad}"),
        ("free_text", "/Subtype /FreeText /DA (/Helv 12 Tf 0 g) /Contents (The price is 9,000,000 dong.)"),
        ("text", "/Subtype /Text /Name /Note /Contents (Void)"),
        ("stamp", "/Subtype /Stamp /Name /Approved"),
        ("line", "/Subtype /Line /L [40 240 290 240] /C [0 0 0]"),
        ("ink", "/Subtype /Ink /InkList [[40 240 100 260 290 240]] /C [0 0 0]"),
        ("link_border", "/Subtype /Link /Border [0 0 5] /C [0 0 0]"),
        ("link_style", "/Subtype /Link /BS << /W 5 /S /D >> /C [0 0 0]"),
    ):
        yield hostile(name, annotated(f"{entries} /F 4 {OVER_PRICE}", None))


@kind
def appearance_boxes() -> Iterator[Part]:
    """Appearances whose box or matrix is odd, or whose rectangle is none."""

    def made(box: str, matrix: str = "", rect: str = OVER_PRICE) -> PdfWriter:
        writer = annotated(f"{FIELD} {rect}", None, catalog=form())
        writer.put(FREE, writer.bodies[FREE].replace(b"  >>", b" /AP << /N 9 0 R >> >>"))
        writer.put_stream(9, COVER if rect == OVER_PRICE else PLAIN, f"{FORM} {box} {matrix} {FONTS}")
        return writer

    yield harmless("fits", made("/BBox [0 0 260 40]", rect=RECT))
    yield harmless("half_size", made("/BBox [0 0 520 80]", rect=RECT))
    yield harmless("turned_rectangle", made("/BBox [0 0 260 40]", rect="/Rect [300 170 40 130]"))
    yield hostile("no_box", made(""))
    yield hostile("empty_box", made("/BBox [0 0 0 0]"))
    yield hostile("matrix_turned", made("/BBox [0 0 260 40]", "/Matrix [0 1 -1 0 0 0]"))
    yield hostile("matrix_flat", made("/BBox [0 0 260 40]", "/Matrix [0 0 0 0 0 0]"))
    yield hostile("flat_rectangle", made("/BBox [0 0 260 40]", rect="/Rect [38 228 298 228]"))
    yield hostile("no_rectangle", made("/BBox [0 0 260 40]", rect=""))
    yield hostile("strings", made("/BBox [0 0 260 40]", rect="/Rect [(38) (228) (298) (268)]"))
    yield hostile("outside", made("/BBox [0 0 260 40]", rect="/Rect [-300 -200 900 900]"))


@kind
def shared_annotations() -> Iterator[Part]:
    """One /Annots array for two pages: what is added to one stands on both."""

    def made(first: str, second: str, looks: bool = False) -> bytes:
        writer = contract(page=f"/Annots {first}")
        writer.put(PAGES, f"<< /Type /Pages /Count 2 /Kids [{PAGE} 0 R 8 0 R] >>")
        writer.put(
            FREE,
            f"<< /Type /Page /Parent {PAGES} 0 R /MediaBox [0 0 420 300] /Contents {CONTENT} 0 R "
            f"/Resources << /Font << /F1 3 0 R >> >> /Annots {second} >>",
        )
        writer.put(9, "[11 0 R]")
        writer.put(10, "[11 0 R]" if first != second else "[]")
        writer.put(11, "<< /Type /Annot /Subtype /Link /F 4 /Border [0 0 0] /Rect [40 130 300 170] >>")
        if looks:
            writer.put(12, LOOKS_SIGNED)
        return writer.build(f"/Root {CATALOG} 0 R" + (" /Info 12 0 R" if looks else ""))

    yield harmless("one_each", made("[11 0 R]", "[]"))
    yield hostile("shared", made("9 0 R", "9 0 R"))
    yield hostile("shared_looks_signed", made("9 0 R", "9 0 R", True))
    yield hostile("same_annotation", made("9 0 R", "10 0 R"))


@kind
def annotation_lists() -> Iterator[Part]:
    """/Annots that is no list of references to dictionaries."""
    yield harmless("list", annotated(f"{FIELD} {RECT}", PLAIN, catalog=form()))
    for name, annots in (
        ("dictionary", "<< /A 8 0 R >>"),
        ("single", "8 0 R"),
        ("nested", "[[8 0 R]]"),
        ("with_null", "[null 8 0 R]"),
        ("string", "(8 0 R)"),
    ):
        writer = annotated(f"/Subtype /Stamp /F 4 {OVER_PRICE}")
        writer.put(PAGE, writer.bodies[PAGE].replace(b"/Annots [8 0 R]", f"/Annots {annots}".encode()))
        yield hostile(name, writer)
    writer = contract(page=f"/Annots [<< /Type /Annot /Subtype /Stamp /F 4 {OVER_PRICE} /AP << /N 9 0 R >> >>]")
    writer.put_stream(9, COVER, f"{FORM} /BBox [0 0 260 40] {FONTS}")
    yield hostile("direct", writer)
    writer = annotated(f"/Subtype /Stamp /F 4 {OVER_PRICE}")
    writer.put(PAGE, writer.bodies[PAGE].replace(b"/Annots [8 0 R]", b"/Annots [8 0 R 8 0 R]"))
    yield hostile("twice", writer)
