"""What a rewrite mends of the form (ISO 32000-2, 12.7.3): entries that hold no field, as editors leave them when a field is deleted.

Rules: what is no dictionary (null, a reference to nothing, a number) is dropped from /Fields and /Kids; a field written in the list itself
becomes an object of its own, as every field must be; a form that is no dictionary goes, a list that is none becomes empty, flags that are
no whole number go. No field is dropped, and nothing is guessed.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pikepdf

from server.errors import Unprocessable

_MAX_FIELDS = 100_000
_MAX_DEPTH = 100
Mend = Callable[[], None]


def has_faults(pdf: pikepdf.Pdf) -> bool:
    """Whether there is anything to mend; nothing is changed."""
    return next(_faults(pdf), None) is not None


def mend_form(pdf: pikepdf.Pdf) -> None:
    """Mend what ``has_faults`` tells. Raises ``pdf_too_complex`` for a tree that is too large or too deep."""
    for mend in list(_faults(pdf)):
        mend()


def _faults(pdf: pikepdf.Pdf) -> Iterator[Mend]:
    root = pdf.Root
    if "/AcroForm" not in root:
        return
    form = root.AcroForm
    if not isinstance(form, pikepdf.Dictionary):
        yield lambda: root.__delitem__("/AcroForm")
        return
    if "/SigFlags" in form and not isinstance(form.SigFlags, int | pikepdf.Integer):
        yield lambda: form.__delitem__("/SigFlags")
    if "/Fields" not in form:
        return
    if not isinstance(form.Fields, pikepdf.Array):
        yield lambda: form.__setitem__("/Fields", pikepdf.Array())
        return
    yield from _lists(pdf, form)


def _lists(pdf: pikepdf.Pdf, form: Any) -> Iterator[Mend]:
    """/Fields, and /Kids of each field below it."""
    waiting: list[tuple[Any, str, int]] = [(form, "/Fields", 0)]
    seen: set[tuple[int, int]] = set()
    while waiting:
        owner, key, depth = waiting.pop()
        listed = owner[key]
        if not isinstance(listed, pikepdf.Array):
            yield _without(owner, key)
            continue
        entries = list(listed.as_list())
        if not all(_is_field(entry) for entry in entries):
            yield _mended(pdf, owner, key, entries)
        for entry in entries:
            if not isinstance(entry, pikepdf.Dictionary) or "/Kids" not in entry:
                continue
            if entry.is_indirect and entry.objgen in seen:
                continue
            seen.add(entry.objgen)
            if depth >= _MAX_DEPTH or len(seen) > _MAX_FIELDS:
                raise Unprocessable("a form that is too large or too deep", code="pdf_too_complex")
            waiting.append((entry, "/Kids", depth + 1))


def _is_field(entry: Any) -> bool:
    return isinstance(entry, pikepdf.Dictionary) and bool(entry.is_indirect)


def _without(owner: Any, key: str) -> Mend:
    return lambda: owner.__delitem__(key)


def _mended(pdf: pikepdf.Pdf, owner: Any, key: str, entries: list[Any]) -> Mend:
    def mend() -> None:
        fields = [entry if entry.is_indirect else pdf.make_indirect(entry) for entry in entries if isinstance(entry, pikepdf.Dictionary)]
        if fields or key == "/Fields":
            owner[key] = pikepdf.Array(fields)
        else:
            del owner[key]

    return mend
