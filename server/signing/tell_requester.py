"""Step 6: what the requester sees, in the browser and by the API. One snapshot says everything; nothing depends on having seen the last.

The caller has checked that the asker may see the request. The verification code is part of it: it belongs on the requester's screen.
"""

from dataclasses import dataclass
from typing import Any

from server.clock import Clock
from server.devices.device import DeviceState
from server.errors import NotFound
from server.signing.offer import Offer
from server.signing.ports import SigningStore
from server.signing.sign_request import BEFORE_APPROVAL, FINAL, Item, ItemState, Placement, SignRequest, State

DOCUMENTS_SHOWN = 200


RESULTS: dict[str, tuple[ItemState, ...]] = {
    "all": tuple(ItemState),
    "signed": (ItemState.SIGNED,),
    "refused": (ItemState.REFUSED,),
    "failed": (ItemState.FAILED, ItemState.CANCELLED),
    "waiting": (ItemState.WAITING, ItemState.PREPARED, ItemState.ANSWERED),
}


@dataclass(frozen=True, slots=True)
class SignedFile:
    position: int
    title: str
    sha256: str
    length: int


class TellRequester:
    def __init__(self, store: SigningStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def get(self, request_id: str, relying_party_id: str, user_id: str | None) -> SignRequest:
        """The request, if it is the asker's. Raises ``NotFound(request_unknown)`` in both other cases."""
        with self._store.read() as tx:
            request = tx.requests.get(request_id)
        if (request.relying_party_id, request.user_id) != (relying_party_id, user_id):
            raise NotFound("no such sign request", code="request_unknown")
        return request

    def snapshot(self, request_id: str, documents: int = DOCUMENTS_SHOWN) -> dict[str, Any]:
        """Everything about a request that its page shows; times in milliseconds. Items beyond the first ``documents`` come by page."""
        with self._store.read() as tx:
            request = tx.requests.get(request_id)
            counts = tx.items.counts(request_id)
            items = tx.items.page(request_id, 0, documents)
            offers = {offer.device_id: offer for offer in tx.offers.of_request(request_id)}
            devices = tx.devices.of_subscriber(request.subscriber_id)
        shown = [d for d in devices if d.state is DeviceState.ACTIVE or d.device_id == request.device_id]
        signing = next((d.name for d in devices if d.device_id == request.device_id), None)
        prepared = counts.total - counts[ItemState.WAITING]
        answered = counts[ItemState.ANSWERED] + counts[ItemState.SIGNED]
        code_judged = any(offer.verdict for offer in offers.values())
        return {
            "request_id": request.request_id,
            "state": request.state,
            "version": request.version,
            "end_result": request.end_result,
            "reason": request.reason,
            "continued_by": request.continued_by,
            "requester": request.requested_by,
            "relying_party": request.relying_party_name,
            "subscriber": request.subscriber_name,
            "created_at": int(request.created_at * 1000),
            "approved_at": None if request.approved_at is None else int(request.approved_at * 1000),
            "expires_at": int(request.expires_at * 1000),
            "finished_at": None if request.finished_at is None else int(request.finished_at * 1000),
            "server_time": int(self._clock.now() * 1000),
            "verification_code": self._code(request, code_judged),
            "items_total": request.items_total,
            "items_prepared": prepared,
            "items_sent": prepared if any(offer.pushed_at for offer in offers.values()) else 0,
            "items_answered": answered,
            "items_signed": counts[ItemState.SIGNED],
            "items_refused": counts[ItemState.REFUSED],
            "items_failed": counts[ItemState.FAILED] + counts[ItemState.CANCELLED],
            "items_cancelled": counts[ItemState.CANCELLED],
            "documents": [document_line(item) for item in items],
            "devices": [{"name": d.name, "state": _seen(offers.get(d.device_id))} for d in shown],
            "signing_device": signing,
            "cancellable": request.state in BEFORE_APPROVAL or request.state is State.SIGNING,
            "final": request.state in FINAL,
        }

    @staticmethod
    def _code(request: SignRequest, judged: bool) -> str | None:
        """Shown only while somebody may still have to compare it."""
        if request.state in (State.PREPARING, *FINAL) or judged:
            return None
        return request.verification_code

    def signed_files(self, request_id: str, after: int, count: int) -> list[SignedFile]:
        """The files that this request signed, behind position ``after``; an empty list ends it."""
        with self._store.read() as tx:
            found = tx.items.signed_files(request_id, after, min(count, 1000))
        return [SignedFile(*file) for file in found]

    def results(self, request_id: str, show: str, after: int, count: int) -> list[dict[str, Any]]:
        """One page of the documents behind position ``after``; ``show`` is a key of ``RESULTS``."""
        with self._store.read() as tx:
            return [document_line(item) for item in tx.items.page_in(request_id, RESULTS[show], after, min(count, 500))]

    def documents(self, request_id: str, first: int, count: int) -> list[dict[str, Any]]:
        with self._store.read() as tx:
            return [document_line(item) for item in tx.items.page(request_id, first, min(count, 500))]


def document_line(item: Item) -> dict[str, Any]:
    return {
        "position": item.position,
        "document_id": item.document_id,
        "title": item.title,
        "state": item.state,
        "end_result": item.end_result,
        "reason": item.reason,
        "stamp": _place(item.stamp),
        "stamp_asked": item.placement is not None,
    }


def _place(stamp: Placement | None) -> dict[str, Any] | None:
    return None if stamp is None else {"page": stamp.page, "box": [stamp.x0, stamp.y0, stamp.x1, stamp.y1]}


def _seen(offer: Offer | None) -> str:
    if offer is None or offer.pushed_at is None:
        return "offline"
    return "pushed" if offer.opened_at is None else "opened"
