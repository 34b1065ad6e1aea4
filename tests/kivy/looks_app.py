"""Walks every screen of the phone in one window and says, as JSON, what is wrong with its looks.

    python tests/kivy/looks_app.py WIDTHxHEIGHT LANGUAGE,THEME,TEXT-SIZE… [--folder PICTURES]
"""

import argparse
import json
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from mobile_app.clock import SystemClock
from mobile_app.main import prepare_kivy, read_options

FRAMES_TO_SETTLE = 3


def walk(app: Any, flow: Any, runs: list[str], folder: Path | None) -> Iterator[None]:
    """A frame between each two steps."""
    from kivy.core.window import Window
    from kivy.metrics import Metrics

    from tests.kivy.looks_checks import problems
    from tests.kivy.looks_content import STATES, at_rest, now_ms

    found: list[str] = []
    count = 0
    yield from settled()
    for run in runs:
        language, theme, text_size = run.split(",")
        Metrics.fontscale = float(text_size)
        at_rest(flow, 0)
        flow.go("home")
        flow.set_up(language=language, theme_name=theme)
        for name, prepare in STATES.items():
            now = now_ms(SystemClock())
            at_rest(flow, now)
            screen = prepare(flow, now)
            if screen:
                flow.go(screen)
            for at_end in (False, True):
                yield from settled()
                if folder is not None or not at_end or scrolls(app):
                    pixels = picture()
                    where = f"{name} {'end ' if at_end else ''}at {Window.width}×{Window.height} {run}"
                    found += [f"{where}: {problem}" for problem in problems(pixels)]
                    count += 1
                    if folder is not None and (not at_end or scrolls(app)):
                        pixels.save(folder / f"{language}-{theme}-{Window.width}-{text_size}-{name}{'-end' if at_end else ''}.png")
                if not at_end and scrolls(app):
                    app.window.page.ids.scroll.scroll_y = 0
    sys.stdout.write(json.dumps({"count": count, "problems": found}, ensure_ascii=False) + "\n")
    app.stop()


def scrolls(app: Any) -> bool:
    scroll = app.window.page.ids.scroll
    return bool(scroll.viewport_size[1] > scroll.height + 1)


def settled() -> Iterator[None]:
    """Layouts take a few frames, and what is read from files comes when its thread is done."""
    for _ in range(FRAMES_TO_SETTLE):
        yield
    while any(thread.name.startswith("screen-") for thread in threading.enumerate()):
        yield
    yield


def picture() -> Any:
    from kivy.core.window import Window
    from kivy.graphics.opengl import GL_RGB, GL_UNSIGNED_BYTE, glReadPixels
    from PIL import Image

    Window.on_draw()
    width, height = Window.size
    pixels = glReadPixels(0, 0, width, height, GL_RGB, GL_UNSIGNED_BYTE)
    return Image.frombytes("RGB", (width, height), pixels).transpose(Image.Transpose.FLIP_TOP_BOTTOM)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("size")
    parser.add_argument("runs", nargs="+")
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as profile_folder:
        prepare_kivy(read_options(["--profile", profile_folder, "--size", asked.size]))
        from kivy.clock import Clock
        from kivy.config import Config

        Config.set("graphics", "maxfps", "0")
        from mobile_app.device.profile import Profile
        from mobile_app.ui.app import PhoneSealApp
        from mobile_app.ui.bridge import Bridge
        from mobile_app.ui.flow import Flow
        from mobile_app.ui.parts import PhoneParts
        from mobile_app.ui.pdf_pages import PdfPages
        from mobile_app.ui.settings import KeptSettings
        from tests.kivy.looks_content import StandInDevice, now_ms

        clock = SystemClock()
        device: Any = StandInDevice(now_ms(clock))
        flow = Flow(device, Bridge(), KeptSettings(Profile(Path(profile_folder))), clock, "", PhoneParts(PdfPages))
        flow._begin_device = lambda: True  # type: ignore[method-assign]
        app = PhoneSealApp(flow, 0)
        steps: list[Iterator[None]] = []

        def step(_seconds: float) -> None:
            if steps and next(steps[0], "end") == "end":
                steps.clear()

        app.bind(on_start=lambda _app: steps.append(walk(app, flow, asked.runs, asked.folder)))
        Clock.schedule_interval(step, 0)
        app.run()


if __name__ == "__main__":
    main()
