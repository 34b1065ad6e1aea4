"""What can be measured of a screen: is a text cut off, does one thing lie over another, can each be hit by a thumb, can it be read.

Sizes are pixels at density 1, which is dp. What lies in a list that scrolls may lie outside the window; nothing else may.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kivy.core.window import Window
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.image import Image
from kivy.uix.label import Label
from kivy.uix.scrollview import ScrollView
from kivy.uix.textinput import TextInput
from PIL import Image as Picture

from mobile_app.ui.fitting import word_width
from mobile_app.ui.icons import Icon
from mobile_app.ui.widgets import Bar, CountdownRing, PinDots, TickBox
from tests.kivy.test_kivy_words_and_colours import contrast

LEAST_TOUCH = 48
LEAST_TEXT_CONTRAST = 4.5
LEAST_SIGN_CONTRAST = 3.0
LEAST_BODY = 120
THINGS = (Label, Icon, TickBox, TextInput, Bar, CountdownRing, PinDots, Image)
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Seen:
    widget: Any
    box: Box
    """left, bottom, right, top in the window."""
    clip: Box
    scroller: Any
    opacity: float

    @property
    def said(self) -> str:
        text = getattr(self.widget, "text", "") or getattr(self.widget, "label", "") or getattr(self.widget, "hint_text", "")
        return f"{type(self.widget).__name__} “{str(text)[:60]}”"

    @property
    def shown(self) -> Box:
        return common(self.box, self.clip)


def common(one: Box, other: Box) -> Box:
    return max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])


def has_area(box: Box, least: float = 2.0) -> bool:
    return box[2] - box[0] > least and box[3] - box[1] > least


def seen(widget: Any, clip: Box, scroller: Any = None, opacity: float = 1.0) -> Iterator[Seen]:
    """Everything under ``widget`` that has a size and is not hidden."""
    opacity *= widget.opacity
    if opacity == 0 or widget.width <= 1 or widget.height <= 1:
        return
    x, y = widget.to_window(*widget.pos)
    box = (x, y, x + widget.width, y + widget.height)
    yield Seen(widget, box, clip, scroller, opacity)
    if isinstance(widget, ScrollView):
        clip, scroller = common(clip, box), widget
    for child in widget.children:
        yield from seen(child, clip, scroller, opacity)


def ghosts(widget: Any, hidden: bool = False) -> Iterator[str]:
    """What can't be seen but still takes the finger from whatever lies there."""
    hidden = hidden or widget.opacity == 0
    if hidden and isinstance(widget, ButtonBehavior) and widget.width > 1 and widget.height > 1:
        yield f"{type(widget).__name__} “{getattr(widget, 'text', '')}” is hidden but can be touched"
    for child in widget.children:
        yield from ghosts(child, hidden)


def is_over(one: Any, other: Any) -> bool:
    while other is not None and other is not Window:
        if other is one:
            return True
        other = other.parent
    return False


def problems(pixels: Picture.Image) -> list[str]:
    """Of what stands in the window now, topmost layer only."""
    everything = list(seen(Window.children[0], (0.0, 0.0, float(Window.width), float(Window.height))))
    found = [problem for one in everything for problem in (*cut_off(one), *too_small(one), *hard_to_read(one, pixels))]
    found += ghosts(Window.children[0])
    found += blank(everything)
    return found + overlaps([one for one in everything if isinstance(one.widget, THINGS)]) + squeezed(everything)


def blank(everything: list[Seen]) -> list[str]:
    """However far it is scrolled, something is to be read, or a page to be seen."""
    scrollers = [one.widget for one in everything if isinstance(one.widget, ScrollView) and one.scroller is None]
    there = [one for one in everything if has_area(one.shown)]
    shown = {one.scroller for one in there if isinstance(one.widget, Label) and one.widget.text}
    shown |= {scroller for one in there if isinstance(one.widget, Image) and one.widget.texture for scroller in scrollers_of(one.widget)}
    return ["what scrolls shows nothing" for scroller in scrollers if scroller not in shown]


def scrollers_of(widget: Any) -> Iterator[ScrollView]:
    while widget is not None and widget is not Window:
        if isinstance(widget, ScrollView):
            yield widget
        widget = widget.parent


def cut_off(one: Seen) -> Iterator[str]:
    widget = one.widget
    if isinstance(widget, Label) and widget.text:
        width, height = widget.texture_size
        if width > widget.width + 1 or height > widget.height + 1:
            yield f"{one.said} is {width}×{height} in {widget.width:.0f}×{widget.height:.0f}"
        yield from broken_words(one)
    if isinstance(widget, TextInput) and not widget.text and widget.hint_text:
        room = widget.width - widget.padding[0] - widget.padding[2]
        if (wide := widget._get_text_width(widget.hint_text, widget.tab_width, widget._label_cached)) > room:
            yield f"{one.said} is {wide} wide in {room:.0f}"
    is_thing = isinstance(widget, (*THINGS, ButtonBehavior)) and not isinstance(widget, Image)
    if is_thing and (one.box[0] < -1 or one.box[2] > Window.width + 1):
        yield f"{one.said} reaches over the window's side"
    if is_thing and one.scroller is None and (one.box[1] < -1 or one.box[3] > Window.height + 1):
        yield f"{one.said} reaches over the window's top or bottom"


def broken_words(one: Seen) -> Iterator[str]:
    """A number of forty digits may go on in the next line, and an address; a word may not."""
    widget = one.widget
    for word in (word for word in widget.text.split() if word.isalpha()):
        wide = word_width(word, widget.bold) * widget.font_size
        if widget.text_size[0] is not None and wide > widget.text_size[0] + 1:
            yield f"{one.said} breaks “{word}”, {wide:.0f} wide, in {widget.text_size[0]:.0f}"


def too_small(one: Seen) -> Iterator[str]:
    touchable = isinstance(one.widget, ButtonBehavior | TextInput)
    if touchable and (one.widget.width < LEAST_TOUCH - 0.5 or one.widget.height < LEAST_TOUCH - 0.5):
        yield f"{one.said} can be touched on {one.widget.width:.0f}×{one.widget.height:.0f} only"


def hard_to_read(one: Seen, pixels: Picture.Image) -> Iterator[str]:
    """By the colour that it is drawn in and the one that most of its place really has. What sleeps may be pale."""
    widget, box = one.widget, one.shown
    text = isinstance(widget, Label) and bool(widget.text)
    sign = isinstance(widget, Icon) and widget.sign != "none"
    if not (text or sign) or one.opacity < 1 or not has_area(box, 8.0):
        return
    height = pixels.height
    part = pixels.crop((int(box[0]) + 1, int(height - box[3]) + 1, int(box[2]) - 1, int(height - box[1]) - 1))
    ground = max(part.getcolors(maxcolors=part.width * part.height))[1]
    colour = widget.ink if sign else widget.disabled_color if widget.disabled else widget.color
    worn = tuple(part / 255 for part in ground)
    drawn = tuple(under * (1 - colour[3]) + over * colour[3] for over, under in zip(colour[:3], worn, strict=True))
    found = contrast((*drawn, 1.0), (*worn, 1.0))  # type: ignore[arg-type]
    if found < (LEAST_SIGN_CONTRAST if sign else LEAST_TEXT_CONTRAST):
        yield f"{one.said} has a contrast of {found:.1f} to {ground}"


def overlaps(things: list[Seen]) -> list[str]:
    worth = [one for one in things if not (isinstance(one.widget, Label) and not one.widget.text)]
    worth = [one for one in worth if not (isinstance(one.widget, Icon) and one.widget.sign == "none")]
    found = []
    for one, other in itertools.combinations(worth, 2):
        if is_over(one.widget, other.widget) or is_over(other.widget, one.widget):
            continue
        alike = one.scroller is other.scroller
        area = common(one.box, other.box) if alike else common(one.shown, other.shown)
        if has_area(area):
            found.append(f"{one.said} and {other.said} lie over each other")
    return found


def squeezed(everything: list[Seen]) -> list[str]:
    """What scrolls needs room to be read in."""
    return [
        f"{one.widget.height:.0f} are left to read what scrolls"
        for one in everything
        if isinstance(one.widget, ScrollView) and one.scroller is None and one.widget.height < LEAST_BODY
    ]
