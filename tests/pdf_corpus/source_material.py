"""What the makers put into their files: the Vietnamese contract as reportlab drawing, HTML, SVG and scan.

A package that is not installed raises ``ToolMissing``. The embedded font is DejaVu Sans from Debian's fonts-dejavu-core.
"""

import importlib
import io
from collections.abc import Callable
from typing import Any

from tests.pdf_corpus.sample import CLAUSES, TITLE, ToolMissing

FONT_FILE = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"


def need(package: str) -> Any:
    """The module, or ``ToolMissing`` with the package's name."""
    try:
        return importlib.import_module(package)
    except ImportError as error:
        raise ToolMissing(f"Python package {package}") from error


def reportlab_document(
    draw: Callable[[Any], None],
    *,
    embedded: bool = True,
    size: tuple[float, float] = (595.3, 841.9),
    **settings: Any,
) -> bytes:
    """A reportlab file that ``draw`` paints; without ``embedded`` the start font is Helvetica, as reportlab does by default."""
    canvas = need("reportlab.pdfgen.canvas")
    metrics, fonts = need("reportlab.pdfbase.pdfmetrics"), need("reportlab.pdfbase.ttfonts")
    metrics.registerFont(fonts.TTFont("DejaVu", FONT_FILE))
    out = io.BytesIO()
    sheet = canvas.Canvas(
        out, pagesize=size, invariant=1, initialFontName="DejaVu" if embedded else "Helvetica", **settings
    )
    draw(sheet)
    sheet.save()
    return out.getvalue()


def write_contract(sheet: Any, *, pages: int = 2, top: float = 760) -> None:
    """The Vietnamese contract on ``pages`` pages."""
    for number in range(1, pages + 1):
        sheet.setFont("DejaVu", 14)
        sheet.drawString(72, top, f"{TITLE} - trang {number}/{pages}")
        sheet.setFont("DejaVu", 10)
        for row, clause in enumerate(CLAUSES):
            sheet.drawString(72, top - 40 - 20 * row, clause)
        sheet.showPage()


def draw_form(sheet: Any) -> None:
    """Fields of three kinds on one page."""
    sheet.drawString(72, 760, TITLE)
    form = sheet.acroForm
    form.textfield(name="ten", tooltip="Name", x=72, y=700, width=200, height=20, value="Anh")
    form.textfield(name="dia_chi", tooltip="Address", x=72, y=660, width=300, height=20)
    form.checkbox(name="dong_y", tooltip="Agreed", x=72, y=620, checked=True)
    form.choice(name="thoi_han", tooltip="Term", x=72, y=580, width=100, height=20, options=["12", "24"], value="12")


def page_html(body: str = "") -> str:
    """The contract as HTML."""
    clauses = "".join(f"<p>{clause}</p>" for clause in CLAUSES)
    return (
        f"<!DOCTYPE html><html lang='vi'><head><meta charset='utf-8'><title>{TITLE}</title>"
        f"<style>body{{font-family:'DejaVu Sans'}}</style></head><body><h1>{TITLE}</h1>{clauses}{body}</body></html>"
    )


def scanned_page() -> bytes:
    """A PNG that looks like a scanned contract."""
    image, drawing, font = need("PIL.Image"), need("PIL.ImageDraw"), need("PIL.ImageFont")
    sheet = image.new("L", (827, 1169), 255)
    pen = drawing.Draw(sheet)
    letters = font.truetype(FONT_FILE, 20)
    for row, line in enumerate((TITLE, *CLAUSES)):
        pen.text((60, 100 + 50 * row), line, fill=0, font=letters)
    out = io.BytesIO()
    sheet.convert("1").save(out, "PNG")
    return out.getvalue()


def picture_svg() -> str:
    """The contract's head as SVG."""
    lines = "".join(
        f"<text x='40' y='{120 + 30 * row}' font-size='13'>{text}</text>" for row, text in enumerate(CLAUSES)
    )
    return (
        "<svg xmlns='http://www.w3.org/2000/svg' width='595' height='842' font-family='DejaVu Sans'>"
        f"<text x='40' y='80' font-size='20'>{TITLE}</text>{lines}<circle cx='480' cy='600' r='60' fill='none' stroke='red'/></svg>"
    )
