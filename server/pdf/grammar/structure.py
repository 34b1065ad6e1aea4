"""The file as its cross-references and its bytes together say: what is in force under each number.

Rules, checked while it is built: an entry in use points at an object of its own body or repeats the older entry in force; so does a
packed one with the members of an object stream, which itself stays in force; every member is listed with its stream and index; no table
redefines a packed object; a ``/Length`` that is a reference means the same integer in every revision.
"""

from collections import OrderedDict
from typing import Final, NamedTuple

from server.pdf.grammar.bodies import BodyScan
from server.pdf.grammar.breach import Breaches, Unfollowable
from server.pdf.grammar.chain import Revision, read_revisions
from server.pdf.grammar.encryption import Decrypt, decryption
from server.pdf.grammar.gaps import after_header
from server.pdf.grammar.objects import DROPPED, ObjectAt, read_object
from server.pdf.grammar.packed import Member, member_value, object_stream_data, read_members
from server.pdf.grammar.sections import FREE, IN_USE, PACKED, Entry, is_name
from server.pdf.grammar.values import Buffer, Reference, ValueReader
from server.pdf.inspect_limits import MIB, Meter

_KEPT_DATA: Final = 64 * MIB
_MAX_HOPS: Final = 32


class Slot(NamedTuple):
    """What a number means at the end of the file: its entry, and the object or the member with its container."""

    entry: Entry
    found: ObjectAt | None
    member: Member | None
    container: ObjectAt | None

    @property
    def generation(self) -> int:
        return 0 if self.entry.kind == PACKED else self.entry.second

    @property
    def references(self) -> tuple[Reference, ...]:
        if self.member is not None:
            return self.member.references
        return self.found.references if self.found is not None else ()


class Structure:
    """``force`` maps numbers to what is in force, free ones included."""

    def __init__(self, buffer: Buffer, breaches: Breaches, meter: Meter) -> None:
        """Reads the whole file. Raises ``Unfollowable``; ``pdf_password``, ``pdf_bomb``, ``pdf_too_complex``."""
        self.buffer = buffer
        self.breaches = breaches
        self.meter = meter
        self.force: dict[int, Slot] = {}
        self._data: OrderedDict[int, bytes] = OrderedDict()
        self._decrypt: Decrypt | None = None
        self._lengths: dict[Reference, int | None] = {}
        body = after_header(buffer, breaches)
        self.revisions = read_revisions(buffer, breaches, meter)
        BodyScan(buffer, self._length_of, breaches, meter).run(self.revisions, body)
        for revision in self.revisions:
            self._apply(revision)
        self._check_containers()

    @property
    def trailer(self) -> dict[bytes, object]:
        return self.revisions[-1].trailer

    @property
    def encrypted(self) -> bool:
        return self.trailer.get(b"Encrypt") is not None

    def _apply(self, revision: Revision) -> None:
        """Let one revision's entries come into force."""
        members = self._read_packed(revision)
        for number, entry in revision.entries.items():
            old = self.force.get(number)
            found = revision.objects.get(number)
            if entry.kind == PACKED:
                self._apply_packed(revision, number, entry, old, members)
            elif entry.kind == FREE:
                self.force[number] = Slot(entry, None, None, None)
            elif found is not None:
                if old is not None and old.entry.kind == PACKED and revision.by_table:
                    self.breaches.add("packed_redefined", found.start, number)
                self.force[number] = Slot(entry, found, None, None)
            elif old is not None and old.entry == entry:
                continue
            elif number:
                outside = not 0 < entry.first < revision.end
                self.breaches.add("dangling" if outside else "offset", min(entry.first, len(self.buffer)), number)
                self.force.pop(number, None)

    def _apply_packed(
        self,
        revision: Revision,
        number: int,
        entry: Entry,
        old: Slot | None,
        members: dict[tuple[int, int], tuple[Member, ObjectAt]],
    ) -> None:
        member = members.pop((entry.first, entry.second), None)
        if member is not None and member[0].number == number:
            self.force[number] = Slot(entry, None, *member)
        elif old is None or old.entry != entry:
            self.breaches.add("object_stream_member", revision.last.start, number)
            self.force.pop(number, None)

    def _check_containers(self) -> None:
        """No later revision took away an object stream whose members are still in force: viewers that miss it search the
        whole file for objects, and draw older ones.
        """
        for number, slot in self.force.items():
            if slot.container is not None:
                holding = self.force.get(slot.container.number)
                if holding is None or holding.found is not slot.container:
                    self.breaches.add("object_stream_member", slot.container.start, number)

    def _read_packed(self, revision: Revision) -> dict[tuple[int, int], tuple[Member, ObjectAt]]:
        """Members of the object streams of one body by (stream, index); each must be listed so."""
        members: dict[tuple[int, int], tuple[Member, ObjectAt]] = {}
        for found in revision.objects.values():
            if found.data is None or not is_name(self._dictionary_of(found).get(b"Type"), b"ObjStm"):
                continue
            if found.generation:
                self.breaches.add("object_stream_member", found.start, found.number)
            for member in read_members(found, self._object_stream(found), self.breaches, self.meter):
                members[(found.number, member.index)] = (member, found)
                listed = revision.entries.get(member.number)
                if listed != (PACKED, found.number, member.index):
                    self.breaches.add("object_stream_member", found.start, member.number)
        return members

    def _dictionary_of(self, found: ObjectAt) -> dict[bytes, object]:
        return found.value if isinstance(found.value, dict) else {}

    def _object_stream(self, found: ObjectAt) -> bytes:
        """Decoded data, kept for a while."""
        data = self._data.pop(found.start, None)
        if data is None:
            raw = self.raw_data(found)
            if self.encrypted:
                raw = self._decryption()(found.number, found.generation, raw)
            whole = ObjectAt(
                found.number, found.generation, found.start, found.end, found.data, (), self._dictionary_of(found)
            )
            data = object_stream_data(whole, raw, self.meter)
        self._data[found.start] = data
        while len(self._data) > 1 and sum(map(len, self._data.values())) > _KEPT_DATA:
            self._data.popitem(last=False)
        return data

    def raw_data(self, found: ObjectAt) -> bytes:
        """A stream's bytes as they stand in the file."""
        start, length = found.data or (0, 0)
        return bytes(self.buffer[start : start + length])

    def _decryption(self) -> Decrypt:
        if self._decrypt is None:
            encrypt = self.trailer.get(b"Encrypt")
            if isinstance(encrypt, Reference):
                encrypt = self._listed_value(encrypt)
            if not isinstance(encrypt, dict):
                raise Unfollowable("dangling", self.revisions[-1].last.start)
            self._decrypt = decryption(encrypt, self.trailer.get(b"ID"))
        return self._decrypt

    def _listed_value(self, reference: Reference) -> object:
        """The value of an object that stands by itself, before anything is in force."""
        for revision in reversed(self.revisions):
            entry = revision.entries.get(reference.number)
            if entry is not None:
                if entry.kind != IN_USE or entry.second != reference.generation:
                    return None
                found = read_object(self.buffer, _behind_white(self.buffer, entry.first), lambda _: None, Breaches())
                return found.value if found is not None and found.number == reference.number else None
        return None

    def _length_of(self, reference: Reference) -> int | None:
        """An integer of the same value in every revision, or None."""
        if reference not in self._lengths:
            self._lengths[reference] = None  # while it is looked for: a circle has no length
            values = {
                self._integer(entry, reference, revision)
                for revision in self.revisions
                if (entry := revision.entries.get(reference.number))
            }
            self._lengths[reference] = values.pop() if len(values) == 1 else None
        return self._lengths[reference]

    def _integer(self, entry: Entry, reference: Reference, revision: Revision) -> int | None:
        try:
            if entry.kind == IN_USE and entry.second == reference.generation:
                found = read_object(self.buffer, _behind_white(self.buffer, entry.first), lambda _: None, Breaches())
                value = found.value if found is not None and found.number == reference.number else None
            elif entry.kind == PACKED and reference.generation == 0:
                value = self._packed_integer(entry, reference.number, revision)
            else:
                value = None
        except Unfollowable:
            return None
        return value if type(value) is int else None

    def _packed_integer(self, entry: Entry, number: int, revision: Revision) -> object:
        for older in reversed(self.revisions[: self.revisions.index(revision) + 1]):
            place = older.entries.get(entry.first)
            if place is None:
                continue
            container = (
                read_object(self.buffer, _behind_white(self.buffer, place.first), self._length_of, Breaches())
                if place.kind == IN_USE
                else None
            )
            if container is None or container.data is None or container.number != entry.first:
                return None
            data = self._object_stream(container)
            members = read_members(container, data, Breaches(), self.meter)
            chosen = members[entry.second] if entry.second < len(members) else None
            return member_value(data, chosen.start) if chosen is not None and chosen.number == number else None
        return None

    def slot(self, reference: Reference) -> Slot | None:
        """What a reference means; None for nothing, something free or another generation."""
        slot = self.force.get(reference.number)
        if slot is None or slot.entry.kind == FREE or slot.generation != reference.generation:
            return None
        return slot

    def value(self, reference: Reference) -> object:
        """The value in force (a stream's dictionary for a stream), None for nothing."""
        slot = self.slot(reference)
        if slot is None:
            return None
        if slot.member is not None and slot.container is not None:
            return member_value(self._object_stream(slot.container), slot.member.start)
        if slot.found is None:
            return None
        if slot.found.value is DROPPED:
            return ValueReader(self.buffer, Breaches()).read(self.buffer.find(b"obj", slot.found.start) + 3, 0)[0]
        return slot.found.value

    def resolve(self, value: object) -> object:
        """Follow a reference to what is no reference."""
        for _ in range(_MAX_HOPS):
            if not isinstance(value, Reference):
                return value
            value = self.value(value)
        return None

    def is_stream(self, value: object) -> bool:
        """Whether a reference means a stream, whose dictionary must not be taken for a dictionary."""
        slot = self.slot(value) if isinstance(value, Reference) else None
        return slot is not None and slot.found is not None and slot.found.data is not None

    def at(self, reference: object) -> tuple[int, int]:
        """Place in the file and number of what a reference means, for telling people."""
        slot = self.slot(reference) if isinstance(reference, Reference) else None
        if slot is None:
            return self.revisions[-1].last.start, reference.number if isinstance(reference, Reference) else 0
        carrier = slot.found or slot.container
        return (carrier.start if carrier is not None else 0), reference.number if isinstance(
            reference, Reference
        ) else 0


def _behind_white(buffer: Buffer, position: int) -> int:
    for _ in range(2):
        if buffer[position : position + 1] in (b"\n", b"\r", b" ", b"\t", b"\0", b"\f"):
            position += 1
    return position
