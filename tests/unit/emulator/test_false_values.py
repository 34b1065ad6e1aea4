"""Each falsification of chunks and signature values changes exactly what its name says, once, and nothing
else.
"""

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from mobile_app.emulator.scenario import Tampering
from mobile_app.emulator.tampering.falsify import flip_bit, read_values
from mobile_app.emulator.tampering.vault import sign_with_another_key
from mobile_app.link.wire import pack_values
from tests.unit.emulator.emulator_fakes import (
    DEVICE,
    OTHER_REQUEST,
    REQUEST,
)
from tests.unit.emulator.tampering_bench import Bench, Message, chunk

# -- chunks

VALUES = [(0, b"a" * 70), (2, b"b" * 71), (3, b""), (7, b"c" * 72)]


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
