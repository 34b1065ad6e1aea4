"""``python -m tests.trial [NAME …]``: what is too long for ``make test``. Each trial is a program with a table and an exit status.

Rules: a trial is a module with ``main(arguments) -> int``; it is loaded only when it is run; its output goes below a heading with the
date, so that it can be put into docs/benchmarks.md as it is. The status is 1 where one of them failed. Arguments behind ``--`` go to
the trial, if only one is named.
"""

import datetime
import importlib
import sys

#: Name → module, in the order of running.
TRIALS = {
    "agreement": "tests.agreement.trial",
    "mutation": "tests.mutation.trial",
    "fuzz": "tests.fuzz.trial",
    "findings": "tests.agreement.honest_findings",
}


def run(names: list[str], arguments: list[str]) -> int:
    failed = []
    for name in names:
        day = datetime.date.today().isoformat()
        sys.stdout.write(f"\n## {name}, {day}\n\n")
        sys.stdout.flush()
        if importlib.import_module(TRIALS[name]).main(arguments):
            failed.append(name)
    sys.stdout.write(
        f"\n{len(names) - len(failed)} passed, {len(failed)} failed{': ' + ', '.join(failed) if failed else ''}\n"
    )
    return 1 if failed else 0


def main(arguments: list[str]) -> int:
    words, behind = arguments, []
    if "--" in arguments:
        at = arguments.index("--")
        words, behind = arguments[:at], arguments[at + 1 :]
    unknown = [word for word in words if word not in TRIALS]
    if unknown or (behind and len(words) != 1):
        sys.stdout.write(f"usage: python -m tests.trial [{' | '.join(TRIALS)}] [-- ARGUMENTS of the one named]\n")
        return 2
    return run(words or list(TRIALS), behind)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
