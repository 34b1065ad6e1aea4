"""The document's pages under the person's fingers: real window, real touches, real server over TCP."""

from tests.kivy.conftest import NOTHING_WAITS, OneMorePhone
from tests.scenarios.real_server import Asked
from tests.server_process import wait_for


def open_viewer(phone: OneMorePhone, count: int, pages: int) -> Asked:
    asked = phone.ask(count, pages=pages)
    phone.window.wait_text("muốn bạn ký")
    phone.window.tap("Xem thông tin")
    phone.window.wait_screen("request")
    phone.window.tap("Xem")
    phone.window.wait_screen("viewer")
    phone.window.wait_text(f"Trang 1/{pages}")
    return asked


def away(phone: OneMorePhone, asked: Asked, *backs: str) -> None:
    """Home again, nothing waiting."""
    for screen in backs:
        phone.window.tap("Quay lại")
        phone.window.wait_screen(screen)
    phone.asker.cancel(asked)
    phone.window.wait_text(NOTHING_WAITS)


def test_kivy_pages_turn_under_a_finger_and_by_buttons(paired: OneMorePhone) -> None:
    window = paired.window
    asked = open_viewer(paired, 1, 3)
    assert not window.sees("Ký chứng từ này"), "the only document can't be left out"
    window.stroke(*[(320 - 30 * step, 450) for step in range(9)])
    window.wait_text("Trang 2/3")
    window.tap("Trang sau")
    window.wait_text("Trang 3/3")
    window.stroke(*[(320 - 30 * step, 450) for step in range(9)])
    assert window.sees("Trang 3/3"), "there is no fourth page"
    window.stroke(*[(40 + 30 * step, 450) for step in range(9)])
    window.wait_text("Trang 2/3")
    away(paired, asked, "request", "home")


def test_kivy_two_fingers_zoom_and_one_then_moves_the_page(paired: OneMorePhone) -> None:
    window = paired.window
    asked = open_viewer(paired, 1, 2)
    assert window.place("Thu nhỏ")["disabled"]
    window.pinch(60, 150)
    wait_for(lambda: not window.place("Thu nhỏ")["disabled"], "two fingers do not zoom")
    window.stroke(*[(320 - 30 * step, 450) for step in range(9)])
    window.wait_text("Trang 1/2")
    window.pinch(200, 50)
    wait_for(lambda: window.place("Thu nhỏ")["disabled"], "two fingers do not zoom back")
    window.stroke(*[(320 - 30 * step, 450) for step in range(9)])
    window.wait_text("Trang 2/2")
    for _ in range(4):
        window.tap("Phóng to")
    wait_for(lambda: window.place("Phóng to")["disabled"], "the zoom has no end")
    away(paired, asked, "request", "home")


def test_kivy_a_document_is_left_out_and_put_back_from_the_viewer(paired: OneMorePhone) -> None:
    window = paired.window
    asked = open_viewer(paired, 2, 1)
    window.tap("Chứng từ sau")
    window.wait_text("Chứng từ 2/2")
    window.tap("Ký chứng từ này")
    window.tap("Không ký")
    window.wait_text("Không ký chứng từ này")
    window.tap("Quay lại")
    window.wait_text("Ký số (1)")
    window.tap("Xem", at=1)
    window.wait_text("Không ký chứng từ này")
    window.tap("Không ký chứng từ này")
    window.wait_text("Ký chứng từ này")
    window.tap("Quay lại")
    window.wait_text("Ký số (2)")
    away(paired, asked, "home")
