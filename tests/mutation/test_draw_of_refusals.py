"""A draw of the phone's refusals in each test run; all of them, and the server's, by ``make trial``."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_a_draw_of_the_phones_refusals_is_noticed() -> None:
    command = [sys.executable, "-m", "tests.mutation", "phone", "--draw", "40", "--seed", "8"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "40 of" in done.stdout
