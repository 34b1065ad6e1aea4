"""One content stream read to its end: that it is well formed, and what it draws how often.

Rules: statements as in lexer.py and operators.py; within a text object no graphics state is saved or changed and nothing but text is
drawn (ISO 32000-2, figure 9); a text object ends where it began; states are saved at most 256 deep. A form, pattern or glyph does not
restore what it has not saved (pdf.js would take the state of the page).
"""

from collections import Counter
from dataclasses import dataclass, field

from server.document_limits import MAX_PAGE_IMAGES, MAX_PAGE_OPERATORS, MAX_PAGE_PIXELS, MAX_SAVED_STATES
from server.pdf.content.faults import Malformed, TooMuch
from server.pdf.content.inline_images import Components, skip_inline_image
from server.pdf.content.lexer import Lexer, Name, Statement
from server.pdf.content.operators import NAMED, OPERANDS, OUTSIDE_TEXT
from server.pdf.content.usual_statements import USUAL

Use = tuple[str, bytes]


@dataclass
class Program:
    """``uses``: how often each resource is named, by category (``/XObject`` …) and name; ``layered``: whether some of it is optional
    content (8.11.3.2). Only where it was read closely: ``shown``, bytes of text by font; ``spread``, for each use the square points of
    the used thing's space on one of ours, summed up."""

    operators: int = 0
    inline_images: int = 0
    inline_pixels: int = 0
    restores_too_much: bool = False
    layered: bool = False
    uses: Counter[Use] = field(default_factory=Counter)
    read_closely: bool = False
    shown: Counter[bytes] = field(default_factory=Counter)
    spread: dict[Use, float] = field(default_factory=dict)


def read_program(parts: list[bytes], components: Components, *, closely: bool = False) -> Program:
    """Read the streams of ``parts`` one after the other as one program. Raises ``Malformed`` and ``TooMuch``.

    ``components`` as in inline_images.py; ``closely`` asks for ``Program.shown`` and ``Program.spread``, which takes longer.
    """
    reader = _Reader(components, closely=closely)
    for number, data in enumerate(parts):
        reader.read(data, last=number == len(parts) - 1)
    return reader.finish()


class _Reader:
    def __init__(self, components: Components, *, closely: bool) -> None:
        self._components = components
        self._closely = closely
        self._program = Program(read_closely=closely)
        self._statement = Statement()
        self._saved: list[tuple[bytes, float]] = []
        self._font = b""
        self._scale = 1.0
        self._in_text = False

    def read(self, data: bytes, *, last: bool) -> None:
        lexer = Lexer(data)
        while lexer.position < len(data):
            if not self._closely and not self._statement.letters:
                self._read_usual(lexer)
            statement = lexer.statement(self._statement)
            if not statement.operator:
                break
            self._statement = Statement()
            self._execute(statement, lexer)
        if lexer.open_comment and not last:
            raise Malformed("comment")

    def finish(self) -> Program:
        if self._statement.letters:
            raise Malformed("operands")
        if self._in_text:
            raise Malformed("text_object")
        return self._program

    def _read_usual(self, lexer: Lexer) -> None:
        data, position, count, usual = lexer.data, lexer.position, 0, USUAL.match
        while (match := usual(data, position)) is not None:
            count += 1
            position = match.end()
            operator = match[match.lastindex or 0]
            if operator in _WATCHED:
                self._watch(operator, match["name"][1:] if operator in NAMED else b"")
        lexer.position = position
        self._program.operators += count
        _bounded(self._program)

    def _execute(self, statement: Statement, lexer: Lexer) -> None:
        operator, values = statement.operator, statement.values
        program = self._program
        program.operators += 1
        _bounded(program)
        if operator == b"BI":
            self._inline_image(statement, lexer)
            return
        allowed = OPERANDS.get(operator)
        if allowed is None:
            raise Malformed("inline_image" if operator in (b"ID", b"EI") else "operator")
        if statement.letters not in allowed:
            raise Malformed("operands")
        name = next((value for value in reversed(values) if isinstance(value, Name)), b"")
        if operator in (b"BDC", b"DP"):
            self._marked(statement)
        elif operator in _WATCHED:
            self._watch(operator, bytes(name))
        if self._closely:
            self._follow(operator, values)

    def _marked(self, statement: Statement) -> None:
        tag, properties = statement.values
        if tag == b"OC":
            self._program.layered = True
        if isinstance(properties, Name):
            self._program.uses["/Properties", bytes(properties)] += 1

    def _watch(self, operator: bytes, name: bytes) -> None:
        if operator in OUTSIDE_TEXT and self._in_text:
            raise Malformed("text_object")
        if operator == b"q":
            self._saved.append((self._font, self._scale))
            if len(self._saved) > MAX_SAVED_STATES:
                raise TooMuch("saved_states")
        elif operator == b"Q":
            if self._saved:
                self._font, self._scale = self._saved.pop()
            else:
                self._program.restores_too_much = True
        elif operator in (b"BT", b"ET"):
            if self._in_text == (operator == b"BT"):
                raise Malformed("text_object")
            self._in_text = operator == b"BT"
        elif operator == b"BDC":
            self._program.layered |= name == b"OC"
        elif operator in NAMED and name:
            self._use((NAMED[operator], name))
            if operator == b"Tf":
                self._font = name

    def _use(self, use: Use) -> None:
        self._program.uses[use] += 1
        if self._closely and self._scale:
            self._program.spread[use] = self._program.spread.get(use, 0.0) + 1 / self._scale

    def _inline_image(self, statement: Statement, lexer: Lexer) -> None:
        if statement.letters:
            raise Malformed("operands")
        if self._in_text:
            raise Malformed("text_object")
        self._program.inline_images += 1
        self._program.inline_pixels += skip_inline_image(lexer, self._components)
        if self._program.inline_images > MAX_PAGE_IMAGES:
            raise TooMuch("images")
        if self._program.inline_pixels > MAX_PAGE_PIXELS:
            raise TooMuch("page_pixels")

    def _follow(self, operator: bytes, values: list[object]) -> None:
        if operator == b"cm":
            a, b, c, d = (value for value in values[:4] if isinstance(value, float))
            self._scale *= abs(a * d - b * c)
        elif operator in (b"Tj", b"'", b'"', b"TJ"):
            parts = values[-1] if isinstance(values[-1], list) else values[-1:]
            self._program.shown[self._font] += sum(len(part) for part in parts if isinstance(part, bytes))


_WATCHED = frozenset({*NAMED, *OUTSIDE_TEXT, b"BT", b"ET"})


def _bounded(program: Program) -> None:
    if program.operators > MAX_PAGE_OPERATORS:
        raise TooMuch("operators")
