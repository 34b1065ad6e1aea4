"""Every reference that a reader can reach means something, and everything is reached (ISO 32000-2, 7.3.10 and 7.5.5).

Rules: what is reached from /Root, /Info or /Encrypt (and from the containers of packed objects) is in force, with that generation, and not
freed. Other keys of a trailer are exempt. Even what nothing reaches must not
refer to a number that an update will give away: it might be reached then. What is not reached at all is allowed in a signed file only.
"""

from collections.abc import Iterable

from server.pdf.grammar.sections import FREE
from server.pdf.grammar.structure import Structure
from server.pdf.grammar.values import Reference

ROOT_KEYS = (b"Root", b"Info", b"Encrypt")


def check_references(structure: Structure) -> None:
    """Walk from the trailer, then look at what was not reached."""
    reached: set[int] = set()
    waiting = [one for key in ROOT_KEYS for one in _references_in(structure.trailer.get(key))]
    waiting += _furniture(structure, reached)
    at = structure.revisions[-1].last.start
    _follow(structure, [(one, at) for one in waiting], reached)
    _note_unreached(structure, reached)
    _check_coming_numbers(structure)


def _furniture(structure: Structure, reached: set[int]) -> list[Reference]:
    """Object streams and cross-reference streams are there for the structure's sake; what they name must be there too."""
    named: list[Reference] = []
    for slot in structure.force.values():
        if slot.container is not None and slot.container.number not in reached:
            reached.add(slot.container.number)
            named.extend(slot.container.references)
    for revision in structure.revisions:
        reached.update(one.own.number for one in revision.sections if one.own is not None)
    return named


def _follow(structure: Structure, waiting: list[tuple[Reference, int]], reached: set[int]) -> None:
    force, breaches = structure.force, structure.breaches
    count = 0
    while waiting:
        reference, at = waiting.pop()
        count += 1
        if count % 4096 == 0:
            structure.meter.check_time()
        number = reference.number
        slot = force.get(number)
        if slot is None or number == 0:
            breaches.add("dangling", at, number)
        elif slot.entry.kind == FREE:
            breaches.add("freed_reference", at, number)
        elif slot.generation != reference.generation:
            breaches.add("generation", at, number)
        elif number not in reached:
            reached.add(number)
            carrier = slot.found or slot.container
            place = carrier.start if carrier is not None else at
            waiting.extend((one, place) for one in slot.references)


def _note_unreached(structure: Structure, reached: set[int]) -> None:
    containers = {slot.container.number for slot in structure.force.values() if slot.container is not None}
    for number, slot in structure.force.items():
        if number in reached or number in containers or slot.entry.kind == FREE:
            continue
        carrier = slot.found or slot.container
        structure.breaches.add(
            "unreachable", carrier.start if carrier is not None else 0, number, softened=True, settled=True
        )
        return


def _check_coming_numbers(structure: Structure) -> None:
    """Nothing, reached or not, may refer to a number that an update will give to an object of its own."""
    highest = max(structure.force, default=0)
    for slot in structure.force.values():
        for one in slot.references:
            if one.number > highest:
                carrier = slot.found or slot.container
                structure.breaches.add("dangling", carrier.start if carrier is not None else 0, one.number)


def _references_in(value: object) -> Iterable[Reference]:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Reference):
            yield one
        elif isinstance(one, dict):
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
