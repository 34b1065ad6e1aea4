"""Preparing and embedding under a limit of time for each document: a worker that is caught in one is lost to all others.

Rules: only files that the sandbox has accepted come here, and still nobody has proved that pyHanko ends on each of them. A document
that takes too long, or more memory than the worker has, fails alone (``pdf_too_complex``); the worker lives on. What does not even come
back to Python is ended with the whole process by the worker's watchdog.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

from server.errors import Unprocessable
from server.signing.credential import Credential
from server.signing.ports import DocumentPreparer, EmbeddedFile, PreparedFile, SignatureEmbedder
from server.signing.sign_request import Item, Placement

_AGAIN = 1.0  # seconds: whoever swallows the exception meets it anew


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """For the main thread. Raises Unprocessable(``pdf_too_complex``) out of whatever takes longer or runs out of memory."""
    before = signal.signal(signal.SIGALRM, _too_slow)
    signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
    try:
        yield
    except MemoryError:
        raise Unprocessable("out of memory", code="pdf_too_complex") from None
    except RecursionError:
        raise Unprocessable("nested too deeply", code="pdf_too_complex") from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _too_slow(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise Unprocessable("took too long", code="pdf_too_complex")


class BoundedPreparer:
    """``server.signing.ports.DocumentPreparer`` with ``seconds`` for each document."""

    def __init__(self, preparer: DocumentPreparer, seconds: float) -> None:
        self._preparer = preparer
        self._seconds = seconds

    def prepare(
        self,
        source: Path,
        target: Path,
        placement: Placement | None,
        signer: str,
        signing_time: float,
        digests: frozenset[str],
    ) -> PreparedFile:
        with within(self._seconds):
            return self._preparer.prepare(source, target, placement, signer, signing_time, digests)


class BoundedEmbedder:
    """``server.signing.ports.SignatureEmbedder`` with ``seconds`` for each document."""

    def __init__(self, embedder: SignatureEmbedder, seconds: float) -> None:
        self._embedder = embedder
        self._seconds = seconds

    def embed(
        self, prepared: Path, target: Path, item: Item, credential: Credential, *, fully: bool, now: float
    ) -> EmbeddedFile:
        with within(self._seconds):
            return self._embedder.embed(prepared, target, item, credential, fully=fully, now=now)
