"""How the revisions of a file follow each other (ISO 32000-2, 7.5.6, 7.5.8.4 and annex F).

Rules: ``/Prev`` of a section is the section before it in file order; each revision ends with the ``startxref`` that
names its section; every trailer has ``/Root``, and ``/Size`` is above every number listed so far. The first section
lists entry 0, and a table begins with it.

Softened, for signed files:
* more than one revision; a ``/Size`` that is larger than it must be (64 of 614 honest ones);
* a linearised first revision (37): ``/L`` is where that revision ends (poppler and pdf.js draw the old one of a file
  that is as long as ``/L`` says), its first section's ``/Prev`` is its second one, and nothing else says
  ``/Linearized``;
* a hybrid file of the shape that Word writes (23): a section without entries whose ``/XRefStm`` stands in the body
  before and lists what the table there lists as free, namely object streams and their members; the last trailer has the
  same ``/Root``, and so has that stream. A newer trailer may copy an old ``/XRefStm``.
"""

from dataclasses import dataclass
from typing import NoReturn

from mobile_app.device.document_checks.cross_references import FREE, Section
from mobile_app.device.document_checks.softenings import Softenings
from mobile_app.device.document_checks.syntax import Ref, Value, breach


@dataclass(slots=True)
class Revision:
    """One revision: its body begins at ``begin``; its sections, in file order, end it at ``end``.

    ``hidden`` is the cross-reference stream in this body that the hybrid section behind it names; ``copied`` an older
    one that this revision's own trailer names.
    """

    begin: int
    sections: tuple[Section, ...]
    hidden: Section | None = None
    copied: Section | None = None

    @property
    def last(self) -> Section:
        """The section with which the revision ends."""
        return self.sections[-1]

    @property
    def end(self) -> int:
        """Where the revision ends: behind ``%%EOF`` and its end of line."""
        return self.last.tail_end


def in_file_order(newest_first: list[Section], begin: int, length: int, softenings: Softenings) -> list[Revision]:
    """Arrange the sections of a file whose header ends at ``begin`` and which has ``length`` bytes."""
    oldest_first = newest_first[::-1]
    linearised = len(oldest_first) > 1 and oldest_first[1].start < oldest_first[0].start
    first = (oldest_first[1], oldest_first[0]) if linearised else (oldest_first[0],)
    revisions = [Revision(begin, first)]
    for section in oldest_first[len(first) :]:
        before = revisions[-1].last
        if section.start < before.tail_end:
            breach("prev", offset=section.start)
        softenings.take("revisions", before.tail_end)
        revisions.append(Revision(before.tail_end, (section,)))
    if revisions[-1].end != length:
        breach("eof", offset=revisions[-1].end)
    _check_announced(revisions, softenings)
    _check_sizes(revisions, softenings)
    _check_roots(revisions)
    _arrange_hidden(revisions)
    return revisions


def _check_announced(revisions: list[Revision], softenings: Softenings) -> None:
    """``startxref`` and the newer ``/Prev`` need not be early by the same one or two bytes of white space."""
    for revision in revisions:
        first, last = revision.sections[0], revision.last
        if not first.earliest <= last.announced <= first.start:
            breach("startxref", offset=last.end)
        if last.announced != first.start:
            softenings.take("offset", last.announced)
        if first is not last and (first.announced > 0 or first.entries.keys() & last.entries.keys()):
            breach("linearised", offset=first.start)
    oldest = revisions[0].last
    if 0 not in oldest.entries or (oldest.number is None and next(iter(oldest.entries)) != 0):
        breach("entry_zero", offset=oldest.start)


def _check_sizes(revisions: list[Revision], softenings: Softenings) -> None:
    highest = 0
    for revision in revisions:
        for section in revision.sections:
            highest = max(highest, max(section.entries, default=0))
        section = revision.sections[0]
        if section.size <= highest:
            breach("size", offset=section.start)
        # A stream that does not list itself (136 honest files) may count itself or not.
        if section.size != highest + 1 and section.size != (section.number or 0) + 1:
            softenings.take("size", section.start)


def _check_roots(revisions: list[Revision]) -> None:
    """A linearised file's second trailer needs no ``/Root``: it is never the newest."""
    for revision in revisions:
        if not isinstance(revision.sections[0].trailer.get("Root"), Ref):
            breach("root", offset=revision.sections[0].start)


def _arrange_hidden(revisions: list[Revision]) -> None:
    known: set[int] = set()
    root = revisions[-1].sections[0].trailer["Root"]
    for index, revision in enumerate(revisions):
        for section in revision.sections:
            hidden = section.hidden
            if hidden is None:
                continue
            if hidden.start in known:
                revision.copied = hidden
                continue
            known.add(hidden.start)
            before = revisions[index - 1]
            if (
                index == 0
                or section.entries
                or hidden.start < before.begin
                or hidden.trailer.keys() & {"Prev", "XRefStm"}
                or section.trailer["Root"] != root
                or hidden.trailer.get("Root", root) != root
            ):
                breach("hybrid", offset=section.start)
            before.hidden = hidden


def check_linearised(
    revisions: list[Revision],
    found: list[tuple[int, dict[str, Value]]],
    first_object: int,
    softenings: Softenings,
) -> None:
    """``found`` are the offsets and values of all objects that say ``/Linearized``; ``first_object`` is where the file's
    first one stands."""
    first = revisions[0]
    if not found and len(first.sections) == 1:
        return
    offset = found[0][0] if found else first_object
    softenings.take("linearised", offset)
    if len(found) != 1 or len(first.sections) != 2 or offset != first_object:
        breach("linearised", offset=offset)
    # The end of line behind the last %%EOF may count, or its first byte may, if the next revision began with an LF.
    promised = found[0][1].get("L")
    if type(promised) is not int or not first.end - first.last.line_end <= promised <= first.end:
        breach("linearised", offset=offset)


def check_hidden(hidden: Section, now: dict[int, tuple[int, int, int]], own: dict[int, tuple[int, int, int]]) -> None:
    """The stream of a hybrid file says of each number what is in force ``now``, or what the table of its own section
    (``own``) has replaced. A number that is free in the table and in use in the stream is drawn by poppler alone."""
    for number, entry in hidden.entries.items():
        if number in own:
            if own[number][0] == FREE and entry[0] != FREE:
                _refuse_hidden(hidden, number)
        elif entry[0] == FREE:
            if now.get(number, entry)[0] != FREE:
                _refuse_hidden(hidden, number)
        elif now.get(number) != entry:
            _refuse_hidden(hidden, number)


def _refuse_hidden(hidden: Section, number: int) -> NoReturn:
    breach("hybrid", offset=hidden.start, number=number)
