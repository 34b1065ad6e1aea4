"""Asks veraPDF about files, all in one call of Java.

Rules: each file is judged by the standards that its own metadata claim, and by no other; a file that claims none gets no answer; what
veraPDF can't read conforms to nothing. ``missing()`` says why there is no judge, for tests that are skipped then.
"""

import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
JARS = HERE / "jars"
POM = HERE / "pom.xml"
STAMP = JARS / ".phoneseal"
"""The pom that the jars are of."""


@dataclass(frozen=True)
class Answer:
    """For one standard (``1b``, ``3u``, ``ua1``): does the file keep it, and which rules it breaks (clause-test:times)."""

    standard: str
    conforms: bool
    broken: str = ""


def missing() -> str:
    """Why nothing can be judged; empty if all is there."""
    if shutil.which("java") is None or shutil.which("javac") is None:
        return "a JDK is not installed"
    if not STAMP.is_file() or STAMP.read_text() != POM.read_text():
        return "veraPDF was not fetched: python -m tests.pdf_corpus.conformance.set_up"
    return ""


def judge(paths: Iterable[Path], *, seconds: float = 600) -> dict[Path, tuple[Answer, ...]]:
    """The answers by file. Raises RuntimeError with Java's own words when it fails."""
    asked = [path.resolve() for path in paths]
    command = ["java", "-Xmx1g", "-XX:+UseSerialGC", "-cp", f"{JARS}/*", str(HERE / "Judge.java")]
    given = "".join(f"{path}\n" for path in asked).encode()
    run = subprocess.run(command, input=given, capture_output=True, timeout=seconds, check=False)
    if run.returncode:
        raise RuntimeError(run.stderr.decode(errors="replace"))
    answers: dict[Path, tuple[Answer, ...]] = dict.fromkeys(asked, ())
    for line in run.stdout.decode().splitlines():
        path, standard, conforms, broken = line.split("\t")
        answers[Path(path)] += (Answer(standard, conforms == "yes", broken),)
    return answers
