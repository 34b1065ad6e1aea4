"""Around signing: pasting the link, the theme, two phones on one desk. Real windows, real touches, real server."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

from PIL import Image

from mobile_app.ui import theme
from tests.kivy.conftest import NOTHING_WAITS, OneMorePhone, OpenWindow, pair_on_screen
from tests.server_process import ServerProcess, wait_for


def test_kivy_a_pasted_link_names_its_server(open_window: OpenWindow, running_server: ServerProcess, tmp_path: Path) -> None:
    person = running_server.add_person()
    offer = running_server.app.pair_device.offer(person.subscriber_id, person.user_id)
    window = open_window(tmp_path / "pasted", "--server", "http://127.0.0.1:1")
    window.wait_screen("welcome")
    assert window.sees("Địa chỉ máy chủ")
    link = f"phoneseal://pair?v=1&u={quote(running_server.url, safe='')}&c={offer.code}&f={running_server.app.signer.fingerprint}"
    window.do("paste_board", text=f"  {link}\n")
    window.tap("Dán")
    window.wait_text(link)
    assert not window.sees("Địa chỉ máy chủ"), "the link has the address"
    window.tap("Tiếp tục")
    window.wait_screen("choose_pin")


def test_kivy_a_window_opens_without_a_word(open_window: OpenWindow, tmp_path: Path) -> None:
    """Whatever library for input, clipboard or camera this machine lacks."""
    window = open_window(tmp_path / "quiet")
    window.wait_screen("welcome")
    assert window.log() == ""


def ground(phone: OneMorePhone, path: Path) -> tuple[float, ...]:
    phone.window.picture(path)
    with Image.open(path) as picture:
        return tuple(round(part / 255, 2) for part in picture.convert("RGB").getpixel((4, 300)))  # type: ignore[union-attr]


def test_kivy_the_theme_changes_where_the_person_is(paired: OneMorePhone, tmp_path: Path) -> None:
    window = paired.window
    window.tap("Tài khoản")
    window.wait_screen("account")
    for name, worn in (("Tối", theme.DARK), ("Sáng", theme.LIGHT)):
        window.tap(name)
        wait_for(lambda worn=worn: ground(paired, tmp_path / "seen.png") == tuple(round(part, 2) for part in worn.paper[:3]), name)
        assert window.do("places", text="Giao diện", part=False)[0]["where"] == "inside", "the list jumps back to its top"
    window.tap("Trang chủ")
    window.wait_text(NOTHING_WAITS)


def test_kivy_two_phones_at_once_and_one_window_a_profile(
    paired: OneMorePhone, open_window: OpenWindow, running_server: ServerProcess, tmp_path: Path
) -> None:
    other_person = running_server.add_person()
    other = open_window(tmp_path / "other", "--server", running_server.url)
    pair_on_screen(other, running_server, other_person)
    asked = paired.ask()
    paired.window.wait_text("muốn bạn ký")
    assert other.sees(NOTHING_WAITS) and other.sees("Đã kết nối")
    paired.asker_of(asked).cancel(asked)
    paired.window.wait_text(NOTHING_WAITS)
    second = subprocess.run(
        [sys.executable, "-m", "mobile_app.main", "--profile", str(paired.window.profile)],
        env={**os.environ, "DISPLAY": paired.window.display}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert second.returncode == 1 and "Another window uses" in second.stderr
