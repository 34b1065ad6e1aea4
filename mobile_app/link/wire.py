"""The phone's half of the wire: the messages on the socket (bodies of statements and the manifest have files
of their own), written and read as docs/protocol.md says.

Rules:
* ``…_message`` functions give what the phone sends; ``read_…`` take what came back, already out of its JSON,
  and raise ``Malformed``.
* A statement travels as received: its text is never parsed and written anew. Whether it is true is for
  ``device.statements`` to say.
* Nothing here acts, waits or decides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from mobile_app.link import fields
from mobile_app.link.phone_statements import VERSION
from mobile_app.link.server_statements import MAX_ITEMS, STATES

MAX_BODY_TEXT: Final = 512 << 10
PAIRING_STATES: Final = fields.names("claimed confirm_digits waiting_first_device complete rejected expired")


@dataclass(frozen=True, slots=True)
class Statement:
    """A signed statement as it travels (§1). ``body`` is text and stays so."""

    purpose: str
    key_id: str
    body: str
    signature: bytes

    def message(self) -> dict[str, object]:
        return {
            "purpose": self.purpose,
            "key_id": self.key_id,
            "body": self.body,
            "signature": fields.encode_bytes(self.signature),
        }


_STATEMENT = fields.names("purpose key_id body signature")


def read_statement(value: object, field: str) -> Statement:
    found = fields.record(value, _STATEMENT, field)
    purpose, body, key_id = found["purpose"], found["body"], found["key_id"]
    if type(purpose) is not str or not 1 <= len(purpose) <= 64 or not purpose.isascii():
        fields.malformed(f"{field}.purpose", "not_a_purpose")
    if type(key_id) is not str or not 1 <= len(key_id) <= 64 or not key_id.isascii():
        fields.malformed(f"{field}.key_id", "not_a_key_id")
    if type(body) is not str or not 2 <= len(body) <= MAX_BODY_TEXT:
        fields.malformed(f"{field}.body", "length")
    signature = fields.octets(found["signature"], f"{field}.signature", 8, 512)
    return Statement(purpose, key_id, body, signature)


def _perhaps(value: object, field: str) -> Statement | None:
    return fields.nullable(value, lambda one: read_statement(one, field))


# -- errors -----------------------------------------------------------------------------------------

_ERROR = fields.names("code message details")
_PROBLEM = fields.names("type title status detail code details")


@dataclass(frozen=True, slots=True)
class ErrorAnswer:
    code: str
    details: Mapping[str, object]


def read_answer(value: object) -> object | ErrorAnswer:
    """An acknowledgement: the content of ``ok``, or the error."""
    if type(value) is dict and value.keys() == {"ok"}:
        content: object = value["ok"]
        return content
    found = fields.record(fields.record(value, fields.names("error"))["error"], _ERROR, "error")
    fields.text(found["message"], "error.message", 0, 500)
    return ErrorAnswer(fields.code(found["code"], "error.code"), _details(found["details"], "error.details"))


def read_problem(value: object) -> ErrorAnswer:
    """A problem+json answer (RFC 9457)."""
    found = fields.record(value, _PROBLEM)
    return ErrorAnswer(fields.code(found["code"], "code"), _details(found["details"], "details"))


def _details(value: object, field: str) -> Mapping[str, object]:
    if type(value) is not dict:
        fields.malformed(field, "not_an_object")
    return value


@dataclass(frozen=True, slots=True)
class PinRefusal:
    """Details of ``wrong_pin`` and ``pin_wait``; ``retry_after`` in seconds."""

    tries_left: int | None
    retry_after: int


def read_pin_refusal(code: str, details: Mapping[str, object]) -> PinRefusal:
    if code == "wrong_pin":
        found = fields.record(details, fields.names("tries_left retry_after"), "details")
        tries_left = fields.integer(found["tries_left"], "details.tries_left", 0, 100)
        return PinRefusal(tries_left, fields.integer(found["retry_after"], "details.retry_after", 0, 1 << 31))
    found = fields.record(details, fields.names("retry_after"), "details")
    return PinRefusal(None, fields.integer(found["retry_after"], "details.retry_after", 0, 1 << 31))


# -- hello, prove, waiting (§2.1) -------------------------------------------------------------------


def hello_message(
    device_id: str, phone_nonce: bytes, app_version: str, platform: str, key_counter: int
) -> dict[str, object]:
    return {
        "versions": [VERSION],
        "device_id": device_id,
        "phone_nonce": fields.encode_bytes(phone_nonce),
        "app_version": app_version,
        "platform": platform,
        "key_counter": key_counter,
    }


@dataclass(frozen=True, slots=True)
class HelloAnswer:
    nonce: bytes
    server_time: int
    key_rotations: tuple[Statement, ...]


def read_hello_answer(value: object) -> HelloAnswer:
    found = fields.record(value, fields.names("version nonce server_time key_rotations"))
    fields.integer(found["version"], "version", VERSION, VERSION)
    rotations = fields.listing(found["key_rotations"], "key_rotations", 0, 1000)
    return HelloAnswer(
        fields.octets32(found["nonce"], "nonce"),
        fields.integer(found["server_time"], "server_time"),
        tuple(read_statement(one, "key_rotations") for one in rotations),
    )


@dataclass(frozen=True, slots=True)
class ProveAnswer:
    statement: Statement
    access_token: str


def read_prove_answer(value: object) -> ProveAnswer:
    found = fields.record(value, fields.names("statement access_token"))
    return ProveAnswer(
        read_statement(found["statement"], "statement"),
        fields.access_token(found["access_token"], "access_token"),
    )


@dataclass(frozen=True, slots=True)
class WaitingRequest:
    envelope: Statement
    state: str
    verdict: Statement | None
    acknowledgement: Statement | None


_WAITING = fields.names("envelope state verdict acknowledgement")


def read_waiting_answer(value: object) -> list[WaitingRequest]:
    listed = fields.listing(fields.record(value, fields.names("requests"))["requests"], "requests", 0, 10_000)
    found = [fields.record(one, _WAITING, "requests") for one in listed]
    return [
        WaitingRequest(
            read_statement(one["envelope"], "envelope"),
            fields.one_of(one["state"], "state", STATES),
            _perhaps(one["verdict"], "verdict"),
            _perhaps(one["acknowledgement"], "acknowledgement"),
        )
        for one in found
    ]


# -- events from the server (§2.2): each holds one statement ----------------------------------------

EVENT_STATEMENTS: Final = {
    "sign_request": "envelope",
    "withdrawn": "withdrawal",
    "outcome": "outcome",
    "new_device": "approval_request",
}


def read_event(event: str, value: object) -> Statement:
    """The statement of one event; raises Malformed for an unknown event too."""
    name = EVENT_STATEMENTS.get(event)
    if name is None:
        fields.malformed("event", "unknown_event")
    return read_statement(fields.record(value, frozenset((name,)))[name], name)


# -- answers to the phone's events (§4.4, §4.5, §5) -------------------------------------------------


def read_one_statement(value: object, name: str) -> Statement:
    """An answer that holds just one statement: ``verdict``, ``acknowledgement``, ``outcome``, ``receipt``."""
    return read_statement(fields.record(value, frozenset((name,)))[name], name)


def read_opened_answer(value: object) -> str:
    return fields.one_of(fields.record(value, fields.names("state"))["state"], "state", STATES)


def read_approve_device_answer(value: object) -> str:
    return fields.one_of(fields.record(value, fields.names("state"))["state"], "state", PAIRING_STATES)


def read_octets_answer(value: object, name: str) -> bytes:
    """An answer of 32 bytes: ``nonce`` of ``pin_challenge``, ``vault_share`` of ``release_share``."""
    return fields.octets32(fields.record(value, frozenset((name,)))[name], name)


def read_done_answer(value: object, name: str) -> None:
    """An answer that only says that it was done: ``changed``, ``frozen``, ``unpaired``."""
    if fields.record(value, frozenset((name,)))[name] is not True:
        fields.malformed(name, "not_true")


@dataclass(frozen=True, slots=True)
class ResumeAnswer:
    """``missing``: ranges of positions, both ends included."""

    state: str
    verdict: Statement | None
    acknowledgement: Statement | None
    missing: tuple[tuple[int, int], ...]
    outcome: Statement | None


def read_resume_answer(value: object) -> ResumeAnswer:
    found = fields.record(value, fields.names("state verdict acknowledgement missing outcome"))
    ranges: list[tuple[int, int]] = []
    for one in fields.listing(found["missing"], "missing", 0, 5000):
        pair = fields.listing(one, "missing", 2, 2)
        first = fields.integer(pair[0], "missing", ranges[-1][1] + 1 if ranges else 0, MAX_ITEMS - 1)
        ranges.append((first, fields.integer(pair[1], "missing", first, MAX_ITEMS - 1)))
    return ResumeAnswer(
        fields.one_of(found["state"], "state", STATES),
        _perhaps(found["verdict"], "verdict"),
        _perhaps(found["acknowledgement"], "acknowledgement"),
        tuple(ranges),
        _perhaps(found["outcome"], "outcome"),
    )


def pack_values(values: Sequence[tuple[int, bytes]]) -> bytes:
    """The ``values`` of one ``signatures`` message: positions ascending, an empty value for what could not be
    signed."""
    return b"".join(position.to_bytes(4, "big") + len(value).to_bytes(2, "big") + value for position, value in values)
