"""The form: what it says to one who wants to add a signature, and how a field is added (ISO 32000-2 12.7).

Rules: a new field at the root of the form, merged with its only widget, with a name that no other root field has. The form gets an array
of fields of its own (the one that it had may be something else's too), and besides only ``/SigFlags`` changes, that only in a document
which nobody has signed; the catalog changes only where it holds the form itself, or has none. Earlier signatures may forbid a new visible
field (a certification, or a lock of all fields): then an empty signature field of the form is filled in, or an invisible field is made."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from server.errors import Unprocessable
from server.pdf.document_pages import MAX_TREE_DEPTH, any_signed_widget, own_array, reference_of
from server.pdf.empty_field import EmptySignatureField
from server.pdf.increment import IncrementWriter
from server.pdf.pdf_syntax import (
    Reference,
    UnreadableSyntax,
    as_number,
    as_reference,
    decode_text,
    split_array,
    write_dictionary,
    write_object,
)
from server.pdf.source_document import SourceDocument, read_dictionary, resolve

MAX_FIELDS = 20_000
_SIGNED = 3


@dataclass(frozen=True)
class Form:
    """What the form says to one who wants to add a signature."""

    names: frozenset[str]
    empty_fields: tuple[EmptySignatureField, ...]
    certified: bool
    locked: bool
    signed: bool
    """Whether a signature field of its tree has a value."""

    @property
    def new_visible_field_allowed(self) -> bool:
        """Would a further field of one's own leave earlier signatures whole?"""
        return not self.certified and not self.locked


def read_form(source: SourceDocument, catalog: dict[bytes, bytes]) -> Form:
    """Names of the root fields, and what earlier signatures forbid. Raises
    Unprocessable(``document_certified``) when a certification allows no change at all, UnreadableSyntax."""
    certified = False
    if b"/Perms" in catalog:
        permissions = read_dictionary(source, catalog[b"/Perms"])
        if b"/DocMDP" in permissions:
            certified = True
            _check_level(_document_level(source, permissions[b"/DocMDP"]) or 2)
    if b"/AcroForm" not in catalog:
        return Form(frozenset(), (), certified, locked=False, signed=False)
    form = read_dictionary(source, catalog[b"/AcroForm"])
    names: set[str] = set()
    empty: list[EmptySignatureField] = []
    locks: list[_Lock] = []
    signed = False
    for reference, entries, is_root, kind in _fields(source, form):
        name = source.field_name(reference, entries) if reference is not None else decode_text(entries.get(b"/T", b"()"))
        if is_root:
            names.add(name)
        if kind != b"/Sig":
            continue
        if resolve(source, entries.get(b"/V", b"null")) != b"null":
            signed = True
            locks.extend(_locks(source, entries[b"/V"]))
            level = _document_level(source, entries[b"/V"]) or _level_of_lock(source, entries)
            certified = certified or level > 0
            _check_level(level)
        elif is_root and b"/FT" in entries and reference is not None:
            empty.append(EmptySignatureField(reference, entries, name))
    free = tuple(field for field in empty if not any(lock.holds(field.name) for lock in locks))
    locked = any(lock.holds(unused_name(frozenset(names))) for lock in locks)
    return Form(frozenset(names), free, certified, locked, signed)


def fields_locked() -> Unprocessable:
    """Nothing of the form may be signed any more."""
    return Unprocessable("an earlier signature locks all fields", code="document_fields_locked")


def _fields(source: SourceDocument, form: dict[bytes, bytes]) -> Iterator[tuple[Reference | None, dict[bytes, bytes], bool, bytes]]:
    """Every field and widget of the form, parents first: reference, entries, is it a root field, its own or inherited /FT."""
    if b"/Fields" not in form:
        return
    listed = resolve(source, form[b"/Fields"])
    waiting = [(value, 0, b"") for value in (split_array(listed) if listed.strip() != b"null" else [])]
    for _ in range(MAX_FIELDS):
        if not waiting:
            return
        value, depth, kind = waiting.pop()
        reference = as_reference(value)
        text = resolve(source, value)
        if text.strip() == b"null":
            continue  # a field that is gone: signed files keep such a hole, others lose it at upload
        entries = read_dictionary(source, text)
        kind = resolve(source, entries[b"/FT"]) if b"/FT" in entries else kind
        yield reference, entries, depth == 0, kind
        if b"/Kids" in entries:
            if depth > MAX_TREE_DEPTH:
                raise UnreadableSyntax("the form is nested too deeply")
            kids = split_array(resolve(source, entries[b"/Kids"]))
            waiting.extend((kid, depth + 1, kind) for kid in kids)
    raise Unprocessable("the form has too many fields", code="pdf_too_many_fields")


def _transforms(source: SourceDocument, signature: bytes) -> Iterator[tuple[bytes, dict[bytes, bytes]]]:
    """Transform methods and parameters of a signature's ``/Reference`` (12.8.1)."""
    entries = read_dictionary(source, signature)
    if b"/Reference" not in entries:
        return
    for value in split_array(resolve(source, entries[b"/Reference"])):
        reference = read_dictionary(source, value)
        parameters = read_dictionary(source, reference.get(b"/TransformParams", b"<<>>"))
        yield reference.get(b"/TransformMethod", b""), parameters


def _document_level(source: SourceDocument, signature: bytes) -> int:
    """What changes a signature's DocMDP transform permits, 1 to 3 (12.8.2.2); 0 if it has none."""
    for method, parameters in _transforms(source, signature):
        if method == b"/DocMDP":
            return int(as_number(resolve(source, parameters.get(b"/P", b"2"))))
    return 0


def _level_of_lock(source: SourceDocument, field: dict[bytes, bytes]) -> int:
    """The same, as a signed field's lock dictionary says it (ISO 32000-2 table 236); 0 if it does not."""
    lock = read_dictionary(source, field[b"/Lock"]) if b"/Lock" in field else {}
    return int(as_number(resolve(source, lock.get(b"/P", b"0"))))


def _check_level(level: int) -> None:
    if level == 1:
        raise Unprocessable("an earlier signature forbids every change", code="document_certified")


@dataclass(frozen=True)
class _Lock:
    """Which fields a signature locks (FieldMDP, 12.8.2.4)."""

    action: bytes
    names: frozenset[str]

    def holds(self, name: str) -> bool:
        """Is the field of this name locked?"""
        listed = any(name == entry or name.startswith(entry + ".") for entry in self.names)
        return listed if self.action == b"/Include" else not (self.action == b"/Exclude" and listed)


def _locks(source: SourceDocument, signature: bytes) -> Iterator[_Lock]:
    for method, parameters in _transforms(source, signature):
        if method == b"/FieldMDP":
            action = resolve(source, parameters.get(b"/Action", b"/All"))
            listed = split_array(resolve(source, parameters.get(b"/Fields", b"[]")))
            yield _Lock(action, frozenset(decode_text(name) for name in listed))


def unused_name(names: frozenset[str]) -> str:
    """``PhoneSeal1``, or the first number that no root field uses."""
    return next(name for number in count(1) if (name := f"PhoneSeal{number}") not in names)


def add_field_to_form(
    source: SourceDocument, writer: IncrementWriter, catalog: dict[bytes, bytes], field: int | None, *, form_is_signed: bool
) -> None:
    """Lists the field in the form (made if there is none) and says that the document holds signatures
    (``/SigFlags`` 3), unless it did hold some: then that stays as it is, since a change of it counts against them. ``field`` None: the
    field is listed already."""
    root = reference_of(source.trailer[b"/Root"], "the catalog")
    if b"/AcroForm" not in catalog:
        number = writer.number()
        listed = b"" if field is None else b"%d 0 R" % field
        writer.add(number, write_object(number, b"/Fields[%b]/SigFlags %d" % (listed, _SIGNED)))
        _rewrite(writer, root, {**catalog, b"/AcroForm": b"%d 0 R" % number})
        return
    form = read_dictionary(source, catalog[b"/AcroForm"])
    form_reference = as_reference(catalog[b"/AcroForm"])
    changed = dict(form)
    said = resolve(source, form.get(b"/SigFlags", b"0"))
    flags = int(said) if said.isdigit() else 0
    if flags & _SIGNED != _SIGNED and not (form_is_signed or any_signed_widget(source, catalog)):
        changed[b"/SigFlags"] = b"%d" % (flags | _SIGNED)
    if field is not None:
        owner = form_reference or root
        changed[b"/Fields"] = own_array(source, form.get(b"/Fields"), owner, b"%d 0 R" % field)
    if changed == form:
        return
    if form_reference is not None:
        _rewrite(writer, form_reference, changed)
    else:
        _rewrite(writer, root, {**catalog, b"/AcroForm": b"<<%b>>" % write_dictionary(changed)})


def _rewrite(writer: IncrementWriter, reference: Reference, entries: dict[bytes, bytes]) -> None:
    number, generation = reference
    writer.add(number, write_object(number, write_dictionary(entries), generation=generation), generation)
