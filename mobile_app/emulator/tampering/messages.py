"""Which messages a falsification puts in the place of the true one: one function for each name of the
catalogue's link layer.

Each takes the true message and the loot and gives the messages to send instead, in order. NothingToUse when
it cannot.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mobile_app.emulator.scenario import Tampering
from mobile_app.emulator.tampering import falsify
from mobile_app.emulator.tampering.loot import Loot, NothingToUse
from mobile_app.link.wire import pack_values

Message = Mapping[str, object]
Maker = Callable[[Message, Tampering, Loot], list[Message]]


@dataclass(frozen=True)
class Falsification:
    event: str
    """The Socket.IO event whose message it replaces."""
    make: Maker
    always_honest: bool = False
    """The true message follows whatever the scenario says (the falsification is in order or number only)."""
    after: bool = False
    """It follows the true message, whose answer the phone gets."""
    sent_as: str = ""
    """The event under which it is sent, if another."""


def statement_of(message: Message) -> Mapping[str, object]:
    """The one statement that a message holds."""
    for value in message.values():
        if isinstance(value, Mapping) and "body" in value:
            return value
    raise NothingToUse("the message holds no statement")


def _edited(field: str, edit: Callable[[Mapping[str, object], Tampering, Loot], falsify.Statement]) -> Maker:
    def make(message: Message, wanted: Tampering, loot: Loot) -> list[Message]:
        return [dict(message) | {field: edit(statement_of(message), wanted, loot)}]

    return make


def _approval_with(changes: Callable[[dict[str, object], Tampering, Loot], dict[str, object]]) -> Maker:
    """The approval with other fields, signed by the approval key as if all were well."""

    def edit(statement: Mapping[str, object], wanted: Tampering, loot: Loot) -> falsify.Statement:
        body = falsify.body_of(statement)
        return falsify.signed_again(
            falsify.with_body(statement, changes(body, wanted, loot)), loot.sign_approval
        )

    return _edited("approval", edit)


def _used_counter(body: dict[str, object], _wanted: Tampering, loot: Loot) -> dict[str, object]:
    present = body["counter"]
    assert isinstance(present, int)
    counter = loot.counters[0] if loot.counters else present - 1
    if counter < 1:
        raise NothingToUse("this is the phone's first approval: no counter was used before")
    return {"counter": counter}


def _replayed(field: str, kept: Callable[[Loot], dict[str, falsify.Statement]]) -> Maker:
    def edit(statement: Mapping[str, object], _wanted: Tampering, loot: Loot) -> falsify.Statement:
        statements = kept(loot)
        return statements[loot.earlier(statements, str(falsify.body_of(statement)["request_id"]))]

    return _edited(field, edit)


def _changed_choice(message: Message, _wanted: Tampering, loot: Loot) -> list[Message]:
    statement = statement_of(message)
    code = str(falsify.body_of(statement)["code"])
    other = f"{(int(code) + 1) % 10_000:04d}"
    return [
        {"choice": falsify.signed_again(falsify.with_body(statement, {"code": other}), loot.sign_as_device)}
    ]


def _refusal_after(message: Message, _wanted: Tampering, loot: Loot) -> list[Message]:
    approval = falsify.body_of(statement_of(message))
    taken = {name: approval[name] for name in ("request_id", "envelope_sha256", "device_id")}
    body = {"version": 1, **taken, "end_result": "user_refused", "reason": "", "detail": ""}
    body["refused_at"] = approval["approved_at"]
    blank = {"purpose": "phoneseal.refusal.v1", "key_id": taken["device_id"], "body": "{}", "signature": ""}
    return [{"refusal": falsify.signed_again(falsify.with_body(blank, body), loot.sign_as_device)}]


def _replayed_proof(_message: Message, _wanted: Tampering, loot: Loot) -> list[Message]:
    if not loot.proofs:
        raise NothingToUse("no earlier PIN proof of this run to replay")
    return [loot.proofs[0]]


def _chunks(remake: Callable[[falsify.Values, Tampering, Message, Loot], list[falsify.Values]]) -> Maker:
    def make(message: Message, wanted: Tampering, loot: Loot) -> list[Message]:
        raw = message["values"]
        assert isinstance(raw, bytes)
        chunks = remake(falsify.read_values(raw), wanted, message, loot)
        return [dict(message) | {"values": pack_values(values)} for values in chunks]

    return make


def _halves(values: falsify.Values, *_: object) -> list[falsify.Values]:
    middle = len(values) // 2
    return [values[middle:], values[:middle]] if middle else [values]


def _earlier_chunk(
    _values: falsify.Values, _wanted: Tampering, message: Message, loot: Loot
) -> list[falsify.Values]:
    return [loot.chunks[loot.earlier(loot.chunks, str(message["request_id"]))][0]]


def _too_many(values: falsify.Values, *_: object) -> list[falsify.Values]:
    last, pattern = values[-1][0], values[-1][1]
    extra = range(last + 1, last + 2 + falsify.CHUNK_LIMIT - len(values))
    return [values + [(position, falsify.flip_bit(pattern)) for position in extra]]


def _too_long(message: Message, _wanted: Tampering, _loot: Loot) -> list[Message]:
    raw = message["values"]
    assert isinstance(raw, bytes)
    return [dict(message) | {"values": raw + secrets.token_bytes(falsify.MESSAGE_LIMIT + 1 - len(raw))}]


def _without(values: falsify.Values, wanted: Tampering, *_: object) -> list[falsify.Values]:
    return [[(p, v) for p, v in values if wanted.positions is not None and p not in wanted.positions]]


def _with_extra(
    values: falsify.Values, wanted: Tampering, message: Message, loot: Loot
) -> list[falsify.Values]:
    if wanted.positions is not None:
        extra = list(wanted.positions)
    else:
        approval = loot.approvals.get(str(message["request_id"]))
        if approval is None:
            raise NothingToUse("the approval was sent in an earlier run: name the positions")
        count = falsify.body_of(approval)["item_count"]
        assert isinstance(count, int)
        extra = [count]
    return [sorted((dict.fromkeys(extra, values[0][1]) | dict(values)).items())]


def _hello(message: Message, _wanted: Tampering, _loot: Loot) -> list[Message]:
    return [dict(message) | {"device_id": falsify.another_identifier(str(message["device_id"]))}]


def _flip(statement: Mapping[str, object], _wanted: Tampering, _loot: Loot) -> falsify.Statement:
    return falsify.with_flipped_signature(statement)


def _body(statement: Mapping[str, object], wanted: Tampering, _loot: Loot) -> falsify.Statement:
    return falsify.with_body(statement, wanted.body)


def _other_device(statement: Mapping[str, object], _wanted: Tampering, loot: Loot) -> falsify.Statement:
    return falsify.of_another_device(statement, loot.sign_as_device)


FALSIFICATIONS: dict[str, Falsification] = {
    "approval_bit": Falsification("approve", _edited("approval", _flip)),
    "approval_body": Falsification("approve", _edited("approval", _body)),
    "approval_resigned": Falsification("approve", _approval_with(lambda _body, wanted, _loot: wanted.body)),
    "approval_counter_replayed": Falsification("approve", _approval_with(_used_counter)),
    "approval_other_root": Falsification(
        "approve",
        _approval_with(
            lambda body, _w, _l: {"manifest_root": falsify.another_digest(str(body["manifest_root"]))}
        ),
    ),
    "approval_other_certificate": Falsification(
        "approve",
        _approval_with(
            lambda body, _w, _l: {
                "certificate_sha256": falsify.another_digest(str(body["certificate_sha256"]))
            }
        ),
    ),
    "approval_other_device": Falsification(
        "approve",
        _edited(
            "approval", lambda statement, _w, loot: falsify.of_another_device(statement, loot.sign_approval)
        ),
    ),
    "approval_other_key": Falsification(
        "approve",
        _edited(
            "approval", lambda statement, _w, loot: falsify.signed_again(statement, loot.sign_with_stranger)
        ),
    ),
    "approval_device_key": Falsification(
        "approve",
        _edited("approval", lambda statement, _w, loot: falsify.signed_again(statement, loot.sign_as_device)),
    ),
    "approval_replayed": Falsification("approve", _replayed("approval", lambda loot: loot.approvals)),
    "approval_oversize": Falsification(
        "approve",
        _edited("approval", lambda statement, _w, loot: falsify.oversized(statement, loot.sign_approval)),
    ),
    "choice_bit": Falsification("choose_code", _edited("choice", _flip)),
    "choice_body": Falsification("choose_code", _edited("choice", _body)),
    "choice_other_device": Falsification("choose_code", _edited("choice", _other_device)),
    "choice_replayed": Falsification("choose_code", _replayed("choice", lambda loot: loot.choices)),
    "choice_changed": Falsification("choose_code", _changed_choice, after=True),
    "refusal_bit": Falsification("refuse", _edited("refusal", _flip)),
    "refusal_other_device": Falsification("refuse", _edited("refusal", _other_device)),
    "refusal_after_approval": Falsification("approve", _refusal_after, after=True, sent_as="refuse"),
    "hello_other_device": Falsification("hello", _hello),
    "proof_other_device": Falsification("prove", _edited("statement", _other_device)),
    "pin_proof_replayed": Falsification("release_share", _replayed_proof),
    "chunk_duplicated": Falsification("signatures", lambda message, _w, _l: [message], always_honest=True),
    "chunk_reordered": Falsification("signatures", _chunks(_halves), always_honest=True),
    "chunk_replayed": Falsification("signatures", _chunks(_earlier_chunk)),
    "chunk_oversize": Falsification("signatures", _chunks(_too_many)),
    "message_oversize": Falsification("signatures", _too_long),
    "items_omitted": Falsification("signatures", _chunks(_without)),
    "items_extra": Falsification("signatures", _chunks(_with_extra)),
}
