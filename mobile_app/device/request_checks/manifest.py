"""Is this list of items what the envelope's root says (protocol §4.2), and within its counts. Checked before
any document is fetched.

Rules:
* positions run from 0 without gaps; pages come one after another; the item ids differ;
* count, pages and bytes are those of the envelope; every signature algorithm is that of our credential;
* each item is there to be signed: no manifest makes a signature out of a right to view, initial or approve;
* the root over the item records, built here from the fields as read, is the envelope's.
"""

import hmac

from mobile_app.device.request_checks.merkle import MerkleTree
from mobile_app.device.statements import lp
from mobile_app.errors import CheckFailed
from mobile_app.link.manifest_wire import ManifestItem, ManifestPage
from mobile_app.link.server_statements import Envelope

TO_BE_SIGNED = "sign"
_TAG = lp("phoneseal.item.v1")


def item_record(item: ManifestItem) -> bytes:
    """The bytes of one item that go into the tree."""
    return b"".join(
        (
            _TAG,
            lp(item.item_id),
            lp(item.position),
            lp(item.title),
            lp(item.document_code),
            lp(item.processing_right),
            lp(item.pages),
            lp(item.original_length),
            lp(item.original_sha256),
            lp(item.earlier_signatures),
            lp(item.prepared_length),
            lp(item.prepared_sha256),
            lp(" ".join(str(number) for number in item.byte_range)),
            lp(item.signature_algorithm),
            lp(item.signed_attributes),
            lp(",".join(sorted(item.findings))),
        )
    )


class ManifestCheck:
    """Takes the pages in order; ``finish`` gives all items, or raises CheckFailed("manifest_…")."""

    def __init__(self, envelope: Envelope, signature_algorithm: str) -> None:
        self._envelope = envelope
        self._algorithm = signature_algorithm
        self._tree = MerkleTree()
        self._items: list[ManifestItem] = []
        self._ids: set[str] = set()
        self._pages = 0
        self._bytes = 0

    @property
    def next_position(self) -> int:
        return len(self._items)

    @property
    def complete(self) -> bool:
        return len(self._items) == self._envelope.item_count

    def add(self, page: ManifestPage) -> None:
        for item in page.items:
            if item.position != len(self._items):
                raise CheckFailed("manifest_positions_wrong", {"position": item.position})
            if len(self._items) == self._envelope.item_count:
                raise CheckFailed("manifest_counts_wrong", {"what": "item_count"})
            if item.item_id in self._ids:
                raise CheckFailed("manifest_items_wrong", {"what": "item_id", "position": item.position})
            if item.signature_algorithm != self._algorithm:
                raise CheckFailed("manifest_algorithm_wrong", {"position": item.position})
            if item.processing_right != TO_BE_SIGNED:
                raise CheckFailed("manifest_items_wrong", {"what": "processing_right", "position": item.position})
            if item.original_length >= item.prepared_length:
                raise CheckFailed("manifest_items_wrong", {"what": "length", "position": item.position})
            self._ids.add(item.item_id)
            self._pages += item.pages
            self._bytes += item.prepared_length
            if self._pages > self._envelope.total_pages or self._bytes > self._envelope.total_bytes:
                raise CheckFailed("manifest_counts_wrong", {"what": "pages_or_bytes"})
            self._tree.append(item_record(item))
            self._items.append(item)
        expected = None if self.complete else len(self._items)
        if page.next_position != expected:
            raise CheckFailed("manifest_positions_wrong", {"next": page.next_position})

    def finish(self) -> list[ManifestItem]:
        if not self.complete:
            raise CheckFailed("manifest_counts_wrong", {"what": "item_count"})
        if self._pages != self._envelope.total_pages:
            raise CheckFailed("manifest_counts_wrong", {"what": "total_pages"})
        if self._bytes != self._envelope.total_bytes:
            raise CheckFailed("manifest_counts_wrong", {"what": "total_bytes"})
        if not hmac.compare_digest(self._tree.root().hex(), self._envelope.manifest_root):
            raise CheckFailed("manifest_root_wrong")
        return self._items
