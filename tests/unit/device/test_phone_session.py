"""The connection: who is believed, which keys are taken, how the clock is reckoned, how it comes back."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from mobile_app.device.interaction import ConnectionState
from mobile_app.errors import ServerRefused
from tests.unit.device.fake_server import b64, body_of, new_id
from tests.unit.device.phone_kit import Kit, wait_for


def start_warned(kit: Kit, code: str) -> None:
    kit.phone.start()
    assert kit.person.warnings.get(timeout=20).code == code
    assert kit.phone.connection == ConnectionState.REFUSED
    assert "waiting" not in kit.server.seen


@pytest.mark.parametrize("name", ["server_id", "device_id", "nonce", "phone_nonce"])
def test_a_hello_about_something_else_is_not_believed(unpaired: Kit, name: str):
    unpaired.pair()

    def falsify(answer):
        body = {
            **body_of(answer["statement"]),
            name: {"server_id": new_id("srv"), "device_id": new_id("dev")}.get(name, "A" * 43),
        }
        body.pop("version")
        return {**answer, "statement": unpaired.server.say("server_hello", body)}

    unpaired.server.spoil["prove"] = falsify
    start_warned(unpaired, "server_hello_wrong")


def test_another_servers_key_is_a_warning(unpaired: Kit):
    unpaired.pair()
    unpaired.server.key = Ed25519PrivateKey.generate()
    start_warned(unpaired, "server_key_unknown")


def test_keys_rotate_by_number_and_by_the_recovery_key(unpaired: Kit):
    unpaired.pair()
    unpaired.server.rotate()
    unpaired.server.rotate(unpaired.server.recovery)
    unpaired.online()
    assert unpaired.server.hello["key_counter"] == 1
    request = unpaired.server.ask()
    unpaired.offer(request)
    assert unpaired.complete(request).end_result == "ok"
    unpaired.restart()
    unpaired.online()
    assert unpaired.server.hello["key_counter"] == 3, "pinned for good"


def test_a_key_that_rotates_while_the_phone_is_connected(kit: Kit):
    kit.server.rotate()
    request = kit.server.ask()
    kit.offer(request)
    assert kit.complete(request).end_result == "ok"
    assert kit.person.warnings.empty()


def test_a_key_that_rotates_in_the_middle_of_a_request(kit: Kit):
    kit.person.on_decide = lambda request, attention: kit.server.rotate() if len(kit.person.views) == 1 else None
    request = kit.server.ask()
    kit.offer(request)
    assert kit.complete(request).end_result == "ok"
    assert kit.person.warnings.empty()
    assert kit.server.seen.count("prove") == 2


@pytest.mark.parametrize("what", ["skipped", "stranger", "other-server", "recovery-key"])
def test_a_rotation_that_leads_from_nowhere(unpaired: Kit, what: str):
    unpaired.pair()
    server = unpaired.server
    server.rotate(Ed25519PrivateKey.generate() if what == "stranger" else None)
    if what == "skipped":
        server.rotate()
        server.spoil["hello"] = lambda answer: {**answer, "key_rotations": answer["key_rotations"][1:]}
    if what in ("other-server", "recovery-key"):
        falsified = {"server_id": new_id("srv")}
        if what == "recovery-key":
            falsified = {"request_signing_key": b64(server.raw(server.recovery))}
        body = {**body_of(server.rotations[0]), **falsified}
        body.pop("version")
        server.spoil["hello"] = lambda answer: {
            **answer,
            "key_rotations": [server.say("key_rotation", body, server.recovery)],
        }
    code = "server_key_unknown" if what in ("skipped", "stranger") else "server_key_rotation_wrong"
    start_warned(unpaired, code)


def test_a_requests_envelope_stays_good_after_a_rotation(kit: Kit):
    """The statement digest names it; the old key signs nothing new."""
    kit.person.on_decide = lambda request, attention: attention.wait(60) if len(kit.person.views) == 1 else None
    request = kit.server.ask()
    kit.offer(request)
    wait_for(kit.person.asked.is_set)
    kit.server.rotate()
    kit.phone.close()
    kit.phone = kit._new_phone()
    kit.online()
    assert kit.complete(request).end_result == "ok"
    assert kit.person.warnings.empty()


def test_the_clocks_difference_is_measured_and_used(unpaired: Kit):
    unpaired.pair()
    unpaired.server.now = lambda: unpaired.clock.now() + 7200
    unpaired.online()
    wait_for(lambda: unpaired.person.states[-1] == ConnectionState.ONLINE)
    skew = unpaired.phone._run.session.skew_ms
    assert abs(skew - 7_200_000) < 2000
    request = unpaired.server.ask()
    unpaired.offer(request)
    assert unpaired.complete(request).end_result == "ok"


def test_a_server_that_is_away_is_tried_again(unpaired: Kit):
    unpaired.pair()
    unpaired.links.down = True
    unpaired.phone.start()
    wait_for(lambda: ConnectionState.OFFLINE in unpaired.person.states)
    unpaired.links.down = False
    wait_for(lambda: unpaired.phone.connection == ConnectionState.ONLINE)


def test_an_access_token_that_ran_out_is_proved_anew(kit: Kit):
    served = []
    get = kit.server.get

    def once(path, byte_range):
        if not served:
            served.append(path)
            raise_refusal()
        return get(path, byte_range)

    def raise_refusal():
        raise ServerRefused("session_invalid", {"status": 401})

    kit.server.get = once
    request = kit.server.ask()
    kit.offer(request)
    assert kit.complete(request).end_result == "ok"
    assert kit.server.seen.count("prove") == 2


def test_an_unknown_device_is_told_once(unpaired: Kit):
    unpaired.pair()
    unpaired.server.device = {}
    unpaired.phone.start()
    assert unpaired.person.problems.get(timeout=20)[0] == "device_unknown"
    assert unpaired.phone.connection == ConnectionState.REFUSED


def test_a_message_that_breaks_the_protocol_does_not_stop_the_phone(kit: Kit):
    for message in ({}, {"envelope": 1}, None, [], {"envelope": {"purpose": "x"}}):
        kit.links.sockets[-1].on_event("sign_request", message)
    kit.links.sockets[-1].on_event("unheard_of", {})
    assert kit.person.problems.get(timeout=20)[0] == "message_malformed"
    request = kit.server.ask()
    kit.offer(request)
    assert kit.complete(request).end_result == "ok"
