"""The manifest's check by itself: each rule with its own code, page by page."""

import hashlib
from dataclasses import replace

import pytest

from mobile_app.device.interaction import Attention
from mobile_app.device.request_checks import documents as document_fetching
from mobile_app.device.request_checks.document_store import DocumentStore
from mobile_app.device.request_checks.manifest import ManifestCheck, item_record
from mobile_app.device.request_checks.merkle import MerkleTree
from mobile_app.errors import CheckFailed
from mobile_app.link.manifest_wire import ManifestItem, ManifestPage
from mobile_app.link.server_statements import Envelope

ALGORITHM = "ecdsa_p256_sha256"


def item(position: int) -> ManifestItem:
    return ManifestItem(
        f"it_0{position:025d}", position, "Hợp đồng", "", "sign", 2, 10, bytes(32), 0, 100, bytes(32), (0, 20, 40, 60),
        ALGORITHM, b"der", (),
    )  # fmt: skip


def envelope(items: list[ManifestItem], **changes: object) -> Envelope:
    tree = MerkleTree()
    for one in items:
        tree.append(item_record(one))
    whole = Envelope(
        "srv", "sr_0", "sub", "dev", "cr", "0" * 64, "rp", "name", "who", tree.root().hex(), len(items),
        2 * len(items), 100 * len(items), 1, 2, ("1111", "2222", "3333"),
    )  # fmt: skip
    return replace(whole, **changes)


def refused(check: ManifestCheck, page: ManifestPage) -> tuple[str, object]:
    with pytest.raises(CheckFailed) as caught:
        check.add(page)
    return caught.value.code, caught.value.details.get("what")


def test_pages_in_order_give_the_items():
    items = [item(position) for position in range(5)]
    check = ManifestCheck(envelope(items), ALGORITHM)
    check.add(ManifestPage(tuple(items[:3]), 3))
    assert (check.next_position, check.complete) == (3, False)
    check.add(ManifestPage(tuple(items[3:]), None))
    assert check.finish() == items


def test_more_items_than_the_envelope_says():
    items = [item(position) for position in range(3)]
    check = ManifestCheck(envelope(items[:2], total_pages=99, total_bytes=9999), ALGORITHM)
    assert refused(check, ManifestPage(tuple(items), None)) == ("manifest_counts_wrong", "item_count")


@pytest.mark.parametrize("name", ["total_pages", "total_bytes"])
def test_more_pages_or_bytes_are_noticed_before_the_last_page(name: str):
    items = [item(position) for position in range(3)]
    check = ManifestCheck(envelope(items, **{name: 3}), ALGORITHM)
    assert refused(check, ManifestPage(tuple(items[:2]), 2)) == ("manifest_counts_wrong", "pages_or_bytes")


def test_a_manifest_that_is_not_complete_is_not_finished():
    items = [item(position) for position in range(3)]
    check = ManifestCheck(envelope(items), ALGORITHM)
    check.add(ManifestPage(tuple(items[:2]), 2))
    with pytest.raises(CheckFailed, match="item_count"):
        check.finish()


class ShortPieces:
    """Answers a range with one byte too few."""

    def get_bytes(self, path, attention, *, max_bytes, byte_range=None):
        return bytes(max_bytes - 1)


def test_a_piece_that_is_too_short(tmp_path):
    big = replace(item(0), prepared_length=1000, prepared_sha256=hashlib.sha256(bytes(1000)).digest())
    store = DocumentStore(tmp_path, 1000)
    with pytest.raises(CheckFailed, match="bundle_malformed"):
        document_fetching._fetch_big(ShortPieces(), envelope([big]), big, store, Attention())
    store.close()
    with pytest.raises(LookupError):
        store.write_at(0, b"x")
