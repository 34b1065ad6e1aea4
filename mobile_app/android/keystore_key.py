"""A key in Android's key store around what lies in a file: AES-256-GCM, made on this phone, never out of its hardware.

Rules:
* StrongBox (a chip of its own) where the phone has one, else whatever the key store has. What it became is read back from the key
  itself, not from what was asked for.
* The nonce is the key store's (it refuses ours); a sealed file is nonce ‖ ciphertext with its tag. The file's pairing is
  authenticated beside it, so that a file cannot stand in for another's.
* The key is used without the person: this phone proves itself to the server and learns of requests while nobody looks. What the
  person must do stands behind PIN and server share, inside.
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from mobile_app.android.java import Java, JavaError, octets
from mobile_app.errors import VaultError

PROVIDER: Final = "AndroidKeyStore"
PARAMETERS: Final = "java.security.spec.AlgorithmParameterSpec"
_ALIAS: Final = "phoneseal.vault"
_TRANSFORMATION: Final = "AES/GCM/NoPadding"
_TAG_BITS: Final = 128
_NONCE_BYTES: Final = 12
_PURPOSE: Final = b"phoneseal.android_vault.v1:"
_NO_STRONGBOX: Final = "android.security.keystore.StrongBoxUnavailableException"
_BAD_TAG: Final = "javax.crypto.AEADBadTagException"
_SECURITY_LEVELS_SINCE: Final = 31
T = TypeVar("T")


def key_store(java: Java) -> Any:
    """Inside ``java.run``."""
    store = java.find("java.security.KeyStore").getInstance(PROVIDER)
    store.load(None)
    return store


class KeystoreKey:
    """The key that wraps the vault's files."""

    def __init__(self, java: Java) -> None:
        self._java = java
        self._protection: str | None = None

    def make(self) -> None:
        """If there is none yet. Raises VaultError("keystore_unavailable")."""
        self._with_errors(self._make)

    @property
    def protection(self) -> str:
        """``strongbox``, ``android_keystore`` (the processor's secure world), or ``file``: a key store without hardware is not more.
        Raises VaultError."""
        if self._protection is None:
            self._protection = self._with_errors(self._read_protection)
        return self._protection

    def seal(self, name: str, content: bytes) -> bytes:
        """Raises VaultError."""
        return self._with_errors(lambda: self._seal(name, content))

    def open(self, name: str, sealed: bytes) -> bytes:
        """Raises VaultError("vault_tampered") for a file that another key or another name has sealed."""
        return self._with_errors(lambda: self._open(name, sealed))

    def destroy(self) -> None:
        """What it sealed is lost for good. No error if it is gone."""
        self._with_errors(lambda: key_store(self._java).deleteEntry(_ALIAS))
        self._protection = None

    # -- on the thread for Java -------------------------------------------------------------------------
    def _with_errors(self, job: Callable[[], T]) -> T:
        try:
            return self._java.run(job)
        except JavaError as error:
            if error.is_a(_BAD_TAG):
                raise VaultError("vault_tampered", {"what": "keystore"}) from error
            raise VaultError("keystore_unavailable", {"exception": error.class_name}) from error

    def _make(self) -> None:
        if key_store(self._java).containsAlias(_ALIAS):
            return
        try:
            self._generate(strongbox=True)
        except JavaError as error:
            if not error.is_a(_NO_STRONGBOX):
                raise
            self._generate(strongbox=False)

    def _generate(self, *, strongbox: bool) -> None:
        properties = self._java.find("android.security.keystore.KeyProperties")
        builder = self._java.find("android.security.keystore.KeyGenParameterSpec$Builder")(
            _ALIAS, properties.PURPOSE_ENCRYPT | properties.PURPOSE_DECRYPT
        )
        builder.setKeySize(256)
        builder.setBlockModes(properties.BLOCK_MODE_GCM)
        builder.setEncryptionPaddings(properties.ENCRYPTION_PADDING_NONE)
        builder.setIsStrongBoxBacked(strongbox)
        generator = self._java.find("javax.crypto.KeyGenerator").getInstance(properties.KEY_ALGORITHM_AES, PROVIDER)
        generator.init(self._java.cast(PARAMETERS, builder.build()))
        self._java.run(generator.generateKey)

    def _key(self) -> Any:
        key = key_store(self._java).getKey(_ALIAS, None)
        if key is None:
            raise VaultError("vault_missing", {"what": "keystore"})
        return key

    def _read_protection(self) -> str:
        key = self._key()
        factory = self._java.find("javax.crypto.SecretKeyFactory").getInstance(key.getAlgorithm(), PROVIDER)
        info = self._java.find("java.lang.Class").forName("android.security.keystore.KeyInfo")
        described = factory.getKeySpec(self._java.cast("javax.crypto.SecretKey", key), info)
        if self._java.sdk < _SECURITY_LEVELS_SINCE:
            return "android_keystore" if described.isInsideSecureHardware() else "file"
        properties = self._java.find("android.security.keystore.KeyProperties")
        level = described.getSecurityLevel()
        if level == properties.SECURITY_LEVEL_STRONGBOX:
            return "strongbox"
        hardware = (properties.SECURITY_LEVEL_TRUSTED_ENVIRONMENT, properties.SECURITY_LEVEL_UNKNOWN_SECURE)
        return "android_keystore" if level in hardware else "file"

    def _seal(self, name: str, content: bytes) -> bytes:
        cipher = self._java.find("javax.crypto.Cipher")
        sealing = cipher.getInstance(_TRANSFORMATION)
        sealing.init(cipher.ENCRYPT_MODE, self._key())
        nonce = octets(sealing.getIV())
        if len(nonce) != _NONCE_BYTES:
            raise VaultError("keystore_unavailable", {"nonce_bytes": len(nonce)})
        sealing.updateAAD(_PURPOSE + name.encode())
        return nonce + octets(sealing.doFinal(content))

    def _open(self, name: str, sealed: bytes) -> bytes:
        cipher = self._java.find("javax.crypto.Cipher")
        opening = cipher.getInstance(_TRANSFORMATION)
        parameters = self._java.find("javax.crypto.spec.GCMParameterSpec")(_TAG_BITS, sealed[:_NONCE_BYTES])
        opening.init(cipher.DECRYPT_MODE, self._key(), self._java.cast(PARAMETERS, parameters))
        opening.updateAAD(_PURPOSE + name.encode())
        return octets(opening.doFinal(sealed[_NONCE_BYTES:]))
