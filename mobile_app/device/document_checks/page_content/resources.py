"""What a content stream names must be there, and of a kind that all viewers read alike (ISO 32000-2, 7.8.3).

Rules, measured with PDFium, poppler, mupdf and pdf.js:
* a font, XObject, graphics state, colour space, shading or pattern that is named is in the owner's own resources: where it is not,
  some viewers look in the page's, some take Helvetica, some draw nothing;
* a graphics state holds numbers where numbers belong, no font (PDFium ignores it, the others don't), no transfer function but
  Identity and Default (some apply it), and a soft mask only with a transparency group;
* a knockout group (11.4.6.2) holds nothing that blends: pdf.js does not knock out;
* a colour has as many components as its space; a pattern is set in a pattern space.
"""

from collections.abc import Callable
from typing import Final

from mobile_app.device.document_checks.document import PreparedDocument, refuse
from mobile_app.device.document_checks.page_content.colours import DEVICE, components_of, plain_components
from mobile_app.device.document_checks.page_content.summary import Paint, Summary
from mobile_app.device.document_checks.syntax import Value, name_of

_FONTS: Final = frozenset(("Type0", "Type1", "MMType1", "TrueType", "Type3"))
_WITH_FUNCTION: Final = (1, 2, 3)


def is_number(value: Value) -> bool:
    """A number, and neither true nor false."""
    return type(value) is int or type(value) is float


def numbers_of(document: PreparedDocument, value: Value, count: int) -> list[float] | None:
    """An array of so many numbers, or ``None``."""
    listed = document.now(value)
    if not isinstance(listed, list) or len(listed) != count:
        return None
    numbers = [document.now(one) for one in listed]
    return [float(one) for one in numbers if isinstance(one, int | float)] if all(map(is_number, numbers)) else None


class Resources:
    """The resources of one owner."""

    def __init__(self, document: PreparedDocument, value: Value) -> None:
        self._document = document
        self.value = document.dictionary_now(value)

    def find(self, kind: str, name: bytes) -> Value:
        """What the owner's resources have under ``name``; a reference stays one. Raises ``doc_content``."""
        value = self._document.dictionary_now(self.value.get(kind)).get(name_of(name))
        if value is None:
            refuse("doc_content", "resource", kind=kind)
        return value

    def font(self, name: bytes) -> tuple[Value, dict[str, Value]]:
        """A font, by reference if it has one, and its dictionary."""
        value = self.find("Font", name)
        font = self._document.dictionary_now(value)
        if font.get("Subtype") not in _FONTS:
            refuse("doc_content", "resource", kind="Font")
        return value, font

    def check_colours(self, summary: Summary) -> None:
        """Each space that is set exists, and each colour fits its space."""
        for name in summary.spaces:
            self._space(name)
        for name in summary.shadings:
            check_shading(self._document, self.find("Shading", name))
        for image in summary.images:
            if image.space is not None:
                self._space(image.space)
        for paint, _ in summary.paints:
            self._check_paint(paint)

    def _space(self, name: bytes) -> tuple[int, bool]:
        """Components of the space, and whether it is one of patterns."""
        decoded = name_of(name)
        if decoded in DEVICE:
            return DEVICE[decoded], decoded == "Pattern"
        return components_of(self._document, self.find("ColorSpace", name))

    def _check_paint(self, paint: Paint) -> None:
        if paint.space is None:
            refuse("doc_content", "colour_space")
        components, of_patterns = self._space(paint.space)
        if of_patterns != (paint.pattern is not None):
            refuse("doc_content", "colour_space")
        if paint.pattern is not None:
            pattern = self._document.dictionary_now(self.find("Pattern", paint.pattern))
            if pattern.get("PaintType") != 2:
                components = 0
            elif components == 0:
                refuse("doc_content", "colour_space")
        if paint.components != components:
            refuse("doc_content", "colour_components")


def check_shading(document: PreparedDocument, value: Value) -> None:
    """A shading (8.7.4.5) has a known type, a colour space, and the function without which types 1 to 3 have no colours."""
    shading = document.dictionary_now(value)
    kind = document.now(shading.get("ShadingType"))
    if type(kind) is not int or not 1 <= kind <= 7 or (kind in _WITH_FUNCTION and document.now(shading.get("Function")) is None):
        refuse("doc_content", "resource", kind="Shading")
    plain_components(document, shading.get("ColorSpace"))


def _is_unit(value: Value) -> bool:
    return is_number(value) and 0 <= float(value) <= 1  # type: ignore[arg-type]


def _is_not_negative(value: Value) -> bool:
    return is_number(value) and float(value) >= 0  # type: ignore[arg-type]


def _is_choice(value: Value) -> bool:
    return type(value) is int and value in (0, 1, 2)


_STATE: Final[dict[str, Callable[[Value], bool]]] = {
    "LW": _is_not_negative,
    "ML": _is_not_negative,
    "LC": _is_choice,
    "LJ": _is_choice,
    "ca": _is_unit,
    "CA": _is_unit,
}


def check_graphics_state(document: PreparedDocument, value: Value) -> Value:
    """A graphics state (8.4.5) says the same to all viewers; returns its soft mask's group, or ``None``."""
    state = document.dictionary_now(value)
    for key, allowed in _STATE.items():
        if key in state and not allowed(document.now(state[key])):
            refuse("doc_content", "graphics_state", key=key)
    if state.get("Font") is not None:
        refuse("doc_content", "graphics_state", key="Font")
    for key in ("TR", "TR2"):
        if document.now(state.get(key)) not in (None, "Identity", "Default"):
            refuse("doc_content", "graphics_state", key=key)
    _check_dash(document, state.get("D"))
    _check_blend_mode(document, state.get("BM"))
    return _group_of_mask(document, state.get("SMask"))


def blends(document: PreparedDocument, value: Value) -> bool:
    """Whether what is drawn in a graphics state that was checked lets through what lies below (11.6.4)."""
    state = document.dictionary_now(value)
    mode = document.now(state.get("BM"))
    first = document.now(mode[0]) if isinstance(mode, list) else mode
    return (
        any(document.now(state.get(key)) not in (None, 1) for key in ("ca", "CA"))
        or first not in (None, "Normal", "Compatible")
        or document.now(state.get("SMask")) not in (None, "None")
    )


def check_knockout(document: PreparedDocument, value: Value, *, blends: bool) -> None:
    """The group of a page or form (11.6.6) does not knock out: where something ``blends`` in it, pdf.js draws it otherwise."""
    if blends and document.now(document.dictionary_now(value).get("K")) not in (None, False):
        refuse("doc_content", "knockout")


def _check_dash(document: PreparedDocument, value: Value) -> None:
    dash = document.now(value)
    if dash is None:
        return
    if isinstance(dash, list) and len(dash) == 2:
        lengths, phase = document.now(dash[0]), document.now(dash[1])
        if isinstance(lengths, list) and _is_not_negative(phase):
            numbers = [document.now(one) for one in lengths]
            if all(map(_is_not_negative, numbers)) and (not numbers or any(numbers)):
                return
    refuse("doc_content", "graphics_state", key="D")


def _check_blend_mode(document: PreparedDocument, value: Value) -> None:
    mode = document.now(value)
    modes = mode if isinstance(mode, list) else [mode]
    if mode is not None and (not modes or document.now(modes[0]) not in _BLEND_MODES):
        refuse("doc_content", "graphics_state", key="BM")


_BLEND_MODES: Final = frozenset(
    (
        "Normal", "Compatible", "Multiply", "Screen", "Overlay", "Darken", "Lighten", "ColorDodge", "ColorBurn",
        "HardLight", "SoftLight", "Difference", "Exclusion", "Hue", "Saturation", "Color", "Luminosity",
    )
)  # fmt: skip


def _group_of_mask(document: PreparedDocument, value: Value) -> Value:
    mask = document.now(value)
    if mask is None or mask == "None":
        return None
    if not isinstance(mask, dict) or document.now(mask.get("S")) not in ("Luminosity", "Alpha"):
        refuse("doc_content", "soft_mask")
    group = mask.get("G")
    if not isinstance(document.now(document.dictionary_now(group).get("Group")), dict):
        refuse("doc_content", "soft_mask")
    return group
