"""Pairing as a person does it: the account page in a browser, the phone beside it, six digits on both."""

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import expect

from tests.e2e.phones import Phone
from tests.server_process import Person, ServerProcess

SIX_DIGITS = re.compile(r"^\d{3} \d{3}$")


@pytest.fixture
def newcomer(running_server: ServerProcess) -> Person:
    return running_server.add_person(name="Trần Văn Bình")


def start_pairing(visit: Any) -> None:
    visit.page.goto("/account")
    visit.page.get_by_role("button", name=re.compile("^Ghép (điện thoại|thêm)")).click()
    visit.page.wait_for_url("**/account/pairing/pa_*")
    expect(visit.page.locator("[data-pairing-lead] .clock")).to_have_text(re.compile(r"^0?[45]:\d\d$"))


def camera(visit: Any) -> str:
    """What the phone's camera reads off the screen."""
    shown = visit.page.locator(".qr")
    expect(shown).to_be_visible()
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(shown.screenshot())).convert("L"))
    return str(found.text)


def shown_digits(visit: Any) -> str:
    digits = visit.page.locator("[data-six-digits]")
    expect(digits).to_have_text(SIX_DIGITS, timeout=30_000)
    expect(digits).to_be_visible()
    return str(digits.inner_text()).replace(" ", "")


@pytest.mark.inventory(5)
def test_by_qr_code(
    running_server: ServerProcess,
    visit_of: Any,
    newcomer: Person,
    new_phone: Callable[..., Phone],
    pictures: Path | None,
) -> None:
    visit = visit_of(newcomer)
    page = visit.page
    expect(page.get_by_text("Chưa ghép điện thoại nào.").first).to_be_visible()
    start_pairing(visit)
    visit.mark()
    visit.picture(pictures, "pairing-code")
    uri = camera(visit)
    assert uri.endswith(f"&f={running_server.app.signer.fingerprint}")
    with new_phone(newcomer).joins("--qr", uri, "--device-name", "Máy của Bình") as joining:
        on_phone = joining.wait("pairing_digits", state="confirm_digits")["digits"]
        assert shown_digits(visit) == on_phone
        expect(page.get_by_text("Máy của Bình")).to_be_visible()
        visit.picture(pictures, "pairing-digits")
        page.get_by_role("button", name="Đúng, số giống nhau").click()
        expect(page.get_by_role("heading", name="Đã ghép điện thoại")).to_be_visible()
        joining.end()
        assert joining.all("paired")[0]["subscriber_name"] == "Trần Văn Bình"
    assert visit.still_marked()
    page.get_by_role("link", name="Xem điện thoại của tôi").click()
    expect(page.get_by_role("article", name="Máy của Bình")).to_contain_text("Đang hoạt động")
    expect(page.get_by_role("region", name="Chứng thư")).to_contain_text("ECDSA P-256, SHA-256 · Máy của Bình")
    visit.picture(pictures, "account")
    page.goto("/documents")
    expect(page.get_by_text("Chưa ghép điện thoại nào.")).to_have_count(0)


def test_by_typed_code(
    running_server: ServerProcess, visit_of: Any, newcomer: Person, new_phone: Callable[..., Phone]
) -> None:
    visit = visit_of(newcomer)
    start_pairing(visit)
    code = visit.page.locator("[data-typed-code]").inner_text()
    assert re.fullmatch(r"[0-9a-z]{5}-[0-9a-z]{5}", code)
    typed = code.upper().replace("-", " ").replace("0", "O").replace("1", "I")  # as people read it off
    with new_phone(newcomer).joins("--server", running_server.url, "--code", typed) as joining:
        assert shown_digits(visit) == joining.wait("pairing_digits", state="confirm_digits")["digits"]
        visit.page.get_by_role("button", name="Đúng, số giống nhau").click()
        expect(visit.page.get_by_role("heading", name="Đã ghép điện thoại")).to_be_visible()
        joining.end()


def test_other_digits_are_refused_and_nothing_is_paired(
    running_server: ServerProcess, visit_of: Any, newcomer: Person, new_phone: Callable[..., Phone]
) -> None:
    visit = visit_of(newcomer)
    start_pairing(visit)
    with new_phone(newcomer).joins("--qr", camera(visit)) as joining:
        shown_digits(visit)
        visit.page.get_by_role("button", name="Không, số khác").click()
        expect(visit.page.get_by_role("heading", name="Điện thoại không được ghép")).to_be_visible()
        joining.end(expect=3)
        assert joining.all("pairing_failed")
    visit.page.goto("/account")
    expect(visit.page.get_by_text("Chưa ghép điện thoại nào.")).to_be_visible()


def test_code_expires_and_works_no_more(
    running_server: ServerProcess, visit_of: Any, newcomer: Person, new_phone: Callable[..., Phone]
) -> None:
    visit = visit_of(newcomer)
    start_pairing(visit)
    uri = camera(visit)
    running_server.move_clock(301)
    expect(visit.page.get_by_role("heading", name="Mã đã hết hạn")).to_be_visible()
    with new_phone(newcomer).joins("--qr", uri) as joining:
        joining.end(expect=3)
        assert joining.all("pairing_failed", code="pairing_code_unknown"), joining.story()


def test_code_works_once(
    running_server: ServerProcess, visit_of: Any, newcomer: Person, new_phone: Callable[..., Phone]
) -> None:
    visit = visit_of(newcomer)
    start_pairing(visit)
    uri = camera(visit)
    with new_phone(newcomer).joins("--qr", uri) as first:
        shown_digits(visit)
        with new_phone(newcomer).joins("--qr", uri) as thief:
            thief.end(expect=3)
            assert thief.all("pairing_failed", code="pairing_code_unknown"), thief.story()
        visit.page.get_by_role("button", name="Đúng, số giống nhau").click()
        first.end()


@pytest.mark.parametrize("decision", ["approve", "reject"])
def test_second_phone_needs_the_first(
    running_server: ServerProcess, visit_of: Any, newcomer: Person, new_phone: Callable[..., Phone], decision: str
) -> None:
    first = new_phone(newcomer).pair("--device-name", "Máy cũ")
    visit = visit_of(newcomer)
    start_pairing(visit)
    with (
        first.plays(f'new_device = "{decision}"') as old,
        new_phone(newcomer).joins("--qr", camera(visit), "--device-name", "Máy mới") as joining,
    ):
        digits = shown_digits(visit)
        assert not joining.all("paired")
        visit.page.get_by_role("button", name="Đúng, số giống nhau").click()
        asked = old.wait("new_device")
        assert (asked["device_name"], asked["digits"]) == ("Máy mới", digits)
        if decision == "approve":
            expect(visit.page.get_by_role("heading", name="Đã ghép điện thoại")).to_be_visible()
            joining.end()
        else:
            expect(visit.page.get_by_role("heading", name="Điện thoại không được ghép")).to_be_visible()
            joining.end(expect=3)
    visit.page.goto("/account")
    expect(visit.page.get_by_role("article", name="Máy mới")).to_have_count(1 if decision == "approve" else 0)


def test_second_phone_waits_while_the_first_is_away(
    running_server: ServerProcess, visit_of: Any, newcomer: Person, new_phone: Callable[..., Phone]
) -> None:
    first = new_phone(newcomer).pair()
    visit = visit_of(newcomer)
    start_pairing(visit)
    with new_phone(newcomer).joins("--qr", camera(visit)) as joining:
        shown_digits(visit)
        visit.page.get_by_role("button", name="Đúng, số giống nhau").click()
        expect(visit.page.get_by_text("Đang chờ điện thoại kia của bạn").first).to_be_visible()
        assert not joining.all("paired")
        with first.plays('new_device = "approve"'):
            expect(visit.page.get_by_role("heading", name="Đã ghép điện thoại")).to_be_visible()
            joining.end()
