"""``python -m tests.mutation``: all refusals of phone and server, or a draw of them; see the package.

Exit status 0: at least 97 % are noticed and ``needless.toml`` explains each survivor, no more and no fewer;
1: not so; 2: the tests fail with nothing taken away.
"""

import argparse
import sys
import time

from tests.mutation.forks import NotGreen
from tests.mutation.records import judge, read_needless, read_noticed, write_noticed
from tests.mutation.run import drawn, refusals_of, take_away
from tests.mutation.subjects import SUBJECTS, Subject


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description="Take each refusal away in turn.")
    parser.add_argument("subject", nargs="?", choices=sorted(SUBJECTS), help="phone or server; both when left out")
    parser.add_argument("--only", default="", help="files whose path holds this")
    parser.add_argument("--draw", type=int, help="take so many only")
    parser.add_argument("--seed", type=int, default=1, help="which ones are drawn")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--known", action="store_true", help="only those that something noticed in earlier runs")
    parser.add_argument("--unknown", action="store_true", help="only those that nothing noticed in earlier runs")
    parser.add_argument("--may-fail", action="store_true", help="leave out tests that fail with nothing taken away")
    parser.add_argument("--afresh", action="store_true", help="forget which test noticed what before")
    options = parser.parse_args(arguments)
    subjects = [SUBJECTS[options.subject]] if options.subject else list(SUBJECTS.values())
    try:
        good = [_one(subject, options) for subject in subjects]
    except NotGreen as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0 if all(good) else 1


def _one(subject: Subject, options: argparse.Namespace) -> bool:
    begun = time.monotonic()
    noticed = {} if options.afresh else read_noticed()
    everything = refusals_of(subject, options.only)
    asked = everything
    if options.known or options.unknown:
        asked = [one for one in everything if (one.key in noticed) == options.known]
    chosen = drawn(asked, options.draw, options.seed) if options.draw else asked
    outcomes = take_away(subject, chosen, noticed, processes=options.processes, may_fail=options.may_fail)
    files = {one.file for one in everything} if len(chosen) == len(everything) else set()
    if files or options.unknown:
        write_noticed(outcomes, files)
    report, good = judge(outcomes, read_needless(), all_of=files)
    sys.stdout.write(f"{subject.name}: {len(chosen)} of {len(everything)} refusals, {time.monotonic() - begun:.0f} s\n{report}\n")
    return good
