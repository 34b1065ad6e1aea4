"""What the emulated device tells: one event, one line.

The names and fields below are an interface (tests, the demo and testers' scripts follow them): a field may be
added, none changes its meaning. ``at`` is milliseconds since the epoch by the emulator's clock, ``phone`` the
profile's name. No event holds a PIN or a key.
"""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, TextIO

EVENTS: dict[str, str] = {
    "pairing_digits": "the six digits to compare with the browser (state, digits, expires_in)",
    "paired": "the phone is bound to the account (device_id, credential_id, subscriber_name, server_id)",
    "pairing_failed": "pairing ended otherwise (code, details)",
    "connected": "hello and proof went through (clock_skew_ms)",
    "disconnected": "the connection is gone (state)",
    "request": (
        "a request arrived and its envelope is genuine"
        " (request_id, requester, requested_by, item_count, total_pages, expires_at, state)"
    ),
    "checked": "every document was checked (request_id, items, titles, findings, codes, seconds_left)",
    "looked_at": "the person opened a document (request_id, position, title, bytes)",
    "choice": "the person tapped a code (request_id, code)",
    "verdict": "the server's signed word on the code (request_id, verdict)",
    "pin": "the person typed a PIN (request_id, purpose)",
    "pin_refused": "the PIN was refused (request_id, code, tries_left, retry_after)",
    "approved": "the server acknowledged the approval (request_id, approved, refused)",
    "checking": "progress of the checks (request_id, stage, done, of)",
    "signed": "progress of signing and sending (request_id, stage: signing or sending, done, of)",
    "refused": "the phone refused (request_id, end_result, detail)",
    "withdrawn": "the request was withdrawn (request_id, end_result, detail)",
    "outcome": (
        "the request has ended for this phone; state is the server's last word, empty if that has not come"
        " (request_id, state, end_result, detail, items_signed, items_refused, items_failed)"
    ),
    "ignored": "the person does nothing about it (request_id)",
    "new_device": "another phone wants to join the account (pairing_id, device_name, digits, decision)",
    "new_device_answered": "the server took the word on another phone (state: what it answered, unsigned)",
    "tampered": "a falsified message went out (how, answer or error)",
    "security_warning": "a check failed: the phone will not sign (code, details, request_id)",
    "error": "something was refused or failed (code, details, request_id)",
    "refused_by_server": "the server does not know this device, or this phone does not trust the server (code)",
    "frozen": "the server froze this device",
    "unpaired": "this phone is bound to no account (any more)",
    "asleep": "nothing is open: the phone has no connection until it is woken",
    "woken": "a valid wake-up came (ttl: seconds the server gave it)",
    "push_refused": "a message to the phone's address was no wake-up of its server's (why, status)",
    "network": "the scenario cuts or mends the network (act, after, message)",
    "pin_changed": "the new PIN is in force",
    "finished_request": "one entry of the history (request_id, state, end_result, requester, items …)",
    "fleet": "how the fleet stands (phones, connected, lost, failed, refused, requests)",
    "fleet_connected": "all phones of the fleet stand at the same moment (connected, seconds since the start)",
    "finished": "the run is over (exit_code, missing, came_unwanted)",
}


@dataclass(frozen=True)
class Event:
    name: str
    phone: str
    at: int
    fields: Mapping[str, object]

    def as_json(self) -> str:
        row = {"event": self.name, "phone": self.phone, "at": self.at, **self.fields}
        return json.dumps(row, ensure_ascii=False, separators=(",", ":"))


class EventSink(Protocol):
    def take(self, event: Event) -> None: ...


class JsonLines:
    """One JSON object per line, flushed at once, never two lines mixed."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def take(self, event: Event) -> None:
        with self._lock:
            self._stream.write(event.as_json() + "\n")
            self._stream.flush()


class PlainLines:
    """For a person who reads along: the event's name and its fields."""

    def __init__(self, stream: TextIO, several: bool) -> None:
        self._stream = stream
        self._several = several
        self._lock = threading.Lock()

    def take(self, event: Event) -> None:
        shown = "  ".join(
            f"{name}: {_plain(value)}" for name, value in event.fields.items() if value not in ("", None)
        )
        phone = f"[{event.phone}] " if self._several else ""
        with self._lock:
            self._stream.write(f"{phone}{event.name}  {shown}".rstrip() + "\n")
            self._stream.flush()


def _plain(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(str(entry) for entry in value)
    return str(value)


class Teller:
    """Tells the events of one phone to every sink. Sinks must not raise."""

    def __init__(self, phone: str, milliseconds: Callable[[], int], sinks: list[EventSink]) -> None:
        self._phone = phone
        self._milliseconds = milliseconds
        self._sinks = sinks

    def add_sink(self, sink: EventSink) -> None:
        """Before the first event."""
        self._sinks.append(sink)

    def tell(self, name: str, **fields: object) -> None:
        if name not in EVENTS:
            raise ValueError(f"no such event: {name}")
        event = Event(name, self._phone, self._milliseconds(), fields)
        for sink in self._sinks:
            sink.take(event)
