"""What became of each document of a request: results by page, all signed files as one ZIP, another try for the failed ones."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from server.errors import BadInput, Conflict
from server.signing.sign_request import FINAL, EndResult, ItemState, SignRequest
from server.signing.tell_requester import RESULTS, SignedFile
from server.web.file_names import attachment
from server.web.languages import ZONE, language
from server.web.messages import code_text
from server.web.panel_words import ASKED_AGAIN, END_WORDS, ITEM_WORDS
from server.web.ports import Site
from server.web.sessions import current
from server.web.snapshots import signed_url
from server.web.zip_stream import ZipStream

LINES_A_PAGE = 50
FILES_AT_ONCE = 1000


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
        """All that is signed so far. Once the request is over its archive is always the same, and a download can be resumed."""
        found = own(request_id)

        def path_of(sha256: str) -> Path:
            return app.blobs.path("documents", sha256)

        files = list(_signed_files(site, request_id))
        if not files:
            raise Conflict("nothing is signed", code="nothing_signed")
        made_at = datetime.fromtimestamp(found.finished_at or app.clock.now(), UTC).astimezone(ZONE)
        archive = ZipStream(lanes, files, path_of, made_at)
        etag = f"{request_id}-{found.version}" if found.state in FINAL else None
        first = resume_at(archive.length, etag)
        response = Response(archive.pieces(first), 206 if first else 200, mimetype="application/zip")
        response.content_length = archive.length - first
        if etag is not None:
            response.set_etag(etag)
            response.headers["Accept-Ranges"] = "bytes"
        if first:
            response.headers["Content-Range"] = f"bytes {first}-{archive.length - 1}/{archive.length}"
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


_SAID_BY_REASON = frozenset({EndResult.SERVER_ERROR, EndResult.DOCUMENT_MISMATCH, EndResult.DOCUMENT_REFUSED})
"""End results that say less about a single document than its own reason does."""


def _signed_files(site: Site, request_id: str) -> Iterator[SignedFile]:
    """Page by page: another's question to the store comes in between."""
    after = -1
    while page := site.lanes.database(site.app.tell.signed_files, request_id, after, FILES_AT_ONCE):
        yield from page
        after = page[-1].position


def resume_at(length: int, etag: str | None) -> int:
    """Where a download goes on (``Range: bytes=N-`` of the same archive, RFC 9110 §14); 0 for the whole: any other range may be
    answered so."""
    wanted = request.range
    if wanted is None or etag is None or wanted.units != "bytes" or len(wanted.ranges) != 1:
        return 0
    if request.headers.get("If-Range") and request.if_range.etag != etag:
        return 0
    first, end = wanted.ranges[0]
    return first if end is None and 0 < first < length else 0


def result_line(line: dict[str, Any]) -> dict[str, Any]:
    """One document's result in words: its state, and why if it is not signed."""
    state = ItemState(line["state"])
    words = ITEM_WORDS[state]
    if state is ItemState.FAILED and line["end_result"] in END_WORDS and line["end_result"] not in _SAID_BY_REASON:
        words = END_WORDS[EndResult(line["end_result"])]
    if state is ItemState.CANCELLED and line["end_result"] == EndResult.DOCUMENT_MISMATCH:
        words = ASKED_AGAIN
    reason = line["reason"]
    if reason and state is ItemState.FAILED:
        reason = code_text(reason, language())  # the server's own code; a person's words stay as they are
    elif reason:
        reason = gettext("Reason: %(reason)s", reason=reason)
    elif state is ItemState.SIGNED and line["stamp_asked"] and line["stamp"] is None:
        reason = gettext("Signed without being seen on a page: an earlier signature allows no visible one.")
    return {
        "position": line["position"],
        "title": line["title"],
        "document_url": url_for("web.document", document_id=line["document_id"]),
        "state_words": gettext(words.words),
        "state_tone": words.tone,
        "why": reason,
        "signed_url": signed_url(line["document_id"]) if state is ItemState.SIGNED else None,
    }
