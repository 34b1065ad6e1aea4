"""openssl and node make the committed vectors again, byte for byte, and nothing of the product has a hand in it."""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
VECTORS = HERE / "vectors"


def _third_tools() -> str:
    """What is missing for making the vectors, in one sentence; empty when all is there."""
    if shutil.which("openssl") is None:
        return "openssl is missing (Debian package openssl)"
    version = subprocess.run(["openssl", "version"], capture_output=True, text=True, check=True).stdout
    if int(re.findall(r"\d+", version)[0]) < 3:
        return f"openssl 3.0 or later is needed, this is {version.strip()}"
    if shutil.which("node") is None:
        return "node is missing (Debian package nodejs, or https://nodejs.org)"
    return ""


def test_vectors_are_made_again_byte_for_byte(tmp_path: Path) -> None:
    if missing := _third_tools():
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    shutil.copytree(VECTORS / "keys", tmp_path / "keys")
    shutil.copy(VECTORS / "random_signatures.json", tmp_path)
    command = [sys.executable, str(HERE / "make_vectors.py"), "--out", str(tmp_path)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=100)
    assert run.returncode == 0, run.stderr
    made = {path.name: path.read_bytes() for path in tmp_path.glob("*.json")}
    kept = {path.name: path.read_bytes() for path in VECTORS.glob("*.json")}
    assert set(made) == set(kept)
    assert [name for name in kept if made[name] != kept[name]] == []
    assert sorted(path.name for path in (tmp_path / "keys").iterdir()) == sorted(path.name for path in (VECTORS / "keys").iterdir())


def test_makers_import_the_standard_library_only() -> None:
    makers = [HERE / "make_vectors.py", *(HERE / "vector_making").glob("*.py")]
    assert len(makers) > 5
    for maker in makers:
        for node in ast.walk(ast.parse(maker.read_text(encoding="utf-8"))):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                modules = [node.module or ""]
            for module in modules:
                top = module.partition(".")[0]
                assert top in sys.stdlib_module_names or top == "vector_making", f"{maker.name} imports {module}"
