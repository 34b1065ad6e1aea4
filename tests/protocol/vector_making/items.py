"""Items of a manifest, their records, and Merkle roots (docs/protocol.md 4.2)."""

from vector_making.cast import T0
from vector_making.encodings import b64u, identifier, lp, merkle_root, seeded, sha256_hex
from vector_making.signed_attributes import signed_attributes
from vector_making.third_tools import openssl_digest
from vector_making.world import SIGNING_KEY, Json, World

_TITLES = [
    ("Hợp đồng mua bán căn hộ số 12", "HĐMB-12/2026", "sign", []),
    ("Biên bản nghiệm thu", "", "sign", []),
    ("Quyết định bổ nhiệm", "45/QĐ-ÁD", "approve", ["attachment", "layers"]),
    ("Tờ trình “Kế hoạch năm 2027”", "TT 7", "initial", ["unembedded_font"]),
    ("日本語 😀", "", "sign", []),
    ("Hoá đơn <b>&amp;</b>", "0", "sign", ["annotation_over_text", "layers", "unlocked_fields"]),
    ("x", "", "sign", []),
    ("Ấ" * 200, "M" * 100, "sign", []),
]


def item_record(item: Json, attributes: bytes) -> bytes:
    """Item record: lp of the tag and of each field in the protocol's order."""
    return b"".join(
        lp(value)
        for value in (
            "phoneseal.item.v1",
            item["item_id"],
            item["position"],
            item["title"],
            item["document_code"],
            item["processing_right"],
            item["pages"],
            item["original_length"],
            bytes.fromhex(item["original_sha256"]),
            item["earlier_signatures"],
            item["prepared_length"],
            bytes.fromhex(item["prepared_sha256"]),
            " ".join(str(number) for number in item["byte_range"]),
            item["signature_algorithm"],
            attributes,
            ",".join(sorted(item["findings"])),
        )
    )


def _sample_items(world: World) -> list[tuple[Json, bytes]]:
    out = []
    algorithms = list(SIGNING_KEY)
    for position, (title, code, right, findings) in enumerate(_TITLES):
        algorithm = algorithms[position % 4]
        digest = openssl_digest("sha384" if algorithm.endswith("384") else "sha256", f"range {position}".encode())
        attributes = signed_attributes(algorithm, digest, world.certificate(SIGNING_KEY[algorithm]))
        original, gap = 12_345 + position * 1_000_003, 16_386
        before, after = original + 700, 900 + position
        item: Json = {
            "item_id": identifier("it", T0 + position, seeded(f"item {position}", 10)),
            "position": position,
            "title": title,
            "document_code": code,
            "processing_right": right,
            "pages": 1 + position * 7,
            "original_length": original,
            "original_sha256": sha256_hex(f"original {position}".encode()),
            "earlier_signatures": position % 3,
            "prepared_length": before + gap + after,
            "prepared_sha256": sha256_hex(f"prepared {position}".encode()),
            "byte_range": [0, before, before + gap, after],
            "signature_algorithm": algorithm,
            "signed_attributes": b64u(attributes),
            "findings": findings,
        }
        out.append((item, attributes))
    return out


def items_vector(world: World) -> Json:
    """Eight items with their records, and roots for several counts."""
    samples = _sample_items(world)
    records = [item_record(item, attributes) for item, attributes in samples]
    ids, many = [], []
    for position in range(1000):
        item, attributes = samples[position % 8]
        ids.append(identifier("it", T0 + position, seeded(f"item {position}", 10)))
        title = f"{position} {item['title']}"[:200]
        many.append(item_record(item | {"position": position, "item_id": ids[-1], "title": title}, attributes))
    roots = [{"count": count, "manifest_root": merkle_root(records[:count]).hex()} for count in (1, 2, 3, 4, 5, 7, 8)]
    return {
        "about": "Items, item records and Merkle roots (section 4.2). Root of n: over the first n items.",
        "items": [
            {
                "item": item,
                "record_hex": record.hex(),
                "leaf_sha256": openssl_digest("sha256", b"\x00" + record).hex(),
            }
            for (item, _), record in zip(samples, records, strict=True)
        ],
        "roots": roots,
        "thousand": {
            "rule": "item p is items[p mod 8] with position p, item_id item_ids[p], "
            "title = first 200 characters of (p in decimal, a space, the title)",
            "item_ids": ids,
            "manifest_root": merkle_root(many).hex(),
        },
    }
