"""A phone blocks whoever made a request, or takes that back (docs/protocol.md §5.2).

Rules: the phone's signed word says whom it showed to the person; the server takes it only for the very requester of that request. What
the requester has waiting ends as refused in the same transaction; what is being signed goes on, since the person approved it. A block is
the subscriber's: it holds for all their phones, and any of them may lift it. The same word again changes nothing, even after the block was
lifted.
"""

from server.audit.audit_log import record
from server.clock import Clock
from server.crash_points import crash_point
from server.devices.blocked_requester import BlockedRequester, BlockScope, blocked_user
from server.devices.device import Device, check_active
from server.devices.ports import DeviceStore, DeviceTransaction
from server.errors import BadInput, NotFound
from server.ids import new_id
from server.relying_parties.relying_party import RelyingParty
from server.signing.finish_request import end_request
from server.signing.sign_request import BEFORE_APPROVAL, EndResult, SignRequest, State
from server.statements import Statement, read_body, verify_phone
from server.work import Nudge

BLOCK_FIELDS = frozenset({"version", "device_id", "request_id", "relying_party_id", "scope", "at"})
UNBLOCK_FIELDS = frozenset({"version", "device_id", "block_id", "at"})


class BlockRequesters:
    def __init__(self, store: DeviceStore, clock: Clock, nudge: Nudge) -> None:
        self._store = store
        self._clock = clock
        self._nudge = nudge

    def of_phone(self, device_id: str) -> list[BlockedRequester]:
        """Whom this phone's owner has blocked now, the oldest block first."""
        with self._store.read() as tx:
            return tx.blocked_requesters.of_subscriber(tx.devices.get(device_id).subscriber_id)

    def block(self, device_id: str, statement: Statement) -> BlockedRequester:
        """Raises ``VerificationFailed(statement_signature_invalid)``, ``BadInput(statement_mismatch)``, ``NotFound(request_unknown)``,
        ``Forbidden`` (device_frozen, device_unpaired)."""
        device, fields = self._read(device_id, statement, "phoneseal.block.v1", BLOCK_FIELDS)
        digest = statement.digest.hex()
        ended: list[SignRequest] = []
        with self._store.write() as tx:
            check_active(tx.devices.get(device_id))
            known = tx.blocked_requesters.by_statement(digest)
            if known is not None:
                return known
            request = tx.requests.find(str(fields["request_id"]))
            if request is None or request.subscriber_id != device.subscriber_id:
                raise NotFound("no such sign request", code="request_unknown")
            party = tx.relying_parties.get(request.relying_party_id)
            user_id = blocked_user(party, request.user_id)
            _check_names(fields, party, user_id)
            block = tx.blocked_requesters.find(device.subscriber_id, party.relying_party_id, user_id)
            if block is None:
                now = self._clock.now()
                block = _new_block(device, request, user_id, digest, now)
                tx.blocked_requesters.add(block)
                _record(tx, block, device, statement, now)
                ended = self._end_waiting(tx, block, now)
            crash_point("block.before_commit")
        crash_point("block.after_commit")
        for one in ended:
            self._nudge.web(one.request_id)
        return block

    def _read(
        self, device_id: str, statement: Statement, purpose: str, names: frozenset[str]
    ) -> tuple[Device, dict[str, object]]:
        with self._store.read() as tx:
            device = tx.devices.get(device_id)
        verify_phone(statement, device_id, device.device_key)
        fields = read_body(statement, purpose, names)
        if fields["device_id"] != device_id:
            raise BadInput("another device", code="statement_mismatch", details={"field": "device_id"})
        return device, fields

    @staticmethod
    def _end_waiting(tx: DeviceTransaction, block: BlockedRequester, now: float) -> list[SignRequest]:
        """Refuses what this requester has waiting. The phone that blocks gets the outcomes, the owner's others withdrawals."""
        ended = []
        for request in tx.requests.live(block.subscriber_id, block.relying_party_id):
            if request.state in BEFORE_APPROVAL and block.user_id in ("", request.user_id):
                facts: dict[str, object] = {"block": block.block_id}
                ended.append(
                    end_request(
                        tx,
                        request,
                        State.REFUSED,
                        EndResult.USER_REFUSED,
                        now=now,
                        actor=block.device_id,
                        facts=facts,
                        answered_by=block.device_id,
                    )
                )
        return ended

    def unblock(self, device_id: str, statement: Statement) -> None:
        """Lifting twice changes nothing. Raises like ``block``, and ``NotFound(block_unknown)``."""
        device, fields = self._read(device_id, statement, "phoneseal.unblock.v1", UNBLOCK_FIELDS)
        with self._store.write() as tx:
            check_active(tx.devices.get(device_id))
            block = tx.blocked_requesters.get(str(fields["block_id"]))
            if block.subscriber_id != device.subscriber_id:
                raise NotFound("no such block", code="block_unknown")
            now = self._clock.now()
            if tx.blocked_requesters.lift(block.block_id, now):
                record(
                    tx,
                    "requester_unblocked",
                    now=now,
                    actor=device_id,
                    subject=block.subscriber_id,
                    facts={"block": block.block_id},
                    evidence=(statement, device.device_key),
                )
            crash_point("unblock.before_commit")
        crash_point("unblock.after_commit")


def _check_names(fields: dict[str, object], party: RelyingParty, user_id: str) -> None:
    """The phone showed the person the requester that the server would block. Raises ``BadInput(statement_mismatch)``."""
    expected = {
        "relying_party_id": party.relying_party_id,
        "scope": BlockScope.PERSON if user_id else BlockScope.RELYING_PARTY,
    }
    for name, value in expected.items():
        if fields[name] != value:
            raise BadInput(f"another {name}", code="statement_mismatch", details={"field": name})


def _new_block(device: Device, request: SignRequest, user_id: str, digest: str, now: float) -> BlockedRequester:
    return BlockedRequester(
        block_id=new_id("blk", now),
        subscriber_id=device.subscriber_id,
        relying_party_id=request.relying_party_id,
        user_id=user_id,
        relying_party_name=request.relying_party_name,
        person=request.requested_by if user_id else "",
        device_id=device.device_id,
        statement_sha256=digest,
        blocked_at=now,
    )


def _record(tx: DeviceTransaction, block: BlockedRequester, device: Device, statement: Statement, now: float) -> None:
    record(
        tx,
        "requester_blocked",
        now=now,
        actor=device.device_id,
        subject=block.subscriber_id,
        facts={
            "block": block.block_id,
            "relying_party": block.relying_party_id,
            "scope": block.scope,
            "user": block.user_id,
        },
        evidence=(statement, device.device_key),
    )
