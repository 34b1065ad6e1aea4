"""What is mutated, and against which tests.

The tests of the checks alone count: a refusal that only a test of the whole program would miss has no test of
its own.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def _nothing() -> None:
    """No arrangement is needed before the tests run."""


@dataclass(frozen=True)
class Subject:
    """``sources``: files and folders below ``root`` whose refusals are taken away, but for ``telling``, which tell
    and never refuse; ``tests``: what pytest collects; ``arrange`` runs before them."""

    name: str
    root: Path
    sources: tuple[str, ...]
    tests: tuple[str, ...]
    arguments: tuple[str, ...] = ()
    telling: tuple[str, ...] = ()
    arrange: Callable[[], None] = field(default=_nothing)

    def files(self) -> list[Path]:
        """The source files, in the order of their names."""
        found: set[Path] = set()
        for source in self.sources:
            path = self.root / source
            found |= set(path.rglob("*.py")) if path.is_dir() else set(self.root.glob(source))
        found = {path for path in found if not any(path.is_relative_to(self.root / name) for name in self.telling)}
        if not found:
            raise FileNotFoundError(f"{self.name}: nothing to mutate in {self.sources}")
        return sorted(found)


def _without_sandbox() -> None:
    """The server's inspection runs in a process of its own, which would load the code from disk, unedited: here
    it is called in this one."""
    from server.pdf import sandbox
    from server.pdf.inspect_upload import inspect_upload

    def inspect(_: object, source: Path, target: Path, limits: object) -> object:
        return inspect_upload(source, target, limits)  # type: ignore[arg-type]

    sandbox.Sandbox.inspect_upload = inspect  # type: ignore[method-assign, assignment]


PHONE = Subject(
    name="phone",
    root=ROOT,
    sources=("mobile_app/device/document_checks",),
    tests=("tests/unit/device_checks",),
    telling=tuple(
        f"mobile_app/device/document_checks/{name}"
        for name in ("drawn_annotations.py", "drawn_fonts", "findings", "findings.py", "stamp_place.py")
    ),
)
SERVER = Subject(
    name="server",
    root=ROOT,
    sources=(
        "server/pdf/grammar",
        "server/pdf/content",
        "server/pdf/inspect_*.py",
        "server/pdf/rewrite*.py",
        "server/pdf/compare_pages.py",
        "server/pdf/earlier_signatures.py",
    ),
    tests=("tests/unit/pdf_upload", "tests/unit/pdf_grammar", "tests/unit/pdf/test_pdf_sign_earlier.py"),
    # These start, kill and measure the sandbox's own process, in which nothing can be taken away from here.
    arguments=(
        "--ignore=tests/unit/pdf_upload/test_upload_sandbox.py",
        "--ignore=tests/unit/pdf_upload/test_sandbox_walls.py",
        "--ignore=tests/unit/pdf_upload/test_page_images.py",
    ),
    arrange=_without_sandbox,
)
SUBJECTS = {subject.name: subject for subject in (PHONE, SERVER)}
