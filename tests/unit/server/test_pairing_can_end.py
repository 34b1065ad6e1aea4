"""A pairing that could not end with a certificate does not begin."""

from dataclasses import replace

import pytest

from server.certificate_authority.development_ca import LIFETIME, DevelopmentCa
from server.certificate_authority.ports import NoIssuer
from server.subscribers.subscriber import Subscriber
from tests.unit.server.builders import START, code_of
from tests.unit.server.pairing_kit import NewPhone, claimed
from tests.unit.server.world import World


def subscriber_of(world: World) -> Subscriber:
    with world.app.store.read() as tx:
        return tx.subscribers.get(world.subscriber_id)


def pairings(world: World) -> int:
    with world.app.store.read() as tx:
        return int(tx.database.conn.execute("SELECT count(*) FROM pairings").fetchone()[0])


def test_without_an_issuer_no_code_is_offered(empty: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(empty.app.complete_pairing, "_issuer", NoIssuer())
    before = pairings(empty)
    assert code_of(empty.app.pair_device.offer, empty.subscriber_id, None) == "issuer_unavailable"
    assert pairings(empty) == before


def test_a_name_that_fits_into_no_certificate_is_said_at_once(empty: World) -> None:
    """From before names were held to the limit."""
    with empty.app.store.write() as tx:
        tx.database.conn.execute("UPDATE subscribers SET name = ?", ("Ánh " * 17,))
    before = pairings(empty)
    assert code_of(empty.app.pair_device.offer, empty.subscriber_id, None) == "certificate_name_unfit"
    assert pairings(empty) == before


def test_an_authority_at_its_end_is_said_at_once(empty: World) -> None:
    empty.clock.advance(3650 * 86_400 - LIFETIME.total_seconds() + 60)
    assert code_of(empty.app.pair_device.offer, empty.subscriber_id, None) == "issuer_unavailable"


@pytest.mark.parametrize("name", ["A", "Á" * 64, "", "Á" * 65])
def test_what_the_authority_promises_it_keeps(empty: World, tmp_path, name: str) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "keys").mkdir()
    authority, phone = DevelopmentCa(tmp_path / "keys", START), NewPhone()
    subscriber = replace(subscriber_of(empty), name=name)
    if 0 < len(name) <= 64:
        authority.check_can_issue(subscriber, START)
        assert authority.issue(phone.csr, subscriber, START).certificate
    else:
        assert code_of(authority.check_can_issue, subscriber, START) == "certificate_name_unfit"


def test_who_can_get_one_gets_a_code(empty: World) -> None:
    _, begun = claimed(empty.app, empty.subscriber_id, NewPhone())
    assert begun["pairing_id"]
