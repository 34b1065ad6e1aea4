"""One example of each message: every event, every HTTP body, and answers that say no."""

from vector_making import cast, fixed_keys
from vector_making.encodings import b64u, seeded
from vector_making.request_flow import ALGORITHM, Flow
from vector_making.statements import Other
from vector_making.world import Json, World, digest_of


def messages_vector(world: World, flow: Flow, other: Other, pairing: Json, pins: Json, rotations: Json, wake_ups: Json) -> Json:
    """Requests and answers as they stand on the wire; a Socket.IO answer is the object in ``ok``."""
    case, pin = pairing["cases"][0], pins["cases"][0]
    about = {"request_id": cast.REQUEST_ID, "envelope_sha256": digest_of(flow.envelope)}
    chain = [b64u(fixed_keys.certificate_der(world.folder, "ca"))]
    open_request = {"envelope": flow.envelope, "state": "PUSHED", "verdict": None, "acknowledgement": None}
    said: Json = {"verdict": flow.verdict, "acknowledgement": flow.acknowledgement}
    signing_request = said | {"envelope": flow.envelope, "state": "SIGNING"}
    receipt = {"receipt": flow.receipt}
    new_share = {"vault_share": pins["cases"][1]["vault_share"], "pin_proof_key": pins["cases"][1]["pin_proof_key"]}
    change = {"change_id": b64u(seeded("change"))}
    spent = {"nonce": pin["nonce"], "proof": pin["proof"]}
    hello = {
        "versions": [1],
        "device_id": cast.DEVICE_ID,
        "phone_nonce": other.phone_nonce,
        "app_version": "0.1.0",
        "platform": "android",
        "key_counter": 1,
    }
    greeted = {"version": 1, "nonce": other.nonce, "server_time": cast.T0 - 5_100}
    values = {"_placeholder": True, "num": 0}
    events: list[tuple[str, Json, Json | None]] = [
        ("hello", hello, greeted | {"key_rotations": []}),
        ("hello", hello | {"versions": [2, 1]}, greeted | {"key_rotations": [link["statement"] for link in rotations["chain"]]}),
        ("prove", {"statement": other.device_hello}, {"statement": other.server_hello, "access_token": b64u(seeded("access"))}),
        ("waiting", {}, {"requests": []}),
        ("waiting", {}, {"requests": [open_request]}),
        ("waiting", {}, {"requests": [signing_request]}),
        ("sign_request", {"envelope": flow.envelope}, {"received": True}),
        ("withdrawn", {"withdrawal": flow.withdrawal}, None),
        ("outcome", {"outcome": flow.outcome}, None),
        ("new_device", {"approval_request": other.new_device}, None),
        ("approve_device", {"statement": other.device_approval}, {"state": "complete"}),
        ("opened", about, {"state": "OPENED"}),
        ("choose_code", {"choice": flow.choice}, {"verdict": flow.verdict}),
        ("choose_code", {"choice": flow.wrong_choice}, {"verdict": flow.wrong_verdict}),
        ("pin_challenge", {}, {"nonce": pin["nonce"]}),
        ("release_share", spent, {"vault_share": pin["vault_share"]}),
        ("approve", {"approval": flow.approval}, {"acknowledgement": flow.acknowledgement}),
        ("refuse", {"refusal": flow.refusal}, {"outcome": flow.outcome_refused}),
        ("signatures", {"request_id": cast.REQUEST_ID, "approval_sha256": digest_of(flow.approval), "values": values}, receipt),
        ("resume", {"request_id": cast.REQUEST_ID}, said | {"state": "SIGNING", "missing": [[0, 0], [2, 2]], "outcome": None}),
        ("resume", {"request_id": cast.REQUEST_ID}, said | {"state": "COMPLETED", "missing": [], "outcome": flow.outcome}),
        ("change_pin", spent | new_share | change, {"prepared": True}),
        ("finish_pin_change", change, {"changed": True}),
        ("devices", {}, {"devices": _devices()}),
        ("blocked", {}, {"requesters": [], "by_person": [cast.RELYING_PARTY_ID]}),
        ("blocked", {}, {"requesters": [_blocked("relying_party"), _blocked("person")], "by_person": []}),
        ("block", {"statement": other.block}, {"blocked": _blocked("relying_party")}),
        ("unblock", {"statement": other.unblock}, {"unblocked": True}),
        ("freeze", {"statement": other.freeze}, {"frozen": True}),
        ("unpair", {"statement": other.unpair}, {"unpaired": True}),
        ("push_gateway", {}, {"vapid_key": wake_ups["vapid"]["vapid_key"], "subscribed": False}),
        ("push_gateway", {}, {"vapid_key": None, "subscribed": False}),
        ("set_push", {"subscription": wake_ups["subscription"]}, {"set": True}),
        ("set_push", {"subscription": None}, {"set": True}),
    ]
    phone = {"device_name": cast.DEVICE_NAME, "platform": "android", "app_version": "0.1.0"}
    begun = {
        "pairing_id": cast.PAIRING_ID,
        "server_id": cast.SERVER_ID,
        "server_name": cast.SERVER_NAME,
        "server_nonce": case["server_nonce"],
        "request_signing_key": pairing["request_signing_key"],
        "key_counter": 1,
        "recovery_key": pairing["recovery_key"],
        "subscriber_name": cast.SUBSCRIBER_NAME,
        "signature_algorithms": [each["signature_algorithm"] for each in pairing["cases"]],
    }
    asked = {"pairing_id": cast.PAIRING_ID, "proof": pairing["status"]["proof"]}
    credential = {
        "credential_id": cast.CREDENTIAL_ID,
        "signature_algorithm": ALGORITHM,
        "certificate": b64u(world.certificate("signing_rsa")),
        "certificate_chain": chain,
    }
    http: list[tuple[str, Json | None, Json]] = [
        ("pairing_check", {"version": 1, "code": "7k3m9q2xwz"}, {"request_signing_key": begun["request_signing_key"]}),
        ("pairing_begin", {"version": 1, "code": "7k3m9q2xwz", "commitment": case["commitment"]} | phone, begun),
        *(("pairing_reveal", _reveal(each, pin), {"state": "confirm_digits", "digits": each["digits"]}) for each in pairing["cases"]),
        ("pairing_status", asked, {"state": "confirm_digits", "credential": None, "completed": None}),
        ("pairing_status", asked, {"state": "complete", "credential": credential, "completed": other.pairing_completed}),
        ("manifest", None, {"items": [item for item, _ in flow.items], "next": None}),
        ("manifest", None, {"items": [item for item, _ in flow.items][:2], "next": 2}),
    ]
    wrong_pin = {"code": "wrong_pin", "message": "PIN không đúng", "details": {"tries_left": 3, "retry_after": 30}}
    closed = {"code": "version_unsupported", "message": "", "details": {}}
    problem = {"type": "about:blank", "title": "Not Found", "status": 404, "detail": "", "code": "not_found", "details": {}}
    return {
        "about": "Examples of all messages. The values of `signatures` are a binary attachment: values_hex in request_flow.json.",
        "events": [{"event": name, "request": request, "answer": answer} for name, request, answer in events],
        "http": [{"http": name, "request": request, "answer": answer} for name, request, answer in http],
        "errors": [{"error": wrong_pin}, {"error": closed}],
        "problems": [problem],
    }


def _devices() -> list[Json]:
    """The phone that asks, and one that has never connected."""
    phone = {"name": cast.DEVICE_NAME, "platform": "android", "state": "ACTIVE", "key_protection": "strongbox"}
    seen = {"device_id": cast.DEVICE_ID, "paired_at": cast.T0 - 80_000_000, "last_seen_at": cast.T0}
    never = {"device_id": cast.OTHER_DEVICE_ID, "paired_at": cast.T0 - 70_000_000, "last_seen_at": None}
    return [phone | seen, phone | never | {"name": "Máy bàn", "state": "FROZEN", "key_protection": "file"}]


def _blocked(scope: str) -> Json:
    return {
        "block_id": cast.BLOCK_ID,
        "relying_party": {"id": cast.RELYING_PARTY_ID, "name": cast.RELYING_PARTY_NAME},
        "scope": scope,
        "person": cast.REQUESTED_BY if scope == "person" else "",
        "blocked_at": cast.T0 + 61_000,
    }


def _reveal(case: Json, pin: Json) -> Json:
    taken = ("phone_nonce", "device_key", "approval_key", "csr", "signature_algorithm", "proofs")
    return {
        "pairing_id": cast.PAIRING_ID,
        **{name: case[name] for name in taken},
        "key_protection": "file",
        "vault_share": pin["vault_share"],
        "pin_proof_key": pin["pin_proof_key"],
    }
