"""The phone, put together: what screens, emulator and tests talk to. Holds no rule of its own beyond order
and threads.

Threads: ``start`` begins one that keeps the connection, one worker that walks through opened requests one
after another, and one that watches the clock; events arrive on the link's threads. ``UserInteraction``
questions are asked on the worker (pairing: on the caller's thread). All public methods are thread-safe.
"""

import threading
from collections.abc import Callable
from dataclasses import replace

from mobile_app.clock import Clock, milliseconds
from mobile_app.device.account import Account
from mobile_app.device.certificates import (
    CertificateEnd,
    PhoneCertificate,
    certificates,
    end_certificate,
    signed_documents,
)
from mobile_app.device.enrolment import Enrolment
from mobile_app.device.history import Evidence, FinishedRequest, evidence_of, finished_requests
from mobile_app.device.identity import AboutThisPhone, Identity, forget_identity, keep_identity, kept_identity
from mobile_app.device.interaction import Attention, ConnectionState, PendingRequest, UserInteraction
from mobile_app.device.journal import Journal
from mobile_app.device.journaled_request import RequestState
from mobile_app.device.key_vault import KeyChoice, KeyVault
from mobile_app.device.paired_run import PairedRun
from mobile_app.device.pairing_check import check_code
from mobile_app.device.pairing_code import read_server_url
from mobile_app.device.profile import Profile
from mobile_app.device.push_receiver import PushReceiver
from mobile_app.device.wake_up import WakeUp
from mobile_app.errors import LinkError
from mobile_app.link.ports import SocketConnector, WebConnector

__all__ = ["AboutThisPhone", "Evidence", "FinishedRequest", "Identity", "PhoneDevice"]

_DEFAULT_KEY = KeyChoice("rsa_pkcs1_sha256", 2048)


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
        push_receiver: PushReceiver | None = None,
    ) -> None:
        """``open_on_arrival``: walk through each request as it comes (emulator); else it waits for
        ``open_request`` (screens). ``push_receiver``: who can wake this phone, if anybody."""
        self._profile = profile
        self._vault = vault
        self._interaction = interaction
        self._sockets = sockets
        self._web = web
        self._clock = clock
        self._about = about
        self._random_bytes = random_bytes
        self._open_on_arrival = open_on_arrival
        self._journal = Journal(profile.journal_path)
        self._enrolment = Enrolment(
            journal=self._journal,
            vault=vault,
            interaction=interaction,
            web=web,
            clock=clock,
            about=about,
            random_bytes=random_bytes,
        )
        self.account = Account(lambda: self._running().parts, self._journal)
        """PIN, phones, blocked requesters, log-out."""
        self.wake_up = WakeUp(push_receiver, self._journal)
        self._lock = threading.RLock()
        self._pairing_attention = Attention()
        self._started = False
        self._run: PairedRun | None = None

    # -- pairing ----------------------------------------------------------------------------------

    def pair(
        self, code: str, pin: bytearray, *, server_url: str | None = None, choice: KeyChoice = _DEFAULT_KEY
    ) -> Identity:
        """Pair by QR content (``phoneseal://pair?…``) or by typed code (then ``server_url`` is needed).
        Blocks until complete.

        Shows the digits through ``show_pairing``. Overwrites ``pin``. Raises Refused (``already_paired``,
        ``pin_weak``, ``pairing_code_malformed``, ``pairing_rejected``, ``pairing_expired`` …), CheckFailed
        (``server_key_unknown``, ``pairing_certificate_wrong`` …), LinkError.
        """
        attention = self._new_pairing_attention()
        identity = self._enrolment.pair(code, pin, attention, server_url=server_url, choice=choice)
        self._begin_run()
        return identity

    def check_pairing_code(self, code: str, *, server_url: str | None = None) -> None:
        """Ask the server whether ``pair`` could begin with this code, before the person chooses a PIN. Claims nothing. Raises what
        ``pair`` would until then: Refused, ServerRefused(``pairing_code_unknown``), CheckFailed(``server_key_unknown``), LinkError."""
        check_code(self._journal, self._web, code, server_url)

    def resume_pairing(self) -> Identity | None:
        """Go on with a pairing that was interrupted (blocks); None if there is none or nothing of it can be
        saved."""
        identity = self._enrolment.resume(self._new_pairing_attention())
        self._begin_run()
        return identity

    def cancel_pairing(self) -> None:
        """Have a running ``pair``/``resume_pairing`` stop (it raises Refused("pairing_cancelled")) and drop
        what it left."""
        self._pairing_attention.cancel("cancelled")

    def _new_pairing_attention(self) -> Attention:
        self._pairing_attention = Attention()
        return self._pairing_attention

    def server_has_moved(self, server_url: str) -> None:
        """The server that this phone is paired with has another address by now; for good, and before ``start``. Nothing is believed by
        it: whoever answers there must hold the pinned keys. No effect without a pairing. Raises Refused("pairing_code_malformed")."""
        moved = read_server_url(server_url)
        identity = self.identity
        if identity is not None and identity.server_url != moved:
            keep_identity(self._journal, replace(identity, server_url=moved))

    @property
    def identity(self) -> Identity | None:
        return kept_identity(self._journal)

    # -- running ----------------------------------------------------------------------------------

    def start(self) -> None:
        """Keep a connection and work, in the background. No effect while it runs. Without a pairing it begins
        when there is one."""
        with self._lock:
            self._started = True
        self._begin_run()

    def stop(self) -> None:
        """Stop all threads; open questions lose attention with ``stopped``. ``start`` may follow."""
        self._pairing_attention.cancel("stopped")
        with self._lock:
            self._started = False
            run, self._run = self._run, None
        if run is not None:
            run.stop()
            self.wake_up.end()

    def close(self) -> None:
        """``stop``, and release the profile. Last call."""
        self.stop()
        self._journal.close()
        self._profile.close()

    def _begin_run(self) -> None:
        with self._lock:
            identity = self.identity
            if identity is None:
                self._interaction.show_connection(ConnectionState.UNPAIRED, 0)
                return
            if not self._started or self._run is not None:
                return
            self._run = PairedRun(
                identity=identity,
                journal=self._journal,
                vault=self._vault,
                interaction=self._interaction,
                sockets=self._sockets,
                web=self._web,
                clock=self._clock,
                about=self._about,
                random_bytes=self._random_bytes,
                cache=self._profile.cache,
                open_on_arrival=self._open_on_arrival,
                connected=self.wake_up.connected,
            )
            run = self._run
            self.wake_up.begin(run.session, lambda seconds: run.ask_waiting(timeout=seconds))
            run.start()

    @property
    def connection(self) -> ConnectionState:
        run = self._run
        if run is not None:
            return run.session.state
        return ConnectionState.UNPAIRED if self.identity is None else ConnectionState.OFFLINE

    def go_offline(self) -> None:
        """Drop the connection and stay away until ``go_online``."""
        self._running().session.go_offline()

    def go_online(self) -> None:
        self._running().session.go_online()

    def _running(self) -> PairedRun:
        run = self._run
        if run is None:
            raise LinkError("not_running")
        return run

    # -- requests ---------------------------------------------------------------------------------

    def pending(self) -> list[PendingRequest]:
        """What waits for the person, oldest first."""
        run = self._run
        return [] if run is None else run.book.pending()

    def open_request(self, request_id: str) -> None:
        """Have the worker walk through this request (fetch, check, ``decide`` …) when it is free. Raises
        KeyError if it is not pending."""
        self._running().open_request(request_id)

    def history(self, *, limit: int = 100, before: int | None = None, text: str = "") -> list[FinishedRequest]:
        """Finished requests, newest first; ``before`` is the ``finished_at`` of the last one of the page
        before; ``text`` searches both names."""
        return finished_requests(self._journal, limit, before, text)

    def evidence(self, request_id: str) -> Evidence:
        """Raises KeyError."""
        return evidence_of(self._journal, request_id)

    def certificates(self) -> list[PhoneCertificate]:
        """The one this phone signs with first, then those it signed with before, newest first."""
        return certificates(self._journal)

    def signed_documents(self, certificate_sha256: str) -> int:
        """How many documents this phone signed with this certificate."""
        return signed_documents(self._journal, certificate_sha256)

    # -- the account ------------------------------------------------------------------------------

    def change_pin(self, old_pin: bytearray, new_pin: bytearray) -> None:
        """See ``Account.change_pin``."""
        self.account.change_pin(old_pin, new_pin)

    def freeze(self) -> None:
        """See ``Account.freeze``."""
        self.account.freeze()

    def unpair(self) -> None:
        """Tell the server, then destroy the keys. History and certificates stay. Raises LinkError when the server did not
        hear it (keys are kept), ServerRefused. No telling is needed when the server has unpaired this phone already."""
        self.account.unpair()
        self._end_pairing(CertificateEnd.UNLINKED)

    def forget_pairing(self) -> None:
        """Destroy the keys without telling the server: what is left when it has unpaired this phone by itself."""
        self._end_pairing(CertificateEnd.UNLINKED_ELSEWHERE)

    def _end_pairing(self, end: CertificateEnd) -> None:
        """What was open ends here as ``no_device``: a later pairing has other keys, and nothing of this one may be
        signed with them. The certificate stays known, with how it ended.
        """
        was_started, run = self._started, self._run
        now = milliseconds(self._clock) if run is None else run.session.server_now()
        self.stop()
        self.wake_up.let_go()
        unfinished = [state for state in RequestState if state != RequestState.FINISHED]
        with self._journal.commit():
            for row in self._journal.in_states(unfinished):
                self._journal.finish(row.request_id, now, "no_device")
            end_certificate(self._journal, now, end)
            forget_identity(self._journal)
            self.account.forget()
            self.wake_up.forget()
        self._enrolment.drop_stray_vaults()
        if was_started:
            self.start()
