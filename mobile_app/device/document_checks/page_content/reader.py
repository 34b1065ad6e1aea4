"""Reads a content stream word by word: the grammar of ISO 32000-2, 7.8.2 and annex A, and what the stream does.

Rules:
* every word is an operand of an operator of the table, in a place where the operator may stand;
* no ``Q`` without its ``q`` (what is left saved at the end is restored by all viewers alike); texts and paths are ended;
* nothing unknown between ``BX`` and ``EX`` either; ``d0`` and ``d1`` come first in their stream, or not at all.
Streams of a page are read in order as one (7.8.2); words don't reach from one into the next.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from mobile_app.device.document_checks.document import refuse
from mobile_app.device.document_checks.page_content.brackets import KEYWORDS, Brackets
from mobile_app.device.document_checks.page_content.dots import PATH_WORDS, Dots
from mobile_app.device.document_checks.page_content.inline_images import read_inline_image
from mobile_app.device.document_checks.page_content.operators import (
    CLIP,
    CLIP_FIRST,
    OPERATORS,
    PAGE,
    check_dashes,
    check_inks,
    check_value,
)
from mobile_app.device.document_checks.page_content.summary import InlineImage, Paint, Summary
from mobile_app.device.document_checks.page_content.tokens import (
    COMMENT,
    NAMED,
    NUMBER,
    STRING,
    Token,
    check_dictionary,
    read_tokens,
)
from mobile_app.device.document_checks.syntax import name_of

_GRAY: Final = b"DeviceGray"
_MAX_OPERANDS: Final = 40
_BEGINS_NUMBER: Final = frozenset(bytes((byte,)) for byte in b"0123456789+-.")
_CLOSED: Final = frozenset((b"]", b">>"))
_COLOUR: Final = frozenset((b"sc", b"SC", b"scn", b"SCN"))
_PAINTED: Final = re.compile("n{1,32}N?|N")
_REGULAR: Final = re.compile(rb"[^\x00\t\n\x0c\r ()<>\[\]{}/%]")
_INKS: Final = frozenset((b"k", b"K"))
_DEVICE: Final = {b"g": _GRAY, b"rg": b"DeviceRGB", b"k": b"DeviceCMYK"}
# What q saves: the spaces of filling and stroking, the font, the mode of text (9.3.6).
_FONT, _MODE = 2, 3
_DRAWN_MODES: Final = frozenset((None, b"0", b"1", b"2", b"3"))


class ContentReader:
    """Reads the streams of one owner (a page, form, pattern cell or glyph). ``own_colour``: it begins with black (a page),
    otherwise with whatever its caller has. With ``shown`` the codes of every font are counted, by the font's name."""

    def __init__(self, *, own_colour: bool, shown: dict[bytes | None, Counter[bytes]] | None = None) -> None:
        first = _GRAY if own_colour else None
        self._now: list[bytes | None] = [first, first, None, None]
        self._saved: list[list[bytes | None]] = []
        self._state = PAGE
        self._ends_in_comment = False
        self._clips = False
        self._kinds = ""
        self._operands: list[bytes] = []
        self._array: list[Token] = []
        self._open: Brackets | None = None
        self._shown = shown
        self._length = self._operators = self._deepest = self._compatible = 0
        self._drawn: Counter[bytes] = Counter()
        self._states: Counter[bytes] = Counter()
        self._names: dict[bytes, set[bytes]] = {word: set() for word in (b"Tf", b"cs", b"CS", b"sh")}
        self._paints: Counter[Paint] = Counter()
        self._images: list[InlineImage] = []
        self._glyph_kind = b""
        self._colours = self._optional = False
        self._dots = Dots()

    def read(self, data: bytes) -> None:
        """Read one stream. Raises ``doc_content``."""
        self._length += len(data)
        position: int | None = 0
        while position is not None:
            position = self._read_from(data, position)

    def check_border(self, before: bytes, after: bytes) -> None:
        """Some viewers put white space between two streams, others don't: operands must not touch there."""
        if self._ends_in_comment:
            refuse("doc_content", "comment")
        inside = self._open.words if self._open is not None else None
        if (self._operands or inside is not None) and _REGULAR.match(before[-1:]) and _REGULAR.match(after):
            is_number = (inside[-1][0] if inside else self._kinds[-1:]) == NUMBER
            if not is_number or after[:1] in _BEGINS_NUMBER:
                refuse("doc_content", "stream_border")

    def _read_from(self, data: bytes, start: int) -> int | None:
        """Read up to the end (None) or the end of an inline image (where it is)."""
        tokens = read_tokens(data, start)
        if self._open is not None:
            self._collect(tokens, self._open)
        for kind, text, position in tokens:
            if kind == COMMENT:
                self._ends_in_comment = position == len(data)
            elif kind != "w":
                if len(self._operands) >= _MAX_OPERANDS:
                    refuse("doc_content", "operands")
                self._kinds += kind
                self._operands.append(text)
            elif text == b"[" or text == b"<<":
                self._collect(tokens, Brackets(text))
            elif text == b"BI":
                self._operator(b"BI")
                image, end = read_inline_image(data, position)
                self._images.append(image)
                return end
            else:
                self._operator(text)
        return None

    def finish(self) -> Summary:
        """What was read, if it ends where it may."""
        if self._open is not None:
            refuse("doc_content", "bracket")
        if self._operands:
            refuse("doc_content", "operands")
        if self._state != PAGE:
            refuse("doc_content", "place")
        if self._compatible:
            refuse("doc_content", "compatibility")
        return Summary(
            length=self._length,
            operators=self._operators,
            saved_states=self._deepest,
            drawn=tuple(sorted(self._drawn.items())),
            fonts=frozenset(self._names[b"Tf"]),
            graphics_states=tuple(sorted(self._states.items())),
            spaces=frozenset(self._names[b"cs"] | self._names[b"CS"]),
            shadings=frozenset(self._names[b"sh"]),
            paints=tuple(sorted(self._paints.items(), key=repr)),
            images=tuple(self._images),
            glyph_kind=self._glyph_kind,
            sets_colours=self._colours,
            has_optional_content=self._optional,
            has_dots=self._dots.drawn,
        )

    def _collect(self, tokens: Iterator[Token], brackets: Brackets) -> None:
        """Read on in an array or dictionary, which becomes one operand."""
        self._open = None if brackets.read(tokens) else brackets
        if self._open is None:
            self._add_collected(brackets)

    def _add_collected(self, brackets: Brackets) -> None:
        if brackets.is_dictionary:
            check_dictionary(brackets.words)
            self._kinds += "d"
        else:
            kinds = {kind for kind, _, _ in brackets.words}
            if kinds - {NUMBER, STRING}:
                refuse("doc_content", "operands")
            self._kinds += "t" if STRING in kinds else "a"
            self._array = brackets.words
        self._operands.append(b"")

    def _operator(self, word: bytes) -> None:
        rule = OPERATORS.get(word)
        if rule is None:
            what = "number" if word[:1] in _BEGINS_NUMBER else "bracket" if word in _CLOSED else "operator"
            what = "operands" if word in KEYWORDS else what
            refuse("doc_content", what, operator=word[:8].decode("latin-1"))
        operands, states, after = rule
        if self._kinds not in operands and not (word in _COLOUR and _PAINTED.fullmatch(self._kinds)):
            refuse("doc_content", "operands", operator=word.decode("ascii"))
        if self._state not in states:
            refuse("doc_content", "place", operator=word.decode("ascii"))
        if after is not None:
            self._state = CLIP_FIRST if after == CLIP and self._state == PAGE else after
        self._operators += 1
        effect = _EFFECTS.get(word)
        if effect is not None:
            effect(self, word)
        elif word in PATH_WORDS:
            self._dots.read(word, self._operands)
        if self._kinds:
            self._kinds = ""
            self._operands.clear()

    def _save(self, _: bytes) -> None:
        self._saved.append(self._now.copy())
        self._deepest = max(self._deepest, len(self._saved))

    def _restore(self, _: bytes) -> None:
        if not self._saved:
            refuse("doc_content", "saved_state")
        self._now = self._saved.pop()

    def _value(self, word: bytes) -> None:
        check_value(word, self._operands[0])
        if word == b"Tr":
            self._now[_MODE] = self._operands[0]

    def _dash(self, _: bytes) -> None:
        check_dashes([text for _, text, _ in self._array], self._operands[1])

    def _name(self, word: bytes) -> None:
        name = self._operands[0]
        self._names[word].add(name)
        if word == b"Tf":
            self._now[_FONT] = name
        elif word == b"cs" or word == b"CS":
            self._now[word == b"CS"] = name
            self._colours = True
        elif word == b"sh":
            self._colours = True

    def _colour(self, word: bytes) -> None:
        self._colours = True
        self._now[word[:1].isupper()] = _DEVICE[word.lower()]
        if word in _INKS:
            check_inks(word, self._operands)

    def _paint(self, word: bytes) -> None:
        self._colours = True
        named = self._kinds[-1:] == NAMED
        is_scn = word.lower() == b"scn"
        if named and not is_scn:
            refuse("doc_content", "operands", operator=word.decode("ascii"))
        pattern = self._operands[-1] if named else None
        space = self._now[word[:1].isupper()]
        self._paints[Paint(space, len(self._operands) - named, pattern, is_scn)] += 1

    def _draw(self, _: bytes) -> None:
        self._drawn[self._operands[0]] += 1

    def _state_set(self, _: bytes) -> None:
        self._states[self._operands[0]] += 1

    def _begin_text(self, _: bytes) -> None:
        self._clips = False

    def _show(self, word: bytes) -> None:
        clips = self._now[_MODE] not in _DRAWN_MODES
        if self._clips and not clips:
            # Viewers end the clipping path in different places.
            refuse("doc_content", "place", operator=word.decode("ascii"))
        self._clips = clips
        if self._shown is not None:
            counted = self._shown.setdefault(self._now[_FONT], Counter())
            if self._kinds in ("t", "a"):
                counted.update(text for kind, text, _ in self._array if kind == STRING)
            else:
                counted[self._operands[-1]] += 1

    def _mark(self, _: bytes) -> None:
        if name_of(self._operands[0]) == "OC":
            self._optional = True

    def _glyph(self, word: bytes) -> None:
        if self._operators != 1:
            refuse("doc_content", "place", operator=word.decode("ascii"))
        self._glyph_kind = word

    def _compatibility(self, word: bytes) -> None:
        self._compatible += 1 if word == b"BX" else -1
        if self._compatible < 0:
            refuse("doc_content", "compatibility")


_EFFECTS: Final[dict[bytes, Callable[[ContentReader, bytes], None]]] = {
    b"q": ContentReader._save,
    b"Q": ContentReader._restore,
    b"d": ContentReader._dash,
    b"Do": ContentReader._draw,
    b"BT": ContentReader._begin_text,
    b"gs": ContentReader._state_set,
    b"BX": ContentReader._compatibility,
    b"EX": ContentReader._compatibility,
    **dict.fromkeys((b"w", b"J", b"j", b"M", b"Tr", b"Tz"), ContentReader._value),
    **dict.fromkeys((b"Tf", b"cs", b"CS", b"sh"), ContentReader._name),
    **dict.fromkeys((b"g", b"G", b"rg", b"RG", b"k", b"K"), ContentReader._colour),
    **dict.fromkeys((b"sc", b"SC", b"scn", b"SCN"), ContentReader._paint),
    **dict.fromkeys((b"Tj", b"TJ", b"'", b'"'), ContentReader._show),
    **dict.fromkeys((b"BMC", b"BDC", b"MP", b"DP"), ContentReader._mark),
    **dict.fromkeys((b"d0", b"d1"), ContentReader._glyph),
}


def read_streams(
    streams: Sequence[bytes], *, own_colour: bool, shown: dict[bytes | None, Counter[bytes]] | None = None
) -> Summary:
    """Read the streams of one owner, in order. Raises ``doc_content``."""
    reader = ContentReader(own_colour=own_colour, shown=shown)
    before = b""
    for data in streams:
        if data:
            reader.check_border(before, data)
            reader.read(data)
            before = data
    return reader.finish()
