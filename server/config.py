"""What an operator may set: one frozen object, read once at start from a TOML file, every field documented in docs/operations.md.

Safe by default: loopback only, no default secret, development stand-ins refused in production. A wrong file is one clear line.
"""

import os
import tomllib
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, get_type_hints

from server.errors import BadInput, PhoneSealError
from server.public_url import AddressUnusable, serialized_origin
from server.text import clean_text

LOOPBACK = ("127.0.0.1", "localhost", "::1")


_ABOVE_ZERO = (
    "signing_deadline", "max_document_bytes", "max_document_pages", "max_request_items", "max_request_pages", "max_request_bytes",
    "session_lifetime",
)  # fmt: skip
_NOT_NEGATIVE = ("free_disk_bytes", "recovery_delay")


_SHOWN_TO_PEOPLE = frozenset({"server_name", "portal_name"})
"""They stand in signed statements, and phones take text in NFC alone."""


class ConfigError(PhoneSealError):
    """The configuration can't be used; the message says which setting and what to do."""

    code = "config_invalid"


@dataclass(frozen=True, slots=True)
class Config:
    """Sizes in bytes, times in seconds."""

    data_dir: Path = Path("var")
    mode: str = "development"
    host: str = "127.0.0.1"
    port: int = 8443
    public_url: str = ""
    server_name: str = "PhoneSeal"
    portal_name: str = "PhoneSeal"
    tls_certificate: str = ""
    tls_key: str = ""
    behind_proxy: bool = False
    workers: int = 0
    certificate_issuer: str = "development"
    request_lifetime: int = 300
    signing_deadline: int = 3600
    lease_seconds: int = 60
    hang_seconds: int = 25
    max_document_bytes: int = 300 * 1024 * 1024
    max_document_pages: int = 2000
    max_request_items: int = 10_000
    max_request_pages: int = 200_000
    max_request_bytes: int = 4 * 1024**3
    full_validation_share: float = 0.01
    free_disk_bytes: int = 200 * 1024 * 1024
    recovery_delay: int = 24 * 3600
    session_lifetime: int = 12 * 3600
    connections_per_address: int = 1000
    wake_up: bool = True
    wake_up_private_addresses: bool = False
    clock_offset_file: str = ""
    verify_trust: str = ""
    verify_timestamp_trust: str = ""

    @property
    def base_url(self) -> str:
        """What links and QR codes start with: never taken from a Host header."""
        scheme = "https" if self.tls_certificate else "http"
        return self.public_url or f"{scheme}://{self.host}:{self.port}"

    @property
    def production(self) -> bool:
        return self.mode == "production"

    @property
    def worker_count(self) -> int:
        return self.workers or os.cpu_count() or 2

    def check(self) -> "Config":
        """Returns itself, or raises ``ConfigError`` with the one thing to mend first."""
        if self.mode not in ("development", "production"):
            raise ConfigError("mode must be 'development' or 'production'")
        if self.host not in LOOPBACK and not self.tls_certificate and not self.behind_proxy:
            raise ConfigError(
                f"host {self.host} is not loopback: set tls_certificate and tls_key, or behind_proxy = true with a TLS proxy in front"
            )
        if bool(self.tls_certificate) != bool(self.tls_key):
            raise ConfigError("tls_certificate and tls_key go together")
        if self.certificate_issuer not in ("development", "none"):
            raise ConfigError("certificate_issuer must be 'development' or 'none'")
        if self.production:
            self._check_production()
        if not 0 <= self.port <= 65_535:
            raise ConfigError("port must lie between 0 and 65535")
        if self.workers < 0:
            raise ConfigError("workers must be 0 (one per core) or a number of processes")
        if self.connections_per_address < 0:
            raise ConfigError("connections_per_address must be 0 (no limit) or a number of connections")
        if self.lease_seconds < 1:
            raise ConfigError("lease_seconds must be at least 1")
        if self.hang_seconds < 1:
            raise ConfigError("hang_seconds must be at least 1")
        if not 30 <= self.request_lifetime <= 86_400:
            raise ConfigError("request_lifetime must lie between 30 and 86400 seconds")
        if not 0.0 <= self.full_validation_share <= 1.0:
            raise ConfigError("full_validation_share must lie between 0 and 1")
        self._check_amounts()
        self._check_public_url()
        return self

    def _check_amounts(self) -> None:
        """What would undo a promise when it is nothing or less."""
        for name in _ABOVE_ZERO:
            if getattr(self, name) <= 0:
                raise ConfigError(f"{name} must be above 0")
        for name in _NOT_NEGATIVE:
            if getattr(self, name) < 0:
                raise ConfigError(f"{name} must not be negative")
        if self.production and self.recovery_delay < 3600:
            raise ConfigError("recovery_delay under an hour gives an owner no time to object: a production start refuses it")
        if self.production and self.free_disk_bytes == 0:
            raise ConfigError("free_disk_bytes must be above 0 in production: a full disk stops everybody at once")

    def _check_public_url(self) -> None:
        if self.public_url and _origin(self.public_url) != self.public_url:
            raise ConfigError(f"public_url must be written {_origin(self.public_url)}")

    def _check_production(self) -> None:
        if self.certificate_issuer == "development":
            raise ConfigError("certificate_issuer 'development' is a stand-in: a production start refuses it")
        if self.clock_offset_file:
            raise ConfigError("clock_offset_file is for tests: a production start refuses it")
        if self.wake_up_private_addresses:
            raise ConfigError("wake_up_private_addresses lets phones send the server into its own network: a production start refuses it")
        for name in ("PHONESEAL_CRASH_AT", "PHONESEAL_CRASH_ONCE"):
            if os.environ.get(name):
                raise ConfigError(f"{name} is for tests: a production start refuses it")
        if not self.tls_certificate and not self.behind_proxy:
            raise ConfigError("production needs tls_certificate and tls_key, or behind_proxy = true with a TLS proxy in front")
        if not self.public_url.startswith("https://"):
            raise ConfigError("public_url must be the https:// address that phones and browsers use")


def _origin(public_url: str) -> str:
    try:
        return serialized_origin(public_url)
    except AddressUnusable as error:
        raise ConfigError(f"public_url {error}") from None


def _name_for_people(setting: str, value: str) -> str:
    try:
        name = clean_text(value, 100)
    except BadInput:
        raise ConfigError(f"{setting} has more than 100 characters") from None
    if not name:
        raise ConfigError(f"{setting} must hold something that people can read")
    return name


def load_config(path: Path | None, **overrides: Any) -> Config:
    """Defaults, then the TOML file, then ``overrides`` (command line). Unknown or ill-typed settings raise ``ConfigError``."""
    values: dict[str, Any] = {}
    if path is not None:
        try:
            values = tomllib.loads(path.read_text("utf-8"))
        except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigError(f"{path}: {error}") from error
    values.update({name: value for name, value in overrides.items() if value is not None})
    kinds = get_type_hints(Config)
    known = {field.name for field in fields(Config)}
    for name, value in values.items():
        if name not in known:
            raise ConfigError(f"unknown setting '{name}'")
        kind = kinds[name]
        if kind is Path and isinstance(value, str | Path):
            values[name] = Path(value).absolute()
        elif kind is float and isinstance(value, int) and not isinstance(value, bool):
            values[name] = float(value)
        elif not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise ConfigError(f"setting '{name}' must be of type {kind.__name__}")
    for name in _SHOWN_TO_PEOPLE & values.keys():
        values[name] = _name_for_people(name, values[name])
    if values.get("public_url"):
        values["public_url"] = _origin(values["public_url"])
    return replace(Config(), **values).check()
