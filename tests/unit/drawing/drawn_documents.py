"""Documents for the tests of drawing: one with a field, a box that is ticked, a highlight and a square, prepared as the server does it."""

import io
from dataclasses import dataclass
from typing import Any

import pikepdf
from pikepdf import Dictionary, Name
from reportlab.pdfgen.canvas import Canvas

from mobile_app.device.document_checks.stamp_place import StampPlace
from mobile_app.ui.page_picture import CheckedPdf
from server.pdf.geometry import Placement
from server.pdf.prepare import DocumentPreparer
from server.pdf.stamp import StampFonts, StampMaker

SIDE = 400
"""Points: the page is a square."""
WHERE = {
    "text field": (20, 300, 220, 330),
    "checkbox": (20, 250, 45, 275),
    "highlight": (20, 360, 120, 385),
    "square": (300, 300, 350, 350),
    "stamp": (180, 40, 380, 100),
}
"""Left, bottom, right, top in points."""
PLACE = Placement(0, *WHERE["stamp"])
TIME = "22/11/2025 14:05 (+07:00)"


def lines(*texts: str, page_count: int = 1, at: tuple[int, int] = (20, 200)) -> bytes:
    """Pages of so many lines of text."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(SIDE, SIDE))
    for _ in range(page_count):
        for down, text in enumerate(texts):
            canvas.drawString(at[0], at[1] - 14 * down, text)
        canvas.showPage()
    canvas.save()
    return rewritten(buffer.getvalue())


def rewritten(data: bytes) -> bytes:
    """As the upload does it with what its maker writes comments into."""
    made = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pdf.save(made, deterministic_id=True)
    return made.getvalue()


def with_fields_and_annotations(flags: int = 4) -> bytes:
    """``flags`` of the annotations (ISO 32000-2, 12.5.3); 4: printed."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(SIDE, SIDE))
    canvas.rect(30, 368, 60, 6, fill=1)  # under the highlight, in place of words whose font would differ
    canvas.save()
    with pikepdf.open(io.BytesIO(buffer.getvalue())) as pdf:
        fields = [
            _annotation(pdf, "Widget", "text field", "0.8 g 0 0 200 30 re f 0 g 8 8 60 12 re f", flags, FT=Name.Tx, T="amount", V="7"),
            _ticked(pdf, flags),
        ]
        pdf.pages[0].Annots = pdf.make_indirect(
            [
                *fields,
                _annotation(pdf, "Highlight", "highlight", "/M gs 1 1 0 rg 0 0 100 25 re f", flags,
                            QuadPoints=_corners("highlight"), C=[1, 1, 0]),
                _annotation(pdf, "Square", "square", "1 0 0 RG 4 w 2 2 46 46 re S", flags),
            ]
        )
        pdf.Root.AcroForm = pdf.make_indirect(Dictionary(Fields=fields))
        made = io.BytesIO()
        pdf.save(made, deterministic_id=True)
    return made.getvalue()


def _annotation(pdf: pikepdf.Pdf, subtype: str, name: str, content: str, flags: int, **more: Any) -> Any:
    appearance = Dictionary(N=_form(pdf, name, content))
    made = Dictionary(Type=Name.Annot, Subtype=Name(f"/{subtype}"), Rect=list(WHERE[name]), F=flags, AP=appearance, **more)
    return pdf.make_indirect(made)


def _ticked(pdf: pikepdf.Pdf, flags: int) -> Any:
    """A checkbox with an appearance for each of its states; the one that is on is shown."""
    states = Dictionary(
        Yes=_form(pdf, "checkbox", "0 g 0 0 25 25 re f"), Off=_form(pdf, "checkbox", "0 g 0.5 w 0 0 25 25 re S")
    )
    box = Dictionary(
        Type=Name.Annot, Subtype=Name.Widget, Rect=list(WHERE["checkbox"]), F=flags, FT=Name.Btn, T="agreed", V=Name.Yes, AS=Name.Yes,
        AP=Dictionary(N=states),
    )  # fmt: skip
    return pdf.make_indirect(box)


def _form(pdf: pikepdf.Pdf, name: str, content: str) -> Any:
    left, bottom, right, top = WHERE[name]
    made = pikepdf.Stream(pdf, content.encode())
    made.Type, made.Subtype, made.BBox = Name.XObject, Name.Form, [0, 0, right - left, top - bottom]
    made.Resources = Dictionary(ExtGState=Dictionary(M=Dictionary(BM=Name.Multiply)))
    return pdf.make_indirect(made)


def _corners(name: str) -> list[int]:
    left, bottom, right, top = WHERE[name]
    return [left, top, right, top, left, bottom, right, bottom]


@dataclass(frozen=True)
class Prepared:
    original: bytes
    data: bytes
    pages: int

    def checked(self, pages: int | None = None) -> CheckedPdf:
        return CheckedPdf(self.data, self.pages if pages is None else pages, len(self.original))


def prepared(original: bytes, place: Placement | None = PLACE, pages: int = 1) -> Prepared:
    preparer = DocumentPreparer("Nguyễn Thị Lấp Lánh Ánh", StampMaker(StampFonts()))
    return Prepared(original, preparer.prepare(original, place, TIME).data, pages)


STAMP = StampPlace(0, WHERE["stamp"][0] / SIDE, 1 - WHERE["stamp"][3] / SIDE, WHERE["stamp"][2] / SIDE, 1 - WHERE["stamp"][1] / SIDE)
