"""Reads every revision from its first byte to its last: each byte belongs to an object that the revision's own section
lists at that offset and generation, or stands between them (ISO 32000-2, 7.5.3 and 7.5.4).

Why: what a viewer finds where the cross-references don't lead is what it draws when it repairs a file, and an image whose
stream spans the signature's gap shows one amount until unsigned attributes paint another.

Rules:
* The offsets that a section lists, sorted, are a walk through its body: from one object's end to the next offset stands
  white space only. So what is listed twice, listed elsewhere, unlisted or listed as free shows without a search.
* An entry in use points at an object of that body, or repeats the older entry in force. No table redefines an object of
  an object stream (Ghostscript draws the old one).
* Each member of an object stream is listed with that stream and index, and each entry of that kind has its member.

Softened: comments between objects and in the header.
"""

import re
from array import array
from dataclasses import dataclass, field
from typing import Final, NoReturn

from mobile_app.device.document_checks.comments import COMMENT, SPACE, WS
from mobile_app.device.document_checks.cross_references import FREE, IN_FILE, IN_OBJECT_STREAM, Entry, Section
from mobile_app.device.document_checks.indirect_objects import HEADER, IndirectObject
from mobile_app.device.document_checks.original_file import OriginalFile
from mobile_app.device.document_checks.revisions import (
    Revision,
    check_hidden,
    check_linearised,
    in_file_order,
)
from mobile_app.device.document_checks.syntax import Value, breach

_SPACE = re.compile(SPACE)
_COMMENTS = re.compile(rb"(?:" + WS + rb"++|(" + COMMENT + rb"))*+")
_KEYWORD = re.compile(rb"(?:xref|trailer|startxref)")
_FREE: Final[Entry] = (FREE, 0, 0)


@dataclass(slots=True)
class Bodies:
    """What stands in the file.

    ``references``: by number of the objects in force, what they refer to (see ``read_with_references``).
    ``streams``: the numbers of those in force that are streams. ``starts`` and ``values``: where the objects of all
    revisions begin, and, in the same order, pairs of where their values begin and end. ``other_files``: the ``/Ref`` of
    streams that have one, with the stream's offset.
    """

    references: dict[int, tuple[int, ...]] = field(default_factory=dict)
    streams: set[int] = field(default_factory=set)
    starts: "array[int]" = field(default_factory=lambda: array("q"))
    values: "array[int]" = field(default_factory=lambda: array("q"))
    other_files: list[tuple[int, Value]] = field(default_factory=list)


def read_bodies(original: OriginalFile, header_end: int) -> Bodies:
    """Read all revisions of ``original``, whose header ends at ``header_end``. Raises ``doc_grammar``."""
    walk = _Walk(original)
    revisions = in_file_order(original.sections, header_end, original.length, original.softenings)
    for revision in revisions:
        walk.read(revision)
    check_linearised(revisions, walk.linearised, walk.first, original.softenings)
    _check_nothing_lost(original, walk.bodies)
    return walk.bodies


def _check_nothing_lost(original: OriginalFile, bodies: Bodies) -> None:
    """Whatever is in force was read: a later revision has not taken away the object stream that holds it. Viewers that
    fail on one object read the whole file anew, by searching, and then draw older objects."""
    for number, (kind, _, _) in original.entries.items():
        if kind != FREE and number not in bodies.references and number not in original.structure:
            breach("object_stream_member" if kind == IN_OBJECT_STREAM else "dangling", number=number)


class _Walk:
    """Goes through the revisions, oldest first. ``older`` is what is in force before the one that is read."""

    def __init__(self, original: OriginalFile) -> None:
        self.bodies = Bodies()
        self.linearised: list[tuple[int, dict[str, Value]]] = []
        self.first = -1
        self._original = original
        self._data = original.data
        self._older: dict[int, Entry] = {}
        # Of the revision that is read: its objects by offset, the numbers of the members of object streams by
        # container and index, and what it lists altogether.
        self._listed: dict[int, tuple[int, int]] = {}
        self._packed: dict[int, dict[int, int]] = {}
        self._own: dict[int, Entry] = {}

    def read(self, revision: Revision) -> None:
        """Read one revision."""
        self._listed, self._packed, self._own = {}, {}, {}
        for section in revision.sections:
            self._list(section, revision)
        if revision.copied is not None:
            check_hidden(revision.copied, self._older, self._own)
        self._older.update(self._own)
        if revision.hidden is not None:
            self._list_hidden(revision.hidden, revision)
        self._read_body(revision)
        for container, members in self._packed.items():
            breach("object_stream_member", number=next(iter(members.values())), container=container)

    def _list(self, section: Section, revision: Revision) -> None:
        older, own, listed = self._older, self._own, self._listed
        streams = {one.number: one for one in revision.sections if one.number is not None}
        begin, last = revision.begin, revision.last.start
        for number, entry in section.entries.items():
            kind, place, third = entry
            before = older.get(number, _FREE) if older else _FREE
            if section.number is None and before[0] == IN_OBJECT_STREAM:
                breach("packed_redefined", offset=section.start, number=number)
            own[number] = entry
            if kind == FREE or entry == before:
                continue
            if kind == IN_OBJECT_STREAM:
                self._packed.setdefault(place, {})[third] = number
            elif number in streams:
                if not streams[number].earliest <= place <= streams[number].start or third != 0:
                    breach("offset", offset=section.start, number=number)
            elif not begin <= place + self._white_at(place) < last:
                breach("dangling", offset=section.start, number=number)
            elif place in listed:
                breach("offset", offset=place, number=number)
            else:
                listed[place] = (number, third)

    def _white_at(self, place: int) -> int:
        """How many of the two bytes at ``place`` are white space: what stands before a body may end with the white space
        that stands before its first object."""
        two = bytes(self._data[place : place + 2])
        return len(two) - len(two.lstrip(b"\0\t\n\x0c\r "))

    def _list_hidden(self, hidden: Section, revision: Revision) -> None:
        """List what Word's cross-reference stream adds to this body: itself, object streams, which the table lists as
        free, and their members."""
        now, begin, last = self._older, revision.begin, revision.last.start
        entries = {hidden.number or 0: (IN_FILE, hidden.start, 0), **hidden.entries}
        for number, entry in entries.items():
            kind, place, third = entry
            if kind == FREE or now.get(number, _FREE)[0] != FREE:
                continue
            if kind == IN_OBJECT_STREAM:
                self._packed.setdefault(place, {})[third] = number
            elif not begin <= place < last or place in self._listed:
                breach("hybrid", offset=hidden.start, number=number)
            else:
                self._listed[place] = (number, third)
            now[number] = entry
        check_hidden(hidden, now, {})

    def _read_body(self, revision: Revision) -> None:
        position, inner = revision.begin, None
        places = sorted(self._listed)
        if len(revision.sections) > 1:
            inner = revision.sections[0]
            places = sorted([*places, inner.start])
        if self.first < 0:
            self.first = places[0] if places else position
        if places and places[0] < position <= places[0] + self._white_at(places[0]):
            position = places[0]
        for place in places:
            self._check_between(position, place)
            if inner is not None and place == inner.start:
                position = inner.tail_end
                continue
            found = self._original.read_at(place)
            if (found.number, found.generation) != self._listed[place]:
                breach(
                    "generation" if found.number == self._listed[place][0] else "offset",
                    offset=place,
                    number=self._listed[place][0],
                )
            self._take(found)
            position = found.end
        self._check_between(position, revision.last.start)

    def _check_between(self, position: int, place: int) -> None:
        """Between ``position`` and ``place`` stands white space, or comments where signed files may have them."""
        space = _SPACE.match(self._data, position, place)
        if space is not None and space.end() == place:
            return
        found = _COMMENTS.match(self._data, position, place)
        if found is None or found.end() != place:
            self._refuse_between(found.end() if found else position, place)
        self._original.softenings.take("comment", found.start(1))

    def _refuse_between(self, position: int, place: int) -> NoReturn:
        """Say what it is that stands there and should not."""
        if position > place:
            breach("offset", offset=place)
        header = HEADER.match(self._data, position, place)
        if header is not None:
            number = int(header[1])
            known = self._own.get(number)
            rule = "unlisted" if known is None else "listed_free" if known[0] == FREE else "duplicate_number"
            breach(rule, offset=position, number=number)
        if _KEYWORD.match(self._data, position, place):
            breach("revisions", offset=position)
        breach("comment" if bytes(self._data[position : position + 1]) == b"%" else "junk", offset=position)

    def _take(self, found: IndirectObject) -> None:
        """Note what is asked of one object later."""
        bodies, value = self.bodies, found.value
        bodies.starts.append(found.start)
        bodies.values.extend((found.value_start, found.value_end))
        in_force = self._original.entries.get(found.number) == (IN_FILE, found.start, found.generation)
        if in_force:
            bodies.references[found.number] = found.references
        if not isinstance(value, dict):
            return
        if "Linearized" in value:
            self.linearised.append((found.start, value))
        if found.stream is None:
            return
        if in_force:
            bodies.streams.add(found.number)
        if "Ref" in value:
            bodies.other_files.append((found.start, value["Ref"]))
        if value.get("Type") == "ObjStm":
            self._take_members(found)

    def _take_members(self, container: IndirectObject) -> None:
        members = self._packed.pop(container.number, {})
        opened = self._original.open_object_stream(container)
        entries, references = self._original.entries, self.bodies.references
        in_force = entries.get(container.number) == (IN_FILE, container.start, 0)
        if len(members) != len(opened.members) or container.generation != 0:
            breach("object_stream_member", offset=container.start, number=container.number)
        for index, (number, _) in enumerate(opened.members):
            if members.get(index) != number:
                breach("object_stream_member", offset=container.start, number=number)
            if in_force and entries.get(number) == (IN_OBJECT_STREAM, container.number, index):
                references[number] = opened.references[index]
