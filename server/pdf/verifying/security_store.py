"""Certificates, CRLs and OCSP responses that the document carries: /DSS and its /VRI (ISO 32000-2, 12.8.4.3; EN 319 142-1, 5.4.2).

What can't be read is left out: it proves nothing. Bounded in number and size.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from asn1crypto import crl, ocsp, x509
from pyhanko.pdf_utils import generic

from server.pdf.source_document import READER_ERRORS

_KEYS = ("/Certs", "/Cert", "/CRLs", "/CRL", "/OCSPs", "/OCSP")  # of the store, and of its entries by signature
_MAX_STREAMS = 2_000
_MAX_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class SecurityStore:
    """``present``: the document has a store at all."""

    certificates: tuple[x509.Certificate, ...] = ()
    crls: tuple[crl.CertificateList, ...] = ()
    ocsps: tuple[ocsp.OCSPResponse, ...] = ()
    present: bool = False


def read_security_store(catalog: generic.DictionaryObject) -> SecurityStore:
    """The store that a revision's catalog names. Never raises for what a document may hold."""
    try:
        store = catalog["/DSS"]
        if not isinstance(store, generic.DictionaryObject):
            return SecurityStore()
    except (KeyError, *READER_ERRORS):
        return SecurityStore()
    found: dict[str, list[bytes]] = {"/Cert": [], "/CRL": [], "/OCSP": []}
    for kind, data in _streams(store):
        found[kind].append(data)
    return SecurityStore(
        tuple(_parsed(x509.Certificate, found["/Cert"])),
        tuple(_parsed(crl.CertificateList, found["/CRL"])),
        tuple(_parsed(ocsp.OCSPResponse, found["/OCSP"])),
        present=True,
    )


def _streams(store: generic.DictionaryObject) -> Iterator[tuple[str, bytes]]:
    """Kind and bytes of each stream of the store and of its entries by signature, each once."""
    seen: set[Any] = set()
    left = _MAX_BYTES
    for entry in _dictionaries(store):
        for key in _KEYS:
            for stream in _array(entry, key):
                place = getattr(stream, "container_ref", None) or id(stream)
                if place in seen or len(seen) >= _MAX_STREAMS or left <= 0:
                    continue
                seen.add(place)
                try:
                    data = bytes(stream.data)
                except (AttributeError, *READER_ERRORS):
                    continue
                left -= len(data)
                yield key.removesuffix("s"), data


def _dictionaries(store: generic.DictionaryObject) -> Iterator[generic.DictionaryObject]:
    yield store
    try:
        entries = store["/VRI"]
        keys = list(entries.keys())[:_MAX_STREAMS]
    except (KeyError, *READER_ERRORS):
        return
    for key in keys:
        try:
            entry = entries[key]
        except READER_ERRORS:
            continue
        if isinstance(entry, generic.DictionaryObject):
            yield entry


def _array(entry: generic.DictionaryObject, key: str) -> Iterator[Any]:
    try:
        array = entry[key]
        count = len(array)
    except (KeyError, *READER_ERRORS):
        return
    for index in range(min(count, _MAX_STREAMS)):
        try:
            yield array[index]
        except READER_ERRORS:
            continue


def _parsed(kind: Any, values: list[bytes]) -> Iterator[Any]:
    for value in values:
        try:
            one = kind.load(value)
            one.native if kind is not crl.CertificateList else one["tbs_cert_list"]["issuer"].native
        except (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError):
            continue
        yield one
