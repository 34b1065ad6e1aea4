"""Valid statements: one of each purpose, and bodies whose JSON is written in unusual but allowed ways."""

import json

from vector_making import cast
from vector_making.encodings import b64u, seeded, sha256_hex
from vector_making.request_flow import Flow, bodies
from vector_making.world import Json, World, compact, digest_of


class Other:
    """The statements outside of a sign request."""

    def __init__(self, world: World, pairing: Json) -> None:
        case = pairing["cases"][0]
        ids = {"version": 1, "server_id": cast.SERVER_ID}
        self.nonce, self.phone_nonce = b64u(seeded("hello nonce")), b64u(seeded("hello phone nonce"))
        nonces = {"nonce": self.nonce, "phone_nonce": self.phone_nonce}
        self.device_hello = world.statement("device", "device_hello", ids | {"device_id": cast.DEVICE_ID} | nonces)
        times = {"server_time": cast.T0 - 5_000, "session_expires_at": cast.T0 + 3_595_000}
        self.server_hello = world.statement("server_1", "server_hello", ids | {"device_id": cast.DEVICE_ID} | nonces | times)
        self.new_device = world.statement(
            "server_1",
            "new_device",
            ids
            | {
                "pairing_id": cast.PAIRING_ID,
                "subscriber_id": cast.SUBSCRIBER_ID,
                "device_name": cast.DEVICE_NAME,
                "platform": "android",
                "transcript_sha256": case["transcript_sha256"],
                "digits": case["digits"],
                "expires_at": cast.T0 + 300_000,
            },
        )
        self.device_approval = world.statement(
            "other_approval",
            "device_approval",
            {
                "version": 1,
                "pairing_id": cast.PAIRING_ID,
                "device_id": cast.OTHER_DEVICE_ID,
                "transcript_sha256": case["transcript_sha256"],
                "digits": case["digits"],
                "decision": "approve",
                "approved_at": cast.T0 + 10_000,
                "counter": 1,
            },
        )
        self.pairing_completed = world.statement(
            "server_1",
            "pairing_completed",
            ids
            | {
                "pairing_id": cast.PAIRING_ID,
                "transcript_sha256": case["transcript_sha256"],
                "subscriber_id": cast.SUBSCRIBER_ID,
                "subscriber_name": cast.SUBSCRIBER_NAME,
                "device_id": cast.DEVICE_ID,
                "credential_id": cast.CREDENTIAL_ID,
                "certificate_sha256": sha256_hex(world.certificate("signing_rsa")),
                "key_counter": 1,
                "at": cast.T0 + 20_000,
            },
        )
        self.freeze = world.statement("device", "freeze", {"version": 1, "device_id": cast.DEVICE_ID, "at": cast.T0})
        block = {
            "request_id": cast.REQUEST_ID,
            "relying_party_id": cast.RELYING_PARTY_ID,
            "scope": "relying_party",
            "at": cast.T0 + 60_000,
        }
        self.block = world.statement("device", "block", {"version": 1, "device_id": cast.DEVICE_ID} | block)
        lifted = {"block_id": cast.BLOCK_ID, "at": cast.T0 + 90_000}
        self.unblock = world.statement("device", "unblock", {"version": 1, "device_id": cast.DEVICE_ID} | lifted)
        self.unpair = world.statement("device", "unpair", {"version": 1, "device_id": cast.DEVICE_ID, "at": cast.T0})


def _unusual(world: World) -> list[tuple[str, str, Json]]:
    """(name, key, statement): the same content, written otherwise."""
    envelope = bodies(world)["envelope"]
    turned = dict(reversed(list(envelope.items())))
    most = envelope | {
        "item_count": 10_000,
        "total_pages": 200_000,
        "total_bytes": 4 * 2**30,
        "requested_by": "Ế" * 200,
        "issued_at": 0,
        "expires_at": 2**53 - 1,
    }
    written = {
        "envelope with white space": json.dumps(envelope, ensure_ascii=False, indent=2) + "\n",
        "envelope with escapes": json.dumps(envelope, ensure_ascii=True),
        "envelope with escaped slashes": compact(envelope).replace("Kế toán", "Kế toán \\/ \\u003cNội bộ\\u003e"),
        "envelope in another order": compact(turned),
        "envelope at its limits": compact(most),
        "envelope with letters beyond the basic plane": compact(envelope | {"requested_by": "Ánh 😀"}),
        "envelope with an escaped pair of surrogates": compact(envelope | {"requested_by": "@"}).replace('"@"', '"\\ud83d\\ude00"'),
    }
    return [(name, "server_1", world.statement("server_1", "envelope", body)) for name, body in written.items()]


def valid_statements(world: World, flow: Flow, other: Other, rotations: Json) -> Json:
    """All purposes, each with the key that verifies it and its digest."""
    named: list[tuple[str, str, Json]] = [
        ("device_hello", "device", other.device_hello),
        ("server_hello", "server_1", other.server_hello),
        ("envelope", "server_1", flow.envelope),
        ("code_choice", "device", flow.choice),
        ("verdict, right", "server_1", flow.verdict),
        ("verdict, wrong", "server_1", flow.wrong_verdict),
        ("approval with a refused item", "approval", flow.approval),
        ("acknowledgement", "server_1", flow.acknowledgement),
        ("receipt", "server_1", flow.receipt),
        ("receipt with a rejected value", "server_1", flow.receipt_with_rejection),
        ("outcome", "server_1", flow.outcome),
        ("outcome after a wrong code", "server_1", flow.outcome_wrong_code),
        ("refusal by the person", "device", flow.refusal),
        ("refusal by the phone", "device", flow.mismatch),
        ("withdrawal", "server_1", flow.withdrawal),
        ("new_device", "server_1", other.new_device),
        ("device_approval", "other_approval", other.device_approval),
        ("pairing_completed", "server_1", other.pairing_completed),
        ("freeze", "device", other.freeze),
        ("unpair", "device", other.unpair),
        ("block", "device", other.block),
        ("unblock", "device", other.unblock),
        *((f"key_rotation by {link['signer']}", link["signer"], link["statement"]) for link in rotations["chain"]),
        *_unusual(world),
    ]
    return {
        "about": "Valid statements (section 1): `key` in keys.json verifies them; digest is the statement digest.",
        "cases": [
            {"name": name, "purpose": statement["purpose"], "key": key, "statement": statement, "digest": digest_of(statement)}
            for name, key, statement in named
        ],
    }
