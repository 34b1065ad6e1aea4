"""Asking again for what a finished request left unsigned: its failed and cancelled items, not what the person refused.

The retry is a request like any other, with every check and a code and approval of its own; each signature keeps its place. Pressed twice,
or in two browsers, it is asked once: the second press leads to the request that the first one made.
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
        """The new request, queued, or the open one that was made for all of them before. The caller has checked that the asker may.

        A document that was signed meanwhile, or is in an open request, is left out. Raises ``Conflict`` (request_not_over,
        nothing_to_retry) and what queueing raises."""
        old, wanted, asked = self._look(request_id)
        if wanted:
            try:
                return self._queue(
                    NewRequest(
                        relying_party_id=old.relying_party_id,
                        user_id=old.user_id,
                        requested_by=old.requested_by,
                        subscriber_id=old.subscriber_id,
                        documents=wanted,
                    )
                )
            except Conflict as error:
                if error.code != "document_in_use":
                    raise
                old, wanted, asked = self._look(request_id)  # another press was faster
                if wanted:
                    raise
        if asked is None:
            raise Conflict("nothing is left to sign", code="nothing_to_retry")
        return asked

    def _look(self, request_id: str) -> tuple[SignRequest, list[WantedSignature], SignRequest | None]:
        """The finished request, what it left unsigned, and the one open request in which all that is by now. Raises ``Conflict``."""
        with self._store.read() as tx:
            old = tx.requests.get(request_id)
            if old.state not in FINAL:
                raise Conflict("the request is still open", code="request_not_over")
            items = [item for item in tx.items.each(request_id) if item.state in RETRIED]
            documents = {d.document_id: d for d in tx.documents.many([item.document_id for item in items])}
            later = {d.last_request_id for d in documents.values() if d.in_request and d.last_request_id}
            asked = tx.requests.find(later.pop()) if len(later) == 1 else None
        wanted = [
            WantedSignature(item.document_id, item.placement)
            for item in items
            if (document := documents.get(item.document_id)) is not None
            and not document.in_request
            and (document.signed_at is None or document.signed_at <= old.created_at)
        ]
        return old, wanted, asked
