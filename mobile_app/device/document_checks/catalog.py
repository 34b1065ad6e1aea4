"""The catalog and the form are the original's, with the one new field (ISO 32000-2, 7.7.2 and 12.7.3)."""

from mobile_app.device.document_checks.comparison import appended, changed_keys, same
from mobile_app.device.document_checks.document import PreparedDocument, refuse
from mobile_app.device.document_checks.syntax import Ref, Value


def check_catalog(document: PreparedDocument) -> None:
    """Nothing of the catalog has changed but ``/AcroForm``."""
    root = document.original.trailer.get("Root")
    before, after = document.dictionary_before(root), document.dictionary_now(root)
    if before.get("Type") != "Catalog":
        refuse("doc_catalog_changed", "type")
    changed = changed_keys(before, after)
    if changed - {"AcroForm"}:
        refuse("doc_catalog_changed", "keys", keys=sorted(changed)[:8])


def check_form(document: PreparedDocument) -> None:
    """The form has gained the new field, last, and its ``/SigFlags``; a field that stood there needs no
    more than the flags."""
    root = document.original.trailer.get("Root")
    before, after = (
        document.dictionary_before(root).get("AcroForm"),
        document.dictionary_now(root).get("AcroForm"),
    )
    _check_place(document, before, after)
    old, new = document.dictionary_before(before), document.dictionary_now(after)
    changed = changed_keys(old, new)
    if changed - {"Fields", "SigFlags"} or ("SigFlags" in changed and new.get("SigFlags") not in (1, 2, 3)):
        refuse("doc_form_changed", "keys", keys=sorted(changed)[:8])
    _check_place(document, old.get("Fields"), new.get("Fields"))
    old_fields, new_fields = document.original.value(old.get("Fields")), document.now(new.get("Fields"))
    signing = document.signing
    if signing.is_new:
        if not appended(old_fields, new_fields, signing.field):
            refuse("doc_form_changed", "appended")
    elif not same(old_fields, new_fields):
        refuse("doc_form_changed", "kept")


def _check_place(document: PreparedDocument, before: Value, after: Value) -> None:
    """What stood in an object of its own stays in it; what stood inside stays inside; what is new may
    stand in a new object."""
    if isinstance(before, Ref):
        if before != after:
            refuse("doc_form_changed", "moved")
    elif isinstance(after, Ref) and (before is not None or after.number not in document.new_objects):
        refuse("doc_form_changed", "moved")
