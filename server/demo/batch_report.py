"""What became of each file: one entry, the table, ``report.json`` and the exit status."""

import json
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from server.demo.relying_party import Wanted
from server.demo.terminal import Terminal, table

SIGNED = "SIGNED"


@dataclass
class FileResult:
    """``state`` is the item's final state by the server's words (SIGNED, REFUSED, FAILED, CANCELLED), REFUSED_AT_UPLOAD, NOT_FETCHED, or
    NOT_ANSWERED while nothing has come. ``seconds`` run from the file's upload to its signed file on disk, or to its refusal."""

    file: Path
    name: str
    state: str = "NOT_ANSWERED"
    end_result: str | None = None
    reason: str | None = None
    began: float = field(default_factory=time.monotonic)
    seconds: float = 0.0
    document_id: str | None = None
    wanted: Wanted | None = None
    signed_file: Path | None = None

    def end(self, state: str, end_result: str | None, reason: str | None) -> None:
        self.state, self.end_result, self.reason = state, end_result, reason
        self.seconds = time.monotonic() - self.began

    def keep(self, signed_file: Path) -> None:
        self.signed_file = signed_file.resolve()
        self.seconds = time.monotonic() - self.began

    def as_json(self) -> dict[str, object]:
        return {
            "file": _text(self.file),
            "state": self.state,
            "end_result": self.end_result,
            "reason": self.reason,
            "seconds": round(self.seconds, 3),
            "signed_file": _text(self.signed_file) if self.signed_file else None,
        }


def _text(path: Path) -> str:
    """A name that is no UTF-8 gets question marks: JSON holds text only."""
    return os.fsencode(path).decode("utf-8", "replace")


def finish(results: Sequence[FileResult], out: Path, terminal: Terminal) -> int:
    """Writes the report and the table. Returns the exit status: 0 only if all were signed."""
    report = out / "report.json"
    temporary = out / ".report.json.new"
    entries = [result.as_json() for result in results]
    temporary.write_text(json.dumps(entries, ensure_ascii=False, indent=2) + "\n", "utf-8")
    temporary.replace(report)
    rows = [(_text(Path(r.file.name)), r.state, r.reason or r.end_result or "", f"{r.seconds:.1f}") for r in results]
    terminal.say()
    for line in table(("file", "state", "result", "s"), rows):
        terminal.say(line)
    signed = sum(result.state == SIGNED for result in results)
    terminal.say()
    terminal.say(f"{signed} of {len(results)} signed; signed files and report.json in {out.resolve()}")
    return 0 if signed == len(results) else 1
