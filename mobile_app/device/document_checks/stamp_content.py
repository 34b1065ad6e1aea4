"""The stamp's content stream, operator by operator as the server writes it (ISO 32000-2, 8.5 and 9.4).

A bar, a seal where there is room, one line of label, the name in lines, one line of time. Colours, sizes and
places are the server's to choose; the operators and their order are not. So nothing is left that one viewer
knows and another does not: no state, no clipping, no image, no shading, no marked content, no error to recover from.
"""

import re
from functools import lru_cache
from typing import Final

_N: Final = rb"-?\d{1,5}(?:\.\d{1,3})?"
_COLOUR: Final = rb"(?:0|1|0\.\d{1,3}) (?:0|1|0\.\d{1,3}) (?:0|1|0\.\d{1,3}) "
# More than nothing: viewers differ on lines and letters of no size.
_WIDTH: Final = rb"(?!0\.000 )\d{1,3}\.\d{3} "
_HEX: Final = rb"<((?:[0-9a-f]{4})*+)>"
_TEXT_ARRAY: Final = rb"\[(?:<(?:[0-9a-f]{4})*+>-?\d{1,5})*+<(?:[0-9a-f]{4})*+>\]"
_PLACE: Final = rb"1 0 0 1 " + _N + rb" " + _N + rb" Tm\n"
_POINT: Final = _N + rb" " + _N + rb" "
_CURVE: Final = _POINT + _POINT + _POINT + rb"c "
_CIRCLE: Final = _POINT + rb"m " + _CURVE * 4 + rb"h\n"
_SEAL: Final = (
    _COLOUR + rb"RG\n" + _WIDTH + rb"w\n" + _CIRCLE + rb"S\n" + _CIRCLE + rb"f\n"
    + _COLOUR + rb"RG\n" + _WIDTH + rb"w\n1 J 1 j\n" + _POINT + rb"m " + (_POINT + rb"l ") * 2 + rb"S\n"
)  # fmt: skip
_STAMP: Final = re.compile(
    rb"q\n" + _COLOUR + rb"rg\n0 0 " + _POINT + rb"re f\n(?:" + _SEAL + rb")?"
    rb"BT\n" + _COLOUR + rb"rg\n/F1 " + _WIDTH + rb"Tf\n" + _PLACE + rb"(" + _TEXT_ARRAY + rb") TJ\n"
    + _COLOUR + rb"rg\n/F2 " + _WIDTH + rb"Tf\n((?:" + _PLACE + _TEXT_ARRAY + rb" TJ\n)++)"
    + _COLOUR + rb"rg\n/F1 " + _WIDTH + rb"Tf\n" + _PLACE + _HEX + rb" Tj\nET\nQ\n"
)  # fmt: skip
_SHOWN: Final = re.compile(rb"<([0-9a-f]*)>")


@lru_cache(64)  # the documents of a batch carry one stamp
def read_stamp_content(content: bytes) -> tuple[int, int] | None:
    """Return the highest glyph number drawn of the first and of the second font; ``None`` for other content."""
    found = _STAMP.fullmatch(content)
    if found is None:
        return None
    return max(_highest(found[1]), _highest(b"<%b>" % found[3])), _highest(found[2])


def _highest(text: bytes) -> int:
    """Return the highest of the four-digit glyph numbers in the strings of an array, 0 if there is none."""
    glyphs = b"".join(_SHOWN.findall(text))
    return max((int(glyphs[at : at + 4], 16) for at in range(0, len(glyphs), 4)), default=0)
