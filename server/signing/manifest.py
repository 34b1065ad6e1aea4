"""What is approved: the items, their records and the Merkle root over them (docs/protocol.md §4.2, RFC 6962 §2.1)."""

import hashlib
from collections.abc import Iterable
from typing import Any

from server.signing.credential import Credential
from server.signing.dtbs import SignedAttributesTemplate
from server.signing.sign_request import Item
from server.statements import b64, lp

ITEM_TAG = "phoneseal.item.v1"


class ManifestBuilder:
    """The manifest of one request for one credential: signed attributes differ from phone to phone."""

    def __init__(self, credential: Credential) -> None:
        self._template = SignedAttributesTemplate(credential.certificate, credential.signature_algorithm)
        self._algorithm = credential.signature_algorithm

    def signed_attributes(self, item: Item) -> bytes:
        """The dtbs of one prepared item: DER of its signed attributes."""
        digest = item.digest_sha256 if self._template.algorithm.digest_name == "sha256" else item.digest_sha384
        if digest is None:
            raise ValueError(f"item {item.position} was not prepared for {self._algorithm}")
        return self._template.der(digest)

    def record(self, item: Item) -> bytes:
        byte_range = " ".join(str(number) for number in item.byte_range or ())
        fields: tuple[bytes | str | int, ...] = (
            ITEM_TAG,
            item.item_id,
            item.position,
            item.title,
            item.document_code,
            item.processing_right,
            item.pages,
            item.source_length,
            bytes.fromhex(item.source_sha256),
            item.earlier_signatures,
            item.prepared_length,
            bytes.fromhex(item.prepared_sha256 or ""),
            byte_range,
            self._algorithm,
            self.signed_attributes(item),
            ",".join(sorted(item.findings)),
        )
        return b"".join(lp(field) for field in fields)

    def wire(self, item: Item) -> dict[str, Any]:
        """The item as the phone reads it."""
        return {
            "item_id": item.item_id,
            "position": item.position,
            "title": item.title,
            "document_code": item.document_code,
            "processing_right": item.processing_right,
            "pages": item.pages,
            "original_length": item.source_length,
            "original_sha256": item.source_sha256,
            "earlier_signatures": item.earlier_signatures,
            "prepared_length": item.prepared_length,
            "prepared_sha256": item.prepared_sha256,
            "byte_range": list(item.byte_range or ()),
            "signature_algorithm": self._algorithm,
            "signed_attributes": b64(self.signed_attributes(item)),
            "findings": sorted(item.findings),
        }

    def root(self, items: Iterable[Item]) -> bytes:
        return merkle_root(hashlib.sha256(b"\x00" + self.record(item)).digest() for item in items)


def merkle_root(leaves: Iterable[bytes]) -> bytes:
    """Merkle tree hash over ready leaf hashes, in one pass: RFC 6962 §2.1 splits at the largest power of two below n."""
    stack: list[tuple[int, bytes]] = []  # (height, hash), heights strictly falling
    for leaf in leaves:
        height, node = 0, leaf
        while stack and stack[-1][0] == height:
            node = hashlib.sha256(b"\x01" + stack.pop()[1] + node).digest()
            height += 1
        stack.append((height, node))
    if not stack:
        return hashlib.sha256(b"").digest()
    node = stack.pop()[1]
    while stack:
        node = hashlib.sha256(b"\x01" + stack.pop()[1] + node).digest()
    return node
