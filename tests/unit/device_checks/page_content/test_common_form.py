"""The pattern for the common form says nothing that the reader would not say, and it takes what most makers write."""

import io
import itertools
import json
from pathlib import Path

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mobile_app.device.document_checks.page_content.common_form import joined, read_common_form
from mobile_app.device.document_checks.page_content.operators import OPERATORS
from mobile_app.device.document_checks.page_content.reader import read_streams
from mobile_app.device.document_checks.page_content.summary import Summary
from mobile_app.errors import CheckFailed
from server.pdf.sample_contract import make_sample_contract

CORPUS = Path(__file__).parents[3] / "pdf_corpus"

NUMBER = st.one_of(
    st.integers(-(10**9), 10**9).map(str),
    st.sampled_from(["0", "1", "-.5", "5.", "00.25", "2147483647", "--1", "+1", "1e1", "3", "2", "-0"]),
)
NAME = st.sampled_from(["/F1", "/X", "/OC", "/OCx", "/#4fC", "/a'", "/q", "/P", "/", "/DeviceRGB"])
STRING = st.sampled_from(
    ["(a)", "()", "(\\))", "(\\\\)", "(\\053)", "(\\777)", "(q Q)", "<00>", "<0>", "< 0 >", "((a))", "(/F1 9 Tf)", "(\r)", "(%)"]
)
WORD = st.sampled_from(
    [
        *sorted(word.decode() for word in OPERATORS),
        *("q", "Q", "BT", "ET", "ID", "EI", "foo", "true", "null", "[", "]", "<<", ">>", "%", "[]", "<</MCID"),
    ]
)
GOOD_LINES = st.sampled_from(
    [
        *("q", "Q", "1 0 0 1 5 5 cm", "0 0 m 5 5 l S", "0 0 9 9 re W n", "0 0 m 1 2 3 4 5 6 c h f*", "f", "n", "0 sc"),
        *("BT /F1 9 Tf 1 0 0 1 5 5 Tm (a) Tj ET", "BT [(a)-5(b)5.<00>] TJ T* ET", "BT 5 TL (a)' ET", "/X Do", "/G gs"),
        *("0 g", "1 0 0 RG", "0 0 0 1 k", "/A cs 1 0 0 scn", "/A CS .5 SC", "2 J", "0 w", "-1 w", "[3 3] 0 d", "[] 0 d"),
        *("3 Tr", "/P <</MCID 3>> BDC", "/P BMC", "EMC", "/OC BMC", "/OC/a BDC"),
    ]
)
ANY = st.one_of(NUMBER, NAME, STRING, WORD, GOOD_LINES, GOOD_LINES)
CONTENT = st.tuples(st.lists(ANY, max_size=12), st.sampled_from([" ", "\n", "\r\n", "", "\x00"])).map(
    lambda made: made[1].join(made[0]).encode("latin-1")
)


def read(parts: list[bytes]) -> Summary | None:
    try:
        return read_streams(parts, own_colour=True)
    except CheckFailed:
        return None


@settings(max_examples=250, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(CONTENT)
def test_what_the_pattern_takes_the_reader_takes_alike(content: bytes) -> None:
    found = read_common_form(content)
    assert found is None or found == read([content])


@settings(max_examples=100, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(GOOD_LINES, max_size=6).map("\n".join), st.lists(st.integers(0, 200), max_size=3))
def test_streams_that_are_read_as_one_are_read_alike_one_by_one(content: str, cuts: list[int]) -> None:
    places = [0, *sorted(min(cut, len(content)) for cut in cuts), len(content)]
    parts = [content[start:end].encode() for start, end in itertools.pairwise(places)]
    together = joined(parts)
    found = None if together is None else read_common_form(together)
    if found is None:
        return
    wanted = read(parts)
    assert wanted is not None
    assert found.operators == wanted.operators
    assert (found.drawn, found.fonts, found.paints) == (wanted.drawn, wanted.fonts, wanted.paints)


def streams_of(data: bytes) -> list[bytes]:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        found = []
        for page in pdf.pages[:3]:
            contents = page.get("/Contents")
            found += [one.read_bytes() for one in contents] if isinstance(contents, pikepdf.Array) else [contents.read_bytes()]
        return found


GOOD = [str(entry["file"]) for entry in json.loads((CORPUS / "MANIFEST.json").read_text()) if entry["file"].startswith("good/")]


@pytest.mark.parametrize("name", GOOD)
def test_both_read_what_makers_write(name: str) -> None:
    for data in streams_of((CORPUS / name).read_bytes()):
        found = read_common_form(data)
        assert found is None or found == read_streams([data], own_colour=True)


def test_our_own_contract_is_written_in_the_common_form() -> None:
    for data in streams_of(make_sample_contract()):
        assert read_common_form(data) == read_streams([data], own_colour=True)


PIECES = [b"(", b"((", b"\\", b"<", b"[", b"[(a)", b"/a ", b"1 ", b"1", b"q ", b"0 0 m ", b"BT ", b"/P<<", b"%", b"\r", b"/P BMC "]


@pytest.mark.parametrize("piece", PIECES)
def test_time_is_linear_whatever_the_stream_holds(piece: bytes) -> None:
    """A pattern that went back would take minutes here, and the test would run into its time limit."""
    content = piece * (60_000 // len(piece)) + b"Q " * (20_000 if piece == b"q " else 0)
    read_common_form(content)
    read([content])
