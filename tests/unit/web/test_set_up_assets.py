"""Assets at set-up: what is fetched is fixed, a second run is idle, failures say what to do."""

import json
import sys
from pathlib import Path

import pytest

from server.assets import set_up_assets
from server.assets.set_up_assets import (
    PACKED,
    ROOT,
    STAMP,
    TRANSLATIONS,
    WANTED,
    WIDE,
    SetUpFailed,
    compile_catalogues,
    set_up,
)
from server.assets.woff import unpack_woff
from tests.unit.test_woff import woff


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A checkout without assets."""
    client = tmp_path / "web_client"
    client.mkdir()
    for name in ("package.json", "package-lock.json", ".npmrc"):
        (client / name).write_bytes((ROOT / "web_client" / name).read_bytes())
    return tmp_path


@pytest.fixture
def npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An npm that needs no registry: it lays down every wanted file and counts its calls."""
    calls = tmp_path / "npm-calls"
    calls.write_text("")
    script = tmp_path / "npm.py"
    script.write_text(
        "import json, pathlib, sys\n"
        f"with open({str(calls)!r}, 'a') as log: log.write(json.dumps(sys.argv[1:]) + '\\n')\n"
        f"for name in {sorted(WANTED)!r}:\n"
        "    path = pathlib.Path('node_modules', name)\n"
        "    path.parent.mkdir(parents=True, exist_ok=True)\n"
        "    path.write_text(name)\n"
        f"    path.write_bytes({woff({b'head': b'name'})!r}) if name.endswith('.woff') else None\n"
    )
    monkeypatch.setattr(set_up_assets, "find_npm", lambda: [sys.executable, str(script)])
    return calls


def test_lock_file_pins_by_hash_and_names_no_host() -> None:
    lock = json.loads((ROOT / "web_client" / "package-lock.json").read_text())
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert len(packages) >= 4
    for name, entry in packages.items():
        assert entry.get("integrity", "").startswith("sha512-"), name
        assert "resolved" not in entry, name


def test_first_run_places_files_and_second_is_idle(tree: Path, npm: Path) -> None:
    assert set_up(tree) is True
    for source, target in WANTED.items():
        assert target == PACKED or (tree / target).read_text() == source
    assert (tree / WIDE).read_bytes() == unpack_woff((tree / PACKED).read_bytes())
    assert not (tree / "web_client" / "node_modules").exists()
    assert set_up(tree) is False
    assert len(npm.read_text().splitlines()) == 1


def test_missing_file_and_changed_lock_bring_it_back(tree: Path, npm: Path) -> None:
    set_up(tree)
    lost = tree / WANTED["bootstrap/dist/css/bootstrap.min.css"]
    lost.unlink()
    assert set_up(tree) is True
    assert lost.is_file()
    with (tree / "web_client" / "package-lock.json").open("a") as lock:
        lock.write("\n")
    assert set_up(tree) is True
    assert len(npm.read_text().splitlines()) == 3


def test_install_scripts_never_run(tree: Path, npm: Path) -> None:
    set_up(tree)
    assert "--ignore-scripts" in json.loads(npm.read_text())


def test_failing_npm_says_what_happened_and_leaves_no_stamp(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failing = [sys.executable, "-c", "import sys; sys.exit('npm error code ENOTFOUND')"]
    monkeypatch.setattr(set_up_assets, "find_npm", lambda: failing)
    with pytest.raises(SetUpFailed, match=r"ENOTFOUND[\s\S]*registry can be reached"):
        set_up(tree)
    assert not (tree / STAMP).exists()


def test_npm_on_path_must_answer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, text in (("npm", "#!/bin/sh\necho 6.14.0\n"), ("node", "#!/bin/sh\n")):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert set_up_assets.npm_on_path() is None
    (tmp_path / "npm").write_text("#!/bin/sh\necho 10.2.0\n")
    assert set_up_assets.npm_on_path() == [str(tmp_path / "npm")]


def test_catalogues_are_compiled_once(tmp_path: Path) -> None:
    source = tmp_path / TRANSLATIONS / "vi" / "LC_MESSAGES" / "messages.po"
    source.parent.mkdir(parents=True)
    source.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Sign"\nmsgstr "Ký số"\n')
    assert compile_catalogues(tmp_path) == 1
    assert "Ký số".encode() in source.with_suffix(".mo").read_bytes()
    assert compile_catalogues(tmp_path) == 0
