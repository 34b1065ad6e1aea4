"""The field being signed and its widget on the page (ISO 32000-2, 12.5.6.19 and 12.7.5.5)."""

from collections.abc import Sequence
from typing import Final

from mobile_app.device.document_checks.comparison import changed_keys
from mobile_app.device.document_checks.document import PreparedDocument, refuse
from mobile_app.device.document_checks.syntax import Ref, Value

_FIELD_KEYS: Final = frozenset(("FT", "T", "V", "Ff", "Lock", "Kids", "TU"))
_WIDGET_KEYS: Final = frozenset(
    ("Type", "Subtype", "F", "Rect", "P", "AP", "Parent", "StructParent", "Border", "MK")
)
# Hidden, NoView, ToggleNoView: a stamp that shows here and not there.
_CONDITIONAL_FLAGS: Final = 2 | 32 | 256

Rectangle = tuple[float, float, float, float]


def check_signature_field(document: PreparedDocument) -> None:
    """A new field has known keys only; one that stood empty in the original has gained its signature and
    its appearance, and no more."""
    signing = document.signing
    if signing.is_new:
        if (
            signing.field_value.get("FT") != "Sig"
            or not isinstance(signing.field_value.get("T"), bytes)
            or signing.field_value.get("Ff", 0) not in (0, 1)
            or signing.field_value.keys()
            - _FIELD_KEYS
            - (_WIDGET_KEYS if signing.widget == signing.field else set())
            or "Parent" in signing.field_value
        ):
            refuse("doc_signature_field", "new_field")
    else:
        before = document.dictionary_before(signing.field)
        own = {"V", "AP", "F"} if signing.widget == signing.field else {"V"}
        if (
            before.get("V") is not None
            or changed_keys(before, signing.field_value) - own
            or _kind(document) != "Sig"
        ):
            refuse("doc_signature_field", "filled_field")


def check_widget(document: PreparedDocument) -> None:
    """The widget has known keys only (no action), shows under all conditions or none, and lies on its
    page."""
    signing = document.signing
    widget = signing.widget_value
    if widget.get("Subtype") != "Widget" or widget.get("A") is not None or widget.get("AA") is not None:
        refuse("doc_widget", "kind")
    if signing.widget.number in document.new_objects:
        known = _WIDGET_KEYS | (_FIELD_KEYS if signing.widget == signing.field else set())
        if widget.keys() - known or (
            signing.widget != signing.field and widget.get("Parent") != signing.field
        ):
            refuse("doc_widget", "keys")
    elif signing.widget != signing.field:
        before = document.dictionary_before(signing.widget)
        if changed_keys(before, widget) - {"AP", "F"}:
            refuse("doc_widget", "filled_widget")
    flags = widget.get("F", 0)
    rectangle = rectangle_of(widget.get("Rect"))
    if rectangle is None or type(flags) is not int:
        refuse("doc_widget", "rectangle")
    if is_visible(rectangle):
        if flags & _CONDITIONAL_FLAGS:
            refuse("doc_widget", "conditional")
        page = page_box(document, signing.page)
        if page is None or not _within(rectangle, page):
            refuse("doc_widget", "outside_page")


def _kind(document: PreparedDocument) -> Value:
    """Return the field's type, which it may have from its parents (12.7.4.1)."""
    value = document.signing.field_value
    for _ in range(32):
        if value.get("FT") is not None or not isinstance(value.get("Parent"), Ref):
            break
        value = document.dictionary_before(value["Parent"])
    return value.get("FT")


def rectangle_of(value: Value) -> Rectangle | None:
    """Return (left, bottom, right, top), or ``None`` for what is no rectangle."""
    if not isinstance(value, Sequence) or len(value) != 4:
        return None
    if not all(isinstance(number, int | float) and not isinstance(number, bool) for number in value):
        return None
    x1, y1, x2, y2 = value
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


def is_visible(rectangle: Rectangle) -> bool:
    """Say whether the rectangle has an area."""
    return rectangle[0] < rectangle[2] and rectangle[1] < rectangle[3]


def page_box(document: PreparedDocument, page: Ref) -> Rectangle | None:
    """Return the page's MediaBox, which it may have from its parents (7.7.3.4)."""
    node = document.dictionary_before(page)
    for _ in range(64):
        if node.get("MediaBox") is not None:
            return rectangle_of(document.original.value(node["MediaBox"]))
        if not isinstance(node.get("Parent"), Ref):
            break
        node = document.dictionary_before(node["Parent"])
    return None


def _within(inner: Rectangle, outer: Rectangle) -> bool:
    """Say whether ``inner`` lies in ``outer``; a point of slack is for rounding."""
    return (
        inner[0] >= outer[0] - 1
        and inner[1] >= outer[1] - 1
        and inner[2] <= outer[2] + 1
        and inner[3] <= outer[3] + 1
    )
