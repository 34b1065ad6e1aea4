"""What a phone may fetch before it approves: the manifest of its own offer, and the prepared bytes of its items.

Rules: the offer must be this phone's and not withdrawn; the request must be open; an item is named by request and id, never by digest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from server.errors import BadInput, Conflict, NotFound
from server.signing.manifest import ManifestBuilder
from server.signing.ports import Blobs, SigningStore, SigningTransaction
from server.signing.sign_request import WAITS_FOR_APPROVAL, State

MANIFEST_PAGE = 500
BUNDLE_ITEMS = 50
BUNDLE_BYTES = 2 * 1024 * 1024
FETCHABLE = WAITS_FOR_APPROVAL | {State.SIGNING}


@dataclass(frozen=True, slots=True)
class BundlePart:
    """One document of a bundle: where its bytes are, and how many."""

    position: int
    path: Path
    length: int


class FetchDocuments:
    def __init__(self, store: SigningStore, blobs: Blobs) -> None:
        self._store = store
        self._blobs = blobs

    @staticmethod
    def _check(tx: SigningTransaction, request_id: str, device_id: str) -> str:
        """The credential of the phone's offer. Raises ``NotFound(request_unknown)``, ``Conflict(request_over)``."""
        offer = tx.offers.get(request_id, device_id)
        request = tx.requests.get(request_id)
        if offer.withdrawn or request.state not in FETCHABLE:
            raise Conflict("the request is over", code="request_over")
        if request.state is State.SIGNING and request.device_id != device_id:
            raise Conflict("another phone answered", code="request_over")
        return offer.credential_id

    def manifest(self, request_id: str, device_id: str, first: int, count: int) -> dict[str, Any]:
        """One page of items, and the position to go on from. Raises ``BadInput(count_invalid)``."""
        if not 1 <= count <= MANIFEST_PAGE or first < 0:
            raise BadInput("count", code="count_invalid", details={"limit": MANIFEST_PAGE})
        with self._store.read() as tx:
            credential = tx.devices.credential(self._check(tx, request_id, device_id))
            found = tx.items.page(request_id, first, count + 1)
        builder = ManifestBuilder(credential)
        items = [builder.wire(item) for item in found[:count] if item.prepared_sha256 is not None]
        more = any(item.prepared_sha256 is not None for item in found[count:])
        return {"items": items, "next": found[count].position if more else None}

    def bundle(self, request_id: str, device_id: str, first: int, count: int) -> Sequence[BundlePart]:
        """Documents from ``first`` on: at most 50 and about 2 MiB, at least one. Raises ``NotFound(item_unknown)`` when there is none."""
        if not 1 <= count <= BUNDLE_ITEMS or first < 0:
            raise BadInput("count", code="count_invalid", details={"limit": BUNDLE_ITEMS})
        with self._store.read() as tx:
            self._check(tx, request_id, device_id)
            items = tx.items.page(request_id, first, count)
        parts: list[BundlePart] = []
        size = 0
        for item in items:
            if item.prepared_sha256 is None:
                continue
            if parts and size + item.prepared_length > BUNDLE_BYTES:
                break
            size += item.prepared_length
            path = self._blobs.path(f"prepared/{request_id}", item.prepared_sha256)
            parts.append(BundlePart(item.position, path, item.prepared_length))
        if not parts:
            raise NotFound("no such item", code="item_unknown")
        return parts

    def document(self, request_id: str, device_id: str, item_id: str) -> Path:
        """The prepared bytes of one item. Raises ``NotFound(item_unknown)``."""
        with self._store.read() as tx:
            self._check(tx, request_id, device_id)
            item = tx.items.by_id(request_id, item_id)
        if item.prepared_sha256 is None:
            raise NotFound("no such item", code="item_unknown")
        return self._blobs.path(f"prepared/{request_id}", item.prepared_sha256)
