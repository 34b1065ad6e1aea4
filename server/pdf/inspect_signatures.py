"""Signatures that an uploaded file already carries, and what they allow.

A file counts as signed when any dictionary looks like a signature (``/ByteRange`` beside ``/Contents``), also
one that no field names: such a file is never rebuilt. A certification that allows no change at all (ISO
32000-2, 12.8.2.2: DocMDP with ``/P 1``, or a field lock with ``/P 1``) is refused, because one more signature
would break it; so is a lock on all fields, which holds for the field that we would add (12.8.2.4).
"""

from server.errors import Unprocessable
from server.pdf.inspect_content import fields
from server.pdf.inspect_graph import Dictionary, ObjectGraph, Value
from server.pdf.inspect_pages import Pages


def has_signature(graph: ObjectGraph) -> bool:
    """Whether anything in the file looks like a signature."""
    return any(_is_signature(dictionary) for _, dictionary in graph.dictionaries())


def earlier_signatures(graph: ObjectGraph, pages: Pages) -> int:
    """How many signatures and document time-stamps the file's fields hold."""
    seen = set()
    for _, attributes in fields(graph, pages):
        signature = graph.dictionary(attributes.get("/V"))
        if graph.get(attributes, "/FT") == "/Sig" and _is_signature(signature):
            seen.add(id(signature))
    return len(seen)


def refuse_if_certified_against_changes(graph: ObjectGraph, pages: Pages) -> None:
    """Raises ``pdf_certified_no_changes``."""
    for _, dictionary in graph.dictionaries():
        if _is_signature(dictionary) and any(
            _forbids_changes(graph, reference) for reference in graph.array(dictionary.get("/Reference"))
        ):
            raise Unprocessable("certified against changes", code="pdf_certified_no_changes")
    for _, attributes in fields(graph, pages):
        signed = _is_signature(graph.dictionary(attributes.get("/V")))
        if signed and graph.get(graph.get(attributes, "/Lock"), "/P") == 1:
            raise Unprocessable("locked by a signature", code="pdf_certified_no_changes")


def _is_signature(dictionary: Dictionary) -> bool:
    return "/ByteRange" in dictionary and "/Contents" in dictionary


def _forbids_changes(graph: ObjectGraph, reference: Value) -> bool:
    """A signature reference dictionary (12.8.1, table 256): permission 1, or a lock that holds for new
    fields.
    """
    entry = graph.dictionary(reference)
    method = graph.get(entry, "/TransformMethod")
    parameters = graph.get(entry, "/TransformParams")
    locks_new_fields = method == "/FieldMDP" and graph.get(parameters, "/Action") in ("/All", "/Exclude")
    return locks_new_fields or (method in ("/DocMDP", "/FieldMDP") and graph.get(parameters, "/P") == 1)
