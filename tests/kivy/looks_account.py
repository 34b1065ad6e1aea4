"""The account's screens as ``looks_content`` brings up the others: with names at their longest, and in each state that adds something."""

from collections.abc import Callable
from typing import Any

from mobile_app.device.account import PhoneLine, Requester
from mobile_app.device.interaction import ConnectionState
from mobile_app.device.push_receiver import Distributor
from mobile_app.device.wake_up import WakeUpState
from mobile_app.errors import ServerRefused, WrongPin
from mobile_app.link.account_wire import BlockedRequester
from mobile_app.ui.flow import Flow

PARTY = "Công ty Cổ phần Đầu tư Xây dựng và Thương mại Nguyễn Trường Thịnh Phước"
PERSON = "Nguyễn Thị Thuỳ Dương Lấp Lánh Ánh Nguyệt"
THIS = "4f3c2b1a-0000-4000-8000-123456789abc"


def _account_troubled(flow: Flow, now: int) -> str:
    """The clock far off, and turned away by the server."""
    flow.skew_ms, flow.connection = -3 * 86_400_000, ConnectionState.REFUSED
    return "account"


def _pin_wrong(flow: Flow, now: int) -> str:
    return _page(flow, "account_pin", lambda page: page.say_why(WrongPin("wrong_pin", {"tries_left": 2, "retry_after": 300})))


def _pin_problem(flow: Flow, now: int) -> str:
    return _page(flow, "account_pin", lambda page: page.say_why(ServerRefused("pin_change_unfinished")))


def _page(flow: Flow, name: str, prepare: Callable[[Any], None]) -> str:
    flow.go(name)
    stage: Any = flow._stage
    prepare(stage.page)
    flow.refresh()
    return ""


def _without_asking(flow: Flow, name: str) -> None:
    """To a screen that would ask the server; what it shows is given afterwards."""
    flow.account.busy = True
    flow.go(name)
    flow.account.busy = False


def _devices(flow: Flow, now: int) -> str:
    _without_asking(flow, "account_devices")
    line = {"platform": "android", "key_protection": "file", "paired_at": now - 90_000_000}
    flow.account.phones = [
        PhoneLine(device_id="other", name="Máy tính bảng của " + PERSON[:40], state="FROZEN", last_seen_at=None, **line),
        PhoneLine(device_id=THIS, name="Điện thoại của " + PERSON[:40], state="ACTIVE", last_seen_at=now, **line),
    ]
    flow.refresh()
    return ""


def _devices_gone(flow: Flow, now: int) -> str:
    flow.connection = ConnectionState.REFUSED
    device: Any = flow.device
    device.account.refusal, device.forget_pairing = "device_unpaired", lambda: None
    flow.account.phones = None
    return "account_devices"


def _devices_failed(flow: Flow, now: int) -> str:
    _without_asking(flow, "account_devices")
    flow.account.phones, flow.account.problem = None, flow.t.problem("no_answer")
    flow.refresh()
    return ""


def _blocked(flow: Flow, now: int) -> str:
    _without_asking(flow, "account_blocked")
    flow.account.done = flow.t("account_blocked.done", who=PARTY)
    flow.account.blocked = [
        BlockedRequester("one", "rp", PARTY, "", now - 90_000_000),
        BlockedRequester("two", "rp", PARTY, PERSON, now - 90_000_000),
    ]
    flow.refresh()
    return ""


def _blocked_none(flow: Flow, now: int) -> str:
    _without_asking(flow, "account_blocked")
    flow.account.blocked = []
    flow.refresh()
    return ""


def _block_sheet(person: str) -> Callable[[Flow, int], str]:
    def prepare(flow: Flow, now: int) -> str:
        flow.go("home")
        flow.account._ask_to_block(Requester("sr_x", "rp", PARTY, person, ""))
        return ""

    return prepare


def _unpair_sheet(flow: Flow, now: int) -> str:
    device: Any = flow.device
    device.unpair = lambda: None
    flow.go("account")
    flow.account.unpair()
    return ""


def _locked_for_good(flow: Flow, now: int) -> str:
    return _page(flow, "locked", lambda page: page._failed(ServerRefused("pin_locked")))


class _WakeUp:
    """Of a phone with two push apps, one of them with a name at its longest."""

    is_possible = True
    on_change: Callable[[], None] = staticmethod(lambda: None)

    def __init__(self, state: WakeUpState, problem: str = "") -> None:
        self._state, self.problem = state, problem
        self.chosen = "" if state == WakeUpState.OFF else "long"

    def state(self) -> WakeUpState:
        return self._state

    def distributors(self) -> list[Distributor]:
        return [Distributor("io.heckel.ntfy", "ntfy"), Distributor("long", PARTY[:40])]

    def turn_on(self, distributor_id: str) -> None: ...

    def turn_off(self) -> None: ...


def _wake_up(state: WakeUpState, problem: str = "") -> Callable[[Flow, int], str]:
    def prepare(flow: Flow, now: int) -> str:
        device: Any = flow.device
        device.wake_up = _WakeUp(state, problem)
        flow.go("account")
        stage: Any = flow._stage
        stage.page.ids.phone.show()
        return ""

    return prepare


ACCOUNT_STATES: dict[str, Callable[[Flow, int], str]] = {
    "account_troubled": _account_troubled, "account_pin": lambda flow, now: "account_pin", "account_pin_wrong": _pin_wrong,
    "account_pin_problem": _pin_problem, "account_devices": _devices, "account_devices_gone": _devices_gone,
    "account_devices_failed": _devices_failed, "account_blocked": _blocked, "account_blocked_none": _blocked_none,
    "account_about": lambda flow, now: "account_about", "block_party": _block_sheet(""), "block_person": _block_sheet(PERSON),
    "wake_up_off": _wake_up(WakeUpState.OFF), "wake_up_on": _wake_up(WakeUpState.ON),
    "wake_up_failed": _wake_up(WakeUpState.FAILED, "endpoint"),
    "unpair": _unpair_sheet, "locked": lambda flow, now: "locked", "locked_for_good": _locked_for_good,
}  # fmt: skip
