"""Reading documents: by whom, and as what. Every access names the document and the asker; a digest is never enough."""

from dataclasses import dataclass
from pathlib import Path

from server.clock import Clock
from server.crash_points import crash_point
from server.documents.document import Document, DocumentState
from server.documents.ports import DocumentBlobs, DocumentInspector, DocumentStore
from server.errors import BadInput, Conflict, NotFound
from server.work import INTERACTIVE, Job, Nudge

PAGE_WIDTHS = (320, 1000)
"""Pixel widths in which page images are made: list thumbnails and the page itself."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: a portal user, or (``user_id`` None) an outside relying party."""

    relying_party_id: str
    user_id: str | None


class ReadDocument:
    def __init__(self, store: DocumentStore, blobs: DocumentBlobs, clock: Clock, nudge: Nudge) -> None:
        self._store = store
        self._blobs = blobs
        self._clock = clock
        self._nudge = nudge

    def get(self, asker: Asker, document_id: str) -> Document:
        """The document, if it is the asker's. Raises ``NotFound(document_unknown)`` in both other cases."""
        with self._store.read() as tx:
            document = tx.documents.find(document_id)
        if document is None or (document.relying_party_id, document.user_id) != (asker.relying_party_id, asker.user_id):
            raise NotFound("no such document", code="document_unknown")
        return document

    def page_of_user(
        self, user_id: str, before: str | None, limit: int, import_batch_id: str | None = None
    ) -> list[Document]:
        """Newest first, by key; of one import batch only, when it is named."""
        with self._store.read() as tx:
            return tx.documents.page_of_user(user_id, before, min(limit, 1000), import_batch_id)

    def live_request(self, document_id: str) -> str | None:
        """The open request that holds the document, if any."""
        with self._store.read() as tx:
            item = tx.items.live_of_document(document_id)
        return item.request_id if item else None

    def file(self, document: Document, *, original: bool = False) -> Path:
        """The bytes as they stand now, or as uploaded. Raises ``Conflict(document_not_ready)``."""
        if document.state is not DocumentState.READY:
            raise not_ready(document)
        sha256 = document.uploaded_sha256 if original else document.current_sha256
        return self._blobs.path("documents", sha256)

    def page_image(self, document: Document, page: int, width: int) -> Path | None:
        """The cached picture of a page, or None after asking a worker to make it; news come under ``page:<name>``."""
        if document.state is not DocumentState.READY:
            raise not_ready(document)
        if not 0 <= page < document.pages:
            raise NotFound("no such page", code="page_unknown")
        if width not in PAGE_WIDTHS:
            raise BadInput("unknown width", code="bad_input", details={"widths": list(PAGE_WIDTHS)})
        name = page_image_name(document.current_sha256, page, width)
        path = self._blobs.page_image(name)
        if path.exists():
            return path
        with self._store.write() as tx:
            body = {"sha256": document.current_sha256, "page": page, "width": width}
            now = self._clock.now()
            tx.jobs.add("render_page", f"page:{name}", body, now=now, priority=INTERACTIVE, unique_key=f"page:{name}")
            crash_point("render.before_commit")
        crash_point("render.after_commit")
        self._nudge.workers()
        return None


def not_ready(document: Document) -> Conflict:
    details = {"document_id": document.document_id, "named": f"“{document.title}”"}
    return Conflict("the document is not ready", code="document_not_ready", details=details)


def page_image_name(sha256: str, page: int, width: int) -> str:
    return f"{sha256}-{page}-{width}.png"


class RenderPage:
    """The worker's part: the picture appears under its final name only when it is whole."""

    def __init__(self, store: DocumentStore, blobs: DocumentBlobs, inspector: DocumentInspector, nudge: Nudge) -> None:
        self._store = store
        self._blobs = blobs
        self._inspector = inspector
        self._nudge = nudge

    def __call__(self, job: Job) -> None:
        sha256, page, width = job.body["sha256"], job.body["page"], job.body["width"]
        target = self._blobs.page_image(page_image_name(sha256, page, width))
        source = self._blobs.path("documents", sha256)
        if not target.exists() and source.exists():
            picture = self._inspector.render(source, page, width)
            temporary = self._blobs.incoming()
            temporary.write_bytes(picture)
            temporary.replace(target)
        with self._store.write() as tx:
            tx.jobs.done(job)
            crash_point("render_again.before_commit")
        crash_point("render_again.after_commit")
        self._nudge.web(job.subject)
