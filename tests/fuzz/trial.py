"""``python -m tests.fuzz [phone|upload]``: asks phone and upload about thousands of mutants.

Each process takes a seed of its own, counted up from ``--seed``, and asks about ``ROUND`` mutants a seed. Exit status 1
when something was found: the recipe is printed, and the file is kept in ``--keep``. ``--recipe`` asks about one mutant.
"""

import argparse
import multiprocessing
import sys
import time
from pathlib import Path

from tests.fuzz.judge import Judge
from tests.fuzz.recipes import Recipe
from tests.fuzz.run import ASKED, ROUND, Tally, whole_round

MUTANTS = {"phone": 20_000, "upload": 5_000}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Mutants of accepted PDFs.")
    parser.add_argument("asked", nargs="?", choices=sorted(ASKED), help="phone or upload; both when left out")
    parser.add_argument("--mutants", type=int, help="so many; 20,000 for the phone and 5,000 for upload when left out")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--keep", type=Path, help="where the files of finds are written")
    parser.add_argument("--recipe", help="one mutant, as a find prints it")
    options = parser.parse_args(arguments)
    if options.recipe:
        return _one(options.asked or "phone", Recipe.read(options.recipe), options.keep)
    asked = [options.asked] if options.asked else list(MUTANTS)
    return max([_many(one, options) for one in asked])


def _many(asked: str, options: argparse.Namespace) -> int:
    rounds = -(-(options.mutants or MUTANTS[asked]) // ROUND)
    begun = time.monotonic()
    whole = Tally()
    jobs = [(asked, options.seed + number) for number in range(rounds)]
    with multiprocessing.get_context("spawn").Pool(options.processes, maxtasksperchild=4) as pool:
        for number, part in pool.imap_unordered(whole_round, jobs):
            whole.add(part)
            seen = len({find.kind for find in whole.finds})
            sys.stderr.write(f"seed {number}: {whole.mutants} mutants, {whole.drawn} drawn, {seen} kinds of finds\n")
    _tell(asked, whole, time.monotonic() - begun, options.keep)
    return 1 if whole.finds else 0


def _one(asked: str, recipe: Recipe, keep: Path | None) -> int:
    with Judge() as judge:
        verdict = ASKED[asked](judge, recipe)
    sys.stdout.write(f"{verdict.said}; {verdict.trouble or 'nothing to tell'}\n")
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
        (keep / "mutant.pdf").write_bytes(recipe.make())
    return 1 if verdict.trouble else 0


def _tell(asked: str, tally: Tally, seconds: float, keep: Path | None) -> None:
    out = [f"{asked}: {tally.mutants} mutants in {seconds:.0f} s, {tally.said['accepted']} accepted, {tally.drawn} drawn"]
    out += [f"{count:>7}  {said}" for said, count in tally.said.most_common()]
    kinds: dict[str, list[str]] = {}
    for number, find in enumerate(tally.finds):
        if find.kind not in kinds and keep:
            keep.mkdir(parents=True, exist_ok=True)
            (keep / f"{asked}-{number}.pdf").write_bytes(find.recipe.make())
        kinds.setdefault(find.kind, []).append(f"{find.recipe} | {find.trouble}")
    for kind, finds in sorted(kinds.items(), key=lambda one: -len(one[1])):
        out.append(f"found {len(finds)} times: {kind}")
        out += [f"    {one}" for one in finds[:3]]
    sys.stdout.write("\n".join(out) + "\n")
