"""What Android's key store and biometric dialogue do, for ``FakeJava``: real cryptography, keys that don't come out, and a person.

The phone's facts (StrongBox or not, fingers, what the person does) stand in ``Phone``; the keys live there too.
"""

import os
import threading
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from fake_java import NotAndroid

STRONGBOX, SECURE_WORLD, SOFTWARE = 2, 1, 0


@dataclass
class Phone:
    """One phone: hardware, what the person has set up, and what they do when asked."""

    strongbox: bool = True
    hardware: bool = True
    fingers: int = 1
    biometric_class_3: bool = True
    person: str = "shows_finger"
    """or ``wrong_then_gives_up``, ``types_instead``, ``walks_away``."""
    keys: dict[str, "Key"] = field(default_factory=dict)
    prompts: list[str] = field(default_factory=list)

    def enrol_another_finger(self) -> None:
        self.fingers += 1
        for key in self.keys.values():
            key.invalid = key.invalid or key.wish.get("setInvalidatedByBiometricEnrollment", False)


@dataclass
class Key:
    secret: Any
    wish: dict[str, Any]
    level: int
    invalid: bool = False

    IS = ("java.security.Key", "javax.crypto.SecretKey", "java.security.PrivateKey")

    def getAlgorithm(self) -> str:
        return "AES" if isinstance(self.secret, bytes) else "RSA"


class Spec:
    """KeyGenParameterSpec, and its builder at once."""

    ALSO = ("java.security.spec.AlgorithmParameterSpec",)

    def __init__(self, java: Any, alias: str, purposes: int) -> None:
        self.java, self.alias, self.wish = java, alias, {"purposes": purposes}

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("set"):
            raise AttributeError(name)

        def keep(*values: Any) -> Any:
            self.wish[name] = values[0] if len(values) == 1 else values
            return self.java.made("android.security.keystore.KeyGenParameterSpec$Builder", self)

        return keep

    def build(self) -> Any:
        return self.java.made("android.security.keystore.KeyGenParameterSpec", self)


class Generator:
    """KeyGenerator and KeyPairGenerator."""

    def __init__(self, phone: Phone, java: Any, algorithm: str) -> None:
        self.phone, self.java, self.algorithm, self.spec = phone, java, algorithm, None

    def init(self, spec: Any) -> None:
        self.spec = spec._does

    initialize = init

    def _keep(self, secret: Any) -> None:
        assert self.spec is not None
        wish = self.spec.wish
        if wish.get("setIsStrongBoxBacked") and not self.phone.strongbox:
            raise self.java.thrown("android.security.keystore.StrongBoxUnavailableException")
        if wish.get("setUserAuthenticationRequired") and not self.phone.fingers:
            raise self.java.thrown(
                "java.security.InvalidAlgorithmParameterException", "java.lang.IllegalStateException"
            )
        level = STRONGBOX if wish.get("setIsStrongBoxBacked") else SECURE_WORLD if self.phone.hardware else SOFTWARE
        self.phone.keys[self.spec.alias] = Key(secret, wish, level)

    def generateKey(self) -> None:
        assert self.spec is not None
        wish = self.spec.wish
        assert (self.algorithm, wish["setBlockModes"], wish["setEncryptionPaddings"]) == ("AES", "GCM", "NoPadding")
        self._keep(os.urandom(wish["setKeySize"] // 8))

    def generateKeyPair(self) -> None:
        assert self.spec is not None
        assert self.algorithm == "RSA"
        self._keep(rsa.generate_private_key(65537, self.spec.wish["setKeySize"]))


class Cipher:
    def __init__(self, java: Any, transformation: str) -> None:
        self.java, self.transformation = java, transformation
        self.aad = self.nonce = b""
        self.authorised = False

    def init(self, mode: int, key: Any, parameters: Any = None) -> None:
        self.mode, self.key = mode, key._does
        wish = self.key.wish
        if self.key.invalid:
            raise self.java.thrown("android.security.keystore.KeyPermanentlyInvalidatedException")
        if not mode & wish["purposes"]:
            raise self.java.thrown("java.security.InvalidKeyException", "android.security.KeyStoreException")
        if self.transformation == "AES/GCM/NoPadding":
            if (parameters is None) != (mode == 1):
                raise self.java.thrown(
                    "java.security.InvalidAlgorithmParameterException"
                )  # the nonce is the key store's
            self.nonce = os.urandom(12) if parameters is None else parameters._does.nonce
        else:
            assert self.transformation == "RSA/ECB/OAEPWithSHA-256AndMGF1Padding"
            assert wish["setDigests"] == "SHA-256"
            assert wish["setEncryptionPaddings"] == "OAEPPadding"
            assert parameters._does.names == ("SHA-256", "MGF1", "SHA1", "DEFAULT")

    def getIV(self) -> list[int]:
        return [value - 256 if value > 127 else value for value in self.nonce]

    def updateAAD(self, aad: bytes) -> None:
        self.aad += aad

    def doFinal(self, given: bytes) -> list[int]:
        if self.key.wish.get("setUserAuthenticationRequired") and not self.authorised:
            raise self.java.thrown("javax.crypto.IllegalBlockSizeException", "android.security.KeyStoreException")
        self.authorised = False
        return [value - 256 if value > 127 else value for value in self._done(given)]

    def _done(self, given: bytes) -> bytes:
        if not isinstance(self.key.secret, bytes):
            return bytes(
                self.key.secret.decrypt(given, padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA256(), None))
            )
        aes = AESGCM(self.key.secret)
        if self.mode == 1:
            return aes.encrypt(self.nonce, given, self.aad)
        try:
            return aes.decrypt(self.nonce, given, self.aad)
        except InvalidTag:
            raise self.java.thrown("javax.crypto.AEADBadTagException", "android.security.KeyStoreException") from None


def keystore_behaviours(phone: Phone) -> dict[str, Any]:
    """Class name → what it does, over this phone's keys."""

    class KeyStore:
        @staticmethod
        def getInstance(java: Any, provider: str) -> Any:
            assert provider == "AndroidKeyStore"
            store = KeyStore()
            store.java, store.loaded = java, False
            return java.made("java.security.KeyStore", store)

        def load(self, _parameter: None) -> None:
            self.loaded = True

        def _key(self, alias: str) -> Key | None:
            assert self.loaded
            return phone.keys.get(alias)

        def containsAlias(self, alias: str) -> bool:
            return self._key(alias) is not None

        def deleteEntry(self, alias: str) -> None:
            phone.keys.pop(alias, None)

        def getKey(self, alias: str, _password: None) -> Any:
            key = self._key(alias)
            return None if key is None else self.java.made("java.security.Key", key)

        def getCertificate(self, alias: str) -> Any:
            key = self._key(alias)
            return (
                None if key is None else self.java.made("java.security.cert.Certificate", Certificate(self.java, key))
            )

    class Certificate:
        def __init__(self, java: Any, key: Key) -> None:
            self.java, self.key = java, key

        def getPublicKey(self) -> Any:
            return self.java.made("java.security.PublicKey", self)

        def getEncoded(self) -> list[int]:
            spki = self.key.secret.public_key().public_bytes(
                serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
            )
            return [value - 256 if value > 127 else value for value in spki]

    class KeyGenerator:
        @staticmethod
        def getInstance(java: Any, algorithm: str, provider: str) -> Any:
            assert provider == "AndroidKeyStore"
            name = "javax.crypto.KeyGenerator" if algorithm == "AES" else "java.security.KeyPairGenerator"
            return java.made(name, Generator(phone, java, algorithm))

    class CipherClass:
        @staticmethod
        def getInstance(java: Any, transformation: str) -> Any:
            return java.made("javax.crypto.Cipher", Cipher(java, transformation))

    class GCMParameterSpec:
        ALSO = ("java.security.spec.AlgorithmParameterSpec",)

        def __init__(self, _java: Any, tag_bits: int, nonce: bytes) -> None:
            assert (tag_bits, len(nonce)) == (128, 12)
            self.nonce = nonce

    class OAEPParameterSpec:
        ALSO = ("java.security.spec.AlgorithmParameterSpec",)

        def __init__(self, _java: Any, digest: str, mask: str, mask_digest: Any, source: Any) -> None:
            self.names = (digest, mask, mask_digest._does.name, source._does.name)

    class Named:
        def __init__(self, name: str, *also: str) -> None:
            self.name, self.ALSO = name, also

    class SecretKeyFactory:
        @staticmethod
        def getInstance(java: Any, algorithm: str, provider: str) -> Any:
            assert (algorithm, provider) == ("AES", "AndroidKeyStore")
            factory = SecretKeyFactory()
            factory.java = java
            return java.made("javax.crypto.SecretKeyFactory", factory)

        def getKeySpec(self, key: Any, described: Any) -> Any:
            assert described._does.name == "android.security.keystore.KeyInfo"
            return self.java.made("android.security.keystore.KeyInfo", KeyInfo(key._does.level))

    class KeyInfo:
        def __init__(self, level: int) -> None:
            self.level = level

        def isInsideSecureHardware(self) -> bool:
            return self.level != SOFTWARE

        def getSecurityLevel(self) -> int:
            return self.level

    class Class:
        @staticmethod
        def forName(java: Any, name: str) -> Any:
            return java.made("java.lang.Class", Named(name))

    return {
        "java.security.KeyStore": KeyStore,
        "javax.crypto.KeyGenerator": KeyGenerator,
        "java.security.KeyPairGenerator": KeyGenerator,
        "javax.crypto.Cipher": CipherClass,
        "javax.crypto.spec.GCMParameterSpec": GCMParameterSpec,
        "javax.crypto.spec.OAEPParameterSpec": OAEPParameterSpec,
        "java.security.spec.MGF1ParameterSpec": Constant("SHA1", "java.security.spec.MGF1ParameterSpec"),
        "javax.crypto.spec.PSource$PSpecified": Constant(
            "DEFAULT", "javax.crypto.spec.PSource$PSpecified", "javax.crypto.spec.PSource"
        ),
        "android.security.keystore.KeyProperties": object,
        "android.security.keystore.KeyGenParameterSpec$Builder": Spec,
        "javax.crypto.SecretKeyFactory": SecretKeyFactory,
        "java.lang.Class": Class,
    } | biometric_behaviours(phone)


class Constant:
    """A class with one object in a static field."""

    def __init__(self, name: str, class_name: str, *also: str) -> None:
        self._name, self._class_name, self.ALSO = (
            name,
            class_name,
            (class_name, "java.security.spec.AlgorithmParameterSpec", *also),
        )
        self.name = name

    def __getattr__(self, name: str) -> Any:
        if name != self.__dict__["_name"]:
            raise AttributeError(name)
        from fake_java import JavaObject

        return JavaObject(None, self._class_name, self)  # type: ignore[arg-type]


def biometric_behaviours(phone: Phone) -> dict[str, Any]:
    class BiometricManager:
        def canAuthenticate(self, authenticators: int) -> int:
            assert authenticators == 15  # BIOMETRIC_STRONG
            if not phone.biometric_class_3:
                return 12  # BIOMETRIC_ERROR_NO_HARDWARE
            return 0 if phone.fingers else 11  # BIOMETRIC_ERROR_NONE_ENROLLED

    class Builder:
        def __init__(self, java: Any, _context: Any) -> None:
            self.java, self.title, self.strong = java, "", False

        def _same(self) -> Any:
            return self.java.made("android.hardware.biometrics.BiometricPrompt$Builder", self)

        def setTitle(self, title: str) -> Any:
            self.title = title
            return self._same()

        def setNegativeButton(self, text: str, _executor: Any, listener: Any) -> Any:
            self.instead, self.typing = text, listener
            return self._same()

        def setAllowedAuthenticators(self, authenticators: int) -> Any:
            self.strong = authenticators == 15
            return self._same()

        def setConfirmationRequired(self, required: bool) -> Any:
            return self._same()

        def build(self) -> Any:
            assert self.strong
            assert self.title
            assert self.instead
            return self.java.made("android.hardware.biometrics.BiometricPrompt", Prompt(self))

    class Prompt:
        def __init__(self, builder: Builder) -> None:
            self.builder = builder

        def authenticate(self, bound: Any, cancellation: Any, _executor: Any, answer: Any) -> None:
            phone.prompts.append(self.builder.title)
            listener, person = answer._does.listener, phone.person

            def act() -> None:
                if person == "shows_finger":
                    bound._does.cipher._does.authorised = True
                    listener.call("answered", 0)
                elif person == "types_instead":
                    self.builder.typing.call("onClick", None, -2)
                elif person == "wrong_then_gives_up":
                    listener.call("answered", 10)  # BIOMETRIC_ERROR_USER_CANCELED
                else:
                    cancellation._does.cancelled.wait(30)
                    listener.call("answered", 5)  # BIOMETRIC_ERROR_CANCELED

            threading.Thread(target=act, daemon=True).start()

    class CryptoObject:
        def __init__(self, _java: Any, cipher: Any) -> None:
            self.cipher = cipher

    class CancellationSignal:
        def __init__(self, _java: Any) -> None:
            self.cancelled = threading.Event()

        def cancel(self) -> None:
            self.cancelled.set()

    class BiometricAnswer:
        ALSO = ("android.hardware.biometrics.BiometricPrompt$AuthenticationCallback",)

        def __init__(self, _java: Any, listener: Any) -> None:
            if getattr(listener, "interface", "") != "vn.phoneseal.BiometricAnswer$Listener":
                raise NotAndroid("BiometricAnswer takes its own listener")
            self.listener = listener

    return {
        "android.hardware.biometrics.BiometricManager": BiometricManager,
        "android.hardware.biometrics.BiometricManager$Authenticators": object,
        "android.hardware.biometrics.BiometricPrompt$Builder": Builder,
        "android.hardware.biometrics.BiometricPrompt$CryptoObject": CryptoObject,
        "android.os.CancellationSignal": CancellationSignal,
        "vn.phoneseal.BiometricAnswer": BiometricAnswer,
    }
