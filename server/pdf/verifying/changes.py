"""What later revisions changed, as far as a signature allows it (ISO 32000-2, 12.8.2; pyHanko's comparison of revisions).

Read strictly first; where that fails (honest files often have a reference that leads nowhere), leniently: the comparison
is of values, and what is not there is null (7.3.10). What can't be compared even so is ``unknown`` and never harmless.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DiffResult
from pyhanko.sign.fields import FieldMDPSpec, MDPPerm

from server.pdf.source_document import READER_ERRORS
from server.pdf.verifying.form_values import LEADER, FieldChange, Form, field_changes, read_form
from server.pdf.verifying.pdf_values import entry
from server.pdf.verifying.revision_rules import REVISION_POLICY


@dataclass(frozen=True)
class Changes:
    """``level``: none, lta_updates, form_filling, annotations, other, unknown. ``permitted`` is False where the signature forbids it."""

    level: str
    permitted: bool = True
    fields: tuple[FieldChange, ...] = ()


class Readers:
    """One document read by pyHanko, and read again leniently when that is needed."""

    def __init__(self, content: bytes, reader: PdfFileReader) -> None:
        self.first = reader
        self._content = content
        self._forms: dict[tuple[bool, int], Form] = {}

    @cached_property
    def lenient(self) -> PdfFileReader:
        reader = PdfFileReader(io.BytesIO(self._content), strict=False)
        if reader.encrypt_dict is not None:
            reader.decrypt(b"")
        introduced = reader.xrefs.get_introducing_revision

        def or_never(reference: generic.Reference) -> int:
            """What no revision lists is null in all of them: as old as the file (pyHanko raises instead)."""
            try:
                return int(introduced(reference))
            except KeyError:
                return 0

        reader.xrefs.get_introducing_revision = or_never  # type: ignore[method-assign, assignment]
        return reader

    def form(self, reader: PdfFileReader, revision: int) -> Form:
        """Read once for all signatures."""
        key = (reader.strict, revision)
        if key not in self._forms:
            self._forms[key] = read_form(reader.get_historical_root(revision))
        return self._forms[key]


def changes_after(
    readers: Readers, container: generic.Reference, signature: generic.DictionaryObject, field: generic.DictionaryObject
) -> Changes:
    """``container`` holds the signature; the revision that last wrote it is what was signed."""
    if readers.first.strict:
        try:
            return _compare(readers, readers.first, container, signature, field)
        except READER_ERRORS:
            pass  # an honest file with a reference to nothing is compared leniently
    try:
        return _compare(readers, readers.lenient, container, signature, field)
    except READER_ERRORS:
        return Changes("unknown")


def _compare(
    readers: Readers,
    reader: PdfFileReader,
    container: generic.Reference,
    signature: generic.DictionaryObject,
    field: generic.DictionaryObject,
) -> Changes:
    revision = reader.xrefs.get_last_change(container)
    last = reader.xrefs.total_revisions - 1
    permission = _permission(signature, field)
    if not reader.strict and _locked_fields(signature) is None:
        for one in range(revision, last + 1):
            _without_periods(reader.get_historical_root(one))
    found = REVISION_POLICY.review_file(reader, revision, field_mdp_spec=_locked_fields(signature), doc_mdp=permission)
    fields = field_changes(readers.form(reader, revision), readers.form(reader, last)) if last > revision else ()
    if not isinstance(found, DiffResult):
        return Changes("other", permitted=False, fields=fields)
    level = found.modification_level
    return Changes(level.name.lower(), permission is None or level.value <= permission.value, fields)


def _without_periods(catalog: generic.DictionaryObject) -> None:
    """Partial names with a period are against 12.7.4.2 and usual in one country; pyHanko compares no form that has any. In this reader's
    copy they get a middle dot instead; not where a lock names fields, which would be missed."""
    fields = entry(entry(catalog, "/AcroForm"), "/Fields")
    for index in range(len(fields) if isinstance(fields, generic.ArrayObject) else 0):
        name = entry(fields[index], "/T")
        if isinstance(name, generic.TextStringObject) and "." in name:
            other = generic.TextStringObject(name.replace(".", LEADER))
            other.autodetected_encoding = name.autodetected_encoding
            dict.__setitem__(fields[index], "/T", other)


def _references(signature: generic.DictionaryObject, method: str) -> Iterator[generic.DictionaryObject]:
    """Parameters of the signature's references of this method (12.8.1, table 256)."""
    references = entry(signature, "/Reference")
    for index in range(len(references) if isinstance(references, generic.ArrayObject) else 0):
        parameters = entry(references[index], "/TransformParams")
        if isinstance(parameters, generic.DictionaryObject) and entry(references[index], "/TransformMethod") == method:
            yield parameters


def _permission(signature: generic.DictionaryObject, field: generic.DictionaryObject) -> MDPPerm | None:
    """What a certification or the field's lock permits (12.8.2.2, table 257; 12.7.5.5, table 236); 2 is a certification's default."""
    for parameters in _references(signature, "/DocMDP"):
        told = entry(parameters, "/P")
        return MDPPerm(2 if told is None else int(told))
    told = entry(entry(field, "/Lock"), "/P")
    return None if told is None else MDPPerm(int(told))


def _locked_fields(signature: generic.DictionaryObject) -> FieldMDPSpec | None:
    for parameters in _references(signature, "/FieldMDP"):
        return FieldMDPSpec.from_pdf_object(parameters)
    return None
