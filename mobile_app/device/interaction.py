"""The person, as an interface: what the device core shows and asks. Screens, the emulator and the tests
implement it.

Rules:
* Methods named ``show_…`` return at once and must not raise. All others may block as long as the person
  thinks: they run on the device's worker thread, never on a UI thread, and never two at a time for one
  device.
* A question that blocks gets an ``Attention``. When the request is withdrawn, expires, or the device stops,
  ``attention`` is cancelled: the method must then return soon (its answer is ignored) or raise
  ``AttentionLost``, which ``attention.wait`` and ``attention.check`` do by themselves.
* A PIN is handed over as a ``bytearray`` of ASCII digits, which the device overwrites with zeros after use.
* Times are milliseconds since 1970-01-01 UTC by the server's clock, unless the name says otherwise.
* Text has passed the phone's checks: no control and no bidirectional characters. It may still hold anything
  else, so screens show it as plain text.

The order for one request: ``decide`` → ``choose_code`` (if the decision did not bring a code) → ``enter_pin``
→ ``show_progress`` … → ``show_result``; ``warn`` at any time. One file, longer than others, as those who
write screens read it whole.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol

from mobile_app.device.document_checks.drawn_annotations import PageAnnotations
from mobile_app.device.document_checks.stamp_place import StampPlace


class AttentionLost(Exception):
    """The question is void: its request ended meanwhile or the device stops. ``reason`` is an end result or
    ``stopped``."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class Attention:
    """Tells a blocked question that its answer is no longer wanted. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lost = threading.Event()
        self._reason = ""
        self._callbacks: list[Callable[[], None]] = []

    @property
    def lost(self) -> bool:
        return self._lost.is_set()

    @property
    def reason(self) -> str:
        """Why it was lost (``cancelled``, ``expired``, ``answered_elsewhere``, ``no_device``, ``stopped`` …);
        empty while it is not."""
        return self._reason

    def check(self) -> None:
        """Raise ``AttentionLost`` if the question is void."""
        if self._lost.is_set():
            raise AttentionLost(self._reason)

    def wait(self, seconds: float) -> None:
        """Sleep, at most ``seconds``; raises ``AttentionLost`` as soon as the question is void."""
        if self._lost.wait(seconds):
            raise AttentionLost(self._reason)

    def on_lost(self, callback: Callable[[], None]) -> None:
        """Have ``callback`` called once (on another thread) when the question becomes void; at once if it
        already is."""
        with self._lock:
            if not self._lost.is_set():
                self._callbacks.append(callback)
                return
        callback()

    def cancel(self, reason: str) -> None:
        """For the device: make the question void. The first reason stays."""
        with self._lock:
            if self._lost.is_set():
                return
            self._reason = reason
            self._lost.set()
            callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback()


@dataclass(frozen=True, slots=True)
class DocumentView:
    """One document of a request, as the manifest describes it and as the phone checked it."""

    position: int
    title: str
    document_code: str
    processing_right: str
    pages: int
    prepared_length: int
    earlier_signatures: int
    findings: tuple[str, ...]
    """Codes of what changes after signing or hides: the server's and those the phone found by itself,
    sorted."""
    original_length: int = 0
    """Of the document before this signature: its first bytes are a file of their own."""
    stamp: StampPlace | None = None
    """Where the signature will be seen; None: nowhere."""
    annotations: tuple[PageAnnotations, ...] = ()
    """Pages over which fields and annotations are drawn."""


@dataclass(frozen=True, slots=True)
class PendingRequest:
    """A request that waits, as a card shows it: envelope checked, documents not yet looked at."""

    request_id: str
    relying_party_name: str
    requested_by: str
    item_count: int
    total_pages: int
    total_bytes: int
    issued_at: int
    expires_at: int
    state: str
    """The journal's state: ``RECEIVED`` (new), ``CHOSEN``, ``APPROVED``, ``SIGNING`` (to be resumed)."""


class RequestView(Protocol):
    """A request whose every document was fetched and checked."""

    @property
    def pending(self) -> PendingRequest: ...

    @property
    def documents(self) -> Sequence[DocumentView]:
        """In order of position, 0-based, without gaps."""
        ...

    @property
    def verification_codes(self) -> tuple[str, str, str]: ...

    def seconds_left(self) -> float:
        """Until expiry, by the server's clock; never below 0."""
        ...

    def open_document(self, position: int) -> bytes:
        """The very bytes that were checked, hashed again on the way; raises CheckFailed("document_changed"),
        IndexError.

        Callable from any thread while the request is in hand; afterwards raises LookupError.
        """
        ...


@dataclass(frozen=True, slots=True)
class Approve:
    """Sign all but ``refused`` (position → reason, at most 500 characters). ``code`` may be given already or
    be asked for next."""

    refused: Mapping[int, str] = field(default_factory=dict)
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Refuse:
    """Refuse the whole request with a reason (may be empty, at most 500 characters)."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class Ignore:
    """Leave it waiting. It stays pending and can be opened again until it expires."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Who drew a document for the person saw another one than the checks did: the request is refused as
    ``document_mismatch``, with ``code``, and the person is warned."""

    code: str
    details: Mapping[str, object] = field(default_factory=dict)


Decision = Approve | Refuse | Ignore | Mismatch


class PinPurpose(StrEnum):
    SIGN = "sign"
    RESUME = "resume"
    """The request was approved before; the phone was stopped while it signed and needs the key again."""
    APPROVE_DEVICE = "approve_device"
    CHANGE = "change"


@dataclass(frozen=True, slots=True)
class PinProblem:
    """Why the PIN is asked for again. ``retry_after`` is in seconds: no PIN is accepted earlier (the device
    waits it out itself)."""

    code: str
    """``wrong_pin`` or ``pin_wait``."""
    tries_left: int | None
    retry_after: float


class Step(StrEnum):
    CHECKING = "checking"
    SIGNING = "signing"
    SENDING = "sending"


@dataclass(frozen=True, slots=True)
class Progress:
    request_id: str
    step: Step
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class RequestResult:
    """How a request ended for this phone. Shown once when known; signed numbers arrive with the server's
    outcome."""

    request_id: str
    end_result: str
    """A protocol end result (§6)."""
    state: str
    """The server's final state; empty while the server's outcome has not arrived."""
    items_signed: int
    items_refused: int
    items_failed: int
    detail: str = ""
    """The code of the check or error behind it; empty if none."""


@dataclass(frozen=True, slots=True)
class SecurityWarning:
    """A check failed in a way that honest software does not cause. ``details`` are public facts for the
    report."""

    code: str
    details: Mapping[str, object]
    request_id: str | None


@dataclass(frozen=True, slots=True)
class NewDevice:
    """Another phone wants to be linked to the same account. The person compares the digits with that phone's
    screen."""

    pairing_id: str
    device_name: str
    platform: str
    digits: str
    expires_at: int


class NewDeviceDecision(StrEnum):
    APPROVE = "approve"
    REJECT = "reject"
    LATER = "later"


class ConnectionState(StrEnum):
    UNPAIRED = "unpaired"
    OFFLINE = "offline"
    CONNECTING = "connecting"
    ONLINE = "online"
    FROZEN = "frozen"
    REFUSED = "refused"
    """The server cannot be trusted or does not know this device; the code is shown by ``warn`` or
    ``show_problem``."""


SHUT_OUT: Final = frozenset({ConnectionState.FROZEN, ConnectionState.REFUSED})
"""The server is there and does not listen to this phone."""


class UserInteraction(Protocol):
    """See the module's rules. The device calls these; nothing here calls the device back on the same
    thread."""

    def show_connection(self, state: ConnectionState, clock_skew_ms: int) -> None:
        """The connection changed. ``clock_skew_ms``: how far the server's clock is ahead of the phone's, as
        last measured."""
        ...

    def show_pending(self, pending: Sequence[PendingRequest]) -> None:
        """All that waits for the person, oldest first. Called after each change."""
        ...

    def show_pairing(self, state: str, digits: str, expires_in: float) -> None:
        """Pairing goes on: ``confirm_digits`` (compare these six digits with the browser, confirm there),
        ``waiting_first_device``, ``complete``. ``expires_in`` in seconds."""
        ...

    def show_progress(self, progress: Progress) -> None: ...

    def show_result(self, result: RequestResult) -> None: ...

    def show_problem(self, code: str, details: Mapping[str, object], request_id: str | None) -> None:
        """Something failed that is no attack: connection lost in mid-flow, PIN locked, disk full. The request
        stays as it is."""
        ...

    def decide(self, request: RequestView, attention: Attention) -> Decision:
        """Who asks, what, how many: approve (perhaps in part), refuse, leave it, or say that what was drawn
        is not what was checked."""
        ...

    def choose_code(self, request: RequestView, attention: Attention) -> str | None:
        """One of the three codes, the one that the browser shows. None leaves the request waiting."""
        ...

    def enter_pin(
        self,
        purpose: PinPurpose,
        request: PendingRequest | None,
        problem: PinProblem | None,
        attention: Attention,
    ) -> bytearray | None:
        """The PIN, as ASCII digits. None leaves things as they are. ``problem`` says why the question comes
        again."""
        ...

    def approve_new_device(self, new_device: NewDevice, attention: Attention) -> NewDeviceDecision:
        """Whether another phone may join. APPROVE and REJECT are followed by
        ``enter_pin(PinPurpose.APPROVE_DEVICE, …)``."""
        ...

    def warn(self, warning: SecurityWarning, attention: Attention) -> None:
        """Blocks until the person has read it. There is no way to go on with what caused it."""
        ...
