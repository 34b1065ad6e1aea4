"""Each falsification of a statement changes exactly what its name says, once, and nothing else."""

import pytest

from mobile_app.emulator.catalogue import CATALOGUE
from mobile_app.emulator.scenario import Tampering
from mobile_app.emulator.tampering.messages import FALSIFICATIONS
from mobile_app.errors import ServerRefused
from mobile_app.link.fields import octets
from tests.unit.emulator.emulator_fakes import (
    DEVICE,
    OTHER_REQUEST,
    REQUEST,
)
from tests.unit.emulator.tampering_bench import Bench, body, chunk, differing_fields, only_statement, verifies


def test_every_misbehaviour_of_the_link_has_its_falsification() -> None:
    assert set(FALSIFICATIONS) == {name for name, entry in CATALOGUE.items() if entry.layer == "link"}


# -- statements


@pytest.mark.parametrize(
    ("name", "fields", "verifying_key"),
    [
        ("approval_bit", set(), None),
        ("approval_body", {"item_count"}, None),
        ("approval_resigned", {"item_count"}, "approval"),
        ("approval_counter_replayed", {"counter"}, "approval"),
        ("approval_other_root", {"manifest_root"}, "approval"),
        ("approval_other_certificate", {"certificate_sha256"}, "approval"),
        ("approval_other_device", {"device_id"}, "approval"),
        ("approval_other_key", set(), None),
        ("approval_device_key", set(), "device"),
    ],
)
def test_an_approval_is_falsified_in_one_thing(
    name: str, fields: set[str], verifying_key: str | None
) -> None:
    bench = Bench(Tampering(name, body={"item_count": 4} if CATALOGUE[name].body else {}))
    true = bench.approval()
    bench.socket.call("approve", true)
    ((event, sent),) = bench.sent
    assert event == "approve"
    assert sent != true
    assert differing_fields(true, sent) == fields
    assert verifies(sent, bench.vault.keys.approval.public_key()) is (verifying_key == "approval")
    assert verifies(sent, bench.vault.device.public_key()) is (verifying_key == "device")
    assert bench.events.last("tampered")["how"] == name


def test_another_device_is_claimed_in_body_and_key_id_alike() -> None:
    bench = Bench(Tampering("approval_other_device"))
    bench.socket.call("approve", bench.approval())
    sent = bench.sent[0][1]
    assert only_statement(sent)["key_id"] == body(sent)["device_id"] != DEVICE


def test_a_flipped_bit_of_a_statement_leaves_all_but_one_bit_of_its_signature() -> None:
    bench = Bench(Tampering("approval_bit"))
    true = bench.approval()
    bench.socket.call("approve", true)
    before = octets(only_statement(true)["signature"], "", 0, 1000)
    after = octets(only_statement(bench.sent[0][1])["signature"], "", 0, 1000)
    assert sum((a ^ b).bit_count() for a, b in zip(before, after, strict=True)) == 1


def test_an_oversized_approval_says_the_same_and_is_well_signed() -> None:
    bench = Bench(Tampering("approval_oversize"))
    true = bench.approval()
    bench.socket.call("approve", true)
    sent = bench.sent[0][1]
    assert differing_fields(true, sent) == set()
    assert len(str(only_statement(sent)["body"])) > 512 * 1024
    assert verifies(sent, bench.vault.keys.approval.public_key())


def test_an_earlier_approval_is_replayed_to_the_letter() -> None:
    bench = Bench(Tampering("approval_replayed", request=2))
    bench.open_both()
    first, second = bench.approval(), bench.approval(OTHER_REQUEST, counter=8)
    bench.socket.call("approve", first)
    bench.socket.call("approve", second)
    assert [sent for _, sent in bench.sent] == [first, first]


def test_a_counter_of_an_earlier_approval_is_used_again() -> None:
    bench = Bench(Tampering("approval_counter_replayed", request=2))
    bench.open_both()
    bench.socket.call("approve", bench.approval(counter=41))
    bench.socket.call("approve", bench.approval(OTHER_REQUEST, counter=45))
    assert body(bench.sent[1][1])["counter"] == 41


def test_nothing_to_replay_is_said_and_the_true_message_goes_out() -> None:
    bench = Bench(Tampering("approval_replayed"))
    true = bench.approval()
    bench.socket.call("approve", true)
    assert bench.sent == [("approve", true)]
    assert bench.events.last("error")["code"] == "nothing_to_use"


def test_the_first_counter_of_all_cannot_have_been_used_before() -> None:
    bench = Bench(Tampering("approval_counter_replayed"))
    bench.socket.call("approve", bench.approval(counter=1))
    assert body(bench.sent[0][1])["counter"] == 1
    assert bench.events.names == ["error"]


def test_a_closed_key_signs_no_falsified_approval() -> None:
    bench = Bench(Tampering("approval_other_root"))
    bench.keys.close()
    true = bench.approval()
    bench.socket.call("approve", true)
    assert bench.sent == [("approve", true)]
    assert bench.vault.keys.closed


@pytest.mark.parametrize(
    ("name", "fields", "well_signed"),
    [
        ("choice_bit", set(), False),
        ("choice_body", {"code"}, False),
        ("choice_other_device", {"device_id"}, True),
    ],
)
def test_a_choice_is_falsified_in_one_thing(name: str, fields: set[str], well_signed: bool) -> None:
    bench = Bench(Tampering(name, body={"code": "0000"} if CATALOGUE[name].body else {}))
    true = bench.choice()
    bench.socket.call("choose_code", true)
    ((_, sent),) = bench.sent
    assert sent != true
    assert differing_fields(true, sent) == fields
    assert verifies(sent, bench.vault.device.public_key()) is well_signed


def test_another_choice_follows_the_first_and_the_phone_gets_the_first_answer() -> None:
    bench = Bench(Tampering("choice_changed"))
    bench.sockets.socket.answers["choose_code"] = ["verdict", ServerRefused("code_already_chosen")]
    true = bench.choice()
    assert bench.socket.call("choose_code", true) == "verdict"
    (_, first), (_, second) = bench.sent
    assert first == true
    assert differing_fields(true, second) == {"code"}
    assert body(second)["code"] == "0000"
    assert verifies(second, bench.vault.device.public_key())
    assert bench.events.last("tampered")["error"] == "code_already_chosen"


def test_an_earlier_choice_is_replayed_to_the_letter() -> None:
    bench = Bench(Tampering("choice_replayed", request=2))
    bench.open_both()
    first = bench.choice()
    bench.socket.call("choose_code", first)
    bench.socket.call("choose_code", bench.choice(OTHER_REQUEST))
    assert [sent for _, sent in bench.sent] == [first, first]


@pytest.mark.parametrize(
    ("name", "fields", "well_signed"),
    [
        ("refusal_bit", set(), False),
        ("refusal_other_device", {"device_id"}, True),
    ],
)
def test_a_refusal_is_falsified_in_one_thing(name: str, fields: set[str], well_signed: bool) -> None:
    bench = Bench(Tampering(name))
    true = bench.refusal()
    bench.socket.call("refuse", true)
    ((_, sent),) = bench.sent
    assert sent != true
    assert differing_fields(true, sent) == fields
    assert verifies(sent, bench.vault.device.public_key()) is well_signed


def test_a_refusal_follows_the_accepted_approval() -> None:
    bench = Bench(Tampering("refusal_after_approval"))
    bench.sockets.socket.answers["approve"] = ["acknowledged"]
    true = bench.approval()
    assert bench.socket.call("approve", true) == "acknowledged"
    assert [event for event, _ in bench.sent] == ["approve", "refuse"]
    refusal = bench.sent[1][1]
    assert bench.sent[0][1] == true
    assert only_statement(refusal)["purpose"] == "phoneseal.refusal.v1"
    assert only_statement(refusal)["key_id"] == DEVICE
    assert body(refusal) == {
        "version": 1,
        "request_id": REQUEST,
        "envelope_sha256": "aa",
        "device_id": DEVICE,
        "end_result": "user_refused",
        "reason": "",
        "detail": "",
        "refused_at": 5,
    }
    assert verifies(refusal, bench.vault.device.public_key())


def test_hello_and_proof_claim_another_device_once() -> None:
    bench = Bench(Tampering("hello_other_device"), Tampering("proof_other_device"))
    hello = {"versions": [1], "device_id": DEVICE}
    proof = {"statement": bench.statement("phoneseal.device_hello.v1", {"version": 1, "device_id": DEVICE})}
    for _ in range(2):
        bench.socket.call("hello", hello)
        bench.socket.call("prove", proof)
    claimed = [sent for _, sent in bench.sent]
    assert claimed[0] == {"versions": [1], "device_id": DEVICE[:-1] + "0"}
    assert differing_fields(claimed[1], proof) == {"device_id"}
    assert verifies(claimed[1], bench.vault.device.public_key())
    assert claimed[2:] == [hello, proof]


def test_an_earlier_pin_proof_is_replayed_once() -> None:
    bench = Bench(Tampering("pin_proof_replayed"))
    proofs = [{"nonce": str(n), "proof": str(n)} for n in range(3)]
    for proof in proofs:
        bench.socket.call("release_share", proof)
    assert [sent for _, sent in bench.sent] == [proofs[0], proofs[0], proofs[2]]


# -- what follows


def test_stop_gives_the_core_what_the_server_said_to_the_false_message() -> None:
    bench = Bench(Tampering("approval_bit"))
    bench.sockets.socket.answers["approve"] = [ServerRefused("signature_invalid")]
    with pytest.raises(ServerRefused, match="signature_invalid"):
        bench.socket.call("approve", bench.approval())
    assert len(bench.sent) == 1


def test_honest_sends_the_true_message_too() -> None:
    bench = Bench(Tampering("approval_bit", then="honest"))
    bench.sockets.socket.answers["approve"] = [ServerRefused("signature_invalid"), "acknowledged"]
    true = bench.approval()
    assert bench.socket.call("approve", true) == "acknowledged"
    assert bench.sent[1] == ("approve", true)


def test_a_retry_of_the_core_goes_through_untouched() -> None:
    bench = Bench(Tampering("approval_bit"))
    true = bench.approval()
    bench.socket.call("approve", true)
    bench.socket.call("approve", true)
    assert bench.sent[1] == ("approve", true)


def test_only_the_named_request_is_touched() -> None:
    bench = Bench(Tampering("approval_bit", request=2))
    bench.open_both()
    first, second = bench.approval(), bench.approval(OTHER_REQUEST)
    bench.socket.call("approve", first)
    bench.socket.call("approve", second)
    assert bench.sent[0] == ("approve", first)
    assert bench.sent[1] != ("approve", second)


def test_the_servers_statements_are_told_opened() -> None:
    bench = Bench(Tampering("chunk_duplicated"))
    bench.sockets.socket.answers["signatures"] = [
        {"receipt": {"purpose": "p", "key_id": "k", "body": '{"accepted": 2}', "signature": "s"}},
        "true",
    ]
    bench.socket.call("signatures", chunk([(0, b"a")]))
    assert bench.events.last("tampered")["answer"] == {"receipt": {"accepted": 2}}
