"""The schema grows step by step: every file that an earlier version left comes up to date, once, and every table is strict."""

import sqlite3
from pathlib import Path

import pytest

from server.storage.database import connect, migrate
from server.storage.migrations import migrations
from server.storage.store import Store

OURS = "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_%' ESCAPE '\\'"


def steps(folder: Path) -> list[str]:
    database = connect(folder / "names.db")
    names = [step.name for step in migrations.pending(database)]
    database.close()
    return names


def schema(path: Path) -> dict[str, str]:
    database = connect(path)
    rows = database.conn.execute("SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'").fetchall()
    database.close()
    return {row[0]: row[1] for row in rows}


def content(path: Path) -> dict[str, list[tuple[object, ...]]]:
    database = connect(path)
    names = [row[0] for row in database.conn.execute(OURS)]
    found = {name: [tuple(row) for row in database.conn.execute(f"SELECT * FROM {name}")] for name in names}
    database.close()
    return found


def fill(path: Path) -> None:
    """One row in each table that the first step made, as far as its columns are text, numbers and bytes."""
    database = connect(path)
    database.conn.execute("PRAGMA foreign_keys = OFF")
    kinds = {"TEXT": "x", "INTEGER": 1, "REAL": 1.5, "BLOB": b"x"}
    for name in [row[0] for row in database.conn.execute(OURS)]:
        columns = [(row["name"], row["type"]) for row in database.conn.execute(f"PRAGMA table_info({name})")]
        marks = ", ".join("?" * len(columns))
        database.conn.execute(f"INSERT INTO {name} VALUES ({marks})", [kinds[kind] for _, kind in columns])
    database.close()


def test_applying_twice_is_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    store = Store(path)
    store.migrate()
    before = schema(path)
    with store.write() as tx:
        tx.settings.set("a", "1")
    store.migrate()
    store.close()
    assert schema(path) == before
    assert content(path)["settings"] == [("a", "1")]


def test_each_earlier_schema_comes_up_to_date_with_its_rows(tmp_path: Path) -> None:
    new = tmp_path / "new.db"
    database = connect(new)
    migrate(database)
    database.close()
    for step in steps(tmp_path)[1:]:
        old = tmp_path / f"{step}.db"
        database = connect(old)
        migrations.apply(database, stop_before=step)
        database.close()
        fill(old)
        before = content(old)
        database = connect(old)
        migrate(database)
        database.close()
        assert schema(old) == schema(new), step
        after = content(old)
        assert set(before) <= set(after)
        for table, rows in before.items():
            assert len(after[table]) == len(rows), (step, table)
            assert all(set(row) <= set(later) for row, later in zip(rows, after[table], strict=True)), (step, table)


def test_batches_of_before_know_what_they_hold(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    database = connect(path)
    migrations.apply(database, stop_before="m0008_import_goes_on")
    database.close()
    fill(path)
    database = connect(path)
    database.conn.execute("PRAGMA foreign_keys = OFF")
    database.conn.execute("UPDATE documents SET state = 'READY', current_length = 70")
    row = dict(database.conn.execute("SELECT * FROM documents").fetchone())
    del row["shown"]
    for number, state in enumerate(("READY", "REFUSED")):
        values = row | {"document_id": f"doc_{number}", "state": state}
        marks = ", ".join("?" * len(values))
        database.conn.execute(f"INSERT INTO documents ({', '.join(values)}) VALUES ({marks})", tuple(values.values()))
    migrate(database)
    held = database.conn.execute("SELECT held, held_bytes, skipped FROM import_batches").fetchone()
    database.close()
    assert tuple(held) == (2, 140, 0)


def test_every_table_is_strict(tmp_path: Path) -> None:
    Store(tmp_path / "a.db").migrate()
    tables = {name: sql for name, sql in schema(tmp_path / "a.db").items() if sql.startswith("CREATE TABLE")}
    ours = {name: sql for name, sql in tables.items() if not name.startswith("_")}
    assert len(ours) > 20
    assert [name for name, sql in ours.items() if "STRICT" not in sql.rsplit(")", 1)[-1]] == []


def test_a_wrong_type_is_refused(tmp_path: Path) -> None:
    store = Store(tmp_path / "a.db")
    store.migrate()
    with pytest.raises(sqlite3.IntegrityError), store.write() as tx:
        tx.database.conn.execute("INSERT INTO throttles VALUES ('b', 'no number', 1.0)")
    store.close()


def test_a_backup_is_whole_while_others_write(tmp_path: Path) -> None:
    store = Store(tmp_path / "a.db")
    store.migrate()
    with store.write() as tx:
        tx.settings.set("a", "1")
    store.back_up(tmp_path / "copy.db")
    with store.write() as tx:
        tx.settings.set("a", "2")
    store.close()
    copy = Store(tmp_path / "copy.db")
    with copy.read() as tx:
        assert tx.settings.get("a") == "1"
        assert tx.database.conn.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    copy.close()
