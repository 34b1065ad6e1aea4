"""Every page in both languages, wide and narrow: labels, dialogs, live regions, the content policy, and no word of the other language."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.phones import Phone
from tests.server_process import Person, ServerProcess

ENGLISH = re.compile(
    r"\b(the|and|your|you|document|documents|phone|sign|signed|signature|log in|log out|cancel|close|confirm|waiting|file|page|"
    r"password|upload|download|account|loading|code|expired|request|choose|certificate)\b",
    re.IGNORECASE,
)
VIETNAMESE = re.compile("[ăđĩũơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)
OWN_WORDS = re.compile(
    r"PhoneSeal|emulator|file-\d+|Nguyễn Thị Lấp Lánh Ánh|hop-dong|\S+\.pdf|\S+@\S+|anh-\w+|Tiếng Việt|iOS|Android|"
    r"Google Play|App Store|JavaScript|StrongBox|https?://\S+|ECDSA.*|PhoneSeal development.*",
)
PAGES = ("login", "documents", "upload", "document", "request", "account", "pairing", "app", "missing")


@pytest.fixture(scope="module")
def addresses(
    running_server: ServerProcess, person: Person, phone: Phone, contract: bytes, chromium: Any
) -> Iterator[dict[str, str]]:
    """Where each kind of page is; the request waits for a phone that is away."""
    from tests.e2e.visit import Visit

    visit = Visit(chromium, running_server.url)
    visit.log_in(person)
    document = visit.upload(contract, "hop-dong.pdf")
    asked = visit.upload(contract, "hop-dong.pdf")
    request = visit.ask()
    visit.code()
    visit.page.goto("/account")
    visit.page.get_by_role("button", name="Ghép thêm điện thoại").click()
    visit.page.wait_for_url("**/account/pairing/pa_*")
    pairing = visit.page.url.rsplit("/", 1)[-1]
    assert asked
    yield {
        "login": "/login", "documents": "/documents", "upload": "/documents/upload", "document": f"/documents/{document}",
        "request": f"/sign-requests/{request}", "account": "/account", "pairing": f"/account/pairing/{pairing}", "app": "/app",
        "missing": "/documents/doc_00000000000000000000000000",
    }  # fmt: skip
    visit.close()


def show(visit_of: Any, person: Person, addresses: dict[str, str], name: str, language: str, width: int = 1280) -> Any:
    """The page in one language, reached by the switch at the top."""
    visit = visit_of(None if name == "login" else person, locale="vi-VN", width=width, height=900)
    visit.tolerate("status of 404")
    if name == "login":
        visit.page.goto("/login")
    if language == "en":
        visit.page.get_by_role("button", name="EN", exact=True).click()
        visit.page.wait_for_function("document.documentElement?.lang === 'en'")
    visit.page.goto(addresses[name])
    visit.page.wait_for_load_state("networkidle") if name not in (
        "request",
        "pairing",
    ) else visit.page.wait_for_selector("[data-panel-lead]:has-text(':'), [data-pairing-lead]:has-text(':'), .note:visible")
    return visit


@pytest.fixture(autouse=True)
def in_vietnamese_again(running_server: ServerProcess, person: Person) -> Iterator[None]:
    yield
    running_server.app.log_in.set_language(person.user_id, "vi")


@pytest.mark.parametrize("name", PAGES)
def test_page_speaks_one_language(
    visit_of: Any, person: Person, addresses: dict[str, str], name: str, pictures: Path | None
) -> None:
    for language, foreign in (("vi", ENGLISH), ("en", VIETNAMESE)):
        visit = show(visit_of, person, addresses, name, language)
        page = visit.page
        assert page.locator("html").get_attribute("lang") == language
        text = OWN_WORDS.sub(" ", page.evaluate(ALL_WORDS))
        assert not foreign.search(text), (language, foreign.findall(text), text)
        visit.picture(pictures, f"{name}-{language}-1280")


@pytest.mark.parametrize("name", PAGES)
def test_page_can_be_used_by_everybody(
    visit_of: Any, person: Person, addresses: dict[str, str], name: str, pictures: Path | None
) -> None:
    """At the width of a phone: nothing sticks out, every field and button has a name, one main heading, a policy without holes."""
    visit = show(visit_of, person, addresses, name, "vi", width=390)
    page: Page = visit.page
    visit.picture(pictures, f"{name}-vi-390")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate(NAMELESS) == []
    assert page.evaluate(HEADINGS) == 1
    assert page.evaluate("[...document.querySelectorAll('img')].every((image) => image.hasAttribute('alt'))")
    assert page.evaluate(TOO_SMALL) == []
    expect(page.locator("[aria-live]").first).to_be_attached()
    policy = page.request.get(addresses[name]).headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link" or name == "login"


def test_dialog_keeps_the_focus_and_gives_it_back(visit: Any, addresses: dict[str, str]) -> None:
    page = visit.page
    page.goto(addresses["document"])
    button = page.get_by_role("button", name="Ký số", exact=True)
    button.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Xác nhận ký số chứng từ")
    expect(dialog).to_be_visible()
    for _ in range(6):
        page.keyboard.press("Tab")
        inside = page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('dialog')")
        assert inside, page.evaluate("document.activeElement.outerHTML")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(button).to_be_focused()


def test_panel_tells_screen_readers_state_and_code(visit: Any, addresses: dict[str, str]) -> None:
    page = visit.page
    page.goto(addresses["request"])
    spoken = page.locator("[data-panel-spoken]")
    expect(spoken).to_have_attribute("aria-live", "polite")
    expect(spoken).to_have_text(re.compile(r"Đang chờ điện thoại kết nối.*(\d ){3}\d"))


def test_choice_of_language_is_kept(visit_of: Any, person: Person) -> None:
    first = visit_of(person)
    first.page.get_by_role("button", name="EN", exact=True).click()
    expect(first.page.locator("h1")).to_have_text("Document list")
    other = visit_of(person)  # another browser: the account remembers
    other.page.goto("/documents")
    expect(other.page.locator("html")).to_have_attribute("lang", "en")


ALL_WORDS = """() => {
  const seen = [];
  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE) { seen.push(node.textContent); return; }
    if (!(node instanceof Element) || ['SCRIPT', 'STYLE', 'NOSCRIPT', 'svg'].includes(node.tagName)) return;
    if (node.lang && node !== document.documentElement) return;
    for (const name of ['aria-label', 'title', 'placeholder', 'alt']) if (node.getAttribute(name)) seen.push(node.getAttribute(name));
    node.childNodes.forEach(walk);
  };
  walk(document.body);
  seen.push(document.title);
  return seen.join(' ').replace(/\\s+/g, ' ');
}"""
NAMELESS = """() => [...document.querySelectorAll('input:not([type=hidden]), select, textarea, button, a[href], dialog, [role=dialog]')]
  .filter((field) => {
    if (field.closest('[hidden]')) return false;
    const labelled = (field.getAttribute('aria-labelledby') || '').split(' ').map((id) => document.getElementById(id)).filter(Boolean);
    const words = [field.getAttribute('aria-label'), ...labelled.map((label) => label.textContent),
      ...[...(field.labels || [])].map((label) => label.textContent),
      ...(field.matches('button, a') ? [field.textContent, ...[...field.querySelectorAll('img')].map((image) => image.alt)] : [])];
    return !words.some((word) => word && word.trim());
  }).map((field) => field.outerHTML.slice(0, 200))"""
HEADINGS = "[...document.querySelectorAll('h1')].filter((heading) => heading.offsetParent !== null).length"
TOO_SMALL = """() => [...document.querySelectorAll('main button, main .btn, main select')].filter((target) => {
    const box = target.getBoundingClientRect();
    return box.width > 0 && box.height < 24 && !target.closest('.visually-hidden');
  }).map((target) => target.outerHTML.slice(0, 200))"""
