"""The OpenAPI 3.1 document, made from the list of calls and their models: what it says is what the code checks."""

from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from server.api.calls import Answer, Call, Header
from server.api.models import ProblemAnswer
from server.relying_parties.relying_party import SCOPES

REF: Final = "#/components/schemas/{model}"
INTRODUCTION: Final = """\
A relying party uploads PDFs, asks a subscriber for signatures, shows the verification code, waits, and fetches the signed files.

* Times are milliseconds since 1970-01-01 UTC; pages count from 0; boxes are in PDF points from the lower left corner.
* Errors are problem+json (RFC 9457) with a stable `code`; `detail` is in the language of `Accept-Language` (vi, en).
* Unknown fields and query parameters are refused. JSON bodies hold at most 2 MiB.
* Every answer carries `X-Request-Id`.
* New fields may appear in answers within a version: ignore what you do not know."""


def make_openapi(calls: list[Call], server_url: str) -> dict[str, Any]:
    """``server_url``: where the paths below begin, such as ``https://sign.example/api/v1``."""
    models = {model for call in calls for model in _models(call)} | {ProblemAnswer}
    incoming = {call.body for call in calls if call.body}
    _, schemas = models_json_schema(
        [
            (model, "validation" if model in incoming else "serialization")
            for model in sorted(models, key=lambda m: m.__name__)
        ],
        by_alias=True,
        ref_template=REF,
    )
    paths: dict[str, dict[str, Any]] = {}
    for call in calls:
        paths.setdefault(call.open_path, {})[call.method.lower()] = _operation(call)
    return {
        "openapi": "3.1.0",
        "info": {"title": "PhoneSeal API", "version": "1.0.0", "description": INTRODUCTION},
        "servers": [{"url": server_url}],
        "paths": paths,
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {
                "apiKey": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A relying party's key (`psk_…`), made and revoked by the operator. Scopes: "
                    + ", ".join(f"`{scope}`" for scope in SCOPES),
                }
            },
        },
    }


def _models(call: Call) -> list[type[BaseModel]]:
    answers = [answer.model for answer in call.answers if answer.model]
    return [*answers, *([call.body] if call.body else [])]


def _operation(call: Call) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": call.operation_id,
        "summary": call.summary,
        "description": call.description,
        "security": [{"apiKey": [call.scope]}] if call.scope else [],
        "parameters": [*_path_parameters(call), *_query_parameters(call), *map(_header_parameter, call.headers)],
        "responses": {**_answers(call), **_problems(call)},
    }
    if call.body is not None:
        schema = {"$ref": REF.format(model=call.body.__name__)}
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    elif call.raw_body is not None:
        operation["requestBody"] = {"required": True, "content": {call.raw_body: {}}}
    return operation


def _path_parameters(call: Call) -> list[dict[str, Any]]:
    prefix = {"document_id": "doc", "request_id": "sr"}
    names = [part[1:-1] for part in call.path.split("/") if part.startswith("<")]
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "pattern": f"^{prefix[name]}_[0-9a-z]{{26}}$"},
        }
        for name in names
    ]


def _query_parameters(call: Call) -> list[dict[str, Any]]:
    schema = call.query.model_json_schema(by_alias=True)
    return [
        {
            "name": name,
            "in": "query",
            "required": False,
            "description": facts.pop("description", ""),
            "schema": {key: value for key, value in facts.items() if key != "title"},
        }
        for name, facts in schema.get("properties", {}).items()
    ]


def _header_parameter(header: Header) -> dict[str, Any]:
    encoded = " UTF-8, percent-encoded." if header.encoded else ""
    return {
        "name": header.name,
        "in": "header",
        "required": header.required,
        "description": header.description + encoded,
        "schema": {"type": "string"},
        "example": header.example,
    }


def _answers(call: Call) -> dict[str, Any]:
    return {str(answer.status): _answer(answer) for answer in call.answers}


def _answer(answer: Answer) -> dict[str, Any]:
    made: dict[str, Any] = {"description": answer.description}
    if answer.model is not None:
        made["content"] = {"application/json": {"schema": {"$ref": REF.format(model=answer.model.__name__)}}}
    elif answer.media_type != "application/json":
        made["content"] = {answer.media_type: {}}
    elif answer.status == 200:
        made["content"] = {"application/json": {"schema": {"type": "object"}}}
    return made


def _problems(call: Call) -> dict[str, Any]:
    """One response for each status, with the codes that can come."""
    by_status: dict[int, list[str]] = {}
    for status, code in call.all_problems:
        by_status.setdefault(status, []).append(code)
    base = {"$ref": REF.format(model=ProblemAnswer.__name__)}
    return {
        str(status): {
            "description": "Codes: " + ", ".join(f"`{code}`" for code in codes),
            "content": {
                "application/problem+json": {
                    "schema": {"allOf": [base, {"properties": {"code": {"enum": codes}}}]},
                }
            },
        }
        for status, codes in sorted(by_status.items())
    }
