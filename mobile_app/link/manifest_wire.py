"""The manifest of a request and the bundles of documents, as they come over HTTP (protocol §4.2, §4.3)."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from mobile_app.link import fields
from mobile_app.link.server_statements import MAX_ITEMS, MAX_PAGES

MAX_MANIFEST_PAGE: Final = 500
MAX_BUNDLE_ITEMS: Final = 50
ALGORITHMS: Final = fields.names("rsa_pkcs1_sha256 rsa_pss_sha256 ecdsa_p256_sha256 ecdsa_p384_sha384")
_RIGHTS: Final = fields.names("view initial approve sign")


@dataclass(frozen=True, slots=True)
class ManifestItem:
    """One item as the server describes it. Digests as 32 bytes."""

    item_id: str
    position: int
    title: str
    document_code: str
    processing_right: str
    pages: int
    original_length: int
    original_sha256: bytes
    earlier_signatures: int
    prepared_length: int
    prepared_sha256: bytes
    byte_range: tuple[int, int, int, int]
    signature_algorithm: str
    signed_attributes: bytes
    findings: tuple[str, ...]


_ITEM = fields.names(
    "item_id position title document_code processing_right pages original_length original_sha256"
    " earlier_signatures prepared_length prepared_sha256 byte_range signature_algorithm signed_attributes findings"
)
MAX_ORIGINAL_BYTES: Final = 300 << 20
MAX_DOCUMENT_BYTES: Final = 301 << 20


def read_item(value: object) -> ManifestItem:
    found = fields.record(value, _ITEM, "items")
    prepared_length = fields.integer(found["prepared_length"], "prepared_length", 1, MAX_DOCUMENT_BYTES)
    listed = fields.listing(found["byte_range"], "byte_range", 4, 4)
    a, b, c, d = (fields.integer(one, "byte_range", 0, MAX_DOCUMENT_BYTES) for one in listed)
    if a != 0 or not b < c or c + d != prepared_length:
        fields.malformed("byte_range", "not_around_one_gap")
    findings = tuple(fields.code(one, "findings") for one in fields.listing(found["findings"], "findings", 0, 100))
    if any(second <= first for first, second in pairwise(findings)):
        fields.malformed("findings", "not_sorted")
    return ManifestItem(
        fields.identifier(found["item_id"], "item_id", "it"),
        fields.integer(found["position"], "position", 0, MAX_ITEMS - 1),
        fields.text(found["title"], "title", 1, 200),
        fields.text(found["document_code"], "document_code", 0, 100),
        fields.one_of(found["processing_right"], "processing_right", _RIGHTS),
        fields.integer(found["pages"], "pages", 1, MAX_PAGES),
        fields.integer(found["original_length"], "original_length", 1, MAX_ORIGINAL_BYTES),
        bytes.fromhex(fields.digest(found["original_sha256"], "original_sha256")),
        fields.integer(found["earlier_signatures"], "earlier_signatures", 0, 10_000),
        prepared_length,
        bytes.fromhex(fields.digest(found["prepared_sha256"], "prepared_sha256")),
        (a, b, c, d),
        fields.one_of(found["signature_algorithm"], "signature_algorithm", ALGORITHMS),
        fields.octets(found["signed_attributes"], "signed_attributes", 100, 768),
        findings,
    )


@dataclass(frozen=True, slots=True)
class ManifestPage:
    items: tuple[ManifestItem, ...]
    next_position: int | None


def read_manifest_page(value: object) -> ManifestPage:
    found = fields.record(value, fields.names("items next"))
    items = tuple(read_item(one) for one in fields.listing(found["items"], "items", 1, MAX_MANIFEST_PAGE))
    after = fields.nullable(found["next"], lambda one: fields.integer(one, "next", 1, MAX_ITEMS - 1))
    return ManifestPage(items, after)


BUNDLE_HEAD: Final = 12


def read_bundle(body: memoryview) -> Iterator[tuple[int, memoryview]]:
    """The documents of one bundle, as (position, bytes). Raises Malformed for anything cut short or left
    over."""
    at = 0
    while at < len(body):
        if len(body) - at < BUNDLE_HEAD:
            fields.malformed("bundle", "cut_short")
        position = int.from_bytes(body[at : at + 4], "big")
        length = int.from_bytes(body[at + 4 : at + BUNDLE_HEAD], "big")
        at += BUNDLE_HEAD
        if length > len(body) - at:
            fields.malformed("bundle", "cut_short")
        yield position, body[at : at + length]
        at += length
