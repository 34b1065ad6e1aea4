"""Increments that fill an empty field of the original: a right one, and ones that break one rule each."""

from collections.abc import Callable

from tests.pdf_corpus import stamp_by_hand
from tests.unit.device_checks.document_forge import (
    CATALOG,
    CONTENT,
    FONT,
    PAGE,
    PAGES,
    SIGNATURE,
    Forge,
    increment_objects,
    stream,
)

EMPTY, OTHER_PAGE = 15, 16
KEPT = b"/Type/Annot/Subtype/Widget/FT/Sig/T(BenB)/Rect[300 100 500 160]/F 132/P 3 0 R/MK<</BC[0]>>"


def filled() -> Forge:
    """Two pages, the first with an empty field, which the increment signs."""
    made = Forge()
    made.original[CATALOG] = b"<</Type/Catalog/Pages 2 0 R/AcroForm 5 0 R>>"
    made.original[PAGES] = b"<</Type/Pages/Kids[3 0 R 16 0 R]/Count 2>>"
    made.original[PAGE] = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<<>>/Annots[15 0 R]>>"
    made.original[OTHER_PAGE] = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>/Annots[]>>"
    made.original[CONTENT] = stream(b"q Q")
    made.original[FONT] = b"<</Fields[15 0 R]>>"
    made.original[EMPTY] = b"<<" + KEPT + b"/AP<</N 4 0 R>>>>"
    stamp, field, form = 31, EMPTY, FONT
    made.increment = {
        20: increment_objects()[SIGNATURE],
        field: b"<<" + KEPT + b"/V 20 0 R/AP<</N %d 0 R>>>>" % stamp,
        stamp: stamp_by_hand.form(first=21, second=26),
        **stamp_by_hand.font(21),
        **stamp_by_hand.font(26),
        form: b"<</Fields[15 0 R]/SigFlags 3>>",
    }
    return made


def _replaced(where: str, number: int, old: bytes, new: bytes) -> Callable[[], Forge]:
    def forge() -> Forge:
        made = filled()
        for objects in (made.original, made.increment) if where == "both" else (getattr(made, where),):
            assert old in objects[number]
            objects[number] = objects[number].replace(old, new)
        return made

    return forge


def _page_is_written() -> Forge:
    made = filled()
    made.increment[PAGE] = made.original[PAGE]
    return made


def _form_moved() -> Forge:
    made = filled()
    made.increment[CATALOG] = b"<</Type/Catalog/Pages 2 0 R/AcroForm 40 0 R>>"
    made.increment[40] = made.increment.pop(FONT)
    return made


CASES: dict[str, tuple[str, str, Callable[[], Forge]]] = {
    "other flags": ("check_signature_field", "filled", _replaced("increment", EMPTY, b"/F 132", b"/F 4")),
    "another rectangle": ("check_signature_field", "filled", _replaced("increment", EMPTY, b"[300 100 500", b"[100 100 300")),
    "a key more": ("check_signature_field", "filled", _replaced("increment", EMPTY, b"/F 132", b"/F 132/TU(a)")),
    "a key less": ("check_signature_field", "filled", _replaced("increment", EMPTY, b"/MK<</BC[0]>>", b"")),
    "signed before": ("check_signature_field", "filled", _replaced("original", EMPTY, b"/F 132", b"/F 132/V 4 0 R")),
    "an action": ("check_signature_field", "keys", _replaced("both", EMPTY, b"/F 132", b"/F 132/A<</S/Named/N/Print>>")),
    "kids": ("check_signature_field", "keys", _replaced("both", EMPTY, b"/F 132", b"/F 132/Kids[]")),
    "a layer": ("check_signature_field", "keys", _replaced("both", EMPTY, b"/F 132", b"/F 132/OC 4 0 R")),
    "a text field": ("check_signature_field", "kind", _replaced("both", EMPTY, b"/FT/Sig", b"/FT/Tx")),
    "no kind of its own": ("check_signature_field", "kind", _replaced("both", EMPTY, b"/FT/Sig", b"")),
    "no name": ("check_signature_field", "kind", _replaced("both", EMPTY, b"/T(BenB)", b"")),
    "another type": ("check_signature_field", "kind", _replaced("both", EMPTY, b"/Type/Annot", b"/Type/Font")),
    "in no form": ("check_signature_field", "root", _replaced("both", FONT, b"[15 0 R]", b"[]")),
    "twice in the form": ("check_signature_field", "root", _replaced("both", FONT, b"[15 0 R]", b"[15 0 R 15 0 R]")),
    "hidden": ("check_widget", "conditional", _replaced("both", EMPTY, b"/F 132", b"/F 134")),
    "never printed": ("check_widget", "conditional", _replaced("both", EMPTY, b"/F 132", b"/F 128")),
    "no flags": ("check_widget", "conditional", _replaced("both", EMPTY, b"/F 132", b"")),
    "no appearance": ("check_widget", "no_appearance", _replaced("increment", EMPTY, b"/AP<</N 31 0 R>>", b"")),
    "no area, yet an appearance": ("check_widget", "invisible", _replaced("both", EMPTY, b"[300 100 500 160]", b"[300 100 300 160]")),
    "the old appearance": ("check_appearance", "form", _replaced("increment", EMPTY, b"/N 31 0 R", b"/N 4 0 R")),
    "a page written anew": ("check_page", "kept", _page_is_written),
    "on another page too": ("check_annotations", "other_page", _replaced("original", OTHER_PAGE, b"/Annots[]", b"/Annots[15 0 R]")),
    "on no page": ("check_annotations", "kept", _replaced("original", PAGE, b"/Annots[15 0 R]", b"")),
    "twice on its page": ("check_annotations", "kept", _replaced("original", PAGE, b"/Annots[15 0 R]", b"/Annots[15 0 R 15 0 R]")),
    "a form that says more": ("check_form", "keys", _replaced("increment", FONT, b"/SigFlags 3", b"/SigFlags 3/NeedAppearances true")),
    "a form that moved": ("check_form", "moved", _form_moved),
    "a form that lists it again": ("check_form", "kept", _replaced("increment", FONT, b"[15 0 R]", b"[15 0 R 15 0 R]")),
    "a form that says nothing of it": ("check_form", "flags", _replaced("increment", FONT, b"/SigFlags 3", b"")),
}  # fmt: skip
