"""Finding the page, and fitting a signature field into page and form (ISO 32000-2 12.7).

Rules: a new field at the root of the form, merged with its only widget, with a name that no other root
field has. The objects that change are the page (only ``/Annots``) or, where that is an indirect array, that
array alone; and the catalog (only ``/AcroForm``), or the form dictionary (only ``/Fields`` and
``/SigFlags``), or the form's indirect array of fields. Earlier signatures may forbid a new visible field (a
certification, or a lock of all fields): then an empty signature field of the form is filled in, or an
invisible field is made."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from server.errors import BadInput, Unprocessable
from server.pdf.geometry import Box, PageView, visible_box
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

MAX_TREE_DEPTH = 48
MAX_FIELDS = 20_000
SMALLEST_STAMP = 8.0
_INHERITED = (b"/MediaBox", b"/CropBox", b"/Rotate")


@dataclass(frozen=True)
class Page:
    """A page object, and how it is shown."""

    reference: Reference
    entries: dict[bytes, bytes]
    view: PageView


def _reference(value: bytes | None, what: str) -> Reference:
    reference = as_reference(value or b"")
    if reference is None:
        raise UnreadableSyntax(f"{what} is not an indirect object")
    return reference


def _box(source: SourceDocument, value: bytes | None) -> Box | None:
    if value is None:
        return None
    numbers = [as_number(resolve(source, number)) for number in split_array(resolve(source, value))]
    return (numbers[0], numbers[1], numbers[2], numbers[3]) if len(numbers) == 4 else None


def find_page(source: SourceDocument, catalog: dict[bytes, bytes], index: int) -> Page:
    """The page with this zero-based index. Raises BadInput(``page_not_found``), UnreadableSyntax."""
    inherited: dict[bytes, bytes] = {}
    reference = _reference(catalog.get(b"/Pages"), "the page tree")
    before = 0
    for _ in range(MAX_TREE_DEPTH):
        entries = read_dictionary(source, b"%d %d R" % reference)
        inherited.update({key: entries[key] for key in _INHERITED if key in entries})
        if b"/Kids" not in entries:
            if before != index:
                raise BadInput(f"there is no page {index}", code="page_not_found")
            return Page(reference, entries, _view(source, inherited))
        for kid_value in split_array(resolve(source, entries[b"/Kids"])):
            kid = _reference(kid_value, "a page")
            pages = _page_count(source, kid)
            if before + pages > index:
                reference = kid
                break
            before += pages
        else:
            raise BadInput(f"there is no page {index}", code="page_not_found")
    raise UnreadableSyntax("the page tree is too deep")


def _page_count(source: SourceDocument, reference: Reference) -> int:
    entries = read_dictionary(source, b"%d %d R" % reference)
    if b"/Kids" not in entries:
        return 1
    return max(0, int(as_number(resolve(source, entries.get(b"/Count", b"")))))


def _view(source: SourceDocument, inherited: dict[bytes, bytes]) -> PageView:
    box = visible_box(_box(source, inherited.get(b"/MediaBox")), _box(source, inherited.get(b"/CropBox")))
    degrees = int(as_number(resolve(source, inherited.get(b"/Rotate", b"0"))))
    return PageView(box, degrees // 90 % 4)


@dataclass(frozen=True)
class EmptySignatureField:
    """A signature field of the form without a value, merged with its widget."""

    reference: Reference
    entries: dict[bytes, bytes]
    name: str


@dataclass(frozen=True)
class Form:
    """What the form says to one who wants to add a signature."""

    names: frozenset[str]
    empty_fields: tuple[EmptySignatureField, ...]
    new_visible_field_allowed: bool


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
        return Form(frozenset(), (), not certified)
    form = read_dictionary(source, catalog[b"/AcroForm"])
    names: set[str] = set()
    empty: list[EmptySignatureField] = []
    locks: list[_Lock] = []
    for reference, entries, is_root in _fields(source, form):
        name = source.field_name(reference, entries)
        if is_root:
            names.add(name)
        if entries.get(b"/FT") != b"/Sig":
            continue
        if b"/V" in entries:
            locks.extend(_locks(source, entries[b"/V"]))
            level = _document_level(source, entries[b"/V"]) or _level_of_lock(source, entries)
            certified = certified or level > 0
            _check_level(level)
        elif is_root and not {b"/Lock", b"/SV", b"/Kids"} & set(entries) and b"/Rect" in entries:
            empty.append(EmptySignatureField(reference, entries, name))
    free = tuple(field for field in empty if not any(lock.holds(field.name) for lock in locks))
    locked = any(lock.holds(unused_name(frozenset(names))) for lock in locks)
    if locked and not free:
        raise Unprocessable("an earlier signature locks all fields", code="document_fields_locked")
    return Form(frozenset(names), free, not certified and not locked)


def _fields(source: SourceDocument, form: dict[bytes, bytes]) -> Iterator[tuple[Reference, dict[bytes, bytes], bool]]:
    """Every field and widget of the form, parents first: reference, entries, is it a root field."""
    if b"/Fields" not in form:
        return
    waiting = [(_reference(v, "a field"), 0) for v in split_array(resolve(source, form[b"/Fields"]))]
    for _ in range(MAX_FIELDS):
        if not waiting:
            return
        reference, depth = waiting.pop()
        entries = read_dictionary(source, b"%d %d R" % reference)
        yield reference, entries, depth == 0
        if b"/Kids" in entries:
            if depth > MAX_TREE_DEPTH:
                raise UnreadableSyntax("the form is nested too deeply")
            kids = split_array(resolve(source, entries[b"/Kids"]))
            waiting.extend((_reference(kid, "a field"), depth + 1) for kid in kids)
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


def add_field_to_page(source: SourceDocument, writer: IncrementWriter, page: Page, field: int) -> None:
    """Adds the widget to the page's annotations: changes the page, or only the array where it is an object
    of its own."""
    new = b"%d 0 R" % field
    existing = page.entries.get(b"/Annots")
    array_reference = as_reference(existing or b"")
    if array_reference is not None:
        array = resolve(source, existing or b"")
        if array.strip() != b"null":
            _rewrite_array(writer, array_reference, array, new)
            return
        existing = None
    annotations = _appended(existing or b"[]", new)
    _rewrite(writer, page.reference, {**page.entries, b"/Annots": annotations})


def add_field_to_form(
    source: SourceDocument, writer: IncrementWriter, catalog: dict[bytes, bytes], field: int | None
) -> None:
    """Lists the field in the form (made if there is none) and says that the document holds signatures
    (``/SigFlags`` 3). ``field`` None: the field is listed already."""
    new = b"%d 0 R" % field if field is not None else None
    root = _reference(source.trailer[b"/Root"], "the catalog")
    if b"/AcroForm" not in catalog:
        number = writer.number()
        writer.add(number, write_object(number, b"/Fields[%b]/SigFlags 3" % (new or b"")))
        _rewrite(writer, root, {**catalog, b"/AcroForm": b"%d 0 R" % number})
        return
    form = read_dictionary(source, catalog[b"/AcroForm"])
    changed = dict(form)
    flags = int(as_number(resolve(source, form.get(b"/SigFlags", b"0"))))
    if flags & 3 != 3:
        changed[b"/SigFlags"] = b"%d" % (flags | 3)
    fields = form.get(b"/Fields", b"[]")
    array_reference = as_reference(fields)
    if new is not None and array_reference is not None:
        _rewrite_array(writer, array_reference, resolve(source, fields), new)
    elif new is not None:
        changed[b"/Fields"] = _appended(fields, new)
    if changed == form:
        return
    form_reference = as_reference(catalog[b"/AcroForm"])
    if form_reference is not None:
        _rewrite(writer, form_reference, changed)
    else:
        _rewrite(writer, root, {**catalog, b"/AcroForm": b"<<%b>>" % write_dictionary(changed)})


def _appended(array: bytes, new: bytes) -> bytes:
    split_array(array)  # refuses what is no array
    return array.strip()[:-1] + b" " + new + b"]"


def _rewrite(writer: IncrementWriter, reference: Reference, entries: dict[bytes, bytes]) -> None:
    number, generation = reference
    writer.add(number, write_object(number, write_dictionary(entries), generation=generation), generation)


def _rewrite_array(writer: IncrementWriter, reference: Reference, array: bytes, new: bytes) -> None:
    number, generation = reference
    writer.add(number, b"%d %d obj\n%b\nendobj\n" % (number, generation, _appended(array, new)), generation)
