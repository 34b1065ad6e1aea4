"""Kinds of crafted files: the page tree and the page's boxes (ISO 32000-2, 7.7.3, 14.11.2)."""

from collections.abc import Iterator

from tests.agreement.contract import CONTENT, FREE, OTHER_LINES, PAGE, contract
from tests.agreement.crafted import Part, harmless, hostile, kind
from tests.agreement.kinds_file import LOOKS_SIGNED, looking_signed
from tests.pdf_corpus.pdf_writer import FONT, PAGES, PdfWriter, text_page

_OTHER = text_page(list(OTHER_LINES), left=40, top=250)


def _page(content: int, entries: str = "", parent: int = PAGES, kind_: str = "/Type /Page") -> str:
    return (
        f"<< {kind_} /Parent {parent} 0 R /MediaBox [0 0 420 300] /Contents {content} 0 R "
        f"/Resources << /Font << /F1 {FONT} 0 R >> >> {entries} >>"
    )


def two_pages(second: str, tree: str = "/Count 2 /Kids [4 0 R 8 0 R]") -> PdfWriter:
    """The contract with a second page: object 8, its content 9."""
    writer = contract()
    writer.put(PAGES, f"<< /Type /Pages {tree} >>")
    writer.put(FREE, second)
    writer.put_stream(9, _OTHER)
    return writer


@kind
def page_type() -> Iterator[Part]:
    """A page that says that it is something else, or nothing."""
    yield harmless("page", two_pages(_page(9)))
    yield hostile("nothing", two_pages(_page(9, kind_="")))
    yield hostile("unknown", two_pages(_page(9, kind_="/Type /Template")))
    yield hostile("pages", two_pages(_page(9, kind_="/Type /Pages")))
    yield hostile("pages_with_kids", two_pages(_page(9, "/Kids []", kind_="/Type /Page")))
    writer = two_pages(_page(9))
    writer.put_stream(
        FREE,
        b"",
        "/Type /Page /Parent 2 0 R /MediaBox [0 0 420 300] /Contents 9 0 R /Resources << /Font << /F1 3 0 R >> >>",
    )
    yield hostile("stream", writer)


@kind
def page_tree_type() -> Iterator[Part]:
    """The root of the page tree says that it is a page, or nothing."""
    yield harmless("pages", contract())
    for name, said in (("nothing", ""), ("page", "/Type /Page"), ("string", "/Type (Pages)")):
        writer = contract()
        writer.put(PAGES, f"<< {said} /Count 1 /Kids [4 0 R] >>")
        yield hostile(name, writer)


@kind
def page_count() -> Iterator[Part]:
    """/Count that is not the number of pages: some believe it, some count."""
    yield harmless("two", two_pages(_page(9)))
    for name, count in (
        ("one", "1"),
        ("three", "3"),
        ("none", "0"),
        ("negative", "-1"),
        ("real", "2.0"),
        ("huge", "99999999"),
    ):
        for looks in (False, True):
            writer = two_pages(_page(9), f"/Count {count} /Kids [4 0 R 8 0 R]")
            yield hostile(
                f"{name}{'_looks_signed' if looks else ''}", looking_signed(writer) if looks else writer.build()
            )


@kind
def page_parent() -> Iterator[Part]:
    """A page whose /Parent is another node than the one that lists it: it inherits from either."""
    yield harmless("true", two_pages(_page(9)))
    for name, entry in (("turned", "/Rotate 90"), ("cropped", "/CropBox [0 200 420 300]")):
        for looks in (False, True):
            writer = two_pages(_page(9, parent=10))
            writer.put(10, f"<< /Type /Pages /Count 1 /Kids [8 0 R] {entry} >>")
            if looks:
                writer.put(11, LOOKS_SIGNED)
            data = writer.build("/Root 1 0 R /Info 11 0 R") if looks else writer.build()
            yield hostile(f"{name}{'_looks_signed' if looks else ''}", data)


@kind
def page_repeated() -> Iterator[Part]:
    """The same page twice, or a tree that holds itself."""
    yield harmless("once", two_pages(_page(9)))
    yield hostile("twice", two_pages(_page(9), "/Count 3 /Kids [4 0 R 8 0 R 8 0 R]"))
    yield hostile("itself", two_pages(_page(9), "/Count 2 /Kids [4 0 R 8 0 R 2 0 R]"))


@kind
def page_null() -> Iterator[Part]:
    """Kids that are null, missing or direct."""
    yield harmless("references", two_pages(_page(9)))
    yield hostile("null", two_pages(_page(9), "/Count 3 /Kids [4 0 R null 8 0 R]"))
    yield hostile("direct", two_pages(_page(9), f"/Count 2 /Kids [4 0 R {_page(9)}]"))


@kind
def media_box() -> Iterator[Part]:
    """Boxes whose numbers are none."""
    yield harmless("numbers", contract(media_box="[0 0 420 300]"))
    yield harmless("reals", contract(media_box="[0.0 0.0 420.0 300.0]"))
    yield harmless("turned", contract(media_box="[420 300 0 0]"))
    yield hostile("strings", contract(media_box="[(0) (0) (420) (300)]"))
    yield hostile("names", contract(media_box="[/0 /0 /420 /300]"))
    yield hostile("three_numbers", contract(media_box="[0 0 420]"))
    yield hostile("empty", contract(media_box="[0 0 0 0]"))
    yield hostile("null", contract(media_box="null"))
    yield hostile("flat", contract(media_box="[0 0 420 0]"))
    writer = contract(media_box="[0 0 420 8 0 R]")
    writer.put(FREE, "300")
    yield harmless("by_reference", writer)
    writer = contract(media_box="[0 0 420 8 0 R]")
    writer.put(FREE, "(300)")
    yield hostile("string_by_reference", writer)


@kind
def crop_box() -> Iterator[Part]:
    """A crop box outside of the media box, empty, or no box."""
    yield harmless("inside", contract(page="/CropBox [10 10 410 290]"))
    yield harmless("equal", contract(page="/CropBox [0 0 420 300]"))
    yield hostile("too_large", contract(page="/CropBox [-100 -100 600 500]"))
    yield hostile("outside", contract(page="/CropBox [500 500 900 800]"))
    yield hostile("half_outside", contract(page="/CropBox [200 100 900 800]"))
    yield hostile("empty", contract(page="/CropBox [0 0 0 0]"))
    yield hostile("strings", contract(page="/CropBox [(0) (0) (420) (240)]"))
    yield hostile("three_numbers", contract(page="/CropBox [0 0 420]"))


@kind
def rotation() -> Iterator[Part]:
    """Turns that are no quarter turns."""
    for turn in (0, 90, 180, 270, 360, -90):
        yield harmless(f"by_{turn}".replace("-", "minus_"), contract(page=f"/Rotate {turn}"))
    for name, turn in (("45", "45"), ("real", "90.0"), ("string", "(90)"), ("tiny", "89.9"), ("huge", "99999999999")):
        yield hostile(name, contract(page=f"/Rotate {turn}"))


@kind
def user_unit() -> Iterator[Part]:
    """Pages in units of their own."""
    yield harmless("one", contract(page="/UserUnit 1"))
    yield harmless("two", contract(page="/UserUnit 2.0"))
    yield hostile("none", contract(page="/UserUnit 0"))
    yield hostile("negative", contract(page="/UserUnit -1"))


@kind
def contents_entry() -> Iterator[Part]:
    """/Contents that is an array of parts, or of what is no stream."""
    half = b"BT /F1 12 Tf 40 150 Td (Pay 1,00"
    writer = contract()
    writer.put(PAGE, writer.bodies[PAGE].replace(b"/Contents 5 0 R", b"/Contents [5 0 R 8 0 R]"))
    writer.put_stream(FREE, b"BT /F1 12 Tf 40 150 Td (Paid) Tj ET")
    yield harmless("array", writer)
    for name, first, second in (("string", half, b"0) Tj ET"), ("number", b"BT /F1 12 Tf 4", b"0 150 Td (Paid) Tj ET")):
        writer = contract()
        writer.put(PAGE, writer.bodies[PAGE].replace(b"/Contents 5 0 R", b"/Contents [5 0 R 8 0 R 9 0 R]"))
        writer.put_stream(FREE, first)
        writer.put_stream(9, second)
        yield hostile(f"split_{name}", writer)
    writer = contract()
    writer.put(PAGE, writer.bodies[PAGE].replace(b"/Contents 5 0 R", b"/Contents [[5 0 R] 8 0 R]"))
    writer.put_stream(FREE, b"BT /F1 12 Tf 40 150 Td (Paid) Tj ET")
    yield hostile("array_in_array", writer)
    writer = contract()
    writer.put(PAGE, writer.bodies[PAGE].replace(b"/Contents 5 0 R", b"/Contents [5 0 R null 3 0 R 8 0 R]"))
    writer.put_stream(FREE, b"BT /F1 12 Tf 40 150 Td (Paid) Tj ET")
    yield hostile("no_streams", writer)


@kind
def resources_missing() -> Iterator[Part]:
    """A page that takes its resources from elsewhere, or from nowhere."""
    writer = contract()
    own = b"/Resources << /Font << /F1 3 0 R >>  >>"
    assert own in writer.bodies[PAGE]
    writer.put(PAGES, writer.bodies[PAGES].replace(b"/Kids", own + b" /Kids"))
    writer.put(PAGE, writer.bodies[PAGE].replace(own, b""))
    yield harmless("inherited", writer)
    writer = contract()
    form = "/Type /XObject /Subtype /Form /BBox [0 0 420 300]"
    writer.put(PAGE, writer.bodies[PAGE].replace(b"/F1 3 0 R >>", b"/F1 3 0 R >> /XObject << /X 8 0 R >>"))
    writer.put_stream(CONTENT, _OTHER.replace(b"9,000,000", b"1,000") + b" /X Do")
    writer.put_stream(FREE, b"BT /F1 12 Tf 40 150 Td (And 9,000,000 more) Tj ET", form)
    yield hostile("form_without", writer)
