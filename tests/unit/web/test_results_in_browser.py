"""The result list of a request in a real Chromium while its answers are slow."""

import re
from typing import Any

import pytest

from server.signing.sign_request import State
from tests.unit.web import test_pages_in_browser as in_browser
from tests.unit.web.test_batch_pages import add, finish, ids
from tests.unit.web.test_pages_in_browser import Stage

stage, chromium, page = in_browser.stage, in_browser.chromium, in_browser.page
assert stage, (chromium, page)  # the fixtures
playwright_api = in_browser.playwright_api
pytestmark = in_browser.pytestmark
SIGNED, FAILED = ("Một", "Hai"), ("Ba",)


@pytest.fixture
def request_url(stage: Stage) -> str:
    """A finished request: two documents signed, one failed."""
    portal = stage.portal
    portal.phone()
    portal.workers.resting = True
    documents = [add(portal, title) for title in (*SIGNED, *FAILED)]
    told = portal.logged_in().send_json("/batch-signing", {"document_ids": ids(*documents), "placement": None}).get_json()
    with portal.app.store.write() as tx:
        run = tx.database.conn.execute
        run("UPDATE sign_items SET state = 'SIGNED' WHERE request_id = ? AND position < 2", (told["request_id"],))
        run("UPDATE sign_items SET state = 'FAILED', reason = 'pdf_broken' WHERE request_id = ? AND position = 2", (told["request_id"],))
    finish(portal, told["request_id"], State.FAILED, end_result="server_error", finished_at=1.0)
    return str(told["url"])


class Slow:
    """Answers to the list's questions are held until they are let go."""

    def __init__(self, page: Any) -> None:
        self.held: list[Any] = []
        self.holds = True
        page.route("**/documents.json*", self._meet)

    def _meet(self, route: Any) -> None:
        if self.holds:
            self.held.append(route)
        else:
            route.continue_()

    def let_go(self) -> None:
        self.holds = False
        for route in self.held:
            route.continue_()
        self.held.clear()


def shown(page: Any, *titles: str) -> None:
    lines = page.locator("[data-result-list] .title")
    playwright_api.expect(lines).to_have_text(list(titles))


def press(page: Any, name: str) -> None:
    page.locator(f'[data-result-filters] [data-filter="{name}"]').click()


def test_a_filter_that_is_clicked_while_the_list_loads_is_not_lost(page: Any, request_url: str) -> None:
    slow = Slow(page)
    page.goto(request_url)
    page.wait_for_selector('[data-result-filters] [data-filter="signed"]')
    playwright_api.expect(page.locator('[data-result-filters] [aria-current="true"]')).to_have_text(re.compile("1"))  # the failed
    press(page, "signed")
    slow.let_go()
    shown(page, *SIGNED)
    press(page, "all")
    shown(page, *SIGNED, *FAILED)


def test_the_last_of_several_clicks_counts(page: Any, request_url: str) -> None:
    page.goto(request_url)
    shown(page, *FAILED)
    slow = Slow(page)
    for name in ("all", "signed", "failed", "signed"):
        press(page, name)
    slow.let_go()
    shown(page, *SIGNED)
