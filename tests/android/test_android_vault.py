"""The vault behind Android's key store: what it adds, and that it takes nothing away (decision 0007)."""

import os

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from fake_java import FakeJava
from fake_keystore import Phone

from mobile_app.android.biometric_unlock import BiometricState, BiometricUnlock
from mobile_app.android.keystore_key import KeystoreKey
from mobile_app.android.keystore_vault import KeystoreVault
from mobile_app.device.file_vault import FileVault
from mobile_app.device.key_vault import KeyChoice, PublicKeys
from mobile_app.device.pin_keys import is_stretched
from mobile_app.device.profile import Profile
from mobile_app.errors import VaultError, WeakPin

PIN = b"295038"
NEW_PIN = b"718264"
NAME = "pa_7zzzzzzzzzzzzzzzzzzzzzzzzz"
SHARE = bytes(range(32))
P256 = KeyChoice("ecdsa_p256_sha256")


def vault_of(java: FakeJava, profile: Profile) -> KeystoreVault:
    return KeystoreVault(profile, KeystoreKey(java), BiometricUnlock(java, profile))


def paired(vault: KeystoreVault) -> PublicKeys:
    new = vault.make(P256, "PhoneSeal")
    new.keep(NAME, bytearray(PIN), SHARE)
    keys = new.public_keys
    new.close()
    return keys


def verify(spki: bytes, signature: bytes, message: bytes) -> None:
    key = serialization.load_der_public_key(spki)
    assert isinstance(key, ec.EllipticCurvePublicKey)
    key.verify(signature, message, ec.ECDSA(hashes.SHA256()))


def test_keys_sign_after_pin_and_share_and_after_a_restart(java: FakeJava, profile: Profile) -> None:
    keys = paired(vault_of(java, profile))
    vault = vault_of(java, profile)
    verify(keys.device, vault.sign_as_device(NAME, b"hello"), b"hello")
    with vault.attempt(NAME, bytearray(PIN)).unlock(SHARE) as unlocked:
        verify(keys.signing, unlocked.sign([b"dtbs"])[0], b"dtbs")
        verify(keys.approval, unlocked.sign_approval(b"yes"), b"yes")


@pytest.mark.parametrize(("pin", "share"), [(b"295039", SHARE), (PIN, bytes(32))], ids=["pin", "share"])
def test_the_key_store_replaces_neither_pin_nor_share(
    java: FakeJava, profile: Profile, pin: bytes, share: bytes
) -> None:
    paired(vault_of(java, profile))
    with pytest.raises(VaultError, match="vault_tampered"):
        vault_of(java, profile).attempt(NAME, bytearray(pin)).unlock(share)


def test_a_copied_file_opens_on_no_other_phone_even_with_pin_and_share(
    java: FakeJava, profile: Profile, phone: Phone
) -> None:
    vault = vault_of(java, profile)
    paired(vault)
    with pytest.raises(VaultError, match="vault_tampered"):
        FileVault(profile).attempt(NAME, bytearray(PIN))
    phone.keys["phoneseal.vault"].secret = os.urandom(32)
    with pytest.raises(VaultError, match="vault_tampered"):
        vault_of(java, profile).attempt(NAME, bytearray(PIN))


def test_a_file_cannot_stand_in_for_another_pairings(java: FakeJava, profile: Profile) -> None:
    paired(vault_of(java, profile))
    profile.write("pa_other.vault", profile.read(f"{NAME}.vault"))
    with pytest.raises(VaultError, match="vault_tampered"):
        vault_of(java, profile).sign_as_device("pa_other", b"hello")


def test_a_lost_key_store_key_says_so(java: FakeJava, profile: Profile, phone: Phone) -> None:
    paired(vault_of(java, profile))
    phone.keys.clear()
    with pytest.raises(VaultError, match="vault_missing"):
        vault_of(java, profile).sign_as_device(NAME, b"hello")


@pytest.mark.parametrize("sdk", [28, 30, 31, 35])
@pytest.mark.parametrize(
    ("strongbox", "hardware", "protection"),
    [(True, True, "strongbox"), (False, True, "android_keystore"), (False, False, "file")],
    ids=["strongbox", "secure_world", "software"],
)
def test_how_the_key_is_kept_is_read_back_from_the_key(
    java: FakeJava, profile: Profile, phone: Phone, sdk: int, strongbox: bool, hardware: bool, protection: str
) -> None:
    phone.strongbox, phone.hardware = strongbox, hardware
    vault = vault_of(java, profile)
    paired(vault)
    if sdk < 31 and strongbox:
        protection = "android_keystore"  # Android 9 to 11 say only whether it is hardware
    assert vault.key_protection == protection
    assert phone.keys["phoneseal.vault"].wish["setIsStrongBoxBacked"] is strongbox
    assert "setUserAuthenticationRequired" not in phone.keys["phoneseal.vault"].wish


def test_the_last_pairing_takes_the_key_with_it(java: FakeJava, profile: Profile, phone: Phone) -> None:
    vault = vault_of(java, profile)
    paired(vault)
    first = phone.keys["phoneseal.vault"].secret
    vault.erase(NAME)
    assert phone.keys == {}
    assert vault.names() == []
    paired(vault)
    assert phone.keys["phoneseal.vault"].secret != first


def test_a_pin_change_stays_behind_the_key_store(java: FakeJava, profile: Profile) -> None:
    vault = vault_of(java, profile)
    paired(vault)
    share = bytes(reversed(range(32)))
    attempt = vault.attempt(NAME, bytearray(PIN))
    vault.begin_pin_change(attempt, SHARE, bytearray(NEW_PIN), share)
    attempt.close()
    vault.finish_pin_change(NAME)
    vault.attempt(NAME, bytearray(NEW_PIN)).unlock(share).close()
    with pytest.raises(VaultError, match="vault_tampered"):
        vault.attempt(NAME, bytearray(PIN)).unlock(SHARE)
    with pytest.raises(WeakPin):
        vault.begin_pin_change(vault.attempt(NAME, bytearray(NEW_PIN)), share, bytearray(b"111111"), SHARE)


# -- biometrics ---------------------------------------------------------------------------------------------
def ready(java: FakeJava, profile: Profile) -> tuple[KeystoreVault, BiometricUnlock]:
    """Paired, switched on, and one PIN typed since."""
    biometrics = BiometricUnlock(java, profile)
    vault = KeystoreVault(profile, KeystoreKey(java), biometrics)
    paired(vault)
    biometrics.turn_on()
    assert not biometrics.ready(NAME)
    vault.attempt(NAME, bytearray(PIN)).unlock(SHARE).close()
    assert biometrics.ready(NAME)
    return vault, biometrics


def test_biometrics_are_off_until_switched_on(java: FakeJava, profile: Profile, phone: Phone) -> None:
    vault = vault_of(java, profile)
    paired(vault)
    vault.attempt(NAME, bytearray(PIN)).unlock(SHARE).close()
    biometrics = BiometricUnlock(java, profile)
    assert biometrics.state() == BiometricState.OFF
    assert not biometrics.ready(NAME)
    assert biometrics.ask(NAME, "Ký", "Nhập PIN") is None
    assert phone.prompts == []


def test_a_finger_stands_for_the_pin_and_the_server_still_proves_it(
    java: FakeJava, profile: Profile, phone: Phone
) -> None:
    vault, biometrics = ready(java, profile)
    given = biometrics.ask(NAME, "Ký", "Nhập PIN")
    assert given is not None
    assert is_stretched(given)
    typed = vault.attempt(NAME, bytearray(PIN))
    attempt = vault.attempt(NAME, given)
    assert bytes(given) == bytes(64), "what the finger released stays in memory"
    assert attempt.proof(b"n" * 32, "dev_x") == typed.proof(b"n" * 32, "dev_x")
    attempt.unlock(SHARE).close()
    with pytest.raises(VaultError, match="vault_tampered"):
        vault.attempt(NAME, biometrics.ask(NAME, "Ký", "Nhập PIN") or bytearray()).unlock(bytes(32))
    assert phone.prompts == ["Ký", "Ký"]
    wish = phone.keys["phoneseal.biometric"].wish
    assert wish["setUserAuthenticationParameters"] == (0, 2)  # each use, strong biometrics
    assert wish["setUserAuthenticationRequired"] is True
    assert wish["purposes"] == 2  # decrypt only


def test_what_is_kept_holds_no_pin_and_needs_the_finger(java: FakeJava, profile: Profile) -> None:
    _vault, biometrics = ready(java, profile)
    kept = profile.read(f"{NAME}.biometric")
    assert PIN not in kept
    assert len(kept) == 256
    with pytest.raises(Exception, match="IllegalBlockSizeException"):
        java.run(lambda: biometrics._decryption().doFinal(kept))


@pytest.mark.parametrize("person", ["types_instead", "wrong_then_gives_up"])
def test_who_shows_no_finger_types(java: FakeJava, profile: Profile, phone: Phone, person: str) -> None:
    _vault, biometrics = ready(java, profile)
    phone.person = person
    assert biometrics.ask(NAME, "Ký", "Nhập PIN") is None
    assert biometrics.ready(NAME)


def test_a_prompt_that_nobody_answers_is_taken_away(
    java: FakeJava, profile: Profile, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    _vault, biometrics = ready(java, profile)
    phone.person = "walks_away"
    monkeypatch.setattr("mobile_app.android.biometric_unlock._ANSWER_SECONDS", 0.05)
    assert biometrics.ask(NAME, "Ký", "Nhập PIN") is None


def test_a_new_finger_ends_it(java: FakeJava, profile: Profile, phone: Phone) -> None:
    vault, biometrics = ready(java, profile)
    phone.enrol_another_finger()
    with pytest.raises(VaultError, match="biometrics_changed"):
        biometrics.ask(NAME, "Ký", "Nhập PIN")
    assert biometrics.state() == BiometricState.OFF
    assert not biometrics.ready(NAME)
    vault.attempt(NAME, bytearray(PIN)).unlock(SHARE).close()
    assert not biometrics.ready(NAME), "it is switched on by the person only"


def test_a_wrong_typed_pin_is_never_kept(java: FakeJava, profile: Profile) -> None:
    vault, _biometrics = ready(java, profile)
    before = profile.read(f"{NAME}.biometric")
    with pytest.raises(VaultError):
        vault.attempt(NAME, bytearray(b"295039")).unlock(SHARE)
    assert profile.read(f"{NAME}.biometric") == before


def test_it_goes_when_a_pin_change_begins_and_with_the_keys(java: FakeJava, profile: Profile) -> None:
    vault, biometrics = ready(java, profile)
    vault.begin_pin_change(vault.attempt(NAME, bytearray(PIN)), SHARE, bytearray(NEW_PIN), SHARE)
    assert not biometrics.ready(NAME)
    vault, biometrics = vault_of(java, profile), BiometricUnlock(java, profile)
    vault.attempt(NAME, bytearray(PIN)).unlock(SHARE).close()
    assert biometrics.ready(NAME)
    vault.erase(NAME)
    assert not biometrics.ready(NAME)


def test_switching_it_off_leaves_nothing(java: FakeJava, profile: Profile, phone: Phone) -> None:
    vault, biometrics = ready(java, profile)
    biometrics.turn_off()
    assert "phoneseal.biometric" not in phone.keys
    assert profile.names(".biometric") == []
    vault.attempt(NAME, bytearray(PIN)).unlock(SHARE).close()
    assert profile.names(".biometric") == []


@pytest.mark.parametrize(
    ("fingers", "class_3", "sdk", "state"),
    [(0, True, 35, "not_enrolled"), (1, False, 35, "missing"), (1, True, 28, "missing"), (1, True, 30, "off")],
)
def test_it_is_offered_only_where_a_key_can_be_bound_to_it(
    java: FakeJava, profile: Profile, phone: Phone, fingers: int, class_3: bool, sdk: int, state: str
) -> None:
    phone.fingers, phone.biometric_class_3 = fingers, class_3
    biometrics = BiometricUnlock(java, profile)
    assert biometrics.state() == state
    biometrics.turn_on()
    assert ("phoneseal.biometric" in phone.keys) is (state == "off")


def test_biometrics_without_strongbox(java: FakeJava, profile: Profile, phone: Phone) -> None:
    phone.strongbox = False
    vault, biometrics = ready(java, profile)
    vault.attempt(NAME, biometrics.ask(NAME, "Ký", "Nhập PIN") or bytearray()).unlock(SHARE).close()
