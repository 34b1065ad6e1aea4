"""All crafted files, and what is said of each after its way through the product and past the viewers.

The rule that counts: **nothing is signed in silence that viewers show differently.** A hostile file must be refused, be told as a
finding about viewers, or come out so that all viewers agree; a harmless one must be accepted, and neither differ nor be warned of.
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.agreement import (
    kinds_annotations,
    kinds_content,
    kinds_drawing,
    kinds_fields,
    kinds_file,
    kinds_fonts,
    kinds_layers,
    kinds_of_cases,
    kinds_packed,
    kinds_pages,
    kinds_stamp,
)
from tests.agreement.contract import HEIGHT, WIDTH
from tests.agreement.crafted import KINDS, Crafted, files_of
from tests.agreement.journey import VIEWERS_DIFFER, Journeys, Outcome
from tests.agreement.judging import Disagreement, Judges
from tests.pdf_corpus.signing_kit import PreparedDocument

MODULES = (
    kinds_file,
    kinds_packed,
    kinds_pages,
    kinds_content,
    kinds_layers,
    kinds_drawing,
    kinds_fonts,
    kinds_of_cases,
    kinds_fields,
    kinds_annotations,
    kinds_stamp,
)


@dataclass(frozen=True)
class Verdict:
    """One file, what became of it and where viewers differ."""

    case: Crafted
    outcome: Outcome
    disagreements: tuple[Disagreement, ...]

    @property
    def fate(self) -> str:
        """``refused``, ``told``, ``agree`` or ``silent``: the last must not be."""
        if not self.outcome.is_accepted:
            return "refused"
        if self.outcome.warnings:
            return "told"
        return "silent" if self.disagreements else "agree"

    def complaints(self) -> list[str]:
        """What is wrong with it, in sentences; nothing where all is right."""
        name, outcome = self.case.full_name, self.outcome
        if self.fate == "silent":
            return [f"{name}: signed in silence, though {'; '.join(map(str, self.disagreements[:3]))}"]
        if self.case.is_hostile:
            return []
        if not outcome.is_accepted:
            return [f"{name}: harmless, but refused by {outcome.refused_by}: {outcome.code}"]
        false_alarms = outcome.warnings - self.case.may_tell
        return [f"{name}: harmless, but told {', '.join(sorted(false_alarms))}"] if false_alarms else []


class Corpus:
    """Takes crafted files through the product and past the viewers."""

    def __init__(self, journeys: Journeys, judges: Judges) -> None:
        self._journeys = journeys
        self._judges = judges

    def verdict(self, case: Crafted) -> Verdict:
        """What is refused or told is not drawn: the person knows."""
        outcome = self.outcome(case)
        is_silent = outcome.is_accepted and not outcome.warnings
        differ = self._judges.disagreements(outcome) if is_silent else []
        return Verdict(case, outcome, tuple(differ))

    def outcome(self, case: Crafted) -> Outcome:
        """What becomes of it, without drawing."""
        if isinstance(case.data, PreparedDocument):
            return self._journeys.take_prepared(case.data, ((WIDTH, HEIGHT),))
        return self._journeys.take(case.data)


def every_file() -> list[Crafted]:
    """The whole corpus in the order of its kinds."""
    return [case for name in KINDS for case in files_of(name)]


def share(seed: int, of_each: int) -> list[Crafted]:
    """Some files of every kind: ``of_each`` hostile ones and a harmless one."""
    rng = random.Random(seed)
    chosen: list[Crafted] = []
    for name in KINDS:
        files = files_of(name)
        for pool, most in (([f for f in files if f.is_hostile], of_each), ([f for f in files if not f.is_hostile], 1)):
            chosen += rng.sample(pool, min(most, len(pool)))
    return chosen


def table(verdicts: Iterable[Verdict]) -> str:
    """One line a kind in Markdown."""
    rows: dict[str, dict[str, int]] = {}
    for verdict in verdicts:
        row = rows.setdefault(verdict.case.kind, {})
        side = "hostile" if verdict.case.is_hostile else "harmless"
        for column in (side, f"{side} {verdict.fate}"):
            row[column] = row.get(column, 0) + 1
    columns = (
        "harmless",
        "harmless agree",
        "hostile",
        "hostile refused",
        "hostile told",
        "hostile agree",
        "hostile silent",
    )
    head = [f"| kind | {' | '.join(columns)} |", "|---" * (len(columns) + 1) + "|"]
    return "\n".join(
        [*head, *(f"| {name} | {' | '.join(str(row.get(c, 0)) for c in columns)} |" for name, row in rows.items())]
    )


def write_files(folder: Path, cases: Iterable[Crafted]) -> None:
    """For looking at them by hand."""
    folder.mkdir(parents=True, exist_ok=True)
    for case in cases:
        data = case.data.data if isinstance(case.data, PreparedDocument) else case.data
        (folder / f"{case.full_name}.pdf").write_bytes(data)


__all__ = ["MODULES", "VIEWERS_DIFFER", "Corpus", "Verdict", "every_file", "share", "table", "write_files"]
