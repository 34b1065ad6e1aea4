"""``python -m tests.pdf_corpus.verify_folder FOLDER``: what ``verify``, ``pdfsig`` and pyHanko say of each signed file, side by side.

Every PDF of the folder counts as honest, unless ``--attacks`` says that the folder holds attacks, or its name stands in ``known_signed``:
deliberately broken test files of others, each with its reason. The attacks that our own tests make are added with ``--own``. Told are, for
each file, the worst verdict of its signatures, and in the end the share of honest files that are read as intact and the attacks that are
called clean. Trust is left out: nobody has the roots of forty countries, so a file is *clean* when every signature is intact, covers the
whole file or is followed by nothing but what it allows, and no warning stands beside it. The exit status is 1 where an attack is clean.
Each file is verified in the sandbox; the seconds are those of that, without the child's start.
"""

import argparse
import asyncio
import collections
import io
import logging
import re
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import async_validate_pdf_timestamp
from pyhanko_certvalidator import ValidationContext

from server.errors import PhoneSealError
from server.pdf.sandbox import Sandbox
from server.pdf.verify import HARMLESS, SignatureReport
from tests.pdf_corpus import attacks
from tests.pdf_corpus.known_signed import KNOWN
from tests.pdf_corpus.signing_kit import Signer

SECONDS = 60
_WORST = ("ok", "suspicious", "unknown", "broken")
_IGNORED = HARMLESS | {"certificate_expired"}


@dataclass(frozen=True)
class Line:
    """One file: ``ours`` is the worst integrity, or the code of its refusal, or ``none`` without signatures."""

    name: str
    kind: str  # honest, attack
    ours: str
    clean: bool
    pdfsig: str
    pyhanko: str
    seconds: float
    why: str

    def row(self) -> str:
        said = self.ours + (", clean" if self.clean else "")
        return f"| {' | '.join((self.name, self.kind, said, self.pdfsig, self.pyhanko, f'{self.seconds:.2f}', self.why))} |"


def ours(sandbox: Sandbox, path: Path) -> tuple[str, bool, float, str]:
    """The worst verdict, whether the file is clean, seconds, and every code that stands in the way."""
    begun = time.monotonic()
    try:
        reports = sandbox.verify_file(path, [])
    except PhoneSealError as error:
        return error.code, False, time.monotonic() - begun, ""
    seconds = time.monotonic() - begun
    if not reports:
        return "none", False, seconds, ""
    worst = max((report.integrity for report in reports), key=_WORST.index)
    odd = sorted({code for report in reports for code in report.warnings} - _IGNORED)
    return worst, all(map(_is_clean, reports)), seconds, ", ".join(odd)


def _is_clean(report: SignatureReport) -> bool:
    return report.integrity == "ok" and report.accounted is None and not set(report.warnings) - _IGNORED


def pdfsig(path: Path) -> str:
    """``valid`` for all signatures, ``invalid`` for any, the rest in its own words."""
    if not shutil.which("pdfsig"):
        return "–"
    try:
        done = subprocess.run(
            ["pdfsig", "-nocert", str(path)], capture_output=True, text=True, errors="replace", timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return "timeout"
    told = re.findall(r"Signature Validation: (.*)", done.stdout)
    if not told:
        return "none" if "does not contain any signatures" in done.stdout + done.stderr else "not read"
    bad = [one for one in told if "is Valid" not in one]
    return "valid" if not bad else bad[0].strip(" .").removeprefix("Signature is ").lower()


def pyhanko(path: Path) -> str:
    """Its verdict without trust: ``valid``, ``invalid``, ``changed`` (the update is not permitted), or its error's name."""
    try:
        reader = PdfFileReader(io.BytesIO(path.read_bytes()))
        if reader.encrypted:
            reader.decrypt(b"")
        found = [_pyhanko_one(signature) for signature in reader.embedded_signatures]
    except Exception as error:  # noqa: BLE001 - whatever it raises is its answer
        return type(error).__name__
    return max(found, key=("valid", "changed", "invalid").index) if found else "none"


def _pyhanko_one(signature) -> str:  # type: ignore[no-untyped-def]
    context = ValidationContext(trust_roots=[], allow_fetching=False)
    if signature.sig_object_type == "/DocTimeStamp":
        status = asyncio.run(async_validate_pdf_timestamp(signature, context))
        return "valid" if status.intact and status.valid else "invalid"
    status = asyncio.run(async_validate_pdf_signature(signature, context))
    if not (status.intact and status.valid):
        return "invalid"
    return "valid" if status.docmdp_ok else "changed"


def own_attacks(folder: Path) -> Iterator[Path]:
    """The attacks of our own tests, signed with throw-away keys; appended white space changes nothing and is no attack by itself."""
    root = Signer.create("Test root")
    signer, other = Signer.create("An", issuer=root), Signer.create("Binh", issuer=root)
    made = {name: make(signer, other) for name, make in attacks.SIGNED.items() if name not in ("appended_spaces",)}
    spans = ("image_spans_gap", "content_spans_gap", "length_from_increment", "xref_offset_in_gap", "original_offset_in_gap",
             "object_stream_in_gap", "byte_range_indirect", "byte_range_twice", "contents_twice", "hybrid_increment")  # fmt: skip
    made |= {f"prepared_{name}": attacks.PREPARED[name]().sign(signer) for name in spans}
    for name, content in made.items():
        path = folder / f"{name}.pdf"
        path.write_bytes(content)
        yield path


def kind_of(path: Path, attack_folder: bool) -> tuple[str, str]:
    """``honest`` or ``attack``, and what is known of the file."""
    known = next((reason for name, reason in KNOWN.items() if name in path.name), "")
    return ("attack" if attack_folder or known else "honest"), known


def _summary(lines: list[Line]) -> Iterator[str]:
    honest = [line for line in lines if line.kind == "honest" and line.ours != "none"]
    intact = [line for line in honest if line.ours == "ok"]
    hostile = [line for line in lines if line.kind == "attack"]
    if honest:
        yield f"honest: {len(honest)} signed files, read as intact {len(intact)} = {len(intact) / len(honest):.1%}"
        for name in ("pdfsig", "pyhanko"):
            said = collections.Counter(getattr(line, name) for line in honest)
            yield f"honest: {name} valid {said['valid']} = {said['valid'] / len(honest):.1%} ({dict(said.most_common(8))})"
        times = sorted(line.seconds for line in honest)
        yield f"honest: seconds a file: median {times[len(times) // 2]:.2f}, p95 {times[int(len(times) * 0.95)]:.2f}, most {times[-1]:.2f}"
    others = ", ".join(f"{name} valid {sum(getattr(line, name) == 'valid' for line in hostile)}" for name in ("pdfsig", "pyhanko"))
    yield f"attacks: {len(hostile)}, called clean {sum(line.clean for line in hostile)}, {others}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.pdf_corpus.verify_folder", description=__doc__)
    parser.add_argument("folders", type=Path, nargs="*")
    parser.add_argument("--attacks", action="store_true", help="every file of the folders is an attack")
    parser.add_argument("--own", action="store_true", help="the attacks of our own tests too")
    parser.add_argument("--all", action="store_true", help="print every file, not only what is not intact and clean")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    lines = []
    with tempfile.TemporaryDirectory() as temporary:
        made = list(own_attacks(Path(temporary))) if given.own else []
        files = [(path, given.attacks) for folder in given.folders for path in sorted(folder.rglob("*.pdf"))]
        readable = sorted({path.resolve().parent for path, _ in files} | {Path(temporary)})
        with Sandbox(readable=readable) as sandbox:
            for path, hostile in [*files, *((path, True) for path in made)]:
                kind, known = kind_of(path, hostile)
                worst, clean, seconds, why = ours(sandbox, path)
                lines.append(Line(path.name, kind, worst, clean, pdfsig(path), pyhanko(path), seconds, known or why))
                if given.all or kind == "attack" or worst not in ("ok", "none"):
                    sys.stdout.write(lines[-1].row() + "\n")
    sys.stdout.writelines(f"{line}\n" for line in _summary(lines))
    return 1 if any(line.clean and line.kind == "attack" for line in lines) else 0


if __name__ == "__main__":
    sys.exit(main())
