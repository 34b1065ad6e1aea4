"""Every byte of every revision, once and in order: objects, white space, comments, sections (ISO 32000-2, 7.5.3 and 7.5.4).

Rules: what is not one of these is junk. Each object is listed by its own revision's section at that very offset with that generation,
not twice, not as free, not as packed. Up to two white-space bytes between the offset and the object are allowed in signed files.
"""

from server.pdf.grammar.breach import Breaches, Unfollowable
from server.pdf.grammar.chain import Revision
from server.pdf.grammar.gaps import after_gap, is_white
from server.pdf.grammar.objects import DROPPED, LengthOf, ObjectAt, header_at, read_object
from server.pdf.grammar.sections import FREE, PACKED, Section
from server.pdf.grammar.values import Buffer
from server.pdf.inspect_limits import Meter

KEPT_VALUES = 20_000  # objects beyond these are read again when they are wanted, so that no file fills the memory
_CHECK_EVERY = 256


def _matters_later(found: ObjectAt) -> bool:
    """Streams that hold or list objects, and what says that the file is linearised."""
    value = found.value
    return isinstance(value, dict) and (value.get(b"Type") in (b"ObjStm", b"XRef") or b"Linearized" in value)


class BodyScan:
    """One pass over the file; fills ``objects`` of each revision."""

    def __init__(self, buffer: Buffer, length_of: LengthOf, breaches: Breaches, meter: Meter) -> None:
        self._buffer = buffer
        self._length_of = length_of
        self._breaches = breaches
        self._meter = meter
        self._count = 0

    def run(self, revisions: list[Revision], position: int) -> None:
        """Raises ``Unfollowable``."""
        for revision in revisions:
            position = self._scan(revision, position)

    def _scan(self, revision: Revision, position: int) -> int:
        """One revision from ``position`` on; returns the place after its end."""
        places = {section.start: section for section in revision.sections}
        while True:
            position = after_gap(self._buffer, position, self._breaches)
            section = places.get(position)
            if section is None or section.form == "stream":
                position = self._take_object(revision, position, section)
            if section is not None:
                position = section.end
                if section is revision.last:
                    return position
            elif position > revision.last.start:
                raise Unfollowable("startxref", revision.last.start)

    def _take_object(self, revision: Revision, position: int, section: Section | None) -> int:
        self._count += 1
        if self._count % _CHECK_EVERY == 0:
            self._meter.check_time()
            self._meter.check_objects(self._count)
        found = read_object(self._buffer, position, self._length_of, self._breaches)
        if found is None:
            raise Unfollowable("prev" if self._buffer[position : position + 4] == b"xref" else "junk", position)
        if self._count > KEPT_VALUES and not _matters_later(found):
            found.value = DROPPED
        self._place(revision, found, lists_sections=section is not None)
        return found.end

    def _place(self, revision: Revision, found: ObjectAt, *, lists_sections: bool) -> None:
        number, at = found.number, found.start
        entry = revision.entries.get(number)
        if number in revision.objects:
            self._breaches.add("duplicate_number", at, number)
            return
        is_section = lists_sections or any(one.own is not None and one.own.start == at for one in revision.sections)
        if is_section and found.generation:
            self._breaches.add("generation", at, number)
        if entry is None:
            if not is_section:
                self._breaches.add("unlisted", at, number)
        elif entry.kind == FREE:
            self._breaches.add("listed_free", at, number)
        elif entry.kind == PACKED:
            self._breaches.add("object_stream_member", at, number)
        elif not self._is_listed_here(entry.first, at, number):
            return
        elif entry.second != found.generation:
            self._breaches.add("generation", at, number)
        revision.objects[number] = found

    def _is_listed_here(self, stated: int, at: int, number: int) -> bool:
        if stated == at:
            return True
        if at - 2 <= stated < at and is_white(bytes(self._buffer[stated:at])):
            self._breaches.add("offset", stated, number, softened=True)
            return True
        self._breaches.add("duplicate_number" if self._stands_at(stated, number) else "offset", at, number)
        return False

    def _stands_at(self, position: int, number: int) -> bool:
        try:
            header = header_at(self._buffer, position) if 0 < position < len(self._buffer) else None
        except Unfollowable:
            return False
        return header is not None and header[0] == number
