"""``python -m tests.bench [--quick | --full] [NAME …]``: what ``make bench`` runs. Prints a table and writes ``bench.json``.

A figure that compares is measured in one run on one machine. ``--quick`` shows within a minute that everything measures; its figures
mean little. ``--full`` adds 10,000 documents and 10,000 phones. The goals stand in docs/benchmarks.md.
"""

import argparse
import logging
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from server.users.user import User
from tests.bench import bench_pdf, latency, machine, traffic, uploads
from tests.bench.batch import BatchRun, figures_of_flatness, figures_of_size, figures_of_stages, median_run, run_batch
from tests.bench.browser import Browser
from tests.bench.contracts import make_contracts
from tests.bench.figures import Figure, Report, at_most, plain
from tests.bench.idle_phones import IdlePhones, seed_phones
from tests.bench.phone import Phone
from tests.bench.stand import Stand

SIGNER = "Nguyễn Thị Lấp Lánh Ánh"
KIB_A_PHONE = 80.0
BACK_SECONDS = 60.0


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    pyhanko_documents: int
    bound_documents: int
    latencies: int
    uploads: int
    batches: tuple[tuple[int, int], ...]
    """(documents, how often)"""
    phones: int
    fair: tuple[int, int]
    """(documents, other phones) while somebody else signs and reads"""
    big_mebibytes: int
    long_pages: int


QUICK = Size(5, 100, 22, 4, ((10, 1), (60, 1)), 60, (60, 60), 40, 100)
DEFAULT = Size(20, 1000, 60, 40, ((10, 5), (100, 3), (1000, 3)), 1000, (1000, 1000), 299, 1000)
FULL = Size(40, 1000, 200, 100, ((10, 5), (100, 5), (1000, 5), (10_000, 1)), 10_000, (10_000, 1000), 299, 1000)


class Bench:
    """The measurements, each under a name that the command line may pick; they share one stand and leave it as they found it."""

    def __init__(self, size: Size, folder: Path, report: Report) -> None:
        self._size = size
        self._folder = folder
        self._report = report
        self.stand = Stand(folder)
        self.user: User = self.stand.add_user("anh", SIGNER)
        self.steps: dict[str, Callable[[], list[Figure]]] = {
            "pdf": self._pdf,
            "one": self._one,
            "upload": self._upload,
            "batch": self._batch,
            "big": self._big,
            "fair": self._fair,
            "phones": self._phones,
        }

    @cached_property
    def phone(self) -> Phone:
        return Phone(self.stand, self.user)

    @cached_property
    def browser(self) -> Browser:
        return Browser(self.stand, self.user)

    @cached_property
    def bound(self) -> tuple[float, float]:
        return machine.bound(self._folder, list(make_contracts(self._size.bound_documents)))

    def run(self, names: list[str]) -> None:
        with self.stand:
            self.stand.start_server()
            for name, step in self.steps.items():
                if not names or name in names:
                    self._report.say(name)
                    self._report.add(step())

    def _warm_up(self) -> None:
        """Fonts, stamp and templates are made once a worker and signer: not what is asked here."""
        for _ in range(2):
            run_batch(self.stand, self.user, self.browser, self.phone, 110)

    def _pdf(self) -> list[Figure]:
        rows = bench_pdf.measure(self._size.pyhanko_documents)
        return [Figure(**row) for row in rows]  # type: ignore[arg-type]

    def _one(self) -> list[Figure]:
        self._warm_up()
        found = latency.sign_one_by_one(self.stand, self.user, self.browser, self.phone, self._size.latencies)
        return [*latency.figures_of(found, 0, goals=False)]

    def _upload(self) -> list[Figure]:
        figures = uploads.measure_uploads(self.stand, self.browser, self._size.uploads)
        return [*figures, *uploads.measure_long_document(self.stand, self.browser, self._size.long_pages)]

    def _batch(self) -> list[Figure]:
        figures = machine.figures_of_bound(*self.bound)
        self._warm_up()
        medians: dict[int, BatchRun] = {}
        for count, times in self._size.batches:
            runs = [run_batch(self.stand, self.user, self.browser, self.phone, count) for _ in range(times)]
            medians[count] = median_run(runs)
            figures += figures_of_size(runs)
        figures += figures_of_flatness(medians)
        for count, run in medians.items():
            if count >= 1000 or count == max(medians):
                figures += figures_of_stages(run, *self.bound)
        return figures

    def _big(self) -> list[Figure]:
        return uploads.measure_big_document(self.stand, self.browser, self.phone, self.user, self._size.big_mebibytes)

    def _fair(self) -> list[Figure]:
        """A batch runs, and somebody else works beside it."""
        documents, count = self._size.fair
        self._warm_up()
        other = self.stand.add_user("binh", "Trần Quốc Bình")
        phones = IdlePhones(self.stand, [seed_phones(self.stand, count)], count)
        try:
            return traffic.measure(self.stand, self.user, self.browser, self.phone, other, documents, phones)
        finally:
            phones.close()

    def _phones(self) -> list[Figure]:
        """With many idle phones connected: memory, one document, and a restart."""
        count, stand = self._size.phones, self.stand
        self._warm_up()
        halves = [count // 2, count - count // 2] if count > 5000 else [count]
        identities = [seed_phones(stand, half) for half in halves]
        web = stand.server_processes()["web"]
        before = web.memory_info().rss
        phones = IdlePhones(stand, identities, count)
        time.sleep(2.0)
        each = (web.memory_info().rss - before) / count / 1024
        figures = [
            plain(f"phones_{count}.seconds_to_connect", phones.seconds_to_connect, "s"),
            at_most(f"phones_{count}.memory_each", each, "KiB of the web process", KIB_A_PHONE),
        ]
        found = latency.sign_one_by_one(stand, self.user, self.browser, self.phone, self._size.latencies)
        figures += latency.figures_of(found, count, goals=True)
        self.browser.close()
        began = time.monotonic()
        stand.restart_web()
        phones.wait_all()
        seconds = time.monotonic() - began
        return [*figures, at_most(f"phones_{count}.seconds_back_after_restart", seconds, "s", BACK_SECONDS)]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser("python -m tests.bench", description=__doc__)
    how_much = parser.add_mutually_exclusive_group()
    how_much.add_argument("--quick", action="store_true", help="within a minute, figures that mean little")
    how_much.add_argument("--full", action="store_true", help="10,000 documents and 10,000 phones too")
    parser.add_argument("--out", type=Path, default=Path("bench.json"), help="default: %(default)s")
    parser.add_argument("--keep", type=Path, help="work in this folder and keep it, with the logs")
    parser.add_argument("names", nargs="*", metavar="NAME", help="pdf, one, upload, batch, big, fair, phones; default: all")
    options = parser.parse_args(arguments)
    size = QUICK if options.quick else FULL if options.full else DEFAULT
    report = Report()
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory(prefix="phoneseal-bench-") as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for line in machine.describe(folder):
            report.say(line)
        bench = Bench(size, folder, report)
        unknown = set(options.names) - set(bench.steps)
        if unknown:
            parser.error(f"no such measurement: {', '.join(sorted(unknown))}")
        began = time.monotonic()
        try:
            bench.run(options.names)
        finally:
            report.write(options.out)
    missed = [figure.name for figure in report.figures if figure.met is False]
    report.say(f"{len(report.figures)} figures in {time.monotonic() - began:.0f} s, written to {options.out}")
    report.say("goals not met: " + (", ".join(missed) or "none"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
