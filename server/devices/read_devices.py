"""What an account page shows of phones, certificates and pairings. The caller passes the subscriber or user that it has authenticated."""

from dataclasses import dataclass

from server.devices.device import Device, DeviceState, Pairing, Recovery
from server.devices.ports import DeviceStore
from server.errors import NotFound
from server.signing.credential import Credential


@dataclass(frozen=True, slots=True)
class PhoneLine:
    device: Device
    credentials: tuple[Credential, ...]


class ReadDevices:
    def __init__(self, store: DeviceStore) -> None:
        self._store = store

    def of_subscriber(self, subscriber_id: str) -> list[PhoneLine]:
        """Every phone, ended ones too, each with its credentials."""
        with self._store.read() as tx:
            devices = tx.devices.of_subscriber(subscriber_id)
            credentials = tx.devices.credentials_of(subscriber_id)
        return [
            PhoneLine(device, tuple(c for c in credentials if c.device_id == device.device_id)) for device in devices
        ]

    def beside(self, device_id: str) -> list[Device]:
        """The phones that this one's owner has now, itself among them, the oldest first."""
        with self._store.read() as tx:
            devices = tx.devices.of_subscriber(tx.devices.get(device_id).subscriber_id)
        return [device for device in devices if device.state is not DeviceState.UNPAIRED]

    def device(self, device_id: str, subscriber_id: str) -> Device:
        """Raises ``NotFound(device_unknown)`` for another subscriber's phone too."""
        with self._store.read() as tx:
            device = tx.devices.find(device_id)
        if device is None or device.subscriber_id != subscriber_id:
            raise NotFound("no such device", code="device_unknown")
        return device

    def pairing(self, pairing_id: str, subscriber_id: str) -> Pairing:
        """Raises ``NotFound(pairing_unknown)`` for another subscriber's pairing too."""
        with self._store.read() as tx:
            pairing = tx.pairings.find(pairing_id)
        if pairing is None or pairing.subscriber_id != subscriber_id:
            raise NotFound("no such pairing", code="pairing_unknown")
        return pairing

    def recovery(self, subscriber_id: str) -> Recovery | None:
        """The recovery that staff allowed and nobody has used or cancelled."""
        with self._store.read() as tx:
            return tx.pairings.recovery_of(subscriber_id)
