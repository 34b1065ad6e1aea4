"""The run folder's sockets, wherever the machine keeps temporary files."""

from pathlib import Path

import pytest

from tests.server_process import ServerProcess


def test_a_server_starts_where_temporary_files_lie_deep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Unix socket's path may have 107 bytes (unix(7)): with a longer TMPDIR both web process and worker died at every start."""
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    monkeypatch.setenv("TMPDIR", str(deep))
    server = ServerProcess(tmp_path / "server")
    try:
        server.start()
        pids = server.pids()
        assert {"web", "worker-0"} <= pids.keys()
        run_folder = Path((server.data_dir / "server.run").read_text("utf-8"))
        assert {"web.sock", "worker-0.sock"} <= {path.name for path in run_folder.iterdir()}
    finally:
        server.stop()
    assert not run_folder.exists()
