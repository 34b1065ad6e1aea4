"""Each falsification changes exactly what its name says, once, and nothing else."""

import json
from collections.abc import Mapping

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from mobile_app.device.statements import pae
from mobile_app.emulator.catalogue import CATALOGUE
from mobile_app.emulator.scenario import Tampering
from mobile_app.emulator.tampering.falsify import flip_bit, read_values
from mobile_app.emulator.tampering.link import SpoiltSockets, WatchedWeb
from mobile_app.emulator.tampering.loot import Loot
from mobile_app.emulator.tampering.messages import FALSIFICATIONS
from mobile_app.emulator.tampering.vault import SpoiltVault, sign_with_another_key
from mobile_app.errors import ServerRefused
from mobile_app.link.fields import encode_bytes, octets
from mobile_app.link.wire import pack_values
from tests.unit.emulator.emulator_fakes import (
    DEVICE,
    OTHER_REQUEST,
    REQUEST,
    FakeSockets,
    FakeVault,
    FakeWeb,
    make_teller,
)

Message = Mapping[str, object]


class Bench:
    """A spoilt phone with open keys, and what it sends."""

    def __init__(self, *tampering: Tampering) -> None:
        self.vault = FakeVault()
        self.loot = Loot(self.vault, tampering)
        teller, self.events = make_teller()
        self.spoilt_vault = SpoiltVault(self.vault, self.loot, teller)
        self.sockets = FakeSockets()
        self.web = FakeWeb()
        self.spoilt_web = WatchedWeb(self.web, self.loot).open("")
        self.socket = SpoiltSockets(self.sockets, self.loot, teller).connect(
            "", lambda *_: None, lambda: None
        )
        self.spoilt_vault.sign_as_device("vault", b"prove")
        self.keys = self.spoilt_vault.attempt("vault", bytearray(b"1")).unlock(b"")

    def open_both(self) -> None:
        for request_id in (REQUEST, OTHER_REQUEST):
            self.socket.call("resume", {"request_id": "sr_01jd5g000000000000000000zz"})
            self.socket.call("opened", {"request_id": request_id, "envelope_sha256": "aa"})
        self.sent.clear()

    @property
    def sent(self) -> list[tuple[str, Message]]:
        return self.sockets.socket.sent

    def statement(self, purpose: str, body: dict[str, object], sign: str = "device") -> dict[str, object]:
        text = json.dumps(body)
        message = pae(purpose, text.encode())
        signature = (
            self.vault.keys.sign_approval(message)
            if sign == "approval"
            else self.vault.sign_as_device("", message)
        )
        return {"purpose": purpose, "key_id": DEVICE, "body": text, "signature": encode_bytes(signature)}

    def approval(self, request_id: str = REQUEST, counter: int = 7) -> dict[str, object]:
        body: dict[str, object] = {
            "version": 1,
            "request_id": request_id,
            "device_id": DEVICE,
            "envelope_sha256": "aa",
            "item_count": 3,
            "manifest_root": "ab" * 32,
            "certificate_sha256": "cd" * 32,
            "approved_at": 5,
            "counter": counter,
        }
        return {"approval": self.statement("phoneseal.approval.v1", body, "approval")}

    def choice(self, request_id: str = REQUEST) -> dict[str, object]:
        body: dict[str, object] = {
            "version": 1,
            "request_id": request_id,
            "device_id": DEVICE,
            "code": "9999",
        }
        return {"choice": self.statement("phoneseal.code_choice.v1", body)}

    def refusal(self) -> dict[str, object]:
        body: dict[str, object] = {
            "version": 1,
            "request_id": REQUEST,
            "device_id": DEVICE,
            "end_result": "user_refused",
        }
        return {"refusal": self.statement("phoneseal.refusal.v1", body)}

    def see_manifest(self, dtbs: list[bytes], request_id: str = REQUEST) -> None:
        self.web.json = {
            "items": [
                {
                    "position": n,
                    "signature_algorithm": "ecdsa_p256_sha256",
                    "signed_attributes": encode_bytes(message),
                }
                for n, message in enumerate(dtbs)
            ]
        }
        self.spoilt_web.get_json(f"/device/requests/{request_id}/manifest?from=0&count=500", "t", max_bytes=1)


def only_statement(message: Message) -> dict[str, object]:
    (statement,) = message.values()
    assert isinstance(statement, dict)
    return statement


def body(message: Message) -> dict[str, object]:
    found = json.loads(str(only_statement(message)["body"]))
    assert isinstance(found, dict)
    return found


def verifies(message: Message, key: ec.EllipticCurvePublicKey) -> bool:
    statement = only_statement(message)
    signature = octets(statement["signature"], "signature", 0, 1000)
    try:
        key.verify(
            signature,
            pae(str(statement["purpose"]), str(statement["body"]).encode()),
            ec.ECDSA(hashes.SHA256()),
        )
    except InvalidSignature:
        return False
    return True


def differing_fields(one: Message, other: Message) -> set[str]:
    first, second = body(one), body(other)
    assert first.keys() == second.keys()
    return {name for name in first if first[name] != second[name]}


def test_every_misbehaviour_of_the_link_has_its_falsification() -> None:
    assert set(FALSIFICATIONS) == {name for name, entry in CATALOGUE.items() if entry.layer == "link"}


# -- statements
# --------------------------------------------------------------------------------------------------


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
# --------------------------------------------------------------------------------------------------


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


# -- chunks
# --------------------------------------------------------------------------------------------------------

VALUES = [(0, b"a" * 70), (2, b"b" * 71), (3, b""), (7, b"c" * 72)]


def chunk(values: list[tuple[int, bytes]], request_id: str = REQUEST) -> dict[str, object]:
    return {"request_id": request_id, "approval_sha256": "ee", "values": pack_values(values)}


def values_sent(bench: Bench) -> list[list[tuple[int, bytes]]]:
    found = []
    for _, message in bench.sent:
        raw = message["values"]
        assert isinstance(raw, bytes)
        found.append(read_values(raw))
    return found


def test_values_are_read_as_they_are_packed() -> None:
    assert read_values(pack_values(VALUES)) == VALUES


@pytest.mark.parametrize(
    ("tampering", "expected"),
    [
        (Tampering("chunk_duplicated"), [VALUES, VALUES]),
        (Tampering("chunk_reordered"), [VALUES[2:], VALUES[:2], VALUES]),
        (Tampering("items_omitted", positions=(2, 7)), [[VALUES[0], VALUES[2]]]),
        (Tampering("items_omitted"), [[]]),
        (
            Tampering("items_extra", positions=(1, 9)),
            [[VALUES[0], (1, VALUES[0][1]), *VALUES[1:], (9, VALUES[0][1])]],
        ),
    ],
)
def test_a_chunk_is_falsified_in_one_thing(
    tampering: Tampering, expected: list[list[tuple[int, bytes]]]
) -> None:
    bench = Bench(tampering)
    bench.socket.call("signatures", chunk(VALUES))
    assert values_sent(bench) == expected
    assert all(
        message["request_id"] == REQUEST and message["approval_sha256"] == "ee" for _, message in bench.sent
    )


def test_an_extra_value_stands_behind_the_last_item_that_was_approved() -> None:
    bench = Bench(Tampering("items_extra"))
    bench.socket.call("approve", bench.approval())
    bench.sent.clear()
    bench.socket.call("signatures", chunk([(0, b"a"), (1, b"b")]))
    assert values_sent(bench) == [[(0, b"a"), (1, b"b"), (3, b"a")]]


def test_an_earlier_chunk_goes_out_under_the_new_request() -> None:
    bench = Bench(Tampering("chunk_replayed", request=2))
    bench.open_both()
    bench.socket.call("signatures", chunk([(0, b"old")]))
    bench.socket.call("signatures", chunk([(0, b"new")], OTHER_REQUEST))
    assert values_sent(bench) == [[(0, b"old")], [(0, b"old")]]
    assert bench.sent[1][1]["request_id"] == OTHER_REQUEST


def test_too_many_items_are_one_more_than_allowed() -> None:
    bench = Bench(Tampering("chunk_oversize"))
    bench.socket.call("signatures", chunk(VALUES))
    (values,) = values_sent(bench)
    assert len(values) == 201
    assert values[:4] == VALUES
    assert [position for position, _ in values] == sorted({position for position, _ in values})


def test_too_long_a_message_is_more_than_a_mebibyte() -> None:
    bench = Bench(Tampering("message_oversize"))
    bench.socket.call("signatures", chunk(VALUES))
    raw = bench.sent[0][1]["values"]
    assert isinstance(raw, bytes)
    assert len(raw) == (1 << 20) + 1
    assert raw.startswith(pack_values(VALUES))


# -- signature values
# ----------------------------------------------------------------------------------------------

DTBS = [bytes([n]) * 120 for n in range(4)]


def good(bench: Bench, value: bytes, message: bytes) -> bool:
    try:
        bench.vault.keys.signing.public_key().verify(value, message, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


@pytest.mark.parametrize("name", ["signature_bit", "signature_other_key", "signature_other_attributes"])
def test_only_the_values_at_the_named_positions_are_false(name: str) -> None:
    bench = Bench(Tampering(name, positions=(1, 3)))
    bench.see_manifest(DTBS)
    values = bench.keys.sign(DTBS)
    assert [good(bench, value, message) for value, message in zip(values, DTBS, strict=True)] == [
        True,
        False,
        True,
        False,
    ]
    assert [event.fields["position"] for event in bench.events.events] == [1, 3]


def test_without_positions_every_value_is_false() -> None:
    bench = Bench(Tampering("signature_bit"))
    bench.see_manifest(DTBS)
    assert not any(good(bench, v, m) for v, m in zip(bench.keys.sign(DTBS), DTBS, strict=True))


def test_a_value_over_other_attributes_is_by_the_right_key() -> None:
    bench = Bench(Tampering("signature_other_attributes", positions=(0,)))
    bench.see_manifest(DTBS)
    assert good(bench, bench.keys.sign(DTBS)[0], flip_bit(DTBS[0]))


def test_two_values_change_places_across_calls_too() -> None:
    bench = Bench(Tampering("signature_swapped", positions=(0, 2)))
    bench.see_manifest(DTBS)
    values = bench.keys.sign(DTBS[:2]) + bench.keys.sign(DTBS[2:])
    assert good(bench, values[0], DTBS[2])
    assert good(bench, values[2], DTBS[0])
    assert good(bench, values[1], DTBS[1])
    assert good(bench, values[3], DTBS[3])


def test_values_of_another_request_stay_true() -> None:
    bench = Bench(Tampering("signature_bit", request=2))
    bench.see_manifest(DTBS)
    assert all(good(bench, v, m) for v, m in zip(bench.keys.sign(DTBS), DTBS, strict=True))


@pytest.mark.parametrize(
    "algorithm", ["rsa_pkcs1_sha256", "rsa_pss_sha256", "ecdsa_p256_sha256", "ecdsa_p384_sha384"]
)
def test_a_strange_key_of_each_algorithm_makes_a_value(algorithm: str) -> None:
    assert 60 <= len(sign_with_another_key(algorithm, b"message")) <= 256


def test_a_phone_without_tampering_is_an_honest_phone() -> None:
    bench = Bench()
    bench.see_manifest(DTBS)
    messages: list[tuple[str, Message]] = [
        ("hello", {"device_id": DEVICE}),
        ("choose_code", bench.choice()),
        ("approve", bench.approval()),
        ("refuse", bench.refusal()),
        ("signatures", chunk(VALUES)),
        ("release_share", {"nonce": "n"}),
    ]
    for event, message in messages:
        bench.socket.call(event, message)
    assert bench.sent == messages
    assert all(good(bench, v, m) for v, m in zip(bench.keys.sign(DTBS), DTBS, strict=True))
    assert bench.events.events == []


def test_the_rest_of_the_vault_is_the_vault() -> None:
    bench = Bench()
    vault = bench.spoilt_vault
    attempt = vault.attempt("v", bytearray(b"1"))
    assert attempt.proof(b"n", DEVICE) == b"proof"
    assert vault.begin_pin_change(attempt, b"", bytearray(), b"") == b"key"
    attempt.close()
    vault.finish_pin_change("v")
    vault.erase("v")
    assert bench.vault.asked == ["begin_pin_change", "close", "finish_pin_change", "erase"]
    assert (vault.names(), vault.key_protection) == (["name"], "file")
