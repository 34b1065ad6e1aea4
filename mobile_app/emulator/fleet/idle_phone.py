"""One idle phone: hello, prove, waiting, and then it answers heartbeats and takes requests in without opening
them.

It speaks Engine.IO 4 and Socket.IO 5 by hand (protocol §2): a whole client with its threads for each of
thousands of phones would measure the client. The server's word at the beginning is verified as the phone
does.
"""

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

from mobile_app.device.server_keys import PinnedKeys
from mobile_app.device.statements import sign_statement
from mobile_app.emulator.fleet.websocket import WebSocket
from mobile_app.errors import CheckFailed, LinkError, ServerRefused
from mobile_app.link import wire
from mobile_app.link.phone_statements import DeviceHello
from mobile_app.link.server_statements import read_server_hello

PATH = "/socket.io/?EIO=4&transport=websocket"
NAMESPACE = "/device"
APP_VERSION = "1.0"
PLATFORM = "fleet"


@dataclass(frozen=True)
class FleetIdentity:
    """What a paired phone needs to stay connected."""

    server_url: str
    server_id: str
    device_id: str
    sign: Callable[[bytes], bytes]
    """By the device key: ECDSA P-256 with SHA-256, DER."""
    pinned: PinnedKeys
    release: Callable[[], None] = lambda: None
    """Let go of the profile, if it came from one."""


class IdlePhone:
    """One connection of one phone. ``on_request`` is called for each request that arrives."""

    def __init__(self, identity: FleetIdentity, socket: WebSocket, on_request: Callable[[], None]) -> None:
        self._identity = identity
        self._socket = socket
        self._on_request = on_request
        self._next_id = 0

    async def connect(self) -> None:
        """Raises LinkError, ServerRefused, CheckFailed."""
        await self._until("0")
        await self._socket.send(f"40{NAMESPACE},")
        answer = await self._until("40", "44")
        if answer.startswith("44"):
            raise LinkError("connection_failed")
        phone_nonce = secrets.token_bytes(32)
        identity = self._identity
        hello = wire.read_hello_answer(
            await self._call(
                "hello",
                wire.hello_message(
                    identity.device_id, phone_nonce, APP_VERSION, PLATFORM, identity.pinned.counter
                ),
            )
        )
        statement = sign_statement(
            "phoneseal.device_hello.v1",
            DeviceHello(identity.device_id, identity.server_id, hello.nonce, phone_nonce).body(),
            identity.device_id,
            identity.sign,
        )
        proved = wire.read_prove_answer(await self._call("prove", {"statement": statement.message()}))
        said = identity.pinned.verify(proved.statement, "phoneseal.server_hello.v1", read_server_hello).body
        if (said.device_id, said.nonce, said.phone_nonce) != (identity.device_id, hello.nonce, phone_nonce):
            raise CheckFailed("server_hello_wrong")
        for _ in wire.read_waiting_answer(await self._call("waiting", {})):
            self._on_request()

    async def stay(self) -> None:
        """Until the connection is lost: raises LinkError."""
        while True:
            await self._until()

    async def _call(self, event: str, message: Mapping[str, object]) -> object:
        self._next_id += 1
        body = json.dumps([event, dict(message)], ensure_ascii=False, separators=(",", ":"))
        await self._socket.send(f"42{NAMESPACE},{self._next_id}{body}")
        start = f"43{NAMESPACE},{self._next_id}["
        answer = await self._until(start)
        content = json.loads(answer[len(start) - 1 :])
        found = wire.read_answer(content[0] if len(content) == 1 else None)
        if isinstance(found, wire.ErrorAnswer):
            raise ServerRefused(found.code, found.details)
        return found

    async def _until(self, *starts: str) -> str:
        """The next message that begins so; what comes before it is dealt with here."""
        while True:
            message = await self._socket.receive()
            if starts and message.startswith(starts):
                return message
            if message == "2":
                await self._socket.send("3")
            elif message.startswith(f"42{NAMESPACE},"):
                await self._take_event(message[len(f"42{NAMESPACE},") :])
            elif message.startswith(("1", "41")):
                raise LinkError("connection_lost")

    async def _take_event(self, rest: str) -> None:
        number, bracket, content = rest.partition("[")
        event = cast(list[object], json.loads(bracket + content))
        if event[0] == "sign_request":
            self._on_request()
            if number:
                await self._socket.send(f'43{NAMESPACE},{number}[{{"received":true}}]')
