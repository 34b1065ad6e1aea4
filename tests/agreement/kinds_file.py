"""Kinds of crafted files: the file's own structure (ISO 32000-2, 7.5). Two readings of the same bytes."""

from collections.abc import Iterator

from tests.agreement.contract import CONTENT, FREE, LINES, OTHER_LINES, OTHER_PRICE, PAGE, contract
from tests.agreement.crafted import Part, harmless, hostile, kind
from tests.pdf_corpus.increments import last_startxref
from tests.pdf_corpus.pdf_writer import CATALOG, PdfWriter, text_page

OTHER = text_page(list(OTHER_LINES), left=40, top=250)
#: A string that made faults of unsigned files pass as faults of signed ones.
LOOKS_SIGNED = "<< /Title (/ByteRange [0 1 2 3] /Sig) >>"


def looking_signed(writer: PdfWriter) -> bytes:
    """The file with an information dictionary whose title looks like a signature."""
    number = writer.add(LOOKS_SIGNED)
    return writer.build(f"/Root {CATALOG} 0 R /Info {number} 0 R")


def _raw_stream(number: int, content: bytes, generation: int = 0) -> bytes:
    head = b"%d %d obj\n<< /Length %d >>\nstream\n" % (number, generation, len(content))
    return head + content + b"\nendstream\nendobj\n"


def _with_table(
    body: bytes, offsets: dict[int, int], generations: dict[int, int] | None = None, trailer: str = "", size: int = 0
) -> bytes:
    """A body with a table and trailer of its own."""
    table = PdfWriter()
    table.offsets, table.generations, table.startxref = offsets, generations or {}, len(body)
    size = size or max(offsets) + 1
    return (
        body
        + table.xref_table()
        + f"trailer\n<< /Size {size} /Root {CATALOG} 0 R {trailer} >>\n".encode()
        + table.tail()
    )


@kind
def unlisted_object() -> Iterator[Part]:
    """An object that stands in the body and in no table."""
    yield harmless("listed_and_used", contract())
    for name, info in (("plain", ""), ("looks_signed", "/Info 9 0 R")):
        writer = contract()
        writer.put(PAGE, writer.bodies[PAGE].replace(b"/Contents 5 0 R", b"/Contents [5 0 R 8 0 R]"))
        if info:
            writer.put(9, LOOKS_SIGNED)
        writer.put_stream(FREE, OTHER_PRICE)
        body = writer.body_section()
        offsets = {number: at for number, at in writer.offsets.items() if number != FREE}
        yield hostile(name, _with_table(body, offsets, trailer=info, size=10))
    writer = contract()
    writer.put(FREE, "<< /Nothing true >>")
    yield harmless("unreachable", writer)


@kind
def duplicate_number() -> Iterator[Part]:
    """Two bodies of one object; who rebuilds the table takes the other."""
    yield harmless("once", contract())
    for name, looks in (("second_unlisted", False), ("second_unlisted_looks_signed", True)):
        writer = contract()
        if looks:
            writer.put(9, LOOKS_SIGNED)
        body = writer.body_section()
        yield hostile(
            name,
            _with_table(body + _raw_stream(CONTENT, OTHER), writer.offsets, trailer="/Info 9 0 R" if looks else ""),
        )
    writer = contract()
    body = writer.body_section()
    offsets = {**writer.offsets, CONTENT: len(body)}
    yield hostile("first_unlisted", _with_table(body + _raw_stream(CONTENT, OTHER), offsets))


@kind
def wrong_generation() -> Iterator[Part]:
    """The table, the object and the reference do not name the same generation."""
    writer = contract()
    writer.generations[CONTENT] = 2
    writer.put(PAGE, writer.bodies[PAGE].replace(b"5 0 R", b"5 2 R"))
    yield harmless("two_everywhere", writer)
    for name, table, reference in (("table", 3, b"5 0 R"), ("reference", 0, b"5 3 R")):
        for looks in (False, True):
            writer = contract()
            writer.put(PAGE, writer.bodies[PAGE].replace(b"5 0 R", reference))
            if looks:
                writer.put(9, LOOKS_SIGNED)
            trailer = "/Info 9 0 R" if looks else ""
            data = _with_table(writer.body_section(), writer.offsets, {CONTENT: table}, trailer)
            yield hostile(f"{name}{'_looks_signed' if looks else ''}", data)


@kind
def dangling_made_real() -> Iterator[Part]:
    """A reference to an object that does not exist yet: the signature's own increment may make it real."""
    yield harmless("none", contract())
    for ahead in range(5):
        for looks in (False, True):
            first = FREE + (1 if looks else 0)
            writer = contract()
            writer.put(
                PAGE, writer.bodies[PAGE].replace(b"/Contents 5 0 R", f"/Contents [5 0 R {first + ahead} 0 R]".encode())
            )
            data = looking_signed(writer) if looks else writer.build()
            yield hostile(f"content_{ahead}{'_looks_signed' if looks else ''}", data)
    writer = contract(content=b"/X Do", resources="/XObject << /X 10 0 R >>")
    yield hostile("xobject_looks_signed", looking_signed(writer))


@kind
def size_wrong() -> Iterator[Part]:
    """/Size below the highest number: what is numbered beyond it does not exist for some, and is overwritten by others."""
    yield harmless("right", contract())
    writer = contract()
    writer.put(PAGE, writer.bodies[PAGE].replace(b"/Contents 5 0 R", b"/Contents [5 0 R 8 0 R]"))
    writer.put_stream(FREE, OTHER_PRICE)
    yield hostile("too_small", writer.build(size=FREE))
    writer.put(9, LOOKS_SIGNED)
    yield hostile("too_small_looks_signed", writer.build(f"/Root {CATALOG} 0 R /Info 9 0 R", size=FREE))
    yield hostile("missing", contract().build().replace(b"/Size 8 ", b""))


@kind
def two_revisions() -> Iterator[Part]:
    """An update whose /Prev does not name the section before."""
    first = contract()
    base = first.build()
    second = PdfWriter(base=base)
    second.put_stream(CONTENT, OTHER)
    yield harmless("clean", second.build(size=FREE, prev=first.startxref))
    third = PdfWriter(base=second.build(size=FREE, prev=first.startxref))
    third.put(FREE, "<< /Title (x) >>")
    yield hostile("prev_skips_one", third.build(f"/Root {CATALOG} 0 R /Info 8 0 R", size=9, prev=first.startxref))
    third = PdfWriter(base=second.build(size=FREE, prev=first.startxref))
    third.put(FREE, LOOKS_SIGNED)
    yield hostile(
        "prev_skips_one_looks_signed", third.build(f"/Root {CATALOG} 0 R /Info 8 0 R", size=9, prev=first.startxref)
    )


@kind
def startxref_wrong() -> Iterator[Part]:
    """The end names no section, or an older one."""
    yield harmless("right", contract())
    first = contract()
    second = PdfWriter(base=first.build())
    second.put_stream(CONTENT, OTHER)
    data = second.build(size=FREE, prev=first.startxref)
    old, new = str(first.startxref).encode(), str(second.startxref).encode()
    at = data.rindex(new)
    yield hostile("names_the_old_section", data[:at] + old + data[at + len(new) :])
    data = contract().build()
    yield hostile(
        "off_by_ten",
        data.replace(b"startxref\n%d" % last_startxref(data), b"startxref\n%d" % (last_startxref(data) + 10)),
    )


@kind
def hybrid() -> Iterator[Part]:
    """A table and a cross-reference stream side by side that do not say the same (7.5.8.4)."""
    yield harmless("none", contract())
    for name, looks in (("other_content", False), ("other_content_looks_signed", True)):
        writer = contract()
        if looks:
            writer.put(10, LOOKS_SIGNED)
        body = writer.body_section()
        at = len(body)
        body += _raw_stream(CONTENT, OTHER)
        row = (1).to_bytes(1) + at.to_bytes(4) + bytes(2)
        stream_at = len(body)
        body += (
            f"11 0 obj\n<< /Type /XRef /Size 12 /W [1 4 2] /Index [{CONTENT} 1] /Root 1 0 R /Length {len(row)} >>\nstream\n".encode()
            + row
            + b"\nendstream\nendobj\n"
        )
        trailer = f"/XRefStm {stream_at}" + (" /Info 10 0 R" if looks else "")
        yield hostile(name, _with_table(body, {**writer.offsets, 11: stream_at}, trailer=trailer))


@kind
def stream_length() -> Iterator[Part]:
    """/Length is not where endstream stands."""
    yield harmless("right", contract())
    writer = contract()
    content = text_page(list(LINES), left=40, top=250) + b"\n"
    for name, length in (("short", len(content)), ("zero", 0), ("long", len(content) + 5000)):
        for looks in (False, True):
            writer = contract()
            writer.put_stream(CONTENT, content + OTHER_PRICE, length=length)
            data = looking_signed(writer) if looks else writer.build()
            yield hostile(f"{name}{'_looks_signed' if looks else ''}", data)
    writer = contract()
    writer.put_stream(CONTENT, content + OTHER_PRICE, length="8 0 R")
    writer.put(FREE, str(len(content)))
    yield hostile("indirect_short", writer)
    hidden = content + b"endstream\nendobj\n" + _raw_stream(CONTENT, OTHER)
    writer = contract()
    writer.put_stream(CONTENT, hidden)
    yield hostile("object_inside_stream", writer)


@kind
def comments() -> Iterator[Part]:
    """An object behind a percent sign: a comment for some, an object for others."""
    yield harmless("binary_mark_only", contract())
    for name, end in (("line_feed", b"\n"), ("carriage_return", b"\r"), ("none", b" ")):
        for looks in (False, True):
            writer = contract()
            if looks:
                writer.put(9, LOOKS_SIGNED)
            body = writer.body_section()
            at = len(body) + 2
            body += b"% " + _raw_stream(CONTENT, OTHER).replace(b"obj\n", b"obj" + end, 1)
            trailer = "/Info 9 0 R" if looks else ""
            data = _with_table(body, {**writer.offsets, CONTENT: at}, trailer=trailer)
            yield hostile(f"table_points_into_it_{name}{'_looks_signed' if looks else ''}", data)


@kind
def header_junk() -> Iterator[Part]:
    """Bytes before the header: offsets count from the file's begin for some, from the header for others."""
    yield harmless("none", contract())
    yield harmless("blank_line_before", b"\n" + contract().build())
    writer = contract()
    body = writer.body_section()
    twin = len(body)
    body += _raw_stream(CONTENT, OTHER)
    junk = b"x" * (twin - writer.offsets[CONTENT] - 1) + b"\n"
    yield hostile("two_readings", junk + _with_table(body, {**writer.offsets, CONTENT: twin}))


@kind
def version() -> Iterator[Part]:
    """Headers that are none."""
    yield harmless("2.0", contract(version="2.0"))
    for name in ("0.9", "9.9", "1.4x", "1"):
        yield hostile(name.replace(".", "_"), contract(version=name))
