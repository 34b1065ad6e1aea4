"""The store: one object with every table, used through ``read()`` and ``write()``.

Capabilities see only the part that their own ``ports.py`` names. One store serves one thread at a time; a process opens its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from server.storage.audit_log import AuditTable
from server.storage.blocked_requesters import BlockedRequesterTable
from server.storage.database import connect, migrate, transaction
from server.storage.devices import DeviceTable, PairingTable
from server.storage.document_list import DocumentListTable
from server.storage.documents import DocumentTable
from server.storage.import_batches import ImportBatchTable
from server.storage.jobs import JobTable, OutboxTable, SettingTable, ThrottleTable
from server.storage.offers import OfferTable
from server.storage.people import KnownNetworkTable, RelyingPartyTable, SessionTable, SubscriberTable, UserTable
from server.storage.push_subscriptions import PushSubscriptionTable
from server.storage.sign_items import SignItemTable
from server.storage.sign_requests import SignRequestTable


class Tables:
    """What a transaction offers. Valid only inside ``read()`` or ``write()``."""

    def __init__(self, path: Path) -> None:
        self.database = connect(path)
        connection = self.database.conn
        self.requests = SignRequestTable(connection)
        self.items = SignItemTable(connection)
        self.offers = OfferTable(connection)
        self.devices = DeviceTable(connection)
        self.pairings = PairingTable(connection)
        self.push_subscriptions = PushSubscriptionTable(connection)
        self.blocked_requesters = BlockedRequesterTable(connection)
        self.documents = DocumentTable(connection)
        self.document_list = DocumentListTable(connection)
        self.import_batches = ImportBatchTable(connection)
        self.subscribers = SubscriberTable(connection)
        self.users = UserTable(connection)
        self.sessions = SessionTable(connection)
        self.known_networks = KnownNetworkTable(connection)
        self.relying_parties = RelyingPartyTable(connection)
        self.audit = AuditTable(connection)
        self.jobs = JobTable(connection)
        self.outbox = OutboxTable(connection)
        self.settings = SettingTable(connection)
        self.throttles = ThrottleTable(connection)


class Store:
    def __init__(self, path: Path) -> None:
        self._tables = Tables(path)

    @contextmanager
    def write(self) -> Iterator[Tables]:
        with transaction(self._tables.database.conn, write=True):
            yield self._tables

    @contextmanager
    def read(self) -> Iterator[Tables]:
        with transaction(self._tables.database.conn, write=False):
            yield self._tables

    def migrate(self) -> None:
        migrate(self._tables.database)

    def checkpoint(self) -> None:
        self._tables.database.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def back_up(self, target: Path) -> None:
        """A consistent copy of the database while others write (SQLite's online backup)."""
        import sqlite3

        copy = sqlite3.connect(target)
        try:
            self._tables.database.conn.backup(copy)
        finally:
            copy.close()

    def close(self) -> None:
        self._tables.database.close()
