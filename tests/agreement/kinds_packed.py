"""Kinds of crafted files: object streams, cross-reference streams and compressed data (ISO 32000-2, 7.5.7, 7.5.8)."""

import zlib
from collections.abc import Iterator

from tests.agreement.contract import CONTENT, FREE, LINES, OTHER_PRICE, PAGE, contract
from tests.agreement.crafted import Part, harmless, hostile, kind
from tests.agreement.kinds_file import OTHER, looking_signed
from tests.pdf_corpus.increments import last_startxref
from tests.pdf_corpus.pdf_writer import PdfWriter, object_stream, text_page


def _packed(extra: dict[int, str] | None = None, *, count: int | None = None, first: int | None = None) -> bytes:
    """The contract with its page packed in an object stream, and ``extra`` members behind."""
    writer = contract()
    page = writer.bodies.pop(PAGE).decode()
    content, entries = object_stream({PAGE: page, **(extra or {})})
    if count is not None:
        entries = entries.replace(f"/N {1 + len(extra or {})}", f"/N {count}")
    if first is not None:
        entries = entries.replace("/First ", f"/First {first} % ")
    writer.put_stream(FREE, content, entries)
    members = {PAGE: (FREE, 0), **{number: (FREE, 1 + index) for index, number in enumerate(extra or {})}}
    return writer.build_xref_stream(packed=members)


@kind
def object_streams() -> Iterator[Part]:
    """Members twice, too many or too few."""
    yield harmless("one_member", _packed())
    yield harmless("two_members", _packed({12: "<< /Unused true >>"}))
    other = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 420 300] /Contents 11 0 R /Resources << /Font << /F1 3 0 R >> >> >>"
    for name, order in (("twice_first_listed", 0), ("twice_second_listed", 1)):
        writer = contract()
        page = writer.bodies.pop(PAGE).decode()
        first = f"4 0 4 {len(page) + 1} "
        writer.put_stream(FREE, (first + page + " " + other).encode(), f"/Type /ObjStm /N 2 /First {len(first)}")
        writer.put_stream(11, OTHER)
        yield hostile(name, writer.build_xref_stream(packed={PAGE: (FREE, order)}))
    yield hostile("says_none", _packed(count=0))


@kind
def xref_stream_types() -> Iterator[Part]:
    """A cross-reference stream with an entry of a type that does not exist (7.5.8.3)."""
    yield harmless("known_types", contract().build_xref_stream())
    writer = contract()
    writer.put(FREE, "<< /Unused true >>")
    data = writer.build_xref_stream(filters=0)
    row = (1).to_bytes(1) + writer.offsets[FREE].to_bytes(4) + bytes(2)
    yield hostile("type_3", data.replace(row, b"\x03" + row[1:]))
    at = (1).to_bytes(1) + writer.offsets[CONTENT].to_bytes(4) + bytes(2)
    yield hostile("content_type_3", data.replace(at, b"\x03" + at[1:]))


@kind
def packed_redefined() -> Iterator[Part]:
    """A packed object redefined by a table of a later revision."""
    base = _packed()
    yield harmless("not_redefined", base)
    update = PdfWriter(base=base)
    update.put(PAGE, contract().bodies[PAGE].replace(b"/Contents 5 0 R", b"/Contents 12 0 R"))
    update.put_stream(12, OTHER)
    yield hostile("by_table", update.build(prev=last_startxref(base)))


@kind
def keys_twice() -> Iterator[Part]:
    """A key that stands twice in one dictionary, also written otherwise (7.3.5)."""
    yield harmless("once", contract())
    for name, key in (("plain", "/Contents"), ("escaped", "/Co#6etents")):
        for looks in (False, True):
            writer = contract(page=f"{key} 8 0 R")
            writer.put_stream(FREE, OTHER)
            yield hostile(
                f"{name}{'_looks_signed' if looks else ''}", looking_signed(writer) if looks else writer.build()
            )


@kind
def compressed_content() -> Iterator[Part]:
    """Compressed data that end early, or have something behind them."""
    plain = text_page(list(LINES), left=40, top=250) + b"\n" + OTHER_PRICE
    packed = zlib.compress(plain, 9)
    for name, data, bad in (
        ("whole", packed, False),
        ("cut", packed[:-20], True),
        ("wrong_sum", packed[:-4] + b"\0\0\0\0", True),
    ):
        writer = contract()
        writer.put_stream(CONTENT, data, "/Filter /FlateDecode")
        yield hostile(name, writer) if bad else harmless(name, writer)
    writer = contract()
    writer.put_stream(CONTENT, zlib.compress(text_page(list(LINES), left=40, top=250)) + packed, "/Filter /FlateDecode")
    yield hostile("two_members", writer)
