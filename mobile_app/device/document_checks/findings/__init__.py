"""What the person should know of the document besides its text: content that hides, may change later, or looks otherwise elsewhere
(design §5.5).

Rules: findings warn and never refuse; each is a stable word, the same as the server's. Content streams are read for one question only:
which codes are shown in a font that viewers read in different ways.
"""

from mobile_app.device.document_checks.document import PreparedDocument
from mobile_app.device.document_checks.findings.annotations import look_at_annotations
from mobile_app.device.document_checks.findings.fields import look_at_fields
from mobile_app.device.document_checks.findings.fonts import look_at_fonts
from mobile_app.device.document_checks.findings.reached import Reached
from mobile_app.device.document_checks.findings.words import ATTACHMENTS, LARGE_STAMP, LAYERS
from mobile_app.device.document_checks.limits import LARGE_STAMP_SHARE
from mobile_app.device.document_checks.signature_field import area_of, is_visible, page_box, rectangle_of


def find(document: PreparedDocument) -> tuple[str, ...]:
    """Return the findings, sorted."""
    found: set[str] = set(document.active_findings)
    catalog = document.dictionary_before(document.original.trailer.get("Root"))
    groups = document.original.value(document.dictionary_before(catalog.get("OCProperties")).get("OCGs"))
    if groups is not None and groups != []:
        found.add(LAYERS)
    names = document.dictionary_before(catalog.get("Names"))
    if (
        names.get("EmbeddedFiles") is not None
        or catalog.get("AF") is not None
        or catalog.get("Collection") is not None
    ):
        found.add(ATTACHMENTS)
    in_tree = look_at_fields(document, catalog, found)
    look_at_annotations(document, in_tree, found)
    reached = Reached(document)
    if reached.has_optional_content:
        found.add(LAYERS)
    look_at_fonts(document, reached, found)
    if _stamp_is_large(document):
        found.add(LARGE_STAMP)
    return tuple(sorted(found))


def _stamp_is_large(document: PreparedDocument) -> bool:
    stamp = rectangle_of(document, document.signing.field_value.get("Rect"))
    page = page_box(document, document.signing.page)
    if stamp is None or not is_visible(stamp):
        return False
    # A stamp over more of the page than this hides text, whatever it says.
    return area_of(stamp) > LARGE_STAMP_SHARE * area_of(page)
