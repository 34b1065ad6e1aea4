"""The documents of the portal: upload, one document.

Rules: every access names the asker; an upload is streamed to disk, never held in memory, and its answer says what the inspection found.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from server.documents.document import Document, DocumentState
from server.documents.read_document import Asker, not_ready
from server.errors import BadInput, TooLarge, Unprocessable
from server.signing.sign_request import SignRequest
from server.users.user import User
from server.web.document_page import document_facts, page_facts
from server.web.document_words import last_request
from server.web.languages import language
from server.web.messages import code_text, finding_texts, repair_texts
from server.web.panel_words import panel_facts
from server.web.phone_words import SigningPhones, signing_phones
from server.web.ports import Site, WebUseCases, pieces
from server.web.problems import problem_json, problem_response
from server.web.sessions import current
from server.web.sign_views import stamp_limits
from server.web.snapshots import request_snapshot

CHECK_SECONDS = 30.0


def add_views(web: Blueprint, site: Site) -> None:
    app, lanes = site.app, site.lanes

    def asker(user: User) -> Asker:
        return Asker(app.portal.relying_party_id, user.user_id)

    @web.get("/documents/upload")
    def upload_form() -> str:
        current()
        config = app.config
        return render_template(
            "upload.html",
            section="documents",
            most_bytes=config.max_document_bytes,
            most_pages=config.max_document_pages,
        )

    @web.post("/documents")
    def upload() -> Response:
        user = current()
        document = _store(site, user)
        seen = site.wait_for(document.document_id, CHECK_SECONDS, lambda: _checked(site, asker(user), document))
        return _upload_answer(seen or document)

    @web.get("/documents/<document_id>")
    def document(document_id: str) -> ResponseReturnValue:
        user = current()

        seen = lanes.database(_see, app, asker(user), user, document_id)
        if seen.document.state is DocumentState.REFUSED:
            code, details = seen.document.refusal_code, dict(seen.document.refusal_details)
            raise Unprocessable("refused at upload", code=code or "unprocessable", details=details)
        facts = document_facts(seen.document, seen.last, user, live=seen.snapshot is not None)
        phones = seen.phones
        return render_template(
            "document.html",
            section="documents",
            document=facts,
            panel_facts=panel_facts(seen.snapshot),
            stamp_name=phones.subscriber_name or user.name,
            credential_words=phones.credential_words,
            phone_names=phones.names,
            has_phone=bool(phones.names),
            why_not=phones.why_not(),
            answer_minutes=max(1, round(app.config.request_lifetime / 60)),
            stamp_limits=stamp_limits(),
        )

    @web.get("/documents/<document_id>/pages.json")
    def document_pages(document_id: str) -> Response:
        found = lanes.database(app.read_document.get, asker(current()), document_id)
        if found.state is not DocumentState.READY:
            raise not_ready(found)
        return jsonify(pages=page_facts(found))

    @web.get("/documents/<document_id>/state.json")
    def document_state(document_id: str) -> Response:
        user = current()
        found = lanes.database(app.read_document.get, asker(user), document_id)
        return _upload_answer(found)


@dataclass(frozen=True, slots=True)
class _Seen:
    document: Document
    last: SignRequest | None
    snapshot: dict[str, Any] | None
    phones: SigningPhones


def _see(app: WebUseCases, asker: Asker, user: User, document_id: str) -> _Seen:
    """All that a document's page needs, in one visit to the database lane."""
    document = app.read_document.get(asker, document_id)
    live = app.read_document.live_request(document_id)
    snapshot = request_snapshot(app, live) if live else None
    return _Seen(document, last_request(app, document), snapshot, signing_phones(app, user))


def _store(site: Site, user: User) -> Document:
    """The body of the request is the file; its name comes percent-encoded in a header, since headers hold no Vietnamese."""
    if request.mimetype not in ("application/pdf", "application/octet-stream"):
        raise BadInput("the body must be the file itself", code="no_file")
    limit = site.app.config.max_document_bytes
    if (request.content_length or 0) > limit:
        raise TooLarge("the file is too large", code="pdf_too_large", details={"limit": limit})
    name = unquote(request.headers.get("X-File-Name", "")) or "document.pdf"
    receive = site.app.receive_upload
    arrived = site.lanes.slow(receive.keep_file, receive.write_file(pieces(request.stream)))
    return site.lanes.database(
        receive.record_file,
        arrived,
        relying_party_id=site.app.portal.relying_party_id,
        user_id=user.user_id,
        file_name=name,
    )


def _checked(site: Site, asker: Asker, document: Document) -> Document | None:
    found = site.lanes.database(site.app.read_document.get, asker, document.document_id)
    return None if found.state is DocumentState.CHECKING else found


def _upload_answer(document: Document) -> Response:
    """201 when the document is ready, 202 while it is being checked, a problem when it was refused."""
    if document.state is DocumentState.REFUSED:
        details = dict(document.refusal_details)
        error = Unprocessable("refused at upload", code=document.refusal_code or "unprocessable", details=details)
        problem = problem_json(error, language())
        problem["detail"] = code_text(error.code, language(), details)
        return problem_response(problem)
    ready = document.state is DocumentState.READY
    rewritten = gettext("Rewritten at upload; its pages look the same.") + " " if document.rewritten else ""
    answer = jsonify(
        document_id=document.document_id,
        state=document.state,
        url=url_for("web.document", document_id=document.document_id),
        state_url=url_for("web.document_state", document_id=document.document_id),
        pages=document.pages,
        note=rewritten + " ".join(repair_texts(document.repairs, language())),
        findings=finding_texts(document.findings, language()),
    )
    answer.status_code = 201 if ready and request.method == "POST" else 200 if ready else 202
    return answer
