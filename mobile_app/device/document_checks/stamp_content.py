"""The stamp's content stream, operator by operator as the server writes it (ISO 32000-2, 8.5 and 9.4).

A bar at the left edge, a seal where there is room, one line of label, the name in lines, one line of time. Colours,
the bar, and the seal's form are fixed; what is left to the server are the places, within the box, and the letters. So
nothing is there that one viewer knows and another does not (no state, clipping, image, shading, marked content, no
error to recover from), and nothing that paints the page over: the one white line lies on the seal.
"""

import re
from functools import lru_cache
from typing import Final, NamedTuple

_N: Final = rb"\d{1,5}\.\d{3}"
# More than nothing: viewers differ on lines and letters of no size.
_SIZE: Final = rb"(?!0\.000 )\d{1,2}\.\d{3} "
_JADE: Final = rb"0\.043 0\.478 0\.357 "
_INK: Final = rb"0\.078 0\.149 0\.227 "
_PALE_INK: Final = rb"0\.318 0\.376 0\.435 "
_WHITE: Final = rb"1 1 1 "
_TEXT_ARRAY: Final = rb"\[(?:<(?:[0-9a-f]{4})*+>-?\d{1,4})*+<(?:[0-9a-f]{4})*+>\]"
_POINT: Final = _N + rb" " + _N + rb" "
_PLACE: Final = rb"1 0 0 1 " + _POINT + rb"Tm\n"
_CIRCLE: Final = _POINT + rb"m " + (_POINT * 3 + rb"c ") * 4 + rb"h\n"
_SEAL: Final = (
    _JADE + rb"RG\n(" + _SIZE + rb"w\n" + _CIRCLE + rb"S\n" + _CIRCLE + rb"f\n)" + _WHITE + rb"RG\n"
    rb"(" + _SIZE + rb"w\n1 J 1 j\n" + _POINT + rb"m " + (_POINT + rb"l ") * 2 + rb"S\n)"
)  # fmt: skip
_STAMP: Final = re.compile(
    rb"q\n" + _JADE + rb"rg\n(0 0 1\.800 " + _N + rb" re f\n)(?:" + _SEAL + rb")?"
    rb"BT\n" + _PALE_INK + rb"rg\n/F1 (" + _SIZE + rb"Tf\n" + _PLACE + rb")(" + _TEXT_ARRAY + rb") TJ\n"
    + _INK + rb"rg\n/F2 (" + _SIZE + rb"Tf\n)((?:" + _PLACE + _TEXT_ARRAY + rb" TJ\n)++)"
    + _PALE_INK + rb"rg\n/F1 (" + _SIZE + rb"Tf\n" + _PLACE + rb")(<(?:[0-9a-f]{4})*+>) Tj\nET\nQ\n"
)  # fmt: skip
_NUMBER: Final = re.compile(_N)
_SHOWN: Final = re.compile(rb"<([0-9a-f]*)>")

# The seal by its radius: ring and disc, the lines' widths, the tick's three points; four curves make a circle.
_RING, _DISC, _RING_WIDTH, _TICK_WIDTH = 0.965, 0.8, 0.07, 0.15
_TICK: Final = (-0.34, 0.02, -0.08, -0.25, 0.36, 0.27)
_BEND: Final = 0.5523
_CURVES: Final = (
    (1, 0), (1, _BEND), (_BEND, 1), (0, 1), (-_BEND, 1), (-1, _BEND), (-1, 0),
    (-1, -_BEND), (-_BEND, -1), (0, -1), (_BEND, -1), (1, -_BEND), (1, 0),
)  # fmt: skip
_LARGEST_SEAL: Final = 15.01
_ROUNDING: Final = 0.005


class StampContent(NamedTuple):
    """The highest glyph number drawn of each font, and how far right or up anything is placed, in units of the box."""

    first_font: int
    second_font: int
    reach: float


@lru_cache(64)  # the documents of a batch carry one stamp
def read_stamp_content(content: bytes) -> StampContent | None:
    """Return what the stamp draws; ``None`` for other content than the server writes."""
    found = _STAMP.fullmatch(content)
    if found is None:
        return None
    bar, ring, tick, label_place, label, name_size, name, time_place, time = found.groups()
    if ring is not None and not _is_seal(_numbers(ring), _numbers(tick)):
        return None
    placed = b" ".join((bar, ring or b"", tick or b"", label_place, name_size, name, time_place))
    return StampContent(max(_highest(label), _highest(time)), _highest(name), max(_numbers(placed)))


def _is_seal(rings: list[float], tick: list[float]) -> bool:
    """Say whether the numbers draw a ring, a disc within it, and a tick on the disc."""
    across, up, ring = rings[7], rings[2], rings[1] - rings[7]
    radius = ring / _RING
    wanted = [_RING_WIDTH * radius]
    for part in (_RING, _DISC):
        wanted += [
            centre + part * radius * side for point in _CURVES for centre, side in zip((across, up), point, strict=True)
        ]
    wanted += [_TICK_WIDTH * radius]
    wanted += [centre + radius * side for centre, side in zip((across, up) * 3, _TICK, strict=True)]
    drawn = [*rings, *tick]
    return radius <= _LARGEST_SEAL and all(
        abs(one - other) <= _ROUNDING for one, other in zip(drawn, wanted, strict=True)
    )


def _numbers(text: bytes) -> list[float]:
    return [float(number) for number in _NUMBER.findall(text)]


def _highest(text: bytes) -> int:
    """Return the highest of the four-digit glyph numbers in the strings of the text, 0 if there is none."""
    glyphs = b"".join(_SHOWN.findall(text))
    return max((int(glyphs[at : at + 4], 16) for at in range(0, len(glyphs), 4)), default=0)
