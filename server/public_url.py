"""The address that browsers and phones use, in the one form in which a browser names it (RFC 6454 6.2, WHATWG "serialized origin").

A browser sends the host in small ASCII letters and leaves the scheme's own port out; whatever an operator writes is brought into that form
once, at the start, so that every comparison (sockets' Origin, forms' Referer, links, QR codes) sees one address.
"""

from urllib.parse import urlsplit

import idna

_OWN_PORT = {"http": 80, "https": 443}


class AddressUnusable(ValueError):
    """``args[0]``: what to write instead."""


def serialized_origin(written: str) -> str:
    """``scheme://host[:port]``. Raises ``AddressUnusable``."""
    try:
        url = urlsplit(written.strip())
        port, host = url.port, url.hostname
    except ValueError:
        raise AddressUnusable("can't be read: write https://host or https://host:port") from None
    if url.scheme not in _OWN_PORT or not host or port == 0:
        raise AddressUnusable("must begin with https:// (or http://) and a host name")
    if url.username is not None or url.password is not None or url.query or url.fragment:
        raise AddressUnusable("must hold no user, no query and no fragment: it stands in every link")
    if url.path not in ("", "/"):
        raise AddressUnusable(f"must hold no path ({url.path}): PhoneSeal needs a host name or a port of its own")
    where = f"[{host}]" if ":" in host else _ascii(host)
    return f"{url.scheme}://{where}" + ("" if port in (None, _OWN_PORT[url.scheme]) else f":{port}")


def _ascii(host: str) -> str:
    """In small ASCII letters (UTS 46, IDNA 2008), as browsers and certificates have it."""
    try:
        if host.isascii():
            idna.encode(host.lower().replace("_", "-").rstrip(".") or ".")  # the lengths and shapes of labels
            return host.lower()
        return idna.encode(host, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        raise AddressUnusable(f"names a host that is none: {host}") from None
