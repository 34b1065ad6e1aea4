"""``python -m tests.agreement FOLDER``: do the viewers agree about other people's files that we would sign?

Each PDF below FOLDER goes through upload, preparing and the phone; what is accepted is drawn by all viewers. The table counts:
accepted; told (a finding says that viewers may differ: not drawn, unless ``--told``); all viewers agree; they disagree, which a finding
told; they disagree by thin frames of links alone (``link_frames``); they disagree and nothing told it (named, and the exit status is 1);
and false alarms: a finding about viewers on a file that
carries nothing of the kind (``honest_findings``). ``--limit`` takes a seeded choice; ``--verdicts`` writes a line of JSON a file, and
skips the files that stand in it already.
"""

import argparse
import collections
import json
import logging
import random
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

from server.errors import PhoneSealError
from server.pdf.sandbox import Sandbox
from tests.agreement.honest_findings import CARRIES, carried
from tests.agreement.journey import Journeys, Outcome
from tests.agreement.judging import Judges
from tests.agreement.link_frames import without_thin_frames
from tests.agreement.viewers import Viewers, missing

SEED = 8


def chosen(folder: Path, limit: int) -> list[Path]:
    """The files in a seeded order, ``limit`` of them (0: all)."""
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() == ".pdf")
    random.Random(SEED).shuffle(files)
    return files[: limit or None]


def judge(path: Path, journeys: Journeys, judges: Judges, *, told_too: bool) -> dict[str, Any]:
    """What became of one file, as plain values."""
    data = path.read_bytes()
    outcome = journeys.take(data)
    told: dict[str, Any] = {
        "file": path.name,
        "by": outcome.refused_by,
        "code": outcome.code,
        "rewritten": outcome.rewritten,
    }
    told |= {"findings": sorted(outcome.findings), "differ": [], "fate": "refused", "false_alarms": []}
    if not outcome.is_accepted:
        return told
    if outcome.warnings:
        told["false_alarms"] = sorted((outcome.warnings & CARRIES.keys()) - carried(data))
    is_drawn = told_too or not outcome.warnings
    differ = judges.disagreements(outcome) if is_drawn else []
    told["differ"] = [str(one) for one in differ]
    if differ and not outcome.warnings and _is_by_frames(outcome, judges):
        told["fate"] = "differ by link frames"
        return told
    told["fate"] = (
        ("differ, told" if outcome.warnings else "differ, unexplained") if differ else "agree" if is_drawn else "told"
    )
    return told


def _is_by_frames(outcome: Outcome, judges: Judges) -> bool:
    bare = without_thin_frames(outcome.prepared)
    return bare is not None and not judges.disagreements_of(bare, outcome)


def report(verdicts: list[dict[str, Any]]) -> str:
    """The table, the reasons of refusals, and the names that matter."""
    count = collections.Counter(one["fate"] for one in verdicts)
    accepted = len(verdicts) - count["refused"]
    alarms = [one for one in verdicts if one["false_alarms"]]
    rows = [
        ("files", len(verdicts)),
        ("accepted", accepted),
        ("… after a rewrite", sum(one["rewritten"] and not one["by"] for one in verdicts)),
    ]
    rows += [
        (name, count[name])
        for name in ("told", "agree", "differ by link frames", "differ, told", "differ, unexplained")
    ]
    rows.append(("false alarms", len(alarms)))
    lines = ["| | files |", "|---|---|", *(f"| {name} | {number} |" for name, number in rows), ""]
    refused = collections.Counter(f"{one['by']}: {one['code']}" for one in verdicts if one["by"])
    lines += [f"{number:5} refused by {reason}" for reason, number in refused.most_common()]
    lines += [
        f"unexplained: {one['file']}: {'; '.join(one['differ'][:3])}"
        for one in verdicts
        if one["fate"] == "differ, unexplained"
    ]
    lines += [f"false alarm: {one['file']}: {', '.join(one['false_alarms'])}" for one in alarms]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.agreement", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--limit", type=int, default=0)
    parser.add_argument("--told", action="store_true", help="draw what was told, too")
    parser.add_argument("--verdicts", type=Path)
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    if absent := missing():
        sys.stdout.write(f"missing, so nothing is judged: {', '.join(absent)}\n")
        return 1
    is_begun = given.verdicts is not None and given.verdicts.is_file()
    verdicts = [json.loads(line) for line in given.verdicts.read_text().splitlines()] if is_begun else []
    known = {one["file"] for one in verdicts}
    with tempfile.TemporaryDirectory() as folder, Sandbox() as sandbox, Viewers() as viewers:
        journeys, judges = Journeys(sandbox, Path(folder)), Judges(viewers, Path(folder))
        for path in chosen(given.folder, given.limit):
            if path.name in known:
                continue
            try:
                verdicts.append(judge(path, journeys, judges, told_too=given.told))
            except PhoneSealError as error:
                verdicts.append(
                    {"file": path.name, "by": "fault", "code": error.code, "rewritten": False, "fate": "refused"}
                )
                verdicts[-1] |= {"findings": [], "differ": [], "false_alarms": []}
            if given.verdicts:
                with given.verdicts.open("a") as file:
                    file.write(json.dumps(verdicts[-1]) + "\n")
    sys.stdout.write(report(verdicts) + "\n")
    return 1 if any(one["fate"] == "differ, unexplained" or one["by"] == "fault" for one in verdicts) else 0


if __name__ == "__main__":
    sys.exit(main())
