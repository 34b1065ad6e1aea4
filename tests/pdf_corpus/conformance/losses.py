"""Which files lose a standard by being signed, and whether the requester was told so."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.pdf_corpus.conformance.judge import Answer, judge
from tests.pdf_corpus.conformance.signing import Signed

TOLD = "conformance_lost"
"""The finding of the upload: a stamp ends the conformance. It speaks of PDF/UA-1 alone, and not of what is invisible."""


@dataclass(frozen=True)
class Loss:
    """Where a file's signing changed what it conforms to, or was told wrongly. ``way``: see ``Signed.results``."""

    source: Path
    standard: str
    way: str
    broken: str
    told: bool

    @property
    def is_fault(self) -> bool:
        """Lost without a word, or told without a loss."""
        return bool(self.broken) != (self.told and self.standard == "ua1" and self.way in ("visible", "twice"))


def compared(files: Sequence[Signed]) -> Iterator[Loss]:
    """One for each standard that a file keeps and each way of signing it."""
    answers = judge(_all(files))
    for one in files:
        for before in answers[one.source.resolve()]:
            if before.conforms:
                for way, path in one.results.items():
                    after = _by(before.standard, answers[path.resolve()])
                    broken = "" if after.conforms else after.broken or "the claim is gone"
                    yield Loss(one.source, before.standard, way, broken, TOLD in one.findings)


def _all(files: Iterable[Signed]) -> list[Path]:
    return [path for one in files for path in (one.source, *one.results.values())]


def _by(standard: str, answers: Iterable[Answer]) -> Answer:
    return next((one for one in answers if one.standard == standard), Answer(standard, conforms=False))
