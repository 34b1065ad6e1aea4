"""What was answered, found again, narrowed and saved: real window, real touches, real server over TCP."""

import json
from pathlib import Path

from tests.kivy.conftest import NOTHING_WAITS, OneMorePhone
from tests.kivy.phone_window import PhoneWindow
from tests.scenarios.real_server import Asked
from tests.server_process import PIN, wait_for


def sign(phone: OneMorePhone) -> Asked:
    window, asked = phone.window, phone.ask()
    window.wait_text("muốn bạn ký")
    window.tap("Ký số")
    window.wait_screen("request")
    window.tap("Ký số")
    window.wait_screen("code")
    window.tap(asked.code)
    window.tap("Tiếp tục")
    window.wait_screen("pin")
    window.type_pin(PIN, "Xác nhận")
    window.wait_screen("result")
    window.tap("Đóng")
    window.wait_text(NOTHING_WAITS)
    return asked


def refuse(phone: OneMorePhone) -> Asked:
    window, asked = phone.window, phone.ask()
    window.wait_text("muốn bạn ký")
    window.tap("Từ chối")
    window.tap("Từ chối ký")
    window.wait_screen("result")
    window.tap("Đóng")
    window.wait_text(NOTHING_WAITS)
    return asked


def entries(window: PhoneWindow) -> int:
    return sum(text == "1 chứng từ" for text in window.texts())


def saved_file(window: PhoneWindow) -> Path:
    said = window.wait_text("Đã lưu vào ")
    return Path(said.removeprefix("Đã lưu vào "))


def test_kivy_history_is_narrowed_searched_and_saved(paired: OneMorePhone) -> None:
    window = paired.window
    signed, refused = sign(paired), refuse(paired)
    window.tap("Lịch sử")
    window.wait_screen("history")
    wait_for(lambda: entries(window) == 2, "the two do not stand there")
    window.tap("Đã ký")
    wait_for(lambda: entries(window) == 1, "the refused one stays")
    window.tap("Khác")
    window.wait_text("Không tìm thấy. Hãy thử tên hoặc bộ lọc khác.")
    window.tap("Tất cả")
    window.tap("7 ngày")
    wait_for(lambda: entries(window) == 2, "what happened today is not within seven days")
    window.tap("Lưu bằng chứng ra tệp")
    kept = json.loads(saved_file(window).read_text("utf-8"))
    assert kept["format"] == "phoneseal.evidence.v1" and kept["device"]["subscriber_name"] == paired.person.name
    found = {one["request_id"]: one for one in kept["requests"]}
    assert found.keys() == {signed.request_id, refused.request_id}
    assert found[signed.request_id]["end_result"] == "ok" and found[signed.request_id]["audit"]["head"]
    statement = json.loads(found[signed.request_id]["statements"]["approval"])
    assert {"body", "signature"} <= statement.keys(), "statements are kept as they were signed"
    assert "refusal" in found[refused.request_id]["statements"]
    window.write("Tìm theo tên", "không ai tên thế")
    window.wait_text("Không tìm thấy.")
    window.tap("Trang chủ")


def test_kivy_one_entry_is_saved_beside_the_others(paired: OneMorePhone) -> None:
    window = paired.window
    asked = refuse(paired)
    window.tap("Lịch sử")
    window.wait_screen("history")
    window.tap("Xem")
    window.wait_screen("evidence")
    window.wait_text("Sự từ chối")
    window.tap("Lưu bằng chứng ra tệp")
    first = saved_file(window)
    (kept,) = json.loads(first.read_text("utf-8"))["requests"]
    assert kept["request_id"] == asked.request_id
    assert first.stat().st_mode & 0o077 == 0, "for its owner's eyes only"
    window.tap("Quay lại")
    window.wait_screen("history")
    window.tap("Xem")
    window.wait_screen("evidence")
    window.tap("Lưu bằng chứng ra tệp")
    wait_for(lambda: saved_file(window) != first, "it was written over")
    window.tap("Quay lại")
    window.tap("Trang chủ")
