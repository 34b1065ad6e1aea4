"""Files that viewers open although their structure is off: unsigned, so accepted after a rewrite that can't change what is shown.

Each function spoils one thing of a small correct document. Names of files say what is off.
"""

import re
from collections.abc import Iterator

from tests.pdf_corpus.pdf_writer import object_stream, plain_document, text_page
from tests.pdf_corpus.sample import Expectation, Sample

_FINDINGS = ("unembedded_fonts",)


def odd(
    name: str,
    data: bytes,
    kind: str,
    *,
    pages: int = 1,
    findings_may: tuple[str, ...] = (),
    expect: Expectation = "repair",
    code: str | None = None,
) -> Sample:
    """A file of ``odd/``, made by hand; its Helvetica is not embedded."""
    return Sample(
        f"odd/{name}.pdf",
        "handmade",
        kind,
        data,
        expect,
        code,
        findings=_FINDINGS,
        findings_may=findings_may,
        pages=pages if code is None else None,
        earlier_signatures=0 if code is None else None,
    )


def contract(**changes: object) -> bytes:
    """The small correct document."""
    return plain_document(**changes).build()  # type: ignore[arg-type]


def shift_offsets(data: bytes, by: int) -> bytes:
    """All in-use offsets of the cross-reference table moved by ``by``."""
    return re.sub(rb"(\d{10}) (\d{5}) n", lambda m: b"%010d %s n" % (int(m[1]) + by, m[2]), data)


def hybrid_document(*, listed_free: bool = True) -> bytes:
    """A hybrid-reference file (7.5.8.4): the font is found by the table's /XRefStm only.

    ``listed_free``: the table calls it free, as Microsoft Word writes it; otherwise the table leaves it out.
    """
    writer = plain_document()
    packed_font = writer.bodies.pop(3).decode()
    content, entries = object_stream({3: packed_font})
    writer.put_stream(6, content, entries)
    body = writer.body_section()
    stream_at = len(body)
    rows = [(2, 6, 0), (1, writer.offsets[6], 0), (1, stream_at, 0)]
    table = b"".join(kind.to_bytes(1) + place.to_bytes(4) + last.to_bytes(2) for kind, place, last in rows)
    hidden = (
        f"7 0 obj\n<< /Type /XRef /Size 8 /W [1 4 2] /Index [3 1 6 2] /Root 1 0 R /Length {len(table)} >>\nstream\n".encode()
        + table
        + b"\nendstream\nendobj\n"
    )
    del writer.offsets[6]
    writer.startxref = stream_at + len(hidden)
    listing = writer.xref_table()
    if listed_free:
        listing = listing.replace(b"0000000000 65535 f", b"0000000003 65535 f")
        listing = listing.replace(b"0 3\n", b"0 6\n", 1).replace(b"4 2\n", b"0000000000 65535 f \n", 1)
    trailer = f"trailer\n<< /Size 8 /Root 1 0 R /XRefStm {stream_at} >>\n".encode()
    return body + hidden + listing + trailer + writer.tail()


def spoiled_cross_references() -> Iterator[Sample]:
    """Wrong offsets, entries, counts and markers."""
    good = contract()
    at = good.index(b"xref\n")
    yield odd("xref_offsets_wrong", shift_offsets(good, 7), "every cross-reference offset is 7 too high")
    yield odd(
        "xref_one_offset_wrong",
        re.sub(rb"0000000015", b"0000000099", good, count=1),
        "the catalog's offset is wrong",
    )
    yield odd(
        "startxref_wrong",
        re.sub(rb"startxref\n\d+", b"startxref\n31", good),
        "startxref points into an object",
    )
    yield odd("startxref_missing", re.sub(rb"startxref\n\d+\n", b"", good), "no startxref")
    yield odd("eof_marker_missing", good.removesuffix(b"%%EOF\n"), "no %%EOF")
    yield odd("xref_missing", good[:at] + good[good.index(b"trailer") :], "a trailer, but no cross-reference table")
    yield odd("generation_illegal", good.replace(b" 00000 n", b" 65536 n"), "generation numbers above 65535")
    yield odd(
        "generation_mismatch",
        good.replace(b" 00000 n", b" 00003 n"),
        "table says generation 3, objects say 0",
    )
    yield odd(
        "xref_entries_19_bytes",
        good.replace(b" n \n", b" n\n").replace(b" f \n", b" f\n"),
        "entries of 19 bytes",
    )
    yield odd(
        "xref_starts_at_1",
        good.replace(b"xref\n0 6", b"xref\n1 6", 1),
        "the subsection says 1 where it means 0",
    )
    yield odd(
        "xref_count_short",
        good.replace(b"xref\n0 6", b"xref\n0 4", 1),
        "the subsection holds more entries than it says",
    )
    yield odd("size_too_small", good.replace(b"/Size 6", b"/Size 3"), "/Size smaller than the highest object number")
    yield odd("size_too_big", good.replace(b"/Size 6", b"/Size 6000"), "/Size far above the highest object number")
    yield odd(
        "prev_points_nowhere",
        good.replace(b"/Size 6", b"/Size 6 /Prev 999999"),
        "/Prev behind the end of the file",
    )
    looped = plain_document()
    yield odd(
        "prev_circular",
        looped.build(prev=len(looped.body_section())),
        "/Prev of the table names the table itself",
    )
    yield odd("hybrid_xref", hybrid_document(), "hybrid cross-reference, hidden object listed as free")
    data = hybrid_document(listed_free=False)
    yield odd("hybrid_xref_unlisted", data, "hybrid cross-reference, hidden object not listed")
    yield odd("tail_cut_off", good[: good.index(b"startxref")], "cut off before startxref")


def spoiled_objects() -> Iterator[Sample]:
    """Wrong lengths, missing keywords, duplicates."""
    good = contract()
    true_length = len(text_page(["CONTRACT No. 2", "The price is 1,000 dong.", "Signed in Ha Noi."]))
    said = f"/Length {true_length}".encode()
    for name, text, kind in (
        ("short", b"/Length 9  ", "too small"),
        ("long", b"/Length 999", "too large"),
        ("negative", b"/Length -12", "negative"),
        ("absent", b"           ", "absent"),
    ):
        yield odd(f"stream_length_{name}", good.replace(said, text), f"the content stream's /Length is {kind}")
    yield odd("endobj_missing", good.replace(b"endobj\n4 0", b"      \n4 0"), "an object without endobj")
    yield odd("endobj_missing_everywhere", good.replace(b"endobj\n", b"\n      "), "no endobj in the file")
    yield odd("endstream_missing", good.replace(b"\nendstream", b"\n         "), "a stream without endstream")
    first, second = (
        contract(),
        b"5 0 obj\n<< /Length 44 >>\nstream\nBT /F1 12 Tf 72 700 Td (Second text) Tj ET    \nendstream\nendobj\n",
    )
    at = first.index(b"xref\n")
    doubled = first[:at] + second + re.sub(rb"startxref\n\d+", b"startxref\n%d" % (at + len(second)), first[at:])
    yield odd("objects_duplicate", doubled, "object 5 stands twice in one revision")
    yield odd("stream_keyword_cr", good.replace(b"stream\nBT", b"stream\rBT"), "stream keyword followed by CR alone")
    yield odd("page_count_missing", good.replace(b"/Count 1", b"        "), "a page tree without /Count")
    seven = good.replace(b"/Count 1", b"/Count 7")
    yield odd("page_count_wrong", seven, "a page tree whose /Count is wrong", expect="refuse", code="pdf_two_readings")
    huge = good.replace(b"/Count 1", b"/Count 2147483648")
    yield odd("page_count_huge", huge, "a page tree that claims 2**31 pages")
    yield odd("page_parent_missing", good.replace(b"/Parent 2 0 R", b"             "), "a page without /Parent")


def spoiled_frames() -> Iterator[Sample]:
    """Header, junk and line ends."""
    good = contract()
    junk = b"Content-Type: application/pdf\r\nX-Mailer: thu dien tu\r\n\r\n"
    yield odd("junk_before_header", junk + good, "mail header before %PDF, offsets count from %PDF")
    yield odd("junk_before_header_1024", b"\x00" * 1016 + good, "1016 zero bytes before %PDF")
    yield odd("junk_before_header_counted", rebase(junk, good), "junk before %PDF, offsets count from the junk")
    writer = plain_document(version="1.1")
    font = writer.bodies.pop(3).decode()
    content, entries = object_stream({3: font})
    writer.put_stream(6, content, entries)
    yield odd(
        "header_version_low",
        writer.build_xref_stream(packed={3: (6, 0)}),
        "header 1.1, yet cross-reference and object streams",
        expect="accept",
    )
    yield odd(
        "header_version_odd",
        good.replace(b"%PDF-1.7", b"%PDF-1.9", 1),
        "header names a version that does not exist",
    )
    yield odd("line_ends_converted", good.replace(b"\n", b"\r\n"), "LF turned into CRLF by a text-mode transfer")
    yield odd("zeros_after_eof", good + bytes(4096), "4 KiB of zeros behind %%EOF")


def rebase(junk: bytes, data: bytes) -> bytes:
    """``junk`` before ``data``, with offsets that count it."""
    moved = shift_offsets(data, len(junk))
    return junk + re.sub(rb"startxref\n(\d+)", lambda m: b"startxref\n%d" % (int(m[1]) + len(junk)), moved)


def samples() -> Iterator[Sample]:
    """All files of ``odd/``."""
    yield from spoiled_cross_references()
    yield from spoiled_objects()
    yield from spoiled_frames()
