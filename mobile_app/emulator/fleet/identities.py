"""Where the phones of a fleet come from: paired profiles, or a file that a bench wrote beside the rows it
seeded.

The file holds one JSON object a line: ``server_url``, ``server_id``, ``device_id``, ``device_key`` (PKCS#8
DER), ``request_signing_key``, ``recovery_key`` (32 raw bytes each; bytes in base64url without padding),
``key_counter``. Several phones may share a key.
"""

import json
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_private_key

from mobile_app.device.file_vault import FileVault
from mobile_app.device.identity import kept_identity, kept_pinned_keys
from mobile_app.device.journal import Journal
from mobile_app.device.profile import Profile
from mobile_app.device.server_keys import PinnedKeys
from mobile_app.emulator.fleet.idle_phone import FleetIdentity
from mobile_app.emulator.table_reader import ScenarioError
from mobile_app.errors import LinkError
from mobile_app.link import fields

_NAMES = fields.names(
    "server_url server_id device_id device_key request_signing_key recovery_key key_counter"
)


def from_profiles(folder: Path) -> list[FleetIdentity]:
    """Every paired profile in ``folder``, each locked until its ``release``. Raises ScenarioError,
    VaultError.
    """
    found = [
        one for one in (_from_profile(path) for path in sorted(folder.iterdir()) if path.is_dir()) if one
    ]
    if not found:
        raise ScenarioError([f"--profiles: {folder} holds no paired profile"])
    return found


def _from_profile(folder: Path) -> FleetIdentity | None:
    profile = Profile(folder)
    journal = Journal(profile.journal_path)
    try:
        identity, pinned = kept_identity(journal), kept_pinned_keys(journal)
    finally:
        journal.close()
    if identity is None or pinned is None:
        profile.close()
        return None
    vault, name = FileVault(profile), identity.vault_name
    return FleetIdentity(
        identity.server_url,
        identity.server_id,
        identity.device_id,
        lambda message: vault.sign_as_device(name, message),
        pinned,
        profile.close,
    )


def from_file(file: Path) -> list[FleetIdentity]:
    """Raises ScenarioError with the line that is wrong."""
    try:
        lines = file.read_text("utf-8").splitlines()
    except OSError as error:
        raise ScenarioError([f"--identities: {file} cannot be read: {error.strerror}"]) from error
    found: list[FleetIdentity] = []
    for number, line in enumerate(lines, 1):
        try:
            found.append(_from_line(line))
        except (ValueError, TypeError, LinkError) as error:
            raise ScenarioError([f"--identities: {file}, line {number}: {error}"]) from error
    return found


def _from_line(line: str) -> FleetIdentity:
    record = fields.record(json.loads(line), _NAMES)
    key = load_der_private_key(fields.octets(record["device_key"], "device_key", 32, 4096), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("device_key is no EC key")
    server_id = fields.identifier(record["server_id"], "server_id", "srv")
    pinned = PinnedKeys(
        server_id,
        fields.integer(record["key_counter"], "key_counter", 1),
        fields.octets32(record["request_signing_key"], "request_signing_key"),
        fields.octets32(record["recovery_key"], "recovery_key"),
    )
    return FleetIdentity(
        str(record["server_url"]),
        server_id,
        fields.identifier(record["device_id"], "device_id", "dev"),
        lambda message: key.sign(message, ec.ECDSA(hashes.SHA256())),
        pinned,
    )
