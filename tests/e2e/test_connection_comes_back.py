"""Processes die under an open page: it says so where a person would wonder, and goes on to the result by itself."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.phones import APPROVE, Phone
from tests.server_process import ServerProcess

KILLED = (
    "ERR_CONNECTION",
    "ERR_EMPTY_RESPONSE",
    "WebSocket connection to",
    "ERR_SOCKET_NOT_CONNECTED",
    "Failed to load resource",
)
DONE = 'expect = [{event = "outcome", state = "COMPLETED", items_signed = 1}]\n'


def test_web_process_dies_while_the_person_thinks(
    running_server: ServerProcess, visit: Any, phone: Phone, contract: bytes
) -> None:
    visit.tolerate(*KILLED)
    visit.upload(contract)
    visit.mark()
    go = phone.beside("go")
    with phone.plays(f'{DONE}{APPROVE}wait_for_file = "{go}"\n') as playing:
        request_id = visit.ask()
        phone.tell_code(request_id, visit.code())
        playing.wait("checked")
        running_server.kill("web")
        playing.wait("disconnected")
        running_server.wait_until_ready()
        go.touch()
        assert "Chứng từ đã được ký" in visit.result()
        playing.end()
    assert visit.still_marked()
    go.unlink()


def test_result_that_came_while_the_page_was_cut_off(
    running_server: ServerProcess, visit: Any, phone: Phone, contract: bytes
) -> None:
    """No socket and no network for the browser alone: what it missed is read again."""
    visit.tolerate(*KILLED, "ERR_INTERNET_DISCONNECTED")
    visit.upload(contract)
    visit.mark()
    request_id = visit.ask()
    phone.tell_code(request_id, visit.code())
    visit.context.set_offline(True)
    with phone.plays(DONE + APPROVE) as playing:
        playing.end()
    expect(visit.page.locator("#connection-note")).to_be_visible()
    visit.context.set_offline(False)
    assert "Chứng từ đã được ký" in visit.result()
    expect(visit.page.locator("#connection-note")).to_be_hidden()
    assert visit.still_marked()


@pytest.mark.parametrize("moment", ["checked", "approved"])
def test_worker_and_web_die_at_once(
    running_server: ServerProcess, visit: Any, phone: Phone, contract: bytes, moment: str
) -> None:
    visit.tolerate(*KILLED)
    document_id = visit.upload(contract)
    visit.mark()
    with phone.plays(DONE + APPROVE) as playing:
        request_id = visit.ask()
        code = visit.code()
        if moment == "checked":
            playing.wait("checked")
            for name in ("web", "worker-0"):
                running_server.kill(name)
            phone.tell_code(request_id, code)
        else:
            phone.tell_code(request_id, code)
            playing.wait("approved")
            for name in ("worker-0", "web"):
                running_server.kill(name)
        assert "Chứng từ đã được ký" in visit.result()
        playing.end()
    running_server.wait_until_ready()
    assert visit.still_marked()
    file = visit.page.request.get(f"/documents/{document_id}/file").body()
    assert file.count(b"/ByteRange") == 1


def test_pairing_page_survives_a_restart(running_server: ServerProcess, visit_of: Any, new_phone: Any) -> None:
    who = running_server.add_person(name="Trần Nối Lại")
    visit = visit_of(who)
    visit.tolerate(*KILLED)
    page = visit.page
    page.goto("/account")
    page.get_by_role("button", name="Ghép điện thoại").click()
    page.wait_for_url("**/account/pairing/pa_*")
    visit.mark()
    code = page.locator("[data-typed-code]").inner_text()
    running_server.kill("web")
    running_server.wait_until_ready()
    with new_phone(who).joins("--server", running_server.url, "--code", code) as joining:
        joining.wait("pairing_digits", state="confirm_digits")
        page.get_by_role("button", name="Đúng, số giống nhau").click()
        expect(page.get_by_role("heading", name="Đã ghép điện thoại")).to_be_visible()
        joining.end()
    assert visit.still_marked()
