"""What the update holds for PDF/A and PDF/UA, and where: only in documents that claim them.

What veraPDF says of the results: tests/pdf_corpus/test_conformance.py."""

import time

import pikepdf
import pytest
from pikepdf import Dictionary, Name

from server.pdf.conformance import Conformance, claims, read_conformance
from server.pdf.geometry import Placement
from server.pdf.prepare import DocumentPreparer
from server.pdf.quick_source import QuickSource
from server.pdf.source_document import open_leniently, read_dictionary
from tests.pdf_corpus.conforming_files import made

TIME_TEXT = "22/11/2025 14:05 (+07:00)"
PLACEMENT = Placement(0, 60, 60, 260, 120)
NOTHING = (0, 0)


@pytest.mark.parametrize(
    ("packet", "claimed"),
    [
        (b"<pdfaid:part>1</pdfaid:part>", (1, 0)),
        (b"<pdfaid:part xmlns:pdfaid='http://www.aiim.org/pdfa/ns/id/'> 3\n</pdfaid:part>", (3, 0)),
        (b'<rdf:Description pdfaid:part="2" pdfaid:conformance="B"/>', (2, 0)),
        (b"<rdf:Description pdfaid:part = '4' pdfuaid:part='1'/>", (4, 1)),
        (b"<pdfuaid:part>1</pdfuaid:part>", (0, 1)),
        ("<pdfaid:part>1</pdfaid:part>".encode("utf-16-le"), (1, 0)),
        ("<pdfuaid:part>2</pdfuaid:part>".encode("utf-32-be"), (0, 2)),
        (b"", NOTHING),
        (b"<pdfaid:part>0</pdfaid:part>", NOTHING),
        (b"<pdfaid:part>10</pdfaid:part>", NOTHING),
        (b"<pdfaid:part/><x>1</x>", NOTHING),
        (b"<pdfaid:partial>1</pdfaid:partial>", NOTHING),
        (b"<pdfaid:conformance>B</pdfaid:conformance>", NOTHING),
    ],
)
def test_claims_are_read_as_xmp_writes_them(packet: bytes, claimed: tuple[int, int]) -> None:
    assert claims(packet) == claimed


@pytest.mark.parametrize("hostile", [b"pdfaid:part ", b"pdfuaid:part=", b"<pdfaid:part" + b" " * 500])
def test_a_hostile_packet_takes_no_time(hostile: bytes) -> None:
    packet = hostile * ((4 << 20) // len(hostile))
    start = time.process_time()
    assert claims(packet) == NOTHING
    assert time.process_time() - start < 5


def _read(source: QuickSource) -> Conformance:
    return read_conformance(source, read_dictionary(source, source.trailer[b"/Root"]))


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (made("1b"), Conformance(1, rgb_intent=True)),
        (made("1b", intent="cmyk"), Conformance(1)),
        (made("2u", intent="gray", object_streams=True), Conformance(2)),
        (made("3b", intent="none"), Conformance(3)),
        (made("2b", "ua1"), Conformance(2, pdfua_part=1, rgb_intent=True)),
        (made("ua1"), Conformance(pdfua_part=1)),
    ],
)
def test_both_readers_find_the_same(data: bytes, found: Conformance) -> None:
    assert _read(QuickSource(data)) == found
    document, stream = open_leniently(data, strict=True)
    with stream:
        assert read_conformance(document, read_dictionary(document, document.trailer[b"/Root"])) == found


def _update(preparer: DocumentPreparer, data: bytes, placement: Placement | None = PLACEMENT) -> bytes:
    return preparer.prepare(data, placement, TIME_TEXT).data[len(data) :]


def test_glyphs_are_listed_in_pdfa_1_alone(preparer: DocumentPreparer) -> None:
    assert _update(preparer, made("1b")).count(b"/CIDSet ") == 2
    for other in (made("2b"), made("ua1"), made("4")):
        assert b"/CIDSet" not in _update(preparer, other)


def test_colours_get_a_meaning_where_rgb_has_none(preparer: DocumentPreparer) -> None:
    for without in ("gray", "cmyk", "none"):
        assert b"/DefaultRGB" in _update(preparer, made("2b", intent=without))
    for other in (made("2b"), made("ua1", intent="gray")):
        assert b"/DefaultRGB" not in _update(preparer, other)


def test_an_invisible_field_has_an_appearance_in_pdfa_1_alone(preparer: DocumentPreparer) -> None:
    assert b"/BBox[0 0 0 0]" in _update(preparer, made("1b"), None)
    for other in (made("2b"), made("ua1")):
        assert b"/AP" not in _update(preparer, other, None)
    assert b"/BBox[0 0 0 0]" not in _update(preparer, made("1b"))


def test_a_field_says_what_it_is_in_pdfua_2_alone(preparer: DocumentPreparer) -> None:
    for placement in (PLACEMENT, None):
        assert b"/Contents(\xfe\xff\x00C\x00h" in _update(preparer, made("ua2"), placement)
        assert _update(preparer, made("ua1"), placement).count(b"/Contents") == _update(preparer, made("2b"), placement).count(b"/Contents")


def test_a_page_gets_its_order_in_pdfua_alone_and_keeps_the_one_it_has(preparer: DocumentPreparer) -> None:
    def by_rows(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].obj.Tabs = Name.R

    assert b"/Tabs /S" in _update(preparer, made("ua1"), None)
    assert b"/Tabs" not in _update(preparer, made("2b"), None)
    assert b"/Tabs /R" in _update(preparer, made("ua1", change=by_rows), None)


def test_a_plain_document_gets_what_it_always_got(preparer: DocumentPreparer, contract: bytes) -> None:
    for placement in (PLACEMENT, None):
        update = _update(preparer, contract, placement)
        for key in (b"/CIDSet", b"/DefaultRGB", b"/Tabs", b"/BBox[0 0 0 0]"):
            assert key not in update or key in contract


def _no_stream(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Metadata = pdf.make_indirect(Dictionary(Type=Name.Metadata))


def _damaged(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Metadata = pdf.make_stream(b"no Flate", Type=Name.Metadata, Subtype=Name.XML)
    pdf.Root.Metadata.write(b"no Flate", filter=Name.FlateDecode)


def _no_profile(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OutputIntents = pikepdf.Array([Dictionary(S=Name.GTS_PDFA1)])


def _odd_intents(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OutputIntents = Name.None_


@pytest.mark.parametrize("change", [_no_stream, _damaged, _no_profile, _odd_intents])
def test_what_cannot_be_read_is_signed_all_the_same(preparer: DocumentPreparer, change: object) -> None:
    data = made("1b", change=change)  # type: ignore[arg-type]
    assert b"/ByteRange" in _update(preparer, data)
