"""How text from outside is shown so that all of it can be seen: nobody signs for a name that is a blank.

Rules:
* What the screens' font has no sign for is drawn in a wide one, label by label; what that has no sign for either stands as its number
  ([U+20BB7]), as on the stamp. Never an empty box: two names that differ look different.
* Whatever has no width of its own (joiners, fillers, separators of lines) is left out, and any run of spaces is one space.
* Where nothing is left to be seen, the characters' numbers stand in its place.
* Only the drawing changes: what a screen holds, and what is signed, stays as it came.
"""

import re
import struct
import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from mobile_app.ui import theme

OTHER_FONT: Final = str(theme.WIDE_FONT)
_UNSEEN: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0" + "".join(map(chr, range(0xFE00, 0xFE10))))
"""Letters and marks by their category, and yet blank."""
_SPACES: Final = re.compile(r"[^\S\n]{2,}")
_NUMBERS_SHOWN: Final = 4
_SCREENS_FONT: Final = theme.FONT_FOLDER / theme.FONT_FILES[0]


@lru_cache(maxsize=4096)
def visible(text: str) -> str:
    if text.isascii():
        return text
    left = _SPACES.sub(" ", "".join(one if _is_drawn(one) else f"[U+{ord(one):04X}]" for one in text if _is_seen(one)))
    return left if left.strip() else " ".join(f"U+{ord(one):04X}" for one in sorted(set(text))[:_NUMBERS_SHOWN])


def _is_seen(one: str) -> bool:
    return unicodedata.category(one) not in ("Cf", "Zl", "Zp") and one not in _UNSEEN


def _is_drawn(one: str) -> bool:
    """By one of the two fonts. The wide one is read only when somebody needs it."""
    return one.isspace() or ord(one) in signs_of(_SCREENS_FONT) or ord(one) in signs_of(theme.WIDE_FONT)


@lru_cache(maxsize=4096)
def font_for(text: str) -> str:
    """The screens' font, or the wide one."""
    if text.isascii():
        return theme.FONT
    return theme.FONT if all(one in "\n\t " or ord(one) in signs_of(_SCREENS_FONT) for one in visible(text)) else OTHER_FONT


@cache
def signs_of(font: Path) -> frozenset[int]:
    """The code points that a font file has a sign for: its ``cmap`` of format 12, or of format 4 (OpenType 1.9, ``cmap``)."""
    content = font.read_bytes()
    tables = struct.unpack_from(">H", content, 4)[0]
    entries = [struct.unpack_from(">4sIII", content, 12 + 16 * at) for at in range(tables)]
    start = next(offset for name, _, offset, _ in entries if name == b"cmap")
    records = [struct.unpack_from(">HHI", content, start + 4 + 8 * at) for at in range(struct.unpack_from(">H", content, start + 2)[0])]
    of_form = {struct.unpack_from(">H", content, start + offset)[0]: start + offset for *_, offset in records}
    ranges = _ranges_12(content, of_form[12]) if 12 in of_form else _ranges_4(content, of_form[4])
    return frozenset(point for first, last in ranges for point in range(first, last + 1) if point != 0xFFFF)


def _ranges_12(content: bytes, at: int) -> list[tuple[int, int]]:
    groups = struct.unpack_from(">I", content, at + 12)[0]
    return [struct.unpack_from(">II", content, at + 16 + 12 * group) for group in range(groups)]


def _ranges_4(content: bytes, at: int) -> list[tuple[int, int]]:
    segments = struct.unpack_from(">H", content, at + 6)[0] // 2
    ends = struct.unpack_from(f">{segments}H", content, at + 14)
    starts = struct.unpack_from(f">{segments}H", content, at + 16 + 2 * segments)
    return list(zip(starts, ends, strict=True))
