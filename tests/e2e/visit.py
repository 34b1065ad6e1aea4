"""One person's browser: clicks and typing, and a watch on everything that must never happen.

Rules: whatever the browser complains of fails the test: script errors, console errors, what the content policy stopped, answers 5xx,
and any request to another host. A test that provokes a refusal on purpose says so with ``expecting``.
"""

import base64
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, Response, expect

from tests.server_process import Person

TIMEOUT = 15_000  # milliseconds; what is slow is the machine, never the product by that much
expect.set_options(timeout=TIMEOUT)
DIGITS = re.compile(r"^\d{4}$")
_LEAVING = "WebSocket is closed before the connection is established"  # a page was left while its socket was opened
_DROP = """async ([zone, files]) => {
  const transfer = new DataTransfer();
  for (const file of files) {
    const bytes = Uint8Array.from(atob(file.bytes), (letter) => letter.charCodeAt(0));
    transfer.items.add(new File([bytes], file.name, { type: file.type }));
  }
  for (const kind of ['dragenter', 'dragover', 'drop']) {
    zone.dispatchEvent(new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true }));
  }
}"""


class Visit:
    """A browser context with one page. ``close`` it: it fails then if anything went wrong in it."""

    def __init__(self, browser: Browser, url: str, locale: str = "vi-VN", width: int = 1280, height: int = 900) -> None:
        self._host = urlsplit(url).netloc
        self.context = browser.new_context(
            base_url=url, locale=locale, viewport={"width": width, "height": height}, accept_downloads=True
        )
        self.context.set_default_timeout(TIMEOUT)
        self.page: Page = self.context.new_page()
        self.problems: list[str] = []
        self._expected: list[str] = []
        self._watch(self.page)

    def _watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.problems.append(f"script error: {error}"))
        page.on("console", self._said)
        page.on("request", self._asked)
        page.on("response", self._answered)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and _LEAVING not in message.text:
            self.problems.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _asked(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in ("data", "blob") and address.netloc != self._host:
            self.problems.append(f"foreign request: {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self.problems.append(f"answer {response.status}: {response.url}")

    @contextmanager
    def expecting(self, *fragments: str) -> Iterator[None]:
        """Complaints with one of these texts are part of the test from here on; each must come at least once by the end."""
        self._expected += fragments
        yield
        for fragment in fragments:
            expect_in(fragment, self)

    def tolerate(self, *fragments: str) -> None:
        """Complaints with one of these texts may come (a server that is killed on purpose)."""
        self._expected += fragments

    def complaints(self) -> list[str]:
        return [problem for problem in self.problems if not any(text in problem for text in self._expected)]

    def close(self) -> None:
        self.context.close()
        complaints = self.complaints()
        assert not complaints, complaints

    # -- going about -------------------------------------------------------------------------------
    def log_in(self, person: Person) -> None:
        self.page.goto("/login")
        self.page.locator("#login-name").fill(person.login)
        self.page.locator("#password").fill(person.password)
        self.page.locator("main form").get_by_role("button").last.click()
        self.page.wait_for_url("**/documents")

    def drop(self, *files: tuple[str, bytes]) -> None:
        """Drags files from the desktop onto the upload page."""
        self.page.goto("/documents/upload")
        self.page.wait_for_load_state("load")
        carried = [
            {"name": name, "bytes": base64.b64encode(content).decode(), "type": "application/pdf"}
            for name, content in files
        ]
        self.page.evaluate(_DROP, [self.page.locator("[data-drop-zone]").element_handle(), carried])

    def upload(self, content: bytes, name: str = "Hợp đồng dịch vụ.pdf") -> str:
        """Drops the file and opens its page. The document's id."""
        self.drop((name, content))
        self.page.locator("[data-open] a").click()
        self.page.wait_for_url("**/documents/doc_*")
        return self.page.url.rsplit("/", 1)[-1]

    def ask(self) -> str:
        """Presses "Sign" and confirms. The request's id, from the address that the page now has."""
        self.page.locator("[data-sign-form] > button[type=submit]").click()
        dialog = self.page.locator("#sign-dialog")
        expect(dialog).to_be_visible()
        dialog.locator("[data-sign-now]").click()
        self.page.wait_for_url("**/sign-requests/sr_*")
        return self.page.url.rsplit("/", 1)[-1]

    def code(self) -> str:
        """The verification code, once the page shows it."""
        shown = self.page.locator("[data-code-digits]")
        expect(shown).to_have_text(DIGITS, timeout=TIMEOUT)
        return shown.inner_text()

    @property
    def state(self) -> Locator:
        return self.page.locator("[data-panel-state]")

    def result(self) -> str:
        """The words of the result, once the request has ended."""
        box = self.page.locator("[data-panel-result]")
        expect(box).to_be_visible(timeout=TIMEOUT)
        return box.inner_text()

    def mark(self) -> None:
        """From here on the page must not be loaded again: ``still_marked`` says."""
        self.page.evaluate("window.notLoadedAgain = true")

    def still_marked(self) -> bool:
        return self.page.evaluate("window.notLoadedAgain === true") is True

    def csrf(self) -> str:
        return str(self.page.locator('meta[name="csrf-token"]').get_attribute("content"))

    def picture(self, folder: Path | None, name: str) -> None:
        """For people who look at pages; nothing is compared."""
        if folder is not None:
            self.page.screenshot(path=folder / f"{name}.png", full_page=True)


def expect_in(fragment: str, visit: Visit) -> None:
    assert any(fragment in problem for problem in visit.problems), (fragment, visit.problems)


def facts_of(page: Page, name: str) -> Any:
    """The JSON that the page hands to its scripts."""
    return page.evaluate("(id) => JSON.parse(document.getElementById(id).textContent)", name)
