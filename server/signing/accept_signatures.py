"""Step 4: signature values arrive in chunks; each is verified against the credential's certificate before it is stored.

Rules: the receipt leaves after the commit; the first value of an item is kept, a repeat changes nothing; a value that does not verify
fails its item for good; embedding starts at once, while the phone still signs. All in → ANSWERED. What comes after ``sign_by`` is too
late, by the clock of the transaction that would store it, whether a sweep was there or not.
"""

import hashlib
from dataclasses import dataclass

from cryptography import x509

from server.audit.audit_log import record
from server.clock import Clock
from server.crash_points import crash_point
from server.errors import BadInput, Conflict, TooLarge, VerificationFailed
from server.signing.cancel_request import signing_is_over, stop_signing
from server.signing.credential import Credential
from server.signing.dtbs import verify_signature_value
from server.signing.finish_request import complete_if_done, end_request
from server.signing.manifest import ManifestBuilder
from server.signing.ports import SigningStore, SigningTransaction
from server.signing.sign_request import EndResult, Item, ItemState, SignRequest, State
from server.statements import RequestSigner, Statement
from server.work import BULK, GROUP, INTERACTIVE, Nudge

CHUNK_LIMIT = 200


def read_values(blob: bytes) -> list[tuple[int, bytes]]:
    """u32be(position) ‖ u16be(length) ‖ value, for each item. Raises ``BadInput``, ``TooLarge``."""
    values: list[tuple[int, bytes]] = []
    at = 0
    while at < len(blob):
        if at + 6 > len(blob):
            raise BadInput("a chunk ends inside an item", code="bad_message")
        position = int.from_bytes(blob[at : at + 4], "big")
        length = int.from_bytes(blob[at + 4 : at + 6], "big")
        at += 6
        if length > 1024 or at + length > len(blob):
            raise BadInput("a chunk ends inside a value", code="bad_message")
        values.append((position, blob[at : at + length]))
        at += length
        if len(values) > CHUNK_LIMIT:
            raise TooLarge("too many items in a chunk", code="too_many_items", details={"limit": CHUNK_LIMIT})
    positions = [position for position, _ in values]
    if not positions or positions != sorted(set(positions)) or positions[-1] >= 10_000:
        raise BadInput("positions in a chunk rise, from 0 to 9,999", code="bad_message")
    return values


@dataclass(frozen=True, slots=True)
class Judged:
    good: list[tuple[int, bytes]]
    bad: list[tuple[int, str]]


class AcceptSignatures:
    def __init__(self, store: SigningStore, clock: Clock, signer: RequestSigner, nudge: Nudge) -> None:
        self._store = store
        self._clock = clock
        self._signer = signer
        self._nudge = nudge

    def __call__(self, device_id: str, request_id: str, approval_sha256: str, blob: bytes) -> Statement:
        """Stores what verifies and returns the signed receipt. Raises ``BadInput``, ``Conflict(request_over|approval_unknown)``."""
        values = read_values(blob)
        with self._store.read() as tx:
            offer = tx.offers.get(request_id, device_id)
            request = tx.requests.get(request_id)
            if offer.approval_sha256 is None or offer.approval_sha256 != approval_sha256:
                raise Conflict("no such approval", code="approval_unknown")
            items = {item.position: item for item in tx.items.at(request_id, [position for position, _ in values])}
            credential = tx.devices.credential(offer.credential_id)
        judged = self._judge(values, items, credential)
        with self._store.write() as tx:
            request = tx.requests.get(request_id)
            now = self._clock.now()
            if signing_is_over(request, now):  # the sweep has not come by yet
                stop_signing(tx, request, EndResult.TIMEOUT, now=now, actor="server")
            elif request.state is State.SIGNING:
                self._commit(tx, request, judged)
            missing = tx.items.number_in(request_id, ItemState.PREPARED)
            after = {item.position: item for item in tx.items.at(request_id, [position for position, _ in values])}
            crash_point("signatures.before_commit")
        crash_point("signatures.after_commit")
        self._nudge.workers()
        self._nudge.web(request_id)
        return self._receipt(request_id, approval_sha256, blob, after, missing)

    @staticmethod
    def _judge(values: list[tuple[int, bytes]], items: dict[int, Item], credential: Credential) -> Judged:
        public_key = x509.load_der_x509_certificate(credential.certificate).public_key()
        manifest = ManifestBuilder(credential)
        good: list[tuple[int, bytes]] = []
        bad: list[tuple[int, str]] = []
        for position, value in values:
            item = items.get(position)
            if item is None or item.prepared_sha256 is None:
                bad.append((position, "item_unknown"))
            elif item.signature_value is not None or item.state is not ItemState.PREPARED:
                continue  # the first value is kept; a repeat says nothing new
            elif not value:
                bad.append((position, "device_error"))
            else:
                try:
                    dtbs = manifest.signed_attributes(item)
                    verify_signature_value(public_key, credential.signature_algorithm, dtbs, value)
                except VerificationFailed as error:
                    bad.append((position, error.code))
                else:
                    good.append((position, value))
        return Judged(good, bad)

    def _commit(self, tx: SigningTransaction, request: SignRequest, judged: Judged) -> None:
        now = self._clock.now()
        request_id = request.request_id
        judged = _still_open(tx, request_id, judged)
        stored = tx.items.set_answered(request_id, judged.good)
        ended = 0
        for position, code in judged.bad:
            end_result = EndResult.DEVICE_ERROR
            ended += tx.items.end(
                request_id, ItemState.FAILED, end_result, old=(ItemState.PREPARED,), positions=(position,), reason=code
            )
        if stored or ended:
            digest = hashlib.sha256(b"".join(value for _, value in judged.good)).hexdigest()
            record(
                tx,
                "signatures_accepted",
                now=now,
                actor=str(request.device_id),
                subject=request_id,
                facts={"accepted": stored, "rejected": [list(entry) for entry in judged.bad], "values_sha256": digest},
            )
        positions = [position for position, _ in judged.good]
        priority = INTERACTIVE if request.items_total <= GROUP else BULK
        for first in range(0, len(positions), GROUP):
            body = {"positions": positions[first : first + GROUP]}
            tx.jobs.add("embed_items", request_id, body, now=now, priority=priority)
        tx.outbox.add("request_changed", request_id, {}, now)
        close_if_answered(tx, request, now=now)

    def _receipt(self, request_id: str, approval: str, blob: bytes, after: dict[int, Item], missing: int) -> Statement:
        """A function of the chunk and of what is stored, so that a repeated chunk gets the same one."""
        rejected = []
        for position, _ in read_values(blob):
            item = after.get(position)
            if item is None or item.prepared_sha256 is None:
                rejected.append({"position": position, "code": "item_unknown"})
            elif item.state is ItemState.FAILED and item.end_result == EndResult.DEVICE_ERROR:
                rejected.append({"position": position, "code": item.reason or "device_error"})
        return self._signer.sign(
            "phoneseal.receipt.v1",
            {
                "version": 1,
                "request_id": request_id,
                "approval_sha256": approval,
                "values_sha256": hashlib.sha256(blob).hexdigest(),
                "accepted": sum(1 for item in after.values() if item.signature_value is not None),
                "rejected": rejected,
                "missing": missing,
            },
        )


def _still_open(tx: SigningTransaction, request_id: str, judged: Judged) -> Judged:
    """While these were verified another chunk may have answered some of the items: each item is answered, recorded and embedded once."""
    positions = [position for position, _ in (*judged.good, *judged.bad)]
    still = tx.items.standing(request_id, ItemState.PREPARED, positions)
    return Judged(
        [entry for entry in judged.good if entry[0] in still], [entry for entry in judged.bad if entry[0] in still]
    )


def close_if_answered(tx: SigningTransaction, request: SignRequest, *, now: float) -> SignRequest:
    """SIGNING → ANSWERED once no approved item lacks a value; nothing signed at all → CANCELLED."""
    if tx.items.any_in(request.request_id, (ItemState.PREPARED,)):
        tx.requests.touch(request.request_id)
        return request
    if not tx.items.any_in(request.request_id, (ItemState.ANSWERED, ItemState.SIGNED)):
        return end_request(tx, request, State.CANCELLED, EndResult.DEVICE_ERROR, now=now, actor="server")
    return complete_if_done(tx, tx.requests.move(request, State.ANSWERED), now=now)
