"""Runs the tests that can tell, in a fork of a process that has collected them.

Rules:
* The first process only collects: it runs no test, so that nothing that a check remembers is warm in a fork.
* A first round runs all tests with probes: which test saw which condition true or false. All must pass.
* Then a fork per refusal: the test that noticed it last time first, the others by how long they take.
* A fork that takes far longer than its tests did before, or dies, has noticed too (a limit's refusal).
"""

import gc
import json
import os
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.mutation.edits import PROBE, with_probes, without
from tests.mutation.live_code import Place, exchange, functions_of
from tests.mutation.refusals import Refusal
from tests.mutation.subjects import Subject

MEMORY_BYTES = 3 << 30
PATIENCE = 5.0  # times what the tests took before
LEAST_SECONDS = 20.0
SLOW_SECONDS = 60.0


@dataclass
class Observed:
    """What the round with probes saw: seconds of each test, tests by holder and value, and those that failed."""

    seconds: dict[str, float] = field(default_factory=dict)
    saw: dict[tuple[str, int], dict[bool, set[str]]] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Outcome:
    """``noticed_by``: a test, or words for a fork that ended otherwise; ``None`` when nothing noticed. ``ran``
    counts the tests that could have."""

    refusal: Refusal
    noticed_by: str | None
    ran: int


class NotGreen(Exception):
    """The tests fail before anything is taken away."""


class Forks:
    """A pytest plugin whose loop runs ``work`` with itself instead of the tests."""

    def __init__(self, subject: Subject, processes: int, work: Callable[["Forks"], None]) -> None:
        self.subject, self.processes, self.work = subject, processes, work
        self.error: BaseException | None = None
        self.may_fail = False  # tests that fail with nothing taken away are left out instead of ending the run
        self.items: dict[str, pytest.Item] = {}
        self._functions: dict[Place, list[Any]] = {}
        self._terminal = os.dup(2)  # before pytest takes it

    def told(self, words: str) -> None:
        """Tell whoever waits how far the run is."""
        os.write(self._terminal, f"{words}\n".encode())

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Instead of pytest's loop."""
        if session.testsfailed:
            self.error = NotGreen("the tests could not be collected")
            return True
        self.session = session
        self.items = {item.nodeid: item for item in session.items}
        self.subject.arrange()
        self._functions = functions_of({str(path) for path in self.subject.files()})
        gc.collect()
        gc.freeze()  # else each fork's first collection copies the whole process
        try:
            self.work(self)
        except BaseException as error:  # noqa: BLE001 - carried past pytest, which would only print it
            self.error = error
        return True

    def observe(self, refusals: Sequence[Refusal]) -> Observed:
        """Run all tests with probes, one share for each process."""
        names = list(self.items)
        shares = [share for share in _shares(names, self.processes) if share]
        seen = Observed()
        for _, answer in self._forks((str(n), self._with_probes(refusals, s), 600.0) for n, s in enumerate(shares)):
            if not isinstance(answer, dict):
                raise NotGreen(f"the tests ended with {answer}")
            seen.seconds |= answer["seconds"]
            seen.failed += answer["failed"]
            for file, holder, value, tests in answer["saw"]:
                seen.saw.setdefault((file, holder), {}).setdefault(value, set()).update(tests)
        for tests in (tests for by_value in seen.saw.values() for tests in by_value.values()):
            tests -= set(seen.failed)
        if seen.failed and not self.may_fail:
            raise NotGreen(f"{len(seen.failed)} tests fail with nothing taken away: {sorted(seen.failed)[:5]}")
        return seen

    def judge(self, refusals: Sequence[Refusal], tests_of: Callable[[Refusal], list[str]], seconds: dict[str, float]) -> list[Outcome]:
        """Take each refusal away and run its tests; the outcomes come in the order of ``refusals``."""
        chosen = {refusal.key: [t for t in tests_of(refusal) if t in self.items] for refusal in refusals}
        jobs = []
        for refusal in refusals:
            took = sum(seconds.get(test, 1.0) for test in chosen[refusal.key])
            jobs.append((refusal.key, self._without(refusal, chosen[refusal.key]), LEAST_SECONDS + PATIENCE * took))
        answers: dict[str, Any] = {}
        for key, answer in self._forks(job for job in jobs if chosen[job[0]]):
            answers[key] = answer
            if len(answers) % 50 == 0:
                self.told(f"{len(answers)} of {len(jobs)}")
        outcomes = []
        for refusal in refusals:
            answer = answers.get(refusal.key)
            noticed = answer.get("noticed") if isinstance(answer, dict) else answer
            outcomes.append(Outcome(refusal, noticed, len(chosen[refusal.key])))
        return outcomes

    def _with_probes(self, refusals: Sequence[Refusal], tests: list[str]) -> Callable[[], dict[str, Any]]:
        def child() -> dict[str, Any]:
            import builtins

            now: set[tuple[tuple[str, int], bool]] = set()

            def probe(holder: tuple[str, int], value: object) -> object:
                now.add((holder, bool(value)))
                return value

            setattr(builtins, PROBE, probe)
            for file in {refusal.file for refusal in refusals}:
                mine = [refusal for refusal in refusals if refusal.file == file]
                exchange(self._functions, with_probes(file, mine, self.subject.root))
            seconds: dict[str, float] = {}
            saw: dict[tuple[tuple[str, int], bool], list[str]] = {}
            failed = []
            for name, following in _pairs(tests):
                now.clear()
                begun = time.monotonic()
                failures = self.session.testsfailed
                self._run(name, following)
                seconds[name] = time.monotonic() - begun
                for what in now:
                    saw.setdefault(what, []).append(name)
                if self.session.testsfailed > failures:
                    failed.append(name)
            rows = [[*holder, value, names] for (holder, value), names in saw.items()]
            return {"seconds": seconds, "saw": rows, "failed": failed}

        return child

    def _without(self, refusal: Refusal, tests: list[str]) -> Callable[[], dict[str, Any]]:
        def child() -> dict[str, Any]:
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
            if not exchange(self._functions, without(refusal, self.subject.root)):
                raise LookupError(f"{refusal.key} changes no function of this process")
            for name, following in _pairs(tests):
                self._run(name, following)
                if self.session.testsfailed:
                    return {"noticed": name}
            return {"noticed": None}

        return child

    def _run(self, name: str, following: str | None) -> None:
        item = self.items[name]
        next_item = self.items[following] if following else None
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=next_item)

    def _forks(self, jobs: Iterable[tuple[str, Callable[[], dict[str, Any]], float]]) -> Iterable[tuple[str, Any]]:
        """Run the jobs (name, what, seconds at most) in forks, some at a time."""
        waiting = iter(jobs)
        running: dict[int, tuple[str, Path, float]] = {}
        with tempfile.TemporaryDirectory() as folder:
            while True:
                while len(running) < self.processes and (job := next(waiting, None)) is not None:
                    answer = Path(folder) / f"{len(running)}-{time.monotonic_ns()}"
                    running[_fork(job[1], answer)] = (job[0], answer, time.monotonic() + job[2])
                if not running:
                    return
                yield from _ended(running)


def _ended(running: dict[int, tuple[str, Path, float]]) -> Iterable[tuple[str, Any]]:
    """Wait until one of the forks has ended; those beyond their time are ended."""
    while True:
        for process, (name, answer, deadline) in list(running.items()):
            done, status = os.waitpid(process, os.WNOHANG)
            late = not done and time.monotonic() > deadline
            if late:
                os.kill(process, signal.SIGKILL)
                os.waitpid(process, 0)
            if done or late:
                del running[process]
                yield name, "took too long" if late else _answer(answer, status)
                return
        time.sleep(0.002)


def _answer(path: Path, status: int) -> Any:
    if not path.exists():
        return f"ended with status {status}"
    answer = json.loads(path.read_text())
    path.unlink()
    if isinstance(answer, dict) and "broken" in answer:
        raise RuntimeError(answer["broken"])
    return answer


def _fork(work: Callable[[], dict[str, Any]], answer: Path) -> int:
    """Start ``work`` in a fork, which writes its answer to a file and ends without ceremony."""
    process = os.fork()
    if process:
        return process
    try:
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
        try:
            said = json.dumps(work())
        except (LookupError, ValueError, SyntaxError, TypeError) as error:
            said = json.dumps({"broken": f"{type(error).__name__}: {error}"})
        unfinished = answer.with_suffix(".unfinished")
        unfinished.write_text(said)
        unfinished.rename(answer)
        sys.stdout = sys.stderr = None  # type: ignore[assignment]
    finally:
        os._exit(0)


def _pairs(names: list[str]) -> Iterable[tuple[str, str | None]]:
    return zip(names, [*names[1:], None], strict=True)


def _shares(names: list[str], count: int) -> list[list[str]]:
    """Split by file, so that what a module sets up is set up once."""
    shares: list[list[str]] = [[] for _ in range(count)]
    by_file: dict[str, list[str]] = {}
    for name in names:
        by_file.setdefault(name.split("::")[0], []).append(name)
    for one in sorted(by_file.values(), key=len, reverse=True):
        min(shares, key=len).extend(one)
    return shares
