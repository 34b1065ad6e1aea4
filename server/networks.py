"""Whose address it is, as far as counting goes: one IPv4 address, or the /64 that one IPv6 line has for itself (RFC 4291, 2.5.4)."""

import contextlib
import ipaddress


def network_of(host: str) -> str:
    """Text that is the same for all addresses of one line; what is no address stands for itself."""
    with contextlib.suppress(ValueError):
        ip = ipaddress.ip_address(host.partition("%")[0])
        if isinstance(ip, ipaddress.IPv6Address):
            return str(ip.ipv4_mapped or ipaddress.ip_network((ip, 64), strict=False))
    return host
