"""Every query that a page or a phone waits for uses an index: the plans of all SELECTs in server/storage are read.

The statements are collected by SQLite's own trace while a request goes its whole way and every reader is asked once; a SELECT that is
written in server/storage and was not seen here fails the test, so that no query escapes by being new.
"""

import ast
import inspect
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from server.documents.import_batch import ExpectedFile, ImportBatch
from server.documents.list_documents import DocumentFilter
from server.storage.store import Store, Tables
from tests.contract.entities import NOW
from tests.unit.server.builders import PASSWORD, HandClock, new_installation, open_app
from tests.unit.server.pairing_kit import NewPhone, pair
from tests.unit.server.world import World

STORAGE = Path(__file__).parents[2] / "server" / "storage"
ALLOWED_SCANS = {
    "audit_log": "`audit verify` reads every entry; the head is read backwards by primary key, one row",
    "personal_texts": "`audit verify` reads every text",
    "evidence": "`audit verify` reads every digest",
    "sign_items": "`audit verify` reads every signed file",
    "sign_requests": "`audit verify` asks for the highest entry that requests name",
    "relying_parties": "read whole at start and by the operator: a handful",
    "jobs": "counted by workers and readiness; what is done is deleted, so it holds what waits",
    "outbox": "read in the order of its primary key, with a limit; what was delivered is gone",
    "documents": "once in ten minutes, in a worker: refused uploads of yesterday",
}
"""Tables that some statement reads from one end to the other, and why that is no page's query."""
ONLY_HERE = {
    "jobs": ("SELECT count(*) FROM jobs WHERE lease_until", "instr(body,"),
    "sign_items": ("state = 'SIGNED'",),
    "sign_requests": ("max(audit_sequence)",),
    "documents": ("state = 'REFUSED' AND created_at <",),
    "personal_texts": ("FROM personal_texts",),
    "evidence": ("SELECT statement_sha256 FROM evidence",),
}
"""For these, only statements with this text may."""


def written() -> set[str]:
    """The beginnings of all SELECT statements in server/storage."""
    found = set()
    for path in STORAGE.glob("*.py"):
        if path.name == "migrations.py":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("SELECT "):
                found.add(start_of(node.value))
    return found


def start_of(statement: str) -> str:
    """Up to the first bound value: the trace shows values where the code has marks."""
    return re.split(r"[?']", statement)[0].strip()


def arguments_for(method: Any) -> dict[str, Any]:
    """Something of the right type for each parameter: plans do not depend on it."""
    signature = inspect.signature(method, eval_str=True)
    chosen: dict[str, Any] = {}
    for name, parameter in signature.parameters.items():
        kind = str(parameter.annotation)
        if name == "batch":
            chosen[name] = ImportBatch("ib_x", "rp_x", None, "x", NOW)
        elif name == "file":
            chosen[name] = ExpectedFile("x", 1)
        elif name == "wanted":
            chosen[name] = DocumentFilter()
        elif "list" in kind or "Sequence" in kind:
            chosen[name] = [1] if "int" in kind else ["x"]
        elif "bool" in kind:
            chosen[name] = False
        elif "bytes" in kind:
            chosen[name] = b"x"
        elif "int" in kind or "float" in kind:
            chosen[name] = 1
        elif "str" in kind:
            chosen[name] = "x"
        else:
            chosen[name] = parameter.default
    return chosen


def ask_every_reader(tx: Tables) -> None:
    """Calls each method of each table that takes plain values; writers have been called by the request's way."""
    for table in vars(tx).values():
        if not type(table).__module__.startswith("server.storage"):
            continue
        for name, method in inspect.getmembers(table, inspect.ismethod):
            source = inspect.getsource(method)
            if name.startswith("_") or re.search(r"INSERT|UPDATE|DELETE|insert\(", source):
                continue
            arguments = arguments_for(method)
            if any(value is inspect.Parameter.empty for value in arguments.values()):
                continue
            for variant in variants(arguments):
                try:
                    result = method(**variant)
                    if isinstance(result, Iterator):
                        list(result)
                except Exception as error:
                    if type(error).__module__.split(".")[0] == "sqlite3":
                        raise


def variants(arguments: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All values given, and once with each one left out that may be None."""
    yield arguments
    for name, value in arguments.items():
        if value == "x" or value is False:
            yield arguments | {name: None if value == "x" else True}
        if isinstance(value, DocumentFilter):
            for chosen in product((None, "waiting"), (None, "ib_x"), (None, "sign"), ("", "x y")):
                yield arguments | {name: DocumentFilter(*chosen)}


@pytest.fixture
def seen(tmp_path: Path) -> Iterator[tuple[Store, set[str]]]:
    """A store, and every statement that it was asked."""
    clock = HandClock()
    config = new_installation(tmp_path / "data", clock)
    app = open_app(config, clock)
    user = app.log_in.add_user("an", PASSWORD, "An", "")
    world = World(config, clock, user, [])
    statements: set[str] = set()
    with world.app.store.read() as tx:
        connection = tx.database.conn
    connection.set_trace_callback(statements.add)
    world.phones.append(pair(world.app, world.subscriber_id, NewPhone()))
    world.completed(2)
    world.refuse(world.offered())
    world.clock.advance(9999)
    world.app.expire_requests()
    with world.app.store.read() as tx:
        ask_every_reader(tx)
    connection.set_trace_callback(None)
    app.store.close()
    yield world.app.store, statements
    world.close()


def test_no_page_scans_a_table(seen: tuple[Store, set[str]]) -> None:
    store, statements = seen
    selects = {text for text in statements if text.lstrip().startswith("SELECT")}
    assert sorted(text for text in written() if not any(text in one for one in selects)) == []
    wrong = []
    with store.read() as tx:
        for text in sorted(selects | {text for text in statements if text.startswith(("UPDATE", "DELETE"))}):
            for row in tx.database.conn.execute(f"EXPLAIN QUERY PLAN {text}"):
                scanned = re.match(r"SCAN (\w+)\b(?! USING (COVERING )?INDEX)(?! VIRTUAL)", row["detail"])
                if scanned and not may_scan(scanned[1], text):
                    wrong.append((row["detail"], text[:200]))
    assert [f"{plan}: {text}" for plan, text in wrong] == []


def may_scan(table: str, text: str) -> bool:
    if table in ("json_each", "CONSTANT") or text.startswith("DELETE FROM throttles"):
        return True  # a list that the caller made; old buckets, once in ten minutes
    wanted = ONLY_HERE.get(table)
    return table in ALLOWED_SCANS and (wanted is None or any(part in text for part in wanted))


def test_each_allowed_scan_has_its_reason() -> None:
    assert set(ONLY_HERE) <= set(ALLOWED_SCANS)
    assert all(len(reason) > 20 for reason in ALLOWED_SCANS.values())
