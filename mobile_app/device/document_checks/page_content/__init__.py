"""What the pages say, read by a positive grammar (ISO 32000-2, 7.8): a stream that viewers could draw in two ways is
refused.

Why: the phone shows a page with one program, and the next reader has another one. A string that PDFium cuts, a number
with two signs, an operator with an operand too many: each was drawn differently by two of PDFium, poppler, mupdf and
pdf.js.

Rules: everything that a page draws is read, down to the glyphs of Type 3 fonts and the appearances of annotations (but
for the stamp's, of which ``stamp_content.py`` knows each operator); ``doc_content`` is a breach of the grammar,
``doc_limits`` too much of something; both say on which page.
"""

from mobile_app.device.document_checks.document import PreparedDocument
from mobile_app.device.document_checks.page_content.page_walk import PageWalk
from mobile_app.device.document_checks.page_content.resources import check_knockout
from mobile_app.device.document_checks.page_content.sources import is_stream
from mobile_app.device.document_checks.signature_field import area_of, page_box
from mobile_app.device.document_checks.syntax import Ref, Value
from mobile_app.errors import CheckFailed

__all__ = ["appearances_of", "check_page_content", "resources_of", "streams_of"]

_CODES = ("doc_content", "doc_limits")
_MAX_PARENTS = 64


def check_page_content(document: PreparedDocument) -> None:
    """All that the pages draw is written so that viewers draw it alike, and is not too much."""
    walk = PageWalk(document)
    for number, page in enumerate(document.pages, 1):
        try:
            _check_page(document, walk, page)
        except CheckFailed as refused:
            if refused.code not in _CODES:
                raise
            raise CheckFailed(refused.code, {**refused.details, "page": number}) from None
    if walk.has_optional_content:
        document.active_findings.add("layers")
    if walk.has_dots:
        document.active_findings.add("dots_without_length")


def _check_page(document: PreparedDocument, walk: PageWalk, page: Ref) -> None:
    node = document.dictionary_now(page)
    streams = streams_of(document, page)
    if not streams and document.now(node.get("Contents")) not in (None, []):
        raise CheckFailed("doc_content", {"what": "contents"})
    totals = walk.page(streams, resources_of(document, page), area_of(page_box(document, page)))
    check_knockout(document, node.get("Group"), blends=totals.blends)
    annotations = document.now(node.get("Annots"))
    for annotation in annotations if isinstance(annotations, list) else []:
        if annotation == document.signing.field:
            continue
        for appearance in appearances_of(document, annotation):
            totals.add(walk.appearance(appearance), 1, 0)
    totals.check()


def streams_of(document: PreparedDocument, page: Ref) -> list[Value]:
    """References to the page's content streams, in order."""
    contents = document.dictionary_now(page).get("Contents")
    if is_stream(document, contents):
        return [contents]
    listed = document.now(contents)
    return listed if isinstance(listed, list) else []


def resources_of(document: PreparedDocument, page: Ref) -> Value:
    """The page's resources, which it may have from its parents (7.7.3.4)."""
    node = document.dictionary_now(page)
    for _ in range(_MAX_PARENTS):
        if document.now(node.get("Resources")) is not None or not isinstance(node.get("Parent"), Ref):
            break
        node = document.dictionary_now(node["Parent"])
    return node.get("Resources")


def appearances_of(document: PreparedDocument, annotation: Value) -> list[Value]:
    """Every appearance stream of an annotation, of each kind and state (12.5.5)."""
    found: list[Value] = []
    for value in document.dictionary_now(document.dictionary_now(annotation).get("AP")).values():
        if is_stream(document, value):
            found.append(value)
        else:
            found += [state for state in document.dictionary_now(value).values() if document.now(state) is not None]
    return found
