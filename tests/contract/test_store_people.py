"""Subscribers, users, relying parties, phones, pairings, documents and the audit log: what is stored comes back."""

import sqlite3
from dataclasses import replace

import pytest

from server.audit.audit_log import verify_chain
from server.devices.device import Device, DeviceState, PairingState, Recovery
from server.documents.document import DocumentState
from server.errors import Conflict, NotFound, PhoneSealError
from server.relying_parties.relying_party import ApiKey, RelyingParty
from server.signing.credential import CredentialState
from server.statements import Statement
from server.storage.store import Store
from server.subscribers.subscriber import Subscriber
from tests.contract import entities
from tests.contract.entities import NOW


def test_subscribers(store: Store, subscriber: Subscriber) -> None:
    with store.write() as tx:
        assert tx.subscribers.get(subscriber.subscriber_id) == subscriber
        assert tx.subscribers.by_handle(subscriber.handle) == subscriber
        assert tx.subscribers.by_handle("nobody") is None
        with pytest.raises(NotFound):
            tx.subscribers.get("sub_none")
        with pytest.raises(Conflict) as caught:
            tx.subscribers.add(entities.subscriber(handle=subscriber.handle))
    assert caught.value.code == "handle_taken"


def test_users(store: Store, subscriber: Subscriber) -> None:
    user = entities.user(subscriber.subscriber_id)
    with store.write() as tx:
        tx.users.add(user)
        assert tx.users.find(user.user_id) == user
        assert tx.users.by_login(user.login) == user
        assert tx.users.find("usr_none") is None
        with pytest.raises(Conflict) as caught:
            tx.users.add(entities.user(subscriber.subscriber_id, login=user.login))
        tx.users.set_language(user.user_id, "en")
        tx.users.set_password(user.user_id, "new")
        tx.users.end_sessions(user.user_id)
        assert tx.users.find(user.user_id) == replace(user, language="en", password_hash="new", session_epoch=3)
    assert caught.value.code == "login_taken"


def test_relying_parties_and_keys(store: Store, party: RelyingParty) -> None:
    other = entities.party()
    key = ApiKey(entities.fresh("ak"), party.relying_party_id, "digest", ("documents", "sign-requests"), "máy", NOW)
    with store.write() as tx:
        tx.relying_parties.add(other)
        tx.relying_parties.add_key(key)
        assert tx.relying_parties.all() == [party, other]
        assert tx.relying_parties.get(party.relying_party_id) == party
        assert tx.relying_parties.key(key.key_id) == key
        assert tx.relying_parties.keys_of(party.relying_party_id) == [key]
        assert tx.relying_parties.keys_of(other.relying_party_id) == []
        assert tx.relying_parties.revoke_key(key.key_id, NOW + 1) is True
        assert tx.relying_parties.revoke_key(key.key_id, NOW + 2) is False
        assert tx.relying_parties.key(key.key_id) == replace(key, revoked_at=NOW + 1)
        tx.relying_parties.set_state(party.relying_party_id, "SUSPENDED")
        assert tx.relying_parties.get(party.relying_party_id).state == "SUSPENDED"
        with pytest.raises(NotFound):
            tx.relying_parties.get("rp_none")


def test_rows_that_refer_to_nothing_are_refused(store: Store) -> None:
    for add in (
        lambda tx: tx.devices.add(entities.device("sub_none")),
        lambda tx: tx.users.add(entities.user("sub_none")),
        lambda tx: tx.documents.add(entities.document("rp_none")),
        lambda tx: tx.pairings.add(entities.pairing("sub_none")),
    ):
        with pytest.raises((sqlite3.IntegrityError, PhoneSealError)), store.write() as tx:
            add(tx)


# --- phones ----------------------------------------------------------------------------------------------------------------


def test_devices(store: Store, device: Device) -> None:
    second = entities.device(device.subscriber_id)
    with store.write() as tx:
        tx.devices.add(second)
        assert tx.devices.of_subscriber(device.subscriber_id) == [device, second]
        assert tx.devices.find("dev_none") is None
        with pytest.raises(NotFound):
            tx.devices.get("dev_none")
        tx.devices.rename(device.device_id, "Mới")
        tx.devices.seen(device.device_id, NOW + 1)
        tx.devices.set_pin_tries(device.device_id, 3, NOW + 30)
        tx.devices.use_counter(device.device_id, 5)
        for counter in (5, 4):
            with pytest.raises(Conflict):
                tx.devices.use_counter(device.device_id, counter)
        expected = replace(device, name="Mới", last_seen_at=NOW + 1, wrong_pins=3, pin_wait_until=NOW + 30, counter=5)
        assert tx.devices.get(device.device_id) == expected
        assert tx.devices.get(second.device_id) == second


def test_a_pin_change_counts_once_it_is_finished(store: Store, device: Device) -> None:
    first, second = b"1" * 32, b"2" * 32
    with store.write() as tx:
        tx.devices.set_pin_tries(device.device_id, 3, NOW + 30)
        expected = replace(device, wrong_pins=3, pin_wait_until=NOW + 30)
        tx.devices.prepare_pin_change(device.device_id, first, b"S1", b"P1")
        assert tx.devices.get(device.device_id) == expected, "what is prepared does not count"
        tx.devices.prepare_pin_change(device.device_id, second, b"S2", b"P2")
        tx.devices.prepare_pin_change(device.device_id, second, b"again", b"again")
        with pytest.raises(Conflict):
            tx.devices.finish_pin_change(device.device_id, first, NOW)
        assert tx.devices.finish_pin_change(device.device_id, second, NOW)
        expected = replace(expected, sealed_vault_share=b"S2", sealed_pin_proof_key=b"P2")
        assert tx.devices.get(device.device_id) == expected, "wrong tries stay counted"
        assert not tx.devices.finish_pin_change(device.device_id, second, NOW + 1), "it has"
        tx.devices.prepare_pin_change(device.device_id, second, b"late", b"late")
        assert not tx.devices.finish_pin_change(device.device_id, second, NOW + 1)
        assert tx.devices.get(device.device_id) == expected


def test_sessions_end_with_time_and_with_the_phone(store: Store, device: Device) -> None:
    with store.write() as tx:
        tx.devices.add_session("t1", device.device_id, NOW, NOW + 10)
        tx.devices.add_session("t2", device.device_id, NOW, NOW + 20)
        assert tx.devices.by_session("t1", NOW + 9.9) == device
        assert tx.devices.by_session("t1", NOW + 10) is None
        assert tx.devices.by_session("none", NOW) is None
        tx.devices.add_session("t3", device.device_id, NOW + 15, NOW + 30)
        assert tx.devices.by_session("t1", NOW) is None, "what has ended is cleared away"
        frozen = tx.devices.move(device, DeviceState.FROZEN, now=NOW)
        assert tx.devices.by_session("t2", NOW) is None
        assert tx.devices.move(frozen, DeviceState.ACTIVE, now=NOW).ended_at is None


def test_credentials_end_with_their_phone(store: Store, device: Device) -> None:
    other = entities.device(device.subscriber_id)
    first, second, theirs = entities.credential(device), entities.credential(device), entities.credential(other)
    with store.write() as tx:
        tx.devices.add(other)
        for one in (first, second, theirs):
            tx.devices.add_credential(one)
        assert tx.devices.credential(first.credential_id) == first
        assert tx.devices.credentials_of(device.subscriber_id) == [first, second, theirs]
        tx.devices.move(device, DeviceState.UNPAIRED, now=NOW + 5)
        states = [one.state for one in tx.devices.credentials_of(device.subscriber_id)]
        assert states == [CredentialState.ENDED, CredentialState.ENDED, CredentialState.ACTIVE]
        assert tx.devices.get(device.device_id).ended_at == NOW + 5
        with pytest.raises(NotFound):
            tx.devices.credential("cr_none")


def test_rotations_in_order(store: Store) -> None:
    made = [Statement("phoneseal.key_rotation.v1", "k", f'{{"n":{n}}}', bytes([n])) for n in (2, 3, 4)]
    with store.write() as tx:
        for counter, statement in zip((4, 2, 3), (made[2], made[0], made[1]), strict=True):
            tx.devices.add_rotation(counter, statement, NOW)
        assert tx.devices.rotations_after(1) == made
        assert tx.devices.rotations_after(3) == made[2:]
        with pytest.raises(sqlite3.IntegrityError):
            tx.devices.add_rotation(3, made[0], NOW)


def test_pairings(store: Store, subscriber: Subscriber) -> None:
    pairing = entities.pairing(subscriber.subscriber_id)
    with store.write() as tx:
        tx.pairings.add(pairing)
        assert tx.pairings.by_code(pairing.code_sha256) == pairing
        assert tx.pairings.by_code("none") is None
        assert tx.pairings.waiting_for(subscriber.subscriber_id, PairingState.WAITING) == [pairing]
        claimed = tx.pairings.move(pairing, PairingState.CLAIMED, commitment=b"c", expires_at=NOW + 900)
        assert tx.pairings.get(pairing.pairing_id) == claimed
        assert tx.pairings.waiting_for(subscriber.subscriber_id, PairingState.WAITING) == []
        assert tx.pairings.overdue(NOW + 899) == []
        assert tx.pairings.overdue(NOW + 900) == [claimed]
        tx.pairings.move(claimed, PairingState.EXPIRED, finished_at=NOW + 900)
        assert tx.pairings.overdue(NOW + 900) == []
        with pytest.raises(NotFound):
            tx.pairings.get("pa_none")


def test_recoveries(store: Store, subscriber: Subscriber) -> None:
    made = [Recovery(entities.fresh("re"), subscriber.subscriber_id, "Lan", NOW + n, NOW) for n in range(3)]
    with store.write() as tx:
        assert tx.pairings.recovery_of(subscriber.subscriber_id) is None
        for recovery in made:
            tx.pairings.add_recovery(recovery)
        assert tx.pairings.recovery_of(subscriber.subscriber_id) == made[2]
        tx.pairings.use_recovery(made[2].recovery_id, NOW)
        assert tx.pairings.recovery_of(subscriber.subscriber_id) == made[1]
        tx.pairings.cancel_recovery(made[1].recovery_id, NOW)
        assert tx.pairings.recovery_of(subscriber.subscriber_id) == made[0]
        assert tx.pairings.recovery_of("sub_none") is None


# --- documents -------------------------------------------------------------------------------------------------------------


def test_documents(store: Store, party: RelyingParty) -> None:
    made = entities.document(
        party.relying_party_id,
        state=DocumentState.CHECKING,
        findings=("layers",),
        repairs=("xref",),
        page_boxes=((1.0, 2.5),),
    )
    with store.write() as tx:
        tx.documents.add(made)
        assert tx.documents.get(made.document_id) == made
        assert tx.documents.many([made.document_id, "doc_none"]) == [made]
        ready = replace(made, state=DocumentState.READY, pages=2, findings=(), current_sha256="new", current_length=7)
        tx.documents.set_inspected(ready)
        assert tx.documents.get(made.document_id) == ready
        with pytest.raises(Conflict) as caught:
            tx.documents.set_inspected(ready)
        tx.documents.set_signed(made.document_id, "sr_2", "signed", 9, NOW + 1)
        assert tx.documents.get(made.document_id) == replace(
            ready,
            current_sha256="signed",
            current_length=9,
            earlier_signatures=1,
            signed_at=NOW + 1,
            last_request_id="sr_2",
        )
        tx.documents.delete(made.document_id)
        with pytest.raises(NotFound):
            tx.documents.get(made.document_id)
    assert caught.value.code == "document_moved"


def test_documents_of_a_user_by_key(store: Store, party: RelyingParty, subscriber: Subscriber) -> None:
    user = entities.user(subscriber.subscriber_id)
    made = [entities.document(party.relying_party_id, user_id=user.user_id) for _ in range(5)]
    with store.write() as tx:
        tx.users.add(user)
        for document in made:
            tx.documents.add(document)
        first = tx.documents.page_of_user(user.user_id, None, 3)
        second = tx.documents.page_of_user(user.user_id, first[-1].document_id, 3)
        assert [*first, *second] == made[::-1]
        assert tx.documents.page_of_user("usr_none", None, 3) == []


def test_who_still_needs_some_bytes(store: Store, party: RelyingParty) -> None:
    uploaded = entities.document(party.relying_party_id, uploaded_sha256="u", current_sha256="c")
    refused = entities.document(
        party.relying_party_id, uploaded_sha256="r", current_sha256="r", state=DocumentState.REFUSED, created_at=NOW
    )
    with store.write() as tx:
        tx.documents.add(uploaded)
        tx.documents.add(refused)
        assert [tx.documents.holds(sha256) for sha256 in ("u", "c", "r", "none")] == [True, True, False, False]
        assert tx.documents.refused_before(NOW) == []
        assert tx.documents.refused_before(NOW + 1) == [refused.document_id]


# --- audit -----------------------------------------------------------------------------------------------------------------


def test_the_audit_log_chains_and_keeps(store: Store) -> None:
    statement = Statement("phoneseal.freeze.v1", "dev", "{}", b"s")
    with store.write() as tx:
        assert tx.audit.head() is None
        assert verify_chain(tx.audit.entries()) is None
        first = entities.write_entry(tx, personal={"title": "Hợp đồng mật"})
        second = entities.write_entry(tx, evidence=(statement, b"key"), facts={"n": 1})
        third = entities.write_entry(tx, evidence=(statement, b"key"))
    with store.read() as tx:
        assert list(tx.audit.entries()) == [first, second, third]
        assert (tx.audit.head(), tx.audit.at(2), tx.audit.at(9)) == (third, second, None)
        assert verify_chain(tx.audit.entries()) == third
        assert tx.audit.of_subject("subject") == [first, second, third]
        assert tx.audit.evidence(statement.digest.hex()) == (statement, b"key")
        assert tx.audit.evidence("none") is None
        assert [text for _, _, text in tx.audit.personal_texts()] == ["Hợp đồng mật"]
        assert "mật" not in first.facts
        assert (tx.audit.last_named(), list(tx.audit.evidence_digests())) == (1, [statement.digest.hex()])


def test_an_entry_is_never_written_over(store: Store) -> None:
    with store.write() as tx:
        entry = entities.write_entry(tx)
    with pytest.raises(sqlite3.IntegrityError), store.write() as tx:
        tx.audit.add(replace(entry, actor="somebody else"))
    with store.read() as tx:
        assert tx.audit.at(1) == entry


def test_salts_keep_equal_texts_apart(store: Store) -> None:
    with store.write() as tx:
        made = [entities.write_entry(tx, personal={"title": "Có"}) for _ in range(2)]
    assert made[0].facts != made[1].facts
