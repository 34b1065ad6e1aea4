"""The accepted files that mutants are made of: small ones of the fuzzer's own, and files of the corpus as upload rewrites them.

Rules: every base is accepted by the phone without a finding, and all viewers draw it alike (``test_fuzz_share.py`` holds
it so); fonts are in the file (the own ones draw their digits as boxes), so that no viewer's own font explains a difference.
"""

import io
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pikepdf

from tests.fuzz.pdf_model import Model, take_apart
from tests.pdf_corpus.pdf_writer import PdfWriter, object_stream

CORPUS = Path(__file__).resolve().parents[1] / "pdf_corpus"
MAKERS = (
    "cairo_contract", "chromium_contract", "fpdf2_contract", "ghostscript_postscript", "libreoffice_calc",
    "matplotlib_type3", "qpdf_object_streams", "qpdf_turned_cropped", "reportlab_tiny_page", "weasyprint_tagged",
)  # fmt: skip

# Which of seven strokes a digit has: top, upper left, upper right, middle, lower left, lower right, bottom.
_DIGITS = ("1110111", "0010010", "1011101", "1011011", "0111010", "1101011", "1101111", "1010010", "1111111", "1111011")
_STROKES = ("100 900 500 100", "0 500 100 500", "600 500 100 500", "100 450 500 100", "0 0 100 500", "600 0 100 500", "100 0 500 100")


def _digit(strokes: str) -> bytes:
    drawn = " ".join(f"{where} re" for where, there in zip(_STROKES, strokes, strict=True) if there == "1")
    return f"900 0 0 0 700 1000 d1 {drawn} f".encode()


def _boxes_font(writer: PdfWriter, number: int) -> None:
    """A Type 3 font whose digits are boxes, in objects ``number`` to ``number`` + 10."""
    names = ["/zero", "/one", "/two", "/three", "/four", "/five", "/six", "/seven", "/eight", "/nine"]
    for place, strokes in enumerate(_DIGITS):
        writer.put_stream(number + 1 + place, _digit(strokes))
    procedures = " ".join(f"{name} {number + 1 + place} 0 R" for place, name in enumerate(names))
    widths = " ".join(["900"] * 10)
    writer.put(
        number,
        f"<</Type/Font/Subtype/Type3/FontBBox[0 0 900 1000]/FontMatrix[0.001 0 0 0.001 0 0]/FirstChar 48/LastChar 57"
        f"/Widths[{widths}]/Encoding<</Type/Encoding/Differences[48 {' '.join(names)}]>>/CharProcs<<{procedures}>>/Resources<<>>>>",
    )


def _two_pages() -> PdfWriter:
    """Catalog 1, page tree 2, pages 3 and 5 with contents 4 and 6, form 7, image 8, font 9 to 19, length 20."""
    writer = PdfWriter()
    writer.put(1, "<</Type/Catalog/Pages 2 0 R>>")
    writer.put(
        2,
        "<</Type/Pages/Kids[3 0 R 5 0 R]/Count 2/MediaBox[0 0 240 120]"
        "/Resources<</Font<</F1 9 0 R>>/XObject<</X1 7 0 R/I1 8 0 R>>>>>>",
    )
    writer.put(3, "<</Type/Page/Parent 2 0 R/Contents[4 0 R]>>")
    writer.put_stream(4, b"q 0.8 g 10 10 60 30 re f Q\nBT /F1 24 Tf 20 70 Td (1000) Tj ET\n/X1 Do\nq 30 0 0 30 200 10 cm /I1 Do Q")
    writer.put(5, "<</Type/Page/Parent 2 0 R/CropBox[0 0 200 100]/Rotate 90/Contents 6 0 R>>")
    content = b"BT /F1 18 Tf 1 0 0 1 20 40 Tm [(20) -100 (30)] TJ ET q 1 0 0 RG 3 w 10 10 m 100 30 l S Q"
    writer.put_stream(6, content, length="20 0 R")
    writer.put_stream(7, b"0 0 1 rg 0 0 20 20 re f", "/Type/XObject/Subtype/Form/BBox[0 0 40 40]/Matrix[1 0 0 1 120 20]/Resources<<>>")
    image = b"/Type/XObject/Subtype/Image/Width 2/Height 2/ColorSpace/DeviceGray/BitsPerComponent 8".decode()
    writer.put_stream(8, bytes((0, 255, 128, 0)), image)
    _boxes_font(writer, 9)
    writer.put(20, str(len(content)))
    return writer


def _one_page(content: bytes, page: str = "", more: dict[int, str] | None = None) -> PdfWriter:
    """Catalog 1, page tree 2, page 3 with content 4, font 5 to 15, form from 16 on."""
    writer = PdfWriter()
    writer.put(1, "<</Type/Catalog/Pages 2 0 R>>")
    writer.put(2, "<</Type/Pages/Kids[3 0 R]/Count 1>>")
    said = f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 240 120]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>/XObject<</X1 16 0 R>>>>{page}>>"
    writer.put(3, said)
    writer.put_stream(4, content)
    _boxes_font(writer, 5)
    for number, body in (more or {}).items():
        writer.put(number, body)
    return writer


def _nested_forms() -> bytes:
    writer = _one_page(b"q 0.5 g 0 0 50 50 re f Q BT /F1 20 Tf 60 60 Td (777) Tj ET q 1 0 0 1 100 0 cm /X1 Do Q")
    inner = "/Subtype/Form/BBox[0 0 60 60]/Resources<</XObject<</X2 17 0 R>>>>"
    writer.put_stream(16, b"q 1 0 0 1 10 10 cm /X2 Do Q 0 0 5 5 re f", inner)
    last = "/Type/XObject/Subtype/Form/FormType 1/BBox[0 0 30 30]/Matrix[1 0 0 1 2 2]/Resources<</Font<</F1 5 0 R>>>>"
    writer.put_stream(17, b"BT /F1 12 Tf 2 2 Td (42) Tj ET", last)
    return writer.build("/Root 1 0 R/ID[<01><01>]")


def _inline_image() -> bytes:
    content = (
        b"q 40 0 0 40 10 10 cm BI /W 4 /H 4 /CS /G /BPC 8 ID \x00\xff\x00\xff\xff\x00\xff\x00\x00\xff\x00\xff\xff\x00\xff\x00 EI Q\n"
        b"BT /F1 24 Tf 80 60 Td (1234) Tj 0 -30 Td (5) Tj ET q 0 1 0 rg 100 10 m 140 10 l 120 30 l h f Q /X1 Do"
    )
    writer = _one_page(content)
    writer.put_stream(16, b"1 0 0 RG 0 0 10 10 re S", "/Subtype/Form/BBox[-1 -1 20 20]/Matrix[1 0 0 1 160 10]/Resources<<>>")
    return writer.build("/Root 1 0 R/ID[<01><01>]")


def _packed() -> bytes:
    """Catalog, page tree and page in an object stream, with a cross-reference stream."""
    writer = _one_page(b"BT /F1 24 Tf 20 60 Td (901) Tj ET /X1 Do")
    writer.put_stream(16, b"0 0 20 20 re f", "/Subtype/Form/BBox[0 0 40 40]/Matrix[1 0 0 1 120 20]/Resources<<>>")
    members = {number: writer.bodies.pop(number).decode() for number in (1, 2, 3)}
    data, entries = object_stream(members)
    writer.put_stream(17, data, entries)
    places = {number: (17, place) for place, number in enumerate(members)}
    return writer.build_xref_stream("/Root 1 0 R/ID[<01><01>]", packed=places)


def _field() -> bytes:
    """A read-only field with an appearance."""
    widget = "<</Type/Annot/Subtype/Widget/FT/Tx/T(n)/V(88)/Ff 1/F 4/Rect[150 60 230 100]/P 3 0 R/AP<</N 18 0 R>>/DA(/F1 12 Tf)>>"
    writer = _one_page(b"BT /F1 24 Tf 20 60 Td (100) Tj ET /X1 Do", "/Annots[17 0 R]", {17: widget})
    writer.put(1, "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[17 0 R]/DR<</Font<</F1 5 0 R>>>>>>>>")
    writer.put_stream(16, b"0 0 20 20 re f", "/Subtype/Form/BBox[0 0 40 40]/Matrix[1 0 0 1 20 10]/Resources<<>>")
    shown = "/Type/XObject/Subtype/Form/BBox[0 0 80 40]/Resources<</Font<</F1 5 0 R>>>>"
    writer.put_stream(18, b"BT /F1 20 Tf 4 4 Td (88) Tj ET", shown)
    return writer.build("/Root 1 0 R/ID[<01><01>]")


def signed_once(data: bytes) -> bytes:
    """``data`` with a signature field that has a value: what counts as signed. Nobody checks the value here."""
    from tests.fuzz.dishonest import prepared

    made = prepared(data)
    start, end = made.byte_range[1:3]
    return made.data[: start + 1] + (b"3082" + b"17" * 40).ljust(end - start - 2, b"0") + made.data[end - 1 :]


def _rewritten(data: bytes, *, readable: bool = False) -> bytes:
    """As upload rewrites; ``readable`` with plain streams, so that what is in them can be mutated."""
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        if readable:
            plain = pikepdf.StreamDecodeLevel.generalized
            mode = pikepdf.ObjectStreamMode.disable
            pdf.save(target, compress_streams=False, stream_decode_level=plain, object_stream_mode=mode, deterministic_id=True)
        else:
            pdf.save(target, object_stream_mode=pikepdf.ObjectStreamMode.preserve, deterministic_id=True)
    return target.getvalue()


def _of_corpus() -> dict[str, Callable[[], bytes]]:
    found: dict[str, Callable[[], bytes]] = {}
    for name in MAKERS:
        path = CORPUS / "good" / f"{name}.pdf"
        found[f"{name} rewritten"] = lambda path=path: _rewritten(path.read_bytes())
        found[f"{name} readable"] = lambda path=path: _rewritten(path.read_bytes(), readable=True)
    return found


_OWN: dict[str, Callable[[], bytes]] = {
    "two pages": lambda: _two_pages().build("/Root 1 0 R/ID[<01><01>]"),
    "two pages streamed": lambda: _two_pages().build_xref_stream("/Root 1 0 R/ID[<01><01>]"),
    "nested forms": _nested_forms,
    "inline image": _inline_image,
    "packed": _packed,
    "field": _field,
    "two pages signed": lambda: signed_once(_two_pages().build("/Root 1 0 R/ID[<01><01>]")),
    "nested forms signed": lambda: signed_once(_nested_forms()),
    "packed signed": lambda: signed_once(_packed()),
}
BASES: dict[str, Callable[[], bytes]] = _OWN | _of_corpus()
OWN = tuple(_OWN)


@cache
def base(name: str) -> bytes:
    """The bytes of one base."""
    return BASES[name]()


def model_of(name: str) -> Model:
    """A fresh model of one base."""
    return take_apart(base(name))
