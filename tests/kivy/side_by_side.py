"""Pictures of browser and phone side by side, at the same moments of one signature: ``python -m tests.kivy.side_by_side docs/pictures``.

A real server, Debian's Chromium and the phone's window under Xvfb; nothing is painted over but the phone's frame.
"""

import argparse
import io
import shutil
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import sync_playwright

from server.pdf.sample_contract import make_sample_contract
from tests.e2e.visit import Visit
from tests.kivy.conftest import pair_on_screen
from tests.kivy.phone_window import Display, PhoneWindow
from tests.server_process import PIN, ServerProcess, wait_for

PHONE = (360, 800)
BROWSER = (900, 860)
INK, PAPER = (20, 38, 58), (246, 247, 245)
RIM = 12


def together(visit: Visit, window: PhoneWindow, path: Path) -> None:
    """One picture of both, as they stand now."""
    wait_for(lambda: not window.do("pressed"), "a button stays pressed", every=0.02)
    window.picture(path)
    phone = Image.open(path).convert("RGB")
    browser = Image.open(io.BytesIO(visit.page.screenshot())).convert("RGB")
    width = BROWSER[0] + PHONE[0] + 4 * RIM
    made = Image.new("RGB", (width, BROWSER[1]), PAPER)
    made.paste(browser, (0, 0))
    left, top = BROWSER[0] + 2 * RIM, (BROWSER[1] - PHONE[1]) // 2
    frame = (left - RIM, top - RIM, left + PHONE[0] + RIM, top + PHONE[1] + RIM)
    ImageDraw.Draw(made).rounded_rectangle(frame, 36, fill=INK)
    mask = Image.new("L", PHONE, 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, PHONE[0] - 1, PHONE[1] - 1), 26, fill=255)
    made.paste(phone, (left, top), mask)
    made.quantize(200, dither=Image.Dither.NONE).save(path, optimize=True)


def sign(visit: Visit, window: PhoneWindow, folder: Path) -> None:
    visit.upload(make_sample_contract(), "Hợp đồng dịch vụ.pdf")
    visit.ask()
    window.wait_text("muốn bạn ký")
    code = visit.code()
    together(visit, window, folder / "1-request.png")
    window.tap("Xem thông tin")
    window.wait_screen("request")
    window.wait_text("đã kiểm tra")
    window.wait_text("đang trống")
    together(visit, window, folder / "2-checked.png")
    window.tap("Xem")
    window.wait_text("Trang 1/")
    window.tap("Chữ ký của bạn: ", part=True)
    wait_for(lambda: window.do("outline"), "the signature's place is not shown")
    together(visit, window, folder / "3-document.png")
    window.tap("Quay lại")
    window.wait_screen("request")
    window.tap("Ký số")
    window.wait_screen("code")
    window.tap(code)
    together(visit, window, folder / "browser-and-phone.png")
    window.tap("Tiếp tục")
    window.wait_screen("pin")
    window.type_pin(PIN[:3], "1")
    together(visit, window, folder / "4-pin.png")
    window.tap("erase")
    window.type_pin(PIN[3:], "Xác nhận")
    window.wait_screen("result")
    visit.result()
    together(visit, window, folder / "5-signed.png")


def take(folder: Path, work: Path) -> None:
    display, server = Display(), ServerProcess(work / "server")
    try:
        server.start()
        person = server.add_person()
        window = PhoneWindow(display.name, work / "phone", "--server", server.url, "--clock-offset-file", str(server.clock_file))
        try:
            pair_on_screen(window, server, person)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
                visit = Visit(browser, server.url, width=BROWSER[0], height=BROWSER[1])
                visit.log_in(person)
                sign(visit, window, folder)
                visit.close()
                browser.close()
        finally:
            window.stop()
    finally:
        server.stop()
        display.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        take(folder, Path(work))


if __name__ == "__main__":
    main()
