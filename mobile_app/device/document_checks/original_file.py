"""The document as it was before this signature: its cross-reference chain, and its objects, read when
somebody asks for them.

Rules: everything is looked up by the original's own chain (the increment is not consulted), nothing behind
the original's last byte is read, and what an entry promises must stand there: number, generation, container
and index.
"""

import re
from dataclasses import dataclass

from mobile_app.device.document_checks.cross_references import (
    FREE,
    IN_FILE,
    IN_OBJECT_STREAM,
    Entry,
    Section,
    read_sections,
)
from mobile_app.device.document_checks.encryption import SecurityHandler
from mobile_app.device.document_checks.filters import Inflater
from mobile_app.device.document_checks.indirect_objects import IndirectObject, read_indirect_object
from mobile_app.device.document_checks.syntax import WS, Buffer, Ref, Value, read_value, unfollowable

_TAIL = re.compile(rb"startxref" + WS + rb"++(\d{1,19})" + WS + rb"++%%EOF")
_TAIL_LENGTH = 1024
_COMMENT = re.compile(rb"%[^\r\n]*+")  # white space between tokens (7.2.4)
MAX_KEPT_OBJECTS = 2000
MAX_KEPT_LENGTH = 4096


@dataclass(slots=True)
class ObjectStream:
    """An opened object stream: its decoded bytes, and (object number, offset) by index."""

    data: bytes
    members: list[tuple[int, int]]


class OriginalFile:
    """Reads the first ``length`` bytes of ``data`` as a PDF file of its own."""

    def __init__(self, data: Buffer, length: int) -> None:
        self.data = data
        self.length = length
        self.start_of_cross_reference = self._announced_start()
        self._inflater = Inflater()
        self.sections: list[Section] = read_sections(
            data, self.start_of_cross_reference, length, self._inflater
        )
        self.trailer = self.sections[0].trailer
        self.entries: dict[int, Entry] = {}
        for section in reversed(self.sections):
            self.entries.update(section.entries)
        self.size = max(section.size for section in self.sections)
        self._containers: dict[int, ObjectStream] = {}
        self._objects: dict[int, IndirectObject] = {}
        self._values: dict[int, Value] = {}
        self.handler: SecurityHandler | None = None
        self._encryption_number = -1
        if self.trailer.get("Encrypt") is not None:
            self.handler = self._security_handler(self.trailer["Encrypt"])

    def _announced_start(self) -> int:
        tail_start = max(0, self.length - _TAIL_LENGTH)
        found = _TAIL.findall(bytes(self.data[tail_start : self.length]))
        if not found:
            unfollowable("startxref")
        return int(found[-1])

    def _security_handler(self, where: Value) -> SecurityHandler:
        dictionary = where
        if isinstance(where, Ref):
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
            found = read_indirect_object(self.data, offset, self.length, self._length_of)
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
        if (found.number, found.generation) != reference:
            unfollowable("object_number", number=reference.number)
        if isinstance(found.value, Ref):
            unfollowable("reference_to_reference", number=reference.number)
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
            unfollowable("object_stream_index", number=number)
        value, _ = read_value(opened.data, opened.members[index][1], len(opened.data))
        if isinstance(value, Ref):
            unfollowable("reference_to_reference", number=number)
        return value

    def object_stream(self, number: int) -> ObjectStream:
        """Open the object stream ``number`` (7.5.7), once."""
        if number not in self._containers:
            self._containers[number] = self._open_object_stream(number)
        return self._containers[number]

    def _open_object_stream(self, number: int) -> ObjectStream:
        kind, offset, generation = self.entries.get(number, (FREE, 0, 0))
        if kind != IN_FILE or generation != 0:
            unfollowable("object_stream", number=number)
        found = read_indirect_object(self.data, offset, self.length, self._plain_length_of)
        dictionary = found.value
        if found.number != number or found.stream is None or not isinstance(dictionary, dict):
            unfollowable("object_stream", number=number)
        count, first = dictionary.get("N"), dictionary.get("First")
        if dictionary.get("Type") != "ObjStm" or type(count) is not int or type(first) is not int:
            unfollowable("object_stream", number=number)
        raw = bytes(self.data[found.stream[0] : found.stream[1]])
        if self.handler is not None:
            raw = self.handler.stream(raw, Ref(number, 0))
        data = self._inflater.decoded(raw, dictionary)
        numbers = _COMMENT.sub(b" ", data[:first]).split()
        if (
            not 0 <= first <= len(data)
            or len(numbers) != 2 * count
            or not all(part.isdigit() for part in numbers)
        ):
            unfollowable("object_stream", number=number)
        values = [int(part[:12]) for part in numbers]
        return ObjectStream(
            data, [(member, first + at) for member, at in zip(values[::2], values[1::2], strict=True)]
        )

    def _length_of(self, value: Value) -> int:
        if isinstance(value, Ref):
            kind, container, index = self.entries.get(value.number, (FREE, 0, 0))
            if kind == IN_OBJECT_STREAM and value.generation == 0:
                value = self._member(value.number, container, index)
        return self._plain_length_of(value)

    def _plain_length_of(self, value: Value) -> int:
        """Resolve a length without opening object streams: theirs must not stand inside one of them."""
        if isinstance(value, Ref):
            kind, offset, generation = self.entries.get(value.number, (FREE, 0, 0))
            if kind != IN_FILE or generation != value.generation:
                unfollowable("stream_length")
            found = read_indirect_object(self.data, offset, self.length, _no_stream)
            if (found.number, found.generation) != value:
                unfollowable("object_number", number=found.number)
            value = found.value
        if type(value) is not int:
            unfollowable("stream_length")
        return value


def _no_stream(_: Value) -> int:
    unfollowable("stream_length")
