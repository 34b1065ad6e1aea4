"""Every reference leads to the object that it names (ISO 32000-2, 7.3.10).

Why: a reference to nothing reads as ``null`` until an increment gives it something, and poppler draws nothing of a page
that has one. An original whose page lists the coming signature dictionary among its annotations would show whatever is
written into the gap.

Rules:
* What is reached from the trailer's ``/Root``, ``/Info`` and ``/Encrypt`` is in force, with that very generation.
  Other keys of the trailer are nobody's business: the increment does not take them over.
* What the increment itself may refer to is said where its shape is (``catalog.py``, ``page.py``, ``signature_field.py``,
  ``appearance.py``, ``fonts.py``): its own objects, and what the original's page and form refer to.

Softened: objects that nothing refers to (258 of 614 honest signed files).
"""

from collections.abc import Iterable
from typing import Final

from mobile_app.device.document_checks.cross_references import FREE, IN_FILE, IN_OBJECT_STREAM
from mobile_app.device.document_checks.document import PreparedDocument
from mobile_app.device.document_checks.syntax import Ref, Value, breach

_ROOTS: Final = ("Root", "Info", "Encrypt")


def check_references(document: PreparedDocument) -> None:
    """Walk the original from its roots and note what is not reached."""
    original, references = document.original, document.bodies.references
    reached: set[int] = set()
    waiting = list(references_in(original.trailer.get(key) for key in _ROOTS))
    while waiting:
        named = waiting.pop()
        if named in reached:
            continue
        reached.add(named)
        number, generation = named >> 16, named & 0xFFFF
        kind, place, third = original.entries.get(number, (-1, 0, 0))
        if kind <= FREE:
            breach("freed_reference" if kind == FREE else "dangling", number=number)
        if generation != (third if kind == IN_FILE else 0):
            breach("generation", number=number)
        waiting.extend(references.get(number, ()))
        if kind == IN_OBJECT_STREAM:
            waiting.append(place << 16)
    _note_unreachable(document, {named >> 16 for named in reached})


def _note_unreachable(document: PreparedDocument, reached: set[int]) -> None:
    original = document.original
    structure = original.structure | {one.hidden.number for one in original.sections if one.hidden is not None}
    for number, (kind, place, _) in original.entries.items():
        if kind != FREE and number not in reached and number not in structure:
            original.softenings.take("unreachable", place if kind == IN_FILE else 0)
            return


def references_in(values: Iterable[Value]) -> list[int]:
    """Everything that ``values`` refer to, as ``read_with_references`` has it."""
    found: list[int] = []
    waiting = list(values)
    while waiting:
        value = waiting.pop()
        if isinstance(value, Ref):
            found.append(value.number << 16 | value.generation)
        elif isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            waiting += value.values()
    return found
