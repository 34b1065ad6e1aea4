"""What the signature looks like: one form XObject of the increment, of exactly the shape that the server writes.

Rules: one normal appearance, none for mouse or state; a plain box that fits the field's rectangle, upright in one
of four ways (ISO 32000-2, 12.5.5), so that no viewer scales or clips it in its own way; two fonts of its own and
nothing else to draw with: no group, blending, mask, image, further form or optional content, and no reference to
anything of the original. Its content is a frame that ``stamp_content.py`` knows to the operator, unfiltered.
What the stamp says is for the person to see; these checks see that it says the same to everybody.
* PDF/A asks for three things more, each of one form and none that shows anything: colours may be given their meaning by a default colour
  space (sRGB), fonts may list their glyphs (``fonts.py``), and a field without area may have an appearance, which is empty.
"""

from dataclasses import dataclass
from typing import Final, TypeGuard

from mobile_app.device.document_checks.comparison import same
from mobile_app.device.document_checks.document import PreparedDocument, refuse
from mobile_app.device.document_checks.indirect_objects import IndirectObject
from mobile_app.device.document_checks.limits import MAX_STAMP_CONTENT_BYTES, STAMP_ROUNDING
from mobile_app.device.document_checks.signature_field import is_visible, rectangle_of
from mobile_app.device.document_checks.stamp_content import StampContent, read_stamp_content
from mobile_app.device.document_checks.syntax import Ref, Value

FONT_NAMES: Final = ("F1", "F2")
FONT_OBJECTS: Final = 5
"""A font's own object and those of its glyphs, its description, its program and its map to Unicode, numbered on."""
_NUMBERS: Final = frozenset((int, float))
_FORM: Final = frozenset(("Type", "Subtype", "FormType", "BBox", "Matrix", "Resources", "Length"))
_EMPTY_FORM: Final = frozenset(("Type", "Subtype", "FormType", "BBox", "Length"))
_CALIBRATED: Final[Value] = {
    "DefaultRGB": [
        "CalRGB",
        {
            "WhitePoint": [0.9505, 1, 1.089],
            "Gamma": [2.2, 2.2, 2.2],
            "Matrix": [0.4124, 0.2126, 0.0193, 0.3576, 0.7152, 0.1192, 0.1805, 0.0722, 0.9505],
        },
    ]
}


def check_appearance(document: PreparedDocument) -> None:
    """The widget's appearance is one new form XObject of the server's shape, drawn by known operators."""
    appearance = document.signing.field_value.get("AP")
    if appearance is None:
        return
    if not isinstance(appearance, dict) or appearance.keys() != {"N"}:
        refuse("doc_appearance", "states")
    rectangle = rectangle_of(document, document.signing.field_value.get("Rect"))
    shown = rectangle is None or is_visible(rectangle)
    found, keys = new_stream(document, appearance["N"]), _FORM if shown else _EMPTY_FORM
    if found is None or found.entries.keys() != keys:
        refuse("doc_appearance", "form", keys=sorted(found.entries.keys() ^ keys)[:8] if found else [])
    form = found.entries
    if (form["Type"], form["Subtype"]) != ("XObject", "Form") or not is_integer(form["FormType"], 1):
        refuse("doc_appearance", "kind")
    if shown:
        _check_stamp(document, form)
    elif form["BBox"] != [0, 0, 0, 0] or stream_bytes(document, found, MAX_STAMP_CONTENT_BYTES) != b"":
        refuse("doc_appearance", "not_empty")


def _check_stamp(document: PreparedDocument, form: dict[str, Value]) -> None:
    """Its box, its resources, and what it draws."""
    box = form["BBox"]
    if not _are_numbers(box, 4) or not _box_fits(document, box, form["Matrix"]):
        refuse("doc_appearance", "box")
    resources = form["Resources"]
    if not isinstance(resources, dict) or resources.keys() - {"ColorSpace"} != {"Font"}:
        refuse("doc_appearance", "resources")
    if "ColorSpace" in resources and not same(_CALIBRATED, resources["ColorSpace"]):
        refuse("doc_appearance", "colours")
    fonts = resources["Font"]
    if not isinstance(fonts, dict) or tuple(sorted(fonts)) != FONT_NAMES:
        refuse("doc_appearance", "fonts")
    drawn = drawn_by(document)
    if drawn is None:
        refuse("doc_appearance", "content")
    if drawn.reach > max(box[2:]):
        refuse("doc_appearance", "reach")


def _box_fits(document: PreparedDocument, box: list[float], matrix: Value) -> bool:
    """Say whether the form's box, turned by its matrix, has the size of the field's rectangle and stands at the
    origin."""
    rectangle = rectangle_of(document, document.signing.field_value.get("Rect"))
    if rectangle is None or not _are_numbers(matrix, 6) or box[:2] != [0, 0]:
        return False
    across, up = rectangle[2] - rectangle[0], rectangle[3] - rectangle[1]
    turn, wanted = matrix[:4], (across, up, 0.0, 0.0)
    if turn == [0, 1, -1, 0]:
        wanted = (up, across, across, 0.0)
    elif turn == [-1, 0, 0, -1]:
        wanted = (across, up, across, up)
    elif turn == [0, -1, 1, 0]:
        wanted = (up, across, 0.0, up)
    elif turn != [1, 0, 0, 1]:
        return False
    return (
        abs(box[2] - wanted[0]) <= STAMP_ROUNDING
        and abs(box[3] - wanted[1]) <= STAMP_ROUNDING
        and abs(matrix[4] - wanted[2]) <= STAMP_ROUNDING
        and abs(matrix[5] - wanted[3]) <= STAMP_ROUNDING
    )


def _are_numbers(value: Value, count: int) -> TypeGuard[list[float]]:
    return isinstance(value, list) and len(value) == count and _NUMBERS.issuperset(map(type, value))


def is_integer(value: Value, wanted: int) -> bool:
    """Say whether the value is this integer, and no real number or truth value that equals it."""
    return type(value) is int and value == wanted


@dataclass(frozen=True, slots=True)
class NewStream:
    """A stream of the increment whose number the original does not use: its dictionary, and where it stands."""

    entries: dict[str, Value]
    place: IndirectObject


def new_stream(document: PreparedDocument, reference: Value) -> NewStream | None:
    """Return the increment's own stream behind the reference; ``None`` for anything else."""
    if not isinstance(reference, Ref):
        return None
    found = document.new_objects.get(reference.number)
    if found is None or found.stream is None or found.generation != reference.generation:
        return None
    return NewStream(found.value, found) if isinstance(found.value, dict) else None


def stream_bytes(document: PreparedDocument, found: NewStream, limit: int) -> bytes | None:
    """Return a new stream's data, decrypted and not unfiltered; ``None`` when it is longer than ``limit``."""
    start, end = found.place.stream or (0, 0)
    if end - start > limit:
        return None
    raw, handler = bytes(document.data[start:end]), document.original.handler
    return raw if handler is None else handler.stream(raw, Ref(found.place.number, found.place.generation))


def drawn_by(document: PreparedDocument) -> StampContent | None:
    """Return what the stamp draws; ``None`` when its content is not what the server writes."""
    found = new_stream(document, stamp_of(document))
    content = None if found is None else stream_bytes(document, found, MAX_STAMP_CONTENT_BYTES)
    return None if content is None else read_stamp_content(content)


def font_numbers(document: PreparedDocument) -> list[range]:
    """Return the numbers that the objects of each of the stamp's fonts have."""
    resources = document.dictionary_now(stamp_of(document)).get("Resources")
    fonts = resources.get("Font") if isinstance(resources, dict) else None
    named = fonts.values() if isinstance(fonts, dict) else ()
    return [font_objects(document, font) for font in named if isinstance(font, Ref)]


def font_objects(document: PreparedDocument, font: Ref) -> range:
    """Return the numbers of the font's objects: one more where its description names a list of its glyphs."""
    listed = "CIDSet" in document.dictionary_now(Ref(font.number + 2, 0))
    return range(font.number, font.number + FONT_OBJECTS + listed)


def stamp_of(document: PreparedDocument) -> Value:
    """Return the reference of the widget's normal appearance, ``None`` for an invisible signature."""
    appearance = document.signing.field_value.get("AP")
    return appearance.get("N") if isinstance(appearance, dict) else None
