"""What a phone may ask over its socket: one method an event, each parsed by the wire, run in the database lane, answered after commit.

The phone speaks first; until it has proved its device key, only ``hello`` and ``prove`` are answered. Nothing kept here outlives the
socket: a nonce that is lost is asked for again.
"""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from server.app import UseCases
from server.devices.device import Device
from server.errors import BadInput, Conflict, NotAuthenticated, PhoneSealError, TooManyTries
from server.lanes import Lanes
from server.sockets import wire
from server.sockets.event_bucket import EventBucket
from server.statements import Statement, b64
from server.strict_json import read_json

log = logging.getLogger(__name__)
NONCE_LIFETIME = 300.0
EVENTS_A_SECOND, BURST = 50.0, 200.0
PATIENCE = 4 * BURST
"""A phone that goes on asking when it was told to wait is cut off."""
HEAVY = {"set_push": 10.0}  # counts for so many: a commit each time
STRANGERS_SHARE = 10.0  # an event before the proof counts for so many: hello and prove are all that is needed


@dataclass
class PhoneSocket:
    """One connection; ``device`` is set once it has proved itself. Losing it loses nothing."""

    sid: str
    device: Device | None = None
    device_id: str = ""
    nonce: bytes = b""
    phone_nonce: bytes = b""
    challenges: dict[bytes, float] = field(default_factory=dict)
    events: EventBucket = field(default_factory=lambda: EventBucket(EVENTS_A_SECOND, BURST))
    scolded: bool = False

    def misbehaves(self) -> bool:
        """It asks so often that its connection is to end: a stranger at once, a phone after some patience."""
        return self.events.level > (BURST if self.device is None else PATIENCE)

    def pour(self, event: object) -> None:
        """Raises ``TooManyTries`` when this socket asks too often."""
        self.events.pour(STRANGERS_SHARE if self.device is None else HEAVY.get(str(event), 1.0))


class DeviceEvents:
    """The rules of the socket, without Socket.IO: ``answer(socket, event, message)`` returns the acknowledgement."""

    def __init__(self, app: UseCases, lanes: Lanes, proved: Callable[[PhoneSocket], None]) -> None:
        self._app = app
        self._lanes = lanes
        self._proved = proved
        self._before: dict[str, Callable[[PhoneSocket, object], dict[str, Any]]] = {
            "hello": self._hello,
            "prove": self._prove,
        }
        self._after: dict[str, Callable[[PhoneSocket, str, object], dict[str, Any]]] = {
            "waiting": self._waiting,
            "opened": self._opened,
            "choose_code": self._choose_code,
            "pin_challenge": self._pin_challenge,
            "release_share": self._release_share,
            "change_pin": self._change_pin,
            "finish_pin_change": self._finish_pin_change,
            "approve": self._approve,
            "refuse": self._refuse,
            "signatures": self._signatures,
            "resume": self._resume,
            "approve_device": self._approve_device,
            "freeze": self._freeze,
            "unpair": self._unpair,
            "devices": self._devices,
            "blocked": self._blocked,
            "block": self._block,
            "unblock": self._unblock,
            "push_gateway": self._push_gateway,
            "set_push": self._set_push,
        }

    @property
    def events(self) -> tuple[str, ...]:
        return (*self._before, *self._after)

    def answer(self, socket: PhoneSocket, event: object, message: object) -> dict[str, Any]:
        """``{"ok": …}`` or ``{"error": …}``. What is no error of ours becomes ``internal``, with nothing inside."""
        name = event if isinstance(event, str) and event in self.events else "unknown event"  # as it will stand in the log
        try:
            socket.pour(name)
            if name != event:
                raise BadInput("no such event", code="bad_message")
            if name in self._before:
                return {"ok": self._before[name](socket, message)}
            if socket.device is None:
                raise NotAuthenticated("prove first", code="not_proved")
            return {"ok": self._after[name](socket, socket.device.device_id, message)}
        except PhoneSealError as error:
            if not socket.scolded:
                log.info("phone %s %s: %s", socket.device_id or "?", name, error.code)
            socket.scolded = isinstance(error, TooManyTries)  # one line, however often it asks
            return wire.error_answer(error)
        except Exception:
            log.exception("phone %s %s failed", socket.device_id or "?", name)
            return wire.internal_answer()

    # --- before the proof ------------------------------------------------------------------------------------------------

    def _hello(self, socket: PhoneSocket, message: object) -> dict[str, Any]:
        hello = wire.read_hello(message)
        if socket.device is not None and hello.device_id != socket.device_id:
            raise BadInput("a connection belongs to one phone", code="bad_message")
        rotations = self._lanes.database(self._app.prove_device.rotations_after, hello.key_counter)
        socket.device_id, socket.phone_nonce = hello.device_id, hello.phone_nonce
        socket.nonce = secrets.token_bytes(wire.NONCE_BYTES)
        return {
            "version": 1,
            "nonce": b64(socket.nonce),
            "server_time": int(self._app.clock.now() * 1000),
            "key_rotations": [statement.to_json() for statement in rotations],
        }

    def _prove(self, socket: PhoneSocket, message: object) -> dict[str, Any]:
        statement = wire.only_statement(message, "statement")
        nonce, socket.nonce = socket.nonce, b""  # one use
        if not nonce:
            raise NotAuthenticated("say hello first", code="proof_invalid")
        hello, token, device = self._lanes.database(
            self._app.prove_device, socket.device_id, nonce, socket.phone_nonce, statement
        )
        socket.device = device
        self._proved(socket)
        return {"statement": hello.to_json(), "access_token": token}

    # --- requests --------------------------------------------------------------------------------------------------------

    def _waiting(self, socket: PhoneSocket, device_id: str, message: object) -> dict[str, Any]:
        wire.read_empty(message)
        found = self._lanes.database(self._app.push_request.waiting, device_id)
        told = [one.request_id for one in found]
        self._lanes.database(self._app.push_request.want_offers, device_id, told)
        return {
            "requests": [
                {
                    "envelope": one.envelope.to_json(),
                    "state": one.state,
                    "verdict": wire.statement_or_none(one.verdict),
                    "acknowledgement": wire.statement_or_none(one.acknowledgement),
                }
                for one in found
            ]
        }

    def _opened(self, socket: PhoneSocket, device_id: str, message: object) -> dict[str, Any]:
        request_id, envelope_sha256 = wire.read_opened(message)
        push = self._app.push_request
        self._lanes.database(push.record_pushed, request_id, device_id)
        return {"state": self._lanes.database(push.record_opened, request_id, device_id, envelope_sha256)}

    def _choose_code(self, socket: PhoneSocket, device_id: str, message: object) -> dict[str, Any]:
        choice = wire.read_choice(message)
        request_id = _named_request(choice)
        verdict = self._lanes.database(self._app.judge_code, device_id, request_id, choice)
        return {"verdict": verdict.to_json()}

    def _pin_challenge(self, socket: PhoneSocket, device_id: str, message: object) -> dict[str, Any]:
        wire.read_empty(message)
        now = self._app.clock.now()
        socket.challenges = {n: until for n, until in list(socket.challenges.items())[-7:] if until > now}
        nonce = secrets.token_bytes(wire.NONCE_BYTES)
        socket.challenges[nonce] = now + NONCE_LIFETIME
        return {"nonce": b64(nonce)}

    def _spend_challenge(self, socket: PhoneSocket, nonce: bytes) -> None:
        if socket.challenges.pop(nonce, 0.0) <= self._app.clock.now():
            raise Conflict("ask for a new challenge", code="challenge_unknown")

    def _release_share(self, socket: PhoneSocket, device_id: str, message: object) -> dict[str, Any]:
        nonce, proof = wire.read_release(message)
        self._spend_challenge(socket, nonce)
        share = self._lanes.database(self._app.release_share, device_id, nonce, proof)
        return {"vault_share": b64(share)}

    def _change_pin(self, socket: PhoneSocket, device_id: str, message: object) -> dict[str, Any]:
        nonce, *change = wire.read_change_pin(message)
        self._spend_challenge(socket, nonce)
        self._lanes.database(self._app.release_share.change_pin, device_id, nonce, *change)
        return {"prepared": True}

    def _finish_pin_change(self, socket: PhoneSocket, device_id: str, message: object) -> dict[str, Any]:
        change_id = wire.read_finish_pin_change(message)
        self._lanes.database(self._app.release_share.finish_pin_change, device_id, change_id)
        return {"changed": True}

    def _approve(self, socket: PhoneSocket, device_id: str, message: object) -> dict[str, Any]:
        approval = wire.read_approval(message)
        acknowledgement = self._lanes.database(self._app.accept_approval.approve, device_id, approval)
        return {"acknowledgement": acknowledgement.to_json()}

    def _refuse(self, socket: PhoneSocket, device_id: str, message: object) -> dict[str, Any]:
        refusal = wire.read_refusal(message)
        outcome = self._lanes.database(self._app.accept_approval.refuse, device_id, refusal)
        return {"outcome": outcome.to_json()}

    def _signatures(self, socket: PhoneSocket, device_id: str, message: object) -> dict[str, Any]:
        request_id, approval_sha256, values = wire.read_signatures(message)
        receipt = self._lanes.database(self._app.accept_signatures, device_id, request_id, approval_sha256, values)
        return {"receipt": receipt.to_json()}

    def _resume(self, socket: PhoneSocket, device_id: str, message: object) -> dict[str, Any]:
        resumed = self._lanes.database(self._app.push_request.resume, wire.read_resume(message), device_id)
        return {
            "state": resumed.state,
            "verdict": wire.statement_or_none(resumed.verdict),
            "acknowledgement": wire.statement_or_none(resumed.acknowledgement),
            "missing": [list(bounds) for bounds in resumed.missing],
            "outcome": wire.statement_or_none(resumed.outcome),
        }

    # --- the phone itself ------------------------------------------------------------------------------------------------

    def _approve_device(self, socket: PhoneSocket, device_id: str, message: object) -> dict[str, Any]:
        statement = wire.only_statement(message, "statement")
        pairing = self._lanes.database(self._app.complete_pairing.approve_device, device_id, statement)
        return {"state": pairing.state}

    def _freeze(self, socket: PhoneSocket, device_id: str, message: object) -> dict[str, Any]:
        self._end_itself(device_id, wire.only_statement(message, "statement"), "phoneseal.freeze.v1")
        return {"frozen": True}

    def _unpair(self, socket: PhoneSocket, device_id: str, message: object) -> dict[str, Any]:
        self._end_itself(device_id, wire.only_statement(message, "statement"), "phoneseal.unpair.v1")
        return {"unpaired": True}

    def _end_itself(self, device_id: str, statement: Statement, purpose: str) -> None:
        if statement.purpose != purpose:
            raise BadInput("another purpose", code="bad_message")
        self._lanes.database(self._app.end_device.by_phone, device_id, statement)

    def _devices(self, socket: PhoneSocket, device_id: str, message: object) -> dict[str, Any]:
        wire.read_empty(message)
        found = self._lanes.database(self._app.read_devices.beside, device_id)
        return {"devices": [wire.phone_line(device) for device in found]}

    def _blocked(self, socket: PhoneSocket, device_id: str, message: object) -> dict[str, Any]:
        wire.read_empty(message)
        found = self._lanes.database(self._app.block_requesters.of_phone, device_id)
        return {
            "requesters": [wire.blocked_line(block) for block in found],
            "by_person": [self._app.portal.relying_party_id],
        }

    def _block(self, socket: PhoneSocket, device_id: str, message: object) -> dict[str, Any]:
        statement = wire.only_statement(message, "statement")
        block = self._lanes.database(self._app.block_requesters.block, device_id, statement)
        return {"blocked": wire.blocked_line(block)}

    def _unblock(self, socket: PhoneSocket, device_id: str, message: object) -> dict[str, Any]:
        statement = wire.only_statement(message, "statement")
        self._lanes.database(self._app.block_requesters.unblock, device_id, statement)
        return {"unblocked": True}

    def _push_gateway(self, socket: PhoneSocket, device_id: str, message: object) -> dict[str, Any]:
        wire.read_empty(message)
        push = self._app.subscribe_push
        return wire.push_gateway(push.vapid_key, self._lanes.database(push.subscribed, device_id))

    def _set_push(self, socket: PhoneSocket, device_id: str, message: object) -> dict[str, Any]:
        wanted = wire.read_set_push(message)
        push = self._app.subscribe_push
        if wanted is None:
            self._lanes.database(push.drop, device_id)
        else:
            self._lanes.database(push.set, device_id, *wanted)
        return {"set": True}

    def approvals_wanted(self, device_id: str) -> list[Statement]:
        """What an earlier phone is asked about new ones, again after each hello."""
        return self._lanes.database(self._app.complete_pairing.approval_requests, device_id)


def _named_request(statement: Statement) -> str:
    """The request that a statement names; the use case checks that it is the offer's."""
    try:
        value = read_json(statement.body)
        return wire.read_id(value.get("request_id"), "sr")
    except (ValueError, AttributeError) as error:
        raise BadInput("a statement's body is JSON", code="bad_message") from error
