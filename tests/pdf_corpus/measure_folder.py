"""``python -m tests.pdf_corpus.measure_folder FOLDER …``: what becomes of other people's PDFs, as one table.

Each file goes the product's way without sockets (``measure_way``). Told of what PDFium opens: how many are taken, rewritten (by the rules
that they broke), signed, refused by policy (the closed list of ``measure_policy``) and refused otherwise; whether pages and pictures are
the same before and after; then every refused file by name and reason. A file that was accepted and then fails, loses a page or looks
otherwise is a fault of ours: each is named, and the exit status is 1.
``--upload-only`` stops after upload; ``--others`` asks pdfsig, ``qpdf --check`` and pyHanko's own signer, too; ``--sample N`` takes
N files, always the same, in random order; ``--seconds`` stops earlier.
"""

import argparse
import collections
import logging
import random
import sys
import tempfile
import time
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path

from server.pdf.sandbox import Sandbox
from tests.pdf_corpus.measure_others import good_words, pyhanko_signs
from tests.pdf_corpus.measure_policy import POLICIES
from tests.pdf_corpus.measure_way import Fate, Way


def table(fates: list[Fate]) -> Iterator[str]:
    """Markdown: the counts with their shares of what PDFium opens."""
    opened = [one for one in fates if one.opens]
    signed = [one for one in opened if one.fate in ("taken", "rewritten")]
    refused = [one for one in opened if one.fate == "refused"]
    by_policy = [one for one in refused if one.policy]
    rows: list[tuple[str, Iterable[Fate]]] = [
        ("PDFium opens", opened),
        ("taken as they are", [one for one in signed if one.fate == "taken"]),
        ("rewritten, then taken", [one for one in signed if one.fate == "rewritten"]),
        ("**signed**", signed),
        *((f"refused: {policy}", [one for one in by_policy if one.policy == policy]) for policy in POLICIES),
        ("**signed or refused by policy**", [*signed, *by_policy]),
        ("refused otherwise", [one for one in refused if not one.policy]),
        ("accepted, then failed", [one for one in opened if one.fate == "fault"]),
        ("other page count than before", [one for one in signed if one.pages_equal is False]),
        ("other pictures outside the stamp", [one for one in signed if one.pictures_equal is False]),
    ]
    yield "| | files | of what PDFium opens | with earlier signatures |"
    yield "|---|---|---|---|"
    for name, chosen in rows:
        count = list(chosen)
        share = f"{100 * len(count) / len(opened):.1f} %" if opened else "–"
        yield f"| {name} | {len(count)} | {share} | {sum(one.signed_before for one in count)} |"
    closed = [one for one in fates if not one.opens]
    mended = sum(one.fate == "rewritten" for one in closed)
    yield f"| PDFium does not open (of them rewritten, then taken) | {len(closed)} ({mended}) | | |"


def rewrites(fates: list[Fate]) -> Iterator[str]:
    """Markdown: the rules for which files were rewritten; a file can break several."""
    count = collections.Counter(rule for one in fates if one.fate == "rewritten" for rule in one.repairs)
    yield "| rewritten for | files |"
    yield "|---|---|"
    yield from (f"| {rule} | {number} |" for rule, number in count.most_common())


def refusals(fates: list[Fate]) -> Iterator[str]:
    """Markdown: each file that PDFium opens and that is refused, those against no policy first."""
    yield "| refused file | policy | code and rule | what was told |"
    yield "|---|---|---|---|"
    refused = [one for one in fates if one.opens and one.fate == "refused"]
    for one in sorted(refused, key=lambda one: (one.policy, one.code, one.rule, one.file)):
        reason = one.reason.replace("|", "/").replace("\n", " ")
        yield f"| {one.file} | {one.policy or '–'} | {one.code} {one.rule} | {reason} |"


def faults(fates: list[Fate]) -> list[str]:
    """A sentence for each fault of ours."""
    found = [f"{one.file}: {one.reason}" for one in fates if one.fate == "fault"]
    found += [f"{one.file}: other page count than before" for one in fates if one.pages_equal is False]
    found += [f"{one.file}: other pictures outside the stamp" for one in fates if one.pictures_equal is False]
    return found


def _sources(folders: list[Path], sample: int) -> list[Path]:
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.suffix.lower() == ".pdf")
    return random.Random(7).sample(files, sample) if 0 < sample < len(files) else files


def _measure(given: argparse.Namespace, fates: list[Fate], words: collections.Counter[str], bad: list[str]) -> None:
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as temporary, Sandbox() as sandbox, Way(sandbox, Path(temporary)) as way:
        for source in _sources(given.folders, given.sample):
            if given.seconds and time.monotonic() > began + given.seconds:
                break
            fate = way.take(source, upload_only=given.upload_only)
            fates.append(fate)
            if given.others:
                for strict in (True, False):
                    name = f"signed by pyHanko, {'strict' if strict else 'not strict'}"
                    words[name] += pyhanko_signs(source, way.signer, strict=strict)
                for good, sentence in good_words(source, fate.signed, Path(temporary)) if fate.signed else ():
                    words.update([good] if good else [])
                    bad += [sentence] if sentence else []
            fate.signed = b""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.pdf_corpus.measure_folder", description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--upload-only", action="store_true", help="do not sign what is accepted")
    parser.add_argument("--others", action="store_true", help="ask pdfsig, qpdf and pyHanko's signer too")
    parser.add_argument("--sample", type=int, default=0, help="how many files; all without it")
    parser.add_argument("--seconds", type=float, default=0.0, help="stop after so many; without it, when all are done")
    given = parser.parse_args(arguments)
    fates: list[Fate] = []
    words: collections.Counter[str] = collections.Counter()
    bad: list[str] = []
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _measure(given, fates, words, bad)
    finally:
        logging.disable(logging.NOTSET)
    bad += faults(fates)
    for lines in (table(fates), rewrites(fates), refusals(fates)):
        sys.stdout.writelines(f"{line}\n" for line in lines)
        sys.stdout.write("\n")
    sys.stdout.writelines(f"{count:6}  {name}\n" for name, count in words.items())
    sys.stdout.writelines(f"fault: {sentence}\n" for sentence in bad)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
