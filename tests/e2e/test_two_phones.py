"""Two phones on one account: both are asked, the first answer counts, the other phone is told."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.phones import APPROVE, Phone
from tests.server_process import Person, ServerProcess

TOLD = '{event = "withdrawn", end_result = "answered_elsewhere"}'


@pytest.fixture(scope="module")
def second(
    running_server: ServerProcess, person: Person, phone: Phone, tmp_path_factory: pytest.TempPathFactory
) -> Phone:
    """Paired with the first phone's approval."""
    profile = tmp_path_factory.mktemp("phones") / "hai"
    with phone.plays('new_device = "approve"'):
        return Phone(running_server, profile, person).pair("--device-name", "Máy thứ hai")


@pytest.mark.parametrize("answer", ["approve", "refuse"])
def test_first_answer_wins(visit: Any, phone: Phone, second: Phone, contract: bytes, answer: str) -> None:
    visit.upload(contract)
    state, result = ("COMPLETED", "ok") if answer == "approve" else ("REFUSED", "user_refused")
    slow = f'expect = ["checked", {TOLD}]\nforbid = ["approved", "refused"]\n{APPROVE}wait_for_file = "never"\n'
    quick = f'expect = [{{event = "outcome", state = "{state}", end_result = "{result}"}}]\n[[answer]]\naction = "{answer}"\n'
    go = second.beside("go")
    with phone.plays(slow) as first, second.plays(f'{quick}wait_for_file = "{go}"\n') as other:
        request_id = visit.ask()
        code = visit.code()
        first.wait("checked")
        other.wait("checked")
        expect(visit.page.get_by_text("Máy thứ hai").first).to_be_visible()
        second.tell_code(request_id, code)
        go.touch()
        visit.result()
        other.end()
        first.end()
    go.unlink()
    if answer == "approve":
        expect(visit.page.locator("[data-result-who]")).to_contain_text("Máy thứ hai")


def test_both_answer_at_once(
    running_server: ServerProcess, visit: Any, phone: Phone, second: Phone, contract: bytes
) -> None:
    """A race: exactly one phone signs, the document carries exactly one signature."""
    document_id = visit.upload(contract)
    scenario = f'expect = ["outcome"]\n{APPROVE}'
    with phone.plays(scenario) as one, second.plays(scenario) as two:
        one.wait("connected")
        two.wait("connected")
        request_id, code = visit.ask(), visit.code()
        phone.tell_code(request_id, code)
        second.tell_code(request_id, code)
        assert "Chứng từ đã được ký" in visit.result()
        one.end()
        two.end()
        winners = [playing for playing in (one, two) if playing.all("approved")]
        assert len(winners) == 1, (one.story(), two.story())
        ended = {event["end_result"] for playing in (one, two) for event in playing.all("outcome")}
        assert ended == {"ok", "answered_elsewhere"}
    file = visit.page.request.get(f"/documents/{document_id}/file").body()
    assert file.count(b"/ByteRange") == 1


def test_wrong_code_on_one_ends_it_for_both(visit: Any, phone: Phone, second: Phone, contract: bytes) -> None:
    visit.upload(contract)
    waits = f'expect = ["checked", "withdrawn"]\nforbid = ["approved"]\n{APPROVE}wait_for_file = "never"\n'
    wrong = f'expect = [{{event = "outcome", end_result = "wrong_verification_code"}}]\n{APPROVE}code = "wrong"\n'
    with phone.plays(waits) as first, second.plays(wrong) as other:
        first.wait("connected")
        request_id, code = visit.ask(), visit.code()
        first.wait("checked")
        second.tell_code(request_id, code)
        assert "Mã được chọn trên điện thoại không đúng" in visit.result()
        other.end()
        first.end()


def test_one_frozen_the_other_signs(
    running_server: ServerProcess, visit: Any, phone: Phone, second: Phone, contract: bytes
) -> None:
    page = visit.page
    visit.upload(contract)
    request_id, code = visit.ask(), visit.code()
    page.goto("/account")
    card = page.get_by_role("article", name="Máy thứ hai").first
    card.get_by_role("button", name="Tạm khoá").click()
    page.get_by_role("dialog", name="Tạm khoá “Máy thứ hai”?").get_by_role("button", name="Tạm khoá").click()
    expect(card).to_contain_text("Điện thoại này không ký được cho tới khi bạn mở khoá")
    page.goto(f"/sign-requests/{request_id}")
    phone.tell_code(request_id, code)
    with (
        second.plays('expect = ["frozen"]\nforbid = ["request"]') as frozen,
        phone.plays(f'expect = [{{event = "outcome", state = "COMPLETED"}}]\n{APPROVE}') as active,
    ):
        assert "Chứng từ đã được ký" in visit.result()
        active.end()
        frozen.end()
    device = next(
        d
        for d in running_server.app.read_devices.of_subscriber(phone.person.subscriber_id)
        if d.device.name == "Máy thứ hai"
    )
    running_server.app.end_device.thaw(device.device.device_id, "operator")


def test_rename_is_seen_everywhere(visit_of: Callable[..., Any], running_server: ServerProcess, new_phone: Any) -> None:
    owner = running_server.add_person(name="Phan Đặt Tên")
    new_phone(owner).pair()
    page = visit_of(owner).page
    page.goto("/account")
    page.get_by_role("button", name="Đổi tên").click()
    page.get_by_role("dialog").get_by_role("textbox").fill("Điện thoại <của> tôi")
    page.get_by_role("button", name="Lưu").click()
    expect(page.get_by_role("article", name="Điện thoại <của> tôi")).to_be_visible()
