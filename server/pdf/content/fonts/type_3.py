"""Fonts whose glyphs are content (ISO 32000-2, 9.6.4): which glyph a code may be, and which of them viewers draw differently.

Rules, measured with PDFium, poppler, mupdf and pdf.js: the encoding is a dictionary or one of the three that have names; each glyph
that is shown has its width in ``/Widths`` between ``/FirstChar`` and ``/LastChar``, neither none nor over 50 times the text's own size;
the font's matrix moves nothing; a code without a glyph is nothing to all, but where only the names of some encoding lead to a glyph, or
the name is empty, which is a name to some and none to others; a glyph without colours of its own draws within the box that it says
(glyph_extent.py). The font's own box is of no matter.
"""

from functools import cache, partial

from server.pdf.content.content_data import ContentData
from server.pdf.content.faults import Malformed, TooMuch
from server.pdf.content.fonts.glyph_extent import draws_within_its_box
from server.pdf.content.fonts.glyph_names import BASES, differences_of, name_of_character
from server.pdf.content.fonts.programs import Doubt, everything
from server.pdf.content.program import read_program
from server.pdf.content.resources import components, key_of
from server.pdf.inspect_graph import Dictionary, ObjectGraph

_WIDEST = 50.0  # times the size of the text


def named_by_some(graph: ObjectGraph, font: Dictionary, code: int) -> tuple[set[str], bool]:
    """The keys of ``/CharProcs`` that some viewer takes for the code; and whether all take the same."""
    glyphs = {name for name, one in graph.dictionary(font.get("/CharProcs")).items() if graph.resolve(one) is not None}
    value = graph.resolve(font.get("/Encoding"))
    said = differences_of(graph, font).get(code)
    if said not in (None, "/"):
        return {said} & glyphs, True
    base = graph.get(value, "/BaseEncoding") if isinstance(value, dict) else value
    tables = [BASES[base]] if isinstance(base, str) and base in BASES else BASES.values()
    characters = {table[code] for table in tables}
    names = {"/" + name_of_character(one) for one in characters if one is not None} & glyphs
    return names, not names or (len(tables) == 1 and said is None)


def doubt_of_type_3(graph: ObjectGraph, data: ContentData, font: Dictionary) -> Doubt:
    """What of the font's text viewers draw differently."""
    encoding = graph.resolve(font.get("/Encoding"))
    if not isinstance(encoding, dict) and not (isinstance(encoding, str) and encoding in BASES):
        return everything
    first, last, widths = (graph.get(font, key) for key in ("/FirstChar", "/LastChar", "/Widths"))
    scale = _scale(graph, font)
    if type(first) is not int or type(last) is not int or not isinstance(widths, list) or scale is None:
        return everything
    sizes = [graph.resolve(one) for one in widths[: max(0, last - first + 1)]]
    known = {first + place for place, one in enumerate(sizes) if type(one) in (int, float) and 0 < abs(one) * scale <= _WIDEST}

    @cache
    def is_doubtful(code: int) -> bool:
        names, alike = named_by_some(graph, font, code)
        return not alike or (bool(names) and code not in known) or any(_is_cut(graph, data, font, name) for name in names)

    return lambda text: any(map(is_doubtful, set(text)))


def _scale(graph: ObjectGraph, font: Dictionary) -> float | None:
    """How many units of text one of the glyphs' space is, across; None for a matrix that is none, or moves."""
    numbers = [graph.resolve(one) for one in graph.array(font.get("/FontMatrix"))]
    if len(numbers) != 6 or any(type(one) not in (int, float) for one in numbers) or numbers[4:] != [0, 0]:
        return None
    return float(max(abs(numbers[0]), abs(numbers[1])))


def _is_cut(graph: ObjectGraph, data: ContentData, font: Dictionary, name: str) -> bool:
    resources = graph.dictionary(font.get("/Resources"))
    images = graph.dictionary(resources.get("/XObject"))
    glyph = data.stream_of(graph.dictionary(font.get("/CharProcs"))[name])
    of_space = partial(components, graph, data, resources)
    if not glyph:
        return False  # refused where it is drawn (uses.py)
    try:
        content = data.read(glyph)
        read_program([content], of_space)
    except (Malformed, TooMuch):
        return False  # the same

    def image_size(used: bytes) -> tuple[int, int] | None:
        image = graph.dictionary(images.get(key_of(used)))
        width, height = graph.get(image, "/Width"), graph.get(image, "/Height")
        is_image = graph.get(image, "/Subtype") == "/Image" and type(width) is int and type(height) is int
        return (width, height) if is_image else None

    return not draws_within_its_box(content, image_size, of_space)
