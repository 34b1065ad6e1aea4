"""The small contract that all crafted files vary: one page with an embedded font, so that honest viewers have nothing to choose.

Numbers: catalog 1, page tree 2, font 3, page 4, its content 5, font descriptor 6, font file 7; what a maker adds comes behind.
The page is ``WIDTH`` × ``HEIGHT`` points, small so that many can be drawn. Bytes are the same each time.
"""

import functools
import io
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

from tests.pdf_corpus.pdf_writer import CATALOG, FONT, PAGES, PdfWriter, text_page

PAGE, CONTENT, DESCRIPTOR, FONT_FILE, FREE = 4, 5, 6, 7, 8
WIDTH, HEIGHT = 420, 300
LINES = ("CONTRACT No. 2", "The price is 1,000 dong.", "Signed in Ha Noi.")
OTHER_LINES = ("CONTRACT No. 2", "The price is 9,000,000 dong.", "Signed in Ha Noi.")
#: A content stream that shows the price alone, where ``LINES`` leave room for it.
OTHER_PRICE = b"BT /F1 12 Tf 40 190 Td (And 9,000,000 dong more.) Tj ET"

_FONT = Path(__file__).resolve().parents[2] / "server" / "assets" / "fonts" / "BeVietnamPro-Regular.ttf"


@functools.cache
def font_file() -> bytes:
    """The printable ASCII glyphs of the product's font as a TrueType file."""
    font = TTFont(_FONT, recalcTimestamp=False)
    options = subset.Options(layout_features=[], hinting=False, notdef_outline=True, legacy_cmap=True)
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "STAT", "DSIG", "name"]
    maker = subset.Subsetter(options)
    maker.populate(unicodes=range(32, 127))
    maker.subset(font)
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


@functools.cache
def widths() -> tuple[int, ...]:
    """Advance widths of the codes 32 to 126 in thousandths of the size."""
    font = TTFont(io.BytesIO(font_file()))
    table, names, unit = font["hmtx"], font.getBestCmap(), font["head"].unitsPerEm
    return tuple(round(table[names[code]][0] * 1000 / unit) for code in range(32, 127))


def text_width(text: str, size: float) -> float:
    """The width of ASCII ``text`` in points."""
    return sum(widths()[ord(letter) - 32] for letter in text) * size / 1000


def put_font(writer: PdfWriter, font: int = FONT, descriptor: int = DESCRIPTOR, file: int = FONT_FILE) -> None:
    """The embedded font as three objects (ISO 32000-2, 9.6.3, 9.8)."""
    data = font_file()
    numbers = " ".join(map(str, widths()))
    writer.put(
        font,
        f"<< /Type /Font /Subtype /TrueType /BaseFont /AAAAAA+BeVietnamPro /Encoding /WinAnsiEncoding "
        f"/FirstChar 32 /LastChar 126 /Widths [{numbers}] /FontDescriptor {descriptor} 0 R >>",
    )
    writer.put(
        descriptor,
        f"<< /Type /FontDescriptor /FontName /AAAAAA+BeVietnamPro /Flags 32 /FontBBox [-200 -300 1200 1100] /ItalicAngle 0 "
        f"/Ascent 1000 /Descent -265 /CapHeight 700 /StemV 80 /FontFile2 {file} 0 R >>",
    )
    writer.put_stream(file, data, f"/Length1 {len(data)}", compress=True)


def contract(
    lines: tuple[str, ...] = LINES,
    *,
    content: bytes = b"",
    before: bytes = b"",
    size: float = 12,
    page: str = "",
    catalog: str = "",
    resources: str = "",
    media_box: str = f"[0 0 {WIDTH} {HEIGHT}]",
    version: str = "1.7",
) -> PdfWriter:
    """The contract; ``before`` and ``content`` are drawn before and after its lines, the rest are further entries of dictionaries."""
    writer = PdfWriter(version=version)
    writer.put(CATALOG, f"<< /Type /Catalog /Pages {PAGES} 0 R {catalog} >>")
    writer.put(PAGES, f"<< /Type /Pages /Count 1 /Kids [{PAGE} 0 R] >>")
    put_font(writer)
    writer.put(
        PAGE,
        f"<< /Type /Page /Parent {PAGES} 0 R /MediaBox {media_box} /Contents {CONTENT} 0 R "
        f"/Resources << /Font << /F1 {FONT} 0 R >> {resources} >> {page} >>",
    )
    writer.put_stream(CONTENT, before + text_page(list(lines), size=size, left=40, top=250) + b"\n" + content)
    return writer


def in_order(writer: PdfWriter) -> PdfWriter:
    """The same objects sorted by number."""
    writer.bodies = dict(sorted(writer.bodies.items()))
    return writer
