"""A finger or a face in the place of typing the PIN, where the person has chosen that (decision 0007).

Rules:
* Off until switched on, and only with strong biometrics (Android's class 3), which a key can be bound to.
* Kept is what the PIN was stretched to, never the PIN, encrypted to an RSA key of the key store whose private half works once for each
  success of the biometrics. It dies with every new finger or face: then it is off again, and the PIN is typed.
* It is kept when a typed PIN has just opened the keys, and stands in for the PIN of signing only. The server's share, its count
  and its waits stay as they are.
* Padding: OAEP with SHA-256, and SHA-1 in its mask function, as Android's key store knows no other before API 35; MGF1 needs no
  collision resistance.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from typing import Any, Final, TypeVar

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from mobile_app.android.java import Java, JavaError, octets
from mobile_app.android.keystore_key import PARAMETERS, PROVIDER, key_store
from mobile_app.device.pin_rules import wipe
from mobile_app.device.profile import Profile
from mobile_app.errors import VaultError

_ALIAS: Final = "phoneseal.biometric"
_SUFFIX: Final = ".biometric"
_TRANSFORMATION: Final = "RSA/ECB/OAEPWithSHA-256AndMGF1Padding"
_NO_STRONGBOX: Final = "android.security.keystore.StrongBoxUnavailableException"
_INVALIDATED: Final = "android.security.keystore.KeyPermanentlyInvalidatedException"
_AUTHENTICATORS_SINCE: Final = 30
_ANSWER_SECONDS: Final = 120.0
T = TypeVar("T")
SUCCEEDED: Final = 0
"""What ``BiometricAnswer`` says; every other number is Android's for what went wrong."""
_OAEP: Final = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA256(), None)  # noqa: S303 - see the rules


class BiometricState(StrEnum):
    MISSING = "missing"
    """No strong biometrics on this phone."""
    NOT_ENROLLED = "not_enrolled"
    """The person has told Android no finger and no face."""
    OFF = "off"
    ON = "on"


class BiometricUnlock:
    """Implements ``keystore_vault.StretchedPinStore``. Every method may block for a moment: not for the first thread."""

    def __init__(self, java: Java, profile: Profile) -> None:
        self._java = java
        self._profile = profile

    # -- the person's choice ------------------------------------------------------------------------------
    def state(self) -> BiometricState:
        """Raises VaultError("keystore_unavailable")."""
        return self._on_java(self._state)

    def turn_on(self) -> None:
        """From the next typed PIN on. Raises VaultError."""
        if self.state() == BiometricState.OFF:
            self._on_java(self._make_key)

    def turn_off(self) -> None:
        """Raises VaultError."""
        for name in self._profile.names(_SUFFIX):
            self._profile.shred(name)
        self._on_java(lambda: key_store(self._java).deleteEntry(_ALIAS))

    # -- the store of a stretched PIN ---------------------------------------------------------------------
    def keep(self, vault_name: str, stretched: bytearray) -> None:
        try:
            with suppress(JavaError):
                public_key = self._java.run(self._public_key)
                if public_key is not None:
                    self._profile.write(vault_name + _SUFFIX, public_key.encrypt(bytes(stretched), _OAEP))
        finally:
            wipe(stretched)

    def forget(self, vault_name: str) -> None:
        self._profile.shred(vault_name + _SUFFIX)

    # -- in the place of typing -----------------------------------------------------------------------------
    def ready(self, vault_name: str) -> bool:
        """Whether ``ask`` may have an answer."""
        return self._profile.exists(vault_name + _SUFFIX)

    def ask(self, vault_name: str, title: str, type_instead: str) -> bytearray | None:
        """Blocks until the person has shown finger or face; None when they would rather type. Raises
        VaultError("biometrics_changed") when a finger or face is new since it was switched on: it is off now."""
        try:
            kept = self._profile.read(vault_name + _SUFFIX)
        except FileNotFoundError:
            return None
        answered = threading.Event()
        answers: list[int] = []

        def answer(code: int) -> None:
            answers.append(code)
            answered.set()

        prompt = _Prompt(self._java, title, type_instead, answer)
        try:
            self._java.run(lambda: prompt.show(self._decryption()))
            if not answered.wait(_ANSWER_SECONDS):
                self._java.run(prompt.cancel)
            if answers[:1] != [SUCCEEDED]:
                return None
            return bytearray(octets(self._java.run(lambda: prompt.cipher.doFinal(kept))))
        except JavaError as error:
            if error.is_a(_INVALIDATED):
                self.turn_off()
                raise VaultError("biometrics_changed") from error
            raise VaultError("keystore_unavailable", {"exception": error.class_name}) from error

    # -- on the thread for Java -------------------------------------------------------------------------
    def _on_java(self, job: Callable[[], T]) -> T:
        try:
            return self._java.run(job)
        except JavaError as error:
            raise VaultError("keystore_unavailable", {"exception": error.class_name}) from error

    def _state(self) -> BiometricState:
        if key_store(self._java).containsAlias(_ALIAS):
            return BiometricState.ON
        manager_class = self._java.find("android.hardware.biometrics.BiometricManager")
        if self._java.sdk < _AUTHENTICATORS_SINCE:
            # Android 9 and 10 do not say whether a sensor is of class 3: making a key that is bound to one would, so it is not offered.
            return BiometricState.MISSING
        manager = self._java.activity().getSystemService(self._java.find("android.content.Context").BIOMETRIC_SERVICE)
        strong = self._java.find("android.hardware.biometrics.BiometricManager$Authenticators").BIOMETRIC_STRONG
        found = manager.canAuthenticate(strong)
        if found == manager_class.BIOMETRIC_SUCCESS:
            return BiometricState.OFF
        return (
            BiometricState.NOT_ENROLLED
            if found == manager_class.BIOMETRIC_ERROR_NONE_ENROLLED
            else BiometricState.MISSING
        )

    def _make_key(self) -> None:
        try:
            self._generate(strongbox=True)
        except JavaError as error:
            if not error.is_a(_NO_STRONGBOX):
                raise
            self._generate(strongbox=False)

    def _generate(self, *, strongbox: bool) -> None:
        properties = self._java.find("android.security.keystore.KeyProperties")
        builder = self._java.find("android.security.keystore.KeyGenParameterSpec$Builder")(
            _ALIAS, properties.PURPOSE_DECRYPT
        )
        builder.setKeySize(2048)
        builder.setDigests(properties.DIGEST_SHA256)
        builder.setEncryptionPaddings(properties.ENCRYPTION_PADDING_RSA_OAEP)
        builder.setUserAuthenticationRequired(True)
        builder.setUserAuthenticationParameters(0, properties.AUTH_BIOMETRIC_STRONG)
        builder.setInvalidatedByBiometricEnrollment(True)
        builder.setIsStrongBoxBacked(strongbox)
        generator = self._java.find("java.security.KeyPairGenerator").getInstance(
            properties.KEY_ALGORITHM_RSA, PROVIDER
        )
        generator.initialize(self._java.cast(PARAMETERS, builder.build()))
        self._java.run(generator.generateKeyPair)

    def _public_key(self) -> rsa.RSAPublicKey | None:
        """None while it is off."""
        certificate = key_store(self._java).getCertificate(_ALIAS)
        if certificate is None:
            return None
        found = load_der_public_key(octets(certificate.getPublicKey().getEncoded()))
        assert isinstance(found, rsa.RSAPublicKey)
        return found

    def _decryption(self) -> Any:
        cipher_class = self._java.find("javax.crypto.Cipher")
        mask = self._java.find("java.security.spec.MGF1ParameterSpec").SHA1
        source = self._java.find("javax.crypto.spec.PSource$PSpecified").DEFAULT
        parameters = self._java.find("javax.crypto.spec.OAEPParameterSpec")("SHA-256", "MGF1", mask, source)
        cipher = cipher_class.getInstance(_TRANSFORMATION)
        cipher.init(
            cipher_class.DECRYPT_MODE,
            key_store(self._java).getKey(_ALIAS, None),
            self._java.cast(PARAMETERS, parameters),
        )
        return cipher


class _Prompt:
    """Android's own dialogue, once. Its objects are held here, as Java does not hold Python's."""

    def __init__(self, java: Java, title: str, type_instead: str, answer: Callable[[int], None]) -> None:
        self._java = java
        self._title = title
        self._type_instead = type_instead
        self._listener = java.run(lambda: java.listener("vn.phoneseal.BiometricAnswer$Listener", {"answered": answer}))
        self._typing = java.run(
            lambda: java.listener(
                "android.content.DialogInterface$OnClickListener", {"onClick": lambda _dialogue, _which: answer(-1)}
            )
        )
        self.cipher: Any = None
        self._objects: list[Any] = []
        self._cancellation: Any = None

    def show(self, cipher: Any) -> None:
        find, activity = self._java.find, self._java.activity()
        self.cipher = cipher
        self._cancellation = find("android.os.CancellationSignal")()
        executor = activity.getMainExecutor()
        builder = find("android.hardware.biometrics.BiometricPrompt$Builder")(activity)
        builder.setTitle(self._title)
        builder.setNegativeButton(self._type_instead, executor, self._typing)
        builder.setAllowedAuthenticators(
            find("android.hardware.biometrics.BiometricManager$Authenticators").BIOMETRIC_STRONG
        )
        builder.setConfirmationRequired(True)
        prompt = builder.build()
        bound = find("android.hardware.biometrics.BiometricPrompt$CryptoObject")(cipher)
        answer = find("vn.phoneseal.BiometricAnswer")(self._listener)
        self._objects = [prompt, bound, answer, executor]
        prompt.authenticate(bound, self._cancellation, executor, answer)

    def cancel(self) -> None:
        self._cancellation.cancel()
