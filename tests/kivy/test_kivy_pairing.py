"""How a phone comes to its account, and what stands in the way: real window, real touches, real server over TCP."""

from pathlib import Path
from urllib.parse import quote

import segno

from tests.kivy.conftest import OneMorePhone, OpenWindow, pair_on_screen, shown_digits
from tests.kivy.phone_window import PhoneWindow
from tests.server_process import PIN, ServerProcess, wait_for

BACK_KEY = 27


def link(server: ServerProcess, code: str, fingerprint: str = "") -> str:
    """What the browser's QR code holds."""
    return f"phoneseal://pair?v=1&u={quote(server.url, safe='')}&c={code}&f={fingerprint or server.app.signer.fingerprint}"


def go_on_from_the_link(window: PhoneWindow, server: ServerProcess, pairing_id: str) -> None:
    window.wait_screen("welcome")
    window.wait_text("phoneseal://pair")
    assert not window.sees("Địa chỉ máy chủ"), "the link names the server"
    window.tap("Tiếp tục")
    window.wait_screen("choose_pin")
    window.type_pin(PIN, "Tiếp tục")
    window.type_pin(PIN, "Tiếp tục")
    digits = wait_for(lambda: shown_digits(window), "no digits are shown")
    server.app.pair_device.confirm(pairing_id, digits)
    window.wait_screen("home")


def test_kivy_a_scanned_code_links_the_phone(open_window: OpenWindow, running_server: ServerProcess, tmp_path: Path) -> None:
    person = running_server.add_person()
    offer = running_server.app.pair_device.offer(person.subscriber_id, person.user_id)
    seen = tmp_path / "seen.png"
    segno.make(link(running_server, offer.code)).save(str(seen), scale=4, border=12)
    window = open_window(tmp_path / "phone", TEST_CAMERA_SEES=str(seen))
    window.wait_screen("welcome")
    window.tap("Quét mã QR")
    go_on_from_the_link(window, running_server, offer.pairing.pairing_id)


def test_kivy_a_picture_of_the_code_links_the_phone(
    open_window: OpenWindow, running_server: ServerProcess, tmp_path: Path
) -> None:
    person = running_server.add_person()
    offer = running_server.app.pair_device.offer(person.subscriber_id, person.user_id)
    downloads = tmp_path / "home" / "Downloads"
    (downloads / "ảnh chụp").mkdir(parents=True)
    (downloads / "thư.png").write_bytes(b"no picture at all")
    segno.make(link(running_server, offer.code)).save(str(downloads / "ảnh chụp" / "mã.png"), scale=4)
    window = open_window(tmp_path / "phone", HOME=str(tmp_path / "home"))
    window.wait_screen("welcome")
    assert not window.sees("Quét mã QR"), "no camera, no button"
    window.tap("Mở ảnh mã QR")
    window.tap("thư.png")
    window.wait_text("Không thấy mã liên kết trong thư.png")
    window.tap("ảnh chụp ›")
    window.tap("mã.png")
    go_on_from_the_link(window, running_server, offer.pairing.pairing_id)


def test_kivy_another_servers_key_is_a_warning_that_cannot_be_tapped_through(
    open_window: OpenWindow, running_server: ServerProcess, tmp_path: Path
) -> None:
    person = running_server.add_person()
    offer = running_server.app.pair_device.offer(person.subscriber_id, person.user_id)
    window = open_window(tmp_path / "phone")
    window.wait_screen("welcome")
    window.write("XXXXX-XXXXX", link(running_server, offer.code, "0" * 64))
    window.tap("Tiếp tục")
    window.wait_screen("warning")
    window.wait_text("server_key_unknown")
    window.do("key", key=BACK_KEY)
    window.tap("Hãy đọc cảnh báo", part=True, asleep=True)
    assert window.showing == "warning"
    window.wait_text("Tôi đã đọc", 15)
    window.tap("Tôi đã đọc")
    window.wait_screen("welcome")
    assert not shown_digits(window)


def test_kivy_a_code_is_checked_before_a_pin_is_chosen(
    open_window: OpenWindow, running_server: ServerProcess, tmp_path: Path
) -> None:
    person = running_server.add_person()
    offer = running_server.app.pair_device.offer(person.subscriber_id, person.user_id)
    window = open_window(tmp_path / "phone", "--server", running_server.url)
    window.wait_screen("welcome")
    window.write("XXXXX-XXXXX", "00000-00000")
    window.tap("Tiếp tục")
    window.wait_text("hết hạn")
    assert window.showing == "welcome" and window.sees("00000-00000"), "what was typed stays, to be mended"
    window.do("paste_board", text=offer.code)
    window.tap("Dán")
    window.tap("Tiếp tục")
    window.wait_screen("choose_pin")


def test_kivy_a_clock_that_is_off_is_shown_and_deadlines_go_by_the_servers(
    open_window: OpenWindow, running_server: ServerProcess, tmp_path: Path
) -> None:
    person, behind = running_server.add_person(), tmp_path / "clock"
    behind.write_text("-90", "ascii")
    window = open_window(tmp_path / "phone", "--server", running_server.url, "--clock-offset-file", str(behind))
    pair_on_screen(window, running_server, person)
    window.wait_text("Đồng hồ điện thoại chậm hơn máy chủ")
    phone = OneMorePhone(window, person, running_server, None)  # type: ignore[arg-type]
    asked = phone.ask(lifetime=600)
    window.wait_text("muốn bạn ký")
    shown = window.wait_text("09:")
    assert "09:30" < shown < "10:00", "the time left is the server's"
    phone.asker_of(asked).cancel(asked)
    phone.asker.close()


def test_kivy_a_cover_hides_what_is_shown_while_the_window_is_away(paired: OneMorePhone) -> None:
    window = paired.window
    assert window.sees("Trang chủ")
    window.do("hide")
    wait_for(lambda: window.texts() == ["PhoneSeal"], "the screen's content is still there")
    window.do("show")
    window.wait_text("Trang chủ")
