"""Pairing (docs/protocol.md section 3): commitment, transcript, digits, proofs, status; one case for each signature algorithm."""

import hashlib
from itertools import count

from vector_making import cast, fixed_keys
from vector_making.encodings import b64u, lp, pae, pae_digest, seeded, sha256_hex
from vector_making.world import SIGNING_KEY, Json, World, digest_of


def _transcript(world: World, phone_nonce: bytes, server_nonce: bytes, signing: str) -> tuple[bytes, bytes, bytes]:
    """(bytes under the commitment, commitment, transcript)."""
    device, approval, own = (world.spki(name) for name in ("device", "approval", signing))
    committed = phone_nonce + b"".join(hashlib.sha256(spki).digest() for spki in (device, approval, own))
    commitment = pae_digest("phoneseal.pairing_commitment.v1", committed)
    fields = (
        cast.PAIRING_ID,
        cast.SERVER_ID,
        server_nonce,
        world.raw_server_key("server_1"),
        world.raw_server_key("recovery"),
        commitment,
        phone_nonce,
        device,
        approval,
        own,
    )
    return committed, commitment, b"".join(lp(field) for field in fields)


def _digits(transcript: bytes) -> str:
    return f"{int.from_bytes(pae_digest('phoneseal.pairing_digits.v1', transcript)[:8], 'big') % 10**6:06d}"


def _case(world: World, algorithm: str) -> Json:
    signing = SIGNING_KEY[algorithm]
    server_nonce = seeded(f"server nonce {algorithm}")
    for attempt in count():
        phone_nonce = seeded(f"phone nonce {algorithm} {attempt}")
        committed, commitment, transcript = _transcript(world, phone_nonce, server_nonce, signing)
        digits = _digits(transcript)
        if algorithm != "rsa_pkcs1_sha256" or digits.startswith("0"):  # one case shows the leading zero
            break
    proofs, messages = {}, {}
    for role, key, how in (
        ("device", "device", "ecdsa_p256_sha256"),
        ("approval", "approval", "ecdsa_p256_sha256"),
        ("signing", signing, algorithm),
    ):
        message = pae("phoneseal.pairing_proof.v1", lp(role) + transcript)
        proofs[role] = b64u(world.bench.sign(key, how, message))
        messages[role] = sha256_hex(message)
    return {
        "signature_algorithm": algorithm,
        "signing_key": signing,
        "phone_nonce": b64u(phone_nonce),
        "server_nonce": b64u(server_nonce),
        "device_key": b64u(world.spki("device")),
        "approval_key": b64u(world.spki("approval")),
        "signing_spki": b64u(world.spki(signing)),
        "csr": b64u(fixed_keys.request_der(world.folder, signing)),
        "committed_hex": committed.hex(),
        "commitment": commitment.hex(),
        "transcript_hex": transcript.hex(),
        "transcript_sha256": sha256_hex(transcript),
        "digits": digits,
        "proof_message_sha256": messages,
        "proofs": proofs,
    }


def pairing_vector(world: World) -> Json:
    """All of pairing but the messages."""
    cases = [_case(world, algorithm) for algorithm in SIGNING_KEY]
    first = cases[0]
    transcript = bytes.fromhex(str(first["transcript_hex"]))
    swapped = pae("phoneseal.pairing_proof.v1", lp("approval") + transcript)
    status = pae("phoneseal.pairing_status.v1", cast.PAIRING_ID.encode())
    wrong_padding = world.bench.sign("signing_rsa", "rsa_pss_sha256", pae("phoneseal.pairing_proof.v1", lp("signing") + transcript))
    device_over_approval = world.bench.sign("device", "ecdsa_p256_sha256", swapped)
    return {
        "about": "Pairing (section 3). The server's key is server_1, the recovery key is recovery.",
        "pairing_id": cast.PAIRING_ID,
        "server_id": cast.SERVER_ID,
        "request_signing_key": b64u(world.raw_server_key("server_1")),
        "recovery_key": b64u(world.raw_server_key("recovery")),
        "cases": cases,
        "status": {"message_hex": status.hex(), "proof": b64u(world.bench.sign("device", "ecdsa_p256_sha256", status))},
        "invalid_proofs": [
            {"role": "device", "proof": b64u(device_over_approval), "reason": "the device key signed for another role"},
            {"role": "approval", "proof": first["proofs"]["device"], "reason": "the device key stands for the approval key"},
            {
                "role": "signing",
                "proof": b64u(wrong_padding),
                "reason": "PSS where the pairing says PKCS#1",
            },
        ],
    }


def key_rotation_vector(world: World) -> Json:
    """A chain of server keys: 1 to 2 by key 1, 2 to 3 by the recovery key; and links that a phone must refuse."""

    def rotation(signer: str, counter: int, key: str, server_id: str = cast.SERVER_ID) -> Json:
        raw = b64u(world.raw_server_key(key))
        body = {"version": 1, "server_id": server_id, "counter": counter, "request_signing_key": raw, "at": cast.T0 + counter}
        return world.statement(signer, "key_rotation", body)

    chain = [rotation("server_1", 2, "server_2"), rotation("recovery", 3, "server_3")]
    wrong_id = chain[0] | {"key_id": world.key_id("server_2")}
    return {
        "about": "Key rotation (section 3).",
        "pinned": {"key": "server_1", "counter": 1, "recovery_key": "recovery", "server_id": cast.SERVER_ID},
        "chain": [
            {"statement": chain[0], "signer": "server_1", "leads_to": "server_2", "digest": digest_of(chain[0])},
            {"statement": chain[1], "signer": "recovery", "leads_to": "server_3", "digest": digest_of(chain[1])},
        ],
        "invalid": [
            {"statement": chain[1], "reason": "the counter skips one"},
            {"statement": rotation("server_1", 1, "server_2"), "reason": "the counter stays"},
            {"statement": rotation("server_2", 2, "server_2"), "reason": "the new key signs for itself"},
            {"statement": rotation("server_other", 2, "server_other"), "reason": "an unknown key signed"},
            {"statement": rotation("server_1", 2, "server_2", cast.made_id("srv", "another")), "reason": "another server"},
            {"statement": wrong_id, "reason": "key_id is not the signer's"},
        ],
    }
