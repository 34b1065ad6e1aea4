"""A phone is lost, replaced or given away: freeze, thaw, unpair, recover.

What becomes of its requests: what it has in SIGNING stops at an item boundary. Unpairing withdraws what it was only offered; when the
subscriber has no other active phone, it ends those requests (``no_device``). Freezing lets them wait, since a thaw may come.
"""

from server.audit.audit_log import record
from server.clock import Clock
from server.config import Config
from server.crash_points import crash_point
from server.devices.device import Device, DeviceState, Recovery
from server.devices.ports import DeviceStore, DeviceTransaction
from server.devices.push_subscription import want_wake_up
from server.errors import BadInput
from server.ids import new_id
from server.signing.cancel_request import stop_signing
from server.signing.finish_request import end_request
from server.signing.sign_request import BEFORE_APPROVAL, EndResult, State
from server.statements import Statement, read_body, verify_phone
from server.work import Nudge


class EndDevice:
    def __init__(self, store: DeviceStore, clock: Clock, config: Config, nudge: Nudge) -> None:
        self._store = store
        self._clock = clock
        self._config = config
        self._nudge = nudge

    def freeze(self, device_id: str, actor: str) -> Device:
        """Withholds the share at once. The caller has checked that ``actor`` may. Freezing twice changes nothing."""
        return self._move(device_id, DeviceState.FROZEN, actor, None)

    def thaw(self, device_id: str, actor: str) -> Device:
        return self._move(device_id, DeviceState.ACTIVE, actor, None)

    def unpair(self, device_id: str, actor: str) -> Device:
        """For good: its credentials end too."""
        return self._move(device_id, DeviceState.UNPAIRED, actor, None)

    def by_phone(self, device_id: str, statement: Statement) -> Device:
        """Freeze or unpair by the phone's own signed word. Raises ``VerificationFailed(statement_signature_invalid)``."""
        purposes = {
            "phoneseal.freeze.v1": DeviceState.FROZEN,
            "phoneseal.unpair.v1": DeviceState.UNPAIRED,
        }
        new = purposes.get(statement.purpose)
        with self._store.read() as tx:
            device = tx.devices.get(device_id)
        verify_phone(statement, device_id, device.device_key)
        fields = read_body(statement, statement.purpose, frozenset({"version", "device_id", "at"}))
        if new is None or fields["device_id"] != device_id:
            raise BadInput("another device or purpose", code="statement_mismatch", details={"field": "device_id"})
        return self._move(device_id, new, device_id, statement)

    def _move(self, device_id: str, new: DeviceState, actor: str, statement: Statement | None) -> Device:
        with self._store.write() as tx:
            now = self._clock.now()
            device = tx.devices.get(device_id)
            if device.state is new:
                return device
            moved = tx.devices.move(device, new, now=now)
            record(
                tx,
                f"device_{new.lower()}",
                now=now,
                actor=actor,
                subject=device_id,
                evidence=(statement, device.device_key) if statement else None,
            )
            if new is not DeviceState.ACTIVE:
                self._settle_requests(tx, moved, now)
            else:
                want_wake_up(tx, device_id, now)  # what came while it was frozen
            if new is DeviceState.UNPAIRED:
                tx.push_subscriptions.drop(device_id)
            tx.outbox.add("device_changed", device_id, {}, now)
            crash_point("device.before_commit")
        crash_point("device.after_commit")
        self._nudge.web(device_id)
        return moved

    @staticmethod
    def _settle_requests(tx: DeviceTransaction, device: Device, now: float) -> None:
        phones = tx.devices.of_subscriber(device.subscriber_id)
        others = any(d.state is DeviceState.ACTIVE for d in phones if d.device_id != device.device_id)
        for request in tx.requests.live(device.subscriber_id):
            if request.state is State.SIGNING and request.device_id == device.device_id:
                stop_signing(tx, request, EndResult.NO_DEVICE, now=now, actor="server")
            elif request.state in BEFORE_APPROVAL and device.state is DeviceState.UNPAIRED:
                if others:
                    tx.offers.withdraw(request.request_id, device.device_id, EndResult.NO_DEVICE)
                else:
                    end_request(tx, request, State.CANCELLED, EndResult.NO_DEVICE, now=now, actor="server")

    def rename(self, device_id: str, name: str, actor: str) -> None:
        with self._store.write() as tx:
            tx.devices.rename(device_id, name)
            now = self._clock.now()
            record(tx, "device_renamed", now=now, actor=actor, subject=device_id, personal={"name": name})
            crash_point("rename.before_commit")
        crash_point("rename.after_commit")

    def recover(self, subscriber_id: str, staff: str, *, delay: float | None = None) -> Recovery:
        """Staff let a subscriber pair a phone without an earlier one's word, from a delay on; the account page shows it at once, and
        the subscriber may cancel it there. It takes the place of an earlier one, so that there is one to cancel and one to use."""
        with self._store.write() as tx:
            now = self._clock.now()
            tx.subscribers.get(subscriber_id)
            wait = float(self._config.recovery_delay if delay is None else delay)
            recovery = Recovery(new_id("re", now), subscriber_id, staff, now + wait, now)
            _cancel_open(tx, subscriber_id, now)
            tx.pairings.add_recovery(recovery)
            facts = {"effective_at": int(recovery.effective_at * 1000)}
            record(tx, "recovery_allowed", now=now, actor=staff, subject=subscriber_id, facts=facts)
            tx.outbox.add("account_changed", subscriber_id, {}, now)
            crash_point("recover.before_commit")
        crash_point("recover.after_commit")
        self._nudge.web(subscriber_id)
        return recovery

    def cancel_recovery(self, subscriber_id: str, actor: str) -> None:
        with self._store.write() as tx:
            now = self._clock.now()
            if _cancel_open(tx, subscriber_id, now):
                record(tx, "recovery_cancelled", now=now, actor=actor, subject=subscriber_id)
            crash_point("cancel_recovery.before_commit")
        crash_point("cancel_recovery.after_commit")


def _cancel_open(tx: DeviceTransaction, subscriber_id: str, now: float) -> int:
    """Cancels every recovery that was neither used nor cancelled. Returns how many."""
    cancelled = 0
    while (recovery := tx.pairings.recovery_of(subscriber_id)) is not None:
        tx.pairings.cancel_recovery(recovery.recovery_id, now)
        cancelled += 1
    return cancelled
