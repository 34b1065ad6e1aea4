"""A document's bytes are judged: what they hold, or why they can't be signed; and the bytes that are taken instead of them.

Rules: judged once, at upload, and again only when another checker did it (an older version of the product); the look at hostile bytes is
the inspector's, in its own process; a rewritten file is durable before anybody speaks of it.
"""

import hashlib
from dataclasses import replace
from pathlib import Path

from server.documents.document import Document, DocumentState
from server.documents.ports import DocumentBlobs, DocumentInspector


class JudgeDocument:
    def __init__(self, blobs: DocumentBlobs, inspector: DocumentInspector) -> None:
        self._blobs = blobs
        self._inspector = inspector

    @property
    def version(self) -> str:
        """Of the checker that judges now."""
        return self._inspector.version

    def __call__(self, document: Document) -> Document:
        """The document READY, with what was found in the bytes as they stand now. Raises ``PhoneSealError`` (``pdf_…``)."""
        source = self._blobs.path("documents", document.current_sha256)
        target = self._blobs.incoming()
        try:
            found = self._inspector.inspect(source, target)
            current = (document.current_sha256, document.current_length)
            if found.repaired is not None:
                current = file_digest(found.repaired)
                self._blobs.adopt("documents", found.repaired, current[0])
        finally:
            target.unlink(missing_ok=True)
        return replace(
            document,
            state=DocumentState.READY,
            current_sha256=current[0],
            current_length=current[1],
            pages=found.pages,
            page_boxes=found.page_boxes,
            earlier_signatures=found.earlier_signatures,
            findings=found.findings,
            repairs=tuple(dict.fromkeys((*document.repairs, *found.repairs))),
            checked_by=self.version,
            stamp_places=found.stamp_places,
        )


def file_digest(path: Path) -> tuple[str, int]:
    """SHA-256 (hex) and length, read in pieces."""
    digest, length = hashlib.sha256(), 0
    with path.open("rb") as source:
        while piece := source.read(1 << 20):
            digest.update(piece)
            length += len(piece)
    return digest.hexdigest(), length
