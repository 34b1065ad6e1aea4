"""The bytes that preparing has added behind the original, read from the first to the last.

Rules (grammar; a document that breaks one is refused with ``doc_increment_bytes`` or, inside an object,
``doc_grammar``):
* white space, objects, one cross-reference section, ``startxref``, ``%%EOF``: nothing else, in this order,
  nothing between them (no comment, no junk), no second increment, and none of the softer rules for signed files;
* no object stands twice, none is inside another, and each stream has its length in its own dictionary;
* the gap is one hexadecimal string and reads as ``GAP``.
"""

import re
from dataclasses import dataclass

from mobile_app.device.document_checks.cross_references import Section, read_section
from mobile_app.device.document_checks.filters import Inflater
from mobile_app.device.document_checks.indirect_objects import (
    IndirectObject,
    direct_length,
    read_indirect_object,
)
from mobile_app.device.document_checks.softenings import Softenings
from mobile_app.device.document_checks.syntax import WS, Buffer
from mobile_app.errors import CheckFailed

MAX_OBJECTS = 1000

_SPACE = re.compile(WS + rb"*+")
_END = re.compile(WS + rb"*+startxref")
_TABLE = re.compile(rb"xref")


@dataclass(slots=True)
class Increment:
    """What the increment holds: its objects by number, and its cross-reference section."""

    objects: dict[int, IndirectObject]
    section: Section


def read_increment(data: Buffer, start: int, gap: tuple[int, int]) -> Increment:
    """Read ``data`` from ``start`` to its end."""
    end = len(data)
    if bytes(data[start - 1 : start + 1]).strip(b"\r\n") == bytes(data[start - 1 : start + 1]):
        raise CheckFailed("doc_increment_bytes", {"what": "no_line_end"})
    objects: dict[int, IndirectObject] = {}
    position = _skip_space(data, start)
    while not _TABLE.match(data, position):
        found = read_indirect_object(data, position, end, direct_length, gap)
        if found.number in objects:
            raise CheckFailed("doc_increment_bytes", {"what": "object_twice", "number": found.number})
        if len(objects) >= MAX_OBJECTS:
            raise CheckFailed("doc_increment_bytes", {"what": "too_many_objects"})
        objects[found.number] = found
        position = _skip_space(data, found.end)
        if _END.match(data, position):
            position = found.start
            break
    section = read_section(data, position, end, Inflater(), Softenings(allowed=False))
    if section.tail_end != end:
        raise CheckFailed("doc_increment_bytes", {"what": "tail", "offset": section.end})
    return Increment(objects, section)


def _skip_space(data: Buffer, position: int) -> int:
    found = _SPACE.match(data, position)
    return found.end() if found else position
