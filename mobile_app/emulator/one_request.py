"""The commands about requests: list, history, approve, refuse. The phone connects, does the one thing and
goes.
"""

import json
import time
from collections.abc import Callable

from mobile_app.device.interaction import ConnectionState, PendingRequest, UserInteraction
from mobile_app.emulator.events import Teller
from mobile_app.emulator.expectations import ExitCode, Watch
from mobile_app.emulator.invocation import Invocation
from mobile_app.emulator.phone import EmulatedPhone
from mobile_app.emulator.scenario import Answer, CodeRule, Expectation, Scenario, Untick
from mobile_app.emulator.scripted_person import ScriptedPerson
from mobile_app.emulator.table_reader import ScenarioError
from mobile_app.errors import LinkError, Refused, VaultError

POLL_SECONDS = 0.05
SETTLE_SECONDS = 0.3
"""Requests are taken in one after another: how long after the first the last may come."""


def connect(phone: EmulatedPhone, seconds: float) -> None:
    """Raises VaultError("not_paired"), LinkError("server_not_reached"), Refused("refused_by_server")."""
    if phone.device.identity is None:
        raise VaultError("not_paired", {"profile": phone.name})
    phone.device.start()
    until = time.monotonic() + seconds
    while phone.device.connection is not ConnectionState.ONLINE:
        if phone.device.connection is ConnectionState.REFUSED:
            raise Refused("refused_by_server")
        if phone.device.connection is ConnectionState.FROZEN:
            raise Refused("device_frozen")
        if time.monotonic() > until:
            raise LinkError("server_not_reached")
        time.sleep(POLL_SECONDS)


def list_pending(invocation: Invocation) -> ExitCode:
    phone = invocation.phone(Scenario(), _nobody(Scenario()))
    try:
        connect(phone, invocation.options.wait)
        phone.screen.listed.wait(invocation.options.wait)
        time.sleep(SETTLE_SECONDS)  # arrivals tell themselves as events
    finally:
        phone.close()
    return ExitCode.PLAYED


def history(invocation: Invocation) -> ExitCode:
    phone = invocation.phone(Scenario(), _nobody(Scenario()))
    try:
        if invocation.options.evidence:
            _write_evidence(invocation, phone)
            return ExitCode.PLAYED
        for entry in phone.device.history(limit=invocation.options.limit, text=invocation.options.text):
            phone.teller.tell(
                "finished_request",
                request_id=entry.result.request_id,
                state=entry.result.state,
                end_result=entry.result.end_result,
                requester=entry.relying_party_name,
                requested_by=entry.requested_by,
                items=entry.item_count,
                items_signed=entry.result.items_signed,
                items_refused=entry.result.items_refused,
                items_failed=entry.result.items_failed,
                finished_at=entry.finished_at,
                audit_sequence=entry.audit_sequence,
            )
    finally:
        phone.close()
    return ExitCode.PLAYED


def _write_evidence(invocation: Invocation, phone: EmulatedPhone) -> None:
    try:
        kept = phone.device.evidence(invocation.options.evidence)
    except KeyError:
        raise ScenarioError(
            [f"--evidence: this phone keeps nothing about {invocation.options.evidence}"]
        ) from None
    shown = {
        "request_id": kept.request_id,
        "statements": {name: json.loads(text) for name, text in kept.statements.items()},
        "documents": [dict(document) for document in kept.documents],
    }
    invocation.stdout.write(json.dumps(shown, ensure_ascii=False, indent=2) + "\n")


def approve(invocation: Invocation) -> ExitCode:
    options = invocation.options
    untick = tuple(sorted((_untick(word) for word in options.untick), key=lambda one: one.position))
    if options.code or options.codes_from:
        code = CodeRule("value", options.code) if options.code else CodeRule("right")
        pin = invocation.pin_or_ask("pin").decode("ascii", "replace")
        scenario = Scenario(answers=(Answer("approve", code=code, untick=untick),), pin=pin)
        return _answer(invocation, scenario, _nobody(scenario, invocation))
    if untick:
        raise ScenarioError(
            ["--untick needs --code or --codes-from; without them you decide at the terminal"]
        )
    return _answer(invocation, Scenario(), invocation.terminal_person)


def refuse(invocation: Invocation) -> ExitCode:
    scenario = Scenario(answers=(Answer("refuse", reason=invocation.options.reason[:500]),))
    return _answer(invocation, scenario, _nobody(scenario))


def _answer(
    invocation: Invocation, scenario: Scenario, person: Callable[[Teller], UserInteraction]
) -> ExitCode:
    phone = invocation.phone(scenario, person)
    try:
        connect(phone, invocation.options.wait)
        request = _await_request(phone, invocation.options.request, invocation.options.wait)
        watch = Watch((Expectation("outcome", {"request_id": request.request_id}),))
        phone.teller.add_sink(watch)
        phone.device.open_request(request.request_id)
        watch.wait(invocation.options.wait)
        return watch.exit_code
    finally:
        phone.close()


def _await_request(phone: EmulatedPhone, wanted: str, seconds: float) -> PendingRequest:
    until = time.monotonic() + seconds
    while True:
        found = [
            one for one in phone.device.pending() if wanted == "oldest" or one.request_id.startswith(wanted)
        ]
        if wanted == "oldest" and found:
            return found[0]
        if len(found) == 1:
            return found[0]
        if len(found) > 1:
            raise ScenarioError([f"REQUEST: {wanted} is the beginning of {len(found)} requests"])
        if time.monotonic() > until:
            raise ScenarioError([f"REQUEST: no request {wanted} is waiting for this phone"])
        time.sleep(POLL_SECONDS)


def _nobody(scenario: Scenario, invocation: Invocation | None = None) -> Callable[[Teller], UserInteraction]:
    """A person who does just what the command says."""

    def make(teller: Teller) -> UserInteraction:
        if invocation is None:
            return ScriptedPerson(scenario, "", _NoTime(), teller)
        return ScriptedPerson(
            scenario, "", invocation.surroundings.clock, teller, invocation.options.codes_from
        )

    return make


class _NoTime:
    """The clock of somebody who never waits."""

    def now(self) -> float:
        return 0.0


def _untick(word: str) -> Untick:
    position, _, reason = word.partition("=")
    if not position.isdecimal():
        raise ScenarioError([f"--untick: {word!r} does not begin with a position"])
    return Untick(int(position), reason[:500])
