"""What the account's screens do, and whether the app is logged out. Main thread only; holds no rule of the account.

Rules:
* Whatever asks the server runs elsewhere; its end comes back here. One such question at a time: what is pressed meanwhile does nothing.
* Logged out, no screen but the locked one shows itself, and security warnings: what came meanwhile follows the PIN.
* What cannot be taken back lightly is asked for on a sheet that says what becomes of the requests.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from mobile_app.device.account import PhoneLine, Requester
from mobile_app.device.interaction import ConnectionState
from mobile_app.errors import PhoneError
from mobile_app.link.account_wire import BlockedRequester
from mobile_app.ui.account_sheet import ask_sheet, tell_sheet

if TYPE_CHECKING:
    from mobile_app.ui.flow import Flow

GONE: Final = ("device_unpaired", "device_unknown")
"""The server has ended this pairing: nothing is left but to remove it here."""
_SKEW_TOLD_MS: Final = 30_000


class AccountRoom:
    """``phones`` and ``blocked`` are None while they have not been read."""

    def __init__(self, flow: "Flow") -> None:
        self._flow = flow
        self.locked = False
        self.busy = False
        self.problem = ""
        self.done = ""
        """What was done last, for the screen that shows it."""
        self.phones: list[PhoneLine] | None = None
        self.blocked: list[BlockedRequester] | None = None

    # -- asking ---------------------------------------------------------------------------------------
    def ask(self, job: Callable[[], Any], done: Callable[[Any], None], failed: Callable[[PhoneError], None] | None = None) -> None:
        """Do ``job`` elsewhere unless another is under way. A failure that nobody takes is told on a sheet."""
        if self.busy:
            return
        self.busy, self.problem, self.done = True, "", ""
        self._flow.refresh()

        def ended(tell: Callable[[Any], None]) -> Callable[[Any], None]:
            def end(result: Any) -> None:
                self.busy = False
                tell(result)
                self._flow.refresh()

            return end

        self._flow.bridge.run(job, ended(done), ended(failed or self.tell_problem))

    def tell_problem(self, error: PhoneError) -> None:
        t = self._flow.t
        tell_sheet(t, title=t("account.not_done"), explanation=t.problem(error.code))

    def _connected(self) -> bool:
        """Whether the server can be asked; the person is told if not."""
        t, why_not = self._flow.t, self.state_words()
        if why_not:
            tell_sheet(t, title=t("account.needs_connection"), explanation=why_not)
        return not why_not

    def state_words(self) -> str:
        """Why the server cannot be asked and what to do about it; empty while it can."""
        t, state = self._flow.t, self._flow.connection
        if state == ConnectionState.ONLINE:
            return ""
        if state == ConnectionState.REFUSED and self._flow.device.account.refusal == "device_unpaired":
            return t.problem("device_unpaired")
        return t(f"connection_help.{state}")

    def clock_words(self) -> str:
        """How far the phone's clock is off, in the largest unit that says it; empty up to half a minute."""
        t, skew = self._flow.t, self._flow.skew_ms
        if abs(skew) <= _SKEW_TOLD_MS:
            return ""
        seconds = round(abs(skew) / 1000)
        for name, size in (("days", 86_400), ("hours", 3600), ("minutes", 60), ("seconds", 1)):
            if seconds >= 2 * size or size == 1:
                gap = t(f"account.{name}", count=seconds // size)
                break
        return t("account.clock_behind" if skew > 0 else "account.clock_ahead", gap=gap)

    # -- logged out -----------------------------------------------------------------------------------
    def begin(self) -> None:
        """Called where files may be read, before the first screen."""
        self.locked = self._flow.device.identity is not None and self._flow.device.account.logged_out

    def instead_of(self, name: str) -> str:
        return "locked" if self.locked and name != "warning" else name

    def log_out(self) -> None:
        t = self._flow.t
        ask_sheet(
            t,
            title=t("account.log_out_title"),
            explanation=t("account.log_out_how"),
            go_on=t("account.log_out"),
            then=lambda: self.ask(self._flow.device.account.log_out, lambda _done: self._lock()),
        )

    def _lock(self) -> None:
        self.locked = True
        self._flow.leave()

    def log_in(self, pin: bytearray, failed: Callable[[PhoneError], None]) -> None:
        account = self._flow.device.account
        self.ask(lambda: account.log_in(pin), lambda _done: self._unlock(), failed)

    def _unlock(self) -> None:
        """To what came meanwhile and waits for an answer, or to Home."""
        self.locked = False
        flow = self._flow
        flow.go("new_device" if flow.new_device else "pin" if flow.pin else "home")

    # -- phones ---------------------------------------------------------------------------------------
    def read_phones(self) -> None:
        self.phones = None
        if self._flow.connection == ConnectionState.ONLINE:
            self.ask(self._flow.device.account.phones, self._phones_came, self._say)

    def _phones_came(self, phones: list[PhoneLine]) -> None:
        self.phones = phones

    def _say(self, error: PhoneError) -> None:
        """On the screen itself, which has a button to try again."""
        self.problem = self._flow.t.problem(error.code)

    def freeze(self) -> None:
        t = self._flow.t
        if self._connected():
            ask_sheet(
                t,
                title=t("account_devices.freeze_title"),
                explanation=t("account_devices.freeze_how"),
                go_on=t("account_devices.freeze"),
                then=lambda: self.ask(self._flow.device.freeze, lambda _done: None),
            )

    @property
    def gone(self) -> bool:
        """Whether the server has ended this pairing by itself."""
        return self._flow.connection == ConnectionState.REFUSED and self._flow.device.account.refusal in GONE

    def unpair(self) -> None:
        t, device = self._flow.t, self._flow.device
        if self.gone:
            words, go_on = t("account_devices.forget_how"), t("account_devices.forget")
            job = device.forget_pairing
        elif self._connected():
            words = t("account_devices.unpair_how")
            if self._flow.pending:
                words += "\n\n" + t("account_devices.waiting_end", count=len(self._flow.pending))
            go_on, job = t("account_devices.unpair"), device.unpair
        else:
            return
        ask_sheet(
            t,
            title=t("account_devices.unpair_title"),
            explanation=words,
            go_on=go_on,
            then=lambda: self.ask(job, lambda _done: self._unpaired()),
        )

    def _unpaired(self) -> None:
        self.locked, self.phones, self.blocked = False, None, None
        self._flow.opened = None
        self._flow.notice = self._flow.t("account_devices.unlinked")
        self._flow.go("welcome")

    # -- blocked requesters -----------------------------------------------------------------------------
    def read_blocked(self) -> None:
        self.blocked = None
        if self._flow.connection == ConnectionState.ONLINE:
            self.ask(self._flow.device.account.blocked_requesters, self._blocked_came, self._say)

    def _blocked_came(self, blocked: list[BlockedRequester]) -> None:
        self.blocked = blocked

    def block(self, request_id: str) -> None:
        """Whoever made this request, from its details or from the history."""
        if self._connected():
            account = self._flow.device.account
            self.ask(lambda: account.requester_of(request_id), self._ask_to_block)

    def _ask_to_block(self, requester: Requester) -> None:
        t, who = self._flow.t, requester.person or requester.relying_party_name
        if requester.block_id:
            tell_sheet(t, title=t("account_blocked.title"), explanation=t("account_blocked.already", who=who))
            return
        whole = t("account_blocked.block_whole")
        of_person = t("account_blocked.block_person", who=requester.relying_party_name)
        account = self._flow.device.account
        ask_sheet(
            t,
            title=t("account_blocked.block_title", who=who),
            explanation=of_person if requester.person else whole,
            go_on=t("account_blocked.do"),
            then=lambda: self.ask(lambda: account.block(requester), lambda _block: self._blocked_now(who)),
        )

    def _blocked_now(self, who: str) -> None:
        """A request that is open ends by itself now, and shows that; from the history, the list shows who was added."""
        if self._flow.opened is None:
            self._flow.go("account_blocked")
            self.done = self._flow.t("account_blocked.done", who=who)

    def unblock(self, block_id: str) -> None:
        if self._connected():
            account = self._flow.device.account
            self.ask(lambda: account.unblock(block_id), lambda _done: self._flow.go("account_blocked"))
