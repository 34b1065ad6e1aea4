"""Asking for signatures and following each request to its end; what must be asked again, is.

When the phone refuses some documents because they do not pass its checks, the server asks for the others in a request that continues the
first (docs/api.md): it is followed. Whoever is told to wait says so, waits and asks again.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from server.demo.phone import Event, Phone
from server.demo.relying_party import ApiProblem, RelyingPartyClient, Wanted
from server.demo.terminal import Terminal

PER_REQUEST = 1000
REQUESTED_BY = "make demo"
LONGEST_WAIT = 900
"""Seconds that are waited out when the server asks for it."""
SPLITTABLE = ("too_many_pages", "too_many_bytes", "too_many_items", "too_large")
STATE_WORDS = {
    "PREPARING": "Preparing",
    "QUEUED": "Waiting for the phone",
    "PUSHED": "The phone checks",
    "OPENED": "The phone checks",
    "SIGNING": "The phone signs",
    "ANSWERED": "Embedding",
    "COMPLETED": "Embedding",
}


@dataclass(frozen=True)
class Accepted:
    """A document that the server took; ``end`` is told (state, end_result, reason) once it is known."""

    wanted: Wanted
    end: Callable[[str, str | None, str | None], None]


class Asking:
    def __init__(
        self, client: RelyingPartyClient, phone: Phone, subscriber: str, check: Callable[[], None], terminal: Terminal
    ) -> None:
        self._client = client
        self._phone = phone
        self._subscriber = subscriber
        self._check = check
        self._terminal = terminal
        self._checked = 0

    def hear(self, event: Event) -> None:
        """Events of the phone; runs in its thread."""
        if event["event"] == "checking" and event["of"] > 1:
            self._checked = event["done"]
            self._terminal.progress("The phone checks", event["done"], event["of"])

    def ask_for_all(self, documents: Sequence[Accepted]) -> None:
        waiting = [list(documents[i : i + PER_REQUEST]) for i in range(0, len(documents), PER_REQUEST)]
        while waiting:
            group = waiting.pop(0)
            waiting = [*self._ask(group), *waiting]

    def _ask(self, group: list[Accepted]) -> list[list[Accepted]]:
        """One request for the group. Returns the groups that have to be asked for (again)."""
        self._checked = 0
        lifetime = max(600, 2 * len(group))
        try:
            seen = self._client.ask(self._subscriber, REQUESTED_BY, [one.wanted for one in group], lifetime)
        except ApiProblem as problem:
            return self._after_problem(group, problem)
        waiting = {one.wanted.document_id: one for one in group}
        while waiting:
            seen = self._follow(seen)
            self._end(seen, waiting)
            if seen["continued_by"] is None:
                break
            seen = self._client.see(seen["continued_by"])
        return []

    def _end(self, seen: dict[str, Any], waiting: dict[str, Accepted]) -> None:
        """Tells each document that the request has ended for; those that wait in the next one stay in ``waiting``."""
        goes_on, left_out = seen["continued_by"] is not None, set()
        for line in self._client.lines(seen["request_id"]):
            if goes_on and line["state"] == "CANCELLED":
                continue
            reason = line["reason"] or seen["reason"]
            if line["end_result"] == "document_mismatch":
                left_out.add(reason)
                reason = f"the phone's check: {reason}"
            waiting.pop(line["document_id"]).end(line["state"], line["end_result"] or seen["end_result"], reason)
        if goes_on:
            codes = ", ".join(sorted(left_out))
            self._terminal.say(f"The phone left documents out ({codes}); the server asks for the other {len(waiting)} again")

    def _after_problem(self, group: list[Accepted], problem: ApiProblem) -> list[list[Accepted]]:
        pause = problem.facts.get("retry_after")
        if isinstance(pause, int) and pause <= LONGEST_WAIT:
            self._terminal.say(f"The server asks to wait {pause} s ({problem.code})")
            time.sleep(pause)
            return [group]
        if problem.code in SPLITTABLE and len(group) > 1:
            half = len(group) // 2
            return [group[:half], group[half:]]
        culprit = problem.facts.get("document_id")
        named = [one for one in group if one.wanted.document_id == culprit]
        for one in named or group:
            one.end("REFUSED", None, str(problem))
        others = [one for one in group if one not in named]
        return [others] if named and others else []

    def _follow(self, seen: dict[str, Any]) -> dict[str, Any]:
        while not seen["final"]:
            self._check()
            if seen["verification_code"]:
                self._phone.tell_code(seen["request_id"], seen["verification_code"])
            self._show(seen)
            seen = self._client.follow(seen["request_id"], seen["version"])
        self._show(seen)
        return seen

    def _show(self, seen: dict[str, Any]) -> None:
        counts = {"PREPARING": "items_prepared", "SIGNING": "items_answered", "ANSWERED": "items_signed"}
        name = counts.get(seen["state"], "items_signed" if seen["final"] else "")
        words = STATE_WORDS.get(seen["state"])
        if words and (name or not seen["final"]):
            self._terminal.progress(words, seen[name] if name else self._checked, seen["items_total"])
