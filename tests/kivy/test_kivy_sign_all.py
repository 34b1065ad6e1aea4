"""“Ký tất cả”: several requests, each with its own code, under one PIN: real window, real touches, real server over TCP."""

from tests.kivy.conftest import NOTHING_WAITS, OneMorePhone
from tests.kivy.phone_window import PhoneWindow
from tests.scenarios.real_server import Asked
from tests.server_process import PIN

WRONG_PIN = "975310"


def ask_several(phone: OneMorePhone, *counts: int) -> list[Asked]:
    """In this order on the phone."""
    asked = []
    for number, count in enumerate(counts, 1):
        asked.append(phone.ask(count))
        if number > 1:
            phone.window.wait_text(f"Ký tất cả ({number})")
        else:
            phone.window.wait_text("muốn bạn ký")
    return asked


def look_and_choose(window: PhoneWindow, number: int, total: int, code: str, button: str = "Ký số") -> None:
    window.wait_screen("request")
    window.wait_text(f"Yêu cầu {number}/{total}")
    window.wait_text("đã kiểm tra")
    window.tap(button)
    window.wait_screen("code")
    window.tap(code)
    window.tap("Tiếp tục")


def test_kivy_sign_all_asks_each_code_and_one_pin(paired: OneMorePhone) -> None:
    window = paired.window
    asked = ask_several(paired, 1, 2, 1)
    window.tap("Ký tất cả (3)")
    look_and_choose(window, 1, 3, asked[0].code)
    look_and_choose(window, 2, 3, asked[1].code, "Ký số (2)")
    assert [paired.asker_of(one).status(one)["state"] for one in asked[:2]] == ["OPENED", "OPENED"], "nothing is signed before the PIN"
    look_and_choose(window, 3, 3, asked[2].code)
    window.wait_screen("pin")
    window.wait_text("Một mã PIN để ký 3 yêu cầu, 4 chứng từ")
    window.type_pin(WRONG_PIN, "Xác nhận")
    window.wait_text("Sai mã PIN. Bạn còn 5 lần thử.")
    window.type_pin(PIN, "Xác nhận")
    window.wait_screen("sign_all")
    window.wait_text("Đã ký 3/3 yêu cầu")
    assert [paired.asker_of(one).await_end(one)["end_result"] for one in asked] == ["ok"] * 3
    window.tap("Đóng")
    window.wait_text(NOTHING_WAITS)


def test_kivy_sign_all_with_one_refused_one_put_off_and_one_withdrawn(paired: OneMorePhone) -> None:
    window = paired.window
    first, second, third, fourth = ask_several(paired, 1, 1, 1, 1)
    window.tap("Ký tất cả (4)")
    look_and_choose(window, 1, 4, first.code)
    window.wait_text("Yêu cầu 2/4")
    window.wait_screen("request")
    window.tap("Từ chối")
    window.tap("Từ chối ký")
    window.wait_screen("result")
    window.wait_text("Bạn đã từ chối ký")
    window.tap("Tiếp tục ký (3)")
    window.wait_screen("request")
    window.wait_text("Yêu cầu 3/4")
    paired.asker_of(third).cancel(third)
    window.wait_screen("result")
    window.wait_text("đã thu hồi")
    window.tap("Tiếp tục ký (2)")
    window.wait_screen("request")
    window.wait_text("Yêu cầu 4/4")
    window.tap("Để sau")
    window.wait_screen("pin")
    window.type_pin(PIN, "Xác nhận")
    window.wait_screen("sign_all")
    window.wait_text("Đã ký 1/4 yêu cầu")
    assert {"Đã ký", "Đã từ chối", "Đã thu hồi", "Để sau"} <= set(window.texts())
    ends = [paired.asker_of(one).await_end(one)["end_result"] for one in (first, second, third)]
    assert ends == ["ok", "user_refused", "cancelled"]
    window.tap("Đóng")
    window.wait_text("muốn bạn ký 1 chứng từ")
    paired.asker_of(fourth).cancel(fourth)
    window.wait_text(NOTHING_WAITS)


def test_kivy_sign_all_left_before_the_pin_signs_nothing(paired: OneMorePhone) -> None:
    window = paired.window
    asked = ask_several(paired, 1, 1)
    window.tap("Ký tất cả (2)")
    look_and_choose(window, 1, 2, asked[0].code)
    look_and_choose(window, 2, 2, asked[1].code)
    window.wait_screen("pin")
    window.tap("Quay lại")
    window.wait_text("Ký tất cả (2)")
    for one in asked:
        assert paired.asker_of(one).status(one)["state"] == "OPENED"
        paired.asker_of(one).cancel(one)
    window.wait_text(NOTHING_WAITS)
