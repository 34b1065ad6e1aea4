"""The OpenAPI document: well formed, and exactly what the server answers to."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask
from jsonschema import Draft202012Validator

from server.api import CALLS, create_api
from server.api.problems import API_TEXTS
from server.lanes import InPlace
from tests.integration.api.api_caller import PREFIX, Caller, body_for
from tests.server_process import ServerProcess

ROOT = Path(__file__).resolve().parents[3]
METHODS = {"get", "post", "put", "patch", "delete"}
PATH_KEYS = {"operationId", "summary", "description", "security", "parameters", "responses", "requestBody"}


def operations(description: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in description["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def all_schemas(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        for name, value in node.items():
            if name == "schema":
                yield value
            yield from all_schemas(value)
    elif isinstance(node, list):
        for value in node:
            yield from all_schemas(value)


class _NoNews:
    def wait(self, _subject: str, _seconds: float) -> bool:
        return True


def test_described_and_served_are_the_same(
    server_factory: Callable[..., ServerProcess], description: dict[str, Any]
) -> None:
    flask_app = Flask("api")
    create_api(flask_app, server_factory(start=False).app, InPlace(), _NoNews())
    served = {
        (re.sub(r"<([a-z_]+)>", r"{\1}", rule.rule.removeprefix(PREFIX)), method.lower())
        for rule in flask_app.url_map.iter_rules()
        if rule.rule.startswith(PREFIX) and not rule.endpoint.endswith(".unknown")
        for method in rule.methods or ()
        if method.lower() in METHODS
    }
    assert served == {(path, method) for path, method, _ in operations(description)}
    assert len(served) == len(CALLS.all) == 8


def test_it_has_the_shape_of_openapi_3_1(description: dict[str, Any]) -> None:
    assert description["openapi"] == "3.1.0"
    assert set(description) == {"openapi", "info", "servers", "paths", "components"}
    assert {"title", "version"} <= set(description["info"])
    identifiers = [operation["operationId"] for _, _, operation in operations(description)]
    assert len(set(identifiers)) == len(identifiers)
    for path, method, operation in operations(description):
        assert method in METHODS
        assert set(operation) <= PATH_KEYS
        named = {p["name"] for p in operation["parameters"] if p["in"] == "path"}
        assert named == set(re.findall(r"{(\w+)}", path))
        assert all(p["required"] for p in operation["parameters"] if p["in"] == "path")
        assert all({"name", "in", "required", "schema"} <= set(p) for p in operation["parameters"])
        assert operation["summary"], path
        assert operation["description"], path
        for status, response in operation["responses"].items():
            assert re.fullmatch(r"[2-5]\d\d", status)
            assert response["description"]
        for scheme in operation["security"]:
            assert set(scheme) <= set(description["components"]["securitySchemes"])


def test_every_schema_is_one_and_every_reference_leads_somewhere(description: dict[str, Any]) -> None:
    schemas = description["components"]["schemas"]
    for schema in (*schemas.values(), *all_schemas(description["paths"])):
        Draft202012Validator.check_schema(schema)
    references = set(re.findall(r'"\$ref": "([^"]+)"', json.dumps(description)))
    assert references == {f"#/components/schemas/{name}" for name in schemas}


def test_examples_fit_their_schemas(description: dict[str, Any]) -> None:
    checked = 0
    for schema in description["components"]["schemas"].values():
        for facts in schema.get("properties", {}).values():
            for example in facts.get("examples", []):
                Draft202012Validator({**facts, "components": description["components"]}).validate(example)
                checked += 1
    assert checked >= 10


def test_unknown_fields_are_refused_by_the_schema_too(description: dict[str, Any]) -> None:
    schema = {
        "$ref": "#/components/schemas/SignRequestBody",
        "components": description["components"],
    }
    good = body_for("anh", "doc_" + "0" * 26)
    validator = Draft202012Validator(schema)
    validator.validate(good)
    assert not validator.is_valid({**good, "more": 1})
    assert not validator.is_valid({**good, "documents": []})


def test_every_problem_of_the_api_has_its_sentences() -> None:
    codes = {code for call in CALLS.all for _, code in call.all_problems}
    assert {"method_not_allowed", "call_unknown"} | codes >= set(API_TEXTS)
    assert all(set(texts) == {"vi", "en"} for texts in API_TEXTS.values())


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "call_unknown"),
        ("GET", "/", 404, "call_unknown"),
        ("POST", "/documents/doc_x/file/more", 404, "call_unknown"),
        ("DELETE", "/documents", 405, "method_not_allowed"),
        ("PUT", "/documents/doc_x", 405, "method_not_allowed"),
        ("POST", "/openapi.json", 405, "method_not_allowed"),
    ],
)
def test_what_is_no_call_is_a_problem_too(
    running_server: ServerProcess, method: str, path: str, status: int, code: str
) -> None:
    response = requests.request(method, running_server.url + PREFIX + path, timeout=30)
    assert (response.status_code, response.headers["Content-Type"]) == (status, "application/problem+json")
    problem = response.json()
    assert (problem["code"], problem["request_id"]) == (code, response.headers["X-Request-Id"])
    assert "Set-Cookie" not in response.headers
    if status == 405:
        assert response.headers["Allow"] == ", ".join(problem["errors"]["allowed"])


def test_sentences_follow_accept_language(caller: Caller) -> None:
    details = {}
    for language in ("vi", "en", "vi-VN,en;q=0.5", "fr", "en-GB"):
        caller.language = language
        details[language] = caller.refused("GET", "/documents/doc_x", 404, "document_unknown")["detail"]
    assert details["vi"] == details["vi-VN,en;q=0.5"] == details["fr"]
    assert details["en"] == details["en-GB"] != details["vi"]


def test_a_browsers_session_does_not_open_the_api(running_server: ServerProcess) -> None:
    person = running_server.add_person()
    session = requests.Session()
    page = session.get(f"{running_server.url}/login", timeout=30).text
    token = re.search(r'name="csrf-token" content="([^"]+)"', page)
    assert token is not None
    form = {"login_name": person.login, "password": person.password, "csrf_token": token[1]}
    assert session.post(f"{running_server.url}/login", data=form, timeout=30, allow_redirects=False).status_code == 303
    response = session.get(f"{running_server.url}{PREFIX}/documents/doc_x", timeout=30)
    assert (response.status_code, response.json()["code"]) == (401, "api_key_invalid")


def test_the_manual_names_every_call_and_code_of_its_own(description: dict[str, Any]) -> None:
    manual = (ROOT / "docs" / "api.md").read_text("utf-8")
    for path, method, _ in operations(description):
        assert f"{method.upper()} /api/v1{path}" in manual, (method, path)
    for code in API_TEXTS:
        assert f"`{code}`" in manual, code
