"""A phone on a real socket, written from docs/protocol.md: python-socketio and test keys, nothing of the product's phone."""

import secrets
import threading
from typing import Any

import socketio

from tests.server_process import ServerProcess
from tests.unit.gateways.push_service import b64
from tests.unit.server.builders import Phone


class PhoneOnSocket:
    """Use as a context. ``deaf``: it gets events, but does not acknowledge them while it is so."""

    def __init__(self, server: ServerProcess, phone: Phone, *, deaf: bool = False) -> None:
        self.got: list[tuple[str, Any]] = []
        self._server = server
        self._phone = phone
        self._hears = threading.Event()
        if not deaf:
            self._hears.set()
        self._client = socketio.Client(reconnection=False)
        self._client.on("*", self._on_event, namespace="/device")

    def _on_event(self, event: str, *data: Any) -> dict[str, bool]:
        self.got.append((event, data[0] if data else None))
        self._hears.wait(60)
        return {"received": True}

    def __enter__(self) -> "PhoneOnSocket":
        self._client.connect(self._server.url, transports=["websocket"], namespaces=["/device"])
        nonce = b64(secrets.token_bytes(32))
        hello = {
            "versions": [1],
            "device_id": self._phone.device_id,
            "phone_nonce": nonce,
            "app_version": "0.1.0",
            "platform": "test",
            "key_counter": 1,
        }
        told = self.ok("hello", hello)
        fields = {
            "version": 1,
            "device_id": self._phone.device_id,
            "server_id": self._server.app.signer.server_id,
            "nonce": told["nonce"],
            "phone_nonce": nonce,
        }
        self.ok("prove", {"statement": self._phone.say("phoneseal.device_hello.v1", fields).to_json()})
        return self

    def __exit__(self, *_exception: object) -> None:
        self._hears.set()
        self._client.disconnect()

    def ask(self, event: str, message: object) -> dict[str, Any]:
        return dict(self._client.call(event, message, namespace="/device", timeout=20))

    def ok(self, event: str, message: object) -> dict[str, Any]:
        answer = self.ask(event, message)
        assert set(answer) == {"ok"}, answer
        return dict(answer["ok"])
