"""What a crafted file is: a kind, a name, and whether somebody means harm with it.

Rules: a kind is one maker, a function that yields files; each kind has at least one harmless file, which has to be accepted and to look
the same everywhere without a warning (but for the words in ``may_tell``), and at least one hostile one, which must be refused, told,
or settled so that all viewers agree. ``make`` gives a user's upload (bytes), or what a dishonest server sends to a phone
(``PreparedDocument``). Everything is made by code, the same each time.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.pdf_corpus.pdf_writer import PdfWriter
from tests.pdf_corpus.signing_kit import PreparedDocument

Made = bytes | PreparedDocument


@dataclass(frozen=True)
class Crafted:
    """One file of a kind."""

    kind: str
    name: str
    is_hostile: bool
    data: Made
    may_tell: frozenset[str] = frozenset()

    @property
    def full_name(self) -> str:
        return f"{self.kind}-{self.name}"


@dataclass(frozen=True)
class Part:
    """A file before its kind is known."""

    name: str
    is_hostile: bool
    data: Made
    may_tell: frozenset[str]


Maker = Callable[[], Iterator[Part]]
KINDS: dict[str, Maker] = {}


def kind(maker: Maker) -> Maker:
    """Registers a maker under its function's name."""
    KINDS[maker.__name__] = maker
    return maker


def harmless(name: str, made: Made | PdfWriter, *may_tell: str) -> Part:
    """A file that must be accepted and look the same everywhere."""
    return Part(name, False, _bytes(made), frozenset(may_tell))


def hostile(name: str, made: Made | PdfWriter) -> Part:
    """A file that must not be signed in silence."""
    return Part(name, True, _bytes(made), frozenset())


def files_of(name: str) -> list[Crafted]:
    """All files of one kind."""
    return [Crafted(name, part.name, part.is_hostile, part.data, part.may_tell) for part in KINDS[name]()]


def _bytes(made: Made | PdfWriter) -> Made:
    return made.build() if isinstance(made, PdfWriter) else made
