"""Good files from Python packages, one function per maker.

A package that is not installed raises ``ToolMissing``, and the committed files of that maker stay as they are. Dates are pinned where
the maker lets us. The embedded font is DejaVu Sans from Debian's fonts-dejavu-core (Bitstream Vera licence).
"""

import datetime
import io
from collections.abc import Callable, Iterator
from typing import Any

from tests.pdf_corpus.sample import ASCII_LINES, CLAUSES, TITLE, Sample
from tests.pdf_corpus.source_material import (
    FONT_FILE,
    draw_form,
    need,
    page_html,
    picture_svg,
    reportlab_document,
    scanned_page,
    write_contract,
)


def from_reportlab() -> Iterator[Sample]:
    """Contracts, forms, Helvetica, many pages, odd sizes, encryption."""
    yield Sample(
        "good/Hợp đồng thuê nhà số 2.pdf",
        "reportlab",
        "two-page contract, Vietnamese file name with spaces",
        reportlab_document(write_contract),
        pages=2,
    )
    yield Sample(
        "good/reportlab_uncompressed.pdf",
        "reportlab",
        "no compression",
        reportlab_document(lambda s: write_contract(s, pages=1), pageCompression=0),
    )

    def helvetica(sheet: Any) -> None:
        for row, line in enumerate(ASCII_LINES):
            sheet.drawString(72, 700 - 20 * row, line)

    yield Sample(
        "good/reportlab_helvetica.pdf",
        "reportlab",
        "standard font, not embedded",
        reportlab_document(helvetica, embedded=False),
        findings=("unembedded_fonts",),
    )
    yield Sample(
        "good/reportlab_60_pages.pdf",
        "reportlab",
        "60 pages",
        reportlab_document(lambda s: write_contract(s, pages=60)),
        pages=60,
    )
    yield Sample(
        "good/reportlab_huge_page.pdf",
        "reportlab",
        "page of 14,400 x 14,400 points",
        reportlab_document(lambda s: write_contract(s, pages=1, top=14000), size=(14400, 14400)),
    )

    def tiny(sheet: Any) -> None:
        sheet.setFont("DejaVu", 3)
        sheet.drawString(2, 10, "Ký")

    yield Sample(
        "good/reportlab_tiny_page.pdf",
        "reportlab",
        "page of 20 x 20 points",
        reportlab_document(tiny, size=(20, 20)),
    )
    yield Sample(
        "good/reportlab_form.pdf",
        "reportlab",
        "form with text fields, check box and choice",
        reportlab_document(draw_form),
        findings=("unlocked_fields", "unembedded_fonts"),
    )

    def outline(sheet: Any) -> None:
        for number in range(1, 4):
            sheet.bookmarkPage(f"p{number}")
            sheet.addOutlineEntry(f"Điều {number}", f"p{number}")
            sheet.drawString(72, 700, CLAUSES[number])
            sheet.linkURL("https://example.org/", (72, 640, 200, 660))
            sheet.showPage()

    yield Sample(
        "good/reportlab_outline_links.pdf",
        "reportlab",
        "bookmarks and web links",
        reportlab_document(outline),
        pages=3,
    )


def from_fpdf2() -> Iterator[Sample]:
    """fpdf2: text with an embedded font, a file attachment."""
    fpdf = need("fpdf")

    def start() -> Any:
        pdf = fpdf.FPDF()
        pdf.set_creation_date(datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))
        pdf.add_font("DejaVu", fname=FONT_FILE)
        pdf.add_page()
        pdf.set_font("DejaVu", size=11)
        for line in (TITLE, *CLAUSES):
            pdf.cell(text=line, new_x="LMARGIN", new_y="NEXT", h=8)
        return pdf

    yield Sample("good/fpdf2_contract.pdf", "fpdf2", "contract", bytes(start().output()))
    pdf = start()
    pdf.embed_file(bytes="bảng giá;12.500.000\n".encode(), basename="bang_gia.csv", desc="Bảng giá")
    yield Sample(
        "good/fpdf2_attachment.pdf",
        "fpdf2",
        "attached spreadsheet",
        bytes(pdf.output()),
        findings=("attachments",),
    )
    pdf = start()
    with pdf.highlight("Ghi chú"):
        pdf.cell(text="Điều 6. Điều khoản được tô sáng.")
    yield Sample(
        "good/fpdf2_highlight.pdf",
        "fpdf2",
        "highlight annotation over a clause",
        bytes(pdf.output()),
        findings=("annotations_over_text",),
    )


def from_weasyprint() -> Iterator[Sample]:
    """WeasyPrint: plain, tagged PDF/UA, PDF/A-3u, with a form."""
    weasyprint = need("weasyprint")
    yield Sample(
        "good/weasyprint_contract.pdf",
        "weasyprint",
        "contract",
        weasyprint.HTML(string=page_html()).write_pdf(),
    )
    yield Sample(
        "good/weasyprint_tagged.pdf",
        "weasyprint",
        "tagged, PDF/UA-1",
        weasyprint.HTML(string=page_html()).write_pdf(pdf_variant="pdf/ua-1"),
    )
    yield Sample(
        "good/weasyprint_pdfa.pdf",
        "weasyprint",
        "PDF/A-3u",
        weasyprint.HTML(string=page_html()).write_pdf(pdf_variant="pdf/a-3u"),
    )


def from_matplotlib() -> Iterator[Sample]:
    """Matplotlib: Type 3 and Type 42 fonts."""
    matplotlib = need("matplotlib")
    matplotlib.use("pdf")
    pyplot = need("matplotlib.pyplot")
    for name, kind in (("type3", 3), ("type42", 42)):
        with matplotlib.rc_context({"pdf.fonttype": kind}):
            figure = pyplot.figure(figsize=(6, 4))
            figure.gca().bar(["Quý một", "Quý hai"], [12.5, 13.1])
            figure.suptitle("Giá thuê (triệu đồng)")
            out = io.BytesIO()
            figure.savefig(out, format="pdf", metadata={"CreationDate": None})
            pyplot.close(figure)
        yield Sample(f"good/matplotlib_{name}.pdf", "matplotlib", f"chart, fonts of {name}", out.getvalue())


def from_img2pdf() -> Iterator[Sample]:
    """img2pdf: a scan without any text or font."""
    img2pdf = need("img2pdf")
    data = img2pdf.convert(scanned_page(), nodate=True)
    yield Sample("good/img2pdf_scan.pdf", "img2pdf", "scanned page, image only", data)


def from_cairo() -> Iterator[Sample]:
    """cairo, through CairoSVG."""
    cairosvg = need("cairosvg")
    yield Sample(
        "good/cairo_contract.pdf",
        "cairo",
        "drawing with text",
        cairosvg.svg2pdf(bytestring=picture_svg().encode()),
    )


def from_typst() -> Iterator[Sample]:
    """Typst: tagged by default, cross-reference stream."""
    typst = need("typst")
    source = (
        f'#set page(width: 210mm, height: 297mm)\n#set text(lang: "vi", font: "DejaVu Sans")\n= {TITLE}\n\n'
        + "\n\n".join(CLAUSES)
    )
    yield Sample("good/typst_contract.pdf", "typst", "contract", typst.compile(source.encode(), format="pdf"))


def from_pymupdf() -> Iterator[Sample]:
    """MuPDF's writer: contract, redacting square over text, free text."""
    pymupdf = need("pymupdf")

    def start() -> Any:
        document = pymupdf.open()
        page = document.new_page()
        page.insert_font(fontname="dv", fontfile=FONT_FILE)
        for row, line in enumerate((TITLE, *CLAUSES)):
            page.insert_text((72, 100 + 24 * row), line, fontname="dv", fontsize=11)
        return document

    document = start()
    document.subset_fonts()
    yield Sample(
        "good/mupdf_contract.pdf",
        "mupdf",
        "contract",
        document.tobytes(garbage=4, deflate=True, no_new_id=True),
    )
    document = start()
    document.subset_fonts()
    cover = document[0].add_rect_annot(pymupdf.Rect(70, 160, 500, 190))
    cover.set_colors(stroke=(1, 1, 1), fill=(1, 1, 1))
    cover.update()
    yield Sample(
        "good/mupdf_square_over_text.pdf",
        "mupdf",
        "a white square annotation hides the price",
        document.tobytes(garbage=4, deflate=True, no_new_id=True),
        findings=("annotations_over_text",),
    )


def makers() -> list[Callable[[], Iterator[Sample]]]:
    """All functions of this module that make files."""
    return [
        from_reportlab,
        from_fpdf2,
        from_weasyprint,
        from_matplotlib,
        from_img2pdf,
        from_cairo,
        from_typst,
        from_pymupdf,
    ]
