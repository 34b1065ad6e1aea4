"""A relying party's system as its builder should write it: everything is asked again until it is answered, with an idempotency key where
repeating would matter. A server that is killed and comes back costs it time only."""

import io
import re
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import requests
from reportlab.pdfgen.canvas import Canvas

ANSWER_SECONDS = 40.0


def a_pdf(text: str) -> bytes:
    """Taken as it is: without the comment in the trailer, for which it would be rewritten at upload."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=True)
    canvas.drawString(72, 720, text)
    canvas.showPage()
    canvas.save()
    return re.sub(rb"% ReportLab generated PDF document [^\r\n]*\n", b"", buffer.getvalue())


@dataclass(frozen=True)
class Asked:
    """A request for signatures, with the code that a browser would show."""

    request_id: str
    code: str
    documents: tuple[str, ...]


class Asker:
    def __init__(self, url: str, api_key: str, subscriber: str) -> None:
        self._url = f"{url}/api/v1"
        self._headers = {"Authorization": f"Bearer {api_key}"}
        self._subscriber = subscriber

    def call(self, method: str, path: str, *, seconds: float = ANSWER_SECONDS, **rest: Any) -> Any:
        """The JSON (or bytes) of a good answer. Lost connections and "come back later" are tried again; a refusal fails."""
        until = time.monotonic() + seconds
        headers = {**self._headers, **rest.pop("headers", {})}
        said = ""
        while time.monotonic() < until:
            with suppress(requests.RequestException):
                answer = requests.request(method, self._url + path, headers=headers, timeout=15, **rest)
                if answer.status_code < 300:
                    return answer.json() if "json" in answer.headers["Content-Type"] else answer.content
                said = f"{answer.status_code} {answer.text}"
                assert answer.status_code in (429, 502, 503), said
            time.sleep(0.05)
        raise AssertionError(f"{method} {path}: no answer in {seconds:.0f} s; last: {said}")

    def upload(self, content: bytes, title: str) -> str:
        """The id of a document that is ready to be signed."""
        headers = {"Content-Type": "application/pdf", "X-File-Name": "hop-dong.pdf", "X-Title": quote(title)}
        document = self.call("POST", "/documents", data=content, headers=headers)
        until = time.monotonic() + ANSWER_SECONDS
        while document["state"] == "CHECKING":
            assert time.monotonic() < until, "the upload is not inspected"
            time.sleep(0.05)
            document = self.call("GET", f"/documents/{document['document_id']}")
        assert document["state"] == "READY", document
        return str(document["document_id"])

    def ask(self, title: str, count: int = 1, lifetime: int = 3600) -> Asked:
        """Uploads ``count`` documents of that title and asks for their signatures; comes back once there is a code, or it is over."""
        documents = [self.upload(a_pdf(f"{n} {uuid.uuid4()}"), title) for n in range(count)]
        return self.ask_for(documents, lifetime)

    def ask_for(self, documents: list[str], lifetime: int = 3600) -> Asked:
        body = {
            "subscriber": self._subscriber, "requested_by": "Trần Thị B", "lifetime_seconds": lifetime,
            "documents": [{"document_id": document_id} for document_id in documents],
        }  # fmt: skip
        made = self.call("POST", "/sign-requests", json=body, headers={"Idempotency-Key": uuid.uuid4().hex})
        until = time.monotonic() + ANSWER_SECONDS
        while made["verification_code"] is None and not made["final"]:
            assert time.monotonic() < until, made
            made = self.follow(made)
        return Asked(made["request_id"], made["verification_code"] or "", tuple(documents))

    def status(self, asked: Asked) -> dict[str, Any]:
        return dict(self.call("GET", f"/sign-requests/{asked.request_id}"))

    def follow(self, seen: dict[str, Any]) -> dict[str, Any]:
        """The next version of a request's state, or the same after two seconds."""
        return dict(self.call("GET", f"/sign-requests/{seen['request_id']}?wait=2&version={seen['version']}"))

    def await_end(self, asked: Asked, seconds: float = 60.0) -> dict[str, Any]:
        until = time.monotonic() + seconds
        seen = self.status(asked)
        while not seen["final"]:
            assert time.monotonic() < until, f"the request is stuck: {seen}"
            seen = self.follow(seen)
        return seen

    def cancel(self, asked: Asked) -> None:
        """Asked again until it is answered: cancelling twice changes nothing."""
        self.call("POST", f"/sign-requests/{asked.request_id}/cancel")

    def lines(self, asked: Asked) -> list[dict[str, Any]]:
        """State and end result of each document, all pages of the list."""
        lines: list[dict[str, Any]] = []
        following: int | None = 0
        while following is not None:
            page = self.call("GET", f"/sign-requests/{asked.request_id}/documents?from={following}&count=200")
            lines += page["documents"]
            following = page["next_from"]
        return lines

    def file(self, document_id: str) -> bytes:
        return bytes(self.call("GET", f"/documents/{document_id}/file"))
