"""Reading a content stream: the quick way says what the exact way says, and nothing takes more time than its length."""

import random
import re
import time
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from server.pdf.content.faults import Malformed, TooMuch
from server.pdf.content.lexer import Lexer
from server.pdf.content.operators import OPERANDS
from server.pdf.content.program import Program, read_program
from server.pdf.content.usual_statements import USUAL

CORPUS = Path(__file__).parents[2] / "pdf_corpus"

_STATEMENTS = (
    b"q", b"Q", b"1 0 0 1 5 5 cm", b"10 10 m 20 20 l S", b"1 2 3 4 re f*", b"0 0 9 9 re W n", b"1 0 0 rg", b"0 G", b"BT /F1 12 Tf", b"ET",
    b"(A) Tj", b"[(A)-20<41>] TJ", b"T*", b"0 -12 Td", b"/P <</MCID 7>>BDC", b"EMC", b"/OC /L BDC", b"/Im0 Do", b"/G gs", b"/C cs",
    b"1 scn",
    b".1 .2 .3 SC", b"/P scn", b"1 J", b"[3 2] 0 d", b"2 Tr", b"7 Tr", b"50 Tz", b"0 0 0 1 k", b"1 i",
    b"BI /W 1 /H 1 /BPC 8 /CS /G ID x\nEI", b"/Sh sh", b"BX", b"EX",
)  # fmt: skip
_NOISE = (
    *OPERANDS, b"1", b"-2", b"+3", b".5", b"4.", b"2147483648", b"1e3", b"--1", b"1.2.3", b"-", b"/a#41", b"/a#4", b"/", b"[", b"]",
    b"<<",
    b">>", b"true", b"()", b"(A(B)C)", b"(\\501)", b"(\r)", b"(A", b"<4>", b"<4G>", b"[1", b"[]", b"%", b"EI", b"ID", b"{", b")", b"\xff",
)  # fmt: skip
_SPACES = (b" ", b"\n", b"", b"\r\n", b"\0", b" % comment\n", b"\t")
_WORDS = st.one_of(*[st.sampled_from(_STATEMENTS)] * 5, st.sampled_from(_NOISE))


def _read(parts: list[bytes], *, closely: bool) -> Program | tuple[str, str]:
    try:
        program = read_program(parts, lambda _: 3, page=True, closely=closely)
    except Malformed as fault:
        return ("malformed", fault.what)
    except TooMuch as fault:
        return ("too much", fault.limit)
    program.shown.clear()
    program.spread.clear()
    return program


def _both_ways(*parts: bytes) -> None:
    quick, exact = _read(list(parts), closely=False), _read(list(parts), closely=True)
    assert quick == exact, parts


_TEXT = st.lists(st.tuples(_WORDS, st.sampled_from(_SPACES)), max_size=10).map(
    lambda found: b"".join(word + space for word, space in found)
)


@seed(20261201)
@settings(max_examples=400, deadline=None, database=None, derandomize=False)
@given(st.lists(_TEXT, min_size=1, max_size=3))
def test_words_in_any_order_are_read_alike_both_ways(parts: list[bytes]) -> None:
    _both_ways(*parts)


def test_the_quick_way_goes_on_behind_what_it_does_not_know(monkeypatch: pytest.MonkeyPatch) -> None:
    """A statement that is read exactly must not leave the rest of the page to be read so."""
    read: list[bytes] = []
    exact = Lexer.statement
    monkeypatch.setattr(Lexer, "statement", lambda lexer: read.append(b"") or exact(lexer))
    _read([b"  q 1 i % note\n" + b" q Q\n" * 50 + b"/P << /A 1 >> BDC EMC" + b"\nq Q" * 50], closely=False)
    assert len(read) == 3  # the note, the dictionary, and the end


def _contents() -> list[bytes]:
    found = []
    for name in ("good/chromium_table.pdf", "good/libreoffice_contract.pdf", "good/reportlab_uncompressed.pdf", "good/cairo_contract.pdf"):
        with pikepdf.open(CORPUS / name) as pdf:
            contents = pdf.pages[0].Contents
            streams = list(contents) if isinstance(contents, pikepdf.Array) else [contents]  # type: ignore[call-overload]
            found.append(b"\n".join(bytes(one.read_bytes()) for one in streams)[:1500].rpartition(b"\n")[0])
    return found


_SPOILERS = [b"", b"(", b")", b" ", b"-", b"q ", b"/", b"#", b"\r", b"EI ", b"%"]


def test_spoiled_pages_of_real_makers_are_read_alike_both_ways() -> None:
    chance = random.Random(7)
    for content in _contents():
        assert USUAL.match(content.lstrip())
        for _ in range(120):
            spoiled = bytearray(content)
            for _ in range(chance.randrange(1, 4)):
                at = chance.randrange(len(spoiled))
                spoiled[at : at + chance.randrange(3)] = chance.choice(_SPOILERS)
            _both_ways(bytes(spoiled))


@pytest.mark.parametrize(
    "make",
    [
        lambda n: b"1 " * n,
        lambda n: b"(" * n,
        lambda n: b"[" * n,
        lambda n: b"[(A) " * n,
        lambda n: b"<< " * n,
        lambda n: b"/A#41 " * n,
        lambda n: b"(\\" * n,
        lambda n: b"%\n" * n,
        lambda n: b"1 0 0 " * n + b"rx",
        lambda n: b"BI /W 1 /H 1 /BPC 8 /CS /G ID " * n,
        lambda n: b"BI /W 9 /H 9 /BPC 8 /CS /G /F /Fl ID " * n,
    ],
)
def test_nonsense_costs_no_more_than_its_length(make: Callable[[int], bytes]) -> None:
    data = make(60_000)
    begin = time.process_time()
    _read([data], closely=False)
    assert time.process_time() - begin < 2.0


def test_each_alternative_of_the_quick_way_is_used() -> None:
    """An operator that it never reads would be read slowly, and nobody would notice."""
    operators = {b"cm", b"re", b"rg", b"m", b"w", b"g", b"J", b"Tr", b"q", b"Tj", b"TJ", b"Tf", b"Do", b"BDC", b"sc", b"scn", b"f*", b"d"}
    statements = (
        b"1 0 0 1 0 0 cm", b"1 2 3 4 re", b"1 0 0 rg", b"1 2 m", b".5 w", b"0 g", b"1 J", b"2 Tr", b"q", b"(A\\)) Tj", b"[(A) -20 <41>] TJ",
        b"/F1 12 Tf", b"/Im0 Do", b"/P <</MCID 0>> BDC", b"1 0 0 sc", b".1 .2 .3 .4 scn", b"f*", b"[3 2]0 d",
    )  # fmt: skip
    read = set()
    for statement in statements:
        match = USUAL.fullmatch(statement)
        assert match is not None, statement
        read.add(match[match.lastindex or 0])
    assert read == operators
    assert not re.search(rb"[^\\]\.\*", USUAL.pattern)


def test_a_heap_of_operands_is_not_kept() -> None:
    lexer = Lexer([b"1 " * 1_000_000])
    with pytest.raises(Malformed):
        lexer.statement()
    assert lexer.position < 1_000


def test_reading_stops_where_there_are_too_many_operators() -> None:
    for closely in (False, True):
        assert _read([b"BX EX % \n" + b"0 g " * 1_000_001 + b"ill ("], closely=closely) == ("too much", "operators")
