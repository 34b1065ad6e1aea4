"""One SQLite file: how it is opened, and the two ways to use it.

``write()`` is BEGIN IMMEDIATE … COMMIT: the lock is taken before the first read, so read-then-write can't fail half way. ``read()`` is one
consistent snapshot. Neither nests. A connection belongs to one thread at a time; each process opens its own after it was started.
WAL with synchronous=FULL: what was committed survives a power cut.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database

from server.errors import Unavailable
from server.storage.migrations import migrations

BUSY_MILLISECONDS = 10_000


def connect(path: Path) -> Database:
    """Opens (and makes) the database file. The schema is not touched: see ``migrate``."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cache_size = -16000")
    return Database(connection)


def migrate(database: Database) -> None:
    """Applies the steps that this file has not seen yet, each in a transaction of its own. Idempotent."""
    migrations.apply(database)


@contextmanager
def transaction(connection: sqlite3.Connection, *, write: bool) -> Iterator[None]:
    """BEGIN IMMEDIATE (write) or a read snapshot. Raises ``Unavailable`` when the disk is full or the lock can't be had."""
    try:
        connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")
    except sqlite3.OperationalError as error:
        raise Unavailable(f"database: {error}", code="storage_unavailable") from error
    try:
        yield
        connection.execute("COMMIT" if write else "ROLLBACK")
    except sqlite3.OperationalError as error:
        _roll_back(connection)
        raise Unavailable(f"database: {error}", code="storage_unavailable") from error
    except BaseException:
        _roll_back(connection)
        raise


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        connection.execute("ROLLBACK")
