"""Pairing a phone (docs/protocol.md §3): offer, claim, reveal, compare, approve, complete.

Rules: the code is used once, soon, and few may be tried; the phone commits to its keys before it sees the server's nonce, so the six
digits can't be steered; each key proves possession over the whole transcript; the person confirms in the browser, and an earlier phone
(or staff, after a delay) must agree too. A certificate exists only after all of that.
"""

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from server.audit.audit_log import record
from server.certificate_authority.csr import read_csr
from server.clock import Clock
from server.crash_points import crash_point
from server.devices.complete_pairing import CompletePairing
from server.devices.device import Pairing, PairingState
from server.devices.ports import DeviceStore, DeviceTransaction, SecretSealer
from server.devices.push_subscription import want_wake_up
from server.errors import BadInput, Conflict, NotFound, TooManyTries, VerificationFailed
from server.ids import base32, new_id
from server.networks import network_of
from server.signing.dtbs import SIGNATURE_ALGORITHMS, check_key_allowed, verify_signature_value
from server.statements import RequestSigner, b64, lp, pae, verify_p256_raw
from server.text import clean_text
from server.work import Nudge

CODE_LIFETIME = 300.0
MISSES = 20.0  # of one network, in ten minutes
FINISH_LIFETIME = 900.0
NAME_LIMIT = 64  # device_name and platform, docs/protocol.md §1.1
KEY_PROTECTIONS = ("file", "android_keystore", "strongbox")
_LOOK_ALIKES = str.maketrans({"o": "0", "i": "1", "l": "1", "-": None, " ": None})


def normal_code(text: str) -> str:
    """A typed code without hyphens, spaces and look-alikes (Crockford)."""
    return text.lower().translate(_LOOK_ALIKES)


def code_digest(code: str) -> str:
    return hashlib.sha256(pae("phoneseal.pairing_code.v1", normal_code(code).encode("utf-8", "replace"))).hexdigest()


@dataclass(frozen=True, slots=True)
class Revealed:
    """What the phone reveals; keys are DER SubjectPublicKeyInfo, ``csr`` PKCS#10 DER."""

    pairing_id: str
    phone_nonce: bytes
    device_key: bytes
    approval_key: bytes
    csr: bytes
    signature_algorithm: str
    key_protection: str
    vault_share: bytes
    pin_proof_key: bytes
    proof_device: bytes
    proof_approval: bytes
    proof_signing: bytes


@dataclass(frozen=True, slots=True)
class PairingOffer:
    """``code`` is told to the logged-in person once and not kept."""

    pairing: Pairing
    code: str


class PairDevice:
    def __init__(
        self,
        store: DeviceStore,
        clock: Clock,
        signer: RequestSigner,
        recovery_public: bytes,
        server_name: str,
        sealer: SecretSealer,
        complete: CompletePairing,
        nudge: Nudge,
    ) -> None:
        self._store = store
        self._clock = clock
        self._signer = signer
        self._recovery_public = recovery_public
        self._server_name = server_name
        self._sealer = sealer
        self._complete = complete
        self._nudge = nudge

    def offer(self, subscriber_id: str, user_id: str | None) -> PairingOffer:
        """A fresh code for the subscriber; earlier unused codes of theirs are void from now on. Raises what ``check_can_issue`` does: a
        phone that could get no certificate at the end need not begin."""
        with self._store.read() as tx:
            subscriber = tx.subscribers.get(subscriber_id)
        self._complete.check_can_issue(subscriber)
        code = base32(secrets.randbits(50), 10)
        with self._store.write() as tx:
            now = self._clock.now()
            wait = tx.throttles.pour(f"pairing-offer:{subscriber_id}", now, capacity=10, leak_per_second=10 / 600)
            if wait:
                raise TooManyTries("too many codes", code="too_many_tries", details={"retry_after": int(wait) + 1})
            for older in tx.pairings.waiting_for(subscriber_id, PairingState.WAITING):
                tx.pairings.move(older, PairingState.EXPIRED, finished_at=now)
            pairing = Pairing(
                pairing_id=new_id("pa", now),
                subscriber_id=subscriber_id,
                user_id=user_id,
                code_sha256=code_digest(code),
                state=PairingState.WAITING,
                created_at=now,
                expires_at=now + CODE_LIFETIME,
            )
            tx.pairings.add(pairing)
            record(tx, "pairing_offered", now=now, actor=user_id or subscriber_id, subject=pairing.pairing_id)
            crash_point("pairing_offer.before_commit")
        crash_point("pairing_offer.after_commit")
        return PairingOffer(pairing, code)

    def begin(self, code: str, commitment: bytes, device_name: str, platform: str, address: str) -> dict[str, object]:
        """A phone claims the code and commits to its keys. The same commitment again gets the same answer. Only codes that nobody has are
        counted, per network: 50 random bits are not guessed, and whoever has a right one is never made to wait for others' misses."""
        name = clean_text(device_name, NAME_LIMIT) or "?"
        platform = clean_text(platform, NAME_LIMIT)
        with self._store.write() as tx:
            now = self._clock.now()
            pairing = tx.pairings.by_code(code_digest(code))
            again = pairing is not None and pairing.commitment == commitment
            if pairing is not None and not again:
                pairing = self._claim(tx, pairing, commitment, name, platform, now)
            wait = self._count_miss(tx, address, now) if pairing is None else 0.0
            crash_point("pairing_begin.before_commit")
        crash_point("pairing_begin.after_commit")
        self._refuse_miss(pairing is not None, wait)
        assert pairing is not None
        assert pairing.server_nonce is not None
        self._nudge.web(pairing.pairing_id)
        with self._store.read() as tx:
            subscriber = tx.subscribers.get(pairing.subscriber_id)
        return {
            "pairing_id": pairing.pairing_id,
            "server_id": self._signer.server_id,
            "server_name": self._server_name,
            "server_nonce": b64(pairing.server_nonce),
            "request_signing_key": b64(self._signer.public_key),
            "key_counter": self._signer.counter,
            "recovery_key": b64(self._recovery_public),
            "subscriber_name": subscriber.name,
            "signature_algorithms": list(SIGNATURE_ALGORITHMS),
        }

    def check_code(self, code: str, address: str) -> dict[str, object]:
        """Could a phone begin with this code now? Claims nothing: asked before a person chooses a PIN. Misses are counted with those of
        ``begin``. Raises ``NotFound(pairing_code_unknown)``, ``TooManyTries``."""
        with self._store.write() as tx:
            now = self._clock.now()
            pairing = tx.pairings.by_code(code_digest(code))
            known = pairing is not None and pairing.state is PairingState.WAITING and pairing.expires_at > now
            wait = 0.0 if known else self._count_miss(tx, address, now)
            crash_point("pairing_check.before_commit")
        crash_point("pairing_check.after_commit")
        self._refuse_miss(known, wait)
        return {"request_signing_key": b64(self._signer.public_key)}

    @staticmethod
    def _count_miss(tx: DeviceTransaction, address: str, now: float) -> float:
        """0 while there is room for one more; otherwise the seconds until there is."""
        bucket = f"pairing:{network_of(address)}"
        return tx.throttles.pour(bucket, now, capacity=MISSES, leak_per_second=MISSES / 600)

    @staticmethod
    def _refuse_miss(known: bool, wait: float) -> None:
        if wait:
            raise TooManyTries("too many tries", code="too_many_tries", details={"retry_after": int(wait) + 1})
        if not known:
            raise NotFound("no such pairing code, or it was used or is too old", code="pairing_code_unknown")

    def _claim(
        self, tx: DeviceTransaction, pairing: Pairing, commitment: bytes, name: str, platform: str, now: float
    ) -> Pairing | None:
        if pairing.state is not PairingState.WAITING or pairing.expires_at <= now:
            return None
        claimed = tx.pairings.move(
            pairing,
            PairingState.CLAIMED,
            device_name=name,
            platform=platform,
            commitment=commitment,
            server_nonce=secrets.token_bytes(32),
            expires_at=now + FINISH_LIFETIME,
        )
        record(
            tx, "pairing_claimed", now=now, actor="phone", subject=pairing.pairing_id, personal={"device_name": name}
        )
        tx.outbox.add("pairing_changed", pairing.pairing_id, {}, now)
        return claimed

    def reveal(self, revealed: Revealed) -> Pairing:
        """The phone opens its commitment and proves its three keys. Raises ``VerificationFailed`` with one code a check."""
        with self._store.read() as tx:
            pairing = tx.pairings.get(revealed.pairing_id)
        transcript = self._check(pairing, revealed)
        digits = digits_of(transcript)
        kept = self._kept(revealed)
        with self._store.write() as tx:
            now = self._clock.now()
            pairing = tx.pairings.get(revealed.pairing_id)
            transcript_sha256 = hashlib.sha256(transcript).hexdigest()
            if pairing.state is PairingState.CLAIMED and pairing.expires_at > now:
                pairing = tx.pairings.move(
                    pairing,
                    PairingState.CONFIRM_DIGITS,
                    reveal=json.dumps(kept),
                    transcript_sha256=transcript_sha256,
                    digits=digits,
                )
                record(
                    tx,
                    "pairing_revealed",
                    now=now,
                    actor="phone",
                    subject=pairing.pairing_id,
                    facts={"transcript_sha256": transcript_sha256},
                )
                tx.outbox.add("pairing_changed", pairing.pairing_id, {}, now)
            elif pairing.transcript_sha256 != transcript_sha256:
                raise Conflict("the pairing has moved on", code="pairing_over")
            crash_point("pairing.before_commit")
        crash_point("pairing.after_commit")
        self._nudge.web(pairing.pairing_id)
        return pairing

    def _kept(self, revealed: Revealed) -> dict[str, str]:
        context = revealed.pairing_id
        return {
            "device_key": b64(revealed.device_key),
            "approval_key": b64(revealed.approval_key),
            "csr": b64(revealed.csr),
            "signature_algorithm": revealed.signature_algorithm,
            "key_protection": revealed.key_protection,
            "sealed_vault_share": b64(self._sealer.seal(revealed.vault_share, f"{context}:vault_share")),
            "sealed_pin_proof_key": b64(self._sealer.seal(revealed.pin_proof_key, f"{context}:pin_proof_key")),
        }

    def _check(self, pairing: Pairing, revealed: Revealed) -> bytes:
        """All proofs of the reveal, in order; returns the transcript."""
        if pairing.commitment is None or pairing.server_nonce is None:
            raise Conflict("the code was not claimed", code="pairing_over")
        if revealed.key_protection not in KEY_PROTECTIONS:
            raise BadInput("unknown key protection", code="bad_message")
        public_key = read_csr(revealed.csr)
        check_key_allowed(public_key, revealed.signature_algorithm)
        signing_key = public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        keys = (revealed.device_key, revealed.approval_key, signing_key)
        if len(set(keys)) != 3:
            raise VerificationFailed("the three keys must differ", code="pairing_keys_equal")
        for key in keys[:2]:
            check_p256_key(key)
        opened = hashlib.sha256(
            pae(
                "phoneseal.pairing_commitment.v1",
                revealed.phone_nonce + b"".join(hashlib.sha256(key).digest() for key in keys),
            )
        ).digest()
        if not hmac.compare_digest(opened, pairing.commitment):
            raise VerificationFailed("the commitment was to other keys", code="pairing_commitment_broken")
        transcript = b"".join(
            lp(field)
            for field in (
                pairing.pairing_id,
                self._signer.server_id,
                pairing.server_nonce,
                self._signer.public_key,
                self._recovery_public,
                pairing.commitment,
                revealed.phone_nonce,
                *keys,
            )
        )

        def proof(role: str) -> bytes:
            return pae("phoneseal.pairing_proof.v1", lp(role) + transcript)

        verify_p256_raw(revealed.device_key, proof("device"), revealed.proof_device, code="pairing_proof_invalid")
        verify_p256_raw(revealed.approval_key, proof("approval"), revealed.proof_approval, code="pairing_proof_invalid")
        try:
            verify_signature_value(public_key, revealed.signature_algorithm, proof("signing"), revealed.proof_signing)
        except VerificationFailed as error:
            raise VerificationFailed("the signing key's proof", code="pairing_proof_invalid") from error
        return transcript

    def confirm(self, pairing_id: str, digits: str) -> Pairing:
        """The logged-in person says that the phone shows these digits. The caller has checked that the pairing is theirs.

        Wrong digits reject the pairing: somebody else's phone claimed it.
        """
        with self._store.write() as tx:
            now = self._clock.now()
            pairing = tx.pairings.get(pairing_id)
            if pairing.state is not PairingState.CONFIRM_DIGITS:
                return pairing
            if not hmac.compare_digest(digits.encode(), (pairing.digits or "").encode()):
                pairing = tx.pairings.move(pairing, PairingState.REJECTED, finished_at=now)
            else:
                pairing = tx.pairings.move(pairing, PairingState.WAITING_FIRST_DEVICE, confirmed_at=now)
                if not self._complete.needs_no_approval(tx, pairing, now):
                    tx.outbox.add("new_device", pairing_id, {}, now)
                    for device in tx.devices.of_subscriber(pairing.subscriber_id):
                        want_wake_up(tx, device.device_id, now)
            record(
                tx,
                "pairing_confirmed" if pairing.finished_at is None else "pairing_rejected",
                now=now,
                actor=pairing.user_id or pairing.subscriber_id,
                subject=pairing_id,
            )
            tx.outbox.add("pairing_changed", pairing_id, {}, now)
            crash_point("pairing_confirm.before_commit")
        crash_point("pairing_confirm.after_commit")
        self._nudge.web(pairing_id)
        return self._complete.when_free(pairing)

    def reject(self, pairing_id: str) -> Pairing:
        """The person says no (in the browser)."""
        with self._store.write() as tx:
            now = self._clock.now()
            pairing = tx.pairings.get(pairing_id)
            if pairing.finished_at is None:
                pairing = tx.pairings.move(pairing, PairingState.REJECTED, finished_at=now)
                actor = pairing.user_id or pairing.subscriber_id
                record(tx, "pairing_rejected", now=now, actor=actor, subject=pairing_id)
                tx.outbox.add("pairing_changed", pairing_id, {}, now)
            crash_point("pairing_reject.before_commit")
        crash_point("pairing_reject.after_commit")
        self._nudge.web(pairing_id)
        return pairing

    def expire(self) -> int:
        """Ends pairings whose time is over. Returns how many."""
        with self._store.write() as tx:
            now = self._clock.now()
            overdue = tx.pairings.overdue(now)
            for pairing in overdue:
                tx.pairings.move(pairing, PairingState.EXPIRED, finished_at=now)
                tx.outbox.add("pairing_changed", pairing.pairing_id, {}, now)
            crash_point("pairing_expire.before_commit")
        crash_point("pairing_expire.after_commit")
        return len(overdue)


def digits_of(transcript: bytes) -> str:
    """The six digits that both screens show."""
    digest = hashlib.sha256(pae("phoneseal.pairing_digits.v1", transcript)).digest()
    return f"{int.from_bytes(digest[:8], 'big') % 10**6:06d}"


def check_p256_key(spki: bytes) -> None:
    try:
        key = load_der_public_key(spki)
    except (ValueError, TypeError) as error:
        raise VerificationFailed("not a public key", code="key_not_allowed") from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise VerificationFailed("device and approval key are P-256", code="key_not_allowed")
