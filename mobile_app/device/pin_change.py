"""Changing the PIN so that no lost answer leaves a doubt which one counts (protocol §5.1).

Rules:
* The new wrapping is written beside the old one and prepared at the server before anything counts: up to here a change that breaks off
  has not happened, and the old PIN counts.
* Then the change is decided: its name stands in the journal, durably, before the server is asked to have it count. From here on it only
  goes forward: the phone asks again after each connection and before each use of the PIN until the server has said yes.
* Only then is the old wrapping dropped. Whichever wrapping the server's share opens is used meanwhile.
"""

import threading
from collections.abc import Callable, Mapping
from typing import Final

from mobile_app.clock import Clock
from mobile_app.crash_points import crash_point
from mobile_app.device.identity import Identity
from mobile_app.device.interaction import Attention, AttentionLost, UserInteraction
from mobile_app.device.journal import Journal
from mobile_app.device.key_vault import KeyVault, PinAttempt
from mobile_app.device.pin_exchange import STALE_NONCE, PinExchange, pin_challenge
from mobile_app.device.pin_keys import SHARE_BYTES
from mobile_app.device.pin_rules import require_strong_pin, wipe
from mobile_app.device.session import Session
from mobile_app.errors import LinkError, Refused, ServerRefused
from mobile_app.link import wire
from mobile_app.link.fields import Malformed, encode_bytes

DECIDED: Final = "pin_change"
"""The journal's fact: the name of a change that was decided and has not yet been answered."""
_NAME_BYTES: Final = 32
Ask = Callable[[str, Mapping[str, object]], object]


class PinChange:
    """One pairing's. ``key_use`` keeps it apart from every other use of the PIN."""

    def __init__(
        self,
        *,
        session: Session,
        vault: KeyVault,
        identity: Identity,
        journal: Journal,
        random_bytes: Callable[[int], bytes],
        key_use: threading.Lock,
    ) -> None:
        self._session = session
        self._vault = vault
        self._identity = identity
        self._journal = journal
        self._random_bytes = random_bytes
        self._key_use = key_use

    def change(self, exchange: PinExchange, old_pin: bytearray, new_pin: bytearray, attention: Attention) -> None:
        """Raises WeakPin, Refused("pin_unchanged"), WrongPin, ServerRefused, VaultError, AttentionLost (nothing has changed),
        LinkError("pin_change_unfinished"): decided, and done as soon as the server answers. Overwrites both PINs."""
        try:
            require_strong_pin(new_pin)
            if old_pin == new_pin:
                raise Refused("pin_unchanged")
            with self._key_use:
                self.settle(attention)
                name = self._prepare(exchange, old_pin, new_pin, attention)
                crash_point("pin.change.prepared")
                self._journal.set_fact(DECIDED, name)
                crash_point("pin.change.decided")
                try:
                    self.settle(attention)
                except AttentionLost as error:
                    raise LinkError("pin_change_unfinished") from error
                crash_point("pin.change.finished")
        finally:
            wipe(old_pin)
            wipe(new_pin)

    def _prepare(self, exchange: PinExchange, old_pin: bytearray, new_pin: bytearray, attention: Attention) -> str:
        """The change's name, once both sides hold what the new PIN needs."""
        attempt = self._vault.attempt(self._identity.vault_name, old_pin)
        try:
            share = exchange.released_share(attempt, attention)
            new_share = self._random_bytes(SHARE_BYTES)
            pin_proof_key = self._vault.begin_pin_change(attempt, share, new_pin, new_share)
            name = encode_bytes(self._random_bytes(_NAME_BYTES))
            new = {
                "vault_share": encode_bytes(new_share),
                "pin_proof_key": encode_bytes(pin_proof_key),
                "change_id": name,
            }
            self._ask_to_prepare(attempt, new, attention)
        finally:
            attempt.close()
        return name

    def _ask_to_prepare(self, attempt: PinAttempt, new: Mapping[str, object], attention: Attention) -> None:
        """Until there is an answer: each try has its connection's own nonce, and preparing the same twice is preparing once."""
        while True:
            nonce = pin_challenge(self._session, attention)
            proof = attempt.proof(nonce, self._identity.device_id)
            message = {**new, "nonce": encode_bytes(nonce), "proof": encode_bytes(proof)}
            try:
                answer = self._session.call_once("change_pin", message)
            except ServerRefused as error:
                if error.code != STALE_NONCE:
                    raise
            except Malformed:
                raise
            except LinkError:
                pass
            else:
                return wire.read_done_answer(answer, "prepared")
            attention.wait(0.1)

    def settle(self, attention: Attention) -> None:
        """Finish what was decided, on whatever connection there is. The caller holds ``key_use``. Raises ServerRefused, AttentionLost."""
        self._settle(lambda event, message: self._session.call(event, message, attention))

    def settle_now(self) -> None:
        """The same on the present connection, for the thread that keeps it. Whoever uses the PIN at this moment has settled it already.
        Raises LinkError."""
        if self._key_use.acquire(blocking=False):
            try:
                self._settle(self._session.call_once)
            finally:
                self._key_use.release()

    def _settle(self, ask: Ask) -> None:
        name = self._journal.fact(DECIDED)
        if name is None:
            return
        try:
            wire.read_done_answer(ask("finish_pin_change", {"change_id": name}), "changed")
            crash_point("pin.change.sent")
            self._vault.finish_pin_change(self._identity.vault_name)
        except ServerRefused as error:
            if error.code != "pin_change_unknown":
                raise
        self._journal.set_fact(DECIDED, None)


def pin_parts(
    session: Session,
    vault: KeyVault,
    identity: Identity,
    interaction: UserInteraction,
    clock: Clock,
    journal: Journal,
    random_bytes: Callable[[int], bytes],
) -> tuple[PinExchange, PinChange]:
    """What uses the PIN of one pairing, joined by one lock."""
    key_use = threading.Lock()
    change = PinChange(
        session=session, vault=vault, identity=identity, journal=journal, random_bytes=random_bytes, key_use=key_use
    )
    exchange = PinExchange(
        session=session,
        vault=vault,
        identity=identity,
        interaction=interaction,
        clock=clock,
        key_use=key_use,
        settle=change.settle,
    )
    return exchange, change
