"""Fingers that are quicker than the screens, the back key at every step, and what happens while nobody looks: real window, real touches,
real server over TCP."""

from pathlib import Path

from tests.kivy.conftest import NOTHING_WAITS, OneMorePhone, OpenWindow, shown_digits
from tests.scenarios.real_server import Asked
from tests.server_process import PIN, Person, ServerProcess, wait_for

BACK_KEY = 27


def open_code(phone: OneMorePhone) -> Asked:
    asked = phone.ask()
    phone.window.wait_text("muốn bạn ký")
    phone.window.tap("Ký số")
    phone.window.wait_screen("request")
    phone.window.tap("Ký số")
    phone.window.wait_screen("code")
    return asked


def open_pin(phone: OneMorePhone) -> Asked:
    asked = open_code(phone)
    phone.window.tap(asked.code)
    phone.window.tap("Tiếp tục")
    phone.window.wait_screen("pin")
    return asked


def end(phone: OneMorePhone, asked: Asked) -> None:
    phone.asker_of(asked).cancel(asked)
    phone.window.wait_text(NOTHING_WAITS)


def tap_twice(phone: OneMorePhone, text: str) -> None:
    """Both within a few frames, whatever the first one did."""
    window = phone.window

    def awake() -> list[dict[str, float]]:
        return [one for one in window.do("places", text=text, part=False) if not one["disabled"]]

    place = wait_for(awake, f"“{text}” is not there")[0]
    for _ in range(2):
        window.do("stroke", points=[(place["x"], place["y"])])
    wait_for(lambda: window.do("rested"), "the finger does not come to rest", every=0.01)


def test_kivy_tapping_twice_does_not_cancel_the_pairing_that_it_began(
    open_window: OpenWindow, running_server: ServerProcess, tmp_path: Path
) -> None:
    person: Person = running_server.add_person()
    window = open_window(tmp_path / "hasty", "--server", running_server.url)
    offer = running_server.app.pair_device.offer(person.subscriber_id, person.user_id)
    window.wait_screen("welcome")
    window.write("XXXXX-XXXXX", offer.code)
    window.tap("Tiếp tục")
    window.wait_screen("choose_pin")
    window.type_pin(PIN, "Tiếp tục")
    for digit in PIN:
        window.tap(digit)
    tap_twice(OneMorePhone(window, person, running_server, None), "Tiếp tục")  # type: ignore[arg-type]
    window.wait_screen("pairing")
    running_server.app.pair_device.confirm(offer.pairing.pairing_id, wait_for(lambda: shown_digits(window), "no digits are shown"))
    window.wait_screen("home")


def test_kivy_tapping_twice_does_each_thing_once(paired: OneMorePhone) -> None:
    window = paired.window
    asked = paired.ask()
    window.wait_text("muốn bạn ký")
    tap_twice(paired, "Từ chối")
    window.wait_text("Từ chối ký?")
    tap_twice(paired, "Quay lại")
    window.wait_text("muốn bạn ký")
    tap_twice(paired, "Ký số")
    window.wait_screen("request")
    tap_twice(paired, "Ký số")
    window.wait_screen("code")
    window.tap(asked.code)
    tap_twice(paired, "Tiếp tục")
    window.wait_screen("pin")
    for digit in PIN:
        window.tap(digit)
    tap_twice(paired, "Xác nhận")
    window.wait_screen("result")
    window.wait_text("Giao dịch của bạn đã được ký số thành công")
    assert paired.asker.await_end(asked)["end_result"] == "ok"
    tap_twice(paired, "Đóng")
    window.wait_text(NOTHING_WAITS)


def test_kivy_the_back_key_leads_out_at_every_step(paired: OneMorePhone) -> None:
    window = paired.window
    for name, tab in (("certificates", "Chứng thư"), ("history", "Lịch sử"), ("account", "Tài khoản")):
        window.tap(tab)
        window.wait_screen(name)
        window.do("key", key=BACK_KEY)
        window.wait_screen("home")
    before = window.do("went_to_background")
    window.do("key", key=BACK_KEY)
    assert window.do("went_to_background") == before + 1 and window.showing == "home"
    asked = open_pin(paired)
    window.type_pin(PIN[:3], PIN[3])
    window.do("key", key=BACK_KEY)
    window.wait_screen("home")
    window.tap("Ký số")
    window.wait_screen("request")
    window.tap("Ký số")
    window.wait_screen("pin")  # the code was right and is not asked for twice
    assert window.place("Xác nhận")["disabled"]
    window.do("key", key=BACK_KEY)
    window.wait_screen("home")
    window.tap("Từ chối")
    window.wait_text("Từ chối ký?")
    window.do("key", key=BACK_KEY)
    window.wait_text("muốn bạn ký")
    assert paired.asker.status(asked)["state"] == "OPENED", "the back key decides nothing"
    end(paired, asked)


def test_kivy_a_pin_half_typed_is_dropped_in_the_background(paired: OneMorePhone) -> None:
    window = paired.window
    asked = open_pin(paired)
    window.type_pin(PIN[:4], PIN[4])
    window.do("hide")
    wait_for(lambda: window.texts() == ["PhoneSeal"], "the screen's content is still there")
    window.do("key", key=BACK_KEY)
    window.do("show")
    window.wait_screen("pin")
    window.tap(PIN[5])
    assert window.place("Xác nhận")["disabled"], "five digits were kept while nobody looked"
    window.do("key", key=BACK_KEY)
    window.wait_screen("home")
    end(paired, asked)


def test_kivy_a_request_that_ended_under_a_sheet_says_so(paired: OneMorePhone) -> None:
    window = paired.window
    asked = paired.ask()
    window.wait_text("muốn bạn ký")
    window.tap("Từ chối")
    window.wait_text("Từ chối ký?")
    paired.asker.cancel(asked)
    wait_for(lambda: window.do("cards") == 0, "the withdrawal does not come")
    window.tap("Từ chối ký")
    window.wait_screen("home")
    window.wait_text("Yêu cầu này đã kết thúc trước khi bạn mở")
    window.tap("Đóng")
    window.wait_text(NOTHING_WAITS)


def test_kivy_a_typed_code_stays_when_the_language_changes(open_window: OpenWindow, tmp_path: Path) -> None:
    window = open_window(tmp_path / "new", "--server", "http://127.0.0.1:1")
    window.wait_screen("welcome")
    window.write("XXXXX-XXXXX", "ABCDE-1234")
    window.tap("English")
    window.wait_text("Link this phone")
    assert window.sees("ABCDE-1234")


def test_kivy_the_window_is_turned_and_resized_in_the_midst_of_signing(paired: OneMorePhone) -> None:
    window = paired.window
    asked = paired.ask(pages=2)
    window.wait_text("muốn bạn ký")
    window.tap("Xem thông tin")
    window.wait_screen("request")
    window.tap("Xem")
    window.wait_text("Trang 1/2")
    drawn = window.do("page_width")
    window.do("resize", width=800, height=520)
    wait_for(lambda: window.do("page_width") > drawn, "the page is not drawn anew")
    window.tap("Trang sau")
    window.wait_text("Trang 2/2")
    window.tap("Quay lại")
    window.wait_screen("request")
    window.tap("Ký số")
    window.wait_screen("code")
    window.tap(asked.code)
    window.do("resize", width=412, height=915)
    window.tap("Tiếp tục")
    window.wait_screen("pin")
    window.type_pin(PIN[:2], PIN[2])
    window.do("resize", width=360, height=520)
    window.type_pin(PIN[3:5], PIN[5])
    window.do("resize", width=360, height=800)
    window.tap("Xác nhận")
    window.wait_screen("result")
    assert paired.asker.await_end(asked)["end_result"] == "ok"
    window.tap("Đóng")
    window.wait_text(NOTHING_WAITS)


def test_kivy_of_many_requests_twenty_stand_there_and_the_rest_is_asked_for(paired: OneMorePhone) -> None:
    window = paired.window
    asked = [paired.ask() for _ in range(21)]
    window.wait_text("Yêu cầu đang chờ: 21", 60)
    assert window.do("cards") == 20
    window.do("scroll_to_end")
    window.tap("Xem thêm (1)")
    assert window.do("cards") == 21
    for one in asked:
        paired.asker_of(one).cancel(one)
    window.wait_text(NOTHING_WAITS)
