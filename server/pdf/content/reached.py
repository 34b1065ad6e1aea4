"""Everything that the pages can reach through their resources, at any depth (ISO 32000-2, 7.8.3).

Rules: resources are followed from pages, forms, tiling patterns, glyphs of Type 3 fonts, soft masks and appearances of annotations, each
once, used or not; what has no resources of its own draws with its caller's.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from server.pdf.content.content_data import ContentData
from server.pdf.content.faults import Malformed
from server.pdf.content.resources import page_resources
from server.pdf.inspect_graph import Dictionary, ObjectGraph, Value
from server.pdf.inspect_pages import Pages


@dataclass(frozen=True)
class Owner:
    """Who draws: references of its streams, and the resources that they name."""

    streams: tuple[str, ...]
    resources: Dictionary


def reached(graph: ObjectGraph, data: ContentData, pages: Pages) -> Iterator[Owner]:
    """Every owner of content, once with each of the resources that it may draw with."""
    seen: set[tuple[tuple[str, ...], int]] = set()
    looked_into: set[int] = set()
    waiting: list[Owner] = []
    for page in pages.dictionaries:
        resources = page_resources(graph, page)
        waiting.append(Owner(_page_streams(data, page), resources))
        waiting += (_owner(graph, data, form, resources) for form in appearances(graph, page))
    while waiting:
        owner = waiting.pop()
        key = (owner.streams, id(owner.resources))
        if key in seen:
            continue
        seen.add(key)
        yield owner
        if id(owner.resources) not in looked_into:
            looked_into.add(id(owner.resources))
            waiting += _drawn(graph, data, owner.resources)


def fonts_of(graph: ObjectGraph, owners: Iterable[Owner]) -> Iterator[Dictionary]:
    """Every font in the owners' resources, once; also those of graphics states."""
    seen: set[int] = set()
    for owner in owners:
        states = graph.dictionary(owner.resources.get("/ExtGState")).values()
        named = chain(*(graph.array(graph.get(graph.dictionary(state), "/Font"))[:1] for state in states))
        for font in map(graph.dictionary, chain(graph.dictionary(owner.resources.get("/Font")).values(), named)):
            if font and id(font) not in seen:
                seen.add(id(font))
                yield font


def _page_streams(data: ContentData, page: Dictionary) -> tuple[str, ...]:
    try:
        return data.page_streams(page.get("/Contents"))
    except Malformed:
        return ()


def _owner(graph: ObjectGraph, data: ContentData, value: Value, caller: Dictionary) -> Owner:
    own = graph.get(graph.dictionary(value), "/Resources")
    reference = data.stream_of(value)
    resources = graph.dictionary(graph.dictionary(value)["/Resources"]) if isinstance(own, dict) else caller
    return Owner((reference,) if reference else (), resources)


def _drawn(graph: ObjectGraph, data: ContentData, resources: Dictionary) -> Iterator[Owner]:
    """What the resources name: forms, cells, groups of soft masks, glyphs."""
    states = graph.dictionary(resources.get("/ExtGState")).values()
    masks = [graph.dictionary(graph.dictionary(state).get("/SMask")).get("/G") for state in states]
    named = [one for kind in ("/XObject", "/Pattern") for one in graph.dictionary(resources.get(kind)).values()]
    for value in (*named, *masks):
        if graph.dictionary(value):
            yield _owner(graph, data, value, resources)
    for value in graph.dictionary(resources.get("/Font")).values():
        font = graph.dictionary(value)
        if graph.get(font, "/Subtype") == "/Type3":
            caller = _owner(graph, data, value, resources)
            yield caller
            for glyph in graph.dictionary(font.get("/CharProcs")).values():
                reference = data.stream_of(glyph)
                yield Owner((reference,) if reference else (), caller.resources)


def annotations(graph: ObjectGraph, page: Dictionary) -> Iterator[Dictionary]:
    """The page's annotations."""
    for one in graph.array(page.get("/Annots")):
        annotation = graph.dictionary(one)
        if annotation:
            yield annotation


def appearances(graph: ObjectGraph, page: Dictionary) -> Iterator[Value]:
    """Every appearance of the page's annotations, and what stands for its states (12.5.5)."""
    for annotation in annotations(graph, page):
        for state in graph.dictionary(annotation.get("/AP")).values():
            yield state
            yield from graph.dictionary(state).values()
