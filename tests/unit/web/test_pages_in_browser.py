"""The pages' scripts in a real Chromium: upload, placing the signature, the live panel, selection, pairing.

The workers and the phone are played by the test, which moves the request in the store; everything else is real.
"""

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from werkzeug.serving import WSGIRequestHandler, make_server

from server.devices.device import PairingState
from server.lanes import InPlace
from server.signing.continue_request import ask_for_the_rest, leave_out
from server.signing.finish_request import end_request
from server.signing.queue_request import NewRequest, WantedSignature
from server.signing.sign_request import EndResult, State
from server.web import create_web
from tests.unit.web.test_batch_pages import add

playwright_api = pytest.importorskip("playwright.sync_api", reason="the package playwright is missing")
CORPUS = Path(__file__).parents[2] / "pdf_corpus"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="Debian's package chromium is missing"),
    # Werkzeug's test server leaves a static file open when a page is closed while it loads; not the server we ship.
    pytest.mark.filterwarnings("ignore:Exception ignored in. <_io.FileIO name='.*/web_client/static"),
]
T = TypeVar("T")


class OneAtATime(InPlace):
    """The store serves one thread at a time: the server's and the test's take turns."""

    def __init__(self) -> None:
        self.lock = threading.RLock()

    def database(self, function: Callable[..., T], /, *args: Any, **kwargs: Any) -> T:
        with self.lock:
            return function(*args, **kwargs)


class Quiet(WSGIRequestHandler):
    def log_request(self, code: Any = "-", size: Any = "-") -> None:
        pass


class Stage:
    def __init__(self, portal: Any, url: str, lanes: OneAtATime) -> None:
        self.portal, self.url, self.lanes = portal, url, lanes

    def move(self, request_id: str, *states: State, **changes: Any) -> None:
        def act() -> None:
            with self.portal.app.store.write() as tx:
                request = tx.requests.get(request_id)
                for state in states:
                    request = tx.requests.move(request, state, **(changes if state is states[-1] else {}))

        self.lanes.database(act)

    def sign(self, request_id: str) -> None:
        """What the workers do at the end."""

        def act() -> None:
            with self.portal.app.store.write() as tx:
                tx.database.conn.execute("UPDATE sign_items SET state = 'SIGNED' WHERE request_id = ?", (request_id,))
                document = tx.documents.get(tx.items.page(request_id, 0, 1)[0].document_id)
                now = self.portal.app.clock.now()
                tx.documents.set_signed(
                    document.document_id, request_id, document.current_sha256, document.current_length, now
                )

        self.lanes.database(act)
        self.move(request_id, State.ANSWERED, State.COMPLETED, end_result="ok", finished_at=1.8e9)


@pytest.fixture
def stage(portal: Any) -> Iterator[Stage]:
    from flask import Flask

    lanes = OneAtATime()
    flask_app = Flask("portal")
    create_web(flask_app, portal.app, lanes, portal.news)
    server = make_server("127.0.0.1", 0, flask_app, threaded=False, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield Stage(portal, f"http://127.0.0.1:{server.server_port}", lanes)
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with playwright_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Any, stage: Stage) -> Iterator[Any]:
    """A logged-in page. Any script error, and anything that the content policy stops, fails the test."""
    context = chromium.new_context(locale="vi", viewport={"width": 1280, "height": 900}, base_url=stage.url)
    context.set_default_timeout(15_000)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda line: wrong.append(line.text) if "Content Security Policy" in line.text else None)
    page.goto("/login")
    page.fill("#login-name", "anh")
    page.fill("#password", "một mật khẩu dài")
    page.press("#password", "Enter")
    page.wait_for_url("**/documents")
    yield page
    context.close()
    assert wrong == []


def upload(page: Any, contract: bytes, *others: dict[str, Any]) -> None:
    page.goto("/documents/upload")
    file = {"name": "Hợp đồng – Trần Văn Bình.pdf", "mimeType": "application/pdf", "buffer": contract}
    page.set_input_files("#files", [file, *others])
    page.wait_for_selector("text=Mở chứng từ")


def open_document(page: Any, contract: bytes) -> None:
    upload(page, contract)
    page.click("text=Mở chứng từ")
    page.wait_for_selector("[data-stamp]:visible")


def test_each_file_has_its_own_answer(page: Any, contract: bytes) -> None:
    broken = {"name": "hỏng.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 x"}
    picture = {"name": "ảnh.png", "mimeType": "image/png", "buffer": b"x"}
    upload(page, contract, broken, picture)
    page.wait_for_selector("text=Đã tải lên 1 trên 3 tệp")
    page.wait_for_selector("text=Đây không phải tệp PDF.")
    page.wait_for_selector("text=Tệp này bị cắt cụt")


def test_the_box_stops_at_the_edge_and_at_half_of_the_page(page: Any, stage: Stage, contract: bytes) -> None:
    stage.portal.phone()
    open_document(page, contract)
    stamp, sheet = page.locator("[data-stamp]"), page.locator("[data-page-image]")
    stamp.scroll_into_view_if_needed()

    def drag(start: tuple[float, float], end: tuple[float, float]) -> None:
        page.mouse.move(*start)
        page.mouse.down()
        page.mouse.move(*end, steps=6)
        page.mouse.up()

    where = sheet.bounding_box()
    box = stamp.bounding_box()
    drag((box["x"] + 20, box["y"] + 20), (where["x"] - 200, where["y"] - 200))  # far beyond the upper left corner
    box = stamp.bounding_box()
    assert (round(box["x"]), round(box["y"])) == (round(where["x"]), round(where["y"]))
    assert page.locator("[data-stamp-limit]").is_hidden()
    stamp.scroll_into_view_if_needed()
    where = sheet.bounding_box()
    handle = page.locator("[data-stamp-handle]").bounding_box()
    corner = (handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2)
    drag(corner, (where["x"] + where["width"], where["y"] + where["height"]))
    assert page.locator("[data-stamp-limit]").inner_text() == "Khung che không quá nửa trang: lớn hơn nữa có thể che nội dung được ký."
    page.get_by_role("button", name="Ký số").click()
    with page.expect_response("**/sign") as answered:
        page.get_by_role("button", name="Xác nhận").click()
    placed = json.loads(answered.value.request.post_data)["placement"]
    assert 0.49 < (placed["x1"] - placed["x0"]) * (placed["y1"] - placed["y0"]) / (595 * 842) <= 0.5001
    assert answered.value.status == 201


def test_a_page_too_small_for_a_stamp_says_so(page: Any, stage: Stage) -> None:
    stage.portal.phone()
    open_document(page, (CORPUS / "good" / "reportlab_tiny_page.pdf").read_bytes())
    assert "Trang này quá nhỏ để hiện chữ ký" in page.locator("[data-stamp-limit]").inner_text()
    page.get_by_role("button", name="Ký số").click()
    page.get_by_role("button", name="Xác nhận").click()
    page.wait_for_selector("[data-sign-problem]:visible")
    assert "Khung chữ ký phải nằm trọn trên trang" in page.locator("[data-sign-problem]").inner_text()


def test_signature_is_placed_by_mouse_and_keyboard(page: Any, stage: Stage, contract: bytes) -> None:
    stage.portal.phone()
    open_document(page, contract)
    stamp = page.locator("[data-stamp]")
    stamp.scroll_into_view_if_needed()
    before = stamp.bounding_box()
    page.mouse.move(before["x"] + 20, before["y"] + 20)
    page.mouse.down()
    page.mouse.move(before["x"] - 100, before["y"] - 60, steps=4)
    page.mouse.up()
    after = stamp.bounding_box()
    assert round(before["x"] - after["x"]) == 120
    assert round(before["y"] - after["y"]) == 80
    where = page.locator("[data-stamp-where]").inner_text()
    stamp.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+ArrowRight")
    assert page.locator("[data-stamp-where]").inner_text() != where
    page.keyboard.press("PageUp")
    assert "Trang 1" in page.locator("[data-stamp-where]").inner_text()
    page.get_by_role("button", name="Ký số").click()
    with page.expect_request("**/sign") as sent:
        page.get_by_role("button", name="Xác nhận").click()
    box = json.loads(sent.value.post_data)["placement"]
    assert box["page"] == 0
    assert 0 < box["x0"] < box["x1"] < 596
    assert 0 < box["y0"] < box["y1"] < 842
    page.wait_for_selector("[data-waiting-panel]:visible")


def test_live_panel_goes_from_sent_to_signed_without_a_reload(page: Any, stage: Stage, contract: bytes) -> None:
    stage.portal.phone()
    open_document(page, contract)
    page.get_by_role("button", name="Ký số").click()
    page.get_by_role("button", name="Xác nhận").click()
    page.wait_for_selector("text=Đang chuẩn bị")
    page.evaluate("window.notReloaded = true")
    request_id = page.url.rsplit("/", 1)[-1]
    stage.move(request_id, State.QUEUED)
    page.wait_for_selector("text=Chưa có điện thoại nào kết nối. Hãy mở ứng dụng trên “Pixel 8 của Ánh”")
    stage.move(request_id, State.PUSHED)
    page.wait_for_selector("text=Đang chờ xác nhận trên điện thoại")
    with stage.portal.app.store.read() as tx:
        code = tx.requests.get(request_id).verification_code
    assert page.locator("[data-code-digits]").inner_text() == code
    stage.move(request_id, State.OPENED, State.SIGNING)
    page.wait_for_selector("text=Điện thoại đang ký")
    assert page.locator("[data-panel-code]").is_hidden()
    stage.sign(request_id)
    page.wait_for_selector(".toast-box >> text=Ký chứng từ thành công")
    with page.expect_download() as download:
        page.click("text=Tải tệp đã ký")
    assert download.value.suggested_filename == "Hợp đồng – Trần Văn Bình (đã ký).pdf"
    assert page.evaluate("window.notReloaded") is True


def test_request_page_can_be_left_cancelled_and_found_again(page: Any, stage: Stage, contract: bytes) -> None:
    stage.portal.phone()
    open_document(page, contract)
    page.get_by_role("button", name="Ký số").click()
    page.get_by_role("button", name="Xác nhận").click()
    page.wait_for_selector("[data-waiting-panel]:visible")
    page.goto("/documents")
    page.click("text=Đang chuẩn bị")
    page.get_by_role("button", name="Huỷ yêu cầu").click()
    page.wait_for_selector("text=Huỷ yêu cầu này?")
    page.click("[data-cancel-now]")
    page.wait_for_selector("text=Yêu cầu đã bị huỷ")
    page.reload()
    page.wait_for_selector("text=Yêu cầu đã bị huỷ")


def test_refusal_shows_its_reason_and_mismatch_warns(page: Any, stage: Stage, contract: bytes) -> None:
    stage.portal.phone()
    open_document(page, contract)
    page.get_by_role("button", name="Ký số").click()
    page.get_by_role("button", name="Xác nhận").click()
    page.wait_for_selector("[data-waiting-panel]:visible")
    request_id = page.url.rsplit("/", 1)[-1]
    stage.move(request_id, State.QUEUED, State.REFUSED, end_result="user_refused", reason="Sai mức lương")
    page.wait_for_selector("text=Bạn đã từ chối trên điện thoại")
    page.wait_for_selector("text=Lý do: Sai mức lương")
    stage.lanes.database(
        lambda: stage.portal.app.store._tables.database.conn.execute(
            "UPDATE sign_requests SET end_result = 'document_mismatch'"
        )
    )
    page.reload()
    page.wait_for_selector(".security >> text=Cảnh báo an toàn: điện thoại đã chặn yêu cầu này")


def test_the_place_is_the_one_that_an_earlier_signature_left(page: Any, stage: Stage, contract: bytes) -> None:
    """Marked on the page, and asked for as it is; where none is left, that is said before anybody asks."""
    stage.portal.phone()
    open_document(page, contract)
    document_id = page.url.rsplit("/", 1)[-1]

    def leave(*places: tuple[float, ...]) -> None:
        def act() -> None:
            database = stage.portal.app.store._tables.database.conn
            database.execute("UPDATE documents SET stamp_places = ?", (json.dumps(places),))

        stage.lanes.database(act)
        page.reload()

    leave()
    page.wait_for_selector("text=Chữ ký có trước không cho phép thêm chữ ký nhìn thấy")
    assert page.locator("[data-stamp-visible]").is_hidden()
    leave((1, 60.0, 600.0, 90.0, 610.0))  # smaller than what can be asked for
    page.wait_for_selector("text=Chữ ký của bạn sẽ nằm trong ô được đánh dấu trên trang")
    box = page.locator("[data-stamp]")
    box.wait_for(state="visible")
    assert float(box.evaluate("box => parseFloat(box.style.left)")) == pytest.approx(100 * 60 / 595, abs=0.1)
    page.locator("form").get_by_role("button", name="Ký số").click()
    page.get_by_role("button", name="Xác nhận").click()
    page.wait_for_selector("[data-waiting-panel]:visible")

    def asked() -> Any:
        with stage.portal.app.store.read() as tx:
            return tx.items.live_of_document(document_id).placement

    placement = stage.lanes.database(asked)
    assert placement.page == 1
    middle = ((placement.x0 + placement.x1) / 2, (placement.y0 + placement.y1) / 2)
    assert middle == pytest.approx((75, 605))


def test_the_panel_goes_on_to_the_request_for_the_others(page: Any, stage: Stage) -> None:
    """The phone would not sign one of two: the page shows the new request with its own code, and where the first is told."""
    stage.portal.phone()

    def ask() -> str:
        portal, user = stage.portal.app.portal, stage.portal.user
        wanted = [WantedSignature(add(stage.portal, f"Tờ {n}").document_id, None) for n in range(2)]
        new = NewRequest(portal.relying_party_id, user.user_id, user.name, user.subscriber_id, wanted)
        return str(stage.portal.app.queue_request(new).request_id)

    first = stage.lanes.database(ask)
    page.goto(f"/sign-requests/{first}")
    page.wait_for_selector("[data-panel-steps]:visible")

    def refuse() -> str:
        app = stage.portal.app
        with app.store.write() as tx:
            tx.database.conn.execute("UPDATE sign_items SET state = 'PREPARED', prepared_sha256 = ?", ("0" * 64,))
            request = tx.requests.move(tx.requests.get(first), State.QUEUED)
            rest = leave_out(tx, request, "doc_grammar", (1,))
            ended = end_request(
                tx, request, State.REFUSED, EndResult.DOCUMENT_MISMATCH, now=app.clock.now(), actor="dev", reason="doc_grammar"
            )
            ask_for_the_rest(tx, ended, rest, app.clock.now())
            return str(tx.requests.get(first).continued_by)

    following = stage.lanes.database(refuse)
    page.wait_for_selector("text=Điện thoại không ký 1 trên 2 chứng từ. Các chứng từ còn lại được hỏi lại")
    page.wait_for_url(f"**/sign-requests/{following}")
    stage.move(following, State.QUEUED)
    code = stage.lanes.database(lambda: stage.portal.app.store._tables.requests.get(following).verification_code)
    page.wait_for_selector(f"[data-code-digits]:has-text('{code}')")
    assert page.locator("[data-panel-result]").is_hidden()
    page.get_by_role("link", name="Xem chứng từ nào").click()
    page.wait_for_url(f"**/sign-requests/{first}")
    page.wait_for_selector("text=Điện thoại không ký 1 trên 2 chứng từ")
    page.wait_for_selector("[data-result-list] >> text=Đã hỏi lại")
    page.wait_for_selector("text=Điện thoại kiểm tra và thấy chứng từ này không ký được như hiện nay")
    page.get_by_role("link", name="Đến yêu cầu cho các chứng từ còn lại").click()
    page.wait_for_url(f"**/sign-requests/{following}")


def test_selection_docks_counts_and_explains(page: Any, stage: Stage, contract: bytes) -> None:
    upload(page, contract)
    upload(page, contract)
    page.goto("/documents")
    dock = page.locator("#selection-dock")
    assert dock.is_hidden()
    page.locator("[data-select]").first.check()
    assert "1 chứng từ được chọn" in dock.inner_text()
    assert "Hãy ghép điện thoại trước" in dock.inner_text()
    assert page.locator("[data-dock-sign]").get_attribute("aria-disabled") == "true"
    stage.portal.phone()
    page.reload()
    page.locator("[data-select-all]").check()
    assert "2 chứng từ được chọn" in dock.inner_text()
    page.locator("[data-select-all]").uncheck()
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_text("Chọn tất cả trên trang này").click()  # a phone's browser has the words, too
    assert "2 chứng từ được chọn" in dock.inner_text()
    page.locator("[data-select]").nth(1).uncheck()
    page.locator("[data-dock-sign]").click()
    page.wait_for_url("**/documents/doc_*")


def test_every_page_of_a_list_goes_into_one_choice(
    page: Any, stage: Stage, contract: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.web.list_views.PAGE_SIZE", 2)
    stage.portal.phone()
    for _ in range(3):
        upload(page, contract)
    page.goto("/documents?show=waiting")
    every = page.locator("[data-dock-every]")
    page.locator("[data-select]").first.check()
    assert every.is_hidden()
    page.locator("[data-select-all]").check()
    every.click()
    page.wait_for_selector("text=3 chứng từ được chọn")
    assert every.is_hidden()
    page.locator("[data-dock-sign]").click()
    page.wait_for_url("**/batch-signing")
    page.wait_for_selector("text=Xác nhận ký số 3 chứng từ")
    chosen = json.loads(page.evaluate("sessionStorage.getItem('phoneseal.selection')"))
    assert (len(set(chosen["ids"])), chosen["batch"]) == (3, None)
    page.go_back()
    page.locator("[data-select]").first.uncheck()  # the browser may have kept the page, or not
    page.locator("[data-select-all]").check()
    page.locator("[data-select]").first.uncheck()
    assert "1 chứng từ được chọn" in page.locator("#selection-dock").inner_text()
    assert page.locator("[data-dock-sign]").get_attribute("aria-disabled") == "false"


def test_an_old_choice_forgets_what_is_not_there(page: Any, stage: Stage, contract: bytes) -> None:
    """Another person used this tab before."""
    portal = stage.portal
    portal.phone()
    for _ in range(2):
        upload(page, contract)
    mine = page.goto("/documents/waiting.json").json()["document_ids"]
    other = portal.app.log_in.add_user("other", "một mật khẩu dài", "Trần Văn Bình", "")
    theirs = add(portal, "Của người khác", user_id=other.user_id)
    kept = {"ids": [theirs.document_id, *mine], "batch": None, "look": False}
    page.evaluate("(kept) => sessionStorage.setItem('phoneseal.selection', JSON.stringify(kept))", kept)
    page.goto("/batch-signing")
    page.wait_for_selector("text=Xác nhận ký số 2 chứng từ")
    page.wait_for_selector("[data-document-title] >> text=Trần Văn Bình")
    page.evaluate(
        "(kept) => sessionStorage.setItem('phoneseal.selection', JSON.stringify(kept))", kept | {"ids": kept["ids"][:1]}
    )
    page.goto("/batch-signing")
    page.wait_for_selector("text=Chưa chọn chứng từ nào")


def test_digits_appear_and_are_answered_in_the_page(page: Any, stage: Stage) -> None:
    page.goto("/account")
    page.get_by_role("button", name="Ghép điện thoại").click()
    page.wait_for_selector("text=Mã còn hiệu lực trong")
    assert page.locator(".qr svg").is_visible()
    pairing_id = page.url.rsplit("/", 1)[-1]

    def act() -> None:
        with stage.portal.app.store.write() as tx:
            pairing = tx.pairings.get(pairing_id)
            pairing = tx.pairings.move(pairing, PairingState.CLAIMED, device_name="Máy mới", commitment=b"c")
            tx.pairings.move(pairing, PairingState.CONFIRM_DIGITS, digits="123456")

    stage.lanes.database(act)
    page.wait_for_selector("text=123 456")
    page.get_by_role("button", name="Không, số khác").click()
    page.wait_for_selector("text=Điện thoại không được ghép")
