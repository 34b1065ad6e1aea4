"""`make test`: pytest in groups, each in processes of its own.

Playwright keeps an event loop running in its process, in which pyHanko's own can't start: what drives a browser runs apart from the rest.
Each test runs once: what fails on a busy machine is mended (``python -m tests.busy``), not run again.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BROWSER = ("tests/e2e", "tests/unit/web")
NOTHING_COLLECTED = 5
BY_FILE = ("--dist", "loadfile", "--no-loadscope-reorder")  # in the order of names: the quick unit tests last
PROCESSES = "3"  # on two cores: most of a test is waiting


def run(arguments: list[str]) -> int:
    return subprocess.run([sys.executable, "-m", "pytest", "-q", *arguments], cwd=ROOT, check=False).returncode


def main(arguments: list[str]) -> int:
    spread = [] if any(argument in ("-n", "-x", "--pdb") for argument in arguments) else ["-n", PROCESSES, *BY_FILE]
    named = [argument for argument in arguments if argument.startswith("tests")]
    groups = [[]] if named else [["tests", *(f"--ignore={folder}" for folder in BROWSER)], *([folder] for folder in BROWSER)]
    statuses = []
    for number, group in enumerate(groups):
        cache = ["-o", f"cache_dir=.pytest_cache/{number}"]
        statuses.append(run([*group, *spread, *cache, *arguments]))
    if all(status == NOTHING_COLLECTED for status in statuses):
        return NOTHING_COLLECTED
    return max(0 if status == NOTHING_COLLECTED else status for status in statuses)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
