"""What a stream asks of whoever draws it, with everything that it draws, counted as often as it is drawn.

Rules: each stream is read once with each set of resources; forms, tiling patterns, glyphs and soft masks are weighed before what draws
them, at most 12 deep, and a stream that draws itself is too deep. Only what is drawn counts: a form that is listed and never drawn can't
look different. Counts are exact whole numbers, however large.
"""

from dataclasses import dataclass, field
from functools import partial
from typing import Final

from server.document_limits import MAX_FORM_DEPTH, MAX_IMAGE_PIXELS, MAX_PAGE_OPERATORS
from server.pdf.content.content_data import ContentData
from server.pdf.content.faults import Malformed, TooMuch
from server.pdf.content.program import Program, read_program
from server.pdf.content.resources import components, is_direct_space, matrix_scale, named, numbers
from server.pdf.inspect_graph import Dictionary, ObjectGraph, Value
from server.pdf.inspect_limits import Meter

Key = tuple[tuple[str, ...], int]

_FORM, _PATTERN, _GLYPH = "form", "pattern", "glyph"


@dataclass
class Weight:
    """``cells``: cells of tiling patterns on an area of one square point of the stream's own space, if all of it were painted;
    ``size``: decoded bytes of the stream alone; ``pictures``: pixels by image; ``drawn``: what it draws, by key;
    ``layered``: whether the stream itself holds optional content."""

    depth: int = 1
    operators: int = 0
    images: int = 0
    patterns: int = 0
    cells: float = 0.0
    size: int = 0
    inline_pixels: int = 0
    layered: bool = False
    pictures: dict[str, int] = field(default_factory=dict)
    drawn: dict[Key, None] = field(default_factory=dict)

    def add(self, key: Key, other: "Weight", times: int, spread: float) -> None:
        """Count ``other`` ``times`` times; ``spread``: how many of its square points fit on one of ours, summed up over the times."""
        self.depth = max(self.depth, other.depth + 1)
        self.operators += other.operators * times
        self.images += other.images * times
        self.patterns += other.patterns * times
        self.cells += other.cells * spread
        self.drawn[key] = None
        if self.depth > MAX_FORM_DEPTH + 1:
            raise TooMuch("form_depth")
        if self.operators > MAX_PAGE_OPERATORS:
            raise TooMuch("operators")


class Scales:
    """Weighs the streams of one file and remembers their weights."""

    def __init__(self, graph: ObjectGraph, data: ContentData, meter: Meter) -> None:
        self._graph = graph
        self.data = data
        self._meter = meter
        self.known: dict[Key, Weight] = {}
        self._busy: set[Key] = set()

    def weigh(self, streams: tuple[str, ...], resources: Dictionary, *, page: bool = False) -> tuple[Key, Weight]:
        """The weight of ``streams`` read as one program. Raises ``Malformed`` and ``TooMuch``."""
        key = (streams, id(resources))
        if key in self.known:
            return key, self.known[key]
        if key in self._busy or len(self._busy) > MAX_FORM_DEPTH:
            raise TooMuch("form_depth")
        self._busy.add(key)
        self._meter.check_time()
        try:
            self.known[key] = self._weigh(streams, resources, page=page)
        finally:
            self._busy.discard(key)
        return key, self.known[key]

    def weigh_form(self, value: Value, resources: Dictionary, *, subtype: bool = True) -> tuple[Key, Weight]:
        """A form XObject (8.10). ``subtype``: whether it must say that it is one, which appearances often don't."""
        dictionary, reference = self._stream(value)
        stated = self._graph.get(dictionary, "/Subtype")
        if stated != "/Form" and (subtype or stated is not None):
            raise Malformed("subtype")
        numbers(self._graph, dictionary.get("/BBox"), 4)
        matrix_scale(self._graph, dictionary)
        return self.weigh((reference,), self._own_resources(dictionary, resources))

    def _stream(self, value: Value) -> tuple[Dictionary, str]:
        reference = self.data.stream_of(value)
        if not reference:
            raise Malformed("subtype")
        return self._graph.dictionary(reference), reference

    def _own_resources(self, dictionary: Dictionary, drawing: Dictionary) -> Dictionary:
        own = self._graph.get(dictionary, "/Resources")
        return drawing if own is None else self._graph.dictionary(dictionary["/Resources"])

    def _weigh(self, streams: tuple[str, ...], resources: Dictionary, *, page: bool) -> Weight:
        parts = [self.data.read(reference) for reference in streams]
        colours = partial(components, self._graph, resources)
        program = read_program(parts, colours)
        if program.restores_too_much and not page:
            raise Malformed("saved_state")
        weight = self._weigh_uses(program, resources)
        if weight is None:
            weight = self._weigh_uses(read_program(parts, colours, closely=True), resources)
        assert weight is not None
        weight.size = sum(map(len, parts))
        weight.layered = program.layered
        return weight

    def _weigh_uses(self, program: Program, resources: Dictionary) -> Weight | None:
        """Own weight and that of everything used; ``None`` where the program must first be read closely."""
        weight = Weight(operators=program.operators, images=program.inline_images, inline_pixels=program.inline_pixels)
        for (category, name), times in program.uses.items():
            if (category == "/ColorSpace" and is_direct_space(name)) or category == "/Properties":
                continue
            value = named(self._graph, resources, category, name)
            spread = program.spread.get((category, name), float(times))
            weigh_use = _USES.get(category)
            if weigh_use is not None and weigh_use(self, weight, value, resources, times, spread) and not program.read_closely:
                return None
        for name, shown in program.shown.items():
            self._weigh_text(weight, name, shown, resources)
        return weight

    def _weigh_xobject(
        self, weight: Weight, value: Value, resources: Dictionary, times: int, spread: float
    ) -> bool:
        dictionary, reference = self._stream(value)
        if self._graph.get(dictionary, "/Subtype") == "/Image":
            weight.images += times
            self._weigh_image(weight, dictionary, reference)
            return False
        key, other = self.weigh_form(value, resources)
        scale = matrix_scale(self._graph, dictionary)
        weight.add(key, other, times, spread / scale if scale else 0.0)
        return other.cells > 0

    def _weigh_image(self, weight: Weight, dictionary: Dictionary, reference: str) -> None:
        weight.pictures[reference] = self._pixels(dictionary)
        for entry in ("/SMask", "/Mask"):
            mask = self.data.stream_of(dictionary.get(entry))
            if mask:
                weight.pictures[mask] = self._pixels(self._graph.dictionary(mask))

    def _pixels(self, dictionary: Dictionary) -> int:
        width, height = self._graph.get(dictionary, "/Width"), self._graph.get(dictionary, "/Height")
        if not (type(width) is int and type(height) is int and width > 0 and height > 0):
            raise Malformed("image")
        if width * height > MAX_IMAGE_PIXELS:
            raise TooMuch("image_pixels")
        return width * height

    def _weigh_pattern(
        self, weight: Weight, value: Value, resources: Dictionary, times: int, spread: float
    ) -> bool:
        graph = self._graph
        pattern = graph.dictionary(value)
        if graph.get(pattern, "/PatternType") != 1:
            return False
        dictionary, reference = self._stream(value)
        numbers(graph, dictionary.get("/BBox"), 4)
        steps = numbers(graph, [dictionary.get("/XStep"), dictionary.get("/YStep")], 2)
        if not steps[0] or not steps[1]:
            raise Malformed("form_box")
        key, other = self.weigh((reference,), self._own_resources(dictionary, resources))
        scale = matrix_scale(graph, dictionary)
        weight.add(key, other, times, 0.0)
        weight.patterns += times
        weight.cells += times / (abs(steps[0] * steps[1]) * scale) if scale else 0.0
        return False

    def _weigh_state(
        self, weight: Weight, value: Value, resources: Dictionary, times: int, spread: float
    ) -> bool:
        state = self._graph.dictionary(value)
        mask = self._graph.dictionary(state.get("/SMask"))
        closely = False
        if mask.get("/G") is not None:
            key, other = self.weigh_form(mask["/G"], resources)
            weight.add(key, other, times, spread)
            closely = other.cells > 0
        font = self._graph.array(state.get("/Font"))
        return closely or (bool(font) and self._weigh_font(weight, font[0], resources, times, spread))

    def _weigh_font(
        self, weight: Weight, value: Value, resources: Dictionary, times: int, spread: float
    ) -> bool:
        font = self._graph.dictionary(value)
        if self._graph.get(font, "/Subtype") != "/Type3":
            return False
        self._heaviest_glyph(weight, font, resources)
        return True

    def _heaviest_glyph(self, weight: Weight, font: Dictionary, resources: Dictionary) -> int:
        """Operators of the heaviest glyph of a Type 3 font (9.6.4); each glyph becomes known."""
        own = self._own_resources(font, resources)
        heaviest = 0
        for glyph in self._graph.dictionary(font.get("/CharProcs")).values():
            _, reference = self._stream(glyph)
            key, other = self.weigh((reference,), own)
            weight.add(key, other, 0, 0.0)
            heaviest = max(heaviest, other.operators)
        return heaviest

    def _weigh_text(self, weight: Weight, name: bytes, shown: int, resources: Dictionary) -> None:
        if not name:
            return
        font = self._graph.dictionary(named(self._graph, resources, "/Font", name))
        if self._graph.get(font, "/Subtype") == "/Type3":
            weight.operators += shown * self._heaviest_glyph(weight, font, resources)
            if weight.operators > MAX_PAGE_OPERATORS:
                raise TooMuch("operators")


_USES: Final = {
    "/XObject": Scales._weigh_xobject,
    "/Pattern": Scales._weigh_pattern,
    "/ExtGState": Scales._weigh_state,
    "/Font": Scales._weigh_font,
}
