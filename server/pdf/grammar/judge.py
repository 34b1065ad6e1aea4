"""The whole grammar over one file, in order: header, sections, bodies, packed objects, references, revisions, page tree.

Rules: a verdict names each broken rule once, with its first place. ``signed`` is None where the bytes could not be followed far enough to
tell. Time, objects, pages and decoded bytes are spent from the meter that the caller gives.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from server.pdf.grammar.breach import Breach, Breaches, Unfollowable
from server.pdf.grammar.page_tree import read_page_tree
from server.pdf.grammar.references import check_references
from server.pdf.grammar.revision_rules import check_revisions
from server.pdf.grammar.signature_fields import has_signed_field
from server.pdf.grammar.structure import Structure
from server.pdf.grammar.values import Buffer
from server.pdf.inspect_limits import Meter

Extents = Mapping[str, tuple[int, int]]


@dataclass(frozen=True)
class Verdict:
    """``streams`` maps references such as ``"7 0 R"`` to (offset, length) of the stream in force; ``revision_ends`` are offsets
    behind each ``%%EOF``; ``hybrid``: some objects are listed in a hidden stream alone.
    """

    signed: bool | None
    breaches: tuple[Breach, ...]
    streams: Extents = field(default_factory=dict)
    revision_ends: tuple[int, ...] = ()
    hybrid: bool = False

    @property
    def complies(self) -> bool:
        return not self.breaches

    @property
    def settled(self) -> bool:
        """Whether every breach leaves one reading only."""
        return all(one.settled for one in self.breaches)

    @property
    def gravest(self) -> Breach:
        """The first breach that no condition softens, which others may follow from. Only for a verdict with breaches."""
        return min(self.breaches, key=lambda one: one.softened)

    @property
    def rules(self) -> tuple[str, ...]:
        """The words of the broken rules, sorted, each once."""
        return tuple(sorted({one.rule for one in self.breaches}))


def judge(buffer: Buffer, meter: Meter) -> Verdict:
    """Raises only what has nothing to do with the grammar: ``pdf_password``, ``pdf_bomb``, ``pdf_too_complex``,
    ``pdf_too_many_pages``.
    """
    breaches = Breaches()
    try:
        structure = Structure(buffer, breaches, meter)
        check_revisions(structure)
        check_references(structure)
        pages = read_page_tree(structure)
        signed = has_signed_field(structure, pages) if pages.catalog else None
    except Unfollowable as error:
        breaches.add_breach(error.breach)
        return Verdict(None, tuple(breaches.of(signed=False)))
    return Verdict(
        signed,
        tuple(breaches.of(signed=bool(signed))),
        _streams(structure),
        tuple(revision.end for revision in structure.revisions),
        any(section.hidden for revision in structure.revisions for section in revision.sections),
    )


def _streams(structure: Structure) -> dict[str, tuple[int, int]]:
    return {
        f"{number} {slot.generation} R": slot.found.data
        for number, slot in structure.force.items()
        if slot.found is not None and slot.found.data is not None
    }
