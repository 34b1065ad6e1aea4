"""What a stream asks of whoever draws it, with everything that it draws, counted as often as it is drawn.

Rules: each stream is read once with each set of resources; forms, tiling patterns, glyphs and soft masks are weighed before what draws
them, at most 12 deep, and a stream that draws itself is too deep. Only what is drawn counts: a form that is listed and never drawn can't
look different. Counts are exact whole numbers, however large.
"""

from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from server.document_limits import MAX_FORM_DEPTH, MAX_SAVED_STATES
from server.pdf.content.content_data import ContentData
from server.pdf.content.faults import Malformed, TooMuch
from server.pdf.content.images import Images
from server.pdf.content.program import Program, read_program
from server.pdf.content.resources import NO_RESOURCES, components
from server.pdf.inspect_graph import Dictionary, ObjectGraph, Value
from server.pdf.inspect_limits import Meter

Key = tuple[tuple[str, ...], int, str]
"""Streams, resources, and as what they are read."""
PAGE, FORM, CELL, GLYPH = "page", "form", "cell", "glyph"


@dataclass
class Weight:
    """``cells``: cells of tiling patterns on an area of one square point of the stream's own space, if all of it were painted, of all
    patterns together; ``densest``: of one pattern alone; ``size``: decoded bytes of the stream alone; ``drawn``: what it draws."""

    depth: int = 0
    saved: int = 0
    operators: int = 0
    images: int = 0
    pixels: int = 0
    patterns: int = 0
    cells: float = 0.0
    densest: float = 0.0
    size: int = 0
    drawn: dict[Key, None] = field(default_factory=dict)
    blends: bool = False
    """Whether anything of it lets through what lies below."""

    def add(self, key: Key, other: "Weight", times: int, spread: float, saved: int = 0) -> None:
        """Count ``other`` ``times`` times; ``spread``: how many of its square points fit on one of ours, summed up over the times;
        ``saved``: states that are saved here meanwhile."""
        self.depth = max(self.depth, other.depth + 1)
        self.saved = max(self.saved, saved + other.saved + 1)
        self.operators += other.operators * times
        self.images += other.images * times
        self.pixels += other.pixels * times
        self.patterns += other.patterns * times
        self.blends |= other.blends
        self.cells += other.cells * spread
        self.densest = max(self.densest, other.densest * spread / times if times else 0.0)
        self.drawn[key] = None
        if self.depth > MAX_FORM_DEPTH:
            raise TooMuch("form_depth")
        if self.saved > MAX_SAVED_STATES:
            raise TooMuch("saved_states")


class WeighUses(Protocol):
    """Adds to a weight what a program uses; says whether the program must be read closely for that (uses.py)."""

    def __call__(self, scales: "Scales", weight: Weight, program: Program, resources: Dictionary, inherited: Dictionary) -> bool: ...


class Scales:
    """Weighs the streams of one file and remembers their weights."""

    def __init__(self, graph: ObjectGraph, data: ContentData, meter: Meter, weigh_uses: WeighUses) -> None:
        self.graph = graph
        self.data = data
        self.images = Images(graph, data)
        self.layered = False
        """Whether any stream read so far holds optional content."""
        self.dotted = False
        """Whether any stream read so far strokes a line without length."""
        self.known: dict[Key, Weight] = {}
        self._meter = meter
        self._weigh_uses = weigh_uses
        self._busy: set[Key] = set()

    def weigh(self, streams: tuple[str, ...], resources: Dictionary, kind: str, *, colourless: bool = False) -> tuple[Key, Weight]:
        """The weight of ``streams`` read as one program. ``colourless``: it must not set colours. Raises ``Malformed``, ``TooMuch``."""
        key = (streams, id(resources), f"colourless {kind}" if colourless else kind)
        if key in self.known:
            return key, self.known[key]
        if key in self._busy or len(self._busy) > MAX_FORM_DEPTH:
            raise TooMuch("form_depth")
        self._busy.add(key)
        self._meter.check_time()
        try:
            self.known[key] = self._weigh(streams, resources, kind, colourless=colourless)
        finally:
            self._busy.discard(key)
        return key, self.known[key]

    def stream(self, value: Value) -> tuple[Dictionary, str]:
        """Dictionary and reference of a stream. Raises ``Malformed`` for anything else."""
        reference = self.data.stream_of(value)
        if not reference:
            raise Malformed("subtype")
        return self.graph.dictionary(reference), reference

    def own_resources(self, dictionary: Dictionary, inherited: Dictionary) -> Dictionary:
        """The resources of a form, glyph or font."""
        own = self.graph.get(dictionary, "/Resources")
        return inherited if own is None else self.graph.dictionary(dictionary["/Resources"])

    def _weigh(self, streams: tuple[str, ...], resources: Dictionary, kind: str, *, colourless: bool) -> Weight:
        parts = [self.data.read(reference) for reference in streams]
        read = partial(read_program, parts, partial(components, self.graph, self.data, resources), page=kind == PAGE)
        program = read()
        self._check_kind(program, kind, colourless=colourless)
        self.layered |= program.layered
        self.dotted |= program.dotted
        inherited = resources if kind == PAGE else NO_RESOURCES
        weight = _own_weight(program)
        if self._weigh_uses(self, weight, program, resources, inherited):
            weight = _own_weight(program)
            self._weigh_uses(self, weight, read(closely=True), resources, inherited)
        weight.size = sum(map(len, parts))
        return weight

    def _check_kind(self, program: Program, kind: str, *, colourless: bool) -> None:
        if bool(program.glyph) != (kind == GLYPH):
            raise Malformed("glyph")
        if program.sets_colours and (colourless or program.glyph == b"d1"):
            raise Malformed("uncoloured")


def _own_weight(program: Program) -> Weight:
    return Weight(
        saved=program.saved,
        operators=program.operators,
        images=program.inline_images,
        pixels=program.inline_pixels,
    )


