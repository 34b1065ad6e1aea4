"""One content stream read to its end: that it is well formed, and what it draws how often.

Rules: statements as in lexer.py and operators.py; each operator stands where the standard lets it; texts, paths and compatibility
sections end where the program ends; no state is restored that was not saved, and at most 256 are saved at once. Line caps, joins and text
modes are those that there are, widths and dashes are not negative, inks lie between 0 and 1, text is squeezed to a tenth at most. Text that
clips is not followed by text that does not: viewers end the clip in different places. ``d0`` and ``d1`` come first, or not at all.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from server.document_limits import MAX_PAGE_IMAGES, MAX_PAGE_OPERATORS, MAX_PAGE_PIXELS, MAX_SAVED_STATES
from server.pdf.content.dots import TRACED, Dots
from server.pdf.content.faults import Malformed, TooMuch
from server.pdf.content.inline_images import Components, skip_inline_image
from server.pdf.content.lexer import Lexer, Name, Statement
from server.pdf.content.operators import DEVICE_COLOURS, NAMED, OPERANDS, PAGE, PAINTS
from server.pdf.content.usual_statements import USUAL

Use = tuple[str, bytes]
Paint = tuple[bytes | None, int, bytes | None]
"""Colour space by name (``None``: that of whoever draws the stream), number of components, pattern."""


@dataclass
class Program:
    """``uses``: how often each resource is named, by category (``/XObject`` …) and name; ``paints``: how often each kind of colour is
    set; ``saved``: states saved at once; ``layered``: whether some of it is optional content (8.11.3.2); ``dotted``: whether a line
    without length is stroked (dots.py); ``glyph``: ``d0`` or ``d1``, where it begins with that. Only where it was read closely:
    ``shown``, how often each text by font (empty: set by the caller); ``spread``, for each use the square points of the used thing's
    space on one of ours, summed up."""

    operators: int = 0
    saved: int = 0
    inline_images: int = 0
    inline_pixels: int = 0
    sets_colours: bool = False
    layered: bool = False
    dotted: bool = False
    glyph: bytes = b""
    uses: Counter[Use] = field(default_factory=Counter)
    paints: Counter[Paint] = field(default_factory=Counter)
    shown: Counter[tuple[bytes, bytes]] = field(default_factory=Counter)
    spread: dict[Use, float] = field(default_factory=dict)

    def codes(self, font: bytes) -> Counter[int]:
        """How often each code of a simple font is shown."""
        codes: Counter[int] = Counter()
        for (name, text), times in self.shown.items():
            for code in text if name == font else b"":
                codes[code] += times
        return codes


def read_program(parts: Sequence[bytes], components: Components, *, page: bool = False, closely: bool = False) -> Program:
    """Read the streams of ``parts`` as one program. Raises ``Malformed`` and ``TooMuch``.

    ``components`` as in inline_images.py; ``page``: it begins with black; ``closely`` asks for more, which takes longer.
    """
    return _Reader(Lexer(parts), components, page=page, closely=closely).read()


class _Reader:
    def __init__(self, lexer: Lexer, components: Components, *, page: bool, closely: bool) -> None:
        self._lexer = lexer
        self._components = components
        self._closely = closely
        self._program = Program()
        self._place = PAGE
        first = b"DeviceGray" if page else None
        self._state: list[bytes | None] = [b"", first, first, b""]
        self._clips = False
        self._scale = 1.0
        self._saved: list[tuple[list[bytes | None], float]] = []
        self._compatible = 0
        self._dots = Dots()

    def read(self) -> Program:
        lexer = self._lexer
        while lexer.position < len(lexer.data):
            if not self._closely:
                self._read_usual(lexer)
            statement = lexer.statement()
            if not statement.operator:
                if statement.letters:
                    raise Malformed("operands")
                break
            self._execute(statement)
        if self._place is not PAGE:
            raise Malformed("place")
        if self._compatible:
            raise Malformed("compatibility")
        self._program.dotted = self._dots.found
        return self._program

    def _read_usual(self, lexer: Lexer) -> None:
        lexer.skip_white()
        data, position, end, count = lexer.data, lexer.position, lexer.border(), 0
        place, usual = self._place, USUAL.match
        while (match := usual(data, position, end)) is not None:
            count += 1
            position = match.end()
            operator = match[match.lastindex or 0]
            try:
                place = place[operator]
            except KeyError:
                raise Malformed("place") from None
            if operator in TRACED:
                self._dots.read(operator, match[0])
                continue
            effect = _EFFECTS.get(operator)
            if effect is not None:
                names = match["name"]
                numbers = match["numbers"]
                effect(self, operator, names[1:] if names else b"", numbers.split() if numbers else [])
        lexer.position, self._place = position, place
        self._program.operators += count
        _bounded(self._program)

    def _execute(self, statement: Statement) -> None:
        operator, values = statement.operator, statement.values
        allowed = OPERANDS.get(operator)
        if allowed is None:
            raise Malformed("inline_image" if operator in (b"ID", b"EI") else "operator")
        if statement.letters not in allowed:
            raise Malformed("operands")
        try:
            self._place = self._place[operator]
        except KeyError:
            raise Malformed("place") from None
        self._program.operators += 1
        _bounded(self._program)
        _check_values(operator, values)
        if operator in TRACED:
            self._dots.read(operator, values)
        effect = _EFFECTS.get(operator)
        if effect is not None:
            name = next((value for value in values if isinstance(value, Name)), b"")
            effect(self, operator, bytes(name), values)
        if self._closely:
            self._follow(operator, values)

    def _save(self, operator: bytes, name: bytes, values: Sequence[object]) -> None:
        self._saved.append((self._state.copy(), self._scale))
        self._program.saved = max(self._program.saved, len(self._saved))
        if len(self._saved) > MAX_SAVED_STATES:
            raise TooMuch("saved_states")

    def _restore(self, operator: bytes, name: bytes, values: Sequence[object]) -> None:
        if not self._saved:
            raise Malformed("saved_state")
        self._state, self._scale = self._saved.pop()

    def _use(self, operator: bytes, name: bytes, values: Sequence[object]) -> None:
        use = (NAMED[operator], name)
        self._program.uses[use] += 1
        if operator == b"Tf":
            self._state[_FONT] = name
        elif operator in (b"cs", b"CS"):
            self._set_space(operator, name)
        elif operator == b"sh":
            self._program.sets_colours = True
        if self._closely and self._scale:
            self._program.spread[use] = self._program.spread.get(use, 0.0) + 1 / self._scale

    def _set_space(self, operator: bytes, space: bytes) -> None:
        self._state[_STROKE if operator.isupper() else _FILL] = space
        self._program.sets_colours = True

    def _device_colour(self, operator: bytes, name: bytes, values: Sequence[object]) -> None:
        self._set_space(operator, DEVICE_COLOURS[operator])

    def _paint(self, operator: bytes, name: bytes, values: Sequence[object]) -> None:
        self._program.sets_colours = True
        space = self._state[_STROKE if operator.isupper() else _FILL]
        self._program.paints[space, len(values) - bool(name), name or None] += 1

    def _text_mode(self, operator: bytes, name: bytes, values: Sequence[object]) -> None:
        self._state[_CLIPPING] = b"yes" if values and values[0] in range(4, 8) else b""  # the quick way reads none that clips

    def _begin_text(self, operator: bytes, name: bytes, values: Sequence[object]) -> None:
        self._clips = False

    def _show(self, operator: bytes, name: bytes, values: Sequence[object]) -> None:
        clips = bool(self._state[_CLIPPING])
        if self._clips and not clips:
            raise Malformed("place")
        self._clips = clips

    def _mark(self, operator: bytes, name: bytes, values: Sequence[object]) -> None:
        self._program.layered |= name == b"OC"

    def _begin_glyph(self, operator: bytes, name: bytes, values: Sequence[object]) -> None:
        if self._program.operators != 1:
            raise Malformed("place")
        self._program.glyph = operator

    def _compatibility(self, operator: bytes, name: bytes, values: Sequence[object]) -> None:
        self._compatible += 1 if operator == b"BX" else -1
        if self._compatible < 0:
            raise Malformed("compatibility")

    def _inline_image(self, operator: bytes, name: bytes, values: Sequence[object]) -> None:
        program = self._program
        program.inline_images += 1
        width, height = skip_inline_image(self._lexer, self._components)
        program.inline_pixels += width * height
        if program.inline_images > MAX_PAGE_IMAGES:
            raise TooMuch("images")
        if program.inline_pixels > MAX_PAGE_PIXELS:
            raise TooMuch("page_pixels")

    def _follow(self, operator: bytes, values: list[object]) -> None:
        if operator == b"cm":
            a, b, c, d = (value for value in values[:4] if isinstance(value, float))
            self._scale *= abs(a * d - b * c)
        elif operator in (b"Tj", b"'", b'"', b"TJ"):
            font = self._state[_FONT] or b""
            parts = values[-1] if isinstance(values[-1], list) else values[-1:]
            for part in parts:
                if isinstance(part, bytes):
                    self._program.shown[font, part] += 1


_FONT, _FILL, _STROKE, _CLIPPING = 0, 1, 2, 3
_EFFECTS: Final[dict[bytes, Callable[[_Reader, bytes, bytes, Sequence[object]], None]]] = {
    b"q": _Reader._save,
    b"Q": _Reader._restore,
    b"BI": _Reader._inline_image,
    b"BX": _Reader._compatibility,
    b"EX": _Reader._compatibility,
    **dict.fromkeys(NAMED, _Reader._use),
    **dict.fromkeys(DEVICE_COLOURS, _Reader._device_colour),
    **dict.fromkeys(PAINTS, _Reader._paint),
    **dict.fromkeys((b"Tj", b"TJ", b"'", b'"'), _Reader._show),
    b"BT": _Reader._begin_text,
    b"Tr": _Reader._text_mode,
    **dict.fromkeys((b"BMC", b"BDC", b"MP", b"DP"), _Reader._mark),
    **dict.fromkeys((b"d0", b"d1"), _Reader._begin_glyph),
}
_NARROWEST: Final = 10.0
_CHOICES: Final = {b"J": 3, b"j": 3, b"Tr": 8}


def _check_values(operator: bytes, values: list[object]) -> None:
    """Values that viewers take differently where they are none: caps, joins, modes, widths, inks, dashes (8.4.3, 8.6.4.4, 9.3)."""
    choices = _CHOICES.get(operator)
    if choices is not None and values[0] not in range(choices):
        raise Malformed("operands")
    numbers = [value for value in values if isinstance(value, float)]
    if operator in (b"w", b"M") and numbers[0] < 0:
        raise Malformed("operands")
    if operator == b"Tz" and 0 < abs(numbers[0]) < _NARROWEST:
        raise Malformed("operands")
    if operator in (b"k", b"K") and not all(0 <= ink <= 1 for ink in numbers):
        raise Malformed("operands")
    if operator == b"d":
        lengths = values[0] if isinstance(values[0], list) else []
        if any(length < 0 for length in (*lengths, *numbers)) or (lengths and not any(lengths)):
            raise Malformed("operands")


def _bounded(program: Program) -> None:
    if program.operators > MAX_PAGE_OPERATORS:
        raise TooMuch("operators")
