"""A real browser, a real server and emulated phones: what the end-to-end tests share.

One Chromium, server, person and phone for a module; a browser context of its own for each test.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from server.pdf.sample_contract import make_sample_contract
from tests.e2e.phones import Phone
from tests.server_process import Person, ServerProcess

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """For a module and no longer: while playwright runs, its event loop is this thread's, and no other test could have one."""
    if CHROMIUM is None:
        reason = "Debian's package chromium is missing: no browser for the end-to-end tests"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    playwright_api = pytest.importorskip("playwright.sync_api", reason="the package playwright is missing")
    with playwright_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def contract() -> bytes:
    return make_sample_contract()


@pytest.fixture(scope="module")
def person(running_server: ServerProcess) -> Person:
    return running_server.add_person()


@pytest.fixture(scope="module")
def phone(running_server: ServerProcess, person: Person, tmp_path_factory: pytest.TempPathFactory) -> Phone:
    """A paired phone that every test of the module may use; each leaves nothing pending on it."""
    return Phone(running_server, tmp_path_factory.mktemp("phones") / "an", person).pair()


@pytest.fixture
def new_phone(running_server: ServerProcess, tmp_path: Path) -> Callable[..., Phone]:
    """``new_phone(person)``: a phone of the test's own, not yet paired."""
    count = 0

    def make(owner: Person) -> Phone:
        nonlocal count
        count += 1
        return Phone(running_server, tmp_path / f"phone-{count}", owner)

    return make


@pytest.fixture
def visit_of(chromium: Any, running_server: ServerProcess) -> Iterator[Callable[..., Any]]:
    """``visit_of(person=None, **options)``: a browser, logged in unless nobody is named."""
    from tests.e2e.visit import Visit

    visits: list[Visit] = []

    def make(who: Person | None = None, **options: Any) -> Visit:
        visit = Visit(chromium, running_server.url, **options)
        visits.append(visit)
        if who is not None:
            visit.log_in(who)
        return visit

    yield make
    for visit in visits:
        visit.close()


@pytest.fixture
def visit(visit_of: Callable[..., Any], person: Person) -> Any:
    """The module's person, logged in."""
    return visit_of(person)


@pytest.fixture(scope="session")
def pictures() -> Path | None:
    """Where to put screenshots of the main states, when somebody asks for them with PHONESEAL_PICTURES."""
    folder = os.environ.get("PHONESEAL_PICTURES")
    if not folder:
        return None
    Path(folder).mkdir(parents=True, exist_ok=True)
    return Path(folder)
