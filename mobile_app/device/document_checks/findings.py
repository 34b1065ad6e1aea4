"""What the person should know of the document besides its text: content that hides or may change later
(design §5.5).

Rules: findings warn and never refuse; each is a stable word; only structure is read, never a content stream.
"""

from typing import Final

from mobile_app.device.document_checks.document import PreparedDocument
from mobile_app.device.document_checks.signature_field import area_of, is_visible, page_box, rectangle_of
from mobile_app.device.document_checks.syntax import Ref, Value

LAYERS: Final = "layers"
UNEMBEDDED_FONTS: Final = "unembedded_fonts"
ATTACHMENTS: Final = "attachments"
UNLOCKED_FIELDS: Final = "unlocked_fields"
EMPTY_SIGNATURE_FIELDS: Final = "empty_signature_fields"
ANNOTATIONS_OVER_TEXT: Final = "annotations_over_text"
LARGE_STAMP: Final = "large_stamp"

_READ_ONLY: Final = 1
# A stamp over more of the page than this hides text, whatever it says.
_LARGE: Final = 0.25
_QUIET_ANNOTATIONS: Final = frozenset(("Link", "Widget", "Popup"))
_MAX_FIELDS: Final = 20_000


def find(document: PreparedDocument) -> tuple[str, ...]:
    """Return the findings, sorted."""
    found: set[str] = set(document.active_findings)
    catalog = document.dictionary_before(document.original.trailer.get("Root"))
    if catalog.get("OCProperties") is not None:
        found.add(LAYERS)
    names = document.dictionary_before(catalog.get("Names"))
    if (
        names.get("EmbeddedFiles") is not None
        or catalog.get("AF") is not None
        or catalog.get("Collection") is not None
    ):
        found.add(ATTACHMENTS)
    _look_at_fields(document, document.dictionary_before(catalog.get("AcroForm")).get("Fields"), found)
    fonts: set[int] = set()
    for page in document.pages:
        _look_at_page(document, page, fonts, found)
    if _stamp_is_large(document):
        found.add(LARGE_STAMP)
    return tuple(sorted(found))


def _list(document: PreparedDocument, value: Value) -> list[Value]:
    resolved = document.original.value(value)
    return resolved if isinstance(resolved, list) else []


def _look_at_page(document: PreparedDocument, page: Ref, fonts: set[int], found: set[str]) -> None:
    node = document.dictionary_before(page)
    for annotation in _list(document, node.get("Annots")):
        value = document.dictionary_before(annotation)
        kind = value.get("Subtype")
        if kind == "FileAttachment":
            found.add(ATTACHMENTS)
        elif kind not in _QUIET_ANNOTATIONS:
            found.add(ANNOTATIONS_OVER_TEXT)
        normal = document.dictionary_before(document.dictionary_before(value.get("AP")).get("N"))
        for drawn in (normal, *map(document.dictionary_before, normal.values())):
            _look_at_fonts(document, drawn.get("Resources"), fonts, found)
    resources = node.get("Resources")
    for _ in range(64):
        if resources is not None or not isinstance(node.get("Parent"), Ref):
            break
        node = document.dictionary_before(node["Parent"])
        resources = node.get("Resources")
    _look_at_fonts(document, resources, fonts, found)


def _look_at_fonts(document: PreparedDocument, resources: Value, fonts: set[int], found: set[str]) -> None:
    named = document.dictionary_before(document.dictionary_before(resources).get("Font"))
    for font in named.values():
        if isinstance(font, Ref):
            if font.number in fonts:
                continue
            fonts.add(font.number)
        if not _is_embedded(document, document.dictionary_before(font)):
            found.add(UNEMBEDDED_FONTS)


def _is_embedded(document: PreparedDocument, font: dict[str, Value]) -> bool:
    if font.get("Subtype") == "Type3":
        return True
    if font.get("Subtype") == "Type0":
        descendants = _list(document, font.get("DescendantFonts"))
        font = document.dictionary_before(descendants[0]) if descendants else {}
    descriptor = document.dictionary_before(font.get("FontDescriptor"))
    return any(descriptor.get(key) is not None for key in ("FontFile", "FontFile2", "FontFile3"))


def _look_at_fields(document: PreparedDocument, fields: Value, found: set[str]) -> None:
    """Note fields that somebody could still fill in, and signature fields that stay empty; what is
    read-only counts as locked."""
    waiting: list[tuple[Value, Value, Value]] = [(field, None, 0) for field in _list(document, fields)]
    seen: set[int] = set()
    while waiting:
        reference, kind, flags = waiting.pop()
        if isinstance(reference, Ref):
            if reference.number in seen or len(seen) > _MAX_FIELDS:
                continue
            seen.add(reference.number)
        field = document.dictionary_before(reference)
        kind, flags = field.get("FT", kind), field.get("Ff", flags)
        kids = _list(document, field.get("Kids"))
        if kids:
            waiting.extend((kid, kind, flags) for kid in kids)
        elif kind == "Sig":
            if field.get("V") is None and reference != document.signing.field:
                found.add(EMPTY_SIGNATURE_FIELDS)
        elif not (isinstance(flags, int) and flags & _READ_ONLY):
            found.add(UNLOCKED_FIELDS)


def _stamp_is_large(document: PreparedDocument) -> bool:
    stamp = rectangle_of(document, document.signing.field_value.get("Rect"))
    page = page_box(document, document.signing.page)
    if stamp is None or not is_visible(stamp):
        return False
    return area_of(stamp) > _LARGE * area_of(page)
