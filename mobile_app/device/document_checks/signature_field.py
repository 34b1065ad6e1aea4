"""The field being signed and its widget on the page (ISO 32000-2, 12.5.6.19 and 12.7.5.5)."""

from typing import Final, TypeGuard

from mobile_app.device.document_checks.comparison import changed_keys
from mobile_app.device.document_checks.document import PreparedDocument, refuse
from mobile_app.device.document_checks.syntax import Ref, Value

_NEW_KEYS: Final = frozenset(("FT", "T", "V", "Type", "Subtype", "F", "Rect", "P", "AP"))
_FILLED_KEYS: Final = frozenset(("V", "AP"))
# A signature over more of the page than this could write another document on it; a small page may be full.
_LARGEST_SHARE: Final = 0.5
_SMALL_AREA: Final = 200.0 * 200.0
# A page without a usable MediaBox is a US Letter, as PDFium has it.
_DEFAULT_BOX: Final = (0.0, 0.0, 612.0, 792.0)
# Hidden, NoView, ToggleNoView: a stamp that shows here and not there.
_CONDITIONAL_FLAGS: Final = 2 | 32 | 256

Rectangle = tuple[float, float, float, float]


def check_signature_field(document: PreparedDocument) -> None:
    """A new field has known keys only and a name of its own; one that stood empty in the original has gained
    its signature and its appearance, and no more."""
    signing = document.signing
    value = signing.field_value
    if signing.is_new:
        if value.keys() - _NEW_KEYS:
            refuse("doc_signature_field", "keys", keys=sorted(value.keys() - _NEW_KEYS)[:8])
        if value.get("FT") != "Sig" or not isinstance(value.get("T"), bytes):
            refuse("doc_signature_field", "kind")
        if value["T"] in _root_names(document):
            refuse("doc_signature_field", "name_taken")
        return
    before = document.dictionary_before(signing.field)
    if before.get("V") is not None or changed_keys(before, value) - _FILLED_KEYS:
        refuse("doc_signature_field", "filled", keys=sorted(changed_keys(before, value))[:8])
    if _kind(document) != "Sig" or value.get("Kids") is not None:
        refuse("doc_signature_field", "kind")


def check_widget(document: PreparedDocument) -> None:
    """The field is its own widget, without an action; a visible one shows under all conditions and lies on
    its page, of which it covers no more than half."""
    widget = document.signing.field_value
    if widget.get("Subtype") != "Widget" or widget.get("A") is not None or widget.get("AA") is not None:
        refuse("doc_widget", "kind")
    flags = widget.get("F", 0)
    rectangle = rectangle_of(document, widget.get("Rect"))
    if rectangle is None or type(flags) is not int:
        refuse("doc_widget", "rectangle")
    if is_visible(rectangle):
        if flags & _CONDITIONAL_FLAGS:
            refuse("doc_widget", "conditional")
        page = page_box(document, document.signing.page)
        if not _within(rectangle, page):
            refuse("doc_widget", "outside_page")
        if area_of(rectangle) > max(_LARGEST_SHARE * area_of(page), _SMALL_AREA):
            refuse("doc_widget", "covers_page")


def _root_names(document: PreparedDocument) -> set[Value]:
    """Return the names of the original's root fields."""
    catalog = document.dictionary_before(document.original.trailer.get("Root"))
    fields = document.original.value(document.dictionary_before(catalog.get("AcroForm")).get("Fields"))
    listed = fields if isinstance(fields, list) else []
    return {document.original.value(document.dictionary_before(field).get("T")) for field in listed}


def _kind(document: PreparedDocument) -> Value:
    """Return the field's type, which it may have from its parents (12.7.4.1)."""
    value = document.signing.field_value
    for _ in range(32):
        if value.get("FT") is not None or not isinstance(value.get("Parent"), Ref):
            break
        value = document.dictionary_before(value["Parent"])
    return value.get("FT")


def rectangle_of(document: PreparedDocument, value: Value) -> Rectangle | None:
    """Return (left, bottom, right, top), or ``None`` for what is no rectangle."""
    numbers = document.original.value(value)
    if not isinstance(numbers, list) or len(numbers) != 4:
        return None
    x1, y1, x2, y2 = (document.original.value(number) for number in numbers)
    if not (_is_number(x1) and _is_number(y1) and _is_number(x2) and _is_number(y2)):
        return None
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


def _is_number(value: Value) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_visible(rectangle: Rectangle) -> bool:
    """Say whether the rectangle has an area."""
    return rectangle[0] < rectangle[2] and rectangle[1] < rectangle[3]


def area_of(rectangle: Rectangle) -> float:
    """Return the area in square points."""
    return (rectangle[2] - rectangle[0]) * (rectangle[3] - rectangle[1])


def page_box(document: PreparedDocument, page: Ref) -> Rectangle:
    """Return the page's MediaBox, which it may have from its parents (7.7.3.4)."""
    node = document.dictionary_before(page)
    for _ in range(64):
        if node.get("MediaBox") is not None or not isinstance(node.get("Parent"), Ref):
            break
        node = document.dictionary_before(node["Parent"])
    box = rectangle_of(document, node.get("MediaBox"))
    return box if box is not None and is_visible(box) else _DEFAULT_BOX


def _within(inner: Rectangle, outer: Rectangle) -> bool:
    """Say whether ``inner`` lies in ``outer``; a point of slack is for rounding."""
    return (
        inner[0] >= outer[0] - 1
        and inner[1] >= outer[1] - 1
        and inner[2] <= outer[2] + 1
        and inner[3] <= outer[3] + 1
    )
