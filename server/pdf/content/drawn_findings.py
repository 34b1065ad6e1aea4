"""What lies in the pages at any depth and must be told to the person, though nothing about it is wrong.

Rules: resources are followed from pages, forms, tiling patterns, glyphs of Type 3 fonts, soft masks and appearances of annotations, each
once. Told: fonts without glyphs of their own and fonts that contradict themselves (ISO 32000-2, 9.9); fields that viewers draw themselves
(12.7.3), fields of no form, and appearances of links and pop-ups, which some viewers draw and others don't (annotation_shapes.py).
"""

from collections.abc import Iterator

from server.document_limits import MAX_DEPTH
from server.pdf.content.annotation_shapes import depends_on_viewer, is_framed, is_hidden_by_some
from server.pdf.content.content_data import ContentData
from server.pdf.content.fonts import is_ambiguous, is_embedded
from server.pdf.content.resources import page_resources
from server.pdf.inspect_graph import Dictionary, ObjectGraph
from server.pdf.inspect_pages import Pages


def drawn_findings(graph: ObjectGraph, data: ContentData, pages: Pages) -> set[str]:
    """Codes of ``FINDING_TEXTS``."""
    found = set()
    for font in _fonts(graph, pages):
        if not is_embedded(graph, font):
            found.add("unembedded_fonts")
        elif is_ambiguous(graph, data, font):
            found.add("ambiguous_fonts")
    return found | _annotation_findings(graph, pages)


def _fonts(graph: ObjectGraph, pages: Pages) -> Iterator[Dictionary]:
    """Every font in resources that a page can reach, once."""
    waiting = [page_resources(graph, page) for page in pages.dictionaries]
    waiting += [graph.dictionary(form.get("/Resources")) for page in pages.dictionaries for form in _appearances(graph, page)]
    seen: set[int] = set()
    while waiting:
        resources = waiting.pop()
        if id(resources) in seen:
            continue
        seen.add(id(resources))
        states = graph.dictionary(resources.get("/ExtGState")).values()
        named = [graph.array(graph.get(graph.dictionary(state), "/Font"))[:1] for state in states]
        fonts = [*graph.dictionary(resources.get("/Font")).values(), *(font for one in named for font in one)]
        for font in map(graph.dictionary, fonts):
            if font and id(font) not in seen:
                seen.add(id(font))
                yield font
                waiting.append(graph.dictionary(font.get("/Resources")))
        masks = [graph.get(graph.dictionary(graph.dictionary(state).get("/SMask")), "/G") for state in states]
        drawn = (*graph.dictionary(resources.get("/XObject")).values(), *graph.dictionary(resources.get("/Pattern")).values())
        waiting += [graph.dictionary(graph.dictionary(one).get("/Resources")) for one in (*drawn, *masks)]


def _annotations(graph: ObjectGraph, page: Dictionary) -> Iterator[Dictionary]:
    for one in graph.array(page.get("/Annots")):
        annotation = graph.dictionary(one)
        if annotation:
            yield annotation


def _appearances(graph: ObjectGraph, page: Dictionary) -> Iterator[Dictionary]:
    for annotation in _annotations(graph, page):
        for state in graph.dictionary(annotation.get("/AP")).values():
            appearance = graph.dictionary(state)
            yield appearance
            yield from (graph.dictionary(inner) for inner in appearance.values())


def _annotation_findings(graph: ObjectGraph, pages: Pages) -> set[str]:
    found = set()
    form = graph.dictionary(graph.catalog.get("/AcroForm"))
    if graph.get(form, "/NeedAppearances") is True:
        found.add("need_appearances")
    in_tree = _fields_in_tree(graph, form)
    for page in pages.dictionaries:
        for annotation in _annotations(graph, page):
            kind = graph.get(annotation, "/Subtype")
            drawn = bool(graph.dictionary(graph.get(graph.dictionary(annotation.get("/AP")), "/N")))
            if (kind in ("/Link", "/Popup") and drawn) or (kind == "/Link" and is_framed(graph, annotation)):
                found.add("link_appearance")
            if kind != "/Widget":
                continue
            if id(annotation) not in in_tree or is_hidden_by_some(graph, annotation):
                found.add("loose_fields")
            if depends_on_viewer(graph, annotation):
                found.add("need_appearances")
    return found


def _fields_in_tree(graph: ObjectGraph, form: Dictionary) -> set[int]:
    """Every dictionary that hangs in the tree of fields, down to where viewers stop (PDFium after 32 levels)."""
    seen: set[int] = set()
    level = [graph.dictionary(one) for one in graph.array(form.get("/Fields"))]
    for _ in range(MAX_DEPTH):
        new = {id(field): field for field in level if field and id(field) not in seen}
        seen |= new.keys()
        level = [graph.dictionary(kid) for field in new.values() for kid in graph.array(field.get("/Kids"))]
    return seen
