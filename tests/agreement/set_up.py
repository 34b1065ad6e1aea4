"""``python -m tests.agreement.set_up``: fetches pdf.js as ``package-lock.json`` fixes it, for the tests alone.

Run by ``make test`` and ``make trial``. Where npm or its registry is missing it says which tests will be skipped; where CI says so they
fail instead (``conftest.py``).
"""

import subprocess
import sys

from server.assets.set_up_assets import SetUpFailed, find_npm
from tests.agreement.pdfjs import HERE, PACKAGE

_LOCK = HERE / "package-lock.json"
_STAMP = HERE / "node_modules" / ".phoneseal"


def main() -> int:
    wanted = _LOCK.read_text()
    if _STAMP.is_file() and _STAMP.read_text() == wanted and (PACKAGE / "build" / "pdf.mjs").is_file():
        return 0
    try:
        command = [
            *find_npm(),
            "ci",
            "--omit=optional",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
        ]
        subprocess.run(command, cwd=HERE, check=True, capture_output=True, timeout=300)
    except (SetUpFailed, OSError, subprocess.SubprocessError) as error:
        sys.stdout.write(f"pdf.js could not be fetched ({error}): skipping the agreement of viewers\n")
        return 0
    _STAMP.write_text(wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main())
