"""What holds for revisions and their trailers as a whole (ISO 32000-2, 7.5.5, 7.5.6, 7.5.8.4 and annex F).

Rules: every trailer has /Root as a reference and /Size, at least the highest number + 1. An unsigned file is one plain revision: no
update, not linearised, not hybrid, /Size exact. In a signed file each of these is softened, under its condition:

* a larger /Size: always; several revisions: always, since each is checked for itself;
* linearised: /L is the end of that first revision (else poppler and pdf.js draw the old one), and no other object says /Linearized;
* hybrid: the empty table of the one maker who writes it, its stream in the body before, the same /Root everywhere; a copy of its
  /XRefStm in a newer trailer only where that frees none of its numbers and changes none of its entries by leaving them out.
"""

from collections.abc import Mapping

from server.pdf.grammar.chain import Revision
from server.pdf.grammar.objects import ObjectAt
from server.pdf.grammar.sections import FREE, IN_USE, Entry, Section
from server.pdf.grammar.structure import Structure
from server.pdf.grammar.values import Reference


def check_revisions(structure: Structure) -> None:
    """All rules of this file."""
    _check_trailers(structure)
    _check_linearised(structure)
    _check_hybrids(structure)
    if len(structure.revisions) > 1:
        structure.breaches.add("revisions", structure.revisions[0].end, softened=True, settled=True)


def _check_trailers(structure: Structure) -> None:
    highest = 0
    for revision in structure.revisions:
        for section in revision.sections:
            own = section.own.number if section.own is not None else 0
            highest = max(highest, own, max(section.entries, default=0), max(section.hidden, default=0))
        highest = max(highest, max(revision.objects, default=0))
        trailer, at = revision.trailer, revision.last.start
        if not isinstance(trailer.get(b"Root"), Reference):
            structure.breaches.add("root", at)
        size = trailer.get(b"Size")
        if type(size) is not int or size < highest + 1:
            structure.breaches.add("size", at)
        elif size > highest + 1:
            structure.breaches.add("size", at, softened=True, settled=True)
        if not all(_counts_its_own(section) for section in revision.sections):
            structure.breaches.add("size", at)
        for section in revision.sections[:-1] if not revision.linearised else ():
            if not isinstance(section.trailer.get(b"Root"), Reference):
                structure.breaches.add("root", section.start)


def _counts_its_own(section: Section) -> bool:
    """Say whether the section's /Size, and that of its hidden stream, is beyond what each lists."""
    said: list[tuple[object, Mapping[int, Entry]]] = [(section.trailer.get(b"Size"), section.entries)]
    if section.own is not None and isinstance(section.own.value, dict):
        said.append((section.own.value.get(b"Size"), section.hidden))
    return all(type(size) is int and size > max(entries, default=0) for size, entries in said)


def _check_linearised(structure: Structure) -> None:
    """By structure: a section in front that names a later one, or the key in any object."""
    first = structure.revisions[0]
    naming = [
        (found, value)
        for revision in structure.revisions
        for found in revision.objects.values()
        if (value := _linearising(found)) is not None
    ]
    if not naming and not first.linearised:
        return
    honest = len(naming) == 1 and _is_first_object(first, naming[0][0]) and naming[0][1].get(b"L") == first.end
    at = naming[0][0].start if naming else first.sections[0].start
    structure.breaches.add("linearised", at, softened=honest and first.linearised, settled=honest)


def _linearising(found: ObjectAt) -> dict[bytes, object] | None:
    return found.value if isinstance(found.value, dict) and b"Linearized" in found.value else None


def _is_first_object(first: Revision, found: ObjectAt) -> bool:
    return found.start == min(one.start for one in first.objects.values())


def _check_hybrids(structure: Structure) -> None:
    known: dict[int, bool] = {}  # place of the stream -> whether it was of the allowed shape
    in_force: dict[int, Entry] = {}
    root = structure.trailer.get(b"Root")
    for revision in structure.revisions:
        for section in revision.sections:
            if b"XRefStm" not in section.trailer:
                continue
            place = section.own.start if section.own is not None else 0
            if place in known:
                honest = known[place] and _copy_changes_nothing(section, in_force)
            else:
                behind = section is not revision.sections[0] and not section.entries
                honest = known[place] = behind and revision.begin <= place < section.start and _revives_nothing(section, revision)
            own_root = (
                section.own.value.get(b"Root", root) if section.own and isinstance(section.own.value, dict) else root
            )
            same_root = section.trailer.get(b"Root") == own_root == root
            structure.breaches.add("hybrid", section.start, softened=honest and same_root)
        in_force.update(revision.entries)


def _revives_nothing(section: Section, revision: Revision) -> bool:
    """Say whether the hidden stream has no object of an older body in use that the table before has freed."""
    table = revision.sections[0].entries
    older = {number: entry for number, entry in section.hidden.items() if entry.kind == IN_USE and entry.first < revision.begin}
    return all(table.get(number, entry).kind != FREE for number, entry in older.items())


def _copy_changes_nothing(section: Section, in_force: dict[int, Entry]) -> bool:
    for number, entry in section.hidden.items():
        listed = section.entries.get(number)
        if listed is None:
            if in_force.get(number) != entry:
                return False
        elif listed.kind == FREE and entry.kind != FREE:
            return False
    return True
