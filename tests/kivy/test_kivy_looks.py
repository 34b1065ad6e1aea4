"""How every screen looks, measured: nothing is cut off or covered, everything can be hit and read, in both languages, light and dark, at
both sizes and with text twice as large.

``LOOKS_FOLDER=… pytest tests/kivy/test_kivy_looks.py`` keeps a picture of every screen.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

APP = Path(__file__).with_name("looks_app.py")
RUNS = {
    "360x800": ["vi,light,1.0", "en,dark,1.0", "vi,dark,1.0", "en,light,1.0", "vi,light,2.0", "en,dark,2.0"],
    "800x360": ["vi,light,1.0"],
    "360x640": ["vi,dark,2.0"],
    "412x915": ["vi,dark,1.0", "en,light,1.0", "vi,light,2.0"],
}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("size", RUNS)
def test_kivy_every_screen_can_be_read_and_hit(display: str, size: str) -> None:
    environment = {
        **os.environ, "DISPLAY": display, "SDL_AUDIODRIVER": "dummy", "LIBGL_ALWAYS_SOFTWARE": "1", "KIVY_METRICS_DENSITY": "1",
        "LP_NUM_THREADS": "1", "TZ": "Asia/Ho_Chi_Minh",
    }  # fmt: skip
    options = []
    if os.environ.get("LOOKS_FOLDER"):
        Path(os.environ["LOOKS_FOLDER"]).mkdir(parents=True, exist_ok=True)
        options = ["--folder", os.environ["LOOKS_FOLDER"]]
    ran = subprocess.run(
        [sys.executable, str(APP), size, *RUNS[size], *options], env=environment, capture_output=True, text=True, timeout=560, check=False
    )
    assert ran.returncode == 0 and ran.stdout.startswith("{"), ran.stdout + ran.stderr
    found = json.loads(ran.stdout)
    assert found["count"] >= 63 * len(RUNS[size])
    assert not found["problems"], "\n".join(found["problems"])
