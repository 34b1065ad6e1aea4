"""One complete sign request, from envelope to outcome, with real bytes that hang together (docs/protocol.md section 4).

Three documents, two approved, one refused; RSASSA-PKCS1-v1_5, so that the signature values are the same in each run. The documents are not
PDF files: they are as much of one as ByteRange needs.
"""

import struct

from vector_making import cast
from vector_making.encodings import b64u, identifier, merkle_root, seeded, sha256_hex
from vector_making.items import item_record
from vector_making.signed_attributes import signed_attributes
from vector_making.third_tools import openssl_digest
from vector_making.world import Json, World, compact, digest_of

ALGORITHM = "rsa_pkcs1_sha256"
CODES = ["4711", "0042", "9930"]
RIGHT_CODE = "0042"
_DOCUMENTS = [("Hợp đồng thuê văn phòng", "HĐ-01/2026", 2), ("Phụ lục 1 – Bảng giá", "", 1), ("Biên bản bàn giao", "BB 7/2026", 5)]


def documents() -> list[tuple[bytes, bytes, list[int]]]:
    """(original, prepared, byte_range) of each document."""
    out = []
    for title, _, _ in _DOCUMENTS:
        original = f"%PDF-1.7\n% {title}\n%%EOF\n".encode()
        before, gap, after = original + b"1 0 obj <</Type/Sig/Contents ", b"<" + b"0" * 64 + b">", b"/ByteRange[]>> endobj\n%%EOF\n"
        out.append((original, before + gap + after, [0, len(before), len(before) + len(gap), len(after)]))
    return out


def manifest_items(world: World) -> list[tuple[Json, bytes]]:
    """(item, dtbs) of each document."""
    certificate = world.certificate("signing_rsa")
    out = []
    for position, ((title, code, pages), (original, prepared, byte_range)) in enumerate(zip(_DOCUMENTS, documents(), strict=True)):
        covered = prepared[: byte_range[1]] + prepared[byte_range[2] :]
        attributes = signed_attributes(ALGORITHM, openssl_digest("sha256", covered), certificate)
        item: Json = {
            "item_id": identifier("it", cast.T0, seeded(f"flow {position}", 10)),
            "position": position,
            "title": title,
            "document_code": code,
            "processing_right": "sign",
            "pages": pages,
            "original_length": len(original),
            "original_sha256": openssl_digest("sha256", original).hex(),
            "earlier_signatures": 0,
            "prepared_length": len(prepared),
            "prepared_sha256": openssl_digest("sha256", prepared).hex(),
            "byte_range": byte_range,
            "signature_algorithm": ALGORITHM,
            "signed_attributes": b64u(attributes),
            "findings": ["annotation_over_text", "layers"] if position == 1 else [],
        }
        out.append((item, attributes))
    return out


def bodies(world: World) -> dict[str, Json]:
    """The bodies that need nothing but the documents: envelope, and the ground of the approval."""
    items = manifest_items(world)
    root = merkle_root([item_record(item, attributes) for item, attributes in items]).hex()
    certificate_sha256 = sha256_hex(world.certificate("signing_rsa"))
    envelope: Json = {
        "version": 1,
        "server_id": cast.SERVER_ID,
        "request_id": cast.REQUEST_ID,
        "subscriber_id": cast.SUBSCRIBER_ID,
        "device_id": cast.DEVICE_ID,
        "credential_id": cast.CREDENTIAL_ID,
        "certificate_sha256": certificate_sha256,
        "relying_party": {"id": cast.RELYING_PARTY_ID, "name": cast.RELYING_PARTY_NAME},
        "requested_by": cast.REQUESTED_BY,
        "kind": "documents",
        "manifest_root": root,
        "item_count": len(items),
        "total_pages": sum(pages for _, _, pages in _DOCUMENTS),
        "total_bytes": sum(len(prepared) for _, prepared, _ in documents()),
        "issued_at": cast.T0,
        "expires_at": cast.T0 + 300_000,
        "verification_codes": CODES,
    }
    approval: Json = {
        "version": 1,
        "server_id": cast.SERVER_ID,
        "request_id": cast.REQUEST_ID,
        "envelope_sha256": "",
        "device_id": cast.DEVICE_ID,
        "credential_id": cast.CREDENTIAL_ID,
        "certificate_sha256": certificate_sha256,
        "manifest_root": root,
        "item_count": len(items),
        "approved_count": len(items) - 1,
        "refused": [{"position": 1, "reason": "Bảng giá chưa đúng"}],
        "verification_code": RIGHT_CODE,
        "approved_at": cast.T0 + 60_000,
        "counter": 7,
    }
    return {"envelope": envelope, "approval": approval}


def chunk(values: list[tuple[int, bytes]]) -> bytes:
    """Values of signatures: u32be(position), u16be(length), value."""
    return b"".join(struct.pack(">IH", position, len(value)) + value for position, value in values)


def bundle(parts: list[tuple[int, bytes]]) -> bytes:
    """Documents: u32be(position), u64be(length), bytes."""
    return b"".join(struct.pack(">IQ", position, len(part)) + part for position, part in parts)


class Flow:
    """The statements of the request in the order in which they are made."""

    def __init__(self, world: World) -> None:
        made = bodies(world)
        self.items = manifest_items(world)
        self.envelope = world.statement("server_1", "envelope", made["envelope"])
        about = {"version": 1, "request_id": cast.REQUEST_ID, "envelope_sha256": digest_of(self.envelope)}

        def choice(code: str) -> Json:
            body = about | {"device_id": cast.DEVICE_ID, "code": code, "chosen_at": cast.T0 + 40_000}
            return world.statement("device", "code_choice", body)

        def verdict(choice: Json, word: str) -> Json:
            body = about | {"choice_sha256": digest_of(choice), "verdict": word, "at": cast.T0 + 40_050}
            return world.statement("server_1", "verdict", body)

        self.choice = choice(RIGHT_CODE)
        self.verdict = verdict(self.choice, "right")
        self.wrong_choice = choice(CODES[0])
        self.wrong_verdict = verdict(self.wrong_choice, "wrong")
        approval_body = made["approval"] | {"envelope_sha256": digest_of(self.envelope)}
        self.approval = world.statement("approval", "approval", approval_body)
        acknowledged = {"statement_sha256": digest_of(self.approval), "state": "SIGNING", "sign_by": cast.T0 + 3_660_000}
        self.acknowledgement = world.statement("server_1", "acknowledgement", about | acknowledged | {"at": cast.T0 + 60_020})
        self.signatures = [(p, world.bench.sign("signing_rsa", ALGORITHM, self.items[p][1])) for p in (0, 2)]
        self.values = chunk(self.signatures)
        receipt = {
            "version": 1,
            "request_id": cast.REQUEST_ID,
            "approval_sha256": digest_of(self.approval),
            "values_sha256": openssl_digest("sha256", self.values).hex(),
        }
        self.receipt = world.statement("server_1", "receipt", receipt | {"accepted": 2, "rejected": [], "missing": 0})
        self.receipt_with_rejection = world.statement(
            "server_1", "receipt", receipt | {"accepted": 1, "rejected": [{"position": 2, "code": "signature_invalid"}], "missing": 0}
        )

        def outcome(state: str, result: str, signed: int, refused: int, failed: int, number: int) -> Json:
            body = {"server_id": cast.SERVER_ID, "state": state, "end_result": result, "items_signed": signed, "items_refused": refused}
            end = {"items_failed": failed, "audit_sequence": number, "audit_head": sha256_hex(f"head {number}".encode())}
            return world.statement("server_1", "outcome", about | body | end | {"at": cast.T0 + 61_000 + number})

        self.outcome = outcome("COMPLETED", "ok", 2, 1, 0, 1234)
        self.outcome_wrong_code = outcome("REFUSED", "wrong_verification_code", 0, 0, 0, 1235)
        self.refusal = world.statement(
            "device",
            "refusal",
            about
            | {"device_id": cast.DEVICE_ID, "end_result": "user_refused", "reason": "Tôi không yêu cầu việc này", "detail": ""}
            | {"refused_at": cast.T0 + 50_000},
        )
        self.mismatch = world.statement(
            "device",
            "refusal",
            about
            | {"device_id": cast.DEVICE_ID, "end_result": "document_mismatch", "reason": "", "detail": "doc_original_digest 1"}
            | {"refused_at": cast.T0 + 30_000},
        )
        self.outcome_refused = outcome("REFUSED", "user_refused", 0, 3, 0, 1236)
        self.withdrawal = world.statement(
            "server_1", "withdrawal", about | {"end_result": "answered_elsewhere", "at": cast.T0 + 45_000}
        )


def flow_vector(world: World, flow: Flow) -> Json:
    """The request, statement by statement, with its bytes."""
    records = [item_record(item, attributes) for item, attributes in flow.items]
    prepared = [part for _, part, _ in documents()]
    chain = ("envelope", "choice", "verdict", "approval", "acknowledgement", "receipt", "outcome")
    others = ("wrong_choice", "wrong_verdict", "outcome_wrong_code", "refusal", "mismatch", "outcome_refused", "withdrawal")
    names = (*chain, *others, "receipt_with_rejection")
    return {
        "about": "One complete sign request (section 4): keys server_1, device, approval, signing_rsa.",
        "certificate": b64u(world.certificate("signing_rsa")),
        "originals_hex": [original.hex() for original, _, _ in documents()],
        "prepared_hex": [part.hex() for part in prepared],
        "bundle_hex": bundle(list(enumerate(prepared))).hex(),
        "manifest": {"items": [item for item, _ in flow.items], "next": None},
        "records_sha256": [sha256_hex(record) for record in records],
        "manifest_root": merkle_root(records).hex(),
        "chain": list(chain),
        "statements": {name: {"statement": getattr(flow, name), "digest": digest_of(getattr(flow, name))} for name in names},
        "dtbs_hex": [attributes.hex() for _, attributes in flow.items],
        "signatures": [{"position": position, "signature_value_hex": value.hex()} for position, value in flow.signatures],
        "values_hex": flow.values.hex(),
        "values_sha256": sha256_hex(flow.values),
        "bodies_compact": {"envelope": compact(bodies(world)["envelope"])},
    }


def framing_vector() -> Json:
    """Bundles of documents and chunks of values, good and bad."""
    values = [(0, b"\x01" * 256), (1, b""), (9, b"\x30\x06\x02\x01\x01\x02\x01\x01")]
    parts = [(3, b"%PDF-1.7 a"), (4, b"%PDF-1.7 bb"), (5, b"%PDF-1.7 ccc")]
    good_values, good_bundle = chunk(values), bundle(parts)
    too_many = chunk([(position, b"") for position in range(201)])
    bad_values = {
        "empty": b"",
        "201 items": too_many,
        "cut off in a value": good_values[:-1],
        "cut off in a length": good_values[:5],
        "a byte behind the last": good_values + b"\x00",
        "positions descend": chunk(values[::-1]),
        "position twice": chunk([values[0], values[0]]),
        "position over 9,999": chunk([(10_000, b"x")]),
    }
    bad_bundle = {
        "cut off in a document": good_bundle[:-1],
        "cut off in a length": good_bundle[:9],
        "a byte behind the last": good_bundle + b"\x00",
        "length beyond one document's limit": struct.pack(">IQ", 3, 2**63) + b"%PDF",
        "empty": b"",
    }
    return {
        "about": "Bytes of documents (4.3) and of values (4.5).",
        "values": {
            "valid": [
                {"hex": good_values.hex(), "values": [{"position": p, "value_hex": v.hex()} for p, v in values]},
                {"hex": too_many[:-6].hex(), "values": [{"position": p, "value_hex": ""} for p in range(200)]},
            ],
            "invalid": [{"reason": reason, "hex": raw.hex()} for reason, raw in bad_values.items()],
        },
        "documents": {
            "valid": [{"hex": good_bundle.hex(), "documents": [{"position": p, "bytes_hex": part.hex()} for p, part in parts]}],
            "invalid": [{"reason": reason, "hex": raw.hex()} for reason, raw in bad_bundle.items()],
        },
    }
