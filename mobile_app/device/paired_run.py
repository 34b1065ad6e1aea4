"""A paired phone at work: the session, the worker and the clock's watcher, and who hears of what.

Rules:
* After each connection the server is asked what waits: events sent meanwhile are gone. What this phone has
  and the server no longer offers has ended there; its outcome is asked for.
* What was approved goes on by itself after a restart or a lost connection; what was not waits for the person
  (or is opened on arrival).
* Warnings are shown on the worker, before anything else that waits.
"""

import threading
from collections.abc import Callable, Hashable, Mapping
from pathlib import Path
from typing import Final

from mobile_app.clock import Clock
from mobile_app.device.hearing import Hearing
from mobile_app.device.identity import AboutThisPhone, Identity, kept_pinned_keys
from mobile_app.device.interaction import Attention, ConnectionState, SecurityWarning, UserInteraction
from mobile_app.device.journal import Journal
from mobile_app.device.journaled_request import WAITING_STATES, JournaledRequest, RequestState
from mobile_app.device.key_vault import KeyVault
from mobile_app.device.new_device import answer_new_device, check_new_device
from mobile_app.device.pin_change import pin_parts
from mobile_app.device.request_book import END_OF_STATE, RequestBook
from mobile_app.device.request_steps.walk import answer_again, refuse_envelope, walk_through
from mobile_app.device.request_steps.walk_state import Walk, WalkParts
from mobile_app.device.session import Session
from mobile_app.device.session_listener import SessionListener
from mobile_app.device.worker import Worker
from mobile_app.errors import CheckFailed, LinkError, ServerRefused, VaultError
from mobile_app.link import wire
from mobile_app.link.fields import Malformed
from mobile_app.link.ports import SocketConnector, WebConnector
from mobile_app.link.server_statements import FINAL_STATES, NewDeviceRequest

_TICK_SECONDS: Final = 0.5
_OUTCOME_POLL_TICKS: Final = 30
_KEEP_VALUES_MS: Final = 7 * 24 * 3600 * 1000
_UNDER_WAY: Final = (RequestState.APPROVED, RequestState.SIGNING, RequestState.REFUSING)


class PairedRun:
    """From ``start`` to ``stop``, for one identity."""

    def __init__(
        self,
        *,
        identity: Identity,
        journal: Journal,
        vault: KeyVault,
        interaction: UserInteraction,
        sockets: SocketConnector,
        web: WebConnector,
        clock: Clock,
        about: AboutThisPhone,
        random_bytes: Callable[[int], bytes],
        cache: Path,
        open_on_arrival: bool,
        connected: Callable[[], None],
    ) -> None:
        pinned = kept_pinned_keys(journal)
        if pinned is None:
            raise VaultError("pinned_keys_missing")
        self._journal = journal
        self._interaction = interaction
        self._open_on_arrival = open_on_arrival
        self._connected = connected
        self._hearing = Hearing(self._on_event)
        self.session = Session(
            identity=identity,
            pinned=pinned,
            journal=journal,
            vault=vault,
            sockets=sockets,
            web=web,
            clock=clock,
            about=about,
            random_bytes=random_bytes,
            listener=SessionListener(self._hearing, self._on_state, self._on_online, self._warn, self._on_problem),
        )
        self.book = RequestBook(
            journal=journal,
            interaction=interaction,
            identity=identity,
            pinned=lambda: self.session.pinned,
            server_now=self.session.server_now,
            on_warning=self._warn,
        )
        pin_exchange, pin_change = pin_parts(
            self.session, vault, identity, interaction, clock, journal, random_bytes
        )
        self.parts = WalkParts(
            session=self.session,
            journal=journal,
            book=self.book,
            vault=vault,
            identity=identity,
            interaction=interaction,
            pin_exchange=pin_exchange,
            pin_change=pin_change,
            cache=cache,
        )
        self._worker = Worker(self._on_failure)
        self._stopping = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name="phone-clock", daemon=True)
        self._other_attention = Attention()
        self._warned: set[tuple[str, str | None]] = set()

    def start(self) -> None:
        self._journal.forget_values(self.session.server_now() - _KEEP_VALUES_MS)
        self.book.show_pending()
        self._worker.start()
        self.session.start()
        self._keeper.start()

    def stop(self) -> None:
        self._stopping.set()
        self.book.interrupt("stopped")
        self._other_attention.cancel("stopped")
        self._worker.stop()
        self.session.stop()
        self._hearing.end()
        self._keeper.join(timeout=5)

    # -- walking ----------------------------------------------------------------------------------

    def open_request(self, request_id: str) -> None:
        """Raises KeyError when it is not pending."""
        row = self._journal.request(request_id)
        if row is None or row.state not in WAITING_STATES:
            raise KeyError(request_id)
        self._add_walk(request_id)

    def _add_walk(self, request_id: str) -> None:
        self._worker.add(("walk", request_id), lambda: self._walk(request_id))

    def _walk(self, request_id: str) -> None:
        row = self._journal.request(request_id)
        if row is not None and row.state not in (RequestState.SENT, RequestState.FINISHED):
            attention = self.book.attend(request_id)
            try:
                if walk_through(Walk(self.parts, row, attention)):
                    walk_through(Walk(self.parts, self._journal.request(request_id) or row, attention))
            finally:
                self.book.leave(request_id)
                self.book.show_pending()

    def _answer_again(self, row: JournaledRequest) -> None:
        answer_again(Walk(self.parts, row, self._other_attention))

    # -- what the server says ---------------------------------------------------------------------

    def _on_event(self, event: str, message: object) -> Mapping[str, object] | None:
        """Runs on the link's threads. An acknowledgement says that an envelope is kept, or was looked at and
        refused."""
        try:
            statement = wire.read_event(event, message)
            if event == "sign_request":
                self._received(statement)
                return {"received": True}
            if event == "withdrawn":
                self.book.withdrawn(statement)
            elif event == "outcome":
                self.book.outcome(statement)
            else:
                self._new_device(statement)
        except Malformed as error:
            self._on_problem(error.code, {**error.details, "event": event})
        except CheckFailed as error:
            if not self._asks_for_rotations(error):
                self._warn(SecurityWarning(error.code, error.details, None))
        return None

    def _asks_for_rotations(self, error: CheckFailed) -> bool:
        """The server may have rotated its key while this phone was connected; what it said comes again after
        the next hello."""
        return error.code == "server_key_unknown" and self.session.ask_for_rotations()

    def _received(self, statement: wire.Statement) -> JournaledRequest | None:
        try:
            row = self.book.receive(statement)
        except CheckFailed as error:
            self._envelope_failed(error)
            return None
        if row is None:
            return None
        if row.state == RequestState.FINISHED:
            self._worker.add(("again", row.request_id), lambda: self._answer_again(row))
        elif row.state in _UNDER_WAY or (self._open_on_arrival and row.state in WAITING_STATES):
            self._add_walk(row.request_id)
        return row

    def _envelope_failed(self, error: CheckFailed) -> None:
        if self._asks_for_rotations(error):
            return
        request_id = str(error.details.get("request_id", ""))
        row = self._journal.request(request_id)
        if row is None or error.code in ("envelope_changed", "envelope_not_ours"):
            self._warn(SecurityWarning(error.code, error.details, request_id or None))
            return
        attention = self.book.attend(request_id)
        self._worker.add(
            ("walk", request_id), lambda: refuse_envelope(Walk(self.parts, row, attention), error), first=True
        )

    def _new_device(self, statement: wire.Statement) -> None:
        found = check_new_device(statement, self.parts)
        if found is not None:
            self._worker.add(("new_device", found.pairing_id), lambda: self._ask_about(found), first=True)

    def _ask_about(self, found: NewDeviceRequest) -> None:
        attention = self._other_attention
        left = (found.expires_at - self.session.server_now()) / 1000
        timed = Attention()
        attention.on_lost(lambda: timed.cancel(attention.reason))
        timer = threading.Timer(max(0.0, left), lambda: timed.cancel("expired"))
        timer.daemon = True
        timer.start()
        try:
            answer_new_device(found, self.parts, timed)
        except (ServerRefused, VaultError) as error:
            self._on_problem(error.code, error.details)
        finally:
            timer.cancel()

    # -- catching up after a connection -----------------------------------------------------------

    def _on_online(self) -> None:
        """Runs on the session's thread. Raises LinkError, which has the connection made anew."""
        try:
            self.parts.pin_change.settle_now()
            offered = self.ask_waiting()
        except ServerRefused as error:
            self._on_problem(error.code, error.details)
            return
        self._connected()
        for row in self._journal.in_states((*WAITING_STATES, RequestState.SENT, RequestState.REFUSING)):
            if row.state in _UNDER_WAY:
                self._add_walk(row.request_id)
            elif row.state == RequestState.SENT or row.request_id not in offered:
                self._ask_how_it_ended(row)
        for row in self._journal.without_last_word(self.session.server_now() - _KEEP_VALUES_MS):
            self._ask_how_it_ended(row)
        self.book.show_pending()

    def ask_waiting(self, *, timeout: float = 20.0) -> set[str]:
        """Take all that is open for this phone; their ids. Raises LinkError, ServerRefused. ``timeout`` in seconds."""
        answer = wire.read_waiting_answer(self.session.call_once("waiting", {}, timeout=timeout))
        rows = [self._received(waiting.envelope) for waiting in answer]
        return {row.request_id for row in rows if row is not None}

    def _ask_how_it_ended(self, row: JournaledRequest) -> None:
        try:
            answer = wire.read_resume_answer(self.session.call_once("resume", {"request_id": row.request_id}))
            if answer.outcome is not None:
                self.book.outcome(answer.outcome)
            elif answer.state in FINAL_STATES:
                self.book.finish(row.request_id, END_OF_STATE[answer.state], final_state=answer.state)
        except ServerRefused as error:
            if row.state not in (RequestState.SENT, RequestState.FINISHED):
                self.book.finish(row.request_id, "server_error", detail=error.code)
        except CheckFailed as error:
            if not self._asks_for_rotations(error):
                self._warn(SecurityWarning(error.code, error.details, row.request_id))

    def _keep(self) -> None:
        """Expiry by the clock, and now and then the question what became of values sent: an outcome may have
        been missed."""
        ticks = 0
        while not self._stopping.wait(_TICK_SECONDS):
            ticks += 1
            self.book.expire()
            if ticks % _OUTCOME_POLL_TICKS == 0 and self.session.state == ConnectionState.ONLINE:
                since = self.session.server_now() - _KEEP_VALUES_MS
                for row in (*self._journal.in_states((RequestState.SENT,)), *self._journal.without_last_word(since)):
                    try:
                        self._ask_how_it_ended(row)
                    except LinkError:
                        break

    # -- telling the person -----------------------------------------------------------------------

    def _on_state(self, state: ConnectionState) -> None:
        self._interaction.show_connection(state, self.session.skew_ms)

    def _on_problem(self, code: str, details: Mapping[str, object]) -> None:
        self._interaction.show_problem(code, details, None)

    def _warn(self, warning: SecurityWarning) -> None:
        key = (warning.code, warning.request_id)
        if key not in self._warned:
            self._warned.add(key)
            self._worker.add(("warn", *key), lambda: self._interaction.warn(warning, self._other_attention), first=True)

    def _on_failure(self, job: Hashable) -> None:
        request_id = job[1] if isinstance(job, tuple) and job[0] == "walk" else None
        self._interaction.show_problem("internal", {}, str(request_id) if request_id else None)
