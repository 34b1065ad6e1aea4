"""Asking again for what a finished request left unsigned: its failed and cancelled items, not what the person refused.

The retry is a request like any other, with every check and a code and approval of its own; each signature keeps its place.
"""

from server.errors import Conflict
from server.signing.ports import SigningStore
from server.signing.queue_request import NewRequest, QueueRequest, WantedSignature
from server.signing.sign_request import FINAL, ItemState, SignRequest

RETRIED = (ItemState.FAILED, ItemState.CANCELLED)


class RetryRequest:
    def __init__(self, store: SigningStore, queue: QueueRequest) -> None:
        self._store = store
        self._queue = queue

    def __call__(self, request_id: str) -> SignRequest:
        """Queues the new request. The caller has checked that the asker may. A document that was signed or asked for again meanwhile is
        left out. Raises ``Conflict`` (request_not_over, nothing_to_retry) and what queueing raises."""
        with self._store.read() as tx:
            old = tx.requests.get(request_id)
            if old.state not in FINAL:
                raise Conflict("the request is still open", code="request_not_over")
            items = [item for item in tx.items.each(request_id) if item.state in RETRIED]
            documents = {d.document_id: d for d in tx.documents.many([item.document_id for item in items])}
        wanted = [
            WantedSignature(item.document_id, item.placement)
            for item in items
            if (document := documents.get(item.document_id)) is not None
            and document.last_request_id == request_id
            and not document.in_request
        ]
        if not wanted:
            raise Conflict("nothing is left to sign", code="nothing_to_retry")
        return self._queue(
            NewRequest(
                relying_party_id=old.relying_party_id,
                user_id=old.user_id,
                requested_by=old.requested_by,
                subscriber_id=old.subscriber_id,
                documents=wanted,
            )
        )
