"""The account on the phone's screens: PIN, phones, log-out, clock. Real window, real touches, real server over TCP."""

from pathlib import Path

from server.devices.device import DeviceState
from tests.kivy.conftest import NOTHING_WAITS, OneMorePhone, OpenWindow, pair_on_screen
from tests.kivy.phone_window import PhoneWindow
from tests.server_process import PIN, ServerProcess, wait_for

NEW_PIN, WRONG_PIN = "860497", "975310"
GO_ON = "Tiếp tục"


def open_account(window: PhoneWindow, row: str = "", screen: str = "") -> None:
    window.tap("Tài khoản")
    window.wait_screen("account")
    if row:
        window.tap(row)
        window.wait_screen(screen)


def device_state(phone: OneMorePhone) -> DeviceState:
    with phone.server.app.store.read() as tx:
        return tx.devices.of_subscriber(phone.person.subscriber_id)[0].state


def change_pin(window: PhoneWindow, old: str, new: str) -> None:
    open_account(window, "Đổi mã PIN", "account_pin")
    window.type_pin(old, GO_ON)
    window.wait_text("Chọn mã PIN mới")
    window.type_pin(new, GO_ON)
    window.wait_text("Nhập lại mã PIN mới")
    window.type_pin(new, GO_ON)
    window.wait_text("Từ bây giờ hãy dùng mã PIN mới")
    window.tap("Đóng")
    window.wait_screen("account")


def log_out(window: PhoneWindow) -> None:
    window.tap("Đăng xuất")
    window.wait_text("hỏi mã PIN khi mở")
    window.tap("Đăng xuất")
    window.wait_screen("locked")


def test_kivy_account_changes_the_pin(paired: OneMorePhone) -> None:
    window = paired.window
    change_pin(window, PIN, NEW_PIN)
    log_out(window)
    window.type_pin(PIN, "Mở")
    window.wait_text("Sai mã PIN. Bạn còn 5 lần thử.")
    window.type_pin(NEW_PIN, "Mở")
    window.wait_screen("home")
    change_pin(window, NEW_PIN, PIN)
    window.tap("Trang chủ")
    window.wait_screen("home")


def test_kivy_account_refuses_weak_same_and_unlike_pins(paired: OneMorePhone) -> None:
    window = paired.window
    open_account(window, "Đổi mã PIN", "account_pin")
    window.type_pin(PIN, GO_ON)
    window.wait_text("Chọn mã PIN mới")
    window.type_pin("123456", GO_ON)
    window.wait_text("Mã PIN này dễ đoán")
    window.type_pin(PIN, GO_ON)
    window.wait_text("giống mã cũ")
    window.type_pin(NEW_PIN, GO_ON)
    window.wait_text("Nhập lại mã PIN mới")
    window.type_pin(WRONG_PIN, GO_ON)
    window.wait_text("Hai lần nhập không giống nhau")
    assert window.sees("Chọn mã PIN mới")
    window.tap("Quay lại")
    window.wait_screen("account")
    log_out(window)
    window.type_pin(PIN, "Mở")
    window.wait_screen("home")


def test_kivy_account_a_wrong_old_pin_counts_down_and_waits(paired: OneMorePhone) -> None:
    window = paired.window
    open_account(window, "Đổi mã PIN", "account_pin")
    for left in (5, 4, 3):
        window.type_pin(WRONG_PIN, GO_ON)
        window.wait_text(f"Sai mã PIN. Bạn còn {left} lần thử.")
    window.wait_text("Thử lại sau")
    window.tap("1")
    assert window.place(GO_ON)["disabled"], "the pad sleeps while the server waits"
    paired.server.move_clock(31)
    wait_for(lambda: not window.sees("Thử lại sau"), "the wait does not end")
    window.type_pin(PIN, GO_ON)
    window.wait_text("Chọn mã PIN mới")
    window.tap("Quay lại")
    window.wait_screen("account")
    window.tap("Trang chủ")


def test_kivy_account_logged_out_shows_nothing_until_the_pin(paired: OneMorePhone) -> None:
    window = paired.window
    open_account(window)
    log_out(window)
    paired.reopen()
    window = paired.window
    window.wait_screen("locked")
    window.wait_text("Đã kết nối")
    paired.ask()
    name = paired.person.name
    window.do("key", key=27)
    assert window.showing == "locked"
    assert not window.sees("muốn bạn ký") and not window.sees("Trang chủ") and not window.sees(name)
    window.type_pin(PIN, "Mở")
    window.wait_screen("home")
    window.wait_text("muốn bạn ký")
    window.tap("Từ chối")
    window.tap("Từ chối ký")
    window.wait_screen("result")
    window.tap("Đóng")


def test_kivy_account_lists_phones_and_freezes_this_one(paired: OneMorePhone, tmp_path: Path) -> None:
    window = paired.window
    open_account(window, "Điện thoại", "account_devices")
    window.wait_text("Pixel 8")
    assert window.sees("Máy này") and window.sees("Đang dùng") and window.sees("Kết nối gần nhất")
    window.tap("Tạm khoá máy này")
    window.wait_text("mở khoá trên trang tài khoản")
    window.tap("Huỷ")
    assert device_state(paired) is DeviceState.ACTIVE
    window.tap("Tạm khoá máy này")
    window.tap("Tạm khoá máy này", at=0)
    wait_for(lambda: device_state(paired) is DeviceState.FROZEN, "the phone is not frozen")
    window.wait_text("đang bị tạm khoá nên không ký được")
    assert window.place("Huỷ liên kết máy này")["disabled"], "the server does not listen to a frozen phone"
    with paired.server.app.store.read() as tx:
        device_id = tx.devices.of_subscriber(paired.person.subscriber_id)[0].device_id
    window.tap("Quay lại")
    window.wait_screen("account")
    window.tap("Trang chủ")
    window.wait_text("đang bị tạm khoá")
    assert not window.sees(NOTHING_WAITS), "who is shut out does not know whether anything waits"
    paired.server.app.end_device.thaw(device_id, "owner")
    window.wait_text("Đã kết nối")
    window.wait_text(NOTHING_WAITS)
    wait_for(lambda: not any("tạm khoá" in text.lower() for text in window.texts()), "it still says that it is frozen")
    paired.reopen()
    paired.window.wait_screen("home")


def test_kivy_account_about_names_server_and_key(paired: OneMorePhone) -> None:
    window = paired.window
    open_account(window, "Giới thiệu", "account_about")
    digest = paired.server.app.signer.fingerprint
    window.wait_text(" ".join(digest[at : at + 8] for at in range(0, 64, 8)))
    assert window.sees(paired.server.url) and window.sees("PhoneSeal 1.0") and window.sees("MIT")
    window.tap("Quay lại")
    window.wait_screen("account")
    window.tap("Trang chủ")


def test_kivy_account_says_how_far_the_clock_is_off(paired: OneMorePhone, tmp_path: Path) -> None:
    window = paired.window
    open_account(window)
    assert not window.sees("Đồng hồ điện thoại")
    window.stop()
    clock = tmp_path / "clock"
    for seconds, words in ((-200, "chậm hơn máy chủ 3 phút"), (45, "nhanh hơn máy chủ 45 giây"), (25, "")):
        clock.write_text(str(paired.server.clock_offset + seconds), "ascii")
        options = ("--server", paired.server.url, "--clock-offset-file", str(clock))
        other = PhoneWindow(window.display, window.profile, *options)
        try:
            other.wait_screen("home")
            other.wait_text("Đã kết nối")
            open_account(other)
            if words:
                other.wait_text(words)
            else:
                assert not other.sees("Đồng hồ điện thoại")
        finally:
            other.stop()
    paired.reopen()


def test_kivy_account_unlinks_this_phone(
    open_window: OpenWindow, running_server: ServerProcess, tmp_path: Path
) -> None:
    person = running_server.add_person()
    window = open_window(tmp_path / "phone", "--server", running_server.url)
    pair_on_screen(window, running_server, person)
    open_account(window, "Điện thoại", "account_devices")
    window.wait_text("Pixel 8")
    window.tap("Huỷ liên kết máy này")
    window.wait_text("Khoá ký trên máy này bị xoá hẳn")
    window.tap("Huỷ liên kết máy này")
    window.wait_screen("welcome")
    assert list((tmp_path / "phone").glob("*.vault")) == []
    with running_server.app.store.read() as tx:
        assert [device.state for device in tx.devices.of_subscriber(person.subscriber_id)] == [DeviceState.UNPAIRED]


def test_kivy_account_a_phone_that_was_unlinked_elsewhere_is_cleared_here(
    open_window: OpenWindow, running_server: ServerProcess, tmp_path: Path
) -> None:
    person = running_server.add_person()
    window = open_window(tmp_path / "phone", "--server", running_server.url)
    pair_on_screen(window, running_server, person)
    with running_server.app.store.read() as tx:
        device_id = tx.devices.of_subscriber(person.subscriber_id)[0].device_id
    running_server.app.end_device.unpair(device_id, "owner")
    window.wait_text("Bị từ chối")
    open_account(window, "Điện thoại", "account_devices")
    window.tap("Xoá khỏi máy này")
    window.wait_text("liên kết lại từ đầu")
    window.tap("Xoá khỏi máy này")
    window.wait_screen("welcome")
    assert list((tmp_path / "phone").glob("*.vault")) == []
    other = running_server.add_person()
    pair_on_screen(window, running_server, other)
    open_account(window)
    window.wait_text(other.name)


def test_kivy_account_offline_says_so_and_asks_nothing(
    open_window: OpenWindow, tmp_path: Path
) -> None:
    """Nobody but the server can judge a PIN, so a logged-out app stays so."""
    server = ServerProcess(tmp_path / "server")
    server.start()
    try:
        window = open_window(tmp_path / "phone", "--server", server.url)
        pair_on_screen(window, server, server.add_person())
    finally:
        server.stop()
    window.wait_text("Mất kết nối")
    open_account(window)
    assert window.sees("Chưa kết nối được với máy chủ")
    for row, screen in (("Điện thoại", "account_devices"), ("Người bị chặn", "account_blocked"), ("Đổi mã PIN", "account_pin")):
        window.tap(row)
        window.wait_screen(screen)
        window.wait_text("Chưa kết nối được với máy chủ")
        if screen == "account_devices":
            assert window.place("Huỷ liên kết máy này")["disabled"] and not window.sees("Đang dùng")
        window.tap("Quay lại")
        window.wait_screen("account")
    log_out(window)
    for digit in PIN:
        window.tap(digit)
    assert window.place("Mở")["disabled"], "nobody can judge a PIN"
    assert window.sees("Chưa kết nối được với máy chủ")
