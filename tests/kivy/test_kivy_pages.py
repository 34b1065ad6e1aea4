"""Where the signature goes, and what is said when a page is not what was checked or takes too long: real window, touches and server."""

from server.pdf.sample_contract import make_sample_contract
from tests.kivy.conftest import NOTHING_WAITS, OneMorePhone
from tests.scenarios.real_server import Asked
from tests.server_process import wait_for

CONTRACT = make_sample_contract()
"""Two pages; its checks find nothing to note."""
EMPTY = {"page": 1, "box": [340, 60, 540, 120]}
OVER = {"page": 0, "box": [72, 560, 272, 620]}


def leave(phone: OneMorePhone, asked: Asked) -> None:
    """Home again, nothing waiting."""
    if phone.window.showing == "viewer":
        phone.window.tap("Quay lại")
        phone.window.wait_screen("request")
    phone.window.tap("Quay lại")
    phone.window.wait_screen("home")
    phone.asker_of(asked).cancel(asked)
    phone.window.wait_text(NOTHING_WAITS)


def test_kivy_the_place_is_told_and_outlined_on_its_page(paired: OneMorePhone) -> None:
    window = paired.window
    asked = paired.ask_for((CONTRACT, EMPTY))
    window.wait_text("muốn bạn ký")
    window.tap("Xem thông tin")
    window.wait_text("Trang 2, góc dưới bên phải")
    window.wait_text("Vị trí này đang trống.")
    window.tap("Xem")
    window.wait_text("Trang 1/2")
    assert window.do("outline") is None, "it stands on the other page"
    window.tap("Chữ ký của bạn: trang 2, góc dưới bên phải ›")
    window.wait_text("Trang 2/2")
    window.wait_text("Chữ ký của bạn sẽ đứng ở đây")
    left, bottom, width, height = wait_for(lambda: window.do("outline"), "nothing is outlined")
    scale = (360 - 2 * 18) / 595  # of the window's pixels to points
    assert abs(width - 200 * scale) < 2 and abs(height - 60 * scale) < 2 and abs(left - 18 - 340 * scale) < 2
    assert bottom > 0
    leave(paired, asked)


def test_kivy_a_signature_over_content_is_told_before_it_can_be_given(paired: OneMorePhone) -> None:
    window = paired.window
    asked = paired.ask_for((CONTRACT, OVER))
    window.wait_text("muốn bạn ký")
    window.tap("Ký số")
    window.wait_screen("request")  # there is something to note first
    window.wait_text("Chữ ký sẽ nằm trên nội dung của trang")
    window.wait_text("Có 1 điều cần chú ý")
    window.tap("Xem")
    window.wait_text("Chữ ký của bạn sẽ nằm trên nội dung của trang.")
    window.wait_text("Chữ ký của bạn sẽ đứng ở đây")
    leave(paired, asked)


def test_kivy_many_signatures_are_looked_at_and_counted(paired: OneMorePhone) -> None:
    window = paired.window
    asked = paired.ask_for((CONTRACT, EMPTY), (CONTRACT, OVER), (CONTRACT, None))
    window.wait_text("muốn bạn ký")
    window.tap("Xem thông tin")
    window.wait_text("Đã xem 2/2 vị trí: 1 chữ ký nằm trên nội dung của trang.")
    window.wait_text("không hiện trên trang nào")
    assert not window.place("Ký số (3)")["disabled"]
    leave(paired, asked)


def test_kivy_signing_from_the_card_goes_straight_on_where_nothing_is_to_be_noted(paired: OneMorePhone) -> None:
    window = paired.window
    asked = paired.ask_for((CONTRACT, EMPTY), (CONTRACT, EMPTY))
    window.wait_text("muốn bạn ký")
    window.tap("Ký số")
    window.wait_screen("code")
    window.tap("Quay lại")
    window.wait_screen("home")
    paired.asker_of(asked).cancel(asked)
    window.wait_text(NOTHING_WAITS)


def test_kivy_a_page_that_takes_too_long_says_so_and_the_window_stays(paired: OneMorePhone) -> None:
    window = paired.window
    asked = paired.ask_for((CONTRACT, EMPTY))
    window.wait_text("muốn bạn ký")
    window.tap("Xem thông tin")
    window.wait_text("Vị trí này đang trống.")
    window.do("draw_with", what="MAX_PAGE_SECONDS", value=-1)
    window.tap("Xem")
    window.wait_text("Trang này quá phức tạp nên điện thoại đã dừng vẽ")
    window.do("draw_with", what="MAX_PAGE_SECONDS", value=10)
    window.tap("Trang sau")
    window.wait_text("Trang 2/2")
    assert not window.sees("quá phức tạp")
    leave(paired, asked)


def test_kivy_a_page_that_cannot_be_broken_off_leaves_the_window_alive(paired: OneMorePhone) -> None:
    window = paired.window
    asked = paired.ask_for((CONTRACT, EMPTY))
    window.wait_text("muốn bạn ký")
    window.tap("Xem thông tin")
    window.wait_text("Vị trí này đang trống.")
    window.do("hold_drawing", held=True)
    window.tap("Xem")
    window.wait_text("Trang này vẽ rất lâu")
    window.tap("Quay lại")
    window.wait_screen("request")
    window.do("hold_drawing", held=False)
    leave(paired, asked)


def test_kivy_a_page_count_that_was_not_checked_ends_the_request(paired: OneMorePhone) -> None:
    """Whether it is found while the stamp's place is looked at, or by the viewer later."""
    window = paired.window
    for opens_it in (False, True):
        if not opens_it:
            window.do("draw_with", what="count", value=1)
        asked = paired.ask_for((CONTRACT, EMPTY))
        window.wait_text("muốn bạn ký")
        window.tap("Xem thông tin")
        if opens_it:
            window.wait_text("Vị trí này đang trống.")
            window.do("draw_with", what="count", value=1)
            window.tap("Xem")
        window.wait_screen("warning")
        window.wait_text("Mã: doc_pages_drawn")
        ended = paired.asker_of(asked).await_end(asked)
        assert (ended["end_result"], ended["state"]) == ("document_mismatch", "REFUSED"), ended
        window.do("draw_with", what="count", value=-1)
        window.tap("Tôi đã đọc")
        window.wait_text(NOTHING_WAITS)
