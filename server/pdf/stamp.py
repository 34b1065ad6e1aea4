"""The visible signature: what it says, how it is laid out, and the PDF objects it needs.

Rules: it shows that somebody signed, the full name (wrapped, then made smaller, never cut) and the time as given; it is transparent, so
that it never hides a word of the document; a jade line at its left edge and a small seal at the right one mark it, and show how far it
reaches. Everything but the time depends on signer, look and box, and is made once; per document only the time's glyphs are written into
the ready appearance."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from server.assets.font_files import FONTS_FOLDER, STAMP_FONTS, WIDE_FONT_FILE, locate_font
from server.pdf.pdf_syntax import ObjectEncryption, write_object
from server.pdf.stamp_font import OBJECTS_PER_FONT, FontSubset, ShapedText, StampFont, clean_text

# Tokens of the look (ink, ink-2, jade) as DeviceRGB operands.
INK, INK_2, JADE = b"0.078 0.149 0.227", b"0.318 0.376 0.435", b"0.043 0.478 0.357"
LABELS = {"vi": "Ký số bởi", "en": "Digitally signed by"}
TIME_ALPHABET = "0123456789/:.,-+ ()TUCGMZh"
LARGEST_TEXT, TEXT_STEP, BAR_WIDTH, BREAK_WORDS_BELOW = 15.0, 0.96, 1.8, 6.0
SMALL_TEXT = 0.74  # label and time, relative to the name
# Line heights relative to the text's size. Vietnamese capitals carry two marks (Ấ, Ặ): they reach 1.17
# above and 0.25 below the baseline.
NAME_ASCENT, NAME_LEADING, DESCENT, SMALL_LEADING = 1.17, 1.34, 0.27, 1.42
# sRGB, near enough: what RGB means in a PDF/A whose output intent has no RGB (ISO 32000-2 8.6.5.3, 8.6.5.6; IEC 61966-2-1).
_CALIBRATED = (
    b"/ColorSpace<</DefaultRGB[/CalRGB<</WhitePoint[0.9505 1 1.089]/Gamma[2.2 2.2 2.2]"
    b"/Matrix[0.4124 0.2126 0.0193 0.3576 0.7152 0.1192 0.1805 0.0722 0.9505]>>]>>"
)
MAX_CACHED = 64

Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(frozen=True)
class StampLook:
    """How all stamps of one kind look. ``seal``: draw the small seal mark where there is room."""

    language: Literal["vi", "en"] = "vi"
    seal: bool = True


class StampFonts:
    """The two fonts of the stamp, and the wide one for names that the second has not every letter of; loaded
    once per process. Raises AssetMissing when set-up has not brought them."""

    def __init__(self, folder: Path = FONTS_FOLDER) -> None:
        self.regular, self.semibold, self.wide = (
            StampFont(locate_font(name, folder)) for name in (*STAMP_FONTS, WIDE_FONT_FILE)
        )

    def for_name(self, name: str) -> StampFont:
        """A name stands in one font, whole: no letter without its marks, none that looks like another."""
        return self.semibold if self.semibold.has_all(clean_text(name)) else self.wide

    def shown(self, name: str) -> str:
        """What will be drawn for a name: itself, or for what no font has, the numbers of its characters."""
        return self.for_name(name).shown(name)


@dataclass(frozen=True)
class _Layout:
    """Sizes and places in points; ``top`` is the upper edge of the block of text, which is centred."""

    text_size: float
    lines: tuple[ShapedText, ...]
    margin: float
    seal: float
    left: float
    top: float


class Stamp:
    """One signer's stamp of one size: everything but the time. Immutable after it is made."""

    def __init__(self, fonts: "_SignerFonts", look: StampLook, width: float, height: float, time_width: int) -> None:
        self.width, self.height = width, height
        self._fonts = fonts
        layout = _lay_out(fonts, look, width, height, time_width)
        self._before_time = _draw_all_but_time(fonts, layout, width, height)
        self._after_time = b"> Tj\nET\nQ\n"

    def content(self, time_text: str) -> bytes:
        """The appearance's content stream."""
        glyphs = self._fonts.time_glyphs
        return self._before_time + b"".join(glyphs[c] for c in time_text) + self._after_time

    def objects(
        self,
        first_number: int,
        time_text: str,
        matrix: bytes,
        encryption: ObjectEncryption,
        *,
        cid_sets: bool = False,
        calibrated: bool = False,
    ) -> list[bytes]:
        """The appearance (number ``first_number``) and its fonts; stamp_objects() in all, numbered on. ``cid_sets``,
        ``calibrated``: for PDF/A, see conformance.py."""
        regular, semibold = first_number + 1, first_number + 1 + _font_objects(cid_sets=cid_sets)
        appearance = write_object(
            first_number,
            b"/Type/XObject/Subtype/Form/FormType 1/BBox[0 0 %.3f %.3f]/Matrix[%b]"
            b"/Resources<</Font<</F1 %d 0 R/F2 %d 0 R>>%b>>"
            % (self.width, self.height, matrix, regular, semibold, _CALIBRATED if calibrated else b""),
            encryption.stream(first_number, self.content(time_text)),
        )
        return [
            appearance,
            *self._fonts.regular.objects(regular, encryption, cid_set=cid_sets),
            *self._fonts.semibold.objects(semibold, encryption, cid_set=cid_sets),
        ]


def _font_objects(*, cid_sets: bool) -> int:
    return OBJECTS_PER_FONT + cid_sets


def stamp_objects(*, cid_sets: bool) -> int:
    """How many objects a stamp has."""
    return 1 + 2 * _font_objects(cid_sets=cid_sets)


def nothing_shown(number: int, encryption: ObjectEncryption) -> bytes:
    """The appearance of a widget without area, where a standard wants one."""
    return write_object(number, b"/Type/XObject/Subtype/Form/FormType 1/BBox[0 0 0 0]", encryption.stream(number, b""))


class _SignerFonts:
    """Shaped runs and font subsets for one name and one alphabet of the time."""

    def __init__(self, fonts: StampFonts, look: StampLook, name: str, alphabet: str) -> None:
        self.label = fonts.regular.shape(LABELS[look.language])
        of_name = fonts.for_name(name)
        self.words = tuple(of_name.shape(word) for word in (name.split(" ") if name else ["?"]))
        self.space = of_name.shape(" ")
        single = {character: fonts.regular.shape(character) for character in alphabet}
        self.regular = FontSubset(fonts.regular, [self.label, *single.values()])
        self.semibold = FontSubset(of_name, [*self.words, self.space])
        self.time_glyphs = {
            character: b"".join(self.regular.cid_hex(glyph) for glyph, _, _, _ in run.glyphs)
            for character, run in single.items()
        }
        self._widths = {character: run.width for character, run in single.items()}
        self._widest_digit = max(self._widths[digit] for digit in "0123456789")

    def time_width(self, time_text: str) -> int:
        """Width in 1/1000 of the size, the same for every time of the same form."""
        return sum(self._widest_digit if c.isdigit() else self._widths[c] for c in time_text)


class StampMaker:
    """Makes and keeps the stamps of one look; one per worker. Not for use by several threads at once."""

    def __init__(self, fonts: StampFonts, look: StampLook | None = None) -> None:
        self._fonts = fonts
        self._look = look or StampLook()
        self._signer_fonts: OrderedDict[tuple[str, str], _SignerFonts] = OrderedDict()
        self._stamps: OrderedDict[tuple[str, str, float, float, int], Stamp] = OrderedDict()

    def stamp(self, name: str, time_text: str, width: float, height: float) -> Stamp:
        """The stamp for a signer, for a box of this size in points, with room for a time of this form."""
        extra = "".join(sorted(set(time_text) - set(TIME_ALPHABET)))
        return self._stamp(name, extra, time_text, round(width, 3), round(height, 3))

    def _stamp(self, name: str, extra: str, time_text: str, width: float, height: float) -> Stamp:
        fonts = _cached(
            self._signer_fonts,
            (name, extra),
            lambda: _SignerFonts(self._fonts, self._look, clean_text(name), TIME_ALPHABET + extra),
        )
        time_width = fonts.time_width(time_text)
        return _cached(
            self._stamps,
            (name, extra, width, height, time_width),
            lambda: Stamp(fonts, self._look, width, height, time_width),
        )


def _cached(cache: OrderedDict[Key, Value], key: Key, make: Callable[[], Value]) -> Value:
    value = cache.get(key)
    if value is None:
        value = cache[key] = make()
        if len(cache) > MAX_CACHED:
            cache.popitem(last=False)
    else:
        cache.move_to_end(key)
    return value


def _broken(word: ShapedText, room: float) -> list[ShapedText]:
    """A word in pieces of at most ``room``, at least one glyph each."""
    pieces: list[ShapedText] = []
    start, width = 0, 0
    for index, (_, _, advance, _) in enumerate(word.glyphs):
        if width + advance > room and index > start:
            pieces.append(ShapedText(word.glyphs[start:index], width))
            start, width = index, 0
        width += advance
    return [*pieces, ShapedText(word.glyphs[start:], width)]


def _wrap(fonts: _SignerFonts, room: float, *, may_break: bool) -> tuple[ShapedText, ...] | None:
    """The name's words in lines of at most ``room`` (1/1000 of the size), or None when a word is wider and
    may not be broken."""
    lines: list[ShapedText] = []
    for word in fonts.words:
        if word.width > room:
            if not may_break:
                return None
            lines.extend(_broken(word, room))
        elif lines and lines[-1].width + fonts.space.width + word.width <= room:
            joined = lines[-1].glyphs + fonts.space.glyphs + word.glyphs
            lines[-1] = ShapedText(joined, lines[-1].width + fonts.space.width + word.width)
        else:
            lines.append(word)
    return tuple(lines)


def _lay_out(fonts: _SignerFonts, look: StampLook, width: float, height: float, time_width: int) -> _Layout:
    """The largest text that fits the box whole."""
    margin = min(7.0, max(1.0, 0.09 * min(width, height)))
    seal = min(height - 2 * margin, 0.2 * width, 30.0) if look.seal else 0.0
    seal = seal if seal >= 12.0 and width >= 1.5 * height else 0.0
    left = BAR_WIDTH + margin
    room_x, room_y = width - left - margin - (seal + margin if seal else 0.0), height - margin
    size = LARGEST_TEXT
    while True:
        small = size * SMALL_TEXT
        lines = _wrap(fonts, 1000 * room_x / size, may_break=size < BREAK_WORDS_BELOW)
        widest_small = max(fonts.label.width, time_width) * small / 1000
        rows = len(lines or ())
        used = 2 * small * SMALL_LEADING + size * (NAME_ASCENT + DESCENT + (rows - 1) * NAME_LEADING)
        if lines is not None and widest_small <= room_x and used <= room_y:
            return _Layout(size, lines, margin, seal, left, (height + used) / 2)
        size *= TEXT_STEP


def _draw_all_but_time(fonts: _SignerFonts, layout: _Layout, width: float, height: float) -> bytes:
    """The content stream up to the time's first glyph."""
    size, small = layout.text_size, layout.text_size * SMALL_TEXT
    parts = [b"q\n%b rg\n0 0 %.3f %.3f re f\n" % (JADE, BAR_WIDTH, height)]
    if layout.seal:
        parts.append(_draw_seal(width - layout.margin - layout.seal / 2, height / 2, layout.seal / 2))
    baseline = layout.top - small * (SMALL_LEADING - DESCENT)
    label = fonts.regular.show(fonts.label)
    parts.append(
        b"BT\n%b rg\n/F1 %.3f Tf\n1 0 0 1 %.3f %.3f Tm\n%b TJ\n" % (INK_2, small, layout.left, baseline, label)
    )
    baseline -= small * DESCENT + size * NAME_ASCENT
    parts.append(b"%b rg\n/F2 %.3f Tf\n" % (INK, size))
    for line in layout.lines:
        parts.append(b"1 0 0 1 %.3f %.3f Tm\n%b TJ\n" % (layout.left, baseline, fonts.semibold.show(line)))
        baseline -= size * NAME_LEADING
    baseline += size * (NAME_LEADING - DESCENT) - small * (SMALL_LEADING - DESCENT)
    parts.append(b"%b rg\n/F1 %.3f Tf\n1 0 0 1 %.3f %.3f Tm\n<" % (INK_2, small, layout.left, baseline))
    return b"".join(parts)


def _draw_seal(x: float, y: float, radius: float) -> bytes:
    """A jade disc with a thin ring around it and a white tick."""

    def circle(r: float) -> bytes:
        k = r * 0.5523
        return (
            b"%.3f %.3f m %.3f %.3f %.3f %.3f %.3f %.3f c %.3f %.3f %.3f %.3f %.3f %.3f c "
            b"%.3f %.3f %.3f %.3f %.3f %.3f c %.3f %.3f %.3f %.3f %.3f %.3f c h\n"
        ) % (
            x + r, y, x + r, y + k, x + k, y + r, x, y + r, x - k, y + r, x - r, y + k, x - r, y,
            x - r, y - k, x - k, y - r, x, y - r, x + k, y - r, x + r, y - k, x + r, y,
        )  # fmt: skip

    tick = (
        x - 0.34 * radius,
        y + 0.02 * radius,
        x - 0.08 * radius,
        y - 0.25 * radius,
        x + 0.36 * radius,
        y + 0.27 * radius,
    )
    return b"%b RG\n%.3f w\n%bS\n%bf\n1 1 1 RG\n%.3f w\n1 J 1 j\n%.3f %.3f m %.3f %.3f l %.3f %.3f l S\n" % (
        JADE, 0.07 * radius, circle(0.965 * radius), circle(0.8 * radius), 0.15 * radius, *tick,
    )  # fmt: skip
