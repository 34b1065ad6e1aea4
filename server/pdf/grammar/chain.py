"""From ``startxref`` to the revisions of a file, oldest first (ISO 32000-2, 7.5.5, 7.5.6, 7.5.8.4 and annex F).

Rules: the file ends with ``startxref``, ``%%EOF`` and at most one line end; each ``/Prev`` is the section before in file order. A
linearised file's first revision has two sections, the one in front named last. A table may name one cross-reference stream behind
``/XRefStm`` (hybrid): an empty table right behind the revision before, as one maker writes it, belongs to that revision.
"""

import re
from dataclasses import dataclass, field

from server.errors import Unprocessable
from server.pdf.grammar.breach import Breaches, Unfollowable
from server.pdf.grammar.gaps import is_white
from server.pdf.grammar.objects import ObjectAt, read_object
from server.pdf.grammar.sections import Entry, Section, is_name, read_section, read_stream_section
from server.pdf.grammar.values import Buffer
from server.pdf.inspect_limits import Meter

_START = re.compile(rb"startxref[\0\t\n\f\r ]++(\d{1,10})(?!\d)")
_WHITE_BEFORE = re.compile(rb"[\0\t\n\f\r ]{1,2}")  # what an offset may point at in front of what it means
_LINE_ENDS = (b"", b"\n", b"\r", b"\r\n")


@dataclass
class Revision:
    """Its sections in file order, what they list together (later ones win), and the objects of its body by number."""

    sections: list[Section]
    begin: int
    end: int
    entries: dict[int, Entry]
    trailer: dict[bytes, object]
    objects: dict[int, ObjectAt] = field(default_factory=dict)
    linearised: bool = False

    @property
    def last(self) -> Section:
        return self.sections[-1]

    @property
    def by_table(self) -> bool:
        """Whether its newest section is a table."""
        return self.sections[-1].form == "table"


def read_revisions(buffer: Buffer, breaches: Breaches, meter: Meter) -> list[Revision]:
    """Raises ``Unfollowable``, and ``pdf_too_complex`` for too many revisions."""
    sections = _read_chain(buffer, _stated_start(buffer, breaches), breaches, meter)
    return _arrange(buffer, sections, breaches)


def _stated_start(buffer: Buffer, breaches: Breaches) -> int:
    """What the last ``startxref`` says. More behind ``%%EOF`` than a line end is a breach; more than white space ends it all."""
    end = buffer.rfind(b"%%EOF")
    if end < 0:
        raise Unfollowable("eof", len(buffer))
    behind = bytes(buffer[end + 5 :])
    if not is_white(behind):
        raise Unfollowable("eof", end + 5)
    if behind not in _LINE_ENDS:
        breaches.add("eof", end + 5)
    at = buffer.rfind(b"startxref", 0, end)
    found = _START.match(buffer, at) if at >= 0 else None
    if found is None:
        raise Unfollowable("startxref", max(at, 0))
    return int(found[1])


def section_start(buffer: Buffer, stated: int, breaches: Breaches) -> int:
    """Up to two white-space bytes may stand between the offset and what it means."""
    white = _WHITE_BEFORE.match(buffer, stated)
    if white is None:
        return stated
    breaches.add("offset", stated, softened=True)
    return white.end()


def _read_chain(buffer: Buffer, stated: int, breaches: Breaches, meter: Meter) -> list[Section]:
    """Sections from the newest to the oldest."""
    chain: list[Section] = []
    seen: set[int] = set()
    rule = "startxref"
    while True:
        meter.check_time()
        start = section_start(buffer, stated, breaches) if stated < len(buffer) else stated
        section = read_section(buffer, start, breaches, meter) if start not in seen else None
        if section is None:
            raise Unfollowable(rule, min(stated, len(buffer)))
        seen.add(start)
        chain.append(section)
        if len(chain) > meter.limits.max_revisions:
            raise Unprocessable("too many revisions", code="pdf_too_complex")
        _read_hidden(buffer, section, breaches, meter)
        if b"Prev" not in section.trailer:
            return chain
        previous = section.previous
        if type(previous) is not int or not 0 < previous < len(buffer):
            raise Unfollowable("prev", section.start)
        stated, rule = previous, "prev"


def _read_hidden(buffer: Buffer, section: Section, breaches: Breaches, meter: Meter) -> None:
    """What ``/XRefStm`` lists (7.5.8.4)."""
    place = section.trailer.get(b"XRefStm")
    if b"XRefStm" not in section.trailer:
        return
    if type(place) is not int or not 0 < place < len(buffer) or section.form != "table":
        raise Unfollowable("hybrid", section.start)
    start = section_start(buffer, place, breaches)
    found = read_object(buffer, start, lambda _: None, breaches)
    if found is None or not isinstance(found.value, dict) or not is_name(found.value.get(b"Type"), b"XRef"):
        raise Unfollowable("hybrid", section.start)
    hidden = read_stream_section(buffer, found, breaches, meter)
    section.hidden, section.own = hidden.entries, found


def _arrange(buffer: Buffer, chain: list[Section], breaches: Breaches) -> list[Revision]:
    ordered = chain[::-1]
    revisions: list[Revision] = []
    if len(ordered) > 1 and ordered[0].start > ordered[1].start:
        revisions.append(_linearised_revision(ordered.pop(0), ordered.pop(0), breaches))
    for section in ordered:
        begin = revisions[-1].end if revisions else 0
        if section.start < begin:
            raise Unfollowable("prev", section.start)
        _check_stated(section, section.start, buffer, breaches)
        if revisions and _belongs_to_revision_before(buffer, section, begin):
            before = revisions[-1]
            before.sections.append(section)
            before.entries |= section.hidden
            before.trailer, before.end = section.trailer, section.end
        else:
            revisions.append(Revision([section], begin, section.end, dict(section.entries), section.trailer))
    if not revisions[0].linearised:
        _check_begins_at_zero(revisions[0].sections[0], breaches)
    return revisions


def _check_begins_at_zero(oldest: Section, breaches: Breaches) -> None:
    """The first section has entry 0, and a table has it first (7.5.4): some readers take what stands first for it."""
    if 0 not in oldest.entries:
        breaches.add("table_entries", oldest.start)
    elif oldest.form == "table" and next(iter(oldest.entries)) != 0:
        breaches.add("entry_zero", oldest.start)


def _belongs_to_revision_before(buffer: Buffer, section: Section, begin: int) -> bool:
    return bool(section.hidden) and not section.entries and is_white(bytes(buffer[begin : section.start]))


def _linearised_revision(main: Section, front: Section, breaches: Breaches) -> Revision:
    """The section in front holds the first page's objects and the trailer that counts, the main one all others (annex F.3.4)."""
    for number in main.entries.keys() & front.entries.keys():
        breaches.add("duplicate_number", front.start, number)
    _check_begins_at_zero(main, breaches)
    if main.stated != front.start:
        breaches.add("startxref", main.start)
    if front.stated not in (None, 0, front.start, main.start):
        breaches.add("startxref", front.start)
    return Revision([front, main], 0, main.end, main.entries | front.entries, front.trailer, linearised=True)


def _check_stated(section: Section, start: int, buffer: Buffer, breaches: Breaches) -> None:
    if section.stated == start:
        return
    if section.stated is None:
        raise Unfollowable("startxref", section.end)
    white = _WHITE_BEFORE.match(buffer, section.stated) if section.stated < len(buffer) else None
    if white is not None and white.end() == start:
        breaches.add("offset", section.stated, softened=True)
    else:
        breaches.add("startxref", section.end)
