"""Whether a file is signed: a signature field has a value (ISO 32000-2, 12.7.5.5), and nothing else.

Rules: fields are found through the form's tree and through the widgets on the pages, /FT and /V inherited from the parents (12.7.4.1). A
string that looks like a signature's dictionary, or such a dictionary that no field names, makes no signed file.
"""

from server.pdf.grammar.page_tree import PageTree
from server.pdf.grammar.sections import is_name
from server.pdf.grammar.structure import Structure
from server.pdf.grammar.values import Reference

_MAX_DEPTH = 100


def has_signed_field(structure: Structure, pages: PageTree) -> bool:
    """Whether any field of type Sig has a value."""
    form = structure.resolve(pages.catalog.get(b"AcroForm"))
    fields = structure.resolve(form.get(b"Fields")) if isinstance(form, dict) else None
    return _in_tree(structure, fields if isinstance(fields, list) else []) or _on_pages(structure, pages)


def _in_tree(structure: Structure, fields: list[object]) -> bool:
    waiting: list[tuple[object, object, object, int]] = [(one, None, None, 0) for one in fields]
    seen: set[object] = set()
    while waiting:
        structure.meter.check_time()
        node, kind, value, depth = waiting.pop()
        field = structure.resolve(node)
        mark = (node, is_name(kind, b"Sig"), value is not None) if isinstance(node, Reference) else None
        if not isinstance(field, dict) or depth > _MAX_DEPTH or mark in seen:
            continue
        if mark is not None:
            seen.add(mark)
        kind, value = _own_or(structure, field, kind, value)
        if is_name(kind, b"Sig") and value is not None:
            return True
        children = structure.resolve(field.get(b"Kids"))
        if isinstance(children, list):
            waiting.extend((one, kind, value, depth + 1) for one in children)
    return False


def _own_or(structure: Structure, field: dict[bytes, object], kind: object, value: object) -> tuple[object, object]:
    """/FT and /V of a field, or what it inherits."""
    own_kind = structure.resolve(field[b"FT"]) if b"FT" in field else kind
    return own_kind, structure.resolve(field[b"V"]) if b"V" in field else value


def _on_pages(structure: Structure, pages: PageTree) -> bool:
    """Widgets by themselves, with what they inherit from above: some hang in no tree."""
    known: dict[object, tuple[object, object]] = {}
    for annotation in pages.annotations(structure):
        structure.meter.check_time()
        kind, value = _with_parents(structure, annotation, known, 0)
        if is_name(kind, b"Sig") and value is not None:
            return True
    return False


def _with_parents(
    structure: Structure, node: object, known: dict[object, tuple[object, object]], depth: int
) -> tuple[object, object]:
    if isinstance(node, Reference) and node in known:
        return known[node]
    field = structure.resolve(node)
    if not isinstance(field, dict) or depth > _MAX_DEPTH:
        return None, None
    if isinstance(node, Reference):
        known[node] = (None, None)  # should the parents run in a circle
    above = _with_parents(structure, field[b"Parent"], known, depth + 1) if b"Parent" in field else (None, None)
    found = _own_or(structure, field, *above)
    if isinstance(node, Reference):
        known[node] = found
    return found
