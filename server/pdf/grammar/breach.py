"""What breaks the grammar: a rule's word, the place, the object.

Rules: a breach is recorded and the reading goes on; only what can't be followed ends it (``Unfollowable``, which carries the breach).
Each breach says two things more. ``softened``: in a file with earlier signatures it is allowed, because its condition holds (honest
makers do it, and all viewers see the same). ``settled``: however it is read, there is one reading only, so that a rewrite has nothing
to choose; anything else has its pages compared before and after. One breach of each kind and rule is kept, the first: that is what
people are told, and a hostile file can't fill the memory with them.
"""

import re
from dataclasses import dataclass, field
from typing import Final

# fmt: off
RULES: Final = frozenset({
    "abbreviated_key", "annots_shared", "comment", "dangling", "depth", "duplicate_key", "duplicate_number", "entry_zero", "eof",
    "external_data", "freed_reference", "generation", "header", "hybrid", "integer", "junk", "length_value",
    "linearised", "listed_free", "name_length", "number", "object_header", "object_stream",
    "object_stream_member", "offset", "packed_redefined", "page_box", "page_count", "page_parent",
    "page_repeated", "page_type", "prev", "reference_value", "revisions", "root", "size", "startxref",
    "stream_length", "stream_start", "table_entries", "unlisted", "unreachable", "value", "version_bytes",
    "xref_kind", "xref_stream_filter", "xref_stream_size",
})
# fmt: on

# Printable ASCII to LF or CRLF, and nothing in it that a reader who repairs files would take for structure.
_HARMLESS_COMMENT = re.compile(rb"%[\x20-\x7e]*+(?:\r\n|\n)")
KEYWORDS = re.compile(
    rb"\d[\0\t\n\f\r ]+\d+[\0\t\n\f\r ]+obj|endobj|endstream|xref|trailer|%PDF-|%EOF|/ByteRange|/Linearized"
)


@dataclass(frozen=True)
class Breach:
    """``rule`` is one of RULES; ``offset`` is a place in the file, ``number`` an object's number or 0."""

    rule: str
    offset: int
    number: int = 0
    softened: bool = False
    settled: bool = False


class Unfollowable(Exception):
    """Nothing behind this breach can be read."""

    def __init__(self, rule: str, offset: int, number: int = 0) -> None:
        super().__init__(f"{rule} at {offset}")
        self.breach = Breach(rule, offset, number)


@dataclass
class Breaches:
    """The first breach of each rule and kind, in the order in which they were met."""

    found: dict[tuple[str, bool, bool], Breach] = field(default_factory=dict)

    def add(self, rule: str, offset: int, number: int = 0, *, softened: bool = False, settled: bool = False) -> None:
        """Record one; a second of the same kind changes nothing."""
        self.found.setdefault((rule, softened, settled), Breach(rule, offset, number, softened, settled))

    def add_breach(self, breach: Breach) -> None:
        """Record what ended a reading."""
        self.found.setdefault((breach.rule, breach.softened, breach.settled), breach)

    def comment(self, text: bytes, offset: int, number: int = 0, *, inside: bool = False) -> None:
        """A comment with its line end. Softened where it is harmless and not ``inside`` an object, a table or the end."""
        harmless = _HARMLESS_COMMENT.fullmatch(text) is not None and KEYWORDS.search(text) is None
        self.add("comment", offset, number, softened=harmless and not inside, settled=harmless)

    def of(self, *, signed: bool) -> list[Breach]:
        """What counts, in the order in which it was met: causes before what follows from them."""
        return [one for one in self.found.values() if not (signed and one.softened)]
