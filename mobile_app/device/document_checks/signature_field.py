"""The field being signed and its widget on the page (ISO 32000-2, 12.5.6.19 and 12.7.5.5): one of two forms.

Rules:
* A new field has exactly the keys that the server writes, its flag is Print, and its name is the server's. It may say what it is, in one
  set of words, as PDF/UA-2 wants it.
* A field that stood empty in the original is a root of the form, has known keys only, and keeps each but ``/V``
  and ``/AP``. What acts, hides, or shows here and not there is no such field.
* A visible one lies within what is visible of its page, is no smaller than all viewers draw alike, and covers no
  more than half of the page: a larger one could write another document over it. An invisible one has no area,
  and no appearance or, if it is new, an empty one (``appearance.py``).
"""

import re
from typing import Final, TypeGuard

from mobile_app.device.document_checks.comparison import changed_keys
from mobile_app.device.document_checks.document import PreparedDocument, refuse
from mobile_app.device.document_checks.limits import (
    EMPTY_FIELD_KEYS,
    MAX_FIELD_FLAGS,
    MAX_STAMP_SHARE,
    MIN_STAMP_SIDE,
    SMALL_STAMP_AREA,
    STAMP_FLAGS,
    STAMP_ROUNDING,
    STAMP_SLACK,
)
from mobile_app.device.document_checks.signature_dictionary import text_of
from mobile_app.device.document_checks.syntax import Ref, Value

_NEW_KEYS: Final = frozenset(("Type", "Subtype", "FT", "T", "V", "Rect", "F", "P"))
_NEW_NAME: Final = re.compile(rb"PhoneSeal[1-9]\d{0,5}")
_DESCRIPTION: Final = b"\xfe\xff" + "Chữ ký số".encode("utf-16-be")
_FILLED_KEYS: Final = frozenset(("V", "AP"))
_INVISIBLE: Final = (0, 0, 0, 0)
# A page without a usable MediaBox is a US Letter, as PDFium has it.
_DEFAULT_BOX: Final = (0.0, 0.0, 612.0, 792.0)
_MAX_UNIT: Final = 1e6

Rectangle = tuple[float, float, float, float]


def check_signature_field(document: PreparedDocument) -> None:
    """A new field has the server's keys and a name of its own; one that stood empty in the original has gained
    its signature and its appearance, and no more."""
    signing = document.signing
    value = signing.field_value
    if signing.is_new:
        _check_new_field(document, value)
        return
    before = document.dictionary_before(signing.field)
    if before.get("V") is not None or changed_keys(before, value) - _FILLED_KEYS:
        refuse("doc_signature_field", "filled", keys=sorted(changed_keys(before, value))[:8])
    if value.keys() - EMPTY_FIELD_KEYS:
        refuse("doc_signature_field", "keys", keys=sorted(value.keys() - EMPTY_FIELD_KEYS)[:8])
    if value.get("FT") != "Sig" or not isinstance(value.get("T"), bytes) or value.get("Type", "Annot") != "Annot":
        refuse("doc_signature_field", "kind")
    if _root_fields(document).count(signing.field) != 1:
        refuse("doc_signature_field", "root")


def _check_new_field(document: PreparedDocument, value: dict[str, Value]) -> None:
    if value.keys() - {"AP", "Contents"} != _NEW_KEYS:
        refuse("doc_signature_field", "keys", keys=sorted(value.keys() ^ _NEW_KEYS)[:8])
    name = value["T"]
    if value["FT"] != "Sig" or value["Type"] != "Annot":
        refuse("doc_signature_field", "kind")
    if not isinstance(name, bytes) or not _NEW_NAME.fullmatch(name):
        refuse("doc_signature_field", "name")
    if "Contents" in value and value["Contents"] != _DESCRIPTION:
        refuse("doc_signature_field", "description")
    if name.decode("ascii") in _root_names(document):
        refuse("doc_signature_field", "name_taken")


def check_widget(document: PreparedDocument) -> None:
    """The field is its own widget; a visible one is printed as it is shown, and stands where it may."""
    signing = document.signing
    widget = signing.field_value
    flags, rectangle = widget.get("F", 0), rectangle_of(document, widget.get("Rect"))
    if widget.get("Subtype") != "Widget":
        refuse("doc_widget", "kind")
    if rectangle is None or type(flags) is not int:
        refuse("doc_widget", "rectangle")
    if signing.is_new and (flags != STAMP_FLAGS or not _is_written(widget["Rect"], rectangle)):
        refuse("doc_widget", "new")
    if not is_visible(rectangle):
        if rectangle != _INVISIBLE if signing.is_new else widget.get("AP") is not None:
            refuse("doc_widget", "invisible")
        return
    if widget.get("AP") is None:
        refuse("doc_widget", "no_appearance")
    if not flags & STAMP_FLAGS or flags & ~MAX_FIELD_FLAGS:
        refuse("doc_widget", "conditional")
    problem = problem_of(rectangle, page_box(document, signing.page), _unit(document))
    if problem is not None:
        refuse("doc_widget", problem)


def problem_of(stamp: Rectangle, page: Rectangle, unit: float = 1.0) -> str | None:
    """Say why the stamp may not stand there (``too_small``, ``outside``, ``covers_page``), ``None`` when it may.

    ``page`` is what is visible of the page; ``unit`` is its ``/UserUnit``, how many points one unit is. What rounding
    can have added to the box that was asked for is forgiven."""
    width, height = unit * (stamp[2] - stamp[0]), unit * (stamp[3] - stamp[1])
    if min(width, height) < MIN_STAMP_SIDE - STAMP_ROUNDING:
        return "too_small"
    slack = (STAMP_SLACK + STAMP_ROUNDING) / unit
    if (
        stamp[0] < page[0] - slack
        or stamp[1] < page[1] - slack
        or stamp[2] > page[2] + slack
        or stamp[3] > page[3] + slack
    ):
        return "outside"
    largest = max(MAX_STAMP_SHARE * unit * unit * area_of(page), SMALL_STAMP_AREA)
    return "covers_page" if (width - STAMP_ROUNDING) * (height - STAMP_ROUNDING) > largest else None


def _is_written(value: Value, rectangle: Rectangle) -> bool:
    """Say whether the rectangle stands in the field itself, corners in order, as the server writes it."""
    return value == list(rectangle)


def _root_fields(document: PreparedDocument) -> list[Value]:
    """Return the original's root fields."""
    catalog = document.dictionary_before(document.original.trailer.get("Root"))
    fields = document.original.value(document.dictionary_before(catalog.get("AcroForm")).get("Fields"))
    return fields if isinstance(fields, list) else []


def _root_names(document: PreparedDocument) -> set[str]:
    """Return the names of the original's root fields."""
    names = (document.original.value(document.dictionary_before(field).get("T")) for field in _root_fields(document))
    return {text_of(name) for name in names if isinstance(name, bytes)}


def rectangle_of(document: PreparedDocument, value: Value) -> Rectangle | None:
    """Return (left, bottom, right, top), or ``None`` for what is no rectangle."""
    numbers = value if isinstance(value, list) else document.original.value(value)
    if not isinstance(numbers, list) or len(numbers) != 4:
        return None
    x1, y1, x2, y2 = numbers if _are_plain(numbers) else map(document.original.value, numbers)
    if not (_is_number(x1) and _is_number(y1) and _is_number(x2) and _is_number(y2)):
        return None
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


def _are_plain(numbers: list[Value]) -> bool:
    return not any(isinstance(number, Ref) for number in numbers)


def _is_number(value: Value) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_visible(rectangle: Rectangle) -> bool:
    """Say whether the rectangle has an area."""
    return rectangle[0] < rectangle[2] and rectangle[1] < rectangle[3]


def area_of(rectangle: Rectangle) -> float:
    """Return the area in square units."""
    return (rectangle[2] - rectangle[0]) * (rectangle[3] - rectangle[1])


def page_box(document: PreparedDocument, page: Ref) -> Rectangle:
    """Return what is visible of the page: the crop box within the media box (14.11.2), each of which it may have
    from its parents (7.7.3.4); a crop box that leaves nothing does not count."""
    media = rectangle_of(document, _inherited(document, page, "MediaBox"))
    if media is None or not is_visible(media):
        media = _DEFAULT_BOX
    crop = rectangle_of(document, _inherited(document, page, "CropBox"))
    if crop is None:
        return media
    both = max(media[0], crop[0]), max(media[1], crop[1]), min(media[2], crop[2]), min(media[3], crop[3])
    return both if is_visible(both) else media


def _inherited(document: PreparedDocument, page: Ref, key: str) -> Value:
    node = document.dictionary_before(page)
    for _ in range(64):
        if node.get(key) is not None or not isinstance(node.get("Parent"), Ref):
            break
        node = document.dictionary_before(node["Parent"])
    return node.get(key)


def _unit(document: PreparedDocument) -> float:
    """Return the page's ``/UserUnit`` (table 31); what is none counts as 1."""
    unit = document.original.value(document.dictionary_before(document.signing.page).get("UserUnit"))
    return float(unit) if _is_number(unit) and 0 < unit < _MAX_UNIT else 1.0
