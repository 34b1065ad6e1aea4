"""The signed page is the original's page with one more annotation: the new widget, once, last.

Rules: the page gets an array of its own in its own dictionary, whatever the original kept its annotations in, so
that no other page (nor field, nor anything else that refers to the old array) gains the widget too. A field that
stood in the original leaves the page as it is, and is listed on this page alone. A page that says nothing of the order of its annotations
may gain that of the structure (``/Tabs /S``, which PDF/UA wants): keys go that way, and nothing else changes.
"""

from mobile_app.device.document_checks.comparison import appended, changed_keys
from mobile_app.device.document_checks.document import PreparedDocument, refuse
from mobile_app.device.document_checks.syntax import Ref, Value


def check_page(document: PreparedDocument) -> None:
    """If the increment holds the page, nothing of it has changed but ``/Annots`` (and an order that it had not), and that for a new
    field."""
    signing = document.signing
    if signing.page.number not in document.increment.objects:
        return
    before, after = document.dictionary_before(signing.page), document.dictionary_now(signing.page)
    ordered = {"Tabs"} if before.get("Tabs") is None and after.get("Tabs") == "S" else set()
    if changed_keys(before, after) - {"Annots"} - ordered:
        refuse("doc_page_changed", "keys", keys=sorted(changed_keys(before, after))[:8])
    if not signing.is_new:
        refuse("doc_page_changed", "kept")


def check_annotations(document: PreparedDocument) -> None:
    """The page's annotations are the original's, in their order, with the new widget behind; for a field that
    stood there, the same."""
    signing = document.signing
    before = _annotations(document, signing.page)
    if signing.is_new:
        after = document.dictionary_now(signing.page).get("Annots")
        if not isinstance(after, list):
            refuse("doc_annotations", "array")
        if not appended(before, after, signing.field):
            refuse("doc_annotations", "appended")
        return
    if not isinstance(before, list) or before.count(signing.field) != 1:
        refuse("doc_annotations", "kept")
    for page in document.pages:
        listed = None if page == signing.page else _annotations(document, page)
        if isinstance(listed, list) and signing.field in listed:
            refuse("doc_annotations", "other_page")


def _annotations(document: PreparedDocument, page: Ref) -> Value:
    return document.original.value(document.dictionary_before(page).get("Annots"))
