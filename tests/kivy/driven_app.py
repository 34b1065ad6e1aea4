"""The phone app in its own process, with a finger: a socket over which a test asks what stands on the screen and touches it.

Touches enter through Kivy's own input pipeline (a MotionEventProvider), so what lies on top gets them; text enters as the window's text
events, so only a field that has the focus takes it. Nothing here calls a screen's methods.

    python tests/kivy/driven_app.py PORT OPTIONS-OF-THE-APP…      connects to 127.0.0.1:PORT, one JSON object a line each way
"""

import json
import os
import socket
import sys
import threading
import time
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from mobile_app.main import make_app, read_options
from tests.kivy.touch_and_sight import Eyes, Finger


class Arrivals:
    """How long a push takes to the frame that shows it: from the socket's event to the drawn card."""

    def __init__(self) -> None:
        self.seconds: float | None = None
        self._arrived = 0.0

    def watch(self, app: Any) -> None:
        from kivy.core.window import Window

        from mobile_app.device.paired_run import PairedRun

        heard = PairedRun._on_event

        def hear(run: PairedRun, event: str, message: object) -> Any:
            if event == "sign_request":
                self._arrived, self.seconds = time.monotonic(), None
            return heard(run, event, message)

        PairedRun._on_event = hear  # type: ignore[method-assign]
        Window.bind(on_flip=lambda _window: self._drawn(app))

    def _drawn(self, app: Any) -> None:
        if self._arrived and app.window.showing == "home" and app.window.page.ids.cards.children:
            self.seconds, self._arrived = time.monotonic() - self._arrived, 0.0


class Driver:
    def __init__(self, app: Any, connection: socket.socket) -> None:
        self._app = app
        self._lines = connection.makefile("rwb")
        self._eyes = Eyes()
        self._finger: Finger | None = None
        self._scrolled: list[tuple[float, float]] = []
        self._longest_frame = 0.0
        self._last_frame = 0.0
        self._worked = self._most_work = 0.0
        self._arrivals = Arrivals()
        self._went_back = 0
        self._let_go = threading.Event()
        app.pause = self._count_back

    def start(self) -> None:
        from kivy.clock import Clock

        Clock.schedule_interval(self._frame, 0)
        self._arrivals.watch(self._app)
        threading.Thread(target=self._serve, daemon=True).start()

    def _frame(self, _seconds: float) -> None:
        now, worked = time.monotonic(), time.thread_time()
        if self._last_frame:
            self._longest_frame = max(self._longest_frame, now - self._last_frame)
            self._most_work = max(self._most_work, worked - self._worked)
        self._last_frame, self._worked = now, worked

    def _serve(self) -> None:
        from kivy.clock import Clock

        for line in self._lines:
            asked = json.loads(line)
            answered = threading.Event()
            answer: dict[str, Any] = {}

            Clock.schedule_once(partial(self._work, asked, answer, answered), 0)
            answered.wait()
            self._lines.write(json.dumps(answer).encode() + b"\n")
            self._lines.flush()

    def _work(self, asked: dict[str, Any], answer: dict[str, Any], answered: threading.Event, _seconds: float) -> None:
        try:
            answer["ok"] = getattr(self, f"do_{asked.pop('do')}")(**asked)
        except Exception as error:  # noqa: BLE001 - the test is told
            answer["error"] = f"{type(error).__name__}: {error}"
        answered.set()

    # -- what a test asks -------------------------------------------------------------------------------
    def do_showing(self) -> str:
        return str(self._app.window.showing) if self._app.window else ""

    def do_texts(self) -> list[str]:
        return self._eyes.texts()

    def do_places(self, text: str, part: bool) -> list[dict[str, Any]]:
        return self._eyes.places(text, part)

    def do_stroke(self, points: list[tuple[float, float]]) -> None:
        self._finger = self._finger or Finger()
        self._finger.stroke(*map(tuple, points))

    def do_pinch(self, both: list[list[tuple[float, float]]]) -> None:
        self._finger = self._finger or Finger()
        self._finger.pinch(*((tuple(one), tuple(other)) for one, other in both))

    def do_rested(self) -> bool:
        """Whether every stroke has been felt, and the next one would be meant for what stands there now."""
        return (self._finger is None or self._finger.rests) and self._app.window.one_tap.is_over

    def do_pressed(self) -> bool:
        """Whether a button still looks pressed."""
        return any(getattr(widget, "state", "") == "down" for widget in self._eyes.seen())

    def do_still(self) -> bool:
        """Whether no list has moved since this was asked last."""
        scrolled = self._eyes.scrolled()
        still, self._scrolled = scrolled == self._scrolled, scrolled
        return still

    def do_type(self, text: str) -> None:
        from kivy.core.window import Window

        Window.dispatch("on_textinput", text)

    def do_key(self, key: int) -> None:
        from kivy.core.window import Window

        Window.dispatch("on_key_down", key, 0, "", [])
        Window.dispatch("on_keyboard", key, 0, "", [])

    def do_paste_board(self, text: str) -> None:
        from kivy.core.clipboard import Clipboard

        Clipboard.copy(text)

    def do_picture(self, path: str) -> None:
        from kivy.core.window import Window
        from kivy.graphics.opengl import GL_RGB, GL_UNSIGNED_BYTE, glReadPixels
        from PIL import Image

        Window.on_draw()
        width, height = Window.size
        pixels = glReadPixels(0, 0, width, height, GL_RGB, GL_UNSIGNED_BYTE)
        Image.frombytes("RGB", (width, height), pixels).transpose(Image.Transpose.FLIP_TOP_BOTTOM).save(path)

    def do_longest_frame(self) -> list[float]:
        """Since this was asked last: the longest frame, and the most that the window's own thread worked in one."""
        found = [self._longest_frame, self._most_work]
        self._longest_frame = self._most_work = 0.0
        return found

    def do_cards(self) -> int:
        """On Home, whatever lies over it."""
        return len(self._app.window.page.ids.cards.children)

    def do_page_width(self) -> int:
        """In pixels, of the page's picture as it was drawn last."""
        texture = self._app.window.page.ids.picture.texture
        return texture.width if texture else 0

    def do_outline(self) -> list[float] | None:
        """Left, bottom, width and height, in the window, of the signature's outline."""
        outline = self._app.window.page.ids.outline
        if outline.stamp is None:
            return None
        left, bottom, width, height = outline.place
        return [*outline.to_window(left, bottom), width, height]

    def do_draw_with(self, what: str, value: float) -> None:
        """From now on: another limit, or pages that are counted wrongly by so many."""
        from mobile_app.ui import pdf_pages

        if what == "count":
            honest = pdf_pages.check_count
            pdf_pages.check_count = lambda drawn, checked: honest(drawn + int(value), checked)
        else:
            setattr(pdf_pages, what, value)

    def do_hold_drawing(self, held: bool) -> None:
        """Until it is let go, a page takes for ever; the viewer says so at once."""
        from mobile_app.ui import viewer
        from mobile_app.ui.pdfium_drawing import PDFIUM

        viewer.MAX_PAGE_SECONDS = -1.0 if held else 10.0
        if not held:
            self._let_go.set()
            return
        holds = threading.Event()

        def hold() -> None:
            with PDFIUM:
                holds.set()
                self._let_go.wait()

        self._let_go.clear()
        threading.Thread(target=hold, daemon=True).start()
        holds.wait()

    def do_scroll_to_end(self) -> None:
        self._app.window.page.ids.scroll.scroll_y = 0

    def do_resize(self, width: int, height: int) -> None:
        from kivy.core.window import Window

        Window.size = (width, height)

    def _count_back(self) -> None:
        self._went_back += 1

    def do_went_to_background(self) -> int:
        """How often the back key sent the app there."""
        return self._went_back

    def do_hide(self) -> None:
        from kivy.core.window import Window

        Window.hide()

    def do_show(self) -> None:
        from kivy.core.window import Window

        Window.show()

    def do_arrival_to_card(self) -> float | None:
        """Seconds from the last push to the frame that shows its card, once it was drawn."""
        return self._arrivals.seconds

    def do_stop(self) -> None:
        self._app.stop()


def use_camera(picture: str) -> None:
    """A camera provider that sees one picture, in the place of those that Kivy found."""
    from kivy.clock import Clock
    from kivy.core import camera
    from kivy.core.image import Image

    class PictureCamera(camera.CameraBase):  # type: ignore[misc]
        def start(self) -> None:
            super().start()
            Clock.schedule_once(self._update, 0)

        def _update(self, _seconds: float) -> None:
            self._texture = Image(picture).texture
            self.dispatch("on_texture")

    camera.Camera = PictureCamera


def main() -> None:
    port, options = int(sys.argv[1]), read_options(sys.argv[2:])
    app = make_app(options)
    if "TEST_CAMERA_SEES" in os.environ:
        use_camera(os.environ["TEST_CAMERA_SEES"])
    driver = Driver(app, socket.create_connection(("127.0.0.1", port)))
    app.bind(on_start=lambda _app: driver.start())
    app.run()


if __name__ == "__main__":
    main()
