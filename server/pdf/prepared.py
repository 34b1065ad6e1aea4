"""What preparing makes of a document."""

from dataclasses import dataclass
from pathlib import Path

from server.pdf.geometry import Placement
from server.pdf.increment import Increment


@dataclass(frozen=True)
class Prepared:
    """What preparing made. ``byte_range`` in bytes of the prepared file; ``source_size``: so many of its
    bytes are the source, unchanged; ``stamp``: where the signature is seen, None: nowhere; ``signed_before``: the source carries earlier
    signatures (earlier_signatures.py)."""

    byte_range: tuple[int, int, int, int]
    document_digest: bytes
    field_name: str
    source_size: int
    stamp: Placement | None
    signed_before: bool

    @property
    def stamp_shown(self) -> bool:
        """Whether the signature is seen."""
        return self.stamp is not None


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
    stamp: Placement | None
    signed_before: bool
    places: tuple[Placement, ...] | None
    """Where a visible signature may stand at all; None: anywhere."""
