"""Being woken, in words: what stands on the account screen for each state. No widgets."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from mobile_app.device.push_receiver import Distributor
from mobile_app.device.wake_up import WakeUp, WakeUpState
from mobile_app.ui.strings import Strings

_PROBLEMS: Final = (
    "action_required",
    "endpoint",
    "gone",
    "internal_error",
    "network",
    "temp_unavailable",
    "unregistered",
    "vapid_required",
)


@dataclass(frozen=True, slots=True)
class WakeUpSeen:
    """All that is shown, read at one moment."""

    state: WakeUpState
    problem: str
    distributors: Sequence[Distributor]
    chosen: str

    @property
    def name(self) -> str:
        """Of the chosen one."""
        return next((one.name for one in self.distributors if one.distributor_id == self.chosen), self.chosen)


def seen(wake_up: WakeUp) -> WakeUpSeen:
    """May block for a moment. Raises PhoneError."""
    return WakeUpSeen(wake_up.state(), wake_up.problem, wake_up.distributors(), wake_up.chosen)


def words(t: Strings, now: WakeUpSeen) -> str:
    if now.state == WakeUpState.OFF:
        return t("wake_up.off") if now.distributors else t("wake_up.none")
    if now.state == WakeUpState.FAILED:
        problem = now.problem if now.problem in _PROBLEMS else "internal_error"
        return t(f"wake_up_problem.{problem}", name=now.name)
    return t(f"wake_up.{now.state}", name=now.name)


def way_to_switch(t: Strings, now: WakeUpSeen, distributor: Distributor) -> str:
    """What a button says; with one distributor there is nothing to choose."""
    return t("switch.on") if len(now.distributors) == 1 else t("wake_up.through", name=distributor.name)
