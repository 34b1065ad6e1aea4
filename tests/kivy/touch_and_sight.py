"""Hand and eye of a driven app: touches enter through Kivy's own input pipeline, and what lies on top is read, each text with its place."""

from collections import deque
from collections.abc import Callable, Iterator
from typing import Any


class Finger:
    """Made after Kivy is imported."""

    def __init__(self) -> None:
        from kivy.base import EventLoop
        from kivy.input.motionevent import MotionEvent
        from kivy.input.provider import MotionEventProvider

        class Touch(MotionEvent):
            def depack(self, args: tuple[float, float]) -> None:
                self.sx, self.sy = args
                self.profile = ("pos",)
                super().depack(args)

        waiting: deque[tuple[str, Any, tuple[float, float]]] = deque()

        class Feed(MotionEventProvider):
            def update(self, dispatch_fn: Callable[[str, Any], None]) -> None:
                if waiting:
                    kind, touch, place = waiting.popleft()
                    if kind == "update":
                        touch.move(place)
                    dispatch_fn(kind, touch)

        self._make, self._waiting, self._count = Touch, waiting, 0
        EventLoop.add_input_provider(Feed("finger", ""))

    @property
    def rests(self) -> bool:
        return not self._waiting

    def stroke(self, *points: tuple[float, float]) -> None:
        """Down at the first point, along the others, up at the last: one event a frame. In pixels from the bottom left."""
        from kivy.core.window import Window

        self._count += 1
        places = [(x / Window.width, y / Window.height) for x, y in points]
        touch = self._make("finger", self._count, places[0], is_touch=True, type_id="touch")
        self._waiting.append(("begin", touch, places[0]))
        self._waiting.extend(("update", touch, place) for place in places[1:])
        self._waiting.append(("end", touch, places[-1]))


    def pinch(self, *both: tuple[tuple[float, float], tuple[float, float]]) -> None:
        """Two fingers: where each is, step by step."""
        from kivy.core.window import Window

        self._count += 2
        steps = [[(x / Window.width, y / Window.height) for x, y in pair] for pair in both]
        touches = [
            self._make("finger", self._count - number, steps[0][number], is_touch=True, type_id="touch") for number in (0, 1)
        ]
        for kind, places in (("begin", steps[0]), *(("update", step) for step in steps[1:]), ("end", steps[-1])):
            self._waiting.extend((kind, touch, place) for touch, place in zip(touches, places, strict=True))


class Eyes:
    """What is to be seen, topmost layer only."""

    def _top(self) -> Any:
        from kivy.core.window import Window

        return Window.children[0]

    def _seen(self, widget: Any) -> Iterator[Any]:
        if widget.opacity == 0 or widget.width <= 1 or widget.height <= 1:
            return
        yield widget
        for child in reversed(widget.children):
            yield from self._seen(child)

    @staticmethod
    def words(widget: Any) -> str:
        return str(getattr(widget, "text", "") or getattr(widget, "label", "") or getattr(widget, "hint_text", "") or "")

    def seen(self) -> Iterator[Any]:
        return self._seen(self._top())

    def texts(self) -> list[str]:
        return [text for widget in self._seen(self._top()) if (text := self.words(widget))]

    def scrolled(self) -> list[tuple[float, float]]:
        """How far each list is."""
        from kivy.uix.scrollview import ScrollView

        return [(widget.scroll_x, widget.scroll_y) for widget in self._seen(self._top()) if isinstance(widget, ScrollView)]

    def places(self, text: str, part: bool) -> list[dict[str, Any]]:
        from kivy.core.window import Window

        found = []
        for widget in self._seen(self._top()):
            said = self.words(widget)
            if said == text or (part and text in said):
                x, y = widget.to_window(*widget.center)
                top, bottom = self._window_of(widget)
                where = "above" if y > top else "below" if y < bottom else "inside"
                disabled = bool(getattr(widget, "disabled", False))
                found.append({"x": x, "y": y, "where": where, "disabled": disabled, "kind": type(widget).__name__,
                              "width": widget.width, "height": widget.height, "window": list(Window.size)})  # fmt: skip
        return found

    def _window_of(self, widget: Any) -> tuple[float, float]:
        from kivy.core.window import Window
        from kivy.uix.scrollview import ScrollView

        parent = widget.parent
        while parent is not None and parent is not Window:
            if isinstance(parent, ScrollView):
                bottom = parent.to_window(*parent.pos)[1]
                return bottom + parent.height, bottom
            parent = parent.parent
        return float(Window.height), 0.0
