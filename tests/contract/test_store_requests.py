"""Requests, items and offers: what is stored comes back, each value is taken once, lists come by index order."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from server.devices.device import Device
from server.documents.document import Document
from server.errors import Conflict, NotFound
from server.signing.sign_request import Item, ItemState, Placement, SignRequest, State
from server.storage.store import Store, Tables
from tests.contract import entities
from tests.contract.entities import NOW

Add = Callable[..., SignRequest]


def read_items(store: Store, request: SignRequest) -> list[Item]:
    with store.read() as tx:
        return list(tx.items.each(request.request_id))


def prepared(store: Store, request: SignRequest) -> list[Item]:
    made = [
        replace(
            item, state=ItemState.PREPARED, prepared_sha256=f"{item.position:064x}", prepared_length=9,
            byte_range=(0, 1, 5, 4), field_name="S", digest_sha256=b"2" * 32, digest_sha384=b"3" * 48,
        )
        for item in read_items(store, request)
    ]  # fmt: skip
    with store.write() as tx:
        assert tx.items.set_prepared(made) == len(made)
    return made


def found(tx: Tables, documents: list[Document]) -> list[Document]:
    return tx.documents.many([document.document_id for document in documents])


def test_a_request_comes_back_as_it_was(store: Store, add_request: Add) -> None:
    request = add_request(2, user_id="usr_1", idempotency_key="k", idempotency_sha256="d")
    with store.read() as tx:
        assert tx.requests.get(request.request_id) == request
        assert tx.requests.by_idempotency_key(request.relying_party_id, "k") == request
        assert tx.requests.by_idempotency_key(request.relying_party_id, "other") is None
        assert tx.requests.find("sr_none") is None
        with pytest.raises(NotFound) as caught:
            tx.requests.get("sr_none")
    assert caught.value.code == "request_unknown"


def test_a_move_stores_its_changes(store: Store, add_request: Add) -> None:
    request = add_request()
    with store.write() as tx:
        moved = tx.requests.move(request, State.FAILED, end_result="server_error", reason="x", finished_at=NOW + 1)
        tx.requests.set_audit_sequence(request.request_id, 12)
    with store.read() as tx:
        assert tx.requests.get(request.request_id) == replace(moved, audit_sequence=12)


def test_an_idempotency_key_serves_once_per_party(store: Store, add_request: Add) -> None:
    add_request(idempotency_key="k")
    with pytest.raises(Exception, match="UNIQUE"):
        add_request(idempotency_key="k")
    add_request(idempotency_key=None)
    add_request(idempotency_key=None)


def test_live_requests_oldest_first(store: Store, add_request: Add) -> None:
    first, second, ended = add_request(), add_request(), add_request()
    with store.write() as tx:
        tx.requests.move(ended, State.CANCELLED)
    with store.read() as tx:
        assert tx.requests.live(first.subscriber_id) == [first, second]
        assert tx.requests.live(first.subscriber_id, first.relying_party_id) == [first, second]
        assert tx.requests.live(first.subscriber_id, "rp_other") == []
        assert tx.requests.live("sub_other") == []


def test_refusals_newest_first(store: Store, add_request: Add) -> None:
    ended = [NOW + 1, NOW + 3, NOW + 2]
    by_nobody = [(NOW + 4, "document_mismatch"), (NOW + 5, "device_error")]
    by_a_person = list(zip(ended, ("user_refused", "user_refused", "wrong_verification_code"), strict=True))
    for at, end_result in by_a_person + by_nobody:
        request = add_request()
        with store.write() as tx:
            queued = tx.requests.move(request, State.QUEUED)
            tx.requests.move(queued, State.REFUSED, finished_at=at, end_result=end_result)
    with store.read() as tx:
        found = tx.requests.refused_since(request.subscriber_id, request.relying_party_id, NOW + 1)
        assert found == [NOW + 3, NOW + 2]
        assert tx.requests.refused_since(request.subscriber_id, "rp_other", NOW) == []


def test_overdue_by_the_deadline_that_counts(store: Store, add_request: Add) -> None:
    early, late, signing, fresh = (
        add_request(expires_at=NOW + 10),
        add_request(expires_at=NOW + 20),
        add_request(expires_at=NOW + 10),
        add_request(expires_at=NOW + 10),
    )
    with store.write() as tx:
        queued = tx.requests.move(signing, State.QUEUED)
        tx.requests.move(queued, State.SIGNING, sign_by=NOW + 3600)
        tx.requests.move(fresh, State.CANCELLED)
    with store.read() as tx:
        assert [r.request_id for r in tx.requests.overdue(NOW + 9)] == []
        assert [r.request_id for r in tx.requests.overdue(NOW + 10)] == [early.request_id]
        found = {r.request_id for r in tx.requests.overdue(NOW + 3600)}
        assert found == {early.request_id, late.request_id, signing.request_id}
        assert len(tx.requests.overdue(NOW + 3600, limit=2)) == 2


def test_pages_go_by_key(store: Store, add_request: Add) -> None:
    made = [add_request() for _ in range(5)]
    party = made[0].relying_party_id
    with store.read() as tx:
        first = tx.requests.page_of_party(party, None, 2)
        second = tx.requests.page_of_party(party, first[-1].request_id, 2)
        third = tx.requests.page_of_party(party, second[-1].request_id, 2)
    assert [*first, *second, *third] == made[::-1]


def test_items_come_back_in_order(store: Store, add_request: Add, party, subscriber) -> None:  # type: ignore[no-untyped-def]
    request = entities.request(party, subscriber, items_total=3)
    documents = [
        entities.document(
            party.relying_party_id, title=f"Hợp đồng “{n}”", document_code=f"HD-{n}", pages=n + 1, current_length=n + 7,
            earlier_signatures=n, findings=("layers",) * n,
        )
        for n in range(3)
    ]  # fmt: skip
    added = entities.chosen(documents, Placement(1, 2.5, 3.0, 104.25, 60.0))
    added[1] = replace(added[1], placement=None)
    made = entities.items(request, documents, added)
    with store.write() as tx:
        for document in documents[::-1]:
            tx.documents.add(document)
        tx.requests.add(request, added)
        assert all(one.in_request and one.last_request_id == request.request_id for one in found(tx, documents))
    with store.read() as tx:
        assert list(tx.items.each(request.request_id)) == made
        assert tx.items.page(request.request_id, 1, 1) == made[1:2]
        assert tx.items.at(request.request_id, [2, 0, 7]) == [made[0], made[2]]
        assert tx.items.by_id(request.request_id, made[1].item_id) == made[1]
        for of, item_id in ((request.request_id, "it_none"), ("sr_other", made[1].item_id)):
            with pytest.raises(NotFound):
                tx.items.by_id(of, item_id)


def test_each_step_of_an_item_happens_once(store: Store, add_request: Add) -> None:
    request = add_request(2)
    made = prepared(store, request)
    assert read_items(store, request) == made
    with store.write() as tx:
        assert tx.items.set_prepared(made) == 0, "prepared once"
        assert tx.items.set_answered(request.request_id, [(0, b"first"), (9, b"nobody")]) == 1
        assert tx.items.set_answered(request.request_id, [(0, b"second")]) == 0, "the first value is kept"
        assert tx.items.set_signed(request.request_id, [(0, "aa", 5), (1, "bb", 5)]) == 1, "signed only when answered"
        assert tx.items.set_signed(request.request_id, [(0, "cc", 5)]) == 0, "one signed file"
    first, second = read_items(store, request)
    assert (first.state, first.signature_value, first.signed_sha256, first.end_result) == (
        "SIGNED",
        b"first",
        "aa",
        "ok",
    )
    assert (second.state, second.signature_value) == ("PREPARED", None)


def test_ending_items_spares_what_is_done(store: Store, add_request: Add) -> None:
    request = add_request(3)
    prepared(store, request)
    with store.write() as tx:
        tx.items.set_answered(request.request_id, [(0, b"x")])
        open_ones = (ItemState.PREPARED,)
        assert (
            tx.items.end(
                request.request_id, ItemState.REFUSED, "user_refused", old=open_ones, positions=(1, 0), reason="a"
            )
            == 1
        )
        assert tx.items.end(request.request_id, ItemState.CANCELLED, "cancelled", old=open_ones) == 1
        assert tx.items.end(request.request_id, ItemState.FAILED, "timeout", old=open_ones) == 0
        counts = tx.items.counts(request.request_id)
        assert tx.items.any_in(request.request_id, (ItemState.WAITING, ItemState.REFUSED))
        assert not tx.items.any_in(request.request_id, (ItemState.WAITING, ItemState.PREPARED))
        assert not tx.items.any_in("sr_other", tuple(ItemState))
        found = [tx.items.number_in(request.request_id, s) for s in (ItemState.ANSWERED, ItemState.PREPARED)]
        assert found == [1, 0]
    assert [item.state for item in read_items(store, request)] == ["ANSWERED", "REFUSED", "CANCELLED"]
    assert (counts.total, counts[ItemState.REFUSED], counts[ItemState.FAILED]) == (3, 1, 0)


def test_missing_values_as_ranges(store: Store, add_request: Add) -> None:
    request = add_request(7)
    prepared(store, request)
    with store.write() as tx:
        tx.items.set_answered(request.request_id, [(0, b"x"), (3, b"x")])
        assert tx.items.missing(request.request_id) == [(1, 2), (4, 6)]
        tx.items.set_answered(request.request_id, [(n, b"x") for n in range(7)])
        assert tx.items.missing(request.request_id) == []


def test_prepared_items_come_first(store: Store, add_request: Add) -> None:
    request = add_request(6)
    before = prepared(store, request)
    with store.write() as tx:
        tx.items.end(
            request.request_id, ItemState.FAILED, "server_error", old=(ItemState.PREPARED,), positions=(0, 2, 3)
        )
        tx.items.put_prepared_first(request.request_id)
    after = read_items(store, request)
    assert [item.position for item in after] == list(range(6))
    assert [item.item_id for item in after] == [before[n].item_id for n in (1, 4, 5, 0, 2, 3)]
    with store.write() as tx:
        tx.items.put_prepared_first(request.request_id)
    assert read_items(store, request) == after


def test_a_document_lives_in_one_request_at_a_time(store: Store, party, subscriber) -> None:  # type: ignore[no-untyped-def]
    document = entities.document(party.relying_party_id)
    first, second = entities.request(party, subscriber), entities.request(party, subscriber)
    with store.write() as tx:
        tx.documents.add(document)
        tx.requests.add(first, entities.chosen([document]))
    with pytest.raises(Conflict) as caught, store.write() as tx:
        tx.requests.add(second, entities.chosen([document]))
    assert caught.value.code == "document_in_use"
    with store.write() as tx:
        assert tx.requests.find(second.request_id) is None, "rolled back as a whole"
        live = tx.items.live_of_document(document.document_id)
        assert live is not None
        assert live.request_id == first.request_id
        tx.requests.move(first, State.CANCELLED)
        assert tx.items.live_of_document(document.document_id) is None
        tx.requests.add(second, entities.chosen([document]))


def test_no_request_over_a_document_that_is_not_there(store: Store, party, subscriber) -> None:  # type: ignore[no-untyped-def]
    document, lost = entities.document(party.relying_party_id), entities.document(party.relying_party_id)
    request = entities.request(party, subscriber)
    with store.write() as tx:
        tx.documents.add(document)
    with pytest.raises(NotFound), store.write() as tx:
        tx.requests.add(request, entities.chosen([document, lost]))
    with store.read() as tx:
        assert tx.requests.find(request.request_id) is None, "rolled back as a whole"


def test_offers(store: Store, add_request: Add, device: Device) -> None:
    request = add_request()
    other = entities.device(device.subscriber_id)
    made = [entities.offer(request, device), entities.offer(request, other)]
    with store.write() as tx:
        tx.devices.add(other)
        for offer in reversed(made):
            tx.offers.add(offer)
        assert tx.offers.of_request(request.request_id) == made
        assert tx.offers.get(request.request_id, device.device_id) == made[0]
        with pytest.raises(NotFound):
            tx.offers.get(request.request_id, "dev_none")
        for mark in (tx.offers.set_pushed, tx.offers.set_opened):
            assert mark(request.request_id, device.device_id, NOW) is True
            assert mark(request.request_id, device.device_id, NOW + 1) is False, "the first time stands"
        assert tx.offers.withdraw(request.request_id, other.device_id, "expired") is True
        assert tx.offers.withdraw(request.request_id, other.device_id, "cancelled") is False, "told once"
        tx.offers.set_verdict(request.request_id, device.device_id, "choice", "right", NOW + 2)
        tx.offers.set_approval(request.request_id, device.device_id, "approval")
    with store.read() as tx:
        assert tx.offers.get(request.request_id, device.device_id) == replace(
            made[0], pushed_at=NOW, opened_at=NOW, choice_sha256="choice", verdict="right", verdict_at=NOW + 2,
            approval_sha256="approval",
        )  # fmt: skip
        assert tx.offers.get(request.request_id, other.device_id).withdrawn == "expired"
