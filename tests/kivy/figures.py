"""The phone's window in figures: ``python -m tests.kivy.figures [DOCUMENTS]``. They stand in docs/benchmarks.md.

* cold start: from starting the process of a paired phone to its Home on the screen, and to the proven connection;
* card: from the push's arrival on the socket to the frame that shows its card, the median of five;
* longest frame: while DOCUMENTS (1,000) are fetched and checked, while the places of their stamps are looked at, and while they are signed
  and sent. Thirty frames a second are drawn, so 33 ms is a frame that nothing held up. The window's own work is its thread's CPU time:
  what a busy machine takes away is not in it.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.kivy.conftest import OneMorePhone, pair_on_screen
from tests.kivy.phone_window import Display, PhoneWindow
from tests.scenarios.real_server import Asker, a_pdf
from tests.server_process import PIN, ServerProcess, wait_for

SIGN_SECONDS = 600.0
PLACE = {"page": 0, "box": [340.0, 60.0, 540.0, 120.0]}


def cold_start(phone: OneMorePhone) -> tuple[float, float]:
    phone.window.stop()
    began = time.monotonic()
    phone.reopen()
    wait_for(lambda: phone.window.showing == "home", "Home does not come", every=0.01)
    shown = time.monotonic() - began
    wait_for(lambda: phone.window.sees("Đã kết nối"), "no connection", every=0.01)
    return shown, time.monotonic() - began


def card_seconds(phone: OneMorePhone) -> float:
    asked = phone.ask()
    seconds: float = wait_for(lambda: phone.window.do("arrival_to_card"), "no card is drawn")
    phone.asker_of(asked).cancel(asked)
    phone.window.wait_text("Không có yêu cầu nào")
    return seconds


def longest_frames(phone: OneMorePhone, count: int) -> dict[str, list[float]]:
    window = phone.window
    asked = phone.ask_for(*((a_pdf(f"Contract {number}"), PLACE) for number in range(count)))
    window.wait_text("muốn bạn ký", SIGN_SECONDS)
    window.do("longest_frame")
    window.tap("Xem thông tin")
    window.wait_screen("request", SIGN_SECONDS)
    window.wait_text("đã kiểm tra")
    found = {"checking": window.do("longest_frame")}
    began = time.monotonic()
    window.wait_text(f"Đã xem {count}/{count} vị trí", SIGN_SECONDS)
    found["looking at the stamps of"] = [*window.do("longest_frame"), time.monotonic() - began]
    window.tap("Ký số (", part=True)
    window.wait_screen("code")
    window.tap(asked.code)
    window.tap("Tiếp tục")
    window.wait_screen("pin")
    window.do("longest_frame")
    window.type_pin(PIN, "Xác nhận")
    window.wait_screen("result", SIGN_SECONDS)
    return found | {"signing": window.do("longest_frame")}


def measure(folder: Path, count: int, say: Any) -> None:
    display, server = Display(), ServerProcess(folder / "server")
    try:
        server.start()
        person = server.add_person()
        window = PhoneWindow(display.name, folder / "phone", "--server", server.url, "--clock-offset-file", str(server.clock_file))
        phone = OneMorePhone(window, person, server, Asker(server.url, server.add_relying_party()))
        try:
            pair_on_screen(window, server, person)
            starts = [cold_start(phone) for _ in range(3)]
            say(f"cold start to Home (best, median of 3): {min(starts)[0]:.2f} s, {statistics.median(one for one, _ in starts):.2f} s")
            say(f"cold start to connected, median: {statistics.median(two for _, two in starts):.2f} s")
            cards = sorted(card_seconds(phone) * 1000 for _ in range(5))
            say(f"push to card, median (worst) of 5: {cards[2]:.0f} ms ({cards[-1]:.0f} ms)")
            for name, (frame, work, *whole) in longest_frames(phone, count).items():
                took = f", {whole[0]:.1f} s in all" if whole else ""
                own = f"of the window's own work {work * 1000:.0f} ms{took}"
                say(f"longest frame while {name} {count} documents: {frame * 1000:.0f} ms, {own}")
        finally:
            phone.stop()
    finally:
        server.stop()
        display.stop()


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), count, lambda line: print(line, flush=True))


if __name__ == "__main__":
    main()
