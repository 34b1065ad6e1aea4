"""What the form fields of two revisions say, and where they differ (ISO 32000-2, 12.7.4): field, from what, to what.

A field is its full name (12.7.4.2); value and type are inherited (table 226). A value that stays while what is drawn for it changes is
told apart: viewers show the drawing. A signature that fills its own empty field is no change of a value. Bounded: a form that can't be
read within the bounds raises one of ``READER_ERRORS``.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from pyhanko.pdf_utils import generic

from server.pdf.pdf_syntax import decode_text
from server.pdf.source_document import READER_ERRORS
from server.pdf.verifying.pdf_values import entry, plain_text, raw_entry

_MAX_FIELDS = 50_000
_MAX_NODES = 20_000
_MAX_DEPTH = 30
_SHOWN = 200
LEADER = "\u00b7"
"""What ``changes`` writes for a period within a partial name."""
_MAX_CONTENT = 1 << 20
_STRING = re.compile(rb"\((?:[^()\\]|\\.)*\)|<[0-9A-Fa-f\s]*>", re.DOTALL)
_SHOWS = re.compile(rb"(?:\((?:[^()\\]|\\.)*\)|<[0-9A-Fa-f\s]*>)\s*(?:Tj|'|\")|\[[^\]]*\]\s*TJ", re.DOTALL)
_NOT_DRAWN = {"/Parent", "/P", "/Length", "/Metadata", "/PieceInfo", "/StructParent"}


@dataclass(frozen=True)
class FieldChange:
    """``before`` and ``after`` are text as people read it; empty for no value. ``kind``: ``value``; ``text``: the value stayed, and the
    text that is drawn for it became another, which then stands here; ``appearance``: only the drawing changed; ``removed``."""

    field: str
    before: str
    after: str
    kind: Literal["value", "text", "appearance", "removed"] = "value"


@dataclass
class _Field:
    type: str = ""
    value: str = ""
    drawn: list[bytes] = field(default_factory=list)
    text: list[str] = field(default_factory=list)


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
        elif was.text != now.text:
            found.append(FieldChange(name[:_SHOWN], " ".join(was.text)[:_SHOWN], " ".join(now.text)[:_SHOWN], "text"))
        elif was.drawn != now.drawn:
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
            own = plain_text(partial).replace(LEADER, ".")
            name = f"{name}.{own}" if name else own
        kind = plain_text(entry(one, "/FT")) or kind
        value = entry(one, "/V") if "/V" in one else value
        known = self._found.setdefault(name, _Field())
        known.type, known.value = known.type or kind, known.value or _text(value)
        if "/AP" in one or "/AS" in one:
            known.drawn.append(_drawn(one))
            known.text.append(_drawn_text(one))
        self.kids(entry(one, "/Kids"), name, kind, value, depth + 1)


def _text(value: Any) -> str:
    """As the report shows it."""
    if value is None:
        return ""
    if isinstance(value, generic.DictionaryObject):  # a signature: its /Reference may lead through the whole document
        parts = [raw_entry(value, "/Contents"), entry(value, "/ByteRange")]
        return f"{plain_text(entry(value, '/Name'))} ({hashlib.sha256(repr(parts).encode()).hexdigest()[:12]})".strip()
    if isinstance(value, generic.ArrayObject):
        return ", ".join(_text(value[index]) for index in range(min(len(value), 100)))
    if isinstance(value, generic.StreamObject | generic.ByteStringObject):
        return _digest(value).hex()[:12]
    return plain_text(value)


def _drawn(widget: generic.DictionaryObject) -> bytes:
    """A digest of what viewers draw: the appearance, its state and its place (12.5.5)."""
    parts = [_digest(entry(widget, key)) for key in ("/AP", "/AS", "/Rect", "/F")]
    return hashlib.sha256(b"".join(parts)).digest()


def _drawn_text(widget: generic.DictionaryObject) -> str:
    """The strings that the appearance shows (9.4.3), as far as they are plain; "" where there are none."""
    shown = entry(entry(widget, "/AP"), "/N")
    if not isinstance(shown, generic.StreamObject):
        return ""
    try:
        content = bytes(shown.data)[:_MAX_CONTENT]
    except READER_ERRORS:
        return ""
    operands = (operand for found in _SHOWS.finditer(content) for operand in _STRING.findall(found[0]))
    text = "".join(decode_text(operand) for operand in operands)
    return text if text.isprintable() else ""  # codes of glyphs


def _digest(value: Any) -> bytes:
    """Of the value with all that it refers to; what is met again counts by the place where it was met first."""
    hasher = hashlib.sha256()
    for piece in _pieces(value, {}):
        hasher.update(len(piece).to_bytes(8, "big") + piece)
    return hasher.digest()


def _pieces(value: Any, met: dict[int, tuple[int, Any]]) -> Iterator[bytes]:
    if len(met) > _MAX_NODES:
        raise ValueError("an appearance of too many parts")
    if isinstance(value, generic.IndirectObject):
        value = value.get_object()  # type: ignore[no-untyped-call]
    if isinstance(value, generic.DictionaryObject | generic.ArrayObject):
        if id(value) in met:
            yield b"%d" % met[id(value)][0]
            return
        met[id(value)] = (len(met), value)  # kept, so that no other object gets its id
    if isinstance(value, generic.StreamObject):
        yield bytes(value.encoded_data)
    if isinstance(value, generic.DictionaryObject):
        for key in sorted(str(key) for key in value):
            if key not in _NOT_DRAWN:
                yield key.encode()
                yield from _pieces(entry(value, key), met)
    elif isinstance(value, generic.ArrayObject):
        for index in range(len(value)):
            yield from _pieces(value[index], met)
    else:
        yield repr(value).encode()
