"""Keeps many idle phones connected and counts.

Rules
* At most ``at_once`` phones connect at a time, so that the start measures the server and not a queue of
  half-open sockets.
* A lost phone comes back after a back-off of 0.5 to 30 seconds with jitter, as the phone's core does.
* A server that refuses, or whose word is false, ends that phone: it is counted as refused, never retried.
"""

import asyncio
import random
import ssl
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from mobile_app.emulator.fleet.idle_phone import PATH, FleetIdentity, IdlePhone
from mobile_app.emulator.fleet.websocket import WebSocket
from mobile_app.errors import CheckFailed, LinkError, ServerRefused

FIRST_DELAY = 0.5
LONGEST_DELAY = 30.0
CONNECT_SECONDS = 30.0


@dataclass
class Counts:
    phones: int
    connected: int = 0
    lost: int = 0
    """Connections that broke after they stood."""
    failed: int = 0
    """Tries that came to nothing."""
    refused: int = 0
    requests: int = 0


class Fleet:
    """``run`` it in an event loop; ``counts`` may be read at any time on that loop."""

    def __init__(
        self,
        identities: Sequence[FleetIdentity],
        *,
        at_once: int = 50,
        trust: ssl.SSLContext | None = None,
        seed: int = 0,
    ) -> None:
        self.counts = Counts(len(identities))
        self._identities = identities
        self._gate = asyncio.Semaphore(at_once)
        self._trust = trust
        self._jitter = random.Random(seed)  # noqa: S311 - spreads load only
        self._all_up = asyncio.Event()

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as group:
            for identity in self._identities:
                group.create_task(self._keep(identity))

    async def all_connected(self) -> None:
        """Until every phone that was not refused stands at the same moment."""
        await self._all_up.wait()

    async def _keep(self, identity: FleetIdentity) -> None:
        delay = FIRST_DELAY
        while True:
            try:
                async with self._gate, asyncio.timeout(CONNECT_SECONDS):
                    phone, socket = await self._connect(identity)
            except (CheckFailed, ServerRefused):
                self.counts.refused += 1
                self._look()
                return
            except (LinkError, TimeoutError):
                self.counts.failed += 1
                await asyncio.sleep(delay * self._jitter.uniform(0.5, 1.0))
                delay = min(delay * 2, LONGEST_DELAY)
                continue
            delay = FIRST_DELAY
            await self._stay(phone, socket)
            await asyncio.sleep(self._jitter.uniform(0.0, FIRST_DELAY))

    async def _connect(self, identity: FleetIdentity) -> tuple[IdlePhone, WebSocket]:
        socket = await WebSocket.open(identity.server_url, PATH, self._trust)
        phone = IdlePhone(identity, socket, self._count_request)
        try:
            await phone.connect()
        except BaseException:
            socket.abort()
            raise
        return phone, socket

    async def _stay(self, phone: IdlePhone, socket: WebSocket) -> None:
        self.counts.connected += 1
        self._look()
        try:
            await phone.stay()
        except LinkError:
            self.counts.lost += 1
        finally:
            self.counts.connected -= 1
            socket.abort()

    def _count_request(self) -> None:
        self.counts.requests += 1

    def _look(self) -> None:
        if self.counts.connected + self.counts.refused == self.counts.phones:
            self._all_up.set()


async def keep_telling(fleet: Fleet, tell: Callable[..., None], seconds: float = 1.0) -> None:
    """Tell the counts whenever they changed, at most once in ``seconds``."""
    told: dict[str, int] = {}
    while True:
        now = asdict(fleet.counts)
        if now != told:
            told = now
            tell("fleet", **now)
        await asyncio.sleep(seconds)
