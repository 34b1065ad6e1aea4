"""The signed page is the original's page with one more annotation: the new widget, once, last."""

from mobile_app.device.document_checks.comparison import appended, changed_keys, same
from mobile_app.device.document_checks.document import PreparedDocument, refuse
from mobile_app.device.document_checks.syntax import Ref


def check_page(document: PreparedDocument) -> None:
    """If the increment holds the page, nothing of it has changed but ``/Annots``."""
    signing = document.signing
    if signing.page.number not in document.increment.objects:
        return
    before, after = document.dictionary_before(signing.page), document.dictionary_now(signing.page)
    if changed_keys(before, after) - {"Annots"} or after.get("Type", "Page") != "Page":
        refuse("doc_page_changed", "keys", keys=sorted(changed_keys(before, after))[:8])


def check_annotations(document: PreparedDocument) -> None:
    """The page's annotations are the original's, in their order, with the new widget behind; for a field
    that stood there, the same."""
    signing = document.signing
    before, after = (
        document.dictionary_before(signing.page).get("Annots"),
        document.dictionary_now(signing.page).get("Annots"),
    )
    if document.original.value(before) is None:
        before = None
    if isinstance(before, Ref) and before != after:
        refuse("doc_annotations", "array")
    if isinstance(after, Ref) and before is None and after.number not in document.new_objects:
        refuse("doc_annotations", "array")
    if isinstance(after, Ref) and isinstance(before, list):
        refuse("doc_annotations", "array")
    old, new = document.original.value(before), document.now(after)
    if signing.is_new:
        if not appended(old, new, signing.field):
            refuse("doc_annotations", "appended")
    elif not same(old, new) or not isinstance(new, list) or new.count(signing.field) != 1:
        refuse("doc_annotations", "kept")
