"""Screens with names that somebody chose to mislead or to break them: as long as the protocol allows, without a place to break a line, in
letters that the font lacks, piled up with marks, or written as if they were markup. Each must stand there as plain text, in its place."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mobile_app.device.interaction import DocumentView
from mobile_app.ui.flow import Flow

MARKUP = "[b]Ngân hàng[/b] [ref=ok][color=00ff00]Đã kiểm tra[/color][/ref] &bl;script&br; {who} %s <b>đậm</b>"
UNBROKEN = "W" * 199 + "1"
MARKS = "ký" + "\u0323\u0301\u030a\u0337" * 49
RIGHT_TO_LEFT = "חוזה שכירות עקד עמל اتفاقية سرية " * 5
INVISIBLE = "\u00a0\u2028\u200b\u2060" * 50
WIDE = "𝕎署名契約書🖋" * 25
HOSTILE = (MARKUP, UNBROKEN, MARKS, RIGHT_TO_LEFT, INVISIBLE, WIDE)


class View:
    """A checked request whose every document bears another of the names."""

    def __init__(self, like: Any) -> None:
        self.pending = like.pending
        self.verification_codes = like.verification_codes
        self.documents = [DocumentView(at, name, name[-64:], "sign", 2**31, 9, 1, ()) for at, name in enumerate(HOSTILE)]
        self.seconds_left, self.open_document = like.seconds_left, like.open_document


def hostile(
    pending: Callable[..., Any], opened: Callable[..., Any], new_device: Callable[[Flow, int], str]
) -> dict[str, Callable[[Flow, int], str]]:
    """The states, made like those of ``looks_content``, which hands its makers in."""

    def named(number: int, now: int, name: str) -> Any:
        return replace(pending(number, len(HOSTILE), now), relying_party_name=name, requested_by=name)

    def home(flow: Flow, now: int) -> str:
        flow.pending = tuple(named(number, now, name) for number, name in enumerate(HOSTILE))
        return "home"

    def within(screen: str) -> Callable[[Flow, int], str]:
        def prepare(flow: Flow, now: int) -> str:
            made = opened(flow, now, len(HOSTILE))
            made.pending = named(1, now, MARKUP)
            made.view.pending = made.pending
            made.view = View(made.view)
            flow.looking_at = HOSTILE.index(UNBROKEN)
            return screen

        return prepare

    def device(flow: Flow, now: int) -> str:
        name = new_device(flow, now)
        assert flow.new_device is not None
        flow.new_device = (replace(flow.new_device[0], device_name=MARKUP[:64]), flow.new_device[1])
        return name

    screens = {f"hostile_{screen}": within(screen) for screen in ("request", "viewer", "code", "progress")}
    return {"hostile_home": home, **screens, "hostile_device": device}
