"""The calls about sign requests: ask, follow, take back. Only the relying party that asked sees its request."""

from typing import Final

from flask import Response

from server.api.answering import document_line, json_answer, request_answer, request_url
from server.api.calls import Answer, Calls, Header
from server.api.models import (
    DocumentLinesAnswer,
    DocumentLinesQuery,
    SignRequestAnswer,
    SignRequestBody,
    StatusQuery,
)
from server.api.ports import ApiEdge
from server.api.reading import MAX_IDEMPOTENCY_KEY, read_body, read_idempotency_key, read_query
from server.errors import BadInput
from server.relying_parties.relying_party import RelyingParty
from server.signing.queue_request import NewRequest, WantedSignature
from server.signing.sign_request import FINAL, Placement, SignRequest
from server.text import clean_text

SCOPE: Final = "sign-requests"
IDEMPOTENCY_KEY: Final = Header(
    "Idempotency-Key",
    f"1 to {MAX_IDEMPOTENCY_KEY} printable ASCII characters, fresh for each new request: sending the same request again (after a "
    "lost answer) then makes no second one.",
    "8d0c6c1e-4d5f-4f2a-9a0e-3f1f7c2f9b11",
    required=True,
)
UNKNOWN: Final = (404, "request_unknown")

calls = Calls()


@calls.post(
    "/sign-requests",
    "createSignRequest",
    "Ask for signatures",
    scope=SCOPE,
    writes=True,
    body=SignRequestBody,
    headers=(IDEMPOTENCY_KEY,),
    answers=(
        Answer(201, "The request waits for the person.", SignRequestAnswer),
        Answer(
            200,
            "The same request was made before with this Idempotency-Key: here it is as it stands now.",
            SignRequestAnswer,
        ),
    ),
    problems=(
        (400, "bad_input"),
        (400, "body_invalid"),
        (400, "document_twice"),
        (400, "idempotency_key_missing"),
        (400, "no_documents"),
        (400, "placement_invalid"),
        (400, "lifetime_invalid"),
        (404, "document_unknown"),
        (404, "subscriber_unknown"),
        (409, "document_in_use"),
        (409, "document_not_ready"),
        (409, "idempotency_key_reused"),
        (409, "no_device"),
        (409, "signed_meanwhile"),
        (413, "too_large"),
        (413, "too_many_bytes"),
        (413, "too_many_items"),
        (413, "too_many_pages"),
        (415, "media_type_unsupported"),
        (429, "refused_recently"),
        (429, "too_many_open_requests"),
    ),
)
def create(edge: ApiEdge, party: RelyingParty) -> Response:
    """One request is one question to the person, about one document or many (up to 10,000): they see all of them and sign all, some
    or none. Show `verification_code` to the person as soon as it is there (poll while the state is PREPARING)."""
    key = read_idempotency_key()
    body = read_body(SignRequestBody)
    requested_by = clean_text(body.requested_by, 200)
    if not requested_by:
        raise BadInput(
            "who asks?", code="body_invalid", details={"fields": [{"at": "requested_by", "problem": "empty"}]}
        )

    def ask() -> tuple[SignRequest, bool]:
        started = edge.app.clock.now()
        new = NewRequest(
            relying_party_id=party.relying_party_id,
            user_id=None,
            requested_by=requested_by,
            subscriber_id=edge.name_subscriber(body.subscriber).subscriber_id,
            documents=[
                WantedSignature(w.document_id, Placement(w.placement.page, *w.placement.box) if w.placement else None, w.sha256)
                for w in body.documents
            ],
            lifetime=body.lifetime_seconds,
            idempotency_key=key,
        )
        request = edge.app.queue_request(new)
        return request, request.created_at < started  # one thread owns the store: an older one was there before

    request, repeated = edge.lanes.database(ask)
    return _answer(edge, request.request_id, 200 if repeated else 201)


@calls.get(
    "/sign-requests/<request_id>",
    "getSignRequest",
    "Follow a request",
    scope=SCOPE,
    query=StatusQuery,
    answers=(Answer(200, "The request as it stands now.", SignRequestAnswer),),
    problems=(UNKNOWN,),
)
def show(edge: ApiEdge, party: RelyingParty, request_id: str) -> Response:
    """With `wait` and `version` it is a long poll: the answer comes as soon as the request has another version than the one named, or is
    final, and after `wait` seconds in any case. Ask again with the version of the answer until `final` is true."""
    query = read_query(StatusQuery)

    def look() -> SignRequest | None:
        request = edge.lanes.database(edge.app.tell.get, request_id, party.relying_party_id, None)
        return None if request.version == query.version and request.state not in FINAL else request

    edge.wait_for(request_id, query.wait, look)
    return _answer(edge, request_id)


@calls.get(
    "/sign-requests/<request_id>/documents",
    "getSignRequestDocuments",
    "List a request's documents",
    scope=SCOPE,
    query=DocumentLinesQuery,
    answers=(Answer(200, "One page of the list, in the order of the request.", DocumentLinesAnswer),),
    problems=(UNKNOWN,),
)
def list_documents(edge: ApiEdge, party: RelyingParty, request_id: str) -> Response:
    """State and end result of each document, and where the signed file is. A page begins at `from` and holds at most `count` lines."""
    query = read_query(DocumentLinesQuery)
    request = edge.lanes.database(edge.app.tell.get, request_id, party.relying_party_id, None)
    lines = edge.lanes.database(edge.app.tell.documents, request_id, query.first, query.count)
    following = query.first + len(lines)
    more = bool(lines) and following < request.items_total
    return json_answer(
        DocumentLinesAnswer(
            documents=[document_line(line) for line in lines],
            items_total=request.items_total,
            next_from=following if more else None,
        )
    )


@calls.post(
    "/sign-requests/<request_id>/cancel",
    "cancelSignRequest",
    "Take a request back",
    scope=SCOPE,
    writes=True,
    answers=(Answer(200, "It is cancelled, or stops at the next document.", SignRequestAnswer),),
    problems=(UNKNOWN, (409, "request_over"), (409, "request_moved")),
)
def cancel(edge: ApiEdge, party: RelyingParty, request_id: str) -> Response:
    """Before the approval it is over at once. While the phone signs, what it has signed already is kept and the rest is left. Cancelling
    twice changes nothing."""
    edge.lanes.database(edge.app.tell.get, request_id, party.relying_party_id, None)
    edge.lanes.database(edge.app.cancel_request, request_id, party.relying_party_id)
    return _answer(edge, request_id)


def _answer(edge: ApiEdge, request_id: str, status: int = 200) -> Response:
    """The caller has checked that the asker may see the request."""
    snapshot = edge.lanes.database(edge.app.tell.snapshot, request_id)
    return json_answer(request_answer(snapshot), status, location=request_url(request_id) if status == 201 else None)
