"""Errors of the API: always problem+json (RFC 9457) with a stable code, the id of the call and a sentence in the asker's language.

The group of an error decides its status as on every other edge (``server/web/problems.py``); what HTTP alone knows (a method, a media
type) has its status here. What is not a ``PhoneSealError`` is "internal" with an incident number that also stands in the log.
"""

import logging
import secrets
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from flask import Blueprint, Response, g, request
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from server import errors
from server.web.languages import wanted_language
from server.web.problems import from_http, problem_json, problem_response, status_of

log = logging.getLogger(__name__)

API_TEXTS: Final[Mapping[str, Mapping[str, str]]] = {
    "api_key_invalid": {
        "vi": "Khoá API thiếu, sai hoặc đã bị thu hồi. Hãy gửi 'Authorization: Bearer psk_…' với một khoá còn hiệu lực.",
        "en": "The API key is missing, wrong or revoked. Send 'Authorization: Bearer psk_…' with a key that is in force.",
    },
    "scope_missing": {
        "vi": "Khoá API này không có quyền cho lời gọi này. Hãy dùng khoá có quyền tương ứng.",
        "en": "This API key lacks the scope that the call needs. Use a key that has it.",
    },
    "subscriber_unknown": {
        "vi": "Không có người ký nào với tên hoặc mã này. Hãy hỏi lại người ký tên định danh của họ.",
        "en": "There is no subscriber with this handle or id. Ask the person for their handle.",
    },
    "body_invalid": {
        "vi": "Nội dung JSON chưa đúng. 'errors.fields' cho biết chỗ nào và vì sao; xem openapi.json.",
        "en": "The JSON body is not right. 'errors.fields' says where and why; see openapi.json.",
    },
    "query_invalid": {
        "vi": "Tham số trên địa chỉ chưa đúng. 'errors.fields' cho biết chỗ nào và vì sao; xem openapi.json.",
        "en": "The query parameters are not right. 'errors.fields' says where and why; see openapi.json.",
    },
    "header_invalid": {
        "vi": "Một header thiếu hoặc chưa đúng. 'errors.header' cho biết header nào; giá trị là UTF-8 mã hoá phần trăm.",
        "en": "A header is missing or not right. 'errors.header' names it; its value is percent-encoded UTF-8.",
    },
    "idempotency_key_missing": {
        "vi": "Hãy gửi header Idempotency-Key: 1 đến 200 ký tự ASCII, mỗi yêu cầu mới một khoá mới.",
        "en": "Send an Idempotency-Key header: 1 to 200 ASCII characters, a fresh one for each new request.",
    },
    "idempotency_key_reused": {
        "vi": "Idempotency-Key này đã dùng cho một yêu cầu khác nội dung. Hãy dùng khoá mới.",
        "en": "This Idempotency-Key was used for a request that says something else. Use a fresh key.",
    },
    "media_type_unsupported": {
        "vi": "Kiểu nội dung không được nhận ở đây. 'errors.expected' cho biết kiểu cần gửi trong Content-Type.",
        "en": "This kind of content is not taken here. 'errors.expected' says which Content-Type to send.",
    },
    "range_invalid": {
        "vi": "Tệp không có đoạn byte này. Hãy sửa header Range hoặc bỏ nó đi.",
        "en": "The file has no such range of bytes. Correct the Range header, or leave it out.",
    },
    "method_not_allowed": {
        "vi": "Địa chỉ này không nhận phương thức đó. Xem header Allow và openapi.json.",
        "en": "This address does not take that method. See the Allow header and openapi.json.",
    },
    "call_unknown": {
        "vi": "API không có địa chỉ này. Xem /api/v1/openapi.json.",
        "en": "The API has no such address. See /api/v1/openapi.json.",
    },
}
_OWN_STATUS: Final = {"method_not_allowed": 405, "media_type_unsupported": 415, "range_invalid": 416}
MAX_FIELDS = 20


def invalid(error: ValidationError, code: str) -> errors.BadInput:
    """What pydantic found, as one of ours: where and why, never what was sent."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    fields = [{"at": ".".join(str(part) for part in one["loc"]), "problem": one["msg"]} for one in found[:MAX_FIELDS]]
    return errors.BadInput("the message does not fit its schema", code=code, details={"fields": fields})


def problem_of(error: errors.PhoneSealError, incident: str | None = None) -> dict[str, Any]:
    problem = problem_json(error, wanted_language())
    own = API_TEXTS.get(problem["code"])
    if own is not None:
        problem["detail"] = own[wanted_language()]
    if error.code in _OWN_STATUS:
        status = HTTPStatus(_OWN_STATUS[error.code])
        problem.update(status=status.value, title=status.phrase)
    problem["request_id"] = g.request_id
    if incident:
        problem["incident"] = incident
    return problem


def set_up_problems(blueprint: Blueprint) -> None:
    """Every answer of the blueprint carries the call's id; every error becomes a problem."""

    @blueprint.before_request
    def _name_call() -> None:
        g.request_id = secrets.token_hex(8)

    @blueprint.after_request
    def _say_name(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.request_id
        return response

    def ours(error: errors.PhoneSealError) -> Response:
        if status_of(error) == 500:
            return unknown(error)
        response = problem_response(problem_of(error))
        if response.status_code == 401:
            response.headers["WWW-Authenticate"] = "Bearer"
        if error.code == "method_not_allowed":
            response.headers["Allow"] = ", ".join(str(method) for method in error.details["allowed"])  # type: ignore[attr-defined]
        return response

    def http(error: HTTPException) -> Response:
        if error.code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            return ours(errors.BadInput("no such range", code="range_invalid"))
        return ours(from_http(error))

    def unknown(error: Exception) -> Response:
        incident = secrets.token_hex(4)
        log.error("incident %s in call %s to %s", incident, g.request_id, request.endpoint, exc_info=error)
        return problem_response(problem_of(errors.PhoneSealError(), incident))

    blueprint.register_error_handler(errors.PhoneSealError, ours)
    blueprint.register_error_handler(HTTPException, http)
    blueprint.register_error_handler(Exception, unknown)
