"""Hostile files are parsed in a process of their own.

A ``Sandbox`` keeps one child process (``python -m server.pdf.sandbox``, sandbox_child.py) and gives it one
job at a time over pipes. The child holds no secret, inherits neither environment nor open files, runs
under limits of memory, CPU time and wall clock per job, and behind walls where the kernel has them
(sandbox_walls.py). Whatever a file does to it, the caller gets an answer
or an error of the tree in time: a child that takes too long is killed (``pdf_too_complex``), one that runs
out of memory says so (``pdf_bomb``), one that crashes is replaced (``pdf_broken``). The child ends by itself
when its parent is gone.

Messages, both ways: four bytes length of the JSON part, eight bytes length of the binary part, both
big-endian, then the parts. Never a pickle: a process that has parsed hostile bytes may say anything, so every
field of an answer is checked before it is used.
"""

import json
import os
import re
import select
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from server.errors import BadInput, NotFound, PhoneSealError, TooLarge, Unavailable, Unprocessable
from server.pdf.inspect_limits import MIB, UploadLimits
from server.pdf.inspect_result import Inspection, inspection_from_json, record_from_json

if TYPE_CHECKING:
    from server.pdf.verify import SignatureReport

__all__ = ["Sandbox"]

_HEAD: Final = struct.Struct(">IQ")
_MAX_JSON = 64 * MIB
_MAX_BINARY = 256 * MIB
_GRACE_SECONDS = 2.0
_START_SECONDS = 30.0
_JOBS_PER_CHILD = 1000
_RENDER_LIMITS: Final = UploadLimits(seconds=20.0, memory_bytes=1024 * MIB)
_VERIFY_LIMITS: Final = UploadLimits(seconds=60.0, memory_bytes=1024 * MIB)
_ROOT = Path(__file__).resolve().parents[2]
_CODE = re.compile(r"[a-z][a-z0-9_]{0,60}")
_GROUPS: Final[Mapping[str, type[PhoneSealError]]] = {
    one.__name__: one for one in (BadInput, NotFound, TooLarge, Unavailable, Unprocessable)
}
_OUT_OF_TIME = {signal.SIGXCPU, signal.SIGALRM}
_OUT_OF_MEMORY = {signal.SIGABRT, signal.SIGTRAP, signal.SIGILL}  # how C++ libraries end when malloc fails
EXIT_OUT_OF_MEMORY = 3


class _ChildGone(Exception):
    """The child ended before it answered."""


class _ChildSlow(Exception):
    """The child did not answer in time."""


class Sandbox:
    """One persistent child process; safe to use from several threads, one job at a time."""

    def __init__(
        self,
        *,
        readable: Sequence[Path] = (),
        writable: Sequence[Path] = (),
        max_bytes: int = UploadLimits().max_bytes,
    ) -> None:
        """``readable`` and ``writable`` are the only folders whose files the child can reach besides programs
        (with neither, every file of this user). No job's file may be larger than ``max_bytes``."""
        self.walls: tuple[str, ...] = ()
        """Which of ``sandbox_walls.EVERY_WALL`` stand around the running child."""
        folders = {"readable": readable, "writable": writable}
        given: dict[str, object] = {name: [str(path.absolute()) for path in paths] for name, paths in folders.items()}
        self._given = json.dumps(given | {"memory_bytes": _VERIFY_LIMITS.memory_bytes, "max_bytes": max_bytes})
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._jobs_done = 0
        self._owner = os.getpid()

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def child_pid(self) -> int | None:
        """The process id of the child while it runs."""
        child = self._child
        return child.pid if child is not None and child.poll() is None else None

    def warm_up(self) -> None:
        """Start the child and have it load its libraries, so that the first upload does not wait for them."""
        with self._lock:
            self._living_child()

    def inspect_upload(self, source: Path, repaired_target: Path, limits: UploadLimits) -> Inspection:
        """``server.pdf.inspect_upload.inspect_upload`` in the child; on any error no repaired file remains.
        """
        arguments = {"source": str(source.absolute()), "repaired_target": str(repaired_target.absolute())}
        try:
            answer, _ = self._run("inspect_upload", arguments, limits)
            return inspection_from_json(answer)
        except BaseException:
            repaired_target.unlink(missing_ok=True)
            raise

    def render_page(
        self,
        path: Path,
        page: int,
        *,
        width_px: int | None = None,
        scale: float | None = None,
        limits: UploadLimits = _RENDER_LIMITS,
    ) -> bytes:
        """``server.pdf.page_images.render_page`` in the child: PNG bytes of the page with that index."""
        arguments = {"path": str(path.absolute()), "page": page, "width_px": width_px, "scale": scale}
        _, picture = self._run("render_page", arguments, limits)
        if not picture.startswith(b"\x89PNG\r\n\x1a\n"):
            raise Unprocessable("no picture came back", code="pdf_broken")
        return picture

    def verify_file(
        self,
        path: Path,
        trust_roots: Sequence[bytes],
        *,
        timestamp_roots: Sequence[bytes] | None = None,
        moment: datetime | None = None,
        limits: UploadLimits = _VERIFY_LIMITS,
    ) -> list["SignatureReport"]:
        """``server.pdf.verify.verify_file`` in the child: one report for each signature of the file."""
        from server.pdf.verify import SignatureReport  # brings pyHanko along: only for those who verify

        arguments = {
            "path": str(path.absolute()),
            "trust_roots": [root.hex() for root in trust_roots],
            "timestamp_roots": None if timestamp_roots is None else [root.hex() for root in timestamp_roots],
            "moment": None if moment is None else moment.isoformat(),
        }
        answer, _ = self._run("verify_file", arguments, limits)
        return [record_from_json(SignatureReport, one) for one in answer] if isinstance(answer, list) else []

    def close(self) -> None:
        """End the child; the next job would start a new one."""
        with self._lock:
            self._end_child()

    def _run(self, job: str, arguments: Mapping[str, object], limits: UploadLimits) -> tuple[Any, bytes]:
        request = {
            "job": job,
            "arguments": arguments,
            "limits": {name: getattr(limits, name) for name in UploadLimits.__dataclass_fields__},
        }
        message = json.dumps(request).encode()
        with self._lock:
            for attempt in (1, 2):
                try:
                    return self._ask(message, limits.seconds + _GRACE_SECONDS)
                except _ChildSlow:
                    self._end_child()
                    raise Unprocessable("took too long", code="pdf_too_complex") from None
                except _ChildGone:
                    status = self._end_child()
                    # Killed from outside (an operator, the kernel short of memory): the file may be innocent.
                    if status != -signal.SIGKILL or attempt == 2:
                        raise _as_error(status) from None
        raise AssertionError("unreachable")

    def _ask(self, message: bytes, seconds: float) -> tuple[Any, bytes]:
        child = self._living_child()
        deadline = time.monotonic() + seconds
        try:
            assert child.stdin is not None
            child.stdin.write(_HEAD.pack(len(message), 0) + message)
            child.stdin.flush()
        except OSError as error:
            raise _ChildGone from error
        answer, binary = _read_answer(child, deadline)
        self._jobs_done += 1
        refusal = answer.get("error")
        if isinstance(refusal, dict):
            if refusal.get("code") == "pdf_bomb":  # a child that ran out of memory is not to be relied on
                self._end_child()
            raise _error_from_json(refusal)
        return answer.get("result"), binary

    def _living_child(self) -> subprocess.Popen[bytes]:
        if self._owner != os.getpid():  # after a fork the pipes belong to the other process: start afresh
            self._child = None
            self._owner = os.getpid()
        worn = self._jobs_done >= _JOBS_PER_CHILD
        if self._child is not None and (worn or self._child.poll() is not None):
            self._end_child()
        if self._child is None:
            self._child = child = _start_child(self._given)
            self._jobs_done = 0
            try:
                answer, _ = _read_answer(child, time.monotonic() + _START_SECONDS)
                self.walls = tuple(map(str, answer["result"]))
            except (_ChildGone, _ChildSlow):
                raise Unavailable(f"the PDF sandbox does not start ({self._end_child()})") from None
        return self._child

    def _end_child(self) -> int:
        """Kill and reap; the exit status as ``subprocess`` gives it (negative: the signal)."""
        child, self._child = self._child, None
        if child is None or self._owner != os.getpid():
            return 0
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    continue
        try:
            status = child.wait(0.2)
        except subprocess.TimeoutExpired:
            child.kill()
            status = child.wait()
        return status


def _start_child(given: str) -> subprocess.Popen[bytes]:
    environment = {"PATH": os.defpath, "LANG": "C.UTF-8", "PYTHONPATH": str(_ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.Popen(
        [sys.executable, "-s", "-P", "-m", "server.pdf.sandbox_child", given],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd="/",
        close_fds=True,
        start_new_session=True,
    )


def _read_answer(child: subprocess.Popen[bytes], deadline: float) -> tuple[dict[str, Any], bytes]:
    """One answer; nonsense counts as no answer, so the child is replaced."""
    assert child.stdout is not None
    descriptor = child.stdout.fileno()
    json_length, binary_length = _HEAD.unpack(_read(descriptor, _HEAD.size, deadline))
    if json_length > _MAX_JSON or binary_length > _MAX_BINARY:
        raise _ChildSlow
    body = _read(descriptor, json_length, deadline)
    binary = _read(descriptor, binary_length, deadline)
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        raise _ChildSlow from None
    if not isinstance(answer, dict):
        raise _ChildSlow
    return answer, binary


def _read(descriptor: int, length: int, deadline: float) -> bytes:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    parts: list[bytes] = []
    while length:
        left = deadline - time.monotonic()
        if left <= 0 or not poll.poll(left * 1000):
            raise _ChildSlow
        part = os.read(descriptor, min(length, MIB))
        if not part:
            raise _ChildGone
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def _as_error(status: int) -> PhoneSealError:
    ended_by = -status
    if ended_by in _OUT_OF_TIME:
        return Unprocessable("out of CPU time", code="pdf_too_complex")
    if status == EXIT_OUT_OF_MEMORY or ended_by in _OUT_OF_MEMORY or ended_by == signal.SIGKILL:
        return Unprocessable("out of memory", code="pdf_bomb")
    return Unprocessable(f"the parser ended with status {status}", code="pdf_broken")


def _error_from_json(error: Mapping[str, object]) -> PhoneSealError:
    group = _GROUPS.get(str(error.get("group")), Unprocessable)
    code = error.get("code")
    details = error.get("details")
    plain = {
        str(name): value
        for name, value in (details.items() if isinstance(details, dict) else ())
        if isinstance(value, int | float) or (isinstance(value, str) and _CODE.fullmatch(value))
    }
    known = code if isinstance(code, str) and _CODE.fullmatch(code) else "pdf_broken"
    return group(str(error.get("message", ""))[:500], code=known, details=plain)
