"""Font programs that can't be read, and pictures whose data no filter may be asked to follow so far."""

import pytest

from server.pdf.content import images
from server.pdf.content.content_data import ContentData
from server.pdf.content.faults import Malformed
from server.pdf.content.fonts.type1 import read_compact
from server.pdf.content.images import Images
from server.pdf.inspect_graph import ObjectGraph
from tests.pdf_corpus.made_fonts import INDEX_OF_TWO, SPOILT_INDEXES, compact_of_index


@pytest.mark.parametrize("name", SPOILT_INDEXES)
def test_a_compact_program_with_a_spoilt_index_has_no_glyphs(name: str) -> None:
    assert read_compact(compact_of_index(INDEX_OF_TWO)).numbers == {0, 1}
    assert read_compact(compact_of_index(SPOILT_INDEXES[name])).numbers == frozenset()


def test_lzw_alone_takes_too_long_where_there_is_much_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "_MAX_LZW_BYTES", 4)
    graph = ObjectGraph(objects={}, trailer={}, streams=set())
    pictures = Images(graph, ContentData(None, graph))  # type: ignore[arg-type]
    letters = b"\x80\x10H0\x10"  # clear, A, A, end of data: in codes of nine bits
    with pytest.raises(Malformed):
        pictures._decoded(letters, ("/LZWDecode", {}))
    assert pictures._decoded(b"4141>", ("/ASCIIHexDecode", {})) == b"AA"
    monkeypatch.setattr(images, "_MAX_LZW_BYTES", len(letters))
    assert pictures._decoded(letters, ("/LZWDecode", {})) == b"AA"
