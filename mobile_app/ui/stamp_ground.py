"""Whether a stamp would lie over something: the page before the signature is looked at where the stamp will stand. No Kivy here.

Rules: even ground of any colour is empty. Anything else is content: text, a ruled line, a watermark, a picture, a form field. It counts
from ``LEVELS`` of 255 in red, green or blue on, over more than ``SHARE`` of the stamp: paler than a person would notice, or smaller than
a full stop, is left out. Where the stamp fills a field that stood there, what fields show is no content: the field's own look gives way.
"""

import math
from collections import Counter
from typing import Final

from mobile_app.device.document_checks.stamp_place import StampPlace
from mobile_app.ui.page_picture import PagePicture

LEVELS: Final = 24
SHARE: Final = 0.005
_STAMP_PIXELS: Final = 160
"""The stamp's width in the picture: letters of 8 points still leave ink there."""
_NARROWEST, _WIDEST = 240, 1000


def width_to_look_at(stamp: StampPlace) -> int:
    """Of the page's picture, in pixels."""
    return min(_WIDEST, max(_NARROWEST, math.ceil(_STAMP_PIXELS / (stamp.right - stamp.left))))


def lies_over_content(page: PagePicture, stamp: StampPlace) -> bool:
    """``page``: as it was before the signature."""
    colours = _colours(page, stamp)
    total = colours.total()
    ground = colours.most_common(1)[0][0] if total else 0
    other = sum(count for colour, count in colours.items() if _differ(colour, ground))
    return other > total * SHARE


def _colours(page: PagePicture, stamp: StampPlace) -> Counter[int]:
    """How often each stands in the stamp's place. A pixel at the edge is left out: what borders on it is beside it."""
    left, right = _inside(stamp.left * page.width, stamp.right * page.width, page.width)
    top, bottom = _inside(stamp.top * page.height, stamp.bottom * page.height, page.height)
    pixels = memoryview(page.pixels)
    found: Counter[int] = Counter()
    for row in range(top, bottom):
        start = row * page.width
        found.update(pixels[(start + left) * 4 : (start + right) * 4].cast("I"))
    return found


def _inside(low: float, high: float, most: int) -> tuple[int, int]:
    first, last = max(0, math.ceil(low)), min(most, math.floor(high))
    if last - first > 4:
        return first + 1, last - 1
    return min(first, most - 1), max(last, min(first, most - 1) + 1)


def _differ(one: int, other: int) -> bool:
    """Of two pixels, in the order of the machine's bytes: red, green and blue come first in memory."""
    first, second = one.to_bytes(4, _ORDER), other.to_bytes(4, _ORDER)
    return any(abs(first[at] - second[at]) > LEVELS for at in range(3))


_ORDER: Final = "little" if memoryview(b"\x01\0\0\0").cast("I")[0] == 1 else "big"
