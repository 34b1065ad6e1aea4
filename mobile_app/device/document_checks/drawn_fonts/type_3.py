"""Fonts whose glyphs are content (ISO 32000-2, 9.6.4): which glyph a code may be, and which of them viewers draw differently.

Rules, measured with PDFium, poppler, mupdf and pdf.js: the encoding is a dictionary or one of the three that have names; each glyph
that is shown has its width in ``/Widths`` between ``/FirstChar`` and ``/LastChar``, neither none nor over 50 times the text's own size;
the font's matrix moves nothing; a code without a glyph is nothing to all, but where only the names of some encoding lead to a glyph, or
the name is empty, which is a name to some and none to others; a glyph without colours of its own draws within the box that it says
(``glyph_extent.py``). The font's own box is of no matter.
"""

from functools import cache

from mobile_app.device.document_checks.document import PreparedDocument
from mobile_app.device.document_checks.drawn_fonts.glyph_extent import draws_within_its_box
from mobile_app.device.document_checks.drawn_fonts.glyph_names import (
    BASES,
    differences_of,
    name_of_character,
)
from mobile_app.device.document_checks.drawn_fonts.programs import Doubt, everything
from mobile_app.device.document_checks.page_content.reader import read_streams
from mobile_app.device.document_checks.page_content.sources import decoded, is_stream, stream_of
from mobile_app.device.document_checks.syntax import Value, name_of
from mobile_app.errors import CheckFailed

_WIDEST = 50.0
"""Times the size of the text; below a glyph's own width in any font that people write with."""


def named_by_some(document: PreparedDocument, font: dict[str, Value], code: int) -> tuple[set[str], bool]:
    """The names in ``/CharProcs`` that some viewer takes for the code; and whether all take the same."""
    glyphs = {name for name, one in document.dictionary_now(font.get("CharProcs")).items() if one is not None}
    value = document.now(font.get("Encoding"))
    said = differences_of(document, font).get(code)
    if said:
        return {said} & glyphs, True
    base = document.now(value.get("BaseEncoding")) if isinstance(value, dict) else value
    tables = [BASES[base]] if isinstance(base, str) and base in BASES else BASES.values()
    characters = {table[code] for table in tables}
    names = {name_of_character(one) for one in characters if one is not None} & glyphs
    return names, not names or (len(tables) == 1 and said is None)


def doubt_of_type_3(document: PreparedDocument, font: dict[str, Value]) -> Doubt:
    """What of the font's text viewers draw differently."""
    encoding = document.now(font.get("Encoding"))
    if not isinstance(encoding, dict) and not (isinstance(encoding, str) and encoding in BASES):
        return everything
    first, last, widths = (document.now(font.get(key)) for key in ("FirstChar", "LastChar", "Widths"))
    scale = _scale(document, font)
    if type(first) is not int or type(last) is not int or not isinstance(widths, list) or scale is None:
        return everything
    sizes = [document.now(one) for one in widths[: max(0, last - first + 1)]]
    known = {first + place for place, one in enumerate(sizes) if isinstance(one, int | float) and 0 < abs(one) * scale <= _WIDEST}

    @cache
    def is_doubtful(code: int) -> bool:
        names, alike = named_by_some(document, font, code)
        return not alike or (bool(names) and code not in known) or any(_is_cut(document, font, name) for name in names)

    return lambda text: any(map(is_doubtful, set(text)))


def _scale(document: PreparedDocument, font: dict[str, Value]) -> float | None:
    """How many units of text one of the glyphs' space is, across; ``None`` for a matrix that is none, or moves."""
    matrix = document.now(font.get("FontMatrix"))
    numbers = [document.now(one) for one in matrix] if isinstance(matrix, list) else []
    if len(numbers) != 6 or not all(map(_is_number, numbers)) or numbers[4:] != [0, 0]:
        return None
    return max(abs(numbers[0]), abs(numbers[1]))  # type: ignore[arg-type]


def _is_number(value: Value) -> bool:
    return type(value) in (int, float)


def _is_cut(document: PreparedDocument, font: dict[str, Value], name: str) -> bool:
    glyph = document.dictionary_now(font.get("CharProcs"))[name]
    images = document.dictionary_now(document.dictionary_now(font.get("Resources")).get("XObject"))

    def image_size(used: bytes) -> tuple[int, int] | None:
        image = document.dictionary_now(images.get(name_of(used)))
        width, height = document.now(image.get("Width")), document.now(image.get("Height"))
        is_image = image.get("Subtype") == "Image" and isinstance(width, int) and isinstance(height, int)
        return (width, height) if is_image else None  # type: ignore[return-value]

    if not is_stream(document, glyph):
        return False  # refused where it is drawn (``page_walk.py``)
    try:
        data = decoded(document, stream_of(document, glyph, "glyph"))
        read_streams([data], own_colour=True)
    except CheckFailed:
        return False  # the same
    return not draws_within_its_box(data, image_size)
