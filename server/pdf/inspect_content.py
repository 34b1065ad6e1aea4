"""What in a PDF must not be signed at all, and what the person must be told of.

Refused (design section 5.5), wherever it stands in the file: XFA forms, streams whose data lies outside the
file, actions that start a program, scripts that run without a click (but for the helpers of fields, field_helpers.py).
All of these can show something else tomorrow than the person sees today. Told: content that viewers may show
differently, that can be changed after signing, or that lies in the file but not on the page.

ISO 32000-2: actions 12.6, triggers 12.6.3, name dictionary 7.7.4, forms 12.7, external streams 7.3.8.2,
reference XObjects 8.10.4.
"""

from collections.abc import Iterator

from server.errors import Unprocessable
from server.pdf.field_helpers import HELPER_TRIGGERS, is_field_helper
from server.pdf.inspect_graph import Dictionary, ObjectGraph, Value, is_reference, number
from server.pdf.inspect_pages import Pages

REFUSAL_ORDER = ("pdf_xfa", "pdf_external_stream", "pdf_launch_action", "pdf_javascript")

_READ_ONLY, _PUSH_BUTTON = 1, 1 << 16
_HIDDEN, _PRINT, _NO_VIEW = 1 << 1, 1 << 2, 1 << 5
_OUTWARD = {"/URI", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE"}
_MEDIA = {"/Screen", "/Movie", "/Sound", "/3D", "/RichMedia"}
_BESIDE_TEXT = {"/Link", "/Widget", "/Popup", *_MEDIA, None}


def refusals(graph: ObjectGraph) -> list[str]:
    """Codes of everything that must be refused, the gravest first."""
    found = set()
    for reference, dictionary in graph.dictionaries():
        if "/XFA" in dictionary and "/Fields" in dictionary:
            found.add("pdf_xfa")
        if "/AcroForm" in dictionary and graph.get(graph.get(dictionary, "/AcroForm"), "/XFA") is not None:
            found.add("pdf_xfa")
        if "/S" in dictionary and graph.get(dictionary, "/S") == "/Launch":
            found.add("pdf_launch_action")
        if reference in graph.streams and graph.objects[reference] is dictionary:
            if graph.get(dictionary, "/F") is not None:
                found.add("pdf_external_stream")
            if graph.get(graph.get(dictionary, "/Ref"), "/F") is not None:
                found.add("pdf_external_stream")
    if graph.catalog.get("/NeedsRendering") is True:
        found.add("pdf_xfa")
    if any(_is_script(graph, action) for action in _automatic_actions(graph)):
        found.add("pdf_javascript")
    return [code for code in REFUSAL_ORDER if code in found]


def findings(graph: ObjectGraph, pages: Pages) -> set[str]:
    """Codes of ``FINDING_TEXTS`` for what the structure alone tells; what pages draw adds to it (content/drawn_findings.py)."""
    found = set()
    if graph.encrypted:
        found.add("encrypted")
    catalog = graph.catalog
    if graph.array(graph.get(graph.get(catalog, "/OCProperties"), "/OCGs")):
        found.add("layers")
    if graph.get(catalog, "/Collection") is not None:
        found.add("attachments")
    if graph.get(graph.get(catalog, "/Perms"), "/UR3") is not None:
        found.add("usage_rights")
    for _, dictionary in graph.dictionaries():
        if "/EF" in dictionary:
            found.add("attachments")
        if "/OC" in dictionary and "/Subtype" in dictionary and graph.dictionary(dictionary["/OC"]):
            found.add("layers")  # of an XObject or an annotation; a resource may be called so too
        if "/Alternates" in dictionary:
            found.add("alternate_images")
        if "/S" in dictionary and _is_script(graph, dictionary):
            found.add("field_scripts" if is_field_helper(graph, dictionary) else "javascript_on_click")
    if any(graph.get(action, "/S") in _OUTWARD for action in _automatic_actions(graph)):
        found.add("automatic_actions")
    found |= _annotation_findings(graph, pages)
    found |= _field_findings(graph, pages)
    return found


def fields(graph: ObjectGraph, pages: Pages) -> Iterator[tuple[Dictionary, Dictionary]]:
    """Form fields without child fields, each with its inherited attributes; widgets that stand on a page but
    in no field tree included. Raises ``pdf_circular`` for a tree that runs in a circle.
    """
    seen: set[int] = set()
    form = graph.dictionary(graph.catalog.get("/AcroForm"))
    roots = graph.array(form.get("/Fields"))
    waiting: list[tuple[Value, Dictionary, tuple[str, ...]]] = [(field, {}, ()) for field in roots]
    while waiting:
        value, inherited, path = waiting.pop()
        if is_reference(value):
            if value in path:
                raise Unprocessable("the field tree runs in a circle", code="pdf_circular")
            path = (*path, value)
        field = graph.dictionary(value)
        if id(field) in seen or not field or len(path) > 100:
            continue
        seen.add(id(field))
        own: Dictionary = {key: field[key] for key in ("/FT", "/Ff", "/V", "/Lock") if key in field}
        attributes = inherited | own
        kids = graph.array(field.get("/Kids"))
        if any("/T" in graph.dictionary(kid) for kid in kids):
            waiting.extend((kid, attributes, path) for kid in kids)
        else:
            seen.update(id(graph.dictionary(kid)) for kid in kids)
            _refuse_own_kid(kids, path)
            yield field, attributes
    for annotation in _annotations(graph, pages):
        if "/FT" in annotation and id(annotation) not in seen:
            yield annotation, annotation


def _refuse_own_kid(kids: list[Value], path: tuple[str, ...]) -> None:
    if any(kid in path for kid in kids if is_reference(kid)):
        raise Unprocessable("the field tree runs in a circle", code="pdf_circular")


def _automatic_actions(graph: ObjectGraph) -> Iterator[Dictionary]:
    """Every action that runs without a click, with all that follow it through ``/Next``; not the helpers of fields."""
    waiting: list[Value] = []
    for _, dictionary in graph.dictionaries():
        if "/OpenAction" in dictionary:
            waiting.append(dictionary["/OpenAction"])
        if "/AA" in dictionary:
            triggers = graph.dictionary(dictionary["/AA"])
            waiting.extend(
                action
                for trigger, action in triggers.items()
                if trigger not in HELPER_TRIGGERS or not is_field_helper(graph, graph.dictionary(action))
            )
        if "/JavaScript" in dictionary:
            waiting.append(_named(graph, dictionary["/JavaScript"]))
    seen: set[int] = set()
    while waiting:
        action = graph.resolve(waiting.pop())
        if isinstance(action, list):
            waiting.extend(action)
        elif isinstance(action, dict) and id(action) not in seen:
            seen.add(id(action))
            yield action
            waiting.append(action.get("/Next"))


def _named(graph: ObjectGraph, tree: Value) -> list[Value]:
    """All values of a name tree (7.9.6)."""
    out: list[Value] = []
    waiting, seen = [tree], set()
    while waiting:
        node = graph.dictionary(waiting.pop())
        if id(node) in seen:
            continue
        seen.add(id(node))
        out.extend(graph.array(node.get("/Names"))[1::2])
        waiting.extend(graph.array(node.get("/Kids")))
    return out


def _is_script(graph: ObjectGraph, action: Dictionary) -> bool:
    kind = graph.get(action, "/S")
    return kind == "/JavaScript" or (kind == "/Rendition" and "/JS" in action)


def _annotations(graph: ObjectGraph, pages: Pages) -> Iterator[Dictionary]:
    for page in pages.dictionaries:
        for one in graph.array(page.get("/Annots")):
            annotation = graph.dictionary(one)
            if annotation:
                yield annotation


def _annotation_findings(graph: ObjectGraph, pages: Pages) -> set[str]:
    found = set()
    for annotation in _annotations(graph, pages):
        kind = graph.get(annotation, "/Subtype")
        flags = int(number(graph.get(annotation, "/F")) or 0)
        if kind == "/FileAttachment":
            found.add("attachments")
        if kind in _MEDIA:
            found.add("multimedia")
        if kind in _BESIDE_TEXT:
            continue
        found.add("hidden_annotations" if flags & (_HIDDEN | _NO_VIEW) else "annotations_over_text")
    return found


def _field_findings(graph: ObjectGraph, pages: Pages) -> set[str]:
    found = set()
    for _, attributes in fields(graph, pages):
        kind = graph.get(attributes, "/FT")
        flags = int(number(graph.get(attributes, "/Ff")) or 0)
        if kind == "/Sig" and not graph.dictionary(attributes.get("/V")):
            found.add("empty_signature_fields")
        if kind in ("/Tx", "/Ch", "/Btn") and not flags & _READ_ONLY and not (kind == "/Btn" and flags & _PUSH_BUTTON):
            found.add("unlocked_fields")
    return found
