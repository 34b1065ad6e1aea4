"""Whom a relying party means: it names a subscriber by id (``sub_…``) or by handle, as the person told it."""

from contextlib import AbstractContextManager
from typing import Protocol

from server.errors import NotFound
from server.ids import is_id
from server.subscribers.subscriber import Subscriber
from server.text import plain_login


class SubscriberNames(Protocol):
    def get(self, subscriber_id: str) -> Subscriber: ...
    def by_handle(self, handle: str) -> Subscriber | None: ...


class NameTransaction(Protocol):
    @property
    def subscribers(self) -> SubscriberNames: ...


class NameStore(Protocol):
    def read(self) -> AbstractContextManager[NameTransaction]: ...


class NameSubscriber:
    def __init__(self, store: NameStore) -> None:
        self._store = store

    def __call__(self, name: str) -> Subscriber:
        """The subscriber with this id or handle (without regard to case and to how a letter is composed). Raises
        ``NotFound(subscriber_unknown)``."""
        with self._store.read() as tx:
            found = tx.subscribers.get(name) if is_id(name, "sub") else tx.subscribers.by_handle(plain_login(name))
        if found is None:
            raise NotFound("no such subscriber", code="subscriber_unknown")
        return found
