"""The lists of places to die are the places in the code, no commit of the flow is without, and production refuses all of it."""

import ast
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mobile_app import crash_points as phone_points
from server import crash_points as server_points
from server.config import Config, ConfigError

ROOT = Path(__file__).parents[2]
FLOW = ("signing", "devices", "documents", "processes", "sockets")
"""Packages of the server in which every commit has a place before and after it."""


def sources(package: str) -> Iterator[tuple[Path, str]]:
    for path in sorted((ROOT / package).rglob("*.py")):
        if path.name != "crash_points.py":
            yield path, path.read_text("utf-8")


@pytest.mark.parametrize(
    ("package", "listed"), [("server", server_points.CRASH_POINTS), ("mobile_app", phone_points.CRASH_POINTS)]
)
def test_the_list_is_what_the_code_passes(package: str, listed: tuple[str, ...]) -> None:
    used = {name for _, text in sources(package) for name in re.findall(r'crash_point\("([^"]+)"\)', text)}
    assert used == set(listed)
    assert len(listed) == len(set(listed))


def writes(tree: ast.Module) -> Iterator[tuple[ast.With, list[ast.stmt]]]:
    """Each ``with ….write() as tx`` and the block in which it stands."""
    for node in ast.walk(tree):
        for block in (getattr(node, name, None) for name in ("body", "orelse", "finalbody")):
            for statement in block if isinstance(block, list) else ():
                if isinstance(statement, ast.With) and re.search(
                    r"\.write\(\)$", ast.unparse(statement.items[0].context_expr)
                ):
                    yield statement, block


def place(statement: ast.stmt | None) -> str:
    found = re.fullmatch(r"crash_point\('(.*)'\)", ast.unparse(statement)) if statement is not None else None
    return found[1] if found else ""


def test_every_commit_of_the_flow_has_a_place_before_and_after_it() -> None:
    bare = []
    for package in FLOW:
        for path, text in sources(f"server/{package}"):
            for statement, block in writes(ast.parse(text)):
                at = block.index(statement) + 1
                before, after = place(statement.body[-1]), place(block[at] if at < len(block) else None)
                name = before.removesuffix(".before_commit")
                if not before or after != f"{name}.after_commit":
                    bare.append(f"{path.relative_to(ROOT)}:{statement.lineno}")
    assert bare == []


def test_every_name_has_its_other_side() -> None:
    for name in server_points.CRASH_POINTS:
        twin = name.replace("before_", "after_") if "before_" in name else name.replace("after_", "before_")
        assert twin in server_points.CRASH_POINTS


@pytest.mark.parametrize("package", ["server", "mobile_app"])
def test_a_place_kills_once_when_a_file_says_so(tmp_path: Path, package: str) -> None:
    name = server_points.CRASH_POINTS[0] if package == "server" else phone_points.CRASH_POINTS[0]
    pass_it = f"from {package}.crash_points import crash_point; crash_point({name!r}); crash_point({name!r})"
    once = tmp_path / "died"
    environment = {**os.environ, "PHONESEAL_CRASH_AT": f"{name}:2", "PHONESEAL_CRASH_ONCE": str(once)}

    def run() -> int:
        return subprocess.run([sys.executable, "-c", pass_it], cwd=ROOT, env=environment, check=False).returncode

    assert run() == -signal.SIGKILL
    assert once.exists()
    assert run() == 0


@pytest.mark.parametrize("variable", ["PHONESEAL_CRASH_AT", "PHONESEAL_CRASH_ONCE"])
def test_production_refuses_to_start_with_places_to_die(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    production = Config(
        mode="production", certificate_issuer="none", public_url="https://sign.example.vn", behind_proxy=True
    )
    production.check()
    monkeypatch.setenv(variable, "queue.before_commit")
    with pytest.raises(ConfigError, match=variable):
        production.check()
