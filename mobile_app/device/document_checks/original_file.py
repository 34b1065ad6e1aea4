"""The document as it was before this signature: its cross-reference chain, and its objects, read when
somebody asks for them.

Rules: everything is looked up by the original's own chain (the increment is not consulted), and nothing behind
the original's last byte is read. That what an entry promises stands there (number, generation, container and index) is
found out once, for all of them, in ``bodies.py``. A stream's length in an object of its own is the same in every
revision that has one.
"""

import re
from typing import Final

from mobile_app.device.document_checks.cross_references import (
    FREE,
    IN_FILE,
    IN_OBJECT_STREAM,
    Entry,
    Section,
    read_sections,
)
from mobile_app.device.document_checks.encryption import SecurityHandler
from mobile_app.device.document_checks.filters import Inflater, is_plain_or_flate
from mobile_app.device.document_checks.indirect_objects import IndirectObject, read_indirect_object
from mobile_app.device.document_checks.object_streams import ObjectStream, read_object_stream
from mobile_app.device.document_checks.softenings import Softenings
from mobile_app.device.document_checks.syntax import WS, Buffer, Ref, Value, breach, read_value, unfollowable

_TAIL = re.compile(rb"startxref" + WS + rb"++(\d{1,19})" + WS + rb"++%%EOF(?:\r\n|\n|\r)?\Z")
_EOF = re.compile(rb"%%EOF(?:\r\n|\n|\r)?\Z")
_TAIL_LENGTH: Final = 64
MAX_KEPT_OBJECTS: Final = 2000
MAX_KEPT_LENGTH: Final = 4096


class OriginalFile:
    """Reads the first ``length`` bytes of ``data`` as a PDF file of its own."""

    def __init__(self, data: Buffer, length: int) -> None:
        self.data = data
        self.length = length
        self.softenings = Softenings()
        self.start_of_cross_reference = self._announced_start()
        self._inflater = Inflater()
        self.sections: list[Section] = read_sections(
            data, self.start_of_cross_reference, length, self._inflater, self.softenings
        )
        self.trailer = self.sections[0].trailer
        self.entries: dict[int, Entry] = {}
        for section in reversed(self.sections):
            if section.hidden is not None:
                self._enter_hidden(section.hidden)
            self.entries.update(section.entries)
        # The numbers of cross-reference streams, which nothing needs to refer to.
        self.structure = {section.number for section in self.sections if section.number is not None}
        self.size = max(section.size for section in self.sections)
        self._containers: dict[int, ObjectStream] = {}
        self._objects: dict[int, IndirectObject] = {}
        self._values: dict[int, Value] = {}
        self._lengths: dict[Ref, int] = {}
        self.handler: SecurityHandler | None = None
        self._encryption_number = -1
        if any(section.trailer.get("Encrypt") is not None for section in self.sections):
            self.handler = self._security_handler(self.trailer.get("Encrypt"))

    def _announced_start(self) -> int:
        found = _TAIL.search(bytes(self.data[max(0, self.length - _TAIL_LENGTH) : self.length]))
        if found is None:
            tail = bytes(self.data[max(0, self.length - _TAIL_LENGTH) : self.length])
            breach("startxref" if _EOF.search(tail) else "eof", offset=self.length)
        return int(found[1])

    def _enter_hidden(self, hidden: Section) -> None:
        """Enter what a hybrid file keeps from older readers (7.5.8.4); whether its stream says no more is checked in
        ``bodies.py``."""
        for number, entry in hidden.entries.items():
            if entry[0] != FREE and self.entries.get(number, (FREE, 0, 0))[0] == FREE:
                self.entries[number] = entry

    def _security_handler(self, where: Value) -> SecurityHandler:
        dictionary = where
        if isinstance(where, Ref):
            if self.entries.get(where.number, (FREE, 0, 0))[0] != IN_FILE:
                unfollowable("encryption_dictionary")
            dictionary = self.value(where)
            self._values.clear()
            self._encryption_number = where.number
        identifiers = self.trailer.get("ID")
        first = identifiers[0] if isinstance(identifiers, list) and identifiers else b""
        if not isinstance(dictionary, dict) or not isinstance(first, bytes):
            unfollowable("encryption_dictionary")
        for section in self.sections:
            if section.trailer.get("Encrypt", where) != where:
                unfollowable("encryption_changes")
        return SecurityHandler(dictionary, first)

    def read_at(self, offset: int) -> IndirectObject:
        """Read the object that starts at ``offset``. The first ones are kept, which spares small documents
        a second reading and bounds what large ones take."""
        found = self._objects.get(offset)
        if found is None:
            found = read_indirect_object(self.data, offset, self.length, self._length_of, softenings=self.softenings)
            if len(self._objects) < MAX_KEPT_OBJECTS and found.value_end - found.start < MAX_KEPT_LENGTH:
                self._objects[offset] = found
        return found

    def defines(self, reference: Ref) -> bool:
        """Say whether the reference leads to an object."""
        entry = self.entries.get(reference.number)
        if entry is None or entry[0] == FREE:
            return False
        return reference.generation == (entry[2] if entry[0] == IN_FILE else 0)

    def value(self, reference: Value) -> Value:
        """Follow one reference (a direct value is its own) and return what it holds, strings decrypted;
        ``None`` when undefined."""
        if not isinstance(reference, Ref):
            return reference
        if not self.defines(reference):
            return None
        number = reference.number
        if number not in self._values:
            self._values[number] = self._read(reference)
        return self._values[number]

    def _read(self, reference: Ref) -> Value:
        kind, field, index = self.entries[reference.number]
        if kind == IN_OBJECT_STREAM:
            return self._member(reference.number, field, index)
        found = self.read_at(field)
        if self.handler is None or reference.number == self._encryption_number:
            return found.value
        return self.handler.value(found.value, reference)

    def stream(self, reference: Ref) -> tuple[dict[str, Value], bytes]:
        """The dictionary of the stream behind ``reference``, strings decrypted, and its data, decrypted and
        still filtered (7.3.8, 7.6.2). What is no stream of the original raises ``CheckFailed``."""
        dictionary = self.value(reference)
        entry = self.entries.get(reference.number, (FREE, 0, 0))
        if not isinstance(dictionary, dict) or entry[0] != IN_FILE:
            unfollowable("no_stream", number=reference.number)
        found = self.read_at(entry[1])
        if found.stream is None:
            unfollowable("no_stream", number=reference.number)
        raw = bytes(self.data[found.stream[0] : found.stream[1]])
        if self.handler is None or not self.handler.covers(dictionary):
            return dictionary, raw
        return dictionary, self.handler.stream(raw, reference)

    def _member(self, number: int, container: int, index: int) -> Value:
        opened = self.object_stream(container)
        if index >= len(opened.members) or opened.members[index][0] != number:
            breach("object_stream_member", number=number)
        return read_value(opened.data, opened.members[index][1], len(opened.data))[0]

    def object_stream(self, number: int) -> ObjectStream:
        """Open the object stream ``number`` (7.5.7)."""
        kind, offset, generation = self.entries.get(number, (FREE, 0, 0))
        if kind != IN_FILE or generation != 0:
            breach("object_stream", number=number)
        if offset in self._containers:
            return self._containers[offset]
        found = read_indirect_object(self.data, offset, self.length, self._plain_length_of)
        return self.open_object_stream(found)

    def open_object_stream(self, found: IndirectObject) -> ObjectStream:
        """Open the object stream that ``found`` is, once."""
        opened = self._containers.get(found.start)
        if opened is None:
            if found.stream is None or not isinstance(found.value, dict):
                breach("object_stream", offset=found.start, number=found.number)
            if not is_plain_or_flate(found.value):
                breach("object_stream", offset=found.start, number=found.number)
            raw = bytes(self.data[found.stream[0] : found.stream[1]])
            if self.handler is not None and self.handler.covers(found.value):
                raw = self.handler.stream(raw, Ref(found.number, 0))
            opened = read_object_stream(self._inflater.decoded(raw, found.value), found.value)
            self._containers[found.start] = opened
        return opened

    def _length_of(self, value: Value) -> int:
        """Resolve a stream's ``/Length``: a number, or an object that is the same one in every revision."""
        if not isinstance(value, Ref):
            return self._plain_length_of(value)
        if value not in self._lengths:
            found = {
                self._length_by(entry, value)
                for section in self.sections
                if (entry := section.entries.get(value.number, (FREE, 0, 0)))[0] != FREE
            }
            if not found and self.defines(value):
                found = {self._length_by(self.entries[value.number], value)}
            if len(found) != 1:
                breach("length_value", number=value.number)
            self._lengths[value] = found.pop()
        return self._lengths[value]

    def _length_by(self, entry: Entry, reference: Ref) -> int:
        kind, place, third = entry
        if kind == IN_OBJECT_STREAM and reference.generation == 0:
            return self._plain_length_of(self._member(reference.number, place, third))
        if kind != IN_FILE or third != reference.generation:
            breach("length_value", number=reference.number)
        found = read_indirect_object(self.data, place, self.length, _no_stream, softenings=self.softenings)
        if (found.number, found.generation) != reference:
            breach("offset", offset=place, number=reference.number)
        return self._plain_length_of(found.value)

    def _plain_length_of(self, value: Value) -> int:
        """Resolve a length without opening object streams: theirs must not stand inside one of them."""
        if isinstance(value, Ref):
            kind, place, third = self.entries.get(value.number, (FREE, 0, 0))
            if kind != IN_FILE:
                breach("length_value", number=value.number)
            return self._length_by((kind, place, third), value)
        if type(value) is not int:
            breach("length_value")
        return value


def _no_stream(_: Value) -> int:
    breach("length_value")
