"""From the person's PIN to open keys: PIN, proof to the server, share back, vault open (protocol §5).

Rules:
* The server counts; this phone only shows what it says. A wait is waited out here, whoever is impatient.
* The nonce lives on one connection: when that breaks, the exchange begins again with the same stretched PIN,
  on the next.
* A PIN is overwritten as soon as it is stretched, and what was stretched is dropped as soon as the keys are
  open.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager

from mobile_app.clock import Clock
from mobile_app.crash_points import crash_point
from mobile_app.device.identity import Identity
from mobile_app.device.interaction import Attention, PendingRequest, PinProblem, PinPurpose, UserInteraction
from mobile_app.device.key_vault import KeyVault, PinAttempt, UnlockedKeys
from mobile_app.device.session import Session
from mobile_app.errors import LinkError, ServerRefused, WrongPin
from mobile_app.link import wire
from mobile_app.link.fields import Malformed, encode_bytes

_COUNTED = ("wrong_pin", "pin_wait")
STALE_NONCE = "challenge_unknown"


def pin_challenge(session: Session, attention: Attention) -> bytes:
    return wire.read_octets_answer(session.call("pin_challenge", {}, attention), "nonce")


class PinExchange:
    """Opens the vault for one request."""

    def __init__(
        self,
        *,
        session: Session,
        vault: KeyVault,
        identity: Identity,
        interaction: UserInteraction,
        clock: Clock,
        key_use: AbstractContextManager[object],
        settle: Callable[[Attention], None],
    ) -> None:
        """``key_use`` keeps a PIN change and an unlocking apart; ``settle`` finishes a change that was decided."""
        self._session = session
        self._vault = vault
        self._identity = identity
        self._interaction = interaction
        self._clock = clock
        self._key_use = key_use
        self._settle = settle

    def unlock(self, purpose: PinPurpose, request: PendingRequest | None, attention: Attention) -> UnlockedKeys | None:
        """Ask until the PIN is right or the person gives up (None). Raises ServerRefused (``pin_locked``,
        ``device_frozen`` …), VaultError, AttentionLost."""
        problem: PinProblem | None = None
        while True:
            asked_at = self._clock.now()
            pin = self._interaction.enter_pin(purpose, request, problem, attention)
            attention.check()
            if pin is None:
                return None
            attempt = self._vault.attempt(self._identity.vault_name, pin)
            try:
                if problem is not None:
                    self._wait_until(asked_at + problem.retry_after, attention)
                with self._key_use:
                    self._settle(attention)
                    share = self.released_share(attempt, attention)
                    crash_point("request.share.released")
                    return attempt.unlock(share)
            except WrongPin as error:
                problem = pin_problem(error)
            finally:
                attempt.close()

    def prove(self, pin: bytearray, attention: Attention) -> None:
        """Have the server judge a PIN, which it counts, and open nothing. Raises like ``released_share``. Overwrites ``pin``."""
        attempt = self._vault.attempt(self._identity.vault_name, pin)
        try:
            with self._key_use:
                self._settle(attention)
                self.released_share(attempt, attention)
        finally:
            attempt.close()

    def released_share(self, attempt: PinAttempt, attention: Attention) -> bytes:
        """Raises WrongPin, ServerRefused, AttentionLost."""
        while True:
            nonce = pin_challenge(self._session, attention)
            message = {
                "nonce": encode_bytes(nonce),
                "proof": encode_bytes(attempt.proof(nonce, self._identity.device_id)),
            }
            try:
                answer = self._session.call_once("release_share", message)
            except ServerRefused as error:
                if error.code == STALE_NONCE:
                    attention.wait(0.1)
                    continue
                if error.code in _COUNTED:
                    refusal = wire.read_pin_refusal(error.code, error.details)
                    raise WrongPin(
                        error.code, {"tries_left": refusal.tries_left, "retry_after": refusal.retry_after}
                    ) from error
                raise
            except Malformed:
                raise
            except LinkError:
                attention.wait(0.1)
                continue
            return wire.read_octets_answer(answer, "vault_share")

    def _wait_until(self, moment: float, attention: Attention) -> None:
        """By the phone's clock, which testers may move."""
        while (left := moment - self._clock.now()) > 0:
            attention.wait(min(left, 0.2))


def pin_problem(error: WrongPin) -> PinProblem:
    tries_left, retry_after = error.details["tries_left"], error.details["retry_after"]
    assert isinstance(retry_after, int)
    return PinProblem(error.code, tries_left if isinstance(tries_left, int) else None, float(retry_after))
