"""Makes every file of the corpus, MANIFEST.json and the table of README.md anew.

    python -m tests.pdf_corpus.make_corpus [WORD …]

With words, only makers whose function name holds one of them run, and other files stay. A maker whose tool is missing is named, and
its files stay too. The packages and programs are listed in README.md; the tests need none of them, they read the committed files.
"""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.pdf_corpus import (
    good_handmade,
    good_packages,
    good_programs,
    good_rewritten,
    odd_files,
    refused_damage,
    refused_files,
    signed_files,
)
from tests.pdf_corpus.sample import Sample, ToolMissing

FOLDER = Path(__file__).parent
MANIFEST = FOLDER / "MANIFEST.json"
README = FOLDER / "README.md"
TABLE_MARK = "<!-- The table below is written by make_corpus. -->"


def makers() -> dict[str, Callable[[], Iterator[Sample]]]:
    """Name -> function that yields files."""
    modules = (good_packages, good_programs, good_rewritten, good_handmade, signed_files)
    named = {maker.__name__: maker for module in modules for maker in module.makers()}
    return named | {"odd": odd_files.samples, "refused": refused_files.samples, "damaged": refused_damage.samples}


def write(sample: Sample) -> None:
    """Writes the file of one sample."""
    target = FOLDER / sample.file
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(sample.data)


def table(lines: list[dict[str, Any]]) -> str:
    """The manifest as a table of Markdown."""
    rows = ["| file | maker | kind | expected |", "|---|---|---|---|"]
    for line in lines:
        outcome = str(line["code"] or line["expect"])
        if line["codes_may"]:
            outcome += f" (or {', '.join(line['codes_may'])})"
        listed = ", ".join(line["findings"])
        signatures = f"{line['earlier_signatures']} earlier" if line["earlier_signatures"] else ""
        rows.append(
            f"| {line['file']} | {line['maker']} | {line['kind']} | {'; '.join(filter(None, (outcome, listed, signatures)))} |"
        )
    return "\n".join(rows)


def main(words: list[str]) -> int:
    """Runs the makers, writes files and manifest; returns 1 when a tool was missing."""
    lines: dict[str, dict[str, Any]] = {}
    if MANIFEST.exists():
        lines = {line["file"]: line for line in json.loads(MANIFEST.read_text(encoding="utf-8"))}
    missing = False
    for name, maker in makers().items():
        if words and not any(word in name for word in words):
            continue
        try:
            for sample in maker():
                write(sample)
                lines[sample.file] = sample.manifest_line()
        except ToolMissing as error:
            missing = True
            print(f"{name}: {error} is not installed; its files stay as they are", file=sys.stderr)
    kept = [lines[file] for file in sorted(lines) if (FOLDER / file).exists()]
    MANIFEST.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    text = README.read_text(encoding="utf-8").split(TABLE_MARK)[0]
    README.write_text(f"{text}{TABLE_MARK}\n\n{table(kept)}\n", encoding="utf-8")
    print(f"{len(kept)} files in {MANIFEST}")
    return int(missing)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
