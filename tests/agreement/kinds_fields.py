"""Kinds of crafted files: form fields and annotations (ISO 32000-2, 12.5, 12.7). What viewers draw over the page, or make up."""

from collections.abc import Iterator

from tests.agreement.contract import FREE, PAGE, contract
from tests.agreement.crafted import Part, harmless, hostile, kind
from tests.agreement.kinds_content import FORM
from tests.pdf_corpus.pdf_writer import PdfWriter

FONTS = "/Resources << /Font << /F1 3 0 R >> >>"
COVER = b"1 g 0 0 260 40 re f 0 g BT /F1 12 Tf 2 12 Td (The price is 9,000,000 dong.) Tj ET"
PLAIN = b"BT /F1 12 Tf 2 12 Td (Nguyen Van A) Tj ET"
RECT = "/Rect [40 130 300 170]"
OVER_PRICE = "/Rect [38 228 298 268]"


def annotated(annotation: str, appearance: bytes | None = COVER, entries: str = "", catalog: str = "") -> PdfWriter:
    """The contract with annotation 8 and its appearance 9; ``{}`` in ``annotation`` is the place of the appearance's entry."""
    writer = contract(page="/Annots [8 0 R]", catalog=catalog)
    writer.put(FREE, f"<< /Type /Annot {annotation} {'/AP << /N 9 0 R >>' if appearance is not None else ''} >>")
    if appearance is not None:
        writer.put_stream(9, appearance, f"{FORM} /BBox [0 0 260 40] {FONTS} {entries}")
    return writer


def form(extra: str = "", fields: str = "8 0 R") -> str:
    return f"/AcroForm << /Fields [{fields}] /DA (/F1 12 Tf 0 g) /DR << /Font << /F1 3 0 R >> >> {extra} >>"


FIELD = "/Subtype /Widget /FT /Tx /T (name) /F 4 /DA (/F1 12 Tf 0 g) /V (Nguyen Van A) /Ff 1"


@kind
def loose_widgets() -> Iterator[Part]:
    """A widget that hangs in no field tree: drawn by some, by others not."""
    yield harmless("in_tree", annotated(f"{FIELD} {RECT}", PLAIN, catalog=form()))
    yield hostile("no_form", annotated(f"{FIELD} {OVER_PRICE}"))
    yield hostile("not_listed", annotated(f"{FIELD} {OVER_PRICE}", catalog=form(fields="")))
    yield hostile("no_type", annotated(f"/Subtype /Widget /F 4 {OVER_PRICE}", catalog=form(fields="")))
    writer = annotated(f"{FIELD} {OVER_PRICE} /Parent 10 0 R", catalog=form(fields=""))
    writer.put(10, "<< /T (parent) /Kids [8 0 R] >>")
    yield hostile("parent_not_listed", writer)
    writer = annotated(f"{FIELD} {OVER_PRICE} /Parent 10 0 R", catalog=form(fields="10 0 R"))
    writer.put(10, "<< /T (parent) /Kids [] >>")
    yield hostile("not_among_kids", writer)


@kind
def field_scripts() -> Iterator[Part]:
    """A field that a viewer's own function formats, which some draw anew when the file is opened; and one that a script of its own does."""
    script = "/AA << /F << /S /JavaScript /JS ({}) >> >>"
    own, other = script.format("AFNumber_Format\\(2, 0, 0, 0, \"\", true\\)"), script.format("event.value = \"9,000,000\"")
    yield harmless("helper", annotated(f"{FIELD} {RECT} {own}", PLAIN, catalog=form()), "field_scripts")
    yield hostile("script", annotated(f"{FIELD} {RECT} {other}", PLAIN, catalog=form()))
    yield hostile("helper_over_other_value", annotated(f"{FIELD} {OVER_PRICE} {own}", COVER, catalog=form()))


@kind
def appearances_of_links() -> Iterator[Part]:
    """A Link or Popup with an appearance of its own."""
    yield harmless("plain_link", annotated(f"/Subtype /Link /F 4 /Border [0 0 0] {RECT}", None))
    yield hostile("link", annotated(f"/Subtype /Link /F 4 /Border [0 0 0] {OVER_PRICE}"))
    yield hostile("popup", annotated(f"/Subtype /Popup /F 4 {OVER_PRICE}"))
    yield hostile("popup_open", annotated(f"/Subtype /Popup /Open true /F 4 {OVER_PRICE}"))


@kind
def fields_over_text() -> Iterator[Part]:
    """A read-only field whose appearance covers text of the page."""
    yield harmless("beside", annotated(f"{FIELD} {RECT}", PLAIN, catalog=form()))
    yield hostile("over", annotated(f"{FIELD} {OVER_PRICE}", catalog=form()))
    button = "/Subtype /Widget /FT /Btn /T (b) /Ff 65537 /F 4"
    yield hostile("button_over", annotated(f"{button} {OVER_PRICE}", catalog=form()))
    choice = "/Subtype /Widget /FT /Ch /T (b) /Ff 131073 /F 4 /Opt [(one) (two)] /V (one)"
    yield hostile("choice_over", annotated(f"{choice} {OVER_PRICE}", catalog=form()))


@kind
def appearances_made_up() -> Iterator[Part]:
    """NeedAppearances, and values without an appearance: viewers make it up."""
    yield harmless("not_needed", annotated(f"{FIELD} {RECT}", PLAIN, catalog=form("/NeedAppearances false")))
    yield hostile(
        "needed",
        annotated(f"{FIELD} {RECT}", PLAIN.replace(b"Nguyen", b"Tran"), catalog=form("/NeedAppearances true")),
    )
    yield hostile("value_only", annotated(f"{FIELD} {RECT}", None, catalog=form()))
    yield hostile("value_of_parent", _value_of_parent())
    tick = "/Subtype /Widget /FT /Btn /T (b) /Ff 1 /F 4 /V /Yes /AS /Yes /MK << /CA (4) >>"
    yield hostile("tick_only", annotated(f"{tick} {RECT}", None, catalog=form()))
    yield hostile(
        "caption_only",
        annotated(
            f"/Subtype /Widget /FT /Btn /T (b) /Ff 65537 /F 4 /MK << /CA (9,000,000) /BG [1 1 0] >> {RECT}",
            None,
            catalog=form(),
        ),
    )
    yield hostile(
        "border_only",
        annotated(
            f"{FIELD.replace('/V (Nguyen Van A)', '')} {RECT} /MK << /BC [1 0 0] /BG [1 1 0] >>",
            None,
            catalog=form(),
        ),
    )
    yield hostile(
        "value_against_appearance",
        annotated(f"{FIELD.replace('Nguyen Van A', 'Tran Thi B')} {RECT}", PLAIN, catalog=form()),
    )


def _value_of_parent() -> PdfWriter:
    writer = annotated(f"/Subtype /Widget /F 4 /Parent 10 0 R {RECT}", None, catalog=form(fields="10 0 R"))
    writer.put(10, "<< /FT /Tx /T (p) /Ff 1 /V (Nguyen Van A) /DA (/F1 12 Tf 0 g) /Kids [8 0 R] >>")
    return writer


@kind
def appearance_states() -> Iterator[Part]:
    """Appearances by state, and states that do not exist (12.5.5)."""
    tick = "/Subtype /Widget /FT /Btn /T (b) /Ff 1 /F 4"
    for name, entries, bad in (
        ("right", "/AS /On /V /On /AP << /N << /On 9 0 R /Off 10 0 R >> >>", False),
        ("no_state", "/V /On /AP << /N << /On 9 0 R /Off 10 0 R >> >>", True),
        ("unknown_state", "/AS /Maybe /V /On /AP << /N << /On 9 0 R /Off 10 0 R >> >>", True),
        ("state_against_value", "/AS /Off /V /On /AP << /N << /On 9 0 R /Off 10 0 R >> >>", True),
        ("one_state", "/AS /On /V /On /AP << /N << /On 9 0 R >> >>", False),
        ("down_only", "/AS /On /V /On /AP << /D << /On 9 0 R >> >>", True),
        ("state_with_stream", "/AS /Off /V /Off /AP << /N 9 0 R >>", True),
        ("dictionary_as_string", "/AS (On) /V /On /AP << /N << /On 9 0 R /Off 10 0 R >> >>", True),
    ):
        writer = annotated(f"{tick} {entries} {OVER_PRICE if bad else RECT}", None, catalog=form())
        writer.put_stream(9, COVER if bad else PLAIN, f"{FORM} /BBox [0 0 260 40] {FONTS}")
        writer.put_stream(10, b"1 g 0 0 260 40 re f", f"{FORM} /BBox [0 0 260 40] /Resources << >>")
        yield hostile(name, writer) if bad else harmless(name, writer)


@kind
def forms_in_odd_places() -> Iterator[Part]:
    """An AcroForm that is a stream, no dictionary, or deep; fields by inheritance."""
    yield harmless("in_catalog", annotated(f"{FIELD} {RECT}", PLAIN, catalog=form()))
    writer = annotated(f"{FIELD} {RECT}", PLAIN, catalog="/AcroForm 10 0 R")
    writer.put(10, "<< /Fields [8 0 R] >>")
    yield harmless("by_reference", writer)
    writer = annotated(f"{FIELD} {OVER_PRICE}", catalog="/AcroForm 10 0 R")
    writer.put_stream(10, b"", "/Fields [8 0 R]")
    yield hostile("stream", writer)
    for name, given in (
        ("array", "[8 0 R]"),
        ("null", "null"),
        ("string", "(/Fields [8 0 R])"),
        ("fields_no_list", "<< /Fields 8 0 R >>"),
    ):
        yield hostile(name, annotated(f"{FIELD} {OVER_PRICE}", catalog=f"/AcroForm {given}"))
    writer = annotated(f"/Subtype /Widget /F 4 {OVER_PRICE} /Parent 50 0 R", catalog=form(fields="10 0 R"))
    for number in range(10, 51):
        kid = number + 1 if number < 50 else 8
        parent = f"/Parent {number - 1} 0 R" if number > 10 else "/FT /Tx /Ff 1 /V (x)"
        writer.put(number, f"<< /T (p{number}) /Kids [{kid} 0 R] {parent} >>")
    yield hostile("forty_deep", writer)


@kind
def widgets_without_print() -> Iterator[Part]:
    """A field of two widgets, one on a page and one on none, or on another page than it says."""
    yield harmless("one_widget", annotated(f"{FIELD} {RECT}", PLAIN, catalog=form()))
    writer = annotated(f"{FIELD} {OVER_PRICE} /P 2 0 R", catalog=form())
    yield hostile("page_is_the_tree", writer)
    writer = annotated(f"{FIELD} {OVER_PRICE}", catalog=form())
    writer.put(PAGE, writer.bodies[PAGE].replace(b"/Annots [8 0 R]", b""))
    yield hostile("on_no_page", writer)
