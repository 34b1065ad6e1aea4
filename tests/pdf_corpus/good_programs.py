"""Good files from programs: Chromium, LibreOffice, Ghostscript, groff, wkhtmltopdf, librsvg, pdftk.

A program that is not installed raises ``ToolMissing``. Programs write their own dates, so these files differ from run to run.
"""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.pdf_corpus.sample import ASCII_LINES, CLAUSES, TITLE, Sample, ToolMissing
from tests.pdf_corpus.source_material import (
    page_html,
    picture_svg,
    reportlab_document,
    write_contract,
)


def run(program: str, *arguments: str, folder: str, stdin: bytes = b"") -> bytes:
    """Runs a program in ``folder`` and returns what it prints; raises ``ToolMissing`` when it is not installed."""
    if shutil.which(program) is None:
        raise ToolMissing(f"program {program}")
    done = subprocess.run([program, *arguments], cwd=folder, input=stdin, capture_output=True, timeout=180, check=True)
    return done.stdout


def made_in(folder: str, name: str) -> bytes:
    """The file that a program wrote."""
    return (Path(folder) / name).read_bytes()


def from_chromium() -> Iterator[Sample]:
    """Chromium's print to PDF (Skia): plain, two pages, with a table and links."""
    variants = {
        "contract": "",
        "table": "<table border=1><tr><th>Tháng</th><th>Giá</th></tr>"
        + "<tr><td>Một</td><td>12.500.000</td></tr>" * 5
        + "</table><p><a href='https://example.org/'>Phụ lục</a></p>",
        "landscape": "<style>@page{size:A5 landscape}</style><p style='break-before:page'>Trang hai</p>",
    }
    with tempfile.TemporaryDirectory() as folder:
        for name, body in variants.items():
            Path(folder, "page.html").write_text(page_html(body), encoding="utf-8")
            run(
                "chromium",
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-pdf-header-footer",
                f"--user-data-dir={folder}/profile",
                "--print-to-pdf=page.pdf",
                f"file://{folder}/page.html",
                folder=folder,
            )
            yield Sample(
                f"good/chromium_{name}.pdf",
                "chromium",
                f"printed web page, tagged: {name}",
                made_in(folder, "page.pdf"),
                pages=2 if name == "landscape" else 1,
            )


_FLAT_TEXT = """<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"
 office:version="1.2" office:mimetype="application/vnd.oasis.opendocument.text">
<office:styles><style:default-style style:family="paragraph"><style:text-properties style:font-name="Liberation Serif" fo:font-size="12pt"/>
</style:default-style></office:styles>
<office:body><office:text><text:h text:outline-level="1">{title}</text:h>{body}</office:text></office:body></office:document>"""


def office_text() -> str:
    """The contract as flat OpenDocument text."""
    return _FLAT_TEXT.format(title=TITLE, body="".join(f"<text:p>{clause}</text:p>" for clause in CLAUSES))


def from_libreoffice() -> Iterator[Sample]:
    """LibreOffice: Writer plain, PDF/A-1a, -2b, -3b, tagged PDF/UA, PDF 1.7; Calc."""

    variants: dict[str, tuple[dict[str, int | bool], str]] = {
        "contract": ({}, "plain export"),
        "pdfa1": ({"SelectPdfVersion": 1}, "PDF/A-1a"),
        "pdfa2": ({"SelectPdfVersion": 2}, "PDF/A-2b"),
        "pdfa3": ({"SelectPdfVersion": 3}, "PDF/A-3b"),
        "tagged": ({"UseTaggedPDF": True, "PDFUACompliance": True}, "tagged, PDF/UA"),
    }
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "text.fodt").write_text(office_text(), encoding="utf-8")
        Path(folder, "sheet.csv").write_text("Tháng,Giá\n" + "Một,12500000\n" * 8, encoding="utf-8")
        for name, (options, kind) in variants.items():
            filters = {
                key: {
                    "type": type(value).__name__.replace("bool", "boolean").replace("int", "long"),
                    "value": str(value).lower(),
                }
                for key, value in options.items()
            }
            convert(folder, "text.fodt", f"pdf:writer_pdf_Export:{json.dumps(filters)}" if filters else "pdf")
            yield Sample(f"good/libreoffice_{name}.pdf", "libreoffice", kind, made_in(folder, "text.pdf"))
        convert(folder, "sheet.csv", "pdf:calc_pdf_Export")
        yield Sample("good/libreoffice_calc.pdf", "libreoffice", "spreadsheet from Calc", made_in(folder, "sheet.pdf"))


def convert(folder: str, name: str, target: str) -> None:
    """One headless conversion with a profile of its own."""
    run(
        "soffice",
        f"-env:UserInstallation=file://{folder}/profile",
        "--headless",
        "--convert-to",
        target,
        name,
        folder=folder,
    )


def from_ghostscript() -> Iterator[Sample]:
    """Ghostscript's pdfwrite: from PostScript, and distilled from another PDF to 1.4."""
    shown = "\n".join(f"72 {700 - 20 * row} moveto ({line}) show" for row, line in enumerate(ASCII_LINES))
    script = f"%!PS\n/Times-Roman findfont 12 scalefont setfont\n{shown}\nshowpage\n".encode()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "in.ps").write_bytes(script)
        Path(folder, "in.pdf").write_bytes(reportlab_document(write_contract))
        common = ("-q", "-dNOPAUSE", "-dBATCH", "-dSAFER", "-sDEVICE=pdfwrite")
        run(
            "gs",
            *common,
            "-dEmbedAllFonts=true",
            "-dSubsetFonts=true",
            "-o",
            "out.pdf",
            "-c",
            "<</NeverEmbed [ ]>> setdistillerparams",
            "-f",
            "in.ps",
            folder=folder,
        )
        yield Sample(
            "good/ghostscript_postscript.pdf",
            "ghostscript",
            "from PostScript, fonts embedded",
            made_in(folder, "out.pdf"),
        )
        run("gs", *common, "-dCompatibilityLevel=1.4", "-o", "out.pdf", "in.pdf", folder=folder)
        yield Sample(
            "good/ghostscript_distilled.pdf",
            "ghostscript",
            "distilled from another PDF, PDF 1.4",
            made_in(folder, "out.pdf"),
            pages=2,
        )
        run("gs", *common, "-dFastWebView=true", "-o", "out.pdf", "in.pdf", folder=folder)
        yield Sample(
            "good/ghostscript_linearised.pdf",
            "ghostscript",
            "linearised",
            made_in(folder, "out.pdf"),
            pages=2,
        )


def from_groff() -> Iterator[Sample]:
    """groff's own PDF device."""
    text = ".ad l\n" + "\n.br\n".join(ASCII_LINES) + "\n"
    with tempfile.TemporaryDirectory() as folder:
        data = run("groff", "-Tpdf", folder=folder, stdin=text.encode())
    yield Sample(
        "good/groff_letter.pdf",
        "groff",
        "typeset letter, standard font",
        data,
        findings=("unembedded_fonts",),
    )


def from_wkhtmltopdf() -> Iterator[Sample]:
    """wkhtmltopdf (Qt's PDF engine)."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "page.html").write_text(page_html(), encoding="utf-8")
        run("env", "QT_QPA_PLATFORM=offscreen", "wkhtmltopdf", "-q", "page.html", "page.pdf", folder=folder)
        yield Sample("good/wkhtmltopdf_contract.pdf", "qt", "web page through Qt", made_in(folder, "page.pdf"))


def from_librsvg() -> Iterator[Sample]:
    """rsvg-convert (cairo under pango)."""
    with tempfile.TemporaryDirectory() as folder:
        data = run("rsvg-convert", "-f", "pdf", folder=folder, stdin=picture_svg().encode())
    yield Sample("good/librsvg_drawing.pdf", "cairo", "drawing through librsvg", data)


def from_pdftk() -> Iterator[Sample]:
    """pdftk-java: two documents joined, and pages turned."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "in.pdf").write_bytes(reportlab_document(write_contract))
        run("pdftk", "in.pdf", "cat", "1east", "2south", "1west", "output", "out.pdf", folder=folder)
        yield Sample(
            "good/pdftk_turned.pdf",
            "pdftk",
            "pages turned by 90, 180 and 270 degrees",
            made_in(folder, "out.pdf"),
            pages=3,
        )


def makers() -> list[Callable[[], Iterator[Sample]]]:
    """All functions of this module that make files."""
    return [
        from_chromium,
        from_libreoffice,
        from_ghostscript,
        from_groff,
        from_wkhtmltopdf,
        from_librsvg,
        from_pdftk,
    ]
