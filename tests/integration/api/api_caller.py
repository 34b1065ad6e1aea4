"""A relying party of the tests: every answer it gets is held against the served OpenAPI document, whatever the test looks at."""

import re
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import requests
from jsonschema import Draft202012Validator

from tests.server_process import ServerProcess

PREFIX = "/api/v1"
CORPUS = Path(__file__).resolve().parents[2] / "pdf_corpus"
CONTRACT = CORPUS / "good" / "chromium_landscape.pdf"


def corpus(name: str) -> bytes:
    return (CORPUS / name).read_bytes()


def operation_of(description: dict[str, Any], method: str, path: str) -> dict[str, Any]:
    for template, operations in description["paths"].items():
        if method.lower() in operations and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
            found: dict[str, Any] = operations[method.lower()]
            return found
    raise AssertionError(f"{method} {path} is not described")


def check_answer(description: dict[str, Any], operation: dict[str, Any], response: requests.Response) -> None:
    """Status, media type, schema and problem code must be as described."""
    described = operation["responses"].get(str(response.status_code))
    assert described is not None, f"{response.status_code} is not described: {response.text[:500]}"
    assert response.headers["X-Request-Id"]
    if not response.content:
        return
    kind = response.headers["Content-Type"].partition(";")[0]
    assert kind in described["content"], kind
    schema = described["content"][kind].get("schema")
    if schema is not None:
        body = response.json()
        Draft202012Validator({**schema, "components": description["components"]}).validate(body)
        if response.status_code >= 400:
            assert kind == "application/problem+json"
            assert body["status"] == response.status_code
            assert body["request_id"] == response.headers["X-Request-Id"]
            assert body["type"] == f"urn:phoneseal:problem:{body['code']}"


@dataclass
class Caller:
    """``call`` asserts the status; ``refused`` asserts the problem's code too."""

    server: ServerProcess
    key: str
    party_id: str
    description: dict[str, Any]
    language: str = "en"
    session: requests.Session = field(default_factory=requests.Session)

    def call(self, method: str, path: str, *, status: int, **arguments: Any) -> requests.Response:
        headers = {"Accept-Language": self.language, **arguments.pop("headers", {})}
        if self.key:
            headers.setdefault("Authorization", f"Bearer {self.key}")
        response = self.session.request(
            method, self.server.url + PREFIX + path, headers=headers, timeout=100, **arguments
        )
        assert response.status_code == status, response.text[:1000]
        check_answer(self.description, operation_of(self.description, method, path), response)
        return response

    def refused(self, method: str, path: str, status: int, code: str, **arguments: Any) -> dict[str, Any]:
        problem: dict[str, Any] = self.call(method, path, status=status, **arguments).json()
        assert problem["code"] == code, problem
        return problem

    def upload(self, content: bytes | None = None, name: str = "Hợp đồng.pdf", **headers: str) -> dict[str, Any]:
        told: dict[str, Any] = self.call(
            "POST",
            "/documents",
            status=201,
            data=CONTRACT.read_bytes() if content is None else content,
            headers=upload_headers(name, **headers),
        ).json()
        return told

    def ask(self, subscriber: str, *document_ids: str, status: int = 201, key: str = "", **more: Any) -> dict[str, Any]:
        told: dict[str, Any] = self.call(
            "POST",
            "/sign-requests",
            status=status,
            json=body_for(subscriber, *document_ids, **more),
            headers={"Idempotency-Key": key or uuid.uuid4().hex},
        ).json()
        return told

    def follow(self, request_id: str, **query: int) -> dict[str, Any]:
        told: dict[str, Any] = self.call("GET", f"/sign-requests/{request_id}", status=200, params=query).json()
        return told

    def follow_until(self, request_id: str, *states: str) -> dict[str, Any]:
        """By long polls only: each must end in time."""
        seen = self.follow(request_id)
        for _ in range(60):
            if seen["state"] in states:
                return seen
            assert not seen["final"], seen
            seen = self.follow(request_id, wait=30, version=seen["version"])
        raise AssertionError(seen)


def upload_headers(name: str = "a.pdf", **headers: str) -> dict[str, str]:
    return {"Content-Type": "application/pdf", "X-File-Name": quote(name, safe=""), **headers}


def body_for(subscriber: str, *document_ids: str, **more: Any) -> dict[str, Any]:
    documents = [{"document_id": document_id, "placement": None} for document_id in document_ids]
    return {"subscriber": subscriber, "requested_by": "Phòng Kế toán", "documents": documents, **more}
