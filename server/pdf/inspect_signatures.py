"""Signatures that an uploaded file already carries, and what they allow.

A file is signed when a signature field has a value (grammar/signature_fields.py). Where its bytes can't be followed, nobody can tell which
fields it has: then any dictionary that looks like a signature (``/ByteRange`` beside ``/Contents``; not usage rights, which no field
holds) keeps it from being rewritten. A certification that allows no change at all (ISO
32000-2, 12.8.2.2: DocMDP with ``/P 1``, or a field lock with ``/P 1``) is refused, because one more signature
would break it; so is a lock on all fields, which holds for the field that we would add (12.8.2.4).
"""

from contextlib import closing
from pathlib import Path

from server.errors import Unprocessable
from server.pdf.inspect_content import fields
from server.pdf.inspect_graph import Dictionary, ObjectGraph, Value, read_graph, refuse_circles
from server.pdf.inspect_limits import Meter
from server.pdf.inspect_pages import Pages
from server.pdf.rewrite import QPDF_ERRORS, open_with_recovery


def is_signed_when_recovered(path: Path, meter: Meter) -> bool:
    """Whether anything in a file that can't be followed looks like a signature, as qpdf recovers it.

    Raises ``pdf_broken``, ``pdf_password``, ``pdf_circular``.
    """
    with closing(open_with_recovery(path)) as pdf:
        try:
            graph = read_graph(pdf, meter)
        except QPDF_ERRORS as error:
            raise Unprocessable("qpdf can't read its objects", code="pdf_broken") from error
        refuse_circles(graph)
        usage_rights = graph.dictionary(graph.get(graph.get(graph.catalog, "/Perms"), "/UR3"))
        return any(_is_signature(one) and one is not usage_rights for _, one in graph.dictionaries())


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
