"""The address at which a phone wants to be woken, as text that a stranger chose: read strictly, and never one inside our own network.

The text is checked when it is stored; the addresses that its host has are checked by whoever connects, each time, and the connection goes
to the address that was checked. Numbers that only old resolvers take for an address (``127.1``, ``0x7f.0.0.1``) are refused.
"""

import ipaddress
import re
from dataclasses import dataclass, field

from server.errors import Unprocessable

_URL = re.compile(r"(https?)://(\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9._-]{1,253})(?::([0-9]{1,5}))?([/?][!-\"$-~]*)?")
_LABEL = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
_PORTS = {"https": 443, "http": 80}
_IPV6_OPEN = ipaddress.IPv6Network("2000::/3")
_IPV6_CLOSED = tuple(ipaddress.IPv6Network(net) for net in ("2001::/23", "2001:db8::/32", "3fff::/20"))
_IPV4_CLOSED = tuple(ipaddress.IPv4Network(net) for net in ("192.0.0.0/24", "192.88.99.0/24", "240.0.0.0/4"))
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class PushEndpoint:
    """``host`` is resolved and verified (no brackets), ``authority`` stands in the Host header, ``target`` in the request line. What is
    secret is in no ``repr``."""

    secure: bool
    host: str = field(repr=False)
    port: int
    authority: str = field(repr=False)
    target: str = field(repr=False)

    @property
    def origin(self) -> str:
        """RFC 6454: the default port is left out."""
        return f"{'https' if self.secure else 'http'}://{self.authority}"


def read_endpoint(text: str, *, private_addresses: bool) -> PushEndpoint:
    """Raises ``Unprocessable(push_endpoint_not_allowed)``. With ``private_addresses`` any host will do, and this
    machine without TLS."""
    found = _URL.fullmatch(text)
    if found is None:
        raise _not_allowed("not an absolute https URL without user and fragment")
    scheme, written, digits, target = found.groups()
    port = int(digits) if digits else _PORTS[scheme]
    if not 1 <= port <= 65_535:
        raise _not_allowed("no such port")
    host, address = _host(written)
    if scheme == "http" and not (
        private_addresses and (host == "localhost" or (address is not None and address.is_loopback))
    ):
        raise _not_allowed("not over TLS")
    if not private_addresses:
        if host == "localhost" or host.endswith(".localhost"):
            raise _not_allowed("this machine")
        if address is not None and not is_public(host):
            raise _not_allowed("not a public address")
    authority = f"[{host}]" if ":" in host else host
    if port != _PORTS[scheme]:
        authority += f":{port}"
    path = target or "/"
    return PushEndpoint(scheme == "https", host, port, authority, path if path[0] == "/" else f"/{path}")


def _host(written: str) -> tuple[str, ipaddress.IPv4Address | ipaddress.IPv6Address | None]:
    """The host in lower case, and the address that it is, if it is one."""
    try:
        if written[0] == "[":
            address = ipaddress.IPv6Address(written[1:-1])
            return address.compressed, address
        labels = written.lower().split(".")
        if labels[-1].isdigit() or re.fullmatch("0x[0-9a-f]*", labels[-1]):
            return written, ipaddress.IPv4Address(written)
    except ValueError as error:
        raise _not_allowed("not an address") from error
    if not all(_LABEL.fullmatch(label) for label in labels):
        raise _not_allowed("not a host name")
    return ".".join(labels), None


def is_public(address: str) -> bool:
    """May a stranger send us there? An IPv4 address that an IPv6 one carries is judged in its place."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv4Address):
        return ip.is_global and not ip.is_multicast and not any(ip in net for net in _IPV4_CLOSED)
    if ip.scope_id is not None:
        return False
    carried = ip.ipv4_mapped or ip.sixtofour or (ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else None)
    if carried is not None:
        return is_public(str(carried))
    return ip in _IPV6_OPEN and not any(ip in net for net in _IPV6_CLOSED)


def _not_allowed(why: str) -> Unprocessable:
    return Unprocessable(why, code="push_endpoint_not_allowed")
