"""What a back-end must offer to be put through the contract: ``store_factory()`` gives a new connection to one empty database."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from server.devices.device import Device
from server.relying_parties.relying_party import RelyingParty
from server.signing.sign_request import SignRequest
from server.storage.store import Store
from server.subscribers.subscriber import Subscriber
from tests.contract import entities

Factory = Callable[[], Store]


@pytest.fixture(params=["sqlite"])
def store_factory(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Factory]:
    """A second back-end adds its name above and its way to open a connection here."""
    opened: list[Store] = []

    def connect() -> Store:
        store = Store(tmp_path / "contract.db")
        opened.append(store)
        return store

    connect().migrate()
    yield connect
    for store in opened:
        store.close()


@pytest.fixture
def store(store_factory: Factory) -> Store:
    return store_factory()


@pytest.fixture
def party(store: Store) -> RelyingParty:
    made = entities.party()
    with store.write() as tx:
        tx.relying_parties.add(made)
    return made


@pytest.fixture
def subscriber(store: Store) -> Subscriber:
    made = entities.subscriber()
    with store.write() as tx:
        tx.subscribers.add(made)
    return made


@pytest.fixture
def device(store: Store, subscriber: Subscriber) -> Device:
    made = entities.device(subscriber.subscriber_id)
    with store.write() as tx:
        tx.devices.add(made)
    return made


@pytest.fixture
def add_request(store: Store, party: RelyingParty, subscriber: Subscriber) -> Callable[..., SignRequest]:
    """Adds a request over ``count`` fresh documents."""

    def add(count: int = 1, **changes: object) -> SignRequest:
        made = entities.request(party, subscriber, items_total=count, **changes)
        documents = [entities.document(party.relying_party_id) for _ in range(count)]
        with store.write() as tx:
            for document in documents:
                tx.documents.add(document)
            tx.requests.add(made, entities.chosen(documents))
        return made

    return add
