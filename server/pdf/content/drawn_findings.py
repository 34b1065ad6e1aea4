"""What lies in the pages at any depth (reached.py) and must be told to the person, though nothing about it is wrong.

Rules: told are fonts without glyphs of their own (ISO 32000-2, 9.9), and fonts of which a text is shown that viewers draw differently;
fields that viewers draw themselves (12.7.3), fields of no form, and appearances of links and pop-ups, which some viewers draw and others
don't (annotation_shapes.py).
"""

from functools import partial

from server.document_limits import MAX_DEPTH
from server.pdf.content.annotation_shapes import depends_on_viewer, is_framed, is_hidden_by_some
from server.pdf.content.content_data import ContentData
from server.pdf.content.faults import Malformed, TooMuch
from server.pdf.content.fonts.ambiguous_codes import doubt_of
from server.pdf.content.fonts.programs import Doubt, is_embedded
from server.pdf.content.program import read_program
from server.pdf.content.reached import Owner, annotations, fonts_of, reached
from server.pdf.content.resources import components, key_of
from server.pdf.inspect_graph import Dictionary, ObjectGraph
from server.pdf.inspect_pages import Pages


def drawn_findings(graph: ObjectGraph, data: ContentData, pages: Pages) -> set[str]:
    """Codes of ``FINDING_TEXTS``."""
    found = set()
    owners = list(reached(graph, data, pages))
    doubts: dict[int, Doubt] = {}
    for font in fonts_of(graph, owners):
        if not is_embedded(graph, data, font):
            found.add("unembedded_fonts")
        elif (doubt := doubt_of(graph, data, font)) is not None:
            doubts[id(font)] = doubt
    if doubts and any(_shows(graph, data, owner, doubts) for owner in owners):
        found.add("ambiguous_fonts")
    return found | _annotation_findings(graph, pages)


def _shows(graph: ObjectGraph, data: ContentData, owner: Owner, doubts: dict[int, Doubt]) -> bool:
    """Whether the owner shows a text in doubt. Text in a font that the caller has set may be in any of them."""
    fonts = graph.dictionary(owner.resources.get("/Font"))
    by_name = {name: doubts[key] for name, font in fonts.items() if (key := id(graph.dictionary(font))) in doubts}
    if not by_name:
        return False
    try:
        parts = [data.read(reference) for reference in owner.streams]
        shown = read_program(parts, partial(components, graph, data, owner.resources), page=True, closely=True).shown
    except (Malformed, TooMuch):
        return False  # nothing draws it, or it is refused
    for name, text in shown:
        asked = [by_name[key] for key in (key_of(name),) if key in by_name] if name else by_name.values()
        if any(doubt(text) for doubt in asked):
            return True
    return False


def _annotation_findings(graph: ObjectGraph, pages: Pages) -> set[str]:
    found = set()
    form = graph.dictionary(graph.catalog.get("/AcroForm"))
    if graph.get(form, "/NeedAppearances") is True:
        found.add("need_appearances")
    in_tree = _fields_in_tree(graph, form)
    for page in pages.dictionaries:
        for annotation in annotations(graph, page):
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
