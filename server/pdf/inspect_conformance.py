"""What an uploaded file's conformance to archive standards means for those who want it signed.

Rules: all that conformance.py can keep is kept, and nothing is told of it. Told is that a stamp ends PDF/UA-1, since its field stands in no
structure tree (ISO 14289-1 7.18.4); and that only of a document that claims to keep it and has what the standard asks of each: many
programs write the claim beside a document without title or tags, which has nothing to lose."""

import pikepdf

from server.pdf.conformance import claims
from server.pdf.inspect_graph import ObjectGraph


def loses_pdfua(pdf: pikepdf.Pdf, graph: ObjectGraph) -> bool:
    """Would a visible signature end the document's PDF/UA-1? Claim (ISO 14289-1 5), title shown (7.1), tags (6.2, 7.1)."""
    catalog = graph.catalog
    metadata = pdf.Root.get("/Metadata")
    if not isinstance(metadata, pikepdf.Stream):
        return False
    try:
        packet = metadata.read_bytes()
    except pikepdf.PdfError:  # damaged data, told elsewhere
        return False
    shown = graph.get(graph.get(catalog, "/ViewerPreferences"), "/DisplayDocTitle") is True and b"title" in packet.replace(b"\0", b"")
    tagged = graph.get(graph.get(catalog, "/MarkInfo"), "/Marked") is True and bool(graph.dictionary(catalog.get("/StructTreeRoot")))
    return claims(packet)[1] == 1 and shown and tagged
