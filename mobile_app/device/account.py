"""What the person does to the account from this phone: its phones, whom they block, freezing, unpairing, logging out (protocol §5).

Rules:
* Everything here may block for half a minute and is called on no UI thread; without an answer it ends with LinkError("no_answer").
* What changes the account is a statement signed by the device key. Sending it twice has the effect of once.
* Freezing and unpairing close this phone's own connection, perhaps before the answer is out: the server's word that the phone is frozen
  or unpaired counts as the answer.
* Logged out, the app shows nothing of the account until the PIN was proved to the server, which counts it like any other.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from mobile_app.device.identity import kept_pinned_keys
from mobile_app.device.interaction import Attention, AttentionLost
from mobile_app.device.journal import Journal
from mobile_app.device.pin_change import DECIDED
from mobile_app.device.request_steps.walk_state import WalkParts
from mobile_app.device.statements import sign_statement
from mobile_app.errors import LinkError, ServerRefused
from mobile_app.link import account_wire, wire
from mobile_app.link.account_wire import BlockedRequester, PhoneLine
from mobile_app.link.fields import parse_json
from mobile_app.link.phone_statements import Block, DeviceWish, Unblock
from mobile_app.link.server_statements import read_envelope

__all__ = ["Account", "BlockedRequester", "PhoneLine", "Requester"]

_ANSWER_SECONDS: Final = 30.0
_LOGGED_OUT: Final = "logged_out"


@dataclass(frozen=True, slots=True)
class Requester:
    """Who made a request, as a block would name them: one person of a portal, or (``person`` empty) a relying party as a whole."""

    request_id: str
    relying_party_id: str
    relying_party_name: str
    person: str
    block_id: str
    """Of the block that holds already; empty if none."""


class Account:
    """``parts`` gives the running pairing, or raises LinkError("not_running")."""

    def __init__(self, parts: Callable[[], WalkParts], journal: Journal) -> None:
        self._parts = parts
        self._journal = journal

    # -- PIN --------------------------------------------------------------------------------------

    def change_pin(self, old_pin: bytearray, new_pin: bytearray) -> None:
        """Raises WeakPin, Refused("pin_unchanged"), WrongPin, ServerRefused, VaultError, LinkError (nothing has changed, but after
        ``pin_change_unfinished`` the new PIN counts as soon as there is a connection). Overwrites both."""
        parts = self._parts()
        with _time_limit() as attention:
            parts.pin_change.change(parts.pin_exchange, old_pin, new_pin, attention)

    @property
    def logged_out(self) -> bool:
        return self._journal.fact(_LOGGED_OUT) is not None

    def log_out(self) -> None:
        """The app asks for the PIN before it shows anything again, after a restart too. Requests go on arriving."""
        self._journal.set_fact(_LOGGED_OUT, "1")

    def check_pin(self, pin: bytearray) -> None:
        """Have the server judge it, and count it like any other; opens nothing. Raises WrongPin, ServerRefused (``pin_locked`` …),
        VaultError, LinkError. Overwrites ``pin``."""
        parts = self._parts()
        with _time_limit() as attention:
            parts.pin_exchange.prove(pin, attention)

    def log_in(self, pin: bytearray) -> None:
        """Raises like ``check_pin``. Overwrites ``pin``."""
        self.check_pin(pin)
        self._journal.set_fact(_LOGGED_OUT, None)

    def forget(self) -> None:
        """The pairing is over, and with it what was decided or locked in it."""
        self._journal.set_fact(_LOGGED_OUT, None)
        self._journal.set_fact(DECIDED, None)

    # -- phones -----------------------------------------------------------------------------------

    def phones(self) -> list[PhoneLine]:
        """All phones of this account that are not unpaired, the oldest first. Raises ServerRefused, LinkError."""
        with _time_limit() as attention:
            return account_wire.read_devices_answer(self._parts().session.call("devices", {}, attention))

    def freeze(self) -> None:
        """Have the server withhold the share until the account's owner or staff lift it. Raises LinkError, ServerRefused."""
        self._tell("freeze", "frozen", "device_frozen")

    def unpair(self) -> None:
        """Tell the server. Raises LinkError when it did not hear it, ServerRefused."""
        self._tell("unpair", "unpaired", "device_unpaired")

    def _tell(self, wish: str, done: str, effect: str) -> None:
        """``effect``: the code with which the server turns the phone away once the wish came true."""
        parts = self._parts()
        body = DeviceWish(parts.identity.device_id, parts.session.server_now()).body()
        message = {"statement": _signed(parts, f"phoneseal.{wish}.v1", body)}
        with _time_limit() as attention:
            try:
                answer = parts.session.call(wish, message, attention, over=effect)
            except ServerRefused as error:
                if error.code != effect:
                    raise
                return
        wire.read_done_answer(answer, done)

    @property
    def refusal(self) -> str:
        """Why the server turned this phone away when it last tried to connect (a code); empty if it did not."""
        try:
            return self._parts().session.refusal
        except LinkError:
            return ""

    @property
    def server_key_fingerprint(self) -> str:
        """SHA-256 of the pinned request-signing key, 64 hex digits; empty without a pairing."""
        pinned = kept_pinned_keys(self._journal)
        return pinned.fingerprint if pinned else ""

    # -- blocked requesters -----------------------------------------------------------------------

    def requester_of(self, request_id: str) -> Requester:
        """Whom a block would name, by the envelope that this phone verified. Raises KeyError, ServerRefused, LinkError."""
        kept = self._journal.statements(request_id)["envelope"]
        envelope = read_envelope(parse_json(wire.read_statement(parse_json(kept), "envelope").body))
        known = self._blocked()
        party_id = envelope.relying_party_id
        person = envelope.requested_by if party_id in known.by_person else ""
        # The server tells persons of one name apart; here the name is all there is, so that only a whole party is surely blocked already.
        block = next((one for one in known.requesters if one.relying_party_id == party_id and not person), None)
        return Requester(request_id, party_id, envelope.relying_party_name, person, block.block_id if block else "")

    def blocked_requesters(self) -> list[BlockedRequester]:
        """The oldest block first. Raises ServerRefused, LinkError."""
        return list(self._blocked().requesters)

    def _blocked(self) -> account_wire.Blocked:
        with _time_limit() as attention:
            return account_wire.read_blocked_answer(self._parts().session.call("blocked", {}, attention))

    def block(self, requester: Requester) -> BlockedRequester:
        """Have the server refuse what they ask, now and later. Raises ServerRefused, LinkError."""
        parts = self._parts()
        scope = "person" if requester.person else "relying_party"
        body = Block(
            parts.identity.device_id,
            requester.request_id,
            requester.relying_party_id,
            scope,
            parts.session.server_now(),
        ).body()
        message = {"statement": _signed(parts, "phoneseal.block.v1", body)}
        with _time_limit() as attention:
            return account_wire.read_block_answer(parts.session.call("block", message, attention))

    def unblock(self, block_id: str) -> None:
        """Raises ServerRefused (``block_unknown``), LinkError."""
        parts = self._parts()
        body = Unblock(parts.identity.device_id, block_id, parts.session.server_now()).body()
        message = {"statement": _signed(parts, "phoneseal.unblock.v1", body)}
        with _time_limit() as attention:
            wire.read_done_answer(parts.session.call("unblock", message, attention), "unblocked")


def _signed(parts: WalkParts, purpose: str, body: dict[str, object]) -> dict[str, object]:
    return sign_statement(
        purpose,
        body,
        parts.identity.device_id,
        lambda message: parts.vault.sign_as_device(parts.identity.vault_name, message),
    ).message()


@contextmanager
def _time_limit() -> Iterator[Attention]:
    attention = Attention()
    timer = threading.Timer(_ANSWER_SECONDS, lambda: attention.cancel("no_answer"))
    timer.daemon = True
    timer.start()
    try:
        yield attention
    except AttentionLost as error:
        raise LinkError("no_answer") from error
    finally:
        timer.cancel()
