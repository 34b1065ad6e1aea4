"""One emulated phone, put together: the product's core and link, with the scenario's decorators around what
is injected.

From the core outwards: falsification, then the network (which counts what really goes out), then the real
link.
"""

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from mobile_app.clock import Clock, FileOffsetClock, SystemClock, milliseconds
from mobile_app.device.device import AboutThisPhone, PhoneDevice
from mobile_app.device.file_vault import FileVault
from mobile_app.device.interaction import UserInteraction
from mobile_app.device.key_vault import KeyVault
from mobile_app.device.profile import Profile
from mobile_app.emulator.events import EventSink, Teller
from mobile_app.emulator.network import Network, NetworkSockets, NetworkWeb
from mobile_app.emulator.scenario import Scenario
from mobile_app.emulator.scripted_person import ScriptedPerson
from mobile_app.emulator.tampering.link import SpoiltSockets, WatchedWeb
from mobile_app.emulator.tampering.loot import Loot
from mobile_app.emulator.tampering.vault import SpoiltVault
from mobile_app.emulator.telling_person import TellingPerson
from mobile_app.emulator.wake_up.own_distributor import OwnDistributor
from mobile_app.emulator.wake_up.sleeper import Sleeper
from mobile_app.errors import LinkError, VaultError
from mobile_app.link.http_link import HttpConnector
from mobile_app.link.ports import SocketConnector, WebConnector
from mobile_app.link.socket_link import SocketIoConnector
from mobile_app.link.trust import ServerTrust

PLATFORM = "emulator"
APP_VERSION = "1.0"
REOPEN_SECONDS = 0.05


@dataclass(frozen=True)
class Surroundings:
    """What is the same for all phones of a run."""

    trust: ServerTrust = field(default_factory=ServerTrust)
    clock_offset_file: Path | None = None
    device_name: str = "PhoneSeal emulator"
    wake_up: bool = False
    """Phones sleep until they are woken."""
    server: str = ""
    """Where the server is by now, if it has moved since the pairing."""

    @property
    def clock(self) -> Clock:
        return FileOffsetClock(self.clock_offset_file) if self.clock_offset_file else SystemClock()


def require_profile(folder: Path) -> None:
    """A profile that is not there is not made by looking at it. Raises VaultError("not_paired")."""
    if not folder.is_dir():
        raise VaultError("not_paired", {"profile": folder.resolve().name})


class EmulatedPhone:
    """``close`` it at the end: the profile is locked until then. Raises VaultError("profile_in_use")."""

    def __init__(
        self,
        folder: Path,
        surroundings: Surroundings,
        sinks: list[EventSink],
        *,
        scenario: Scenario,
        person: Callable[[Teller], UserInteraction],
        open_on_arrival: bool = True,
    ) -> None:
        clock = surroundings.clock
        self.name = folder.resolve().name
        self._profile = Profile(folder)
        self.teller = Teller(self.name, lambda: milliseconds(clock), [*sinks])
        self.network = Network(scenario.connection, self.teller)
        self.teller.add_sink(self.network)
        vault, sockets, web = self._collaborators(surroundings.trust, scenario)
        self.person = person(self.teller)
        self.screen = TellingPerson(self.person, self.teller)
        self._distributor = OwnDistributor(clock, self.teller) if surroundings.wake_up else None
        self.device = PhoneDevice(
            profile=self._profile,
            vault=vault,
            interaction=self.screen,
            sockets=sockets,
            web=web,
            clock=clock,
            about=AboutThisPhone(surroundings.device_name, PLATFORM, APP_VERSION),
            random_bytes=os.urandom,
            open_on_arrival=open_on_arrival,
            push_receiver=self._distributor,
        )
        if surroundings.server:
            self.device.server_has_moved(surroundings.server)
        self._sleeper = Sleeper(self.device, self.teller)
        if self._distributor is not None:
            self._distributor.wakes = self._sleeper.wake
            self.teller.add_sink(self._sleeper)
            self._sleeper.start()
        if isinstance(self.person, ScriptedPerson):
            self.person.reopen = self._reopen

    def _collaborators(
        self, trust: ServerTrust, scenario: Scenario
    ) -> tuple[KeyVault, SocketConnector, WebConnector]:
        vault: KeyVault = FileVault(self._profile)
        sockets: SocketConnector = NetworkSockets(SocketIoConnector(trust), self.network)
        web: WebConnector = NetworkWeb(HttpConnector(trust), self.network)
        if scenario.tampering:
            loot = Loot(vault, scenario.tampering)
            vault = SpoiltVault(vault, loot, self.teller)
            sockets = SpoiltSockets(sockets, loot, self.teller)
            web = WatchedWeb(web, loot)
        return vault, sockets, web

    def _reopen(self, request_id: str, seen: threading.Event) -> None:
        """Called on the device's worker, which is still busy with this very request and takes no second job
        of
        its name: asked again until the person has it before them."""

        def open_again() -> None:
            while not seen.wait(REOPEN_SECONDS):
                try:
                    self.device.open_request(request_id)
                except (KeyError, LinkError):
                    return  # it ended meanwhile, or the run did

        threading.Thread(target=open_again, name="reopen", daemon=True).start()

    def close(self) -> None:
        self._sleeper.stop()
        if self._distributor is not None:
            self._distributor.close()
        self.device.close()
        self._profile.close()
