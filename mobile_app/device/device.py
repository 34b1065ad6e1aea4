"""The phone, put together: what screens, emulator and tests talk to. Holds no rule of its own beyond order
and threads.

Threads: ``start`` begins one that keeps the connection and one worker that walks through opened requests one
after another; events arrive on the link's threads. ``UserInteraction`` questions are asked on the worker
(pairing: on the caller's thread). All public methods are thread-safe.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mobile_app.clock import Clock
from mobile_app.device.interaction import ConnectionState, PendingRequest, RequestResult, UserInteraction
from mobile_app.device.key_vault import KeyChoice, KeyVault
from mobile_app.device.profile import Profile
from mobile_app.link.ports import SocketConnector, WebConnector


@dataclass(frozen=True, slots=True)
class AboutThisPhone:
    """What this phone says about itself: shown in the browser and on a first phone at pairing."""

    device_name: str
    platform: str
    app_version: str


@dataclass(frozen=True, slots=True)
class Identity:
    """The pairing this phone has. Digests are lower-case hex; the certificate is DER."""

    server_url: str
    server_id: str
    server_name: str
    subscriber_id: str
    subscriber_name: str
    device_id: str
    credential_id: str
    signature_algorithm: str
    certificate: bytes
    certificate_sha256: str
    key_protection: str
    paired_at: int


@dataclass(frozen=True, slots=True)
class FinishedRequest:
    """One entry of the history."""

    result: RequestResult
    relying_party_name: str
    requested_by: str
    item_count: int
    issued_at: int
    finished_at: int
    audit_sequence: int | None
    audit_head: str | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything the phone keeps about a finished request: each signed statement as received or sent (JSON
    text), by name: ``envelope``, ``choice``, ``verdict``, ``approval``, ``acknowledgement``, ``refusal``,
    ``withdrawal``, ``outcome``."""

    request_id: str
    statements: Mapping[str, str]
    documents: tuple[Mapping[str, object], ...]
    """Per item: position, title, document_code, prepared_sha256, decision (``approve`` or ``refuse``),
    reason."""


class PhoneDevice:
    """One phone over one profile folder. Two processes never share a profile (the folder is locked)."""

    def __init__(
        self,
        *,
        profile: Profile,
        vault: KeyVault,
        interaction: UserInteraction,
        sockets: SocketConnector,
        web: WebConnector,
        clock: Clock,
        about: AboutThisPhone,
        random_bytes: Callable[[int], bytes],
        open_on_arrival: bool = False,
    ) -> None:
        """``open_on_arrival``: walk through each request as it comes (emulator); else it waits for
        ``open_request`` (screens)."""
        raise NotImplementedError

    # -- pairing -----------------------------------------------------------------------------------
    def pair(
        self, code: str, pin: bytearray, *, server_url: str | None = None, choice: KeyChoice | None = None
    ) -> Identity:
        """Pair by QR content (``phoneseal://pair?…``) or by typed code (then ``server_url`` is needed).
        Blocks until complete.

        Shows the digits through ``show_pairing``. Overwrites ``pin``. Raises Refused (``already_paired``,
        ``pin_weak``, ``pairing_code_malformed``, ``pairing_rejected``, ``pairing_expired`` …), CheckFailed
        (``server_key_unknown``, ``pairing_certificate_wrong`` …), LinkError.
        """
        raise NotImplementedError

    def resume_pairing(self) -> Identity | None:
        """Go on with a pairing that was interrupted (blocks); None if there is none or nothing of it can be
        saved."""
        raise NotImplementedError

    def cancel_pairing(self) -> None:
        """Have a running ``pair``/``resume_pairing`` stop (it raises Refused("pairing_cancelled")) and drop
        what it left."""
        raise NotImplementedError

    @property
    def identity(self) -> Identity | None:
        raise NotImplementedError

    # -- running -----------------------------------------------------------------------------------
    def start(self) -> None:
        """Keep a connection and work, in the background. No effect while it runs."""
        raise NotImplementedError

    def stop(self) -> None:
        """Stop both threads; open questions lose attention with ``stopped``. ``start`` may follow."""
        raise NotImplementedError

    def close(self) -> None:
        """``stop``, and release the profile. Last call."""
        raise NotImplementedError

    @property
    def connection(self) -> ConnectionState:
        raise NotImplementedError

    def go_offline(self) -> None:
        """Drop the connection and stay away until ``go_online``."""
        raise NotImplementedError

    def go_online(self) -> None:
        raise NotImplementedError

    # -- requests ----------------------------------------------------------------------------------
    def pending(self) -> list[PendingRequest]:
        raise NotImplementedError

    def open_request(self, request_id: str) -> None:
        """Have the worker walk through this request (fetch, check, ``decide`` …) when it is free. Raises
        KeyError if it is not pending."""
        raise NotImplementedError

    def history(self, *, limit: int = 100, before: int | None = None, text: str = "") -> list[FinishedRequest]:
        """Finished requests, newest first; ``before`` is the ``finished_at`` of the last one of the page
        before; ``text`` searches names."""
        raise NotImplementedError

    def evidence(self, request_id: str) -> Evidence:
        """Raises KeyError."""
        raise NotImplementedError

    # -- the account -------------------------------------------------------------------------------
    def change_pin(self, old_pin: bytearray, new_pin: bytearray) -> None:
        """Needs a connection. Raises Refused("pin_weak"), WrongPin, LinkError. Overwrites both."""
        raise NotImplementedError

    def freeze(self) -> None:
        """Have the server withhold the share until staff or the account's owner lift it."""
        raise NotImplementedError

    def unpair(self) -> None:
        """Tell the server, then destroy the keys. The history stays. Raises LinkError when the server did not
        hear it (keys are kept)."""
        raise NotImplementedError
