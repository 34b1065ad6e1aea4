"""What a program's names ask for: images, forms, patterns, soft masks, glyphs (ISO 32000-2, 8.7.3, 8.9, 8.10, 9.6.4, 11.6.5).

Rules: a form has a box of four numbers and says that it is one, which an appearance may leave out; a cell has a box with an area, steps
that are not 0 and resources of its own; a glyph that sets no colours says so first; a picture says how large it is. Glyphs count as often
as they are shown, each code for itself.
"""

from collections.abc import Iterator
from typing import Final

from server.document_limits import MAX_IMAGE_PIXELS
from server.pdf.content.faults import Malformed, TooMuch
from server.pdf.content.fonts.type_3 import named_by_some
from server.pdf.content.graphics_states import blends, check_knockout, soft_mask_of
from server.pdf.content.program import Program
from server.pdf.content.resources import check_paint, check_shading, matrix_scale, named, numbers, space_of
from server.pdf.content.weights import CELL, FORM, GLYPH, Key, Scales, Weight
from server.pdf.inspect_graph import Dictionary, ObjectGraph, Value

_FONTS: Final = ("/Type0", "/Type1", "/MMType1", "/TrueType", "/Type3")


def weigh_uses(scales: Scales, weight: Weight, program: Program, resources: Dictionary, inherited: Dictionary) -> bool:
    """Add to ``weight`` everything that ``program`` uses; whether it must be read closely for that."""
    closely, saved = False, program.saved
    for (category, name), times in program.uses.items():
        if category == "/ColorSpace":
            space_of(scales.graph, scales.data, resources, name)
            continue
        value = named(scales.graph, resources, category, name)
        spread = program.spread.get((category, name), float(times))
        if category == "/XObject":
            closely |= _add_xobject(scales, weight, value, inherited, times, spread, saved)
        elif category == "/ExtGState":
            closely |= _add_soft_mask(scales, weight, value, times, spread, saved)
        elif category == "/Font":
            closely |= _is_type_3(scales.graph, value)
        else:
            check_shading(scales.graph, scales.data, value)
    for (space, count, pattern), times in program.paints.items():
        painted = check_paint(scales.graph, scales.data, resources, space, count, pattern)
        if painted is not None:
            _add_pattern(scales, weight, painted, times, saved)
    for name in {font for font, _ in program.shown if font}:
        _add_glyphs(scales, weight, program, name, resources, inherited)
    return closely


def weigh_form(scales: Scales, value: Value, inherited: Dictionary, *, appearance: bool = False) -> tuple[Key, Weight, float]:
    """A form XObject, or an appearance: key, weight, and by how much its matrix enlarges areas."""
    dictionary, reference = scales.stream(value)
    stated = scales.graph.get(dictionary, "/Subtype")
    if (stated != "/Form" and not (appearance and stated is None)) or "/Subtype2" in dictionary:
        raise Malformed("subtype")
    numbers(scales.graph, dictionary.get("/BBox"), 4)
    scale = matrix_scale(scales.graph, dictionary)
    key, weight = scales.weigh((reference,), scales.own_resources(dictionary, inherited), FORM)
    check_knockout(scales.graph, dictionary, blends=weight.blends)
    return key, weight, scale


def _add_xobject(
    scales: Scales, weight: Weight, value: Value, inherited: Dictionary, times: int, spread: float, saved: int
) -> bool:
    dictionary, reference = scales.stream(value)
    if scales.graph.get(dictionary, "/Subtype") == "/Image":
        weight.images += times
        weight.pixels += times * sum(_pixels(scales, reference, dictionary))
        weight.blends |= bool(scales.data.stream_of(dictionary.get("/SMask")))
        return False
    key, other, scale = weigh_form(scales, value, inherited)
    weight.add(key, other, times, spread / scale if scale else 0.0, saved)
    return other.cells > 0


def _pixels(scales: Scales, picture: str, image: Dictionary) -> Iterator[int]:
    """Pixels of a picture and of its masks."""
    soft, mask = (scales.data.stream_of(image.get(entry)) for entry in ("/SMask", "/Mask"))
    for reference, is_soft in ((picture, False), (soft, True), (mask, False)):
        if not reference:
            continue
        one = scales.graph.dictionary(reference)
        width, height = scales.graph.get(one, "/Width"), scales.graph.get(one, "/Height")
        if not (type(width) is int and type(height) is int and width > 0 and height > 0):
            raise Malformed("image")
        if width * height > MAX_IMAGE_PIXELS:
            raise TooMuch("image_pixels")
        scales.images.check(reference, soft=is_soft)
        yield width * height


def _add_soft_mask(scales: Scales, weight: Weight, value: Value, times: int, spread: float, saved: int) -> bool:
    form = soft_mask_of(scales.graph, scales.graph.dictionary(value))
    weight.blends |= blends(scales.graph, scales.graph.dictionary(value))
    if form is None:
        return False
    key, other, scale = weigh_form(scales, form, {})
    weight.add(key, other, times, spread / scale if scale else 0.0, saved)
    return other.cells > 0


def _add_pattern(scales: Scales, weight: Weight, value: Value, times: int, saved: int) -> None:
    graph = scales.graph
    pattern = graph.dictionary(value)
    weight.patterns += times
    kind = graph.get(pattern, "/PatternType")
    if kind == 2 and graph.dictionary(pattern.get("/Shading")):
        check_shading(graph, scales.data, pattern["/Shading"])
        return
    dictionary, reference = scales.stream(value)
    left, bottom, right, top = numbers(graph, dictionary.get("/BBox"), 4)
    steps = numbers(graph, [dictionary.get("/XStep"), dictionary.get("/YStep")], 2)
    uncoloured = graph.get(pattern, "/PaintType") == 2
    if (
        kind != 1
        or not (left < right and bottom < top and steps[0] and steps[1])
        or graph.get(pattern, "/PaintType") not in (1, 2)
        or graph.get(pattern, "/TilingType") not in (1, 2, 3)
        or not isinstance(graph.get(pattern, "/Resources"), dict)
    ):
        raise Malformed("pattern")
    key, other = scales.weigh((reference,), scales.own_resources(dictionary, {}), CELL, colourless=uncoloured)
    weight.add(key, other, times, 0.0, saved)
    scale = matrix_scale(graph, dictionary)
    density = 1 / (abs(steps[0] * steps[1]) * scale) if scale else 0.0
    weight.cells += times * density
    weight.densest = max(weight.densest, density)


def _is_type_3(graph: ObjectGraph, value: Value) -> bool:
    kind = graph.get(graph.dictionary(value), "/Subtype")
    if kind not in _FONTS:
        raise Malformed("resource")
    return bool(kind == "/Type3")


def _add_glyphs(
    scales: Scales, weight: Weight, program: Program, name: bytes, resources: Dictionary, inherited: Dictionary
) -> None:
    graph = scales.graph
    font = graph.dictionary(named(graph, resources, "/Font", name))
    if graph.get(font, "/Subtype") != "/Type3":
        return
    numbers(graph, font.get("/FontMatrix"), 6)
    numbers(graph, font.get("/FontBBox"), 4)
    own = scales.own_resources(font, inherited)
    glyphs = graph.dictionary(font.get("/CharProcs"))
    for code, times in program.codes(name).items():
        for glyph in named_by_some(graph, font, code)[0]:
            _, reference = scales.stream(glyphs[glyph])
            weight.add(*scales.weigh((reference,), own, GLYPH), times, 0.0, program.saved)
