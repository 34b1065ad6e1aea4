"""Pages are found by index and listed in order, with what they have from their parents; a tree that has no end is none."""

import pytest

from server.errors import BadInput
from server.pdf import document_pages
from server.pdf.document_pages import MAX_TREE_DEPTH, annotations_of, each_page, find_page
from server.pdf.pdf_syntax import UnreadableSyntax
from server.pdf.quick_source import QuickSource
from server.pdf.source_document import read_dictionary
from tests.pdf_corpus.pdf_writer import PdfWriter


def opened(writer: PdfWriter) -> tuple[QuickSource, dict[bytes, bytes]]:
    source = QuickSource(writer.build("/Root 1 0 R"))
    return source, read_dictionary(source, b"1 0 R")


def tree() -> PdfWriter:
    """Three pages: one at the root, two below a node that turns and crops them."""
    writer = PdfWriter()
    writer.put(1, "<< /Type /Catalog /Pages 2 0 R >>")
    writer.put(2, "<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 3 /MediaBox [0 0 595 842] >>")
    writer.put(3, "<< /Type /Page /Parent 2 0 R /UserUnit 2 /Annots [7 0 R] >>")
    writer.put(4, "<< /Type /Pages /Parent 2 0 R /Kids [5 0 R 6 0 R] /Count 2 /Rotate 90 /CropBox [0 0 300 842] >>")
    writer.put(5, "<< /Type /Page /Parent 4 0 R >>")
    writer.put(6, "<< /Type /Page /Parent 4 0 R /Rotate 0 /UserUnit -1 >>")
    writer.put(7, "<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] >>")
    return writer


def test_pages_are_listed_in_order_with_what_they_have_from_their_parents() -> None:
    source, catalog = opened(tree())
    pages = list(each_page(source, catalog))
    assert [page.reference for page in pages] == [(3, 0), (5, 0), (6, 0)]
    assert [page.view.size for page in pages] == [(1190, 1684), (842, 300), (300, 842)]
    assert [find_page(source, catalog, index) for index in range(3)] == pages
    assert [annotations_of(source, page) for page in pages] == [[b"7 0 R"], [], []]


@pytest.mark.parametrize("index", [3, 99, -1])
def test_a_page_that_is_not_there(index: int) -> None:
    source, catalog = opened(tree())
    with pytest.raises(BadInput) as refused:
        find_page(source, catalog, index)
    assert refused.value.code == "page_not_found"


def test_a_document_of_one_page_without_a_tree() -> None:
    writer = tree()
    writer.put(1, "<< /Type /Catalog /Pages 3 0 R >>")
    source, catalog = opened(writer)
    assert find_page(source, catalog, 0).reference == (3, 0)
    with pytest.raises(BadInput):
        find_page(source, catalog, 1)


def test_a_tree_too_deep_is_not_followed() -> None:
    writer = tree()
    for number in range(20, 20 + MAX_TREE_DEPTH + 3):
        writer.put(number, f"<< /Type /Pages /Kids [{number + 1} 0 R] /Count 1 >>")
    writer.put(20 + MAX_TREE_DEPTH + 3, "<< /Type /Page >>")
    writer.put(2, "<< /Type /Pages /Kids [20 0 R] /Count 1 >>")
    source, catalog = opened(writer)
    with pytest.raises(UnreadableSyntax, match="deep"):
        find_page(source, catalog, 0)
    with pytest.raises(UnreadableSyntax, match="deep"):
        list(each_page(source, catalog))


def test_a_tree_of_too_many_nodes_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_pages, "MAX_PAGES", 4)
    source, catalog = opened(tree())
    with pytest.raises(UnreadableSyntax, match="many"):
        list(each_page(source, catalog))


@pytest.mark.parametrize("kids", ["[null]", "[<< >>]", "[(a)]"])
def test_what_is_no_reference_is_no_page(kids: str) -> None:
    writer = tree()
    writer.put(2, f"<< /Type /Pages /Kids {kids} /Count 1 >>")
    source, catalog = opened(writer)
    with pytest.raises(UnreadableSyntax):
        find_page(source, catalog, 0)
    with pytest.raises(UnreadableSyntax):
        list(each_page(source, catalog))
