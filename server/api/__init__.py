"""The JSON API for relying parties, below ``/api/v1``. ``create_api`` joins it to the Flask app.

Rules: every call authenticates by API key and scope, except for the description of the API itself; every object is looked up together
with who asks; there is no session, so there is no CSRF; the calls stand in one list, from which the routes and the OpenAPI document are
made. docs/api.md shows how it is used.
"""

import json
from collections.abc import Callable
from functools import lru_cache
from http import HTTPMethod
from typing import Final, NoReturn

from flask import Blueprint, Flask, Response, request

from server.api import documents, sign_requests
from server.api.answering import PREFIX
from server.api.calls import Answer, Call, Calls
from server.api.openapi import make_openapi
from server.api.ports import ApiEdge, ApiUseCases, News
from server.api.problems import set_up_problems
from server.api.reading import authenticate, read_query
from server.errors import BadInput, NotFound
from server.lanes import Lanes
from server.relying_parties.name_subscriber import NameSubscriber
from server.relying_parties.rate import LimitRate

about = Calls()


@about.get(
    "/openapi.json",
    "getOpenApi",
    "This description",
    answers=(Answer(200, "OpenAPI 3.1."),),
)
def describe(edge: ApiEdge, _party: None) -> Response:
    """The API described by OpenAPI 3.1, made from the code that serves it. No API key is needed."""
    response = Response(_description(edge.app.config.base_url + PREFIX), mimetype="application/json")
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@lru_cache(4)
def _description(server_url: str) -> bytes:
    """Made once: it costs tens of milliseconds of the process that serves everybody."""
    return json.dumps(make_openapi(CALLS.all, server_url), ensure_ascii=False).encode()


CALLS: Final = Calls()
CALLS.all.extend([*documents.calls.all, *sign_requests.calls.all, *about.all])


def create_api(flask_app: Flask, app: ApiUseCases, lanes: Lanes, news: News) -> None:
    edge = ApiEdge(app, lanes, news, LimitRate(app.store, app.clock), NameSubscriber(app.store))
    blueprint = Blueprint("api", __name__, url_prefix=PREFIX)
    set_up_problems(blueprint)
    for call in CALLS.all:
        blueprint.add_url_rule(call.path, call.operation_id, _bound(edge, call), methods=[call.method.value])
    blueprint.add_url_rule("/", "unknown", _unknown, methods=[method.value for method in HTTPMethod])
    blueprint.add_url_rule("/<path:rest>", "unknown", _unknown, methods=[method.value for method in HTTPMethod])
    flask_app.register_blueprint(blueprint)


def _bound(edge: ApiEdge, call: Call) -> Callable[..., Response]:
    def view(**names: str) -> Response:
        party = authenticate(edge, call)
        read_query(call.query)
        return call.view(edge, party, **names)

    return view


def _unknown(rest: str = "") -> NoReturn:
    """Whatever is no call: a wrong method on a right path, or no such path."""
    allowed = CALLS.allowed(f"/{rest}")
    if allowed and request.method not in (*allowed, "HEAD"):
        raise BadInput("wrong method", code="method_not_allowed", details={"allowed": allowed})
    raise NotFound("no such call", code="call_unknown")
