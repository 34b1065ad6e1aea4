"""A phone's socket without the socket: who may ask what, and in which order."""

import secrets
from unittest import mock

import pytest

from server.app import COUNTER_SETTING
from server.signing.sign_request import State
from server.sockets.device_events import BURST, NONCE_LIFETIME, PATIENCE, STRANGERS_SHARE
from server.statements import b64, read_statement, unb64
from tests.unit.server.builders import body_of, framed
from tests.unit.server.pairing_kit import NewPhone, confirmed, device_approval
from tests.unit.server.phone_line import Line
from tests.unit.server.test_release_share import proof
from tests.unit.server.world import World


@pytest.fixture
def line(world: World) -> Line:
    return Line(world).prove()


AFTER = (
    *("waiting", "opened", "choose_code", "pin_challenge", "release_share", "change_pin", "approve", "refuse"),
    *("signatures", "resume", "approve_device", "freeze", "unpair"),
    *("finish_pin_change", "devices", "blocked", "block", "unblock", "push_gateway", "set_push"),
)


def test_every_event_of_the_page_is_answered(world: World) -> None:
    assert set(Line(world).events.events) == {"hello", "prove", *AFTER}


@pytest.mark.parametrize("event", AFTER)
def test_nothing_is_answered_before_the_proof(world: World, event: str) -> None:
    line = Line(world)
    assert line.error(event, {}) == "not_proved"
    line.hello()
    assert line.error(event, {}) == "not_proved"


def test_the_proof_opens_the_line(world: World) -> None:
    line = Line(world)
    told = line.hello()
    assert (told["version"], told["key_rotations"]) == (1, [])
    assert told["server_time"] == int(world.clock.now() * 1000)
    answer = line.ok("prove", line.proof(told["nonce"]))
    assert world.app.prove_device.by_token(answer["access_token"]).device_id == world.phone.device_id
    assert body_of(read_statement(answer["statement"]))["nonce"] == told["nonce"]
    assert line.proved == [line.socket]
    assert line.ok("waiting", {}) == {"requests": []}


def test_a_nonce_serves_once(world: World) -> None:
    line = Line(world)
    message = line.proof(line.hello()["nonce"])
    line.ok("prove", message)
    assert line.error("prove", message) == "proof_invalid"
    assert line.error("prove", {"statement": {}}) == "bad_message"


def test_a_failed_proof_spends_the_nonce_too(world: World) -> None:
    line = Line(world)
    nonce = line.hello()["nonce"]
    wrong = line.proof(b64(bytes(32)))
    assert line.error("prove", wrong) == "statement_mismatch"
    assert line.error("prove", line.proof(nonce)) == "proof_invalid"
    assert line.socket.device is None


def test_prove_before_hello(world: World) -> None:
    line = Line(world)
    line.phone_nonce = b64(bytes(32))
    assert line.error("prove", line.proof(b64(bytes(32)))) == "proof_invalid"


def test_an_old_proof_on_a_new_connection(world: World) -> None:
    first, second = Line(world), Line(world)
    message = first.proof(first.hello()["nonce"])
    first.ok("prove", message)
    second.hello()
    assert second.error("prove", message) == "statement_mismatch"


def test_hello_in_another_phones_name(two_phones: World) -> None:
    world = two_phones
    line = Line(world)
    nonce = line.hello(device_id=world.phones[1].device_id)["nonce"]
    assert line.error("prove", line.proof(nonce)) == "proof_invalid"


def test_a_connection_belongs_to_one_phone(two_phones: World) -> None:
    """A phone renews its session on a living connection, but never becomes another one there."""
    world = two_phones
    line = Line(world).prove()
    first_nonce = line.hello()["nonce"]
    line.ok("prove", line.proof(first_nonce))
    message = {"versions": [1], "phone_nonce": b64(bytes(32)), "app_version": "1", "platform": "x", "key_counter": 1}
    assert line.error("hello", message | {"device_id": world.phones[1].device_id}) == "bad_message"
    assert line.ok("waiting", {}) == {"requests": []}
    assert line.socket.device_id == line.phone.device_id


def test_unknown_events(line: Line) -> None:
    assert line.error("no_such_event", {}) == "bad_message"


def test_too_many_events(line: Line) -> None:
    with mock.patch("server.sockets.event_bucket.time.monotonic", return_value=1e6):
        codes = [next(iter(line.say("waiting", {}))) for _ in range(int(BURST))]
        assert set(codes) == {"ok"}
        assert line.error("waiting", {}) == "too_many_events"
    with mock.patch("server.sockets.event_bucket.time.monotonic", return_value=1e6 + 1):
        assert set(line.say("waiting", {})) == {"ok"}


def test_who_goes_on_asking_is_cut_off(world: World, line: Line, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    stranger = Line(world)
    with mock.patch("server.sockets.event_bucket.time.monotonic", return_value=1e6):
        for _ in range(int(BURST / STRANGERS_SHARE)):
            stranger.error("forged\nline", {})
            assert not stranger.socket.misbehaves()
        stranger.error("forged\nline", {})
        assert stranger.socket.misbehaves(), "nobody has proved it: at once"
        for _ in range(int(PATIENCE)):
            line.say("waiting", {})
        assert not line.socket.misbehaves()
        line.say("waiting", {})
        assert line.socket.misbehaves(), "a phone has been told often enough"
    told = [record.getMessage() for record in caplog.records if "too_many_events" in record.getMessage()]
    assert len(told) == 2, "one line for each connection"
    assert "forged" not in caplog.text


def test_a_bug_of_ours_is_internal_with_nothing_inside(line: Line) -> None:
    with mock.patch.object(line.world.app.push_request.__class__, "waiting", side_effect=KeyError("secret")):
        assert line.say("waiting", {}) == {"error": {"code": "internal", "message": "", "details": {}}}


def test_the_whole_way_over_events(line: Line) -> None:
    world, phone = line.world, line.phone
    request = world.offered(2)
    [waiting] = line.ok("waiting", {})["requests"]
    assert (waiting["state"], waiting["verdict"], waiting["acknowledgement"]) == ("QUEUED", None, None)
    offer = world.offer(request)
    named = {"request_id": request.request_id, "envelope_sha256": offer.envelope_sha256}
    assert line.ok("opened", named) == {"state": "OPENED"}
    choice = phone.choice(offer, request.verification_code)
    assert (
        body_of(read_statement(line.ok("choose_code", {"choice": choice.to_json()})["verdict"]))["verdict"] == "right"
    )
    nonce = line.challenge()
    share = line.ok("release_share", {"nonce": b64(nonce), "proof": b64(proof(phone, nonce))})
    assert unb64(share["vault_share"]) == phone.vault_share
    approval = phone.approval(offer, request.verification_code)
    acknowledged = line.ok("approve", {"approval": approval.to_json()})["acknowledgement"]
    assert body_of(read_statement(acknowledged))["statement_sha256"] == approval.digest.hex()
    values = framed(world.values(request))
    message = {"request_id": request.request_id, "approval_sha256": approval.digest.hex(), "values": values}
    assert body_of(read_statement(line.ok("signatures", message)["receipt"]))["accepted"] == 2
    world.work()
    resumed = line.ok("resume", {"request_id": request.request_id})
    assert (resumed["state"], resumed["missing"]) == ("COMPLETED", [])
    assert body_of(read_statement(resumed["outcome"]))["items_signed"] == 2


def test_refusing_over_events(line: Line) -> None:
    request = line.world.offered()
    refusal = line.phone.refusal(line.world.offer(request))
    outcome = body_of(read_statement(line.ok("refuse", {"refusal": refusal.to_json()})["outcome"]))
    assert (outcome["state"], outcome["end_result"]) == ("REFUSED", "user_refused")


def test_a_request_that_this_phone_was_not_offered_is_unknown(two_phones: World) -> None:
    world = two_phones
    first, second = world.phones
    world.app.end_device.freeze(second.device_id, "test")
    request = world.offered()
    offer = world.offer(request, first)
    world.app.end_device.thaw(second.device_id, "test")
    line = Line(world, second).prove()
    named = {"request_id": request.request_id, "envelope_sha256": offer.envelope_sha256}
    assert line.error("opened", named) == "request_unknown"
    assert line.error("resume", {"request_id": request.request_id}) == "request_unknown"
    choice = second.choice(offer, request.verification_code).to_json()
    assert line.error("choose_code", {"choice": choice}) == "request_unknown"
    approval = second.approval(offer, request.verification_code).to_json()
    assert line.error("approve", {"approval": approval}) == "request_unknown"
    assert line.error("refuse", {"refusal": second.refusal(offer).to_json()}) == "request_unknown"
    values = {"request_id": request.request_id, "approval_sha256": "0" * 64, "values": framed([(0, b"x")])}
    assert line.error("signatures", values) == "request_unknown"
    assert world.state(request) is State.QUEUED


def test_statements_of_another_phone_on_this_line(two_phones: World) -> None:
    world = two_phones
    first, second = world.phones
    request = world.offered()
    line = Line(world, second).prove()
    offer = world.offer(request, first)
    choice = first.choice(offer, request.verification_code).to_json()
    assert line.error("choose_code", {"choice": choice}) == "statement_signature_invalid"
    freeze = first.say("phoneseal.freeze.v1", {"version": 1, "device_id": first.device_id, "at": 1}).to_json()
    assert line.error("freeze", {"statement": freeze}) == "statement_signature_invalid"


def test_events_in_the_wrong_state(line: Line) -> None:
    world, phone = line.world, line.phone
    request = world.offered()
    offer = world.offer(request)
    approval = phone.approval(offer, request.verification_code).to_json()
    assert line.error("approve", {"approval": approval}) == "code_not_chosen"
    values = {"request_id": request.request_id, "approval_sha256": "0" * 64, "values": framed([(0, b"x")])}
    assert line.error("signatures", values) == "approval_unknown"
    world.app.cancel_request(request.request_id, "test")
    named = {"request_id": request.request_id, "envelope_sha256": offer.envelope_sha256}
    assert line.error("opened", named) == "request_over"
    choice = phone.choice(offer, request.verification_code).to_json()
    assert line.error("choose_code", {"choice": choice}) == "request_over"
    assert line.error("approve", {"approval": approval}) == "request_over"
    assert line.error("refuse", {"refusal": phone.refusal(offer).to_json()}) == "request_over"


def test_a_challenge_serves_once_soon_and_here(line: Line) -> None:
    phone = line.phone
    nonce = line.challenge()
    wrong = {"nonce": b64(nonce), "proof": b64(bytes(32))}
    right = {"nonce": b64(nonce), "proof": b64(proof(phone, nonce))}
    answer = line.say("release_share", wrong)["error"]
    assert (answer["code"], answer["details"]) == ("wrong_pin", {"tries_left": 5, "retry_after": 0})
    assert line.error("release_share", right) == "challenge_unknown", "a wrong try spends it"
    late = line.challenge()
    line.world.clock.advance(NONCE_LIFETIME)
    assert line.error("release_share", {"nonce": b64(late), "proof": b64(proof(phone, late))}) == "challenge_unknown"
    elsewhere = Line(line.world).prove().challenge()
    message = {"nonce": b64(elsewhere), "proof": b64(proof(phone, elsewhere))}
    assert line.error("release_share", message) == "challenge_unknown"
    invented = {"nonce": b64(bytes(32)), "proof": b64(proof(phone, bytes(32)))}
    assert line.error("release_share", invented) == "challenge_unknown"
    with line.world.app.store.read() as tx:
        assert tx.devices.get(phone.device_id).wrong_pins == 1


def test_unspent_challenges_do_not_pile_up(line: Line) -> None:
    for _ in range(50):
        line.challenge()
    assert len(line.socket.challenges) <= 8


def test_changing_the_pin_over_events(line: Line) -> None:
    nonce = line.challenge()
    share, key = secrets.token_bytes(32), secrets.token_bytes(32)
    message = {
        "nonce": b64(nonce),
        "proof": b64(proof(line.phone, nonce)),
        "vault_share": b64(share),
        "pin_proof_key": b64(key),
        "change_id": b64(bytes(32)),
    }
    assert line.ok("change_pin", message) == {"prepared": True}
    assert line.ok("finish_pin_change", {"change_id": b64(bytes(32))}) == {"changed": True}
    line.phone.pin_proof_key = key
    nonce = line.challenge()
    released = line.ok("release_share", {"nonce": b64(nonce), "proof": b64(proof(line.phone, nonce))})
    assert unb64(released["vault_share"]) == share


@pytest.mark.parametrize(("event", "told"), [("freeze", "frozen"), ("unpair", "unpaired")])
def test_the_phone_ends_itself(line: Line, event: str, told: str) -> None:
    fields = {"version": 1, "device_id": line.phone.device_id, "at": 1}
    other = "phoneseal.unpair.v1" if event == "freeze" else "phoneseal.freeze.v1"
    assert line.error(event, {"statement": line.phone.say(other, fields).to_json()}) == "bad_message"
    assert line.ok(event, {"statement": line.phone.say(f"phoneseal.{event}.v1", fields).to_json()}) == {told: True}
    nonce = b64(bytes(32))
    assert line.error("release_share", {"nonce": nonce, "proof": nonce}) == "challenge_unknown"
    again = Line(line.world)
    assert again.error("prove", again.proof(again.hello()["nonce"])) == f"device_{told}"


def test_approving_a_new_phone_over_events(line: Line) -> None:
    world = line.world
    _, pairing = confirmed(world.app, world.subscriber_id, NewPhone())
    [asked] = line.events.approvals_wanted(line.phone.device_id)
    assert body_of(asked)["pairing_id"] == pairing.pairing_id
    word = device_approval(line.phone, pairing)
    assert line.ok("approve_device", {"statement": word.to_json()}) == {"state": "complete"}


def test_a_phone_that_lost_key_rotations_gets_them_in_order(world: World) -> None:
    for counter in (1, 2, 3):
        statement = world.app.keys.rotate(counter, world.clock.now())
        with world.app.store.write() as tx:
            tx.devices.add_rotation(counter + 1, statement, world.clock.now())
            tx.settings.set(COUNTER_SETTING, str(counter + 1))
    world.app = world.restarted()  # which signs with the last of them
    line = Line(world)
    told = [body_of(read_statement(one))["counter"] for one in line.hello(key_counter=2)["key_rotations"]]
    assert told == [3, 4]


def test_a_stranger_may_ask_a_tenth_as_often(world: World) -> None:
    line = Line(world)
    with mock.patch("server.sockets.event_bucket.time.monotonic", return_value=1e6):
        for _ in range(int(BURST / STRANGERS_SHARE)):
            line.hello()
        message = {"versions": [1], "phone_nonce": b64(bytes(32)), "app_version": "1", "platform": "x", "key_counter": 1}
        assert line.error("hello", message | {"device_id": world.phone.device_id}) == "too_many_events"
