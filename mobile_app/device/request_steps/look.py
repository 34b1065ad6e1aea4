"""Step 1: tell the server that the request is open, fetch everything, check everything, lay it before the
person."""

from collections.abc import Callable, Sequence

from mobile_app.crash_points import crash_point
from mobile_app.device.interaction import DocumentView, PendingRequest, Progress, Step
from mobile_app.device.request_book import pending_request
from mobile_app.device.request_checks.document_store import DocumentStore
from mobile_app.device.request_checks.documents import check_documents, fetch_manifest
from mobile_app.device.request_steps.walk_state import Walk
from mobile_app.link import wire
from mobile_app.link.manifest_wire import ManifestItem
from mobile_app.link.server_statements import Envelope


class CheckedRequest:
    """See ``interaction.RequestView``."""

    def __init__(
        self,
        pending: PendingRequest,
        documents: Sequence[DocumentView],
        codes: tuple[str, str, str],
        store: DocumentStore,
        server_now: Callable[[], int],
    ) -> None:
        self.pending = pending
        self.documents = documents
        self.verification_codes = codes
        self._store = store
        self._server_now = server_now

    def seconds_left(self) -> float:
        return max(0.0, (self.pending.expires_at - self._server_now()) / 1000)

    def open_document(self, position: int) -> bytes:
        return self._store.read(position)


def tell_opened(walk: Walk) -> None:
    message = {
        "request_id": walk.request.request_id,
        "envelope_sha256": walk.request.envelope_sha256,
    }
    wire.read_opened_answer(walk.session.call("opened", message, walk.attention))
    crash_point("request.opened.sent")


def look(walk: Walk, envelope: Envelope, store: DocumentStore) -> tuple[list[ManifestItem], CheckedRequest]:
    """Fetch and check everything; what the person will see."""

    def show(done: int) -> None:
        walk.interaction.show_progress(Progress(walk.request.request_id, Step.CHECKING, done, envelope.item_count))

    show(0)
    items = fetch_manifest(walk.session, envelope, walk.identity.signature_algorithm, walk.attention)
    checked = check_documents(walk.session, envelope, items, walk.identity, store, walk.attention, show)
    documents = [
        DocumentView(
            position=item.position,
            title=item.title,
            document_code=item.document_code,
            processing_right=item.processing_right,
            pages=item.pages,
            prepared_length=item.prepared_length,
            earlier_signatures=item.earlier_signatures,
            findings=tuple(sorted({*item.findings, *seen.findings})),
            original_length=item.original_length,
            stamp=seen.stamp,
            annotations=seen.annotations,
        )
        for item, seen in zip(items, checked, strict=True)
    ]
    return items, CheckedRequest(
        pending_request(walk.request), documents, envelope.verification_codes, store, walk.session.server_now
    )
