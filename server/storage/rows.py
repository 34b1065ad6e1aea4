"""From a row to an entity and back. Entities are frozen dataclasses whose field names are the column names."""

import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import lru_cache
from typing import Any, TypeVar

E = TypeVar("E")
Readers = Mapping[str, Callable[[Any], Any]]


def to_entity(kind: type[E], row: sqlite3.Row, readers: Readers) -> E:
    """``readers`` turn the stored form of some columns into the field's type; NULL stays None."""
    stored = tuple(row)
    names, places = _places(kind, tuple(row.keys()))  # type: ignore[arg-type]
    values = [stored[place] for place in places]
    for name, reader in readers.items():
        at = names[name]
        if values[at] is not None:
            values[at] = reader(values[at])
    return kind(*values)


@lru_cache(64)
def _places(kind: type, columns: tuple[str, ...]) -> tuple[dict[str, int], tuple[int, ...]]:
    """Where each field stands among the fields, and in the row: worked out once for each kind of row."""
    names = [field.name for field in fields(kind)]
    return {name: at for at, name in enumerate(names)}, tuple(columns.index(name) for name in names)


@lru_cache(1024)
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
