"""Being woken by a distributor app of the person's choice (UnifiedPush; decision 0011): the platform's part of ``device.wake_up``.

Rules:
* What belongs together (token, keys, endpoint) is kept and checked by Java (``WakeUpRegistration``, ``WakeUpReceiver``), which runs when no
  Python does. Here is what the core and the person want of it.
* A distributor's name is another app's text: it is cleaned before anybody reads it.
* Reading never raises: an Android that refuses counts as one that knows nothing.
"""

import logging
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from mobile_app.android import texts
from mobile_app.android.java import Java, JavaError
from mobile_app.android.reachability import ask_to_notify
from mobile_app.android.texts import Text
from mobile_app.device.push_receiver import Distributor
from mobile_app.errors import PhoneError
from mobile_app.link import fields
from mobile_app.link.push_wire import AUTH_BYTES, POINT_BYTES, PushSubscription

_LOG = logging.getLogger(__name__)
_REGISTRATION: Final = "vn.phoneseal.WakeUpRegistration"
_RECEIVER: Final = "vn.phoneseal.WakeUpReceiver"
_LONGEST_NAME: Final = 40
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Kept:
    """What Java keeps; each empty if there is none."""

    distributor: str = ""
    endpoint: str = ""
    p256dh: str = ""
    auth: str = ""
    problem: str = ""


class WokenByDistributor:
    """Implements ``device.push_receiver.PushReceiver``. ``text`` says a text in the person's language."""

    def __init__(self, java: Java, text: Callable[[Text], str]) -> None:
        self._java = java
        self._text = text
        self._listener: Any = None

    def distributors(self) -> Sequence[Distributor]:
        """By name; two of one name are told apart by their packages. Raises PhoneError("wake_up_refused")."""
        found = list(self._on_java(lambda: self._registration().distributors(self._java.activity())))
        named = [
            Distributor(str(package), _cleaned(str(label)) or str(package))
            for package, label in zip(found[::2], found[1::2], strict=True)
        ]
        names = Counter(one.name.casefold() for one in named)
        named = [
            replace(one, name=f"{one.name} ({one.distributor_id})") if names[one.name.casefold()] > 1 else one for one in named
        ]
        return sorted(named, key=lambda one: (one.name.casefold(), one.distributor_id))

    def chosen(self) -> str:
        return self._kept().distributor

    def choose(self, distributor_id: str) -> None:
        self._on_java(lambda: ask_to_notify(self._java))
        self._on_java(lambda: self._registration().choose(self._java.activity(), distributor_id))
        self.say()

    def give_up(self) -> None:
        self._on_java(lambda: self._registration().giveUp(self._java.activity()))

    def let_go(self) -> None:
        self._on_java(lambda: self._registration().letGo(self._java.activity()))

    def register(self, vapid_key: bytes, *, anew: bool) -> None:
        self.say()
        key, purpose = fields.encode_bytes(vapid_key), self._text(texts.WOKEN_FOR)
        self._on_java(lambda: self._registration().register(self._java.activity(), key, anew, purpose))

    def subscription(self) -> PushSubscription | None:
        kept = self._kept()
        if not kept.endpoint:
            return None
        p256dh = fields.octets(kept.p256dh, "p256dh", POINT_BYTES, POINT_BYTES)
        return PushSubscription(kept.endpoint, p256dh, fields.octets(kept.auth, "auth", AUTH_BYTES, AUTH_BYTES))

    def problem(self) -> str:
        return self._kept().problem

    def listen(self, changed: Callable[[], None], woken: Callable[[], None]) -> None:
        def listen() -> None:
            self._listener = self._java.listener(f"{_RECEIVER}$Listener", {"changed": changed, "woken": woken})
            self._java.find(_RECEIVER).listen(self._listener)  # Java does not keep Python's objects alive

        try:
            self._java.run(listen)
        except JavaError as error:
            _LOG.warning("wake-ups are not heard: %s", error)

    def say(self) -> None:
        """What a ring says while no Python runs, in the language of now. Raises PhoneError("wake_up_refused")."""
        said = [self._text(text) for text in (texts.CHANNEL, texts.MAY_WAIT, texts.WAITS_HOW)]
        self._on_java(lambda: self._registration().say(self._java.activity(), *said))

    def _kept(self) -> _Kept:
        try:
            return _Kept(*self._java.run(lambda: self._registration().state(self._java.activity())))
        except JavaError as error:
            _LOG.warning("the registration can't be read: %s", error)
            return _Kept()

    def _registration(self) -> Any:
        return self._java.find(_REGISTRATION)

    def _on_java(self, job: Callable[[], T]) -> T:
        try:
            return self._java.run(job)
        except JavaError as error:
            _LOG.warning("Android refused: %s", error)
            raise PhoneError("wake_up_refused", {"exception": error.class_name}) from error


def _cleaned(label: str) -> str:
    """As text for people is everywhere: no control, no bidirectional formatting, NFC."""
    return unicodedata.normalize("NFC", fields.FORBIDDEN_TEXT.sub("", label)).strip()[:_LONGEST_NAME]
