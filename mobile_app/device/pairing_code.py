"""What a QR code or a person's typing says (protocol §3)."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

from mobile_app.errors import Refused

_CODE: Final = re.compile(r"[0-9a-hjkmnp-tv-z]{10}")
_URI: Final = re.compile(
    r"phoneseal://pair\?v=1&u=((?:[A-Za-z0-9._~-]|%[0-9A-Fa-f]{2})+)&c=([0-9a-hjkmnp-tv-z]{10})&f=([0-9a-f]{64})"
)
_READ_AS: Final = str.maketrans({"o": "0", "i": "1", "l": "1", "-": None, " ": None})


@dataclass(frozen=True, slots=True)
class PairingCode:
    """``fingerprint`` is of the server's request-signing key; None when the code was typed."""

    server_url: str
    code: str
    fingerprint: str | None


def _malformed(what: str) -> Refused:
    return Refused("pairing_code_malformed", {"what": what})


def read_pairing_code(given: str, server_url: str | None) -> PairingCode:
    """A scanned ``phoneseal://pair?…`` or a typed code with the server's address beside it. Raises
    Refused("pairing_code_malformed")."""
    given = given.strip()
    if given.lower().startswith("phoneseal:"):
        found = _URI.fullmatch(given)
        if found is None:
            raise _malformed("uri")
        return PairingCode(read_server_url(_decoded(found[1])), found[2], found[3])
    code = given.lower().translate(_READ_AS)
    if _CODE.fullmatch(code) is None:
        raise _malformed("code")
    if server_url is None:
        raise _malformed("server_url")
    return PairingCode(read_server_url(server_url), code, None)


def _decoded(text: str) -> str:
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError as error:
        raise _malformed("server_url") from error


def read_server_url(text: str) -> str:
    """A server's address: scheme, host, port and path only; no name and password, query or fragment. The host in small ASCII letters
    (RFC 5891), as certificates and sockets have it, however a person typed it. Raises Refused("pairing_code_malformed")."""
    try:
        parts = urlsplit(text)
        port, host = parts.port, parts.hostname or ""
        host = host if host.isascii() else host.encode("idna").decode("ascii")
    except ValueError as error:  # a UnicodeError among them
        raise _malformed("server_url") from error
    plain = not (parts.username or parts.password or parts.query or parts.fragment)
    if parts.scheme not in ("http", "https") or not host or not plain or port == 0:
        raise _malformed("server_url")
    where = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{where}{'' if port is None else f':{port}'}{parts.path}".rstrip("/")
