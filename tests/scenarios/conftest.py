"""One server for all scenarios of a run, and phones that are paired when they are first needed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scenarios.real_server import RealServer, Stage


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    made = RealServer(tmp_path_factory.mktemp("server"))
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="module")
def phone(server: RealServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A paired phone that every scenario of the module may use; each leaves nothing pending on it."""
    profile = tmp_path_factory.mktemp("phones") / "an"
    server.pair(profile, "--algorithm", "ecdsa_p256_sha256")
    return profile


@pytest.fixture
def stage(server: RealServer, tmp_path: Path) -> Stage:
    return Stage(server, tmp_path)
