"""The verification code: the browser shows one, the phone offers three, the person picks.

Rules: random, never derived from content; one try; the choice reaches the server before the PIN is asked for; a wrong one ends the
request. The verdict is signed and, being a function of what is stored, always comes out as the same bytes.
"""

import hmac
import secrets

from server.audit.audit_log import record
from server.clock import Clock
from server.crash_points import crash_point
from server.devices.device import check_active
from server.errors import BadInput, Conflict
from server.signing.finish_request import end_request
from server.signing.offer import Offer
from server.signing.ports import SigningStore
from server.signing.sign_request import WAITS_FOR_APPROVAL, EndResult, State
from server.statements import RequestSigner, Statement, read_body, verify_phone
from server.work import Nudge

CHOICE_FIELDS = frozenset({"version", "request_id", "envelope_sha256", "device_id", "code", "chosen_at"})


def draw_codes() -> tuple[str, tuple[str, str, str]]:
    """The right code, and the three that the phone will offer in random order: all different."""
    drawn: list[str] = []
    while len(drawn) < 3:
        code = f"{secrets.randbelow(10_000):04d}"
        if code not in drawn:
            drawn.append(code)
    right = drawn[0]
    secrets.SystemRandom().shuffle(drawn)
    return right, (drawn[0], drawn[1], drawn[2])


def verdict_of(offer: Offer, signer: RequestSigner) -> Statement | None:
    """The signed verdict that this phone was given, or None before its choice."""
    if offer.verdict is None or offer.verdict_at is None:
        return None
    return signer.sign(
        "phoneseal.verdict.v1",
        {
            "version": 1,
            "request_id": offer.request_id,
            "envelope_sha256": offer.envelope_sha256,
            "choice_sha256": offer.choice_sha256,
            "verdict": offer.verdict,
            "at": int(offer.verdict_at * 1000),
        },
    )


class JudgeCode:
    def __init__(self, store: SigningStore, clock: Clock, signer: RequestSigner, nudge: Nudge) -> None:
        self._store = store
        self._clock = clock
        self._signer = signer
        self._nudge = nudge

    def __call__(self, device_id: str, request_id: str, choice: Statement) -> Statement:
        """Judges the person's choice and returns the signed verdict. Raises ``Conflict`` (request over, code chosen already)."""
        digest = choice.digest.hex()
        with self._store.read() as tx:
            device = tx.devices.get(device_id)
        verify_phone(choice, device_id, device.device_key)
        fields = read_body(choice, "phoneseal.code_choice.v1", CHOICE_FIELDS)
        if not isinstance(fields["code"], str):
            raise BadInput("a code is text", code="bad_message")
        with self._store.write() as tx:
            offer = tx.offers.get(request_id, device_id)
            request = tx.requests.get(request_id)
            check_names_offer(fields, offer)
            if offer.choice_sha256 == digest:
                return _present(verdict_of(offer, self._signer))
            check_active(tx.devices.get(device_id))
            if request.state not in WAITS_FOR_APPROVAL or offer.withdrawn:
                raise Conflict("the request is over", code="request_over")
            now = self._clock.now()
            if now >= request.expires_at:
                raise Conflict("the request has expired", code="request_expired")
            right = hmac.compare_digest(fields["code"].encode("utf-8", "replace"), request.verification_code.encode())
            verdict = "right" if right else "wrong"
            tx.offers.set_verdict(request_id, device_id, digest, verdict, now)
            record(
                tx,
                "code_chosen",
                now=now,
                actor=device_id,
                subject=request_id,
                facts={"verdict": verdict},
                evidence=(choice, device.device_key),
            )
            if not right:
                end_request(tx, request, State.REFUSED, EndResult.WRONG_VERIFICATION_CODE, now=now, actor=device_id)
            else:
                tx.requests.touch(request_id)
                tx.outbox.add("request_changed", request_id, {}, now)
            stored = tx.offers.get(request_id, device_id)
            crash_point("code.before_commit")
        crash_point("code.after_commit")
        self._nudge.web(request_id)
        return _present(verdict_of(stored, self._signer))


def check_names_offer(fields: dict[str, object], offer: Offer) -> None:
    """A phone's statement must name this request, this envelope and this phone. Raises ``BadInput``."""
    for name, value in (
        ("request_id", offer.request_id),
        ("envelope_sha256", offer.envelope_sha256),
        ("device_id", offer.device_id),
    ):
        if fields[name] != value:
            raise BadInput(f"the statement names another {name}", code="statement_mismatch", details={"field": name})


def _present(statement: Statement | None) -> Statement:
    if statement is None:
        raise Conflict("no verdict is stored", code="code_not_chosen")
    return statement
