"""What the form fields of two revisions say, and where they differ (ISO 32000-2, 12.7.4): field, from what, to what.

A field is its full name (12.7.4.2); value and type are inherited (table 226). A value that stays while what is drawn for it changes is
told apart: viewers show the drawing. A signature that fills its own empty field is no change of a value. Bounded: a form that can't be
read within the bounds raises one of ``READER_ERRORS``.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from pyhanko.pdf_utils import generic

from server.pdf.verifying.pdf_values import entry, plain_text

_MAX_FIELDS = 50_000
_MAX_NODES = 20_000
_MAX_DEPTH = 30
_SHOWN = 200
_NOT_DRAWN = {"/Parent", "/P", "/Length", "/Metadata", "/PieceInfo", "/StructParent"}


@dataclass(frozen=True)
class FieldChange:
    """``before`` and ``after`` are text as people read it; empty for no value. ``kind`` appearance: the value stayed and its drawing
    changed."""

    field: str
    before: str
    after: str
    kind: Literal["value", "appearance", "removed"] = "value"


@dataclass
class _Field:
    type: str = ""
    value: str = ""
    drawn: list[bytes] = field(default_factory=list)


Form = dict[str, _Field]


def field_changes(old: Form, new: Form) -> tuple[FieldChange, ...]:
    """In the order of the older form."""
    found = []
    for name, was in old.items():
        now = new.get(name)
        if now is None:
            if was.type:
                found.append(FieldChange(name[:_SHOWN], was.value[:_SHOWN], "", "removed"))
        elif was.type == "/Sig" and not was.value:
            continue
        elif was.value != now.value:
            found.append(FieldChange(name[:_SHOWN], was.value[:_SHOWN], now.value[:_SHOWN]))
        elif sorted(was.drawn) != sorted(now.drawn):
            found.append(FieldChange(name[:_SHOWN], was.value[:_SHOWN], now.value[:_SHOWN], "appearance"))
    return tuple(found)


def read_form(catalog: generic.DictionaryObject) -> Form:
    """The form that a revision's catalog names."""
    form = entry(catalog, "/AcroForm")
    found: Form = {}
    if isinstance(form, generic.DictionaryObject):
        _Walk(found).kids(entry(form, "/Fields"), "", "", None, 0)
    return found


class _Walk:
    def __init__(self, found: Form) -> None:
        self._found = found
        self._left = _MAX_FIELDS

    def kids(self, kids: Any, name: str, kind: str, value: Any, depth: int) -> None:
        if not isinstance(kids, generic.ArrayObject):
            return
        if depth > _MAX_DEPTH:
            raise ValueError("fields nested too deeply")
        for index in range(len(kids)):
            self._left -= 1
            if self._left < 0:
                raise ValueError("too many fields")
            one = kids[index]
            if isinstance(one, generic.DictionaryObject):
                self._field(one, name, kind, value, depth)

    def _field(self, one: generic.DictionaryObject, name: str, kind: str, value: Any, depth: int) -> None:
        partial = entry(one, "/T")
        if partial is not None:
            name = f"{name}.{partial}" if name else plain_text(partial)
        kind = plain_text(entry(one, "/FT")) or kind
        value = entry(one, "/V") if "/V" in one else value
        known = self._found.setdefault(name, _Field())
        known.type, known.value = known.type or kind, known.value or _text(value)
        if "/AP" in one or "/AS" in one:
            known.drawn.append(_drawn(one))
        self.kids(entry(one, "/Kids"), name, kind, value, depth + 1)


def _text(value: Any) -> str:
    """As the report shows it."""
    if value is None:
        return ""
    if isinstance(value, generic.DictionaryObject):
        return f"{plain_text(entry(value, '/Name'))} ({_digest(value).hex()[:12]})".strip()
    if isinstance(value, generic.ArrayObject):
        return ", ".join(_text(value[index]) for index in range(min(len(value), 100)))
    if isinstance(value, generic.StreamObject | generic.ByteStringObject):
        return _digest(value).hex()[:12]
    return plain_text(value)


def _drawn(widget: generic.DictionaryObject) -> bytes:
    """A digest of what viewers draw: the appearance, its state and its place (12.5.5)."""
    parts = [_digest(entry(widget, key)) for key in ("/AP", "/AS", "/Rect", "/F")]
    return hashlib.sha256(b"".join(parts)).digest()


def _digest(value: Any) -> bytes:
    hasher = hashlib.sha256()
    for piece in _pieces(value, set(), [_MAX_NODES]):
        hasher.update(len(piece).to_bytes(8, "big") + piece)
    return hasher.digest()


def _pieces(value: Any, path: set[int], left: list[int]) -> Iterator[bytes]:
    """The value with all that it refers to, each node once on a path; parents are left out."""
    left[0] -= 1
    if left[0] < 0:
        raise ValueError("an appearance of too many parts")
    if isinstance(value, generic.IndirectObject):
        value = value.get_object()  # type: ignore[no-untyped-call]
    if id(value) in path:
        return
    path = path | {id(value)}
    if isinstance(value, generic.StreamObject):
        yield bytes(value.encoded_data)
    if isinstance(value, generic.DictionaryObject):
        for key in sorted(str(key) for key in value):
            if key not in _NOT_DRAWN:
                yield key.encode()
                yield from _pieces(value[key], path, left)
    elif isinstance(value, generic.ArrayObject):
        for index in range(len(value)):
            yield from _pieces(value[index], path, left)
    else:
        yield repr(value).encode()
