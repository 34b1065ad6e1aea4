"""Rules of the house that a machine can hold: rings, sizes, where SQL and the monkey patch may stand, and what the README names."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted([*(ROOT / "server").rglob("*.py"), *(ROOT / "mobile_app").rglob("*.py")])
FILE_LINES, FUNCTION_LINES = 300, 50
LONG_FILES = {
    "server/storage/sign_requests.py": "every statement of the request's state machine, so that it is read in one place",
    "server/devices/pairing.py": "one ceremony whose order of checks is the point",
    "mobile_app/link/server_statements.py": "one reader for each statement of the server, all of one form",
    "mobile_app/device/interaction.py": "the whole vocabulary between the phone's core and its person",
    "mobile_app/device/session.py": "one connection's life from hello to loss",
    "mobile_app/ui/flow.py": "every screen's next screen, in one table of moves",
    "server/storage/migrations.py": "every step that the schema took, in their order",
    "server/web/messages.py": "sentences in two languages, no logic",
    "mobile_app/ui/strings.py": "sentences in two languages, no logic",
}
"""Files that may be longer, up to half as long again, and why."""
LONG_FUNCTIONS = {
    "server/signing/accept_approval.py refuse": "the checks of one statement in the order of the page",
    "server/devices/complete_pairing.py _add_device": "two records, written out field by field",
    "server/app.py build": "every use case with its collaborators, read like a list",
    "server/commands/parser.py make_parser": "every command and option, read like a list",
    "mobile_app/device/paired_run.py __init__": "joins the parts of a paired phone",
    "mobile_app/device/document_checks/syntax.py _read_value": "one branch for each kind of PDF object",
}
"""Functions that may be longer, up to half as long again, and why."""


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def lines_of(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())


def functions() -> Iterator[tuple[str, int]]:
    """Each function with its own lines: what it defines inside counts for itself."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                inner = [
                    n for n in ast.walk(node) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef) and n is not node
                ]
                nested = sum((n.end_lineno or 0) - n.lineno + 1 + len(n.decorator_list) for n in inner)
                yield f"{name_of(path)} {node.name}", (node.end_lineno or 0) - node.lineno + 1 - nested


def test_import_contracts_hold() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_files_are_short() -> None:
    long = {name_of(path): lines_of(path) for path in SOURCES if lines_of(path) > FILE_LINES}
    assert {name: count for name, count in long.items() if name not in LONG_FILES} == {}
    assert [name for name, count in long.items() if count > FILE_LINES * 1.5] == []


def test_functions_are_short() -> None:
    long = {name: count for name, count in functions() if count > FUNCTION_LINES}
    assert {name: count for name, count in long.items() if name not in LONG_FUNCTIONS} == {}
    assert [name for name, count in long.items() if count > FUNCTION_LINES * 1.5] == []


def test_exceptions_are_still_there() -> None:
    """An exception whose file or function is gone has to go too."""
    assert [name for name in LONG_FILES if not (ROOT / name).exists()] == []
    known = {name for name, _ in functions()}
    assert [name for name in LONG_FUNCTIONS if name not in known] == []


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_a_file_says_its_rules_before_its_code(path: Path) -> None:
    if path.read_text("utf-8").strip():
        assert ast.get_docstring(ast.parse(path.read_text("utf-8"))), "no module docstring"


def texts(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_sql_stands_in_the_storage_alone() -> None:
    """The phone's journal is the phone's own storage."""
    verb = re.compile(r"(SELECT .+ FROM |INSERT (OR \w+ )?INTO |UPDATE \w+ SET |DELETE FROM |CREATE TABLE |PRAGMA )")
    found = {name_of(path) for path in SOURCES for text in texts(path) if verb.match(text)}
    outside = {name for name in found if not name.startswith("server/storage/")}
    assert outside == {"mobile_app/device/journal.py"}
    assert len(found) > 8


def test_only_the_web_process_is_monkey_patched() -> None:
    calls = re.compile(r"^\s*(from gevent import .*\bmonkey\b|import gevent\.monkey|.*monkey\.patch_)", re.M)
    found = [name_of(path) for path in SOURCES if calls.search(path.read_text("utf-8"))]
    assert found == ["server/processes/web_main.py"]


def test_the_monkey_patch_comes_before_every_other_import() -> None:
    tree = ast.parse((ROOT / "server/processes/web_main.py").read_text("utf-8"))
    first, second = tree.body[1:3]
    assert ast.unparse(first) == "from gevent import monkey"
    assert ast.unparse(second) == "monkey.patch_all()"


def test_the_readmes_flow_table_names_files_that_exist() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    table = re.search(r"^\| step \| file \|\n\|[-|]+\|\n((?:\|.*\n)+)", readme, re.M)
    assert table is not None
    rows = table[1].splitlines()
    for row in rows:
        named = re.findall(r"\[([^\]]+)\]\(([^)]+)\)", row)
        assert named, row
        for text, target in named:
            assert text == target
            assert (ROOT / target).exists(), target
    steps = [
        name_of(path)
        for path in (ROOT / "server/signing").glob("*_*.py")
        if re.search(r'^"""Step \d', path.read_text("utf-8"))
    ]
    assert [step for step in steps if step not in table[1]] == [], "a step of the flow is not in the README"


@pytest.mark.parametrize("page", sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]), ids=name_of)
def test_links_in_the_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
        if not re.match(r"[a-z]+:", target):
            assert (page.parent / target).exists(), target
