"""How a server's TLS is believed, and when plain http is allowed: for HTTP and Socket.IO alike.

Rules: web PKI, or one pinned CA file instead of it. Plain http only to loopback, unless
``unsafe_allow_plain_http`` was said explicitly (testers, an isolated network); requests, verdicts and
approvals are signed end to end even then, but others can read the documents.
"""

import ipaddress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import requests

from mobile_app.errors import LinkError


@dataclass(frozen=True, slots=True)
class ServerTrust:
    ca_file: Path | None = None
    unsafe_allow_plain_http: bool = False

    def check_url(self, server_url: str) -> None:
        """Raises LinkError("tls_required")."""
        parts = urlsplit(server_url)
        if parts.scheme == "https" or is_loopback(parts.hostname or ""):
            return
        if not self.unsafe_allow_plain_http:
            raise LinkError("tls_required", {"server_url": server_url})

    def http_session(self, server_url: str) -> requests.Session:
        """A session that trusts as said here and follows no redirect by itself (callers forbid them)."""
        self.check_url(server_url)
        session = requests.Session()
        if is_loopback(urlsplit(server_url).hostname or ""):
            session.trust_env = False  # no proxy stands between a machine and itself
        if self.ca_file is not None:
            session.verify = str(self.ca_file)
        return session


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
