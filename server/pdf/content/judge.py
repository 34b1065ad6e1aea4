"""Every page's content judged under the rules and numbers of the phone, before anybody can be asked to sign it.

Rules: page content, forms, tiling patterns, glyphs of Type 3 fonts, soft masks and the appearances of annotations and fields are well
formed (``pdf_content_malformed``); what a page asks for is counted and bounded (``pdf_too_complex``), and a page that asks for more than
a tenth of a limit is drawn once, in the time that the phone would have (drawing.py); of pages that only hold large pictures the largest
stands for all, so that a scan of a hundred pages is not drawn whole. What the phone could not show is refused here, where somebody can
still do something about it. Details say the page (the first is 1) and the rule or the limit.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pikepdf

from server.document_limits import (
    MAX_PAGE_CONTENT_BYTES,
    MAX_PAGE_IMAGES,
    MAX_PAGE_OPERATORS,
    MAX_PAGE_PATTERNS,
    MAX_PAGE_PIXELS,
    MAX_PATTERN_CELLS,
)
from server.errors import Unprocessable
from server.pdf.content.content_data import ContentData
from server.pdf.content.drawing import draw_in_time
from server.pdf.content.drawn_findings import drawn_findings
from server.pdf.content.faults import Malformed, TooMuch
from server.pdf.content.graphics_states import check_knockout
from server.pdf.content.resources import page_resources
from server.pdf.content.uses import weigh_form, weigh_uses
from server.pdf.content.weights import PAGE, Scales, Weight
from server.pdf.inspect_graph import Dictionary, ObjectGraph, Value, number
from server.pdf.inspect_limits import Meter
from server.pdf.inspect_pages import Pages

_DRAWN_FROM = 0.1  # of a limit


@dataclass(frozen=True)
class Count:
    """One count of a page and how many there may be; ``drawn_for``: what decides whether the page is drawn, where that is more."""

    limit: str
    found: float
    most: float
    drawn_for: float = 0.0

    @property
    def load(self) -> float:
        """As a share of the limit."""
        return max(self.found, self.drawn_for) / self.most


def judge_content(path: Path, pdf: pikepdf.Pdf, graph: ObjectGraph, pages: Pages, meter: Meter) -> set[str]:
    """The findings of what the pages draw. Raises ``pdf_content_malformed`` or ``pdf_too_complex`` for the first page that the phone could
    not show."""
    data = ContentData(pdf, graph)
    scales = Scales(graph, data, meter, weigh_uses)
    loads: dict[int, float] = {}
    pictures: dict[int, float] = {}
    for index, page in enumerate(pages.dictionaries):
        try:
            counts = _count(graph, scales, page, pages.boxes[index])
            for count in counts:
                if count.found > count.most:
                    raise TooMuch(count.limit)
        except Malformed as fault:
            details: dict[str, object] = {"what": fault.what, "page": index + 1}
            raise Unprocessable(f"page {index + 1}: {fault.what}", code="pdf_content_malformed", details=details) from None
        except TooMuch as fault:
            raise _too_much(fault.limit, index) from None
        loads[index] = max(count.load for count in counts if count.limit != "page_pixels")
        pictures[index] = max(count.load for count in counts if count.limit == "page_pixels")
    slow = draw_in_time(path, _pages_to_draw(loads, pictures), meter)
    if slow is not None:
        raise _too_much("time", slow)
    found = drawn_findings(graph, data, pages) | ({"layers"} if scales.layered else set())
    return found | ({"dots_without_length"} if scales.dotted else set())


def _pages_to_draw(loads: dict[int, float], pictures: dict[int, float]) -> list[int]:
    """Pages over a tenth of a limit, the heaviest first; of those with nothing but large pictures only the largest."""
    heavy = [index for index, load in loads.items() if load > _DRAWN_FROM]
    largest = max(pictures, key=pictures.__getitem__)
    if pictures[largest] > _DRAWN_FROM and largest not in heavy:
        heavy.append(largest)
    return sorted(heavy, key=lambda index: -max(loads[index], pictures[index]))


def _too_much(limit: str, index: int) -> Unprocessable:
    details: dict[str, object] = {"limit": limit, "page": index + 1}
    return Unprocessable(f"page {index + 1}: {limit}", code="pdf_too_complex", details=details)


def _count(graph: ObjectGraph, scales: Scales, page: Dictionary, shown: tuple[float, float]) -> tuple[Count, ...]:
    streams = scales.data.page_streams(page.get("/Contents"))
    _, own = scales.weigh(streams, page_resources(graph, page), PAGE)
    check_knockout(graph, page, blends=own.blends)
    whole = replace(own, drawn=dict(own.drawn))
    for appearance in _appearances(graph, scales, page):
        key, weight, scale = weigh_form(scales, appearance, {}, appearance=True)
        whole.add(key, weight, 1, 1 / scale if scale else 0.0)
    unit = number(graph.get(page, "/UserUnit")) or 1.0
    area = shown[0] * shown[1] / unit**2
    return (
        Count("operators", whole.operators, MAX_PAGE_OPERATORS),
        Count("images", whole.images, MAX_PAGE_IMAGES),
        Count("page_pixels", whole.pixels, MAX_PAGE_PIXELS),
        Count("patterns", whole.patterns, MAX_PAGE_PATTERNS),
        Count("pattern_cells", whole.densest * area, MAX_PATTERN_CELLS, drawn_for=whole.cells * area),
        Count("content_bytes", _decoded_bytes(scales, own, whole), MAX_PAGE_CONTENT_BYTES),
    )


def _decoded_bytes(scales: Scales, page: Weight, whole: Weight) -> int:
    """Decoded bytes of everything that the page draws, each thing once."""
    size, seen, waiting = page.size, set(whole.drawn), list(whole.drawn)
    while waiting:
        weight = scales.known[waiting.pop()]
        size += weight.size
        new = weight.drawn.keys() - seen
        seen |= new
        waiting.extend(new)
    return size


def _appearances(graph: ObjectGraph, scales: Scales, page: Dictionary) -> Iterator[Value]:
    """Every appearance stream of the page's annotations: normal, rollover, down, in every state (12.5.5)."""
    for one in graph.array(page.get("/Annots")):
        appearance = graph.dictionary(graph.dictionary(one).get("/AP"))
        for state in ("/N", "/R", "/D"):
            value = appearance.get(state)
            if scales.data.stream_of(value):
                yield value
                continue
            yield from (inner for inner in graph.dictionary(value).values() if graph.resolve(inner) is not None)
