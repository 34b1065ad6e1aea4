"""Many documents, one request: the screen on which they are looked through before one confirm.

Rules: the chosen documents live in the browser's tab, the rules are checked here: when the screen is opened, and again when the request
is queued; a refusal names the documents that are in the way.
"""

from typing import Any

from flask import Blueprint, Response, jsonify, render_template, url_for
from flask.typing import ResponseReturnValue

from server.documents.list_documents import ListedDocument, by_title
from server.errors import BadInput, Conflict
from server.ids import is_id
from server.signing.place_signature import SamePlace
from server.signing.queue_request import NewRequest, WantedSignature
from server.signing.sign_request import Placement
from server.users.user import User
from server.web.document_words import row_facts
from server.web.phone_words import signing_phones
from server.web.ports import Site, WebUseCases
from server.web.sessions import current
from server.web.sign_views import read_json, read_numbers, stamp_limits
from server.web.snapshots import request_snapshot

DETAILS_AT_ONCE = 200


def add_views(web: Blueprint, site: Site) -> None:
    app, lanes = site.app, site.lanes

    @web.get("/batch-signing")
    def batch_signing() -> str:
        """The documents come by script: what is chosen is known to the tab alone."""
        user = current()
        phones = lanes.database(signing_phones, app, user)
        return render_template(
            "batch_signing.html",
            section="documents",
            stamp_name=phones.subscriber_name or user.name,
            credential_words=phones.credential_words,
            phone_names=phones.names,
            has_phone=bool(phones.names),
            why_not=phones.why_not(),
            answer_minutes=max(1, round(app.config.request_lifetime / 60)),
            details_at_once=DETAILS_AT_ONCE,
            stamp_limits=stamp_limits(),
        )

    @web.post("/batch-signing/check")
    def check_batch() -> Response:
        """May these go into one request? Answers how much it is, or refuses and names the documents in the way."""
        user, body = current(), read_json()
        wanted = [WantedSignature(document_id, None) for document_id in read_ids(body)]
        selection = lanes.database(app.queue_request.check, new_request(app, user, wanted, body))
        return jsonify(documents=selection.documents, pages=selection.pages, bytes=selection.bytes)

    @web.post("/batch-signing/documents")
    def batch_documents() -> Response:
        """What the screen shows of some of the chosen documents, in their order."""
        user, ids = current(), read_ids(read_json())
        if len(ids) > DETAILS_AT_ONCE:
            raise BadInput("too many at once", code="bad_input", details={"limit": DETAILS_AT_ONCE})
        lines = lanes.database(app.list_documents.many, user.user_id, ids)
        return jsonify(documents=[_line(line, user) for line in lines])

    @web.get("/import-batches/<import_batch_id>/waiting.json")
    def batch_waiting(import_batch_id: str) -> Response:
        """Every document of the batch that can be signed now."""
        user = current()

        def read() -> list[tuple[str, str]]:
            batch = app.import_documents.get(import_batch_id, app.portal.relying_party_id, user.user_id)
            limit = app.config.max_request_items
            return app.list_documents.waiting(user.user_id, batch.import_batch_id, limit)

        found = lanes.database(read)
        return jsonify(document_ids=lanes.slow(by_title, found), import_batch_id=import_batch_id)

    @web.get("/documents/waiting.json")
    def all_waiting() -> Response:
        """Every document that can be signed now, as many as one request may hold: the oldest first."""
        user = current()
        found = lanes.database(app.list_documents.waiting, user.user_id, None, app.config.max_request_items)
        return jsonify(document_ids=[document_id for document_id, _ in found])

    @web.post("/batch-signing")
    def sign_batch() -> ResponseReturnValue:
        """``{document_ids, placement, import_batch_id, seen_at}``: one request for all, the stamp at the same place on each."""
        user, body = current(), read_json()
        place = read_same_place(body.get("placement"))
        wanted = [WantedSignature(document_id, place) for document_id in read_ids(body)]
        queued = lanes.database(app.queue_request, new_request(app, user, wanted, body))
        snapshot = lanes.database(request_snapshot, app, queued.request_id)
        url = url_for("web.sign_request", request_id=queued.request_id)
        return jsonify(request_id=queued.request_id, url=url, snapshot=snapshot), 201


def new_request(
    app: WebUseCases, user: User, documents: list[WantedSignature], body: dict[str, Any]
) -> NewRequest:
    """Raises ``Conflict(no_subscriber)``, ``BadInput``."""
    if user.subscriber_id is None:
        raise Conflict("the user has no signing account", code="no_subscriber")
    return NewRequest(
        relying_party_id=app.portal.relying_party_id,
        user_id=user.user_id,
        requested_by=user.name,
        subscriber_id=user.subscriber_id,
        documents=documents,
        import_batch_id=read_batch(body),
        seen_at=read_seen_at(body),
    )


def read_ids(body: dict[str, Any]) -> list[str]:
    ids = body.get("document_ids")
    if not isinstance(ids, list) or not all(is_id(entry, "doc") for entry in ids):
        raise BadInput("document_ids must be a list of ids", code="no_documents")
    return ids


def read_batch(body: dict[str, Any]) -> str | None:
    """The import batch that is signed as one, or None to sign across batches."""
    batch = body.get("import_batch_id")
    if batch is None:
        return None
    if not is_id(batch, "ib"):
        raise BadInput("import_batch_id must be an id")
    return str(batch)


def read_seen_at(body: dict[str, Any]) -> float | None:
    """When the documents were chosen, as a page of ours said it; None from a page that does not."""
    seen_at = body.get("seen_at")
    if seen_at is None:
        return None
    if not isinstance(seen_at, int | float) or isinstance(seen_at, bool) or not 0 <= seen_at < 1 << 53:
        raise BadInput("seen_at must be a time")
    return float(seen_at)


def read_same_place(value: object) -> SamePlace | None:
    """``{page, x0, y0, x1, y1}`` with the page from 0, "first" or "last"; None for an invisible signature. Raises
    ``BadInput(placement_invalid)``."""
    if value is None:
        return None
    if not isinstance(value, dict):
        raise BadInput("placement must be an object", code="placement_invalid")
    page = value.get("page")
    if page in ("first", "last"):
        page = 0 if page == "first" else -1
    elif not isinstance(page, int) or isinstance(page, bool) or page < 0:
        raise BadInput("page must be first, last or a number from 0", code="placement_invalid")
    x0, y0, x1, y1 = read_numbers(value)
    box = Placement(page, x0, y0, x1, y1)
    if not (box.x0 < box.x1 and box.y0 < box.y1):
        raise BadInput("the box has no size", code="placement_invalid")
    return SamePlace(box.page, box.x0, box.y0, box.x1, box.y1)


def _line(line: ListedDocument, user: User) -> dict[str, object]:
    [row] = row_facts([line], user)
    shown = ("document_id", "title", "code", "pages", "size", "batch_name", "state_words", "state_tone", "signable")
    return {
        **{name: row[name] for name in shown},
        "url": url_for("web.document", document_id=line.document.document_id),
        "pages_url": url_for("web.document_pages", document_id=line.document.document_id),
    }
