"""Every way a request can end but "signed", as browser and phone show it. The page is never loaded again."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.phones import APPROVE, Phone
from tests.server_process import ServerProcess

SERVER_SETTINGS = {"request_lifetime": 7200}
OUTCOME = '{{event = "outcome", state = "{}", end_result = "{}"}}'


@pytest.fixture
def asked(visit: Any, contract: bytes) -> Iterator[Any]:
    """A visit to a document's page, ready to press "Sign"; the page that shows the end is the page that asked."""
    visit.upload(contract)
    visit.mark()
    yield visit
    assert visit.still_marked()


def outcome(state: str, end_result: str) -> str:
    return OUTCOME.format(state, end_result)


@pytest.mark.inventory(6)
def test_refused_with_a_reason(asked: Any, phone: Phone, pictures: Path | None) -> None:
    answer = '[[answer]]\naction = "refuse"\nreason = "Sai mức lương <b>tháng 3</b>"'
    with phone.plays(f'expect = ["refused", {outcome("REFUSED", "user_refused")}]\n{answer}') as playing:
        asked.ask()
        told = asked.result()
        playing.end()
    assert "Bạn đã từ chối trên điện thoại" in told
    assert "Lý do: Sai mức lương <b>tháng 3</b>" in told
    expect(asked.state).to_have_text("Đã bị từ chối")
    asked.picture(pictures, "refused")


def test_wrong_code_ends_it(asked: Any, phone: Phone, pictures: Path | None) -> None:
    # Of verdict and outcome either may come first: the state is empty when the phone ends it by the verdict.
    told = '{event = "verdict", verdict = "wrong"}, {event = "outcome", end_result = "wrong_verification_code"}'
    with phone.plays(f'expect = ["choice", {told}]\nforbid = ["pin"]\n{APPROVE}code = "wrong"') as playing:
        phone.tell_code(asked.ask(), asked.code())
        assert "Mã được chọn trên điện thoại không đúng" in asked.result()
        playing.end()
    asked.picture(pictures, "wrong-code")


def test_nobody_answers(asked: Any, phone: Phone, running_server: ServerProcess) -> None:
    with phone.plays(
        'expect = ["ignored", {event = "withdrawn", end_result = "expired"}]\n[[answer]]\naction = "ignore"'
    ) as playing:
        asked.ask()
        playing.wait("ignored")
        running_server.move_clock(7190)
        expect(asked.state).to_have_text("Đang mở trên điện thoại")
        running_server.move_clock(11)
        told = asked.result()
        playing.end()
    assert "Không có ai xác nhận trong thời hạn" in told


def test_answered_too_late(asked: Any, phone: Phone, running_server: ServerProcess) -> None:
    """The code was right and the PIN is typed, but the time is over by the server's clock."""
    scenario = f'expect = ["checked", {{event = "withdrawn", end_result = "expired"}}]\nforbid = ["approved"]\n{APPROVE}delay = 7250\n'
    with phone.plays(scenario) as playing:
        phone.tell_code(asked.ask(), asked.code())
        playing.wait("checked")
        running_server.move_clock(7300)
        asked.result()
        playing.end()


def test_cancelled_while_the_phone_thinks(asked: Any, phone: Phone, pictures: Path | None) -> None:
    with phone.plays(
        'expect = ["checked", {event = "withdrawn", end_result = "cancelled"}]\nforbid = ["approved"]\n'
        f'{APPROVE}wait_for_file = "never"'
    ) as playing:
        asked.ask()
        playing.wait("checked")
        page = asked.page
        page.get_by_role("button", name="Huỷ yêu cầu").first.click()
        dialog = page.get_by_role("dialog", name="Huỷ yêu cầu này?")
        asked.picture(pictures, "cancel-dialog")
        dialog.get_by_role("button", name="Giữ yêu cầu").click()
        expect(dialog).to_be_hidden()
        assert not playing.all("withdrawn")
        page.get_by_role("button", name="Huỷ yêu cầu").first.click()
        dialog.get_by_role("button", name="Huỷ yêu cầu").click()
        assert "Yêu cầu đã bị huỷ" in asked.result()
        playing.end()
    expect(asked.page.get_by_role("button", name="Huỷ yêu cầu")).to_have_count(0)


def test_phone_away_then_back(asked: Any, phone: Phone, pictures: Path | None) -> None:
    request_id = asked.ask()
    expect(asked.state).to_have_text("Đang chờ điện thoại kết nối")
    expect(asked.page.get_by_text("Chưa có điện thoại nào kết nối").first).to_be_visible()
    asked.picture(pictures, "no-phone-connected")
    phone.tell_code(request_id, asked.code())
    with phone.plays(f'expect = ["connected", "request", {outcome("COMPLETED", "ok")}]\n' + APPROVE) as playing:
        assert "Chứng từ đã được ký" in asked.result()
        playing.end()


def test_line_breaks_after_the_approval(asked: Any, phone: Phone) -> None:
    scenario = (
        f'expect = ["approved", "disconnected", "connected", {outcome("COMPLETED", "ok")}]\nany_order = true\n{APPROVE}'
        '[[connection]]\nafter = {event = "approved"}\ndo = "offline"\nseconds = 1.5\n'
    )
    with phone.plays(scenario) as playing:
        phone.tell_code(asked.ask(), asked.code())
        assert "Chứng từ đã được ký" in asked.result()
        playing.end()


def test_page_left_and_found_again(asked: Any, phone: Phone) -> None:
    """Closed browser: the request goes on; the list leads back to its result."""
    request_id = asked.ask()
    phone.tell_code(request_id, asked.code())
    page = asked.page
    page.goto("/account")
    with phone.plays(f"expect = [{outcome('COMPLETED', 'ok')}]\n" + APPROVE) as playing:
        playing.end()
    page.goto(f"/sign-requests/{request_id}")
    assert "Chứng từ đã được ký" in asked.result()
    page.goto("/documents?show=completed")
    expect(page.locator("tbody tr").first).to_contain_text("Đã hoàn tất")
    asked.mark()


@pytest.mark.inventory(7)
def test_wrong_pin_until_it_locks(
    running_server: ServerProcess, visit_of: Any, new_phone: Callable[..., Phone], contract: bytes, tmp_path: Path
) -> None:
    """The waits are the server's and are skipped with its clock; a phone restored from a copy stays locked."""
    owner = running_server.add_person(name="Lê Quên")
    forgetful = new_phone(owner).pair()
    copy = Phone(running_server, tmp_path / "copy", owner)
    shutil.copytree(forgetful.profile, copy.profile)
    visit = visit_of(owner)
    visit.upload(contract)
    forgetful.tell_code(visit.ask(), visit.code())
    locked = 'expect = [{event = "error", code = "pin_locked"}]\nforbid = ["approved"]\n'
    with forgetful.plays(f"{locked}{APPROVE}wrong_pins = 6\n") as playing:
        for left, wait in ((5, 0), (4, 0), (3, 30), (2, 300), (1, 3600)):
            refused = playing.wait("pin_refused", tries_left=left)
            assert (refused["code"], refused["retry_after"]) == ("wrong_pin", wait)
            if wait:  # the next PIN is typed already; the phone keeps it until the time has come
                running_server.move_clock(wait - 15)
                assert len(playing.all("pin_refused")) == 6 - left, "a PIN was sent before its time"
                running_server.move_clock(16)
        playing.end()
        assert len(playing.all("pin")) == 6
    expect(visit.state).to_have_text("Đang mở trên điện thoại")
    visit.page.get_by_role("button", name="Huỷ yêu cầu").first.click()
    visit.page.locator("[data-cancel-now]").click()
    visit.result()

    visit.upload(contract)
    request_id = visit.ask()
    copy.tell_code(request_id, visit.code())
    with copy.plays(locked + APPROVE) as playing:
        playing.end()
    visit.page.goto("/account")
    unpair(visit.page, "PhoneSeal emulator")
    visit.page.goto(f"/sign-requests/{request_id}")
    assert "Không còn điện thoại nào có thể ký" in visit.result()


def unpair(page: Any, name: str) -> None:
    card = page.get_by_role("article", name=name).first
    card.get_by_role("button", name="Gỡ ghép").click()
    page.get_by_role("dialog", name=f"Gỡ ghép “{name}”?").get_by_role("button", name="Gỡ ghép").click()
    expect(page.locator("#toasts")).to_contain_text("Đã gỡ ghép điện thoại.")


def test_frozen_phone_gets_no_share(
    visit_of: Any, running_server: ServerProcess, new_phone: Callable[..., Phone], contract: bytes
) -> None:
    """Frozen from the account page while the request is open on it: no share, no list, nothing; unfrozen, it signs."""
    owner = running_server.add_person(name="Võ Mất Máy")
    lost = new_phone(owner).pair()
    visit = visit_of(owner)
    visit.upload(contract)
    request_id = visit.ask()
    lost.tell_code(request_id, visit.code())
    with lost.plays(f'expect = ["frozen"]\nforbid = ["approved"]\n{APPROVE}wait_for_file = "never"\n') as playing:
        playing.wait("checked")
        freeze(visit.page, "Tạm khoá")
        playing.end()
    with lost.plays(f'expect = ["frozen"]\nforbid = ["connected", "pin", "approved"]\n{APPROVE}') as playing:
        playing.end()
    visit.page.goto("/documents/upload")
    visit.page.goto(f"/sign-requests/{request_id}")
    expect(visit.state).not_to_have_text("Đang tải…")
    freeze(visit.page, "Mở khoá")
    visit.page.goto(f"/sign-requests/{request_id}")
    with lost.plays(f"expect = [{outcome('COMPLETED', 'ok')}]\n{APPROVE}") as playing:
        assert "Chứng từ đã được ký" in visit.result()
        playing.end()


def freeze(page: Any, button: str) -> None:
    page.goto("/account")
    page.get_by_role("article").get_by_role("button", name=button).click()
    page.get_by_role("dialog", name=f"{button} “PhoneSeal emulator”?").get_by_role("button", name=button).click()
    expect(page.locator("#toasts")).to_contain_text("điện thoại" if button == "Tạm khoá" else "Điện thoại")


def test_unpaired_phone_ends_what_waits(
    visit_of: Any, running_server: ServerProcess, new_phone: Callable[..., Phone], contract: bytes
) -> None:
    owner = running_server.add_person(name="Đỗ Đổi Máy")
    old = new_phone(owner).pair()
    watching, acting = visit_of(owner), visit_of(owner)
    watching.upload(contract)
    with old.plays(
        'expect = [{event = "outcome", end_result = "no_device"}, "refused_by_server", '
        '{event = "error", code = "device_unpaired"}]\nany_order = true\n[[answer]]\naction = "ignore"'
    ) as playing:
        watching.ask()
        watching.mark()
        playing.wait("ignored")
        acting.page.goto("/account")
        unpair(acting.page, "PhoneSeal emulator")
        assert "Không còn điện thoại nào có thể ký" in watching.result()
        assert watching.still_marked()
        playing.end()
    watching.page.goto("/documents")
    expect(watching.page.get_by_text("Chưa ghép điện thoại nào.")).to_be_visible()


def test_no_phone_is_said_before_anything_is_asked(
    visit_of: Any, running_server: ServerProcess, contract: bytes
) -> None:
    visit = visit_of(running_server.add_person(name="Ngô Chưa Ghép"))
    document_id = visit.upload(contract)
    page = visit.page
    expect(page.get_by_text("Chưa ghép điện thoại nào. Hãy ghép trước")).to_be_visible()
    button = page.get_by_role("button", name="Ký số", exact=True)
    expect(button).to_have_attribute("aria-disabled", "true")
    button.click(force=True)
    expect(page.locator("dialog[open]")).to_have_count(0)
    answer = page.request.post(
        f"/documents/{document_id}/sign",
        data={"placement": None},
        headers={"X-CSRFToken": visit.csrf(), "Accept": "application/json"},
    )
    assert (answer.status, answer.json()["code"]) == (409, "no_device")
    page.get_by_role("link", name="Ghép điện thoại").click()
    page.wait_for_url("**/account#phones")
