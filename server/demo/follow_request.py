"""Asking for signatures and following each request to its end; what must be asked again, is.

A request that the phone refuses because one document does not pass its checks ends for all of its documents. The phone names the culprit in
its warning: it is left out, and the others are asked for again; when it names none, each is asked for by itself.
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
        self._warnings: dict[str, Event] = {}
        self._checked = 0

    def hear(self, event: Event) -> None:
        """Events of the phone; runs in its thread."""
        if event["event"] == "security_warning" and event.get("request_id"):
            self._warnings.setdefault(event["request_id"], event)
        elif event["event"] == "checking" and event["of"] > 1:
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
            asked = self._client.ask(self._subscriber, REQUESTED_BY, [one.wanted for one in group], lifetime)
        except ApiProblem as problem:
            return self._after_problem(group, problem)
        seen = self._follow(asked)
        warning = self._warnings.get(seen["request_id"])
        if seen["end_result"] == "document_mismatch" and len(group) > 1:
            return self._without_culprit(group, seen, warning)
        why = f"the phone's check: {warning['code']}" if warning else None
        for one, line in zip(group, self._client.lines(seen["request_id"]), strict=True):
            one.end(line["state"], line["end_result"] or seen["end_result"], line["reason"] or why or seen["reason"])
        return []

    def _after_problem(self, group: list[Accepted], problem: ApiProblem) -> list[list[Accepted]]:
        pause = problem.facts.get("retry_after")
        if isinstance(pause, int) and pause <= 120:
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

    def _without_culprit(
        self, group: list[Accepted], seen: dict[str, Any], warning: Event | None
    ) -> list[list[Accepted]]:
        position = (warning or {}).get("details", {}).get("position")
        if warning is None or not isinstance(position, int) or not 0 <= position < len(group):
            return [[one] for one in group]
        group[position].end("REFUSED", seen["end_result"], f"the phone's check: {warning['code']}")
        self._terminal.say(
            f"The phone refused document {position + 1} ({warning['code']}); asking for the others again"
        )
        return [group[:position] + group[position + 1 :]]
