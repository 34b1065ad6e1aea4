"""Signatures that a document carried before ours: what we add leaves each as good as it was.

Rules: nobody is asked to make others' signatures better: one that is broken, was never completed, or was followed by a forbidden change
stays what it is, and is told to the person (findings of the upload). But none may become worse by what we append: that is found when the
document is prepared, before a phone is asked, at every position of a request alike; after the signing the full validation asks it once
more. A document time-stamp (ISO 32000-2, 12.8.5) has no permissions of its own: it must stay whole.
"""

import asyncio
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature, async_validate_pdf_timestamp

from server.errors import Unprocessable
from server.pdf.pyhanko_reading import open_reader, pyhanko_status, validation_context


@dataclass(frozen=True)
class Standing:
    """What holds of a signature; all False where it can't be read at all."""

    intact: bool = False
    valid: bool = False
    changes_allowed: bool = False

    def is_worse_than(self, before: "Standing") -> bool:
        """Whether anything that held does not hold any more."""
        held = (before.intact, before.valid, before.changes_allowed)
        return any(was and not now for was, now in zip(held, (self.intact, self.valid, self.changes_allowed), strict=True))


def standings(reader: PdfFileReader, moment: datetime | None = None) -> dict[str, Standing]:
    """By the field's name, of all signature fields that have a value."""
    return {name: _standing(embedded, moment) for name, embedded in embedded_signatures(reader)}


def embedded_signatures(reader: PdfFileReader) -> Iterator[tuple[str, EmbeddedPdfSignature | None]]:
    """All signature fields that have a value; None where pyHanko does not take the value for a signature."""
    for name, _, field in enumerate_sig_fields(reader, filled_status=True):
        try:
            yield name, EmbeddedPdfSignature(reader, field.get_object(), name)
        except Exception:  # noqa: BLE001 pyHanko's errors share no base
            yield name, None


def _standing(embedded: EmbeddedPdfSignature | None, moment: datetime | None) -> Standing:
    if embedded is None:
        return Standing()
    context = validation_context((), (), moment)
    try:
        if embedded.sig_object_type == "/DocTimeStamp":
            loop = asyncio.new_event_loop()
            try:
                stamp = loop.run_until_complete(async_validate_pdf_timestamp(embedded, context))
            finally:
                loop.close()
            return Standing(bool(stamp.intact), bool(stamp.valid), changes_allowed=True)
        status = pyhanko_status(embedded, context)
    except Exception:  # noqa: BLE001 what it can't judge held nothing before and holds nothing after
        return Standing()
    return Standing(bool(status.intact), bool(status.valid), bool(status.docmdp_ok))


def worse_off(before: PdfFileReader, after: PdfFileReader, moment: datetime | None = None) -> list[str]:
    """The names of those signatures of ``before`` that are worse in ``after``."""
    now = standings(after, moment)
    return [name for name, was in standings(before, moment).items() if now.get(name, Standing()).is_worse_than(was)]


def refuse_if_worse(document: bytes | Path, original_length: int) -> None:
    """``document`` is an original of ``original_length`` bytes and one update. Raises
    Unprocessable(``pdf_earlier_signature_would_break``)."""
    with opened(document) as whole, Beginning(opened(document), original_length) as original:
        names = worse_off(open_reader(original), open_reader(whole))
    if names:
        raise Unprocessable(f"worse after the update: {names}", code="pdf_earlier_signature_would_break", details={"field": names[0][:100]})


def opened(document: bytes | Path) -> BinaryIO:
    """Its bytes as a file, whether they are in memory or on disk."""
    return io.BytesIO(document) if isinstance(document, bytes) else document.open("rb")


class Beginning(io.BufferedReader):
    """The first ``length`` bytes of a file, as a file of their own."""

    def __init__(self, file: BinaryIO, length: int) -> None:
        super().__init__(_Window(file, length))


class _Window(io.RawIOBase):
    def __init__(self, file: BinaryIO, length: int) -> None:
        self._file, self._length, self._at = file, length, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._length}[whence]
        if start + offset < 0:
            raise ValueError("before the beginning")
        self._at = start + offset
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        left = max(0, self._length - self._at)
        self._file.seek(self._at)
        piece = self._file.read(min(len(buffer), left))
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def close(self) -> None:
        self._file.close()
        super().close()
