"""When the emulated phone sleeps: as one whose app the system has put away, it has no connection until it is woken.

Rules
* It falls asleep when the server knows where to wake it, no request is open and nothing happened for some seconds.
* Only a valid wake-up ends the sleep. One that comes while it falls asleep counts.
"""

import threading
import time
from contextlib import suppress
from typing import Final

from mobile_app.device.device import PhoneDevice
from mobile_app.device.interaction import ConnectionState
from mobile_app.device.wake_up import WakeUpState
from mobile_app.emulator.events import Event, Teller
from mobile_app.errors import LinkError

AWAKE_SECONDS: Final = 1.0
_POLL_SECONDS: Final = 0.05


class Sleeper:
    """An EventSink too: what is told is what happens. Runs from ``start`` to ``stop``."""

    def __init__(self, device: PhoneDevice, teller: Teller) -> None:
        self._device = device
        self._teller = teller
        self._lock = threading.Lock()
        self._open: set[object] = set()
        self._quiet_since = time.monotonic()
        self._asleep = False
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="phone-sleep", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def take(self, event: Event) -> None:
        self._quiet_since = time.monotonic()
        if event.name == "request":
            self._open.add(event.fields["request_id"])
        elif event.name == "outcome":
            self._open.discard(event.fields["request_id"])

    def wake(self) -> None:
        """Returns at once."""
        with self._lock:
            self._quiet_since = time.monotonic()
            self._asleep = False
            with suppress(LinkError):
                self._device.go_online()

    def _watch(self) -> None:
        while not self._stopping.wait(_POLL_SECONDS):
            if self._asleep or not self._may_sleep():
                continue
            with self._lock:
                if self._may_sleep():
                    self._asleep = True
                    self._teller.tell("asleep")
                    with suppress(LinkError):
                        self._device.go_offline()

    def _may_sleep(self) -> bool:
        return (
            not self._open
            and time.monotonic() >= self._quiet_since + AWAKE_SECONDS
            and self._device.connection == ConnectionState.ONLINE
            and self._device.wake_up.state() == WakeUpState.ON
        )
