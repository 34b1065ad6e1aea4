"""What is shown comes from these bytes alone.

Rules: no form XObject is drawn from another file (ISO 32000-2, 8.10.4); that no stream keeps its data in one is a rule of
the grammar. The server refuses these at upload; the phone does not take its word for it.
"""

from mobile_app.device.document_checks.document import PreparedDocument, refuse


def check_external_streams(document: PreparedDocument) -> None:
    """No stream of the original refers to a page of another file: what it shows would not be in the signed bytes.
    (The increment's keys are all known.)"""
    for offset, reference in document.bodies.other_files:
        if document.dictionary_before(reference).get("F") is not None:
            refuse("doc_external_stream", "reference", offset=offset)
