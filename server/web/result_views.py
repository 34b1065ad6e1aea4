"""What became of each document of a request: results by page, all signed files as one ZIP, another try for the failed ones."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from server.errors import BadInput, Conflict
from server.signing.sign_request import EndResult, ItemState, SignRequest
from server.signing.tell_requester import RESULTS, SignedFile
from server.web.file_names import attachment
from server.web.languages import ZONE, language
from server.web.messages import code_text
from server.web.panel_words import END_WORDS, ITEM_WORDS
from server.web.ports import Site
from server.web.sessions import current
from server.web.snapshots import signed_url
from server.web.zip_stream import zip_stream

LINES_A_PAGE = 50


def add_views(web: Blueprint, site: Site) -> None:
    app, lanes = site.app, site.lanes

    def own(request_id: str) -> SignRequest:
        user = current()
        return lanes.database(app.tell.get, request_id, app.portal.relying_party_id, user.user_id)

    @web.get("/sign-requests/<request_id>/documents.json")
    def results(request_id: str) -> Response:
        own(request_id)
        show, after = request.args.get("show", "all"), request.args.get("after", -1, type=int)
        if show not in RESULTS or not -1 <= after < 1_000_000:
            raise BadInput("unknown filter", code="bad_input")
        lines = lanes.database(app.tell.results, request_id, show, after, LINES_A_PAGE + 1)
        shown = lines[:LINES_A_PAGE]
        more = shown[-1]["position"] if len(lines) > len(shown) else None
        return jsonify(documents=[result_line(line) for line in shown], next=more)

    @web.get("/sign-requests/<request_id>/signed.zip")
    def signed_zip(request_id: str) -> Response:
        found = own(request_id)

        def read_page(after: int, count: int) -> list[SignedFile]:
            return app.tell.signed_files(request_id, after, count)

        def path_of(sha256: str) -> Path:
            return app.blobs.path("documents", sha256)

        if not lanes.database(read_page, -1, 1):
            raise Conflict("nothing is signed", code="nothing_signed")
        made_at = datetime.fromtimestamp(found.finished_at or app.clock.now(), UTC).astimezone(ZONE)
        stream: Iterator[bytes] = zip_stream(lanes, read_page, path_of, made_at)
        response = Response(stream, mimetype="application/zip")
        words = gettext("Signed documents")
        name = f"{words} {made_at:%Y-%m-%d %H.%M}.zip"
        response.headers["Content-Disposition"] = attachment(name)
        return response

    @web.post("/sign-requests/<request_id>/retry")
    def retry(request_id: str) -> ResponseReturnValue:
        own(request_id)
        queued = lanes.database(app.retry_request, request_id)
        url = url_for("web.sign_request", request_id=queued.request_id)
        return jsonify(request_id=queued.request_id, url=url), 201


def result_line(line: dict[str, Any]) -> dict[str, Any]:
    """One document's result in words: its state, and why if it is not signed."""
    state = ItemState(line["state"])
    words = ITEM_WORDS[state]
    if state is ItemState.FAILED and line["end_result"] in END_WORDS and line["end_result"] != EndResult.SERVER_ERROR:
        words = END_WORDS[EndResult(line["end_result"])]
    reason = line["reason"]
    if reason and state is ItemState.FAILED:
        reason = code_text(reason, language())  # the server's own code; a person's words stay as they are
    elif reason:
        reason = gettext("Reason: %(reason)s", reason=reason)
    return {
        "position": line["position"],
        "title": line["title"],
        "document_url": url_for("web.document", document_id=line["document_id"]),
        "state_words": gettext(words.words),
        "state_tone": words.tone,
        "why": reason,
        "signed_url": signed_url(line["document_id"]) if state is ItemState.SIGNED else None,
    }
