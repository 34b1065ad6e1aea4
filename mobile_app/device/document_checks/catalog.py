"""The catalog and the form are the original's, with the one new field (ISO 32000-2, 7.7.2 and 12.7.3).

Rules: a new field is listed in an array of the form's own, whatever the original kept its fields in, so that nothing
else that refers to the old array gains the field too. ``/SigFlags`` of a document that somebody has signed stays as it is: validators count
a change of it against the earlier signature.
"""

from typing import Final

from mobile_app.device.document_checks.comparison import appended, changed_keys
from mobile_app.device.document_checks.document import PreparedDocument, refuse
from mobile_app.device.document_checks.softer_rules import is_signed
from mobile_app.device.document_checks.syntax import Ref, Value

_SIGNED: Final = 3


def check_catalog(document: PreparedDocument) -> None:
    """Nothing of the catalog has changed but ``/AcroForm``."""
    root = document.original.trailer.get("Root")
    before, after = document.dictionary_before(root), document.dictionary_now(root)
    changed = changed_keys(before, after)
    if changed - {"AcroForm"}:
        refuse("doc_catalog_changed", "keys", keys=sorted(changed)[:8])


def check_form(document: PreparedDocument) -> None:
    """The form has gained the new field, last, and says that there are signatures; a field that stood there needs
    no more than that."""
    root = document.original.trailer.get("Root")
    before, after = (
        document.dictionary_before(root).get("AcroForm"),
        document.dictionary_now(root).get("AcroForm"),
    )
    _check_place(before, after, document)
    old, new = document.dictionary_before(before), document.dictionary_now(after)
    changed = changed_keys(old, new)
    if changed - {"Fields", "SigFlags"} or (before is None and new.keys() != {"Fields", "SigFlags"}):
        refuse("doc_form_changed", "keys", keys=sorted(changed)[:8])
    if before is not None and is_signed(document):
        if "SigFlags" in changed:
            refuse("doc_form_changed", "flags")
    else:
        _check_flags(document.original.value(old.get("SigFlags")), document.original.value(new.get("SigFlags")))
    signing = document.signing
    if not signing.is_new:
        if "Fields" in changed:
            refuse("doc_form_changed", "kept")
    elif not appended(document.original.value(old.get("Fields")), new.get("Fields"), signing.field):
        refuse("doc_form_changed", "appended")


def _check_flags(before: Value, after: Value) -> None:
    """``/SigFlags`` has the bits "signatures exist" and "append only" (table 225), and those that it had."""
    flags = before if type(before) is int and before >= 0 else 0
    if type(after) is not int or after != flags | _SIGNED:
        refuse("doc_form_changed", "flags")


def _check_place(before: Value, after: Value, document: PreparedDocument) -> None:
    """A form in an object of its own stays in it; one in the catalog stays there; a new one is a new object."""
    if isinstance(before, Ref):
        if before != after:
            refuse("doc_form_changed", "moved")
    elif before is None:
        if not isinstance(after, Ref) or after.number not in document.new_objects:
            refuse("doc_form_changed", "moved")
    elif isinstance(after, Ref):
        refuse("doc_form_changed", "moved")
