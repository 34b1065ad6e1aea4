"""The one list of the API's calls. Routes and the OpenAPI document are both made from it, so neither can lack what the other has."""

from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPMethod
from re import Pattern, compile, sub
from typing import Any

from flask import Response
from pydantic import BaseModel

from server.api.models import Incoming, NoQuery

View = Callable[..., Response]

COMMON_PROBLEMS: tuple[tuple[int, str], ...] = (
    (400, "query_invalid"),
    (401, "api_key_invalid"),
    (403, "relying_party_suspended"),
    (403, "scope_missing"),
    (503, "storage_unavailable"),
    (500, "internal"),
)
"""(status, code) of what any call with an API key may meet."""


@dataclass(frozen=True, slots=True)
class Header:
    """A request header that the call reads; ``encoded``: the value is UTF-8, percent-encoded."""

    name: str
    description: str
    example: str
    required: bool = False
    encoded: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """One good answer: JSON of ``model``, or bytes of ``media_type``."""

    status: int
    description: str
    model: type[BaseModel] | None = None
    media_type: str = "application/json"


@dataclass(frozen=True)
class Call:
    """``path`` is Flask's, below the API's prefix; ``scope`` None: no API key is asked for. ``writes``: counted against the rate."""

    method: HTTPMethod
    path: str
    operation_id: str
    summary: str
    description: str
    answers: tuple[Answer, ...]
    view: View
    scope: str | None = None
    writes: bool = False
    query: type[Incoming] = NoQuery
    body: type[Incoming] | None = None
    raw_body: str | None = None
    headers: tuple[Header, ...] = ()
    problems: tuple[tuple[int, str], ...] = ()
    pattern: Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "pattern", compile(sub(r"<[a-z_]+>", "[^/]+", self.path)))

    @property
    def open_path(self) -> str:
        """The path as OpenAPI writes it: ``/documents/{document_id}``."""
        return sub(r"<([a-z_]+)>", r"{\1}", self.path)

    @property
    def all_problems(self) -> tuple[tuple[int, str], ...]:
        common = COMMON_PROBLEMS if self.scope else ((400, "query_invalid"), (500, "internal"))
        written = ((429, "too_many_tries"),) if self.writes else ()
        return tuple(sorted({*common, *written, *self.problems}))


class Calls:
    """Filled by the decorators of the view files, in the order in which they stand there."""

    def __init__(self) -> None:
        self.all: list[Call] = []

    def get(self, path: str, operation_id: str, summary: str, **facts: Any) -> Callable[[View], View]:
        return self._add(HTTPMethod.GET, path, operation_id, summary, facts)

    def post(self, path: str, operation_id: str, summary: str, **facts: Any) -> Callable[[View], View]:
        return self._add(HTTPMethod.POST, path, operation_id, summary, facts)

    def _add(
        self, method: HTTPMethod, path: str, operation_id: str, summary: str, facts: dict[str, Any]
    ) -> Callable[[View], View]:
        def keep(view: View) -> View:
            description = " ".join((view.__doc__ or "").split())
            self.all.append(Call(method, path, operation_id, summary, description, view=view, **facts))
            return view

        return keep

    def allowed(self, path: str) -> list[str]:
        """The methods of the calls at ``path`` (below the prefix); empty when there is no such path."""
        return sorted({call.method.value for call in self.all if call.pattern.fullmatch(path)})
