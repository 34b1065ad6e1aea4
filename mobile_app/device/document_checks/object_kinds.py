"""Every object of the increment has a part in this signature, and only what must change of the original
has been written anew."""

from typing import Final

from mobile_app.device.document_checks.appearance import font_numbers, stamp_of
from mobile_app.device.document_checks.document import PreparedDocument, refuse
from mobile_app.device.document_checks.syntax import Ref, Value

_REDEFINABLE: Final = frozenset(("catalog", "form", "page", "field"))


def check_object_kinds(document: PreparedDocument) -> None:
    """Each object is of a known kind, and reuses a number of the original only if its kind allows it."""
    parts = parts_of(document)
    for number, found in document.increment.objects.items():
        part = parts.get(number)
        if part is None:
            refuse("doc_unknown_object", "object", number=number)
        if number in document.new_objects:
            if found.generation != 0:
                refuse("doc_unknown_object", "generation", number=number)
        elif part not in _REDEFINABLE or not document.original.defines(Ref(number, found.generation)):
            refuse("doc_object_redefined", part, number=number)
        if part in _REDEFINABLE and found.stream is not None:
            refuse("doc_unknown_object", "stream", number=number)


def parts_of(document: PreparedDocument) -> dict[int, str]:
    """Return what each object of the increment is there for."""
    signing = document.signing
    catalog = document.original.trailer.get("Root")
    form = document.dictionary_now(catalog).get("AcroForm")
    parts: dict[int, str] = {}

    def give(reference: Value, part: str) -> None:
        if isinstance(reference, Ref) and reference.number in document.increment.objects:
            parts.setdefault(reference.number, part)

    give(catalog, "catalog")
    give(form, "form")
    give(signing.page, "page")
    give(signing.field, "field")
    give(signing.signature, "signature")
    if document.increment.section.number is not None:
        parts.setdefault(document.increment.section.number, "cross_reference")
    give(stamp_of(document), "appearance")
    for numbers in font_numbers(document):
        for number in numbers:
            give(Ref(number, 0), "font")
    return parts
