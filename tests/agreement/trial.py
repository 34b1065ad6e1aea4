"""The whole crafted corpus past all viewers: ``python -m tests.agreement.trial``.

Prints a table of the kinds in Markdown and every complaint; the exit status is 1 where there is one.
"""

import argparse
import json
import logging
import sys
import tempfile
import warnings
from pathlib import Path

from server.pdf.sandbox import Sandbox
from tests.agreement.corpus import Corpus, Verdict, every_file, table, write_files
from tests.agreement.journey import Journeys
from tests.agreement.judging import Judges
from tests.agreement.viewers import Viewers, missing


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.agreement.trial", description=__doc__)
    parser.add_argument("--kinds", default="", help="only kinds whose name holds one of these words (commas between)")
    parser.add_argument("--hostile", action="store_true", help="only hostile files")
    parser.add_argument("--verdicts", type=Path, help="write a line of JSON for each file")
    parser.add_argument("--files", type=Path, help="write the files too")
    given = parser.parse_args(arguments)
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    if absent := missing():
        sys.stdout.write(f"missing, so nothing is judged: {', '.join(absent)}\n")
        return 1
    words = given.kinds.split(",")
    cases = [
        case for case in every_file() if any(word in case.kind for word in words) and case.is_hostile >= given.hostile
    ]
    if given.files:
        write_files(given.files, cases)
    with tempfile.TemporaryDirectory() as folder, Sandbox() as sandbox, Viewers() as viewers:
        corpus = Corpus(Journeys(sandbox, Path(folder)), Judges(viewers, Path(folder)))
        verdicts = []
        for case in cases:
            verdict = corpus.verdict(case)
            verdicts.append(verdict)
            if given.verdicts:
                with given.verdicts.open("a") as file:
                    file.write(json.dumps(_told(verdict)) + "\n")
    complaints = [complaint for verdict in verdicts for complaint in verdict.complaints()]
    sys.stdout.write(f"{table(verdicts)}\n\n{len(cases)} files, {len(complaints)} complaints\n")
    sys.stdout.writelines(f"{complaint}\n" for complaint in complaints)
    return 1 if complaints else 0


def _told(verdict: Verdict) -> dict[str, object]:
    outcome = verdict.outcome
    return {
        "file": verdict.case.full_name,
        "kind": verdict.case.kind,
        "hostile": verdict.case.is_hostile,
        "fate": verdict.fate,
        "by": outcome.refused_by,
        "code": outcome.code,
        "rewritten": outcome.rewritten,
        "findings": sorted(outcome.findings),
        "differ": [str(one) for one in verdict.disagreements],
    }


if __name__ == "__main__":
    sys.exit(main())
