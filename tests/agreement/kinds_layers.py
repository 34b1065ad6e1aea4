"""Kinds of crafted files: optional content (ISO 32000-2, 8.11), which may never be silent."""

from collections.abc import Iterator

from tests.agreement.contract import FREE, contract
from tests.agreement.crafted import Part, harmless, hostile, kind
from tests.agreement.kinds_content import FORM, MORE, PAID
from tests.pdf_corpus.pdf_writer import PdfWriter

_FONTS = "/Resources << /Font << /F1 3 0 R >> >>"


_ON_LAYER = b"/OC /L BDC " + MORE + b" EMC"


def _layer(config: str, *, properties: str = "8 0 R", content: bytes = _ON_LAYER, in_catalog: bool = True) -> PdfWriter:
    catalog = f"/OCProperties << /OCGs [8 0 R] /D << {config} >> >>" if in_catalog else ""
    writer = contract(content=content, catalog=catalog, resources=f"/Properties << /L {properties} >>")
    writer.put(FREE, "<< /Type /OCG /Name (Terms) >>")
    return writer


@kind
def layers_in_content() -> Iterator[Part]:
    """Marked content on a layer that is off, or that says nothing."""
    yield harmless("marked_without_layer", contract(content=b"/Span BMC " + PAID + b" EMC"))
    yield hostile("off", _layer("/OFF [8 0 R]"))
    yield hostile("base_state_off", _layer("/BaseState /OFF"))
    yield hostile("unchanged", _layer("/BaseState /Unchanged"))
    yield hostile("not_listed", _layer("", in_catalog=False))
    yield hostile("print_only", _layer("/AS [<< /Event /View /OCGs [8 0 R] /Category [/View] >>]"))
    yield hostile("unknown_property", _layer("/OFF [8 0 R]", properties="null"))


@kind
def layers_by_expression() -> Iterator[Part]:
    """Membership dictionaries: policies and visibility expressions (8.11.2.2)."""
    yield harmless("none", contract(content=PAID))
    for name, member in (
        ("not", "/VE [/Not 8 0 R]"),
        ("and", "/VE [/And 8 0 R [/Not 8 0 R]]"),
        ("all_off", "/P /AllOff"),
        ("expression_against_policy", "/P /AnyOn /VE [/Not 8 0 R]"),
        ("empty", "/OCGs [] /P /AnyOn"),
    ):
        groups = "" if "/OCGs" in member else "/OCGs [8 0 R]"
        writer = _layer("", properties="9 0 R")
        writer.put(9, f"<< /Type /OCMD {groups} {member} >>")
        yield hostile(name, writer)


@kind
def layers_on_objects() -> Iterator[Part]:
    """An XObject or an annotation on a layer that is off."""
    writer = contract(content=b"/X Do", resources="/XObject << /X 9 0 R >>")
    writer.put_stream(9, PAID, f"{FORM} /BBox [0 0 420 300] {_FONTS}")
    writer.put(FREE, "<< >>")
    yield harmless("form_on_none", writer)
    for listed in (True, False):
        catalog = "/OCProperties << /OCGs [8 0 R] /D << /OFF [8 0 R] >> >>" if listed else ""
        name = "" if listed else "_not_listed"
        writer = contract(content=b"/X Do", resources="/XObject << /X 9 0 R >>", catalog=catalog)
        writer.put(FREE, "<< /Type /OCG /Name (Terms) >>")
        writer.put_stream(9, MORE, f"{FORM} /BBox [0 0 420 300] {_FONTS} /OC 8 0 R")
        yield hostile(f"form{name}", writer)
        writer = contract(page="/Annots [9 0 R]", catalog=catalog)
        writer.put(FREE, "<< /Type /OCG /Name (Terms) >>")
        writer.put(9, "<< /Type /Annot /Subtype /Stamp /F 4 /Rect [40 120 300 170] /OC 8 0 R /AP << /N 10 0 R >> >>")
        writer.put_stream(10, MORE.replace(b"40 150", b"0 20"), f"{FORM} /BBox [0 0 260 50] {_FONTS}")
        yield hostile(f"annotation{name}", writer)
        writer = contract(
            content=b"q 100 0 0 40 40 130 cm /X Do Q", resources="/XObject << /X 9 0 R >>", catalog=catalog
        )
        writer.put(FREE, "<< /Type /OCG /Name (Terms) >>")
        writer.put_stream(
            9,
            bytes(4),
            "/Type /XObject /Subtype /Image /Width 2 /Height 2 /BitsPerComponent 8 /ColorSpace /DeviceGray /OC 8 0 R",
        )
        yield hostile(f"image{name}", writer)
