"""From a row to an entity and back. Entities are frozen dataclasses whose field names are the column names."""

import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, TypeVar

E = TypeVar("E")
Readers = Mapping[str, Callable[[Any], Any]]


def to_entity(kind: type[E], row: sqlite3.Row, readers: Readers) -> E:
    """``readers`` turn the stored form of some columns into the field's type; NULL stays None."""
    values = {}
    for field in fields(kind):  # type: ignore[arg-type]
        value = row[field.name]
        reader = readers.get(field.name)
        values[field.name] = reader(value) if reader is not None and value is not None else value
    return kind(**values)


def text_tuple(stored: str) -> tuple[str, ...]:
    return tuple(json.loads(stored))


def dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def insert(connection: sqlite3.Connection, table: str, values: Mapping[str, Any]) -> None:
    """``table`` and the names in ``values`` come from code, never from input."""
    names = ", ".join(values)
    marks = ", ".join("?" * len(values))
    connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(values.values()))  # noqa: S608


def assignments(changes: Mapping[str, Any]) -> str:
    """`` , name = ?`` for each name; names come from code."""
    return "".join(f", {name} = ?" for name in changes)
