"""A person signs, refuses and errs on the phone's screen: real window, real touches, real server over TCP."""

import io
from pathlib import Path

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from tests.kivy.conftest import NOTHING_WAITS, OneMorePhone, OpenWindow
from tests.scenarios.real_server import Asked
from tests.server_process import PIN, ServerProcess, wait_for

WRONG_PIN = "975310"


def open_code(phone: OneMorePhone, count: int = 1) -> Asked:
    asked = phone.ask(count)
    phone.window.wait_text("muốn bạn ký")
    phone.window.tap("Ký số")
    phone.window.wait_screen("request")
    phone.window.wait_text("Phông chữ không nhúng")  # what was found in a document is shown before it is approved
    phone.window.tap("Ký số")
    phone.window.wait_screen("code")
    return asked


def home_again(phone: OneMorePhone) -> None:
    phone.window.wait_screen("home")
    phone.window.wait_text(NOTHING_WAITS)


def signatures_in(document: bytes) -> int:
    return len(PdfFileReader(io.BytesIO(document)).embedded_regular_signatures)


def test_kivy_sign_one_by_touch(paired: OneMorePhone) -> None:
    window = paired.window
    asked = open_code(paired)
    window.wait_text("hop-dong")  # the person sees what is signed before choosing the code
    window.tap(asked.code)
    window.tap("Tiếp tục")
    window.wait_screen("pin")
    window.type_pin(PIN, "Xác nhận")
    window.wait_screen("result")
    window.wait_text("Giao dịch của bạn đã được ký số thành công")
    ended = paired.asker.await_end(asked)
    assert ended["state"] == "COMPLETED" and ended["end_result"] == "ok"
    (signed,) = paired.asker.files(asked)
    assert signed is not None and signatures_in(signed) == 1
    window.tap("Đóng")
    home_again(paired)


def test_kivy_sign_a_batch_with_one_left_out_after_looking_at_it(paired: OneMorePhone) -> None:
    window = paired.window
    asked = paired.ask(3)
    window.wait_text("muốn bạn ký 3 chứng từ (3\u00a0trang)")
    window.tap("Xem thông tin")
    window.wait_screen("request")
    wait_for(lambda: sum("đã kiểm tra" in text for text in window.texts()) == 3, "the three rows do not come")
    window.tap("Xem", at=1)
    window.wait_text("Trang 1/1")
    window.wait_text("Chứng từ 2/3")
    window.tap("Chứng từ sau")
    window.wait_text("Chứng từ 3/3")
    window.tap("Quay lại")
    window.wait_screen("request")
    window.tap("hop-dong", at=2)  # the second document's box: each row has the name twice, box and text
    window.wait_text("Không ký chứng từ này?")
    window.tap("Không ký")
    window.wait_text("Ký số (2)")
    window.tap("Ký số (2)")
    window.wait_screen("code")
    window.tap(asked.code)
    window.tap("Tiếp tục")
    window.wait_screen("pin")
    window.type_pin(PIN, "Xác nhận")
    window.wait_screen("result")
    window.wait_text("Đã ký: 2 chứng từ")
    window.wait_text("Từ chối: 1 chứng từ")
    paired.asker.await_end(asked)
    assert [document is not None for document in paired.asker.files(asked)] == [True, False, True]
    window.tap("Đóng")
    home_again(paired)


def test_kivy_refuse_with_a_reason(paired: OneMorePhone) -> None:
    window = paired.window
    asked = paired.ask()
    window.wait_text("muốn bạn ký")
    window.tap("Từ chối")
    window.wait_text("Từ chối ký?")
    window.tap("Lý do (có thể bỏ trống)")
    field = window.place("Lý do (có thể bỏ trống)")
    window.stroke((field["x"], field["y"] - 70))
    window.do("type", text="Sai số tiền")
    window.tap("Từ chối ký")
    window.wait_screen("result")
    window.wait_text("Bạn đã từ chối ký")
    ended = paired.asker.await_end(asked)
    assert ended["end_result"] == "user_refused" and "Sai số tiền" in str(ended)
    window.tap("Xem lịch sử")
    window.wait_screen("history")
    window.wait_text("Đã từ chối")
    window.tap("Xem", at=0)
    window.wait_screen("evidence")
    window.wait_text("Không ký: Sai số tiền")
    window.wait_text("Sự từ chối")
    window.tap("Quay lại")
    window.tap("Trang chủ")
    home_again(paired)


def test_kivy_wrong_code_ends_the_request(paired: OneMorePhone) -> None:
    window = paired.window
    asked = open_code(paired)
    codes = wait_for(lambda: [text for text in window.texts() if len(text) == 4 and text.isdecimal()], "no codes")
    assert len(codes) == 3 and asked.code in codes
    window.tap(next(code for code in codes if code != asked.code))
    window.tap("Tiếp tục")
    window.wait_screen("result")
    window.wait_text("Mã bạn chọn không phải mã trên trình duyệt")
    assert paired.asker.await_end(asked)["end_result"] == "wrong_verification_code"
    window.tap("Đóng")
    home_again(paired)


def test_kivy_withdrawn_while_open_says_so(paired: OneMorePhone) -> None:
    window = paired.window
    asked = open_code(paired)
    window.tap(asked.code)
    window.tap("Tiếp tục")
    window.wait_screen("pin")
    paired.asker.cancel(asked)
    window.wait_screen("result")
    window.wait_text("Người yêu cầu đã thu hồi yêu cầu này")
    window.tap("Đóng")
    home_again(paired)


def test_kivy_expired_on_home_says_so(paired: OneMorePhone) -> None:
    window = paired.window
    asked = paired.ask(lifetime=30)
    window.wait_text("muốn bạn ký")
    paired.server.move_clock(40)
    window.wait_text("Yêu cầu đã hết hạn")
    assert paired.asker.await_end(asked)["end_result"] == "expired"
    window.tap("Đóng")
    home_again(paired)


def test_kivy_wrong_pin_counts_down_and_the_right_one_signs(paired: OneMorePhone) -> None:
    window = paired.window
    asked = open_code(paired)
    window.tap(asked.code)
    window.tap("Tiếp tục")
    window.wait_screen("pin")
    window.type_pin(WRONG_PIN, "Xác nhận")
    window.wait_text("Sai mã PIN. Bạn còn 5 lần thử.")
    assert window.place("Xác nhận")["disabled"], "a wrong PIN is forgotten by the pad"
    window.type_pin(PIN, "Xác nhận")
    window.wait_screen("result")
    window.wait_text("Giao dịch của bạn đã được ký số thành công")
    window.tap("Đóng")
    home_again(paired)


def test_kivy_left_request_goes_on_waiting(paired: OneMorePhone) -> None:
    window = paired.window
    asked = open_code(paired)
    window.tap("Quay lại")
    window.wait_screen("home")
    window.wait_text("muốn bạn ký 1 chứng từ")
    window.tap("Từ chối")
    window.tap("Từ chối ký")
    window.wait_screen("result")
    assert paired.asker.await_end(asked)["end_result"] == "user_refused"
    window.tap("Đóng")
    home_again(paired)


def test_kivy_language_and_theme_stay_after_a_restart(open_window: OpenWindow, tmp_path: Path) -> None:
    window = open_window(tmp_path / "lonely", "--server", "http://127.0.0.1:1")
    window.wait_screen("welcome")
    window.tap("English")
    window.wait_text("Link this phone")
    window.stop()
    again = open_window(tmp_path / "lonely", "--server", "http://127.0.0.1:1")
    again.wait_screen("welcome")
    again.wait_text("Link this phone")


def test_kivy_offline_and_back(paired: OneMorePhone) -> None:
    window = paired.window
    paired.server.kill("web")
    wait_for(lambda: not window.sees("Đã kết nối"), "a lost connection is not shown")
    wait_for(lambda: window.sees("Đã kết nối"), "the phone does not come back", 40)
    asked = open_code(paired)
    paired.asker.cancel(asked)
    window.wait_screen("result")
    window.tap("Đóng")
    home_again(paired)


@pytest.mark.timeout(60)
def test_kivy_weak_pin_is_refused(open_window: OpenWindow, running_server: ServerProcess, tmp_path: Path) -> None:
    person = running_server.add_person()
    offer = running_server.app.pair_device.offer(person.subscriber_id, person.user_id)
    window = open_window(tmp_path / "new", "--server", running_server.url)
    window.wait_screen("welcome")
    window.write("XXXXX-XXXXX", offer.code)
    window.tap("Tiếp tục")
    window.wait_screen("choose_pin")
    window.type_pin("123456", "Tiếp tục")
    window.wait_text("Mã PIN này dễ đoán")
    assert window.showing == "choose_pin"
