"""``python -m tests.busy [--times N] [TEST …]``: tests that could depend on a quick machine, on one that is busy.

Rules: a busy loop runs for each core that this process may use, from before the first test until after the last; each test is run N times
(50), and a run that fails is named with what it said. Without names: what was flaky once (``ONCE_FLAKY``) and every test that asserts a
time, found in the sources: whoever writes one more need not think of this list. The status is 1 where a run failed.
"""

import argparse
import ast
import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ONCE_FLAKY = ("tests/unit/link/test_bounded_messages.py", "tests/unit/link/test_vectors_phone.py")
CLOCKS = frozenset({"monotonic", "perf_counter", "process_time", "thread_time"})
LAST_WORDS = 3000  # characters of a run that failed


def asserts_a_time(test: ast.FunctionDef) -> bool:
    """Does an assertion of the test compare what a clock says, by itself or by way of a variable?"""
    measured = {
        target.id
        for node in ast.walk(test)
        if isinstance(node, ast.Assign) and _reads_clock(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    asserted = [node.test for node in ast.walk(test) if isinstance(node, ast.Assert)]
    return any(_reads_clock(one) or measured & {n.id for n in ast.walk(one) if isinstance(n, ast.Name)} for one in asserted)


def _reads_clock(tree: ast.AST) -> bool:
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return any(isinstance(called, ast.Attribute) and called.attr in CLOCKS for called in calls)


def found(root: Path = ROOT) -> list[str]:
    """The node ids of every test below ``tests`` that asserts a time."""
    names = []
    for path in sorted((root / "tests").rglob("test_*.py")):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and asserts_a_time(node):
                names.append(f"{path.relative_to(root).as_posix()}::{node.name}")
    return names


def _burn() -> None:
    parent = os.getppid()
    while os.getppid() == parent:  # ends with whoever started it, however that ends
        for _ in range(100_000):
            pass


@contextmanager
def busy_cores() -> Iterator[int]:
    """Every core has something else to do; yields how many they are."""
    cores = len(os.sched_getaffinity(0))
    loops = [multiprocessing.get_context("spawn").Process(target=_burn, daemon=True) for _ in range(cores)]
    for loop in loops:
        loop.start()
    try:
        yield cores
    finally:
        for loop in loops:
            loop.terminate()
            loop.join()


def run_once(test: str) -> tuple[bool, str]:
    """Whether it passed, and what it said. A skipped test passed nothing and is said to."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", test]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode == 0, done.stdout + done.stderr


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser("python -m tests.busy", description=(__doc__ or "").partition("\n\n")[2])
    parser.add_argument("--times", type=int, default=50, help="runs of each test (default: %(default)s)")
    parser.add_argument("tests", nargs="*", help="files or node ids (default: all that assert a time)")
    options = parser.parse_args(arguments)
    failed = 0
    with busy_cores() as cores:
        print(f"{cores} busy loops\n\n| test | runs | failed | longest |\n|---|---|---|---|", flush=True)
        for test in options.tests or [*ONCE_FLAKY, *found()]:
            failures, longest, words = 0, 0.0, ""
            for _ in range(options.times):
                began = time.monotonic()
                passed, said = run_once(test)
                longest = max(longest, time.monotonic() - began)
                failures, words = (failures, words) if passed else (failures + 1, said)
            print(f"| `{test}` | {options.times} | {failures} | {longest:.1f} s |", flush=True)
            if words:
                print(words[-LAST_WORDS:], file=sys.stderr, flush=True)
            failed += failures
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
