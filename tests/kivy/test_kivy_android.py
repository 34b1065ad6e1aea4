"""The Android app in a window: its own composition root, vault, biometrics, pages and links, on the stand-in for Java.

Real server, real touches."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.kivy.conftest import NOTHING_WAITS, shown_digits
from tests.kivy.phone_window import PhoneWindow
from tests.scenarios.real_server import Asked, Asker
from tests.server_process import PIN, Person, ServerProcess, wait_for
from tests.unit.drawing.drawn_documents import WHERE, with_fields_and_annotations


class AndroidWindow(PhoneWindow):
    app = Path(__file__).resolve().parents[1] / "android" / "driven_android.py"


class AndroidPhone:
    def __init__(self, window: AndroidWindow, server: ServerProcess, person: Person) -> None:
        self.window, self.server, self.person = window, server, person

    def pair_by_link(self) -> None:
        """Another app opens the QR code's link; the rest is touched."""
        server, window = self.server, self.window
        offer = server.app.pair_device.offer(self.person.subscriber_id, self.person.user_id)
        window.wait_screen("welcome")
        fingerprint = server.app.signer.fingerprint
        window.do("open_link", link=f"phoneseal://pair?v=1&u={quote(server.url, safe='')}&c={offer.code}&f={fingerprint}")
        window.wait_text(offer.code)
        assert window.showing == "welcome", "a link pairs by itself"
        window.tap("Tiếp tục")
        window.wait_screen("choose_pin")
        window.type_pin(PIN, "Tiếp tục")
        window.type_pin(PIN, "Tiếp tục")
        window.wait_screen("pairing")
        digits = wait_for(lambda: shown_digits(window), "no digits are shown")
        server.app.pair_device.confirm(offer.pairing.pairing_id, digits)
        window.wait_screen("home")

    def asked(self) -> tuple[Asker, Asked]:
        asker = Asker(self.server.url, self.server.add_relying_party())
        asked = asker.ask(1, 3600, self.person.login, 1)
        self.window.wait_text("muốn bạn ký")
        return asker, asked

    def choose_code(self, asked: Asked) -> None:
        self.window.tap("Ký số")
        self.window.wait_screen("request")
        self.window.wait_text("Phông chữ không nhúng")
        self.window.tap("Ký số")
        self.window.wait_screen("code")
        self.window.tap(asked.code)
        self.window.tap("Tiếp tục")

    def sign(self, pin: str = "") -> None:
        """``pin``: typed. Without, the finger has to do."""
        asker, asked = self.asked()
        self.choose_code(asked)
        if pin:
            self.window.wait_screen("pin")
            self.window.type_pin(pin, "Xác nhận")
        self.window.wait_screen("result")
        assert asker.await_end(asked)["state"] == "COMPLETED"
        asker.close()
        self.window.tap("Đóng")
        self.window.wait_text(NOTHING_WAITS)


@pytest.fixture
def sdk() -> int:
    return 35


@pytest.fixture
def android(display: str, running_server: ServerProcess, tmp_path: Path, sdk: int) -> Iterator[AndroidPhone]:
    window = AndroidWindow(display, tmp_path / "private", TEST_ANDROID_SDK=str(sdk))
    yield AndroidPhone(window, running_server, running_server.add_person())
    window.stop()


def test_kivy_android_pairs_by_link_and_signs_by_finger_once_that_is_chosen(android: AndroidPhone) -> None:
    window = android.window
    android.pair_by_link()
    window.tap("Chứng thư")
    window.tap("Xem")
    window.wait_text("bằng chip bảo mật")  # StrongBox
    window.tap("Quay lại")
    window.tap("Trang chủ")
    android.sign(PIN)
    assert window.do("seen")["prompts"] == []

    window.tap("Tài khoản")
    window.wait_text("Vân tay hoặc khuôn mặt thay cho mã PIN")
    window.wait_text("Đang tắt. Sau khi bật")
    window.tap("Bật")  # the first of the two
    window.wait_text("Đang bật, chỉ để ký")
    window.tap("Trang chủ")
    android.sign(PIN)
    android.sign()
    assert window.do("seen")["prompts"] == ["Ký bằng PhoneSeal"]

    window.do("enrol_another_finger")
    android.sign(PIN)
    window.tap("Tài khoản")
    window.wait_text("Đang tắt. Sau khi bật")
    assert [path.suffix for path in (window.profile / "phone").glob("*.biometric")] == []


def test_kivy_android_shows_pages_and_rings_while_another_app_is_in_front(android: AndroidPhone) -> None:
    window = android.window
    android.pair_by_link()
    asker, _asked = android.asked()
    window.tap("Xem thông tin")
    window.wait_screen("request")
    window.tap("Xem")
    window.wait_screen("viewer")
    window.wait_text("Trang 1/1")
    assert window.do("seen")["pdfs"] == 1
    window.tap("Quay lại")
    window.wait_screen("request")
    wait_for(lambda: window.do("seen")["pdfs"] == 0, "the page stays open")
    asker.close()

    assert window.do("seen")["notices"] == []
    window.do("go_to_front", in_front=False)
    other = Asker(android.server.url, android.server.add_relying_party())
    other.ask(1, 3600, android.person.login, 1)
    wait_for(lambda: window.do("seen")["notices"] == ["Có yêu cầu đang chờ bạn"], "the phone does not ring")
    other.close()


def test_kivy_android_a_link_does_not_disturb_a_paired_phone(android: AndroidPhone) -> None:
    window = android.window
    android.pair_by_link()
    window.do("open_link", link="phoneseal://pair?v=1&u=https%3A%2F%2Fother.example&c=0123456789&f=" + "ab" * 32)
    window.tap("Lịch sử")
    window.wait_screen("history")
    window.tap("Trang chủ")
    window.wait_text(NOTHING_WAITS)


@pytest.mark.parametrize("sdk", [34])
def test_kivy_android_says_what_its_renderer_leaves_out(android: AndroidPhone) -> None:
    """Before Android 15. The place of the signature is shown all the same."""
    window = android.window
    android.pair_by_link()
    asker = Asker(android.server.url, android.server.add_relying_party())
    placement = {"page": 0, "box": list(WHERE["stamp"])}
    asked = asker.ask_for([(with_fields_and_annotations(), placement)], login=android.person.login)
    window.wait_text("muốn bạn ký")
    window.tap("Ký số")
    window.wait_screen("request")
    window.wait_text("mà điện thoại này có thể không hiện: hãy xem trên trình duyệt")
    window.wait_text("Vị trí này đang trống.")
    window.tap("Xem")
    window.wait_text("Trang 1/1")
    window.wait_text("Trang này có 4 ô điền hoặc ghi chú có thể không hiện ở đây.")
    window.wait_text("Chữ ký của bạn sẽ đứng ở đây")
    wait_for(lambda: window.do("outline"), "nothing is outlined")
    asker.cancel(asked)
    asker.close()


def test_kivy_android_is_woken_by_the_push_app_that_the_person_picks(android: AndroidPhone) -> None:
    window = android.window
    android.pair_by_link()
    window.tap("Tài khoản")
    window.wait_text("Cần một ứng dụng push theo chuẩn UnifiedPush")
    window.do("install_distributors", apps={"io.heckel.ntfy": "ntfy", "org.example.up": "Sunup"})
    window.do("distributor_answers", answer="")
    window.tap("Trang chủ")
    window.tap("Tài khoản")
    window.tap("Bật qua Sunup")
    window.wait_text("chờ Sunup trả lời")
    assert window.do("seen")["woken_by"] == "org.example.up"
    window.do("distributor_answers", answer="endpoint")
    window.wait_text("Đang bật qua Sunup. Khi có yêu cầu")  # the server has taken the address, and the line follows by itself
    window.do("wake")
    window.tap("Tắt")
    window.wait_text("Bật qua ntfy")
    assert window.do("seen")["woken_by"] == ""
    window.do("install_distributors", apps={"io.heckel.ntfy": "ntfy"})
    window.tap("Trang chủ")
    window.tap("Tài khoản")
    window.wait_text("Đang tắt. Khi bật, ứng dụng push")
    assert not window.sees("Bật qua ntfy"), "with one there is nothing to pick"
