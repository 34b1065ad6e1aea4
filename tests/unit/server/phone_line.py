"""One phone on one connection, without the socket."""

import secrets
from typing import Any

from server.lanes import InPlace
from server.sockets.device_events import DeviceEvents, PhoneSocket
from server.statements import b64, unb64
from tests.unit.server.builders import Phone
from tests.unit.server.world import World


class Line:
    """One phone on one connection."""

    def __init__(self, world: World, phone: Phone | None = None) -> None:
        self.world = world
        self.phone = phone or world.phone
        self.proved: list[PhoneSocket] = []
        self.events = DeviceEvents(world.app, InPlace(), self.proved.append)
        self.socket = PhoneSocket("sid")

    def say(self, event: str, message: object) -> dict[str, Any]:
        return self.events.answer(self.socket, event, message)

    def ok(self, event: str, message: object) -> dict[str, Any]:
        answer = self.say(event, message)
        assert set(answer) == {"ok"}, answer
        return dict(answer["ok"])

    def error(self, event: str, message: object) -> str:
        answer = self.say(event, message)
        assert set(answer) == {"error"}, answer
        assert set(answer["error"]) == {"code", "message", "details"}
        return str(answer["error"]["code"])

    def hello(self, **changes: Any) -> dict[str, Any]:
        self.phone_nonce = b64(secrets.token_bytes(32))
        message = {
            "versions": [1],
            "device_id": self.phone.device_id,
            "phone_nonce": self.phone_nonce,
            "app_version": "0.1.0",
            "platform": "test",
            "key_counter": 1,
        }
        return self.ok("hello", message | changes)

    def proof(self, nonce: str) -> dict[str, Any]:
        fields = {
            "version": 1,
            "device_id": self.phone.device_id,
            "server_id": self.world.app.signer.server_id,
            "nonce": nonce,
            "phone_nonce": self.phone_nonce,
        }
        return {"statement": self.phone.say("phoneseal.device_hello.v1", fields).to_json()}

    def prove(self) -> "Line":
        self.ok("prove", self.proof(self.hello()["nonce"]))
        return self

    def challenge(self) -> bytes:
        return unb64(self.ok("pin_challenge", {})["nonce"])
