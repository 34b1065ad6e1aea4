"""Pairing a phone: each check of docs/protocol.md §3 has a test that fails without it."""

import secrets
from dataclasses import replace
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from server.devices.device import DeviceState, PairingState
from server.devices.pairing import CODE_LIFETIME, FINISH_LIFETIME
from server.errors import TooManyTries
from server.ids import new_id
from server.statements import b64, read_statement, unb64
from tests.unit.server.builders import START, body_of, code_of, sha256_hex
from tests.unit.server.pairing_kit import (
    NewPhone,
    claimed,
    ecdsa,
    p256,
    revealed,
    spki,
)
from tests.unit.server.world import World


def state_of(world: World, pairing_id: str) -> PairingState:
    with world.app.store.read() as tx:
        return tx.pairings.get(pairing_id).state


# --- code --------------------------------------------------------------------------------------------------------------------


def test_first_phone_is_paired_once_the_digits_are_confirmed(empty: World) -> None:
    phone = NewPhone(name="Điện thoại của Mới")
    begun, pairing = revealed(empty.app, empty.subscriber_id, phone)
    assert pairing.state is PairingState.CONFIRM_DIGITS
    assert pairing.digits == phone.digits(begun)
    assert phone.status(empty.app, pairing.pairing_id) == {
        "state": "confirm_digits",
        "credential": None,
        "completed": None,
    }
    done = empty.app.pair_device.confirm(pairing.pairing_id, phone.digits(begun))
    assert done.state is PairingState.COMPLETE
    told = phone.status(empty.app, pairing.pairing_id)
    fields = body_of(read_statement(told["completed"]))
    certificate = unb64(told["credential"]["certificate"])
    assert fields["certificate_sha256"] == sha256_hex(certificate)
    assert fields["transcript_sha256"] == sha256_hex(phone.transcript(begun))
    assert (fields["subscriber_name"], fields["key_counter"]) == ("Người Mới", 1)
    with empty.app.store.read() as tx:
        device = tx.devices.get(fields["device_id"])
        credential = tx.devices.credential(fields["credential_id"])
    assert (device.device_key, device.approval_key) == (spki(phone.device_key), spki(phone.approval_key))
    assert (device.state, device.counter, device.key_protection) == (DeviceState.ACTIVE, 0, "file")
    assert credential.certificate == certificate
    assert "device_paired" in empty.audit_kinds(device.device_id)


def test_nothing_is_a_device_before_the_person_confirmed(empty: World) -> None:
    revealed(empty.app, empty.subscriber_id, NewPhone())
    assert empty.app.read_devices.of_subscriber(empty.subscriber_id) == []


def test_the_code_is_used_once(empty: World) -> None:
    offer, begun = claimed(empty.app, empty.subscriber_id, phone := NewPhone())
    assert code_of(NewPhone().begin, empty.app, offer.code) == "pairing_code_unknown"
    assert phone.begin(empty.app, offer.code) == begun, "the same commitment again gets the same answer"


def test_the_code_as_it_may_be_typed(empty: World) -> None:
    offer = empty.app.pair_device.offer(empty.subscriber_id, None)
    typed = f" {offer.code[:5].upper()}-{offer.code[5:]} ".replace("0", "o").replace("1", "L")
    assert NewPhone().begin(empty.app, typed)["pairing_id"] == offer.pairing.pairing_id


def test_a_code_is_not_kept(empty: World) -> None:
    offer = empty.app.pair_device.offer(empty.subscriber_id, None)
    assert len(offer.code) == 10
    empty.app.store.checkpoint()
    assert offer.code.encode() not in (empty.config.data_dir / "phoneseal.db").read_bytes()


def test_an_unknown_code(empty: World) -> None:
    assert code_of(NewPhone().begin, empty.app, "0000000000") == "pairing_code_unknown"


def test_a_code_lives_five_minutes(empty: World) -> None:
    offer = empty.app.pair_device.offer(empty.subscriber_id, None)
    empty.clock.advance(CODE_LIFETIME)
    assert code_of(NewPhone().begin, empty.app, offer.code) == "pairing_code_unknown"


def test_a_new_code_voids_the_earlier_one(empty: World) -> None:
    first = empty.app.pair_device.offer(empty.subscriber_id, None)
    second = empty.app.pair_device.offer(empty.subscriber_id, None)
    assert code_of(NewPhone().begin, empty.app, first.code) == "pairing_code_unknown"
    NewPhone().begin(empty.app, second.code)


def test_misses_are_counted_for_each_network_and_a_right_code_never_waits(empty: World) -> None:
    empty.clock.advance(600)
    offer = empty.app.pair_device.offer(empty.subscriber_id, None)
    for number in range(20):
        assert code_of(NewPhone().begin, empty.app, "0000000000", f"2001:db8::{number + 1:x}") == "pairing_code_unknown"
    with pytest.raises(TooManyTries) as caught:
        NewPhone().begin(empty.app, "0000000000", "2001:db8::ffff")
    assert caught.value.details["retry_after"] <= 31
    assert code_of(NewPhone().begin, empty.restarted(), "0000000000", "2001:db8::1") == "too_many_tries", "a restart empties nothing"
    assert code_of(NewPhone().begin, empty.app, "0000000000", "2001:db8:0:1::1") == "pairing_code_unknown"
    NewPhone().begin(empty.app, offer.code, "2001:db8::1")


def test_others_misses_stop_nobodys_pairing(empty: World) -> None:
    empty.clock.advance(600)
    offer = empty.app.pair_device.offer(empty.subscriber_id, None)
    for number in range(330):
        code_of(NewPhone.begin, PLAIN, empty.app, "0000000000", f"192.0.{number // 200}.{number % 200}")
    PLAIN.begin(empty.app, offer.code, "203.0.113.9")


def test_an_address_over_its_limit_takes_nothing_from_the_others(empty: World) -> None:
    empty.clock.advance(600)
    offer = empty.app.pair_device.offer(empty.subscriber_id, None)
    codes = [code_of(PLAIN.begin, empty.app, "0000000000", "192.0.2.1") for _ in range(330)]
    assert (codes.count("pairing_code_unknown"), codes.count("too_many_tries")) == (20, 310)
    PLAIN.begin(empty.app, offer.code, "203.0.113.9")


PLAIN = NewPhone()


def test_codes_are_offered_rarely(empty: World) -> None:
    for _ in range(10):
        empty.app.pair_device.offer(empty.subscriber_id, None)
    assert code_of(empty.app.pair_device.offer, empty.subscriber_id, None) == "too_many_tries"
    empty.clock.advance(61)
    empty.app.pair_device.offer(empty.subscriber_id, None)


def test_offer_for_an_unknown_subscriber(empty: World) -> None:
    assert code_of(empty.app.pair_device.offer, new_id("sub", START), None) == "subscriber_unknown"


@pytest.mark.parametrize("length", [1, 64])
def test_names_of_every_length_that_the_protocol_allows(empty: World, length: int) -> None:
    offer = empty.app.pair_device.offer(empty.subscriber_id, None)
    begun = empty.app.pair_device.begin(offer.code, PLAIN.commitment, "Đ" * length, "i" * length, "198.51.100.7")
    with empty.app.store.read() as tx:
        pairing = tx.pairings.get(str(begun["pairing_id"]))
    assert (pairing.device_name, pairing.platform) == ("Đ" * length, "i" * length)


# --- reveal ------------------------------------------------------------------------------------------------------------------


def reveal_code(world: World, phone: NewPhone, **changes: Any) -> str:
    _, begun = claimed(world.app, world.subscriber_id, phone)
    code = code_of(world.app.pair_device.reveal, phone.revealed(begun, **changes))
    assert state_of(world, begun["pairing_id"]) is PairingState.CLAIMED
    return code


def test_reveal_of_other_keys_than_committed(empty: World) -> None:
    phone, other = NewPhone(), NewPhone()
    _, begun = claimed(empty.app, empty.subscriber_id, phone)
    for name in ("device_key", "approval_key", "signing_key", "phone_nonce"):
        swapped = replace(phone, **{name: getattr(other, name)})
        code = code_of(empty.app.pair_device.reveal, swapped.revealed(begun))
        assert code == "pairing_commitment_broken", name


@pytest.mark.parametrize("role", ["device", "approval", "signing"])
@pytest.mark.parametrize("wrong", ["by another key", "for another role", "over another transcript"])
def test_each_key_proves_its_possession(empty: World, role: str, wrong: str) -> None:
    phone = NewPhone()
    _, begun = claimed(empty.app, empty.subscriber_id, phone)
    true = phone.revealed(begun)
    proofs = {"device": true.proof_device, "approval": true.proof_approval, "signing": true.proof_signing}
    if wrong == "by another key":
        value = ecdsa(p256(), b"x")
    elif wrong == "for another role":
        value = proofs["approval" if role != "approval" else "device"]
    else:
        other = phone.revealed({**begun, "server_nonce": b64(secrets.token_bytes(32))})
        value = getattr(other, f"proof_{role}")
    forged = replace(true, **{f"proof_{role}": value})
    assert code_of(empty.app.pair_device.reveal, forged) == "pairing_proof_invalid"


@pytest.mark.parametrize("part", ["server_id", "server_nonce", "request_signing_key", "recovery_key"])
def test_a_phone_that_saw_another_server_does_not_pair(empty: World, part: str) -> None:
    """The man in the middle: what the phone was shown is in its proofs, so it can't be exchanged on the way."""
    phone = NewPhone()
    _, begun = claimed(empty.app, empty.subscriber_id, phone)
    shown = {**begun, part: new_id("srv", START) if part == "server_id" else b64(secrets.token_bytes(32))}
    assert code_of(empty.app.pair_device.reveal, phone.revealed(shown)) == "pairing_proof_invalid"


def test_the_three_keys_differ(empty: World) -> None:
    key = p256()
    assert reveal_code(empty, NewPhone(device_key=key, approval_key=key)) == "pairing_keys_equal"
    assert reveal_code(empty, NewPhone(device_key=key, signing_key=key)) == "pairing_keys_equal"
    assert reveal_code(empty, NewPhone(approval_key=key, signing_key=key)) == "pairing_keys_equal"


def test_device_and_approval_keys_are_on_p256(empty: World, rsa_key: rsa.RSAPrivateKey) -> None:
    p384 = ec.generate_private_key(ec.SECP384R1())
    for key in (spki(p384), spki(rsa_key), b"no key at all"):
        assert reveal_code(empty, NewPhone(), device_key=key) == "key_not_allowed"
        assert reveal_code(empty, NewPhone(), approval_key=key) == "key_not_allowed"


def test_the_signing_key_fits_its_algorithm(empty: World, rsa_key: rsa.RSAPrivateKey) -> None:
    assert reveal_code(empty, NewPhone(), signature_algorithm="rsa_pss_sha256") == "key_not_allowed"
    assert reveal_code(empty, NewPhone(), signature_algorithm="rsa_sha1") == "signature_algorithm_not_allowed"
    p521 = NewPhone(signing_key=ec.generate_private_key(ec.SECP521R1()))
    assert reveal_code(empty, p521) in ("key_not_allowed", "csr_invalid")


def test_short_rsa_keys_are_refused(empty: World) -> None:
    short = rsa.generate_private_key(65_537, 1024)
    assert reveal_code(empty, NewPhone(algorithm="rsa_pkcs1_sha256", signing_key=short)) in (
        "key_not_allowed",
        "csr_invalid",
    )


def test_csr_must_prove_its_key(empty: World) -> None:
    phone = NewPhone()
    csr = bytearray(phone.csr)
    csr[-1] ^= 1
    for broken in (bytes(csr), b"", b"\x30\x00", phone.csr + b"\x00"):
        assert reveal_code(empty, phone, csr=broken) == "csr_invalid", broken[:4]


def test_nothing_is_taken_over_from_a_csr(empty: World) -> None:
    """Names and usages in a CSR are wishes."""
    phone = NewPhone()
    wish = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Giám đốc Ngân hàng")])
    builder = x509.CertificateSigningRequestBuilder().subject_name(wish)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    csr = builder.sign(phone.signing_key, SHA256()).public_bytes(Encoding.DER)
    _, begun = claimed(empty.app, empty.subscriber_id, phone)
    pairing = empty.app.pair_device.reveal(phone.revealed(begun, csr=csr))
    empty.app.pair_device.confirm(pairing.pairing_id, phone.digits(begun))
    certificate = x509.load_der_x509_certificate(phone.paired(empty.app, pairing.pairing_id).certificate)
    assert "Người Mới" in certificate.subject.rfc4514_string()
    assert "Giám đốc" not in certificate.subject.rfc4514_string()
    assert certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca is False


def test_key_protection_is_one_of_three(empty: World) -> None:
    assert reveal_code(empty, NewPhone(), key_protection="paper") == "bad_message"


def test_reveal_before_begin_or_of_nothing(empty: World) -> None:
    phone = NewPhone()
    _, begun = claimed(empty.app, empty.subscriber_id, phone)
    waiting = empty.app.pair_device.offer(empty.subscriber_id, None).pairing
    assert code_of(empty.app.pair_device.reveal, phone.revealed(begun, pairing_id=waiting.pairing_id)) == "pairing_over"
    unknown = phone.revealed(begun, pairing_id=new_id("pa", START))
    assert code_of(empty.app.pair_device.reveal, unknown) == "pairing_unknown"


def test_reveal_again_changes_nothing(empty: World) -> None:
    phone = NewPhone()
    _, begun = claimed(empty.app, empty.subscriber_id, phone)
    first = empty.app.pair_device.reveal(phone.revealed(begun))
    assert empty.app.pair_device.reveal(phone.revealed(begun)).digits == first.digits
    empty.app.pair_device.reject(first.pairing_id)
    assert empty.app.pair_device.reveal(phone.revealed(begun)).state is PairingState.REJECTED


def test_reveal_too_late(empty: World) -> None:
    phone = NewPhone()
    _, begun = claimed(empty.app, empty.subscriber_id, phone)
    empty.clock.advance(FINISH_LIFETIME)
    assert code_of(empty.app.pair_device.reveal, phone.revealed(begun)) == "pairing_over"
