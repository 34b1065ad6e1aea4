"""A draw of the phone's refusals that tests have noticed, in each test run; all of them, and the server's, by ``make trial``."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.timeout(600)  # seconds; where a noted test has gone, all tests are run once
def test_what_was_noticed_still_is() -> None:
    command = [sys.executable, "-m", "tests.mutation", "phone", "--known", "--draw", "40", "--seed", "8"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "40 of" in done.stdout
