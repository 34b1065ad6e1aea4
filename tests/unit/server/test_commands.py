"""Operators' commands as operators run them: a process each, an exit status, one line when something is wrong."""

import gc
import io
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from unittest import mock

import pytest

from server.commands.run import main
from tests.unit.server.world import World

ROOT = Path(__file__).parents[3]


class Shell:
    """``python -m server`` over one data folder: in this process, or (``process``) as a program of its own, which takes a second."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir

    def run(self, *arguments: str, status: int = 0, process: bool = False) -> str:
        """What the command said: standard output, or for another status than 0 standard error behind it."""
        words = [*arguments, "--data-dir", str(self.data_dir)]
        code, out, err = as_program(words) if process else in_place(words)
        assert code == status, (arguments, out, err)
        assert "Traceback" not in err
        return out + (err if status else "")


def as_program(words: list[str]) -> tuple[int, str, str]:
    environment = {**os.environ, "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "server", *words]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr


def in_place(words: list[str]) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), mock.patch("server.commands.run.set_up_logging"):
        code = main(words)
    gc.collect()  # a command leaves its connection to the end of its process
    return code, out.getvalue(), err.getvalue()


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path / "data")


@pytest.fixture
def used(world: World) -> Shell:
    """Over the data of a world with a signed document."""
    world.completed()
    world.work()
    return Shell(world.config.data_dir)


def test_users(shell: Shell, tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text("một mật khẩu dài\n", "utf-8")
    said = shell.run("users", "add", "An", "--name", "Nguyễn Thị Ánh", "--password-file", str(password))
    assert re.fullmatch(r"usr_\w{26} an \(subscriber sub_\w{26}\)\n", said)
    add = ("users", "add", "an", "--name", "X", "--password-file", str(password))
    assert "login_taken" in shell.run(*add, status=2) or "handle_taken" in shell.run(*add, status=2)
    password.write_text("kurz")
    assert "password_too_short" in shell.run("users", "set-password", "an", "--password-file", str(password), status=2)
    assert "user_unknown" in shell.run("users", "set-password", "binh", "--password-file", __file__, status=2)
    missing = shell.run("users", "set-password", "an", "--password-file", "/nowhere", status=2)
    assert "/nowhere" in missing


def test_relying_parties(shell: Shell) -> None:
    party, key = shell.run("relying-parties", "add", "Công ty Ánh Dương", "--open-requests", "3").split()
    assert re.fullmatch(r"rp_\w{26}", party)
    assert re.fullmatch(r"psk_ak_\w{26}_[\w-]{43}", key)
    second = shell.run("relying-parties", "add-key", party, "--label", "máy 2", "--scopes", "documents").strip()
    listed = shell.run("relying-parties", "list")
    assert "Công ty Ánh Dương" in listed
    assert listed.count("active") == 2
    assert key[33:] not in listed
    key_id = second[4:33]
    shell.run("relying-parties", "revoke-key", key_id)
    assert "revoked" in shell.run("relying-parties", "list")
    assert "revoked already" in shell.run("relying-parties", "revoke-key", key_id, status=1)
    shell.run("relying-parties", "suspend", party)
    assert "SUSPENDED" in shell.run("relying-parties", "list")
    shell.run("relying-parties", "resume", party)
    assert "SUSPENDED" not in shell.run("relying-parties", "list")
    assert "relying_party_unknown" in shell.run("relying-parties", "suspend", "rp_x", status=2)
    assert "scope_unknown" in shell.run("relying-parties", "add-key", party, "--scopes", "everything", status=2)


def test_devices(used: Shell, world: World) -> None:
    device_id = world.phone.device_id
    assert re.search(rf"{device_id}  ACTIVE .* 1 credentials  Điện thoại 1", used.run("devices", "list", "AN"))
    assert re.fullmatch(r"pa_\w{26} \w{5}-\w{5}\n", used.run("devices", "offer", world.subscriber_id))
    used.run("devices", "freeze", device_id)
    assert "FROZEN" in used.run("devices", "list", "an")
    assert "24.0 hours" in used.run("devices", "recover", "an", "--staff", "Chị Lan")
    used.run("devices", "unpair", device_id)
    assert "device_unpaired" in used.run("devices", "freeze", device_id, status=2)
    assert "device_unknown" in used.run("devices", "freeze", "dev_x", status=2)
    assert "subscriber_unknown" in used.run("devices", "list", "nobody", status=2)
    assert world.audit_kinds(device_id)[-2:] == ["device_frozen", "device_unpaired"]


def test_keys(shell: Shell) -> None:
    before = shell.run("keys", "show")
    assert "number 1" in before
    assert "key number 2 signs" in shell.run("keys", "rotate")
    after = shell.run("keys", "show")
    assert "number 2" in after
    assert before.split("fingerprint ")[1] != after.split("fingerprint ")[1]
    recovery = shell.data_dir / "keys" / "recovery-KEEP-OFFLINE.pem"
    assert "key number 3 signs" in shell.run("keys", "rotate", "--recovery-key", str(recovery))
    assert "keys_unusable" in shell.run("keys", "rotate", "--recovery-key", __file__, status=2)
    assert "/nowhere" in shell.run("keys", "rotate", "--recovery-key", "/nowhere", status=2)
    assert "number 3" in shell.run("keys", "show")


def test_two_rotations_at_once_are_two_rotations(shell: Shell) -> None:
    shell.run("keys", "show")
    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(lambda _: shell.run("keys", "rotate", process=True), range(2)))
    assert [line[:12] for line in said] == ["key number 2", "key number 3"]
    assert "number 3" in shell.run("keys", "show")


def test_audit_verify(used: Shell, world: World) -> None:
    said = used.run("audit", "verify")
    assert "the audit log is whole" in said
    assert "1 signed files" in said
    with world.app.store.write() as tx:
        tx.database.conn.execute("UPDATE audit_log SET actor = 'x' WHERE sequence = 4")
    said = used.run("audit", "verify", status=1)
    assert "PROBLEM audit_entry_changed at entry 4" in said


def test_requests(used: Shell, world: World) -> None:
    open_one = world.offered()
    assert open_one.request_id in used.run("requests")
    assert open_one.request_id not in used.run("requests", "--stuck")


def test_a_failed_request_is_set_aside(used: Shell, world: World) -> None:
    failed, other = world.offered(), world.offered()
    assert "request_not_failed" in used.run("requests", "--set-aside", failed.request_id, status=2)
    with world.app.store.write() as tx:
        tx.database.conn.execute("UPDATE sign_requests SET state = 'FAILED' WHERE request_id = ?", (failed.request_id,))
    assert failed.request_id in used.run("requests", "--stuck")
    set_aside = ("requests", "--set-aside", failed.request_id, "--note", "Đĩa đầy, đã dọn")
    assert used.run(*set_aside, process=True) == "set aside\n"
    assert "set aside before" in used.run(*set_aside)
    assert failed.request_id not in used.run("requests", "--stuck")
    assert failed.request_id not in used.run("requests")
    listed = used.run("requests", "--show-set-aside")
    assert re.search(rf"{failed.request_id}  FAILED .* set aside \d{{4}}-.*Z by operator  Đĩa đầy, đã dọn\n", listed)
    assert other.request_id not in listed
    assert world.audit_kinds(failed.request_id)[-1] == "request_set_aside"
    assert "--note goes with" in used.run("requests", "--note", "x", status=2)
    assert "request_unknown" in used.run("requests", "--set-aside", "sr_x", status=2)
    assert "the audit log is whole" in used.run("audit", "verify")


def test_backup_and_restore(used: Shell, world: World, tmp_path: Path) -> None:
    """The rehearsal: what was backed up while the server ran starts as a data folder, and its log is whole."""
    waiting = world.offered()
    copy = tmp_path / "backup"
    assert "it holds the keys" in used.run("backup", str(copy), process=True)
    assert str(copy) in used.run("backup", str(copy), status=2)
    restored = Shell(tmp_path / "restored")
    shutil.copytree(copy, restored.data_dir)
    assert used.run("audit", "verify") == restored.run("audit", "verify")
    assert used.run("keys", "show") == restored.run("keys", "show")
    assert world.phone.device_id in restored.run("devices", "list", "an")
    assert waiting.request_id in restored.run("requests")
    theirs = World(
        world.config.__class__(data_dir=restored.data_dir, free_disk_bytes=0), world.clock, world.user, world.phones
    )
    theirs.choose(waiting)
    theirs.approve(waiting)
    theirs.send(waiting)
    theirs.work()
    assert theirs.state(waiting) == "COMPLETED"
    theirs.close()
    assert "2 signed files" in restored.run("audit", "verify")


def test_a_database_without_keys_says_what_to_do(used: Shell) -> None:
    (used.data_dir / "keys").rename(used.data_dir / "gone")
    assert "restore the keys" in used.run("keys", "show", status=2)


def test_wrong_settings_are_one_line(shell: Shell, tmp_path: Path) -> None:
    config = tmp_path / "phoneseal.toml"
    config.write_text('mode = "tset"')
    said = shell.run("keys", "show", "--config", str(config), status=2)
    assert said.strip() == "mode must be 'development' or 'production'"


@pytest.mark.parametrize("words", [(), ("users",), ("users", "add"), ("nothing",), ("devices", "recover", "an")])
def test_incomplete_commands_explain_themselves(words: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "server", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "usage: python -m server" in done.stderr
