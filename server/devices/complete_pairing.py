"""The last step of pairing: once everybody agreed, the certificate is issued and the phone becomes a device.

Confirmed pairings stand in ``waiting_first_device`` until nobody's word is missing; a subscriber's very first phone needs none. The
certificate is made before the transaction; if the process dies between, the phone's next status question does it again.
"""

import hashlib
import json
from typing import Any

from server.audit.audit_log import record
from server.certificate_authority.ports import CertificateIssuer, IssuedCertificate
from server.clock import Clock
from server.crash_points import crash_point
from server.devices.device import Device, DeviceState, Pairing, PairingState, Recovery, check_active
from server.devices.ports import DeviceStore, DeviceTransaction, SecretSealer
from server.errors import BadInput, Conflict
from server.ids import new_id
from server.signing.credential import Credential, CredentialState
from server.statements import RequestSigner, Statement, b64, pae, read_body, unb64, verify_p256_raw, verify_phone
from server.subscribers.subscriber import Subscriber
from server.work import Nudge

RECOVERY_VALID = 3 * 86_400.0
"""Seconds for which a recovery may be used once it is in force."""
APPROVAL_FIELDS = frozenset(
    {"version", "pairing_id", "device_id", "transcript_sha256", "digits", "decision", "approved_at", "counter"}
)


class CompletePairing:
    def __init__(
        self,
        store: DeviceStore,
        clock: Clock,
        signer: RequestSigner,
        sealer: SecretSealer,
        issuer: CertificateIssuer,
        nudge: Nudge,
    ) -> None:
        self._store = store
        self._clock = clock
        self._signer = signer
        self._sealer = sealer
        self._issuer = issuer
        self._nudge = nudge

    def check_can_issue(self, subscriber: Subscriber) -> None:
        """See ``CertificateIssuer``."""
        self._issuer.check_can_issue(subscriber, self._clock.now())

    @staticmethod
    def needs_no_approval(tx: DeviceTransaction, pairing: Pairing, now: float) -> bool:
        """True for a subscriber's first phone, and for a pairing that was begun after staff's recovery came into force: one that was
        held ready until then, by somebody with the password, must not win at that moment. Unpairing the old phone does not help: it
        needs a password only, and a password alone never links a phone."""
        if not tx.devices.of_subscriber(pairing.subscriber_id):
            return True
        recovery = tx.pairings.recovery_of(pairing.subscriber_id)
        return recovery is not None and _is_open_to(recovery, pairing, now)

    def when_free(self, pairing: Pairing) -> Pairing:
        """Completes a confirmed pairing if nobody's word is missing; otherwise returns it as it is."""
        if pairing.state is not PairingState.WAITING_FIRST_DEVICE:
            return pairing
        with self._store.read() as tx:
            free = self.needs_no_approval(tx, pairing, self._clock.now())
        return self._complete(pairing.pairing_id, None) if free else pairing

    def approve_device(self, device_id: str, statement: Statement) -> Pairing:
        """An earlier phone's word (under its PIN) about a new one. The same statement again changes nothing."""
        with self._store.read() as tx:
            device = tx.devices.get(device_id)
        verify_phone(statement, device_id, device.approval_key)
        fields = read_body(statement, "phoneseal.device_approval.v1", APPROVAL_FIELDS)
        with self._store.read() as tx:
            pairing = tx.pairings.get(str(fields["pairing_id"]))
        expected = {"device_id": device_id, "transcript_sha256": pairing.transcript_sha256, "digits": pairing.digits}
        for name, value in expected.items():
            if fields[name] != value:
                raise BadInput(f"another {name}", code="statement_mismatch", details={"field": name})
        if pairing.subscriber_id != device.subscriber_id or device.state is not DeviceState.ACTIVE:
            raise BadInput("another subscriber", code="statement_mismatch", details={"field": "pairing_id"})
        if fields["decision"] not in ("approve", "reject"):
            raise BadInput("decision is approve or reject", code="statement_mismatch", details={"field": "decision"})
        if pairing.finished_at is not None:
            return pairing
        if fields["decision"] == "approve":
            return self._complete(pairing.pairing_id, (device, statement, fields))
        return self._reject(device, statement, fields)

    def approval_requests(self, device_id: str) -> list[Statement]:
        """What this phone is asked about new phones of its owner (docs/protocol.md §2.2 ``new_device``)."""
        with self._store.read() as tx:
            device = tx.devices.get(device_id)
            waiting = tx.pairings.waiting_for(device.subscriber_id, PairingState.WAITING_FIRST_DEVICE)
        now = self._clock.now()
        return [
            self._signer.sign(
                "phoneseal.new_device.v1",
                {
                    "version": 1,
                    "server_id": self._signer.server_id,
                    "pairing_id": pairing.pairing_id,
                    "subscriber_id": pairing.subscriber_id,
                    "device_name": pairing.device_name,
                    "platform": pairing.platform,
                    "transcript_sha256": pairing.transcript_sha256,
                    "digits": pairing.digits,
                    "expires_at": int(pairing.expires_at * 1000),
                },
            )
            for pairing in waiting
            if pairing.expires_at > now
        ]

    def phones_to_ask(self, pairing_id: str) -> list[str]:
        """The active phones whose word about this pairing counts."""
        with self._store.read() as tx:
            pairing = tx.pairings.get(pairing_id)
            devices = tx.devices.of_subscriber(pairing.subscriber_id)
        return [device.device_id for device in devices if device.state is DeviceState.ACTIVE]

    def _reject(self, device: Device, statement: Statement, fields: dict[str, Any]) -> Pairing:
        with self._store.write() as tx:
            now = self._clock.now()
            pairing = tx.pairings.get(str(fields["pairing_id"]))
            if pairing.finished_at is None:
                _use_counter(tx, device, fields)
                pairing = tx.pairings.move(pairing, PairingState.REJECTED, finished_at=now)
                evidence = (statement, device.approval_key)
                record(
                    tx,
                    "pairing_rejected",
                    now=now,
                    actor=device.device_id,
                    subject=pairing.pairing_id,
                    evidence=evidence,
                )
                tx.outbox.add("pairing_changed", pairing.pairing_id, {}, now)
            crash_point("pairing_veto.before_commit")
        crash_point("pairing_veto.after_commit")
        self._nudge.web(pairing.pairing_id)
        return pairing

    def _complete(self, pairing_id: str, approval: tuple[Device, Statement, dict[str, Any]] | None) -> Pairing:
        with self._store.read() as tx:
            pairing = tx.pairings.get(pairing_id)
            subscriber = tx.subscribers.get(pairing.subscriber_id)
        if pairing.state is not PairingState.WAITING_FIRST_DEVICE or pairing.reveal is None:
            return pairing
        kept = json.loads(pairing.reveal)
        now = self._clock.now()
        issued = self._issuer.issue(unb64(kept["csr"]), subscriber, now)
        with self._store.write() as tx:
            pairing = tx.pairings.get(pairing_id)
            if pairing.state is not PairingState.WAITING_FIRST_DEVICE:
                return pairing
            now = self._clock.now()
            if pairing.expires_at <= now:
                raise Conflict("the pairing is too old", code="pairing_over")
            if approval is not None:
                check_active(tx.devices.get(approval[0].device_id))  # it may have been frozen meanwhile
                _use_counter(tx, approval[0], approval[2])
            elif not self.needs_no_approval(tx, pairing, now):
                return pairing  # another phone was paired, or the recovery was cancelled or used, since we looked
            else:
                recovery = tx.pairings.recovery_of(pairing.subscriber_id)
                if recovery is not None and _is_open_to(recovery, pairing, now):
                    tx.pairings.use_recovery(recovery.recovery_id, now)
            pairing = self._add_device(tx, pairing, kept, issued, now)
            record(
                tx,
                "device_paired",
                now=now,
                actor=approval[0].device_id if approval else (pairing.user_id or pairing.subscriber_id),
                subject=str(pairing.device_id),
                facts={
                    "pairing": pairing_id,
                    "subscriber": pairing.subscriber_id,
                    "credential": pairing.credential_id,
                    "certificate_sha256": hashlib.sha256(issued.certificate).hexdigest(),
                    "key_protection": kept["key_protection"],
                },
                evidence=(approval[1], approval[0].approval_key) if approval else None,
            )
            tx.outbox.add("pairing_changed", pairing_id, {}, now)
            crash_point("pairing_complete.before_commit")
        crash_point("pairing_complete.after_commit")
        self._nudge.web(pairing_id)
        return pairing

    def _add_device(
        self, tx: DeviceTransaction, pairing: Pairing, kept: dict[str, str], issued: IssuedCertificate, now: float
    ) -> Pairing:
        device_id, credential_id = new_id("dev", now), new_id("cr", now)
        sealed = {
            field: self._sealer.seal(
                self._sealer.open(unb64(kept[f"sealed_{field}"]), f"{pairing.pairing_id}:{field}"),
                f"{device_id}:{field}",
            )
            for field in ("vault_share", "pin_proof_key")
        }
        tx.devices.add(
            Device(
                device_id=device_id,
                subscriber_id=pairing.subscriber_id,
                name=pairing.device_name or "?",
                platform=pairing.platform or "",
                state=DeviceState.ACTIVE,
                device_key=unb64(kept["device_key"]),
                approval_key=unb64(kept["approval_key"]),
                key_protection=kept["key_protection"],
                sealed_vault_share=sealed["vault_share"],
                sealed_pin_proof_key=sealed["pin_proof_key"],
                counter=0,
                wrong_pins=0,
                pin_wait_until=0.0,
                paired_at=now,
            )
        )
        tx.devices.add_credential(
            Credential(
                credential_id=credential_id,
                subscriber_id=pairing.subscriber_id,
                device_id=device_id,
                key_location="device",
                signature_algorithm=kept["signature_algorithm"],
                certificate=issued.certificate,
                certificate_chain=issued.chain,
                certificate_sha256=hashlib.sha256(issued.certificate).hexdigest(),
                state=CredentialState.ACTIVE,
                not_before=issued.not_before,
                not_after=issued.not_after,
                created_at=now,
            )
        )
        return tx.pairings.move(
            pairing,
            PairingState.COMPLETE,
            device_id=device_id,
            credential_id=credential_id,
            finished_at=now,
            reveal=json.dumps({"device_key": kept["device_key"]}),
        )

    def status(self, pairing_id: str, proof: bytes) -> dict[str, object]:
        """What the phone polls, authenticated by its device key."""
        with self._store.read() as tx:
            pairing = tx.pairings.get(pairing_id)
        if pairing.reveal is None:
            raise Conflict("reveal first", code="pairing_over")
        device_key = unb64(json.loads(pairing.reveal)["device_key"])
        verify_p256_raw(
            device_key, pae("phoneseal.pairing_status.v1", pairing_id.encode()), proof, code="proof_invalid"
        )
        pairing = self.when_free(pairing)
        if pairing.state is not PairingState.COMPLETE or pairing.credential_id is None:
            return {"state": pairing.state, "credential": None, "completed": None}
        with self._store.read() as tx:
            credential = tx.devices.credential(pairing.credential_id)
            subscriber = tx.subscribers.get(pairing.subscriber_id)
        completed = self._signer.sign(
            "phoneseal.pairing_completed.v1",
            {
                "version": 1,
                "server_id": self._signer.server_id,
                "pairing_id": pairing_id,
                "transcript_sha256": pairing.transcript_sha256,
                "subscriber_id": pairing.subscriber_id,
                "subscriber_name": subscriber.name,
                "device_id": pairing.device_id,
                "credential_id": credential.credential_id,
                "certificate_sha256": credential.certificate_sha256,
                "key_counter": self._signer.counter,
                "at": int((pairing.finished_at or 0) * 1000),
            },
        )
        return {
            "state": pairing.state,
            "credential": {
                "credential_id": credential.credential_id,
                "signature_algorithm": credential.signature_algorithm,
                "certificate": b64(credential.certificate),
                "certificate_chain": [b64(der) for der in credential.certificate_chain],
            },
            "completed": completed.to_json(),
        }


def _is_open_to(recovery: Recovery, pairing: Pairing, now: float) -> bool:
    """In force, and before this pairing began."""
    return recovery.effective_at <= pairing.created_at <= now < recovery.effective_at + RECOVERY_VALID


def _use_counter(tx: DeviceTransaction, device: Device, fields: dict[str, Any]) -> None:
    counter = fields["counter"]
    if not isinstance(counter, int) or isinstance(counter, bool) or not 0 < counter < 2**53:
        raise BadInput("counter", code="statement_mismatch", details={"field": "counter"})
    tx.devices.use_counter(device.device_id, counter)
