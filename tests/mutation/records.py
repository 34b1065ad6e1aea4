"""What earlier runs know: who noticed each refusal (``noticed.json``), and which are needless (``needless.toml``).

``noticed.json`` only makes runs faster: the test named there is asked first, and a refusal that it does not
notice is looked into with all tests. ``needless.toml`` is the table of survivors; each entry says which other
check refuses the same, and an entry that fits no survivor is an error, so that the table stays true.
"""

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path

from tests.mutation.forks import Outcome

FOLDER = Path(__file__).parent
LEAST_SHARE = 0.97


@dataclass(frozen=True)
class Needless:
    """A refusal that may survive, since ``because`` another check makes it needless."""

    key: str
    because: str


def read_noticed(path: Path = FOLDER / "noticed.json") -> dict[str, str]:
    """The test that noticed each refusal, by the refusal's key."""
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    return known


def write_noticed(outcomes: list[Outcome], files: set[str], path: Path = FOLDER / "noticed.json") -> None:
    """Keep what these outcomes say of ``files``; what others say stays."""
    known = {key: test for key, test in read_noticed(path).items() if key.split("::")[0] not in files}
    known |= {one.refusal.key: one.noticed_by for one in outcomes if one.noticed_by and "::" in one.noticed_by}
    path.write_text(json.dumps(dict(sorted(known.items())), indent=0, ensure_ascii=False) + "\n")


def read_needless(path: Path = FOLDER / "needless.toml") -> dict[str, Needless]:
    """The table of survivors by key. Raises ``ValueError`` for an entry without its reason."""
    table = tomllib.loads(path.read_text()).get("needless", []) if path.exists() else []
    entries = [Needless(entry["key"], entry.get("because", "").strip()) for entry in table]
    for entry in entries:
        if not entry.because:
            raise ValueError(f"{entry.key} does not say which check makes it needless")
    return {entry.key: entry for entry in entries}


def judge(outcomes: list[Outcome], needless: dict[str, Needless], *, all_of: set[str]) -> tuple[str, bool]:
    """The report, and whether the run is good. ``all_of``: files whose refusals are all among ``outcomes``."""
    lines = [f"{'file':<66}{'all':>6}{'noticed':>9}{'survived':>10}"]
    for file in sorted({one.refusal.file for one in outcomes}):
        mine = [one for one in outcomes if one.refusal.file == file]
        noticed = sum(one.noticed_by is not None for one in mine)
        lines.append(f"{file:<66}{len(mine):>6}{noticed:>9}{len(mine) - noticed:>10}")
    survivors = [one for one in outcomes if one.noticed_by is None]
    share = 1 - len(survivors) / len(outcomes) if outcomes else 1.0
    lines.append(f"{'together':<66}{len(outcomes):>6}{len(outcomes) - len(survivors):>9}{len(survivors):>10}  {share:.1%}")
    unexplained = [one for one in survivors if one.refusal.key not in needless]
    for one in unexplained:
        refusal = one.refusal
        lines.append(f"survived: {refusal.file}:{refusal.line} in {refusal.function}, {refusal.kind}: {refusal.text}"
                     f" ({one.ran} tests could have told)")  # fmt: skip
    stale = _stale(outcomes, needless, all_of)
    lines += [f"no longer a survivor, but in needless.toml: {key}" for key in stale]
    enough = not all_of or share >= LEAST_SHARE  # of a draw, one survivor more or less says nothing
    if not enough:
        lines.append(f"fewer than {LEAST_SHARE:.0%} were noticed")
    return "\n".join(lines), enough and not unexplained and not stale


def _stale(outcomes: list[Outcome], needless: dict[str, Needless], all_of: set[str]) -> list[str]:
    """The entries of the table that fit no survivor: noticed now, or gone from a file that was run whole."""
    noticed = {one.refusal.key for one in outcomes if one.noticed_by}
    known = {one.refusal.key for one in outcomes}
    gone = {key for key in needless.keys() - known if key.split("::")[0] in all_of}
    return sorted(gone | (needless.keys() & noticed))
