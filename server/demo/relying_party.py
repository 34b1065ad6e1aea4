"""The demo as a relying party: a client of the JSON API, as docs/api.md describes it. One object serves one thread."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import requests

TIMEOUT = (10.0, 100.0)
PIECE = 1 << 18
LONG_POLL = 20


class ApiProblem(Exception):
    """A problem+json answer: its code, its sentence, its public facts."""

    def __init__(self, problem: dict[str, Any]) -> None:
        super().__init__(f"{problem['code']}: {problem['detail']}")
        self.code = str(problem["code"])
        self.facts: dict[str, Any] = problem.get("errors") or {}


@dataclass(frozen=True)
class Wanted:
    """One document of a request. ``box`` in points on ``page``; None: the signature is not visible."""

    document_id: str
    page: int = 0
    box: tuple[float, float, float, float] | None = None

    def as_json(self) -> dict[str, Any]:
        placement = None if self.box is None else {"page": self.page, "box": list(self.box)}
        return {"document_id": self.document_id, "placement": placement}


@dataclass
class RelyingPartyClient:
    base_url: str
    api_key: str
    language: str = "en"
    _session: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self._session.headers.update({"Authorization": f"Bearer {self.api_key}", "Accept-Language": self.language})

    def upload(self, path: Path) -> dict[str, Any]:
        """The document as the server sees it. Raises ``ApiProblem`` (``pdf_…`` codes), ``OSError``."""
        name = path.name.encode("utf-8", "replace").decode("utf-8")
        headers = {"Content-Type": "application/pdf", "X-File-Name": quote(name, safe="")}
        with path.open("rb") as body:
            empty = not body.peek(1)  # requests would send an empty file in chunks without end
            told = self._call("POST", "/documents", data=b"" if empty else body, headers=headers)
        while told["state"] == "CHECKING":
            told = self._call("GET", f"/documents/{told['document_id']}")
        if told["refusal"]:
            raise ApiProblem({"code": told["refusal"]["code"], "detail": told["refusal"]["text"]})
        return told

    def ask(self, subscriber: str, requested_by: str, documents: Sequence[Wanted], lifetime: int) -> dict[str, Any]:
        body = {
            "subscriber": subscriber,
            "requested_by": requested_by,
            "documents": [wanted.as_json() for wanted in documents],
            "lifetime_seconds": lifetime,
        }
        return self._call("POST", "/sign-requests", json=body, headers={"Idempotency-Key": str(uuid.uuid4())})

    def see(self, request_id: str) -> dict[str, Any]:
        return self._call("GET", f"/sign-requests/{request_id}")

    def follow(self, request_id: str, version: int) -> dict[str, Any]:
        """The request once it is no longer at ``version``, or as it stands after some seconds."""
        return self._call("GET", f"/sign-requests/{request_id}", params={"wait": LONG_POLL, "version": version})

    def lines(self, request_id: str) -> list[dict[str, Any]]:
        """Every document of the request, in its order."""
        found: list[dict[str, Any]] = []
        start: int | None = 0
        while start is not None:
            page = self._call("GET", f"/sign-requests/{request_id}/documents", params={"from": start, "count": 500})
            found += page["documents"]
            start = page["next_from"]
        return found

    def fetch(self, document_id: str, target: Path) -> None:
        """Writes the file as it stands now; ``target`` appears whole or not at all."""
        temporary = target.with_name(f".{target.name[:80]}.{uuid.uuid4().hex[:8]}")
        try:
            with (
                self._send("GET", f"/documents/{document_id}/file", stream=True) as response,
                temporary.open("xb") as out,
            ):
                for piece in response.iter_content(PIECE):
                    out.write(piece)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)

    def _call(self, method: str, path: str, **arguments: Any) -> dict[str, Any]:
        told: dict[str, Any] = self._send(method, path, **arguments).json()
        return told

    def _send(self, method: str, path: str, **arguments: Any) -> requests.Response:
        response = self._session.request(method, f"{self.base_url}/api/v1{path}", timeout=TIMEOUT, **arguments)
        if response.status_code < 400:
            return response
        try:
            problem = response.json()
            raise ApiProblem(problem)
        except (ValueError, KeyError) as error:
            sentence = f"the server answered {response.status_code}"
            raise ApiProblem({"code": "internal", "detail": sentence}) from error
