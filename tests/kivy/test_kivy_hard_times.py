"""What goes wrong or comes unasked, on the phone's screen: real window, real touches, real server over TCP."""

import threading
from pathlib import Path

from tests.kivy.conftest import OneMorePhone
from tests.scenarios.real_server import Asked
from tests.server_process import PIN, wait_for

BACK_KEY = 27
WRONG_PIN = "975310"


def open_pin(phone: OneMorePhone, asked: Asked) -> None:
    window = phone.window
    window.wait_text("muốn bạn ký")
    window.tap("Ký số")
    window.wait_screen("request")
    window.tap("Ký số")
    window.wait_screen("code")
    window.tap(asked.code)
    window.tap("Tiếp tục")
    window.wait_screen("pin")


def change_on_the_server(phone: OneMorePhone) -> None:
    """A byte of every prepared document becomes another than the one that was announced."""
    blobs = phone.server.data_dir.rglob("*")
    files = [path for path in blobs if path.is_file() and b"/ByteRange" in path.read_bytes()]
    assert files
    for path in files:
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)


def test_kivy_another_phone_joins_only_under_the_pin(paired: OneMorePhone, tmp_path: Path) -> None:
    window = paired.window
    second = threading.Thread(
        target=paired.server.pair,
        args=(tmp_path / "second", paired.person, "--algorithm", "ecdsa_p256_sha256", "--device-name", "Máy thứ hai"),
    )
    second.start()
    first_seen = wait_for(lambda: window.do("places", text="Cho phép", part=False), "no question comes", every=0.01)
    assert first_seen[0]["disabled"], "it takes a finger that was meant for something else"
    window.wait_screen("new_device")
    window.wait_text("Máy thứ hai")
    window.tap("Cho phép")
    window.wait_screen("pin")
    window.type_pin(PIN, "Xác nhận")
    second.join(30)
    assert not second.is_alive()
    window.wait_screen("home")


def test_kivy_killed_while_signing_goes_on_after_the_pin(paired: OneMorePhone) -> None:
    paired.reopen(PHONESEAL_CRASH_AT="request.journal.acknowledgement.after")
    asked = paired.ask()
    open_pin(paired, asked)
    paired.window.type_pin(PIN[:5], PIN[5])
    paired.window.do("stroke", points=[(180, 42)])
    paired.window.wait_gone()
    assert paired.asker.status(asked)["state"] == "SIGNING"
    paired.reopen()
    window = paired.window
    window.wait_screen("pin")
    window.wait_text("nhưng việc ký bị ngắt")
    window.type_pin(PIN, "Xác nhận")
    window.wait_screen("result")
    window.wait_text("Giao dịch của bạn đã được ký số thành công")
    assert paired.asker.await_end(asked)["end_result"] == "ok"
    window.tap("Đóng")
    window.wait_screen("home")


def test_kivy_a_changed_document_is_a_warning_that_cannot_be_tapped_through(paired: OneMorePhone) -> None:
    window = paired.window
    asked = paired.ask()
    window.wait_text("muốn bạn ký")
    change_on_the_server(paired)
    window.tap("Xem thông tin")
    window.wait_screen("warning")
    window.wait_text("Điện thoại không ký gì cả")
    assert not window.sees("Ký số") and not window.sees("Trang chủ")
    window.do("key", key=BACK_KEY)
    window.tap("Hãy đọc cảnh báo", part=True, asleep=True)
    assert window.showing == "warning"
    window.wait_text("Tôi đã đọc", 15)
    window.tap("Tôi đã đọc")
    window.wait_screen("home")
    assert paired.asker.await_end(asked)["end_result"] == "document_mismatch"


def test_kivy_wrong_pins_wait_and_lock(paired: OneMorePhone) -> None:
    window = paired.window
    paired.spent = True
    open_pin(paired, paired.ask(lifetime=6 * 3600))
    for left, wait in ((5, 0), (4, 0), (3, 30), (2, 300), (1, 3600)):
        window.type_pin(WRONG_PIN, "Xác nhận")
        window.wait_text(f"Sai mã PIN. Bạn còn {left} lần thử.")
        if wait:
            window.wait_text("Thử lại sau")
            window.tap("1", asleep=True)
            assert window.place("Xác nhận")["disabled"], "the pad sleeps while the server waits"
            paired.server.move_clock(wait + 1)
            wait_for(lambda: not window.sees("Thử lại sau"), "the wait does not end")
    window.type_pin(WRONG_PIN, "Xác nhận")
    window.wait_screen("problem")
    window.wait_text("Mã PIN đã bị khoá")
    window.tap("Về trang chủ")
    window.wait_screen("home")
