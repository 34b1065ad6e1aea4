"""Pairing: what the phone compares and refuses, kills at any step, the second phone, unpairing."""

import threading

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from mobile_app.crash_points import CRASH_POINTS
from mobile_app.device.interaction import AttentionLost, ConnectionState, NewDeviceDecision, PinPurpose, Refuse
from mobile_app.device.profile import Profile
from mobile_app.errors import CheckFailed, Refused, ServerRefused, VaultError, WeakPin
from tests.unit.device.fake_server import b64, body_of, new_id
from tests.unit.device.phone_kit import P256, PIN, Kit, wait_for
from tests.unit.device.test_phone_resumes import Killed, come_back, kill_at


def uri(kit: Kit, fingerprint: str | None = None) -> str:
    import hashlib

    shown = fingerprint or hashlib.sha256(kit.server.raw()).hexdigest()
    return f"phoneseal://pair?v=1&u=https%3A%2F%2Fsign.example&c={kit.server.pairing['code']}&f={shown}"


def vaults(kit: Kit) -> list[str]:
    return [path.name for path in kit.folder.glob("*.vault")]


def nothing_is_left(kit: Kit) -> bool:
    return kit.phone.identity is None and vaults(kit) == []


def test_pairing_by_qr_code(unpaired: Kit):
    unpaired.pair(code=uri(unpaired))
    identity = unpaired.phone.identity
    assert identity is not None
    assert identity.device_id == unpaired.server.device["device_id"]
    assert identity.certificate == unpaired.server.device["certificate"]
    assert unpaired.person.pairing_states == ["confirm_digits", "complete"]
    assert len(vaults(unpaired)) == 1
    for path in unpaired.folder.iterdir():
        assert path.stat().st_mode & 0o077 == 0, path.name


def test_typed_codes_may_look_as_people_type_them(unpaired: Kit):
    unpaired.pair(code="7K3M9-Q2XWZ")
    assert unpaired.phone.identity is not None


def test_a_qr_code_of_another_server_ends_before_anything_is_told(unpaired: Kit):
    with pytest.raises(CheckFailed, match="server_key_unknown"):
        unpaired.pair(code=uri(unpaired, "0" * 64))
    assert "message" not in unpaired.server.pairing
    assert nothing_is_left(unpaired)


@pytest.mark.parametrize("pin", [b"123456", b"111111", b"000000", b"12345", b"12a456", b"121212", b"250190", b"198807"])
def test_weak_pins_are_refused(unpaired: Kit, pin: bytes):
    given = bytearray(pin)
    with pytest.raises(WeakPin):
        unpaired.phone.pair("7k3m9q2xwz", given, server_url="https://sign.example", choice=P256)
    assert unpaired.server.pairing["state"] == "offered"
    assert given == bytearray(len(pin)), "overwritten even then"


def test_the_share_is_never_on_the_phones_disk(unpaired: Kit):
    unpaired.pair()
    share = unpaired.server.device["share"]
    for path in unpaired.folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert share not in content
            assert b64(share).encode() not in content


def test_a_code_serves_once_and_a_phone_pairs_once(unpaired: Kit):
    with pytest.raises(ServerRefused, match="pairing_code_unknown"):
        unpaired.phone.pair("0000000000", bytearray(PIN), server_url="https://sign.example", choice=P256)
    assert nothing_is_left(unpaired)
    unpaired.pair()
    with pytest.raises(Refused, match="already_paired"):
        unpaired.phone.pair("7k3m9q2xwz", bytearray(PIN), server_url="https://sign.example", choice=P256)


def change_completed(kit: Kit, **changes):
    def act(answer):
        if answer["completed"]:
            body = {**body_of(answer["completed"]), **changes}
            body.pop("version")
            answer = {**answer, "completed": kit.server.say("pairing_completed", body)}
        return answer

    return act


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"server_id": new_id("srv")}, "pairing_completed_wrong"),
        ({"pairing_id": new_id("pa")}, "pairing_completed_wrong"),
        ({"transcript_sha256": "0" * 64}, "pairing_completed_wrong"),
        ({"subscriber_name": "Ai Khác"}, "pairing_completed_wrong"),
        ({"key_counter": 2}, "pairing_completed_wrong"),
        ({"credential_id": new_id("cr")}, "pairing_certificate_wrong"),
        ({"certificate_sha256": "0" * 64}, "pairing_certificate_wrong"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_completion_that_speaks_of_something_else(unpaired: Kit, changes, code: str):
    unpaired.server.spoil["status"] = change_completed(unpaired, **changes)
    with pytest.raises(CheckFailed, match=code):
        unpaired.pair()
    assert nothing_is_left(unpaired)


@pytest.mark.parametrize("what", ["key", "name", "authority", "usage", "old", "chain", "algorithm", "encoding"])
def test_a_certificate_that_is_not_ours(unpaired: Kit, what: str):
    server, certify = unpaired.server, unpaired.server.certify

    def falsified(key):
        if key is None:
            return certify(None)
        if what == "key":
            return certify(ec.generate_private_key(ec.SECP256R1()).public_key())
        if what == "name":
            own, server.subscriber_name = server.subscriber_name, "Ai Khác"
            try:
                return certify(key)
            finally:
                server.subscriber_name = own
        if what == "old":
            unpaired.clock.offset -= 400 * 86400
            try:
                return certify(key)
            finally:
                unpaired.clock.offset += 400 * 86400
        if what == "chain":
            made = certify(key)
            server.ca_key = ec.generate_private_key(ec.SECP256R1())
            return made
        if what == "encoding":
            return certify(key)[:-1]
        if what in ("authority", "usage"):
            return odd_certificate(unpaired, key, what)
        return certify(key)

    server.certify = falsified
    if what == "algorithm":

        def other(answer):
            if answer["credential"]:
                answer["credential"]["signature_algorithm"] = "ecdsa_p384_sha384"
            return answer

        server.spoil["status"] = other
    with pytest.raises(CheckFailed, match="pairing_certificate_wrong"):
        unpaired.pair()
    assert nothing_is_left(unpaired)


def odd_certificate(kit: Kit, key, what: str) -> bytes:
    import datetime

    from cryptography import x509

    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, kit.server.subscriber_name)])
    issuer = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Test CA")])
    start = datetime.datetime.fromtimestamp(kit.clock.now() - 60, datetime.UTC)
    usage = dict.fromkeys(
        ("digital_signature", "content_commitment", "data_encipherment", "key_agreement", "key_cert_sign"), False
    )
    usage |= dict.fromkeys(("key_encipherment", "crl_sign", "encipher_only", "decipher_only"), False)
    usage["key_encipherment" if what == "usage" else "digital_signature"] = True
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=what == "authority", path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .sign(kit.server.ca_key, hashes.SHA256())
        .public_bytes(serialization.Encoding.DER)
    )


def test_a_completion_signed_by_another_key(unpaired: Kit):
    def act(answer):
        if answer["completed"]:
            answer["completed"]["signature"] = b64(bytes(64))
        return answer

    unpaired.server.spoil["status"] = act
    with pytest.raises(CheckFailed, match="statement_signature_invalid"):
        unpaired.pair()
    assert nothing_is_left(unpaired)


@pytest.mark.parametrize("state", ["rejected", "expired"])
def test_a_rejected_or_late_pairing_leaves_nothing(unpaired: Kit, state: str):
    unpaired.person.show_pairing = lambda *shown: unpaired.server.pairing.update(state=state)
    with pytest.raises(Refused, match=f"pairing_{state}"):
        unpaired.phone.pair("7k3m9q2xwz", bytearray(PIN), server_url="https://sign.example", choice=P256)
    assert nothing_is_left(unpaired)


def test_the_person_may_cancel_while_comparing(unpaired: Kit):
    unpaired.person.show_pairing = lambda *shown: unpaired.phone.cancel_pairing()
    with pytest.raises(Refused, match="pairing_cancelled"):
        unpaired.phone.pair("7k3m9q2xwz", bytearray(PIN), server_url="https://sign.example", choice=P256)
    assert nothing_is_left(unpaired)


@pytest.mark.parametrize("path", ["begin", "reveal", "status"])
@pytest.mark.parametrize("when", ["drop_before", "drop_after"])
def test_lost_answers_are_asked_for_again(unpaired: Kit, path: str, when: str):
    getattr(unpaired.links, when).append(path)
    unpaired.pair()
    assert unpaired.phone.identity is not None


@pytest.mark.parametrize("point", [p for p in CRASH_POINTS if p.startswith("pairing.")])
def test_killed_while_pairing(unpaired: Kit, monkeypatch, point: str):
    """Nothing is left, or a pairing that goes on; and a new code works in either case."""
    kill_at(unpaired, monkeypatch, point)
    with pytest.raises(Killed):
        unpaired.pair()
    come_back(unpaired, monkeypatch)
    if unpaired.server.pairing["state"] == "confirm_digits":
        unpaired.server.confirm()
    if unpaired.phone.identity is None:
        resumed = unpaired.phone.resume_pairing()
        revealed = "message" in unpaired.server.pairing
        assert (resumed is not None) == revealed
        assert (vaults(unpaired) == []) == (not revealed)
    if unpaired.phone.identity is None:
        unpaired.server.pairing = {"code": "0123456789", "state": "offered"}
        unpaired.pair()
    unpaired.online()
    request = unpaired.server.ask()
    unpaired.offer(request)
    assert unpaired.complete(request).end_result == "ok"


def test_a_second_phone_is_approved_on_the_first(kit: Kit):
    body = {
        "server_id": kit.server.server_id,
        "pairing_id": new_id("pa"),
        "subscriber_id": kit.server.subscriber_id,
        "device_name": "Máy mới",
        "platform": "android",
        "transcript_sha256": "1" * 64,
        "digits": "123456",
        "expires_at": kit.server.ms() + 300_000,
    }
    kit.links.push("new_device", kit.server.say("new_device", body))
    wait_for(lambda: len(kit.server.device_approvals) == 1)
    said = kit.server.device_approvals[0]
    assert (said["decision"], said["digits"], said["transcript_sha256"]) == ("approve", "123456", "1" * 64)
    assert kit.person.purposes == [PinPurpose.APPROVE_DEVICE]
    kit.person.new_device = NewDeviceDecision.REJECT
    kit.links.push("new_device", kit.server.say("new_device", {**body, "pairing_id": new_id("pa")}))
    wait_for(lambda: len(kit.server.device_approvals) == 2)
    assert kit.server.device_approvals[1]["decision"] == "reject"
    assert kit.server.device_approvals[1]["counter"] > said["counter"]
    kit.links.push("new_device", kit.server.say("new_device", {**body, "subscriber_id": new_id("sub")}))
    assert kit.person.warnings.get(timeout=20).code == "new_device_not_ours"


def test_unpairing_destroys_the_keys_and_keeps_the_history(kit: Kit):
    kit.person.decision = Refuse("không")
    request = kit.server.ask()
    kit.offer(request)
    kit.person.result()
    kit.phone.unpair()
    assert nothing_is_left(kit)
    assert [one.result.end_result for one in kit.phone.history()] == ["user_refused"]
    assert kit.phone.connection == ConnectionState.UNPAIRED
    kit.server.pairing = {"code": "0123456789", "state": "offered"}
    kit.pair()
    wait_for(lambda: kit.phone.connection == ConnectionState.ONLINE)


def test_nothing_open_is_carried_into_another_pairing(kit: Kit):
    """A request in the middle of signing would otherwise be signed with the next pairing's key."""
    kit.server.spoil["signatures"] = lambda answer: {
        **answer,
        "receipt": {**answer["receipt"], "signature": b64(bytes(64))},
    }
    request = kit.server.ask()
    kit.offer(request)
    kit.person.warnings.get(timeout=20)
    assert [one.state for one in kit.phone.pending()] == ["SIGNING"]
    kit.phone.unpair()
    kit.server.spoil.clear()
    kit.server.pairing = {"code": "0123456789", "state": "offered"}
    kit.server.requests.clear()
    kit.pair()
    wait_for(lambda: kit.phone.connection == ConnectionState.ONLINE)
    assert kit.phone.pending() == []
    assert [one.result.end_result for one in kit.phone.history()] == ["no_device"]


def test_two_processes_never_share_a_profile(unpaired: Kit):
    with pytest.raises(VaultError, match="profile_in_use"):
        Profile(unpaired.folder)


def test_stopping_voids_a_pairing_that_waits_and_it_can_go_on(unpaired: Kit):
    shown = threading.Event()
    unpaired.person.show_pairing = lambda *args: shown.set()
    failures = []

    def pair():
        try:
            unpaired.phone.pair("7k3m9q2xwz", bytearray(PIN), server_url="https://sign.example", choice=P256)
        except AttentionLost as error:
            failures.append(error)

    thread = threading.Thread(target=pair)
    thread.start()
    assert shown.wait(60)
    unpaired.phone.stop()
    thread.join(20)
    assert [error.reason for error in failures] == ["stopped"]
    unpaired.server.confirm()
    unpaired.restart()
    assert unpaired.phone.resume_pairing() is not None
