"""What every test may use: real servers, and their logs beside a failure."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.server_process import LIVE, ServerProcess

LOG_TAIL = 12_000  # characters


@pytest.fixture
def server_factory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., ServerProcess]]:
    """``server_factory(start=True, **settings)``: a server of the test's own; all are stopped at its end."""
    made: list[ServerProcess] = []

    def make(*, start: bool = True, **settings: Any) -> ServerProcess:
        server = ServerProcess(tmp_path_factory.mktemp("server"), **settings)
        made.append(server)
        if start:
            server.start()
        return server

    yield make
    for server in made:
        server.stop()


@pytest.fixture(scope="module")
def running_server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServerProcess]:
    """One server for the tests of a module: each test takes its own person, phone and relying party.

    A module that needs other settings says so in ``SERVER_SETTINGS``.
    """
    settings = getattr(request.module, "SERVER_SETTINGS", {})
    server = ServerProcess(tmp_path_factory.mktemp("server"), **settings)
    server.start()
    yield server
    server.stop()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    outcome: Any = yield
    report = outcome.get_result()
    if report.failed:
        for server in LIVE:
            report.sections.append((f"log of the server on port {server.port}", server.log()[-LOG_TAIL:]))
