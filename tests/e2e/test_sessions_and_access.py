"""Who gets in, and what they get to see: log-in, throttling, sessions, anti-forgery, other people's things, files that are not accepted."""

import re
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import expect

from tests.server_process import Person, ServerProcess, wait_for

LOG_IN = re.compile(r"/login\?next=")
REFUSED = Path(__file__).parents[1] / "pdf_corpus" / "refused"


def try_log_in(visit: Any, login: str, password: str) -> None:
    page = visit.page
    page.locator("#login-name").fill(login)
    page.locator("#password").fill(password)
    page.get_by_role("button", name="Đăng nhập").click()


@pytest.mark.inventory(29)
def test_wrong_password_then_right(running_server: ServerProcess, visit_of: Any) -> None:
    who = running_server.add_person()
    visit = visit_of()
    page = visit.page
    page.goto("/account")
    page.wait_for_url(LOG_IN)
    with visit.expecting("status of 401"):
        try_log_in(visit, who.login, "sai mật khẩu rồi")
        expect(page.get_by_role("alert")).to_contain_text("Sai tên đăng nhập hoặc mật khẩu")
        assert page.locator("#login-name").input_value() == who.login
        assert page.locator("#password").input_value() == ""
        try_log_in(visit, "khong-co-ai", "sai mật khẩu rồi")
        expect(page.get_by_role("alert")).to_contain_text("Sai tên đăng nhập hoặc mật khẩu")
    try_log_in(visit, who.login.upper(), who.password)
    page.wait_for_url("**/account")
    expect(page.locator("h1")).to_have_text("Quản lý tài khoản")


def test_log_in_is_throttled_and_opens_again(running_server: ServerProcess, visit_of: Any) -> None:
    who = running_server.add_person()
    visit = visit_of()
    page = visit.page
    page.goto("/login")
    with visit.expecting("status of 401", "status of 429"):
        for _ in range(8):
            try_log_in(visit, who.login, "sai mật khẩu rồi")
            expect(page.get_by_role("alert")).to_be_visible()
        try_log_in(visit, who.login, who.password)  # even the right one
        expect(page.get_by_role("alert")).to_contain_text(re.compile(r"quá nhiều lần.*sau \d+ giây"))
    running_server.kill("web")  # a restart forgets nothing
    running_server.wait_until_ready()
    page.goto("/login")
    try_log_in(visit, who.login, who.password)
    expect(page.get_by_role("alert")).to_contain_text("quá nhiều lần")
    running_server.move_clock(900)
    try_log_in(visit, who.login, who.password)
    page.wait_for_url("**/documents")


def test_session_ends_with_its_time_and_comes_back_to_the_page(running_server: ServerProcess, visit_of: Any) -> None:
    who = running_server.add_person()
    visit = visit_of(who)
    page = visit.page
    page.goto("/account")
    running_server.move_clock(running_server.config.session_lifetime + 1)
    page.goto("/account")
    page.wait_for_url(LOG_IN)
    try_log_in(visit, who.login, who.password)
    page.wait_for_url("**/account")


def test_log_out_everywhere(running_server: ServerProcess, visit_of: Any) -> None:
    who = running_server.add_person()
    here, there = visit_of(who), visit_of(who)
    here.page.goto("/account")
    here.page.get_by_role("button", name="Đăng xuất mọi nơi").click()
    here.page.get_by_role("dialog").get_by_role("button", name="Đăng xuất mọi nơi").click()
    here.page.wait_for_url("**/login")
    there.page.goto("/documents")
    there.page.wait_for_url(LOG_IN)


def test_stolen_cookie_is_worth_nothing_after_log_out_everywhere(running_server: ServerProcess, visit_of: Any) -> None:
    who = running_server.add_person()
    visit = visit_of(who)
    cookie = {c["name"]: c["value"] for c in visit.context.cookies()}["phoneseal"]
    thief = {"cookies": {"phoneseal": cookie}, "allow_redirects": False, "timeout": 10}
    assert requests.get(f"{running_server.url}/documents", **thief).status_code == 200
    running_server.app.log_in.end_sessions(who.user_id)
    assert requests.get(f"{running_server.url}/documents", **thief).status_code == 302
    (kept,) = [c for c in visit.context.cookies() if c["name"] == "phoneseal"]
    assert kept["httpOnly"] and kept["sameSite"] == "Lax"


def test_log_out_ends_the_session_for_every_copy_of_its_cookie(running_server: ServerProcess, visit_of: Any) -> None:
    who = running_server.add_person()
    here, there = visit_of(who), visit_of(who)
    kept = {c["name"]: c["value"] for c in here.context.cookies()}["phoneseal"]
    copy = {"cookies": {"phoneseal": kept}, "allow_redirects": False, "timeout": 10}
    assert requests.get(f"{running_server.url}/documents", **copy).status_code == 200
    here.page.request.post("/logout", headers={"X-CSRFToken": here.csrf()})
    late = requests.get(f"{running_server.url}/documents", **copy)
    assert (late.status_code, "phoneseal" in late.cookies) == (302, False), "over, and no answer brings it back"
    there.page.goto("/documents")
    expect(there.page).to_have_url(re.compile("/documents$"))


def test_forged_posts_are_refused(running_server: ServerProcess, visit: Any, person: Person, contract: bytes) -> None:
    """Without the anti-forgery value of a page nothing moves, whatever the cookie says."""
    document_id = visit.upload(contract)
    post = visit.page.request.post
    for path, data in (
        ("/documents", contract),
        (f"/documents/{document_id}/sign", {"placement": None}),
        ("/account/pairing", {}),
        ("/account/sessions/end", {}),
        ("/logout", {}),
    ):
        for headers in ({}, {"X-CSRFToken": "made-up"}):
            answer = post(path, data=data, headers={"Accept": "application/json", **headers})
            assert (answer.status, answer.json()["code"]) == (403, "csrf_failed"), path
    visit.page.reload()
    expect(visit.page.get_by_role("button", name="Ký số", exact=True)).to_be_visible()


def test_another_persons_things_are_not_there(
    running_server: ServerProcess, visit_of: Any, visit: Any, phone: Any, contract: bytes
) -> None:
    document_id = visit.upload(contract)
    request_id = visit.ask()
    device = running_server.app.read_devices.of_subscriber(phone.person.subscriber_id)[0].device.device_id
    stranger = visit_of(running_server.add_person(name="Người Lạ"))
    call = stranger.page.request
    for path in (
        f"/documents/{document_id}", f"/documents/{document_id}/file", f"/documents/{document_id}/original",
        f"/documents/{document_id}/pages/1.png", f"/documents/{document_id}/state.json",
        f"/sign-requests/{request_id}", f"/sign-requests/{request_id}/snapshot.json",
    ):  # fmt: skip
        assert call.get(path).status == 404, path
        assert visit.page.request.get(path).status == 200, path
    headers = {"X-CSRFToken": stranger.csrf(), "Accept": "application/json"}
    wish, rename = {"data": {"placement": None}}, {"form": {"name": "Máy của tôi"}}
    for path in (
        f"/documents/{document_id}/sign", f"/sign-requests/{request_id}/cancel", f"/account/devices/{device}/freeze",
        f"/account/devices/{device}/unpair", f"/account/devices/{device}/rename",
    ):  # fmt: skip
        answer = call.post(path, headers=headers, **(wish if path.endswith("/sign") else rename))
        wanted = (409, "no_device") if path.endswith("/sign") else (404, answer.json()["code"])
        assert (answer.status, answer.json()["code"]) == wanted, path
    nobody = visit_of().page.request
    assert nobody.get(f"/documents/{document_id}/file", max_redirects=0).status in (302, 401)
    assert nobody.get(f"/sign-requests/{request_id}/snapshot.json").status == 401
    told = visit.page.request.get(f"/sign-requests/{request_id}/snapshot.json").json()
    assert not told["final"]
    own = {"X-CSRFToken": visit.csrf(), "Accept": "application/json"}
    assert visit.page.request.post(f"/sign-requests/{request_id}/cancel", headers=own).ok


def test_stranger_hears_nothing_over_the_socket(
    running_server: ServerProcess, visit_of: Any, visit: Any, phone: Any, contract: bytes
) -> None:
    visit.upload(contract)
    request_id = visit.ask()
    ask = """async (request) => {
      const { io } = await import('/static/vendor/socket.io.esm.min.js');
      const socket = io('/browser', { transports: ['websocket'], forceNew: true, reconnection: false });
      try {
        return await new Promise((done) => {
          socket.on('connect_error', () => done('not connected'));
          socket.on('connect', () => socket.timeout(5000).emit('watch', { request_id: request },
            (error, reply) => done(error ? 'no answer' : JSON.stringify(reply))));
        });
      } finally { socket.disconnect(); }
    }"""
    stranger = visit_of(running_server.add_person(name="Người Lạ"))
    heard = stranger.page.evaluate(ask, request_id)
    assert "error" in heard and request_id not in heard, heard
    nobody = visit_of()
    nobody.page.goto("/login")
    heard = nobody.page.evaluate(ask, request_id)
    assert heard == "not connected" or ("error" in heard and request_id not in heard), heard
    own = visit.page.evaluate(ask, request_id)
    assert request_id in own
    visit.page.locator("[data-panel-cancel]").click()
    visit.page.locator("[data-cancel-now]").click()
    visit.result()


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("xfa_stream.pdf", "XFA"),
        ("password_aes_256.pdf", "mật khẩu"),
        ("javascript_open_action.pdf", "mã lệnh tự chạy"),
        ("certified_no_changes.pdf", "chứng nhận|chứng thực"),
        ("text.pdf", "không phải PDF"),
        ("bomb_content.pdf", "nén|quá lớn|phình"),
    ],
)
def test_refused_file_says_why_and_leaves_nothing(
    running_server: ServerProcess, visit: Any, file: str, words: str
) -> None:
    page = visit.page
    before = stored(running_server)
    with visit.expecting("status of 422"):
        visit.drop((f"Tệp {file}", (REFUSED / file).read_bytes()))
        expect(page.locator("[data-upload-list] [data-state]")).to_have_text("Không nhận được")
    message = page.locator("[data-upload-list] [data-message]").inner_text()
    assert re.search(words, message), message
    assert len(message) > 30 and "_" not in message.replace(file, ""), message
    page.goto("/documents?q=" + file)
    wait_for(lambda: stored(running_server) <= before, "the refused file's bytes are still there")


def stored(server: ServerProcess) -> set[str]:
    """Names of document blobs on disk."""
    folder = server.data_dir / "blobs" / "documents"
    return {path.name for path in folder.rglob("*") if path.is_file()}


def test_two_good_one_bad_in_one_drop(visit: Any, contract: bytes) -> None:
    page = visit.page
    with visit.expecting("status of 422"):
        visit.drop(("a.pdf", contract), ("b.pdf", b"%PDF-1.4 nothing"), ("c.pdf", contract))
        expect(page.locator("[data-upload-summary]")).to_have_text("Đã tải lên 2 trên 3 tệp")
    assert page.locator("[data-open] a:visible").count() == 2


def test_unknown_addresses_are_our_own_page(visit: Any) -> None:
    with visit.expecting("status of 404"):
        visit.page.goto("/documents/doc_00000000000000000000000000")
        expect(visit.page.locator("h1")).to_have_text("Không tìm thấy trang")
        visit.page.goto("/nowhere")
        expect(visit.page.get_by_role("navigation", name="Menu chính")).to_be_visible()
