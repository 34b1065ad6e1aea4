"""Reading what a relying party sent: key, query, body, headers. Each check refuses by raising, one sentence each."""

from typing import TypeVar
from urllib.parse import unquote

from flask import request
from pydantic import ValidationError

from server.api.calls import Call, Header
from server.api.models import Incoming
from server.api.ports import ApiEdge
from server.api.problems import invalid
from server.errors import BadInput, NotAuthenticated, TooLarge
from server.relying_parties.relying_party import RelyingParty

M = TypeVar("M", bound=Incoming)
MAX_JSON_BYTES = 2 * 1024 * 1024
MAX_HEADER = 4000
MAX_IDEMPOTENCY_KEY = 200


def authenticate(edge: ApiEdge, call: Call) -> RelyingParty | None:
    """Who calls, None where nobody has to say so. Raises ``NotAuthenticated``, ``Forbidden``, ``TooManyTries``."""
    if call.scope is None:
        return None
    kind, _, presented = request.headers.get("Authorization", "").partition(" ")
    presented = presented.strip()
    if kind.lower() != "bearer" or not presented.isascii() or not 0 < len(presented) <= 200:
        raise NotAuthenticated("no API key", code="api_key_invalid")
    return edge.lanes.database(_admit, edge, call.scope, call.writes, presented)


def _admit(edge: ApiEdge, scope: str, writes: bool, presented: str) -> RelyingParty:
    party = edge.app.parties.authenticate(presented, scope)
    if writes:
        edge.limit_rate(party.relying_party_id)
    return party


def read_query(model: type[M]) -> M:
    """Raises ``BadInput(query_invalid)``, also for a parameter that stands there twice or has no meaning."""
    values = request.args.to_dict(flat=False)
    twice = [name for name, given in values.items() if len(given) > 1]
    if twice:
        fields = [{"at": name, "problem": "given twice"} for name in twice[:20]]
        raise BadInput("a parameter is given twice", code="query_invalid", details={"fields": fields})
    try:
        return model.model_validate_strings({name: given[0] for name, given in values.items()})
    except ValidationError as error:
        raise invalid(error, "query_invalid") from error


def read_body(model: type[M]) -> M:
    """The JSON body, at most 2 MiB. Raises ``BadInput`` (media_type_unsupported, body_invalid), ``TooLarge``."""
    require_media_type("application/json")
    request.max_content_length = MAX_JSON_BYTES + 1  # a body without a length is cut there, silently
    content = request.get_data(cache=False)
    if len(content) > MAX_JSON_BYTES:
        raise TooLarge("the JSON body is too large", code="too_large", details={"limit": MAX_JSON_BYTES})
    try:
        return model.model_validate_json(content)
    except ValidationError as error:
        raise invalid(error, "body_invalid") from error


def require_media_type(expected: str) -> None:
    if request.mimetype != expected:
        raise BadInput("another media type", code="media_type_unsupported", details={"expected": expected})


def read_header(header: Header) -> str | None:
    """The header's text, None when it is absent or empty. Raises ``BadInput(header_invalid)``."""
    given = request.headers.get(header.name, "").strip()
    details = {"header": header.name}
    if not given:
        if header.required:
            raise BadInput("a header is missing", code="header_invalid", details=details)
        return None
    if len(given) > MAX_HEADER or not given.isascii():
        raise BadInput("a header is too long or not ASCII", code="header_invalid", details=details)
    try:
        return unquote(given, errors="strict") if header.encoded else given
    except UnicodeDecodeError as error:
        raise BadInput("a header is not UTF-8", code="header_invalid", details=details) from error


def read_idempotency_key() -> str:
    given = request.headers.get("Idempotency-Key", "").strip()
    if not 0 < len(given) <= MAX_IDEMPOTENCY_KEY or not (given.isascii() and given.isprintable()):
        raise BadInput("no idempotency key", code="idempotency_key_missing")
    return given
