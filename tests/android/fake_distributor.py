"""Distributors for ``FakeJava``, and what the app's own ``WakeUpRegistration`` and ``WakeUpReceiver`` do with them, as Python sees it.

The Java sources are held to the signatures here by ``test_android_wake_up.py``; what they do was tried by other means (docs/android.md).
"""

import base64
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from fake_java import JavaObject, Listener

SIGNATURES = {
    "distributors": "String[] (Context)",
    "state": "String[] (Context)",
    "choose": "void (Context, String)",
    "giveUp": "void (Context)",
    "letGo": "void (Context)",
    "say": "void (Context, String, String, String)",
    "register": "void (Context, String, boolean, String)",
}
_PYTHON = {"String": str, "boolean": bool}


@dataclass
class Distributors:
    """Apps on the phone that can wake others: package → label; and what is kept of the registration."""

    installed: dict[str, str] = field(default_factory=dict)
    chosen: str = ""
    registrations: list[tuple[str, str, bool, str]] = field(default_factory=list)
    """(distributor, server's key, anew, purpose), each time it is asked."""
    kept: dict[str, str] = field(default_factory=dict)
    said: tuple[str, ...] = ()
    answers: str = "endpoint"
    """Or a reason for which it fails, or "" for later."""
    broken: bool = False
    listener: Listener | None = None

    def answer(self, kept: dict[str, str]) -> None:
        """What the receiver does with a broadcast, and what it tells Python."""
        self.kept.update(kept)
        if self.listener is not None:
            self.listener.call("changed")

    def wake(self) -> None:
        assert self.listener is not None
        self.listener.call("woken")


def text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def wake_up_behaviours(phone: Distributors) -> dict[str, Any]:
    def checked(java_name: str, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        wanted = SIGNATURES[java_name].partition("(")[2].rstrip(")").split(", ")
        assert len(arguments) == len(wanted), java_name
        for kind, argument in zip(wanted, arguments, strict=True):
            assert isinstance(argument, _PYTHON.get(kind, JavaObject)), (java_name, argument)
        if phone.broken:
            raise arguments[0]._java.thrown("java.lang.SecurityException")
        return arguments[1:]

    class Registration:
        OF_THE_APP = tuple(SIGNATURES)

        @staticmethod
        def distributors(*arguments: Any) -> list[str]:
            checked("distributors", arguments)
            return [part for pair in phone.installed.items() for part in pair]

        @staticmethod
        def state(*arguments: Any) -> list[str]:
            checked("state", arguments)
            return [phone.chosen, *(phone.kept.get(name, "") for name in ("endpoint", "p256dh", "auth", "problem"))]

        @staticmethod
        def choose(*arguments: Any) -> None:
            (phone.chosen,) = checked("choose", arguments)
            phone.kept.clear()

        @staticmethod
        def giveUp(*arguments: Any) -> None:
            checked("giveUp", arguments)
            phone.chosen = ""
            phone.kept.clear()

        @staticmethod
        def letGo(*arguments: Any) -> None:
            checked("letGo", arguments)
            phone.kept.clear()

        @staticmethod
        def say(*arguments: Any) -> None:
            phone.said = checked("say", arguments)

        @staticmethod
        def register(*arguments: Any) -> None:
            vapid, anew, purpose = checked("register", arguments)
            phone.registrations.append((phone.chosen, vapid, anew, purpose))
            if anew or phone.kept.get("vapid") != vapid:
                key = ec.generate_private_key(ec.SECP256R1()).public_key()
                uncompressed = serialization.PublicFormat.UncompressedPoint
                point = key.public_bytes(serialization.Encoding.X962, uncompressed)
                phone.kept.clear()
                phone.kept.update(vapid=vapid, p256dh=text(point), auth=text(b"a" * 16))
            if phone.answers == "endpoint":
                number = len(phone.registrations)
                phone.answer({"endpoint": phone.kept.get("endpoint") or f"https://push.example.net/{number}", "problem": ""})
            elif phone.answers:
                phone.answer({"problem": phone.answers})

    class Receiver:
        OF_THE_APP = ("listen",)

        @staticmethod
        def listen(listener: Listener) -> None:
            phone.listener = listener

    return {"vn.phoneseal.WakeUpRegistration": Registration, "vn.phoneseal.WakeUpReceiver": Receiver}
