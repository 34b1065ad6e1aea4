"""What the signature looks like: form XObjects, images and fonts of the increment, which use nothing but each
other.

Rules: one normal appearance, no other for mouse or state; no optional content, no nested pattern or shading,
no reference to anything of the original or outside the file. What the stamp says is for the person to see;
these checks see that it says the same to everybody.
"""

from typing import Final

from mobile_app.device.document_checks.document import PreparedDocument, refuse
from mobile_app.device.document_checks.syntax import Ref, Value

_STREAM: Final = frozenset(("Length", "Filter", "DecodeParms", "DL"))
_FORM: Final = _STREAM | {"Type", "Subtype", "FormType", "BBox", "Matrix", "Resources", "Group"}
_IMAGE: Final = _STREAM | {
    "Type", "Subtype", "Width", "Height", "ColorSpace", "BitsPerComponent", "SMask", "Mask",
    "ImageMask", "Decode", "Interpolate", "Intent",
}  # fmt: skip
_RESOURCES: Final = frozenset(("Font", "XObject", "ProcSet", "ExtGState"))
_GRAPHICS_STATE: Final = frozenset(("Type", "ca", "CA", "BM", "LW"))
_MAX_OBJECTS: Final = 200


def check_appearance(document: PreparedDocument) -> None:
    """The widget's appearance is one new form XObject, and everything that it draws with is new and of a
    known kind."""
    appearance = document.signing.field_value.get("AP")
    if appearance is None:
        return
    normal = appearance.get("N") if isinstance(appearance, dict) else None
    if not isinstance(appearance, dict) or appearance.keys() != {"N"} or not isinstance(normal, Ref):
        refuse("doc_appearance", "states")
    waiting: list[Value] = [normal]
    seen: set[Value] = set()
    while waiting:
        reference = waiting.pop()
        if reference in seen:
            continue
        seen.add(reference)
        if len(seen) > _MAX_OBJECTS:
            refuse("doc_appearance", "count")
        waiting += _check_drawn(document, reference, form=reference == normal)


def _check_drawn(document: PreparedDocument, reference: Value, *, form: bool) -> list[Value]:
    """Check one form or image; return what it draws with in turn."""
    found = document.new_objects.get(reference.number) if isinstance(reference, Ref) else None
    if found is None or found.stream is None or not isinstance(value := found.value, dict):
        refuse("doc_appearance", "drawn")
    if value.get("Subtype") == "Form" and not value.keys() - _FORM:
        return _check_resources(value.get("Resources"))
    if value.get("Subtype") != "Image" or form or value.keys() - _IMAGE:
        refuse("doc_appearance", "kind", keys=sorted(value.keys() - _FORM)[:8])
    if isinstance(value.get("ColorSpace"), Ref | list):
        refuse("doc_appearance", "colour_space")
    return [mask for mask in (value.get("SMask"), value.get("Mask")) if isinstance(mask, Ref)]


def _check_resources(resources: Value) -> list[Value]:
    """Check a form's own resources; return the XObjects in them. Fonts are checked by ``fonts.py``."""
    if resources is None:
        return []
    if not isinstance(resources, dict) or resources.keys() - _RESOURCES:
        refuse("doc_appearance", "resources")
    states, drawn = resources.get("ExtGState", {}), resources.get("XObject", {})
    if (
        not isinstance(states, dict)
        or not isinstance(drawn, dict)
        or not isinstance(resources.get("Font", {}), dict)
    ):
        refuse("doc_appearance", "resources")
    for state in states.values():
        if not isinstance(state, dict) or state.keys() - _GRAPHICS_STATE:
            refuse("doc_appearance", "graphics_state")
    return list(drawn.values())


def fonts_of(document: PreparedDocument) -> list[Value]:
    """Return every font that the appearance names, directly or in a form that it draws."""
    appearance = document.signing.field_value.get("AP")
    waiting: list[Value] = [appearance.get("N")] if isinstance(appearance, dict) else []
    seen: set[int] = set()
    fonts: list[Value] = []
    while waiting:
        reference = waiting.pop()
        if not isinstance(reference, Ref) or reference.number in seen:
            continue
        seen.add(reference.number)
        resources = document.dictionary_now(reference).get("Resources")
        if isinstance(resources, dict):
            waiting.extend(_values(resources.get("XObject")))
            fonts.extend(_values(resources.get("Font")))
    return fonts


def _values(value: Value) -> list[Value]:
    return list(value.values()) if isinstance(value, dict) else []
