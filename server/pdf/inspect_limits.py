"""How much an uploaded file may cost us.

The limits are kept by a ``Meter`` that every step of the inspection spends from, so that a file is refused
when it has cost too much and not when it looks suspicious. The sandbox adds the limits of the operating
system (memory, CPU time, wall clock) from outside.
"""

import time
from dataclasses import dataclass, field

from server.errors import TooLarge, Unprocessable

MIB = 1024 * 1024
_MAX_RATIO = 1100  # a little more than one layer of Flate can do (1032); only stacked filters get beyond
_RATIO_FLOOR = 16 * MIB


@dataclass(frozen=True)
class UploadLimits:
    """Limits of one upload: sizes in bytes, time in seconds of wall clock."""

    max_bytes: int = 300 * MIB
    max_pages: int = 2000
    max_inflated_bytes: int = 2048 * MIB
    max_inflated_stream_bytes: int = 512 * MIB
    max_objects: int = 500_000
    max_revisions: int = 100
    seconds: float = 30.0
    memory_bytes: int = 768 * MIB


@dataclass
class Meter:
    """What one inspection has spent so far, measured against its limits."""

    limits: UploadLimits
    inflated: int = 0
    started: float = field(default_factory=time.monotonic)

    def spend_inflated(self, count: int) -> None:
        """Count decoded bytes of any stage of any filter; raises ``pdf_bomb``."""
        self.inflated += count
        if self.inflated > self.limits.max_inflated_bytes:
            raise Unprocessable("decoded data over the document's limit", code="pdf_bomb")
        self.check_time()

    def check_stream(self, count: int, raw_length: int | None = None) -> None:
        """Raise ``pdf_bomb`` when one stream's ``count`` decoded bytes are too many, be it in all or for its
        ``raw_length`` bytes in the file.
        """
        unlikely = raw_length is not None and count > max(_RATIO_FLOOR, _MAX_RATIO * raw_length)
        if unlikely or count > self.limits.max_inflated_stream_bytes:
            raise Unprocessable("a stream decodes to more than the limit", code="pdf_bomb")

    def check_time(self) -> None:
        """Raise ``pdf_too_complex`` once the time is used up."""
        if time.monotonic() - self.started > self.limits.seconds:
            raise Unprocessable("inspection took too long", code="pdf_too_complex")

    def check_objects(self, count: int) -> None:
        """Raise ``pdf_too_complex`` when a document has more objects than allowed."""
        if count > self.limits.max_objects:
            limit = self.limits.max_objects
            raise Unprocessable("too many objects", code="pdf_too_complex", details={"limit": limit})

    def check_pages(self, count: int) -> None:
        """Raise ``pdf_too_many_pages`` when a document has more pages than allowed."""
        if count > self.limits.max_pages:
            limit = self.limits.max_pages
            raise TooLarge("too many pages", code="pdf_too_many_pages", details={"limit": limit})
