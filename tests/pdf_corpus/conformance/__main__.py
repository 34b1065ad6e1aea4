"""``python -m tests.pdf_corpus.conformance FOLDER…``: what the PDFs of folders conform to, and what of it they keep when they are signed,
visibly, invisibly and twice. Exits 1 where a standard was lost and nobody told, or told and not lost."""

import argparse
import collections
import logging
import sys
import tempfile
import warnings
from pathlib import Path

from server.errors import PhoneSealError
from server.pdf.sandbox import Sandbox
from tests.pdf_corpus.conformance.judge import judge, missing
from tests.pdf_corpus.conformance.losses import compared
from tests.pdf_corpus.conformance.signing import Signed, Signing


def _conforming(folders: list[Path]) -> list[Path]:
    """Those that keep what they claim; prints the others that claim something."""
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.suffix.lower() == ".pdf")
    kept = []
    for path, answers in judge(files, seconds=3600).items():
        kept += [path] if any(answer.conforms for answer in answers) else []
        for answer in answers:
            if not answer.conforms:
                sys.stdout.write(f"{path}: {answer.standard} not kept before: {answer.broken}\n")
    return kept


def _signed(files: list[Path], folder: Path) -> list[Signed]:
    found = []
    with Sandbox() as sandbox:
        signing = Signing(sandbox, folder)
        for path in files:
            try:
                found.append(signing.sign(path))
            except PhoneSealError as error:
                sys.stdout.write(f"{path}: refused: {error.code}\n")
    return found


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.pdf_corpus.conformance", description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    given = parser.parse_args(arguments)
    if why := missing():
        sys.stdout.write(f"{why}\n")
        return 2
    count: collections.Counter[tuple[str, str, str]] = collections.Counter()
    faults = 0
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as temporary, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for loss in compared(_signed(_conforming(given.folders), Path(temporary))):
            fate = ("lost, told" if loss.told else "lost") if loss.broken else "kept"
            count[loss.standard, loss.way, fate] += 1
            if loss.is_fault:
                faults += 1
                sys.stdout.write(f"{loss.source}: {loss.standard} {loss.way}: {loss.broken or 'told to be lost, and is not'}\n")
    for (standard, way, fate), number in sorted(count.items()):
        sys.stdout.write(f"{standard:4} {way:10} {fate:11} {number}\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
