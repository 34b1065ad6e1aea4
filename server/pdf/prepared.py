"""What preparing makes of a document."""

from dataclasses import dataclass
from pathlib import Path

from server.pdf.increment import Increment


@dataclass(frozen=True)
class Prepared:
    """What preparing made. ``byte_range`` in bytes of the prepared file; ``source_size``: so many of its
    bytes are the source, unchanged."""

    byte_range: tuple[int, int, int, int]
    document_digest: bytes
    field_name: str
    source_size: int
    stamp_shown: bool
    signed_before: bool


@dataclass(frozen=True)
class PreparedDocument(Prepared):
    """A prepared document in memory."""

    data: bytes


@dataclass(frozen=True)
class PreparedFile(Prepared):
    """A prepared document on disk, of ``size`` bytes; not yet fsynced."""

    path: Path
    size: int


@dataclass(frozen=True)
class Update:
    """What is appended to a document, and what it means."""

    increment: Increment
    field_name: str
    stamp_shown: bool
    signed_before: bool
