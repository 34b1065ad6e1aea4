"""Several requests one after another, under one PIN: where each of them stands.

Rules:
* Each request is opened, checked and shown, and its own code chosen; its PIN question is answered with "not now", so that it waits with
  its code judged right. When none is left to look at, the PIN is asked for once.
* The others are then walked through again (the device checks their documents anew) with the decision that the person made for each, and
  get a copy of that PIN. The copy is kept as long as one still needs it, two minutes at most, and overwritten then; a wrong PIN, a
  problem or a warning drops it at once.
* What ends on the way (refused, withdrawn, a wrong code) is told at once, and again at the end. A request that the person puts off or
  takes up by itself is no longer one of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from mobile_app.device.interaction import PendingRequest, RequestResult
from mobile_app.device.pin_rules import wipe
from mobile_app.ui.opened_request import Intent, OpenedRequest

PIN_KEPT_MS: Final = 120_000


class Stand(StrEnum):
    WAITING = "waiting"
    CHOSEN = "chosen"
    """Looked at, its code was right; the PIN is missing."""
    GIVEN = "given"
    """It has its PIN and is being signed."""
    ENDED = "ended"
    LEFT = "left"
    """Put off: it goes on waiting on Home."""


@dataclass
class Entry:
    opened: OpenedRequest
    stand: Stand = Stand.WAITING
    result: RequestResult | None = None

    @property
    def request_id(self) -> str:
        return self.opened.request_id


class SignAll:
    """Main thread only. ``drop_pin`` when it is given up."""

    def __init__(self, pending: Sequence[PendingRequest]) -> None:
        self.entries = [Entry(OpenedRequest(one, Intent.LOOK, refused={})) for one in pending]
        self.is_hidden = False
        """The person went Home while it signs: the end is a sentence there."""
        self._pin = bytearray()
        self._pin_until = 0

    def entry(self, request_id: str) -> Entry | None:
        """While it is one of them and has not ended."""
        for entry in self.entries:
            if entry.request_id == request_id and entry.stand not in (Stand.ENDED, Stand.LEFT):
                return entry
        return None

    def _first(self, stand: Stand) -> Entry | None:
        return next((entry for entry in self.entries if entry.stand == stand), None)

    def next_to_look_at(self) -> Entry | None:
        return self._first(Stand.WAITING)

    def next_chosen(self) -> Entry | None:
        return self._first(Stand.CHOSEN)

    def chosen(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.stand == Stand.CHOSEN]

    def place(self, request_id: str) -> tuple[int, int]:
        """Its number, from 1, and how many there are."""
        number = next((at for at, entry in enumerate(self.entries, 1) if entry.request_id == request_id), 0)
        return number, len(self.entries)

    @property
    def left(self) -> int:
        """How many have neither ended nor been put off."""
        return sum(entry.stand not in (Stand.ENDED, Stand.LEFT) for entry in self.entries)

    @property
    def is_signing(self) -> bool:
        return any(entry.stand == Stand.GIVEN for entry in self.entries)

    @property
    def signed(self) -> int:
        return sum(entry.result is not None and entry.result.end_result == "ok" for entry in self.entries)

    def decided(self, request_id: str) -> OpenedRequest | None:
        """What the person decided about it, when it is walked through again."""
        entry = self.entry(request_id)
        return entry.opened if entry is not None and entry.stand in (Stand.CHOSEN, Stand.GIVEN) else None

    def put_off(self, request_id: str) -> None:
        entry = self.entry(request_id)
        if entry is not None:
            entry.stand = Stand.LEFT

    def ended(self, result: RequestResult) -> bool:
        """Whether it is one of them; keeps how it ended."""
        entry = self.entry(result.request_id)
        if entry is not None:
            entry.stand, entry.result = Stand.ENDED, result
        return entry is not None

    # -- the PIN --------------------------------------------------------------------------------------
    def keep_pin(self, pin: bytearray, now_ms: int) -> None:
        """A copy, for those that are chosen."""
        self.drop_pin()
        if self.chosen():
            self._pin, self._pin_until = bytearray(pin), now_ms + PIN_KEPT_MS

    def drop_pin(self) -> None:
        wipe(self._pin)
        self._pin = bytearray()

    def pin_for(self, entry: Entry, now_ms: int) -> bytearray | None:
        """A copy for this one, which whoever takes it overwrites; None when there is none (any more)."""
        if now_ms >= self._pin_until:
            self.drop_pin()
        if not self._pin:
            return None
        taken = bytearray(self._pin)
        entry.stand = Stand.GIVEN
        if not self.chosen():
            self.drop_pin()
        return taken
