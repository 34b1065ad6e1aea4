"""Import batches (lô import): many PDFs, or one ZIP archive, under one name.

Rules: each file is a call of its own, so the browser sends several at a time, shows each one's progress and sends again only what failed;
a file whose answer got lost is not doubled; what was not accepted is listed with its reason.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.documents.import_batch import ImportBatch, ImportProgress
from server.documents.list_documents import DocumentFilter, ListedDocument
from server.documents.receive_upload import ArrivedFile
from server.errors import BadInput, TooLarge
from server.users.user import User
from server.web.languages import language
from server.web.messages import code_text
from server.web.phone_words import signing_phones
from server.web.ports import Site, pieces
from server.web.sessions import current
from server.web.sign_views import read_json

BATCHES_A_PAGE = 30
REFUSED_SHOWN = 200


def add_views(web: Blueprint, site: Site) -> None:
    app, lanes = site.app, site.lanes

    def own(import_batch_id: str) -> tuple[User, ImportBatch]:
        user = current()
        portal = app.portal.relying_party_id
        return user, lanes.database(app.import_documents.get, import_batch_id, portal, user.user_id)

    @web.get("/import-batches")
    def import_batches() -> str:
        user = current()
        before = request.args.get("before")
        found = lanes.database(app.import_documents.of_user, user.user_id, before, BATCHES_A_PAGE + 1)
        shown = found[:BATCHES_A_PAGE]
        older = shown[-1].batch.import_batch_id if len(found) > len(shown) else None
        return render_template(
            "import_batches.html",
            section="imports",
            batches=shown,
            newer_url=url_for("web.import_batches") if before else None,
            older_url=url_for("web.import_batches", before=older) if older else None,
        )

    @web.get("/import-batches/new")
    def new_import() -> str:
        current()
        config = app.config
        return render_template(
            "import_new.html",
            section="imports",
            most_bytes=config.max_document_bytes,
            most_archive_bytes=config.max_request_bytes,
            most_files=config.max_request_items,
        )

    @web.post("/import-batches")
    def start_import() -> ResponseReturnValue:
        user, name = current(), read_json().get("name")
        portal = app.portal.relying_party_id
        batch = lanes.database(app.import_documents.start, portal, user.user_id, name if isinstance(name, str) else "")
        urls = {
            "url": url_for("web.import_batch", import_batch_id=batch.import_batch_id),
            "documents_url": url_for("web.import_document", import_batch_id=batch.import_batch_id),
            "archive_url": url_for("web.import_archive", import_batch_id=batch.import_batch_id),
        }
        return jsonify(import_batch_id=batch.import_batch_id, **urls), 201

    @web.post("/import-batches/<import_batch_id>/documents")
    def import_document(import_batch_id: str) -> ResponseReturnValue:
        _, batch = own(import_batch_id)
        _check_body("application/pdf", app.config.max_document_bytes, "pdf_too_large")
        name = unquote(request.headers.get("X-File-Name", ""))[:500] or "document.pdf"
        receive = app.receive_upload
        arrived = receive.write_file(pieces(request.stream))
        known: bool = lanes.database(app.import_documents.holds, batch, arrived.sha256, name)
        if not known:
            known = lanes.database(_record, site, batch, lanes.slow(receive.keep_file, arrived), name)
        if known:
            lanes.slow(arrived.path.unlink, missing_ok=True)
        return jsonify(known=known), 200 if known else 202

    @web.post("/import-batches/<import_batch_id>/archive")
    def import_archive(import_batch_id: str) -> ResponseReturnValue:
        _, batch = own(import_batch_id)
        _check_body("application/zip", app.config.max_request_bytes, "archive_too_large")
        arrived = app.import_documents.write_archive(pieces(request.stream))
        kept = lanes.slow(app.import_documents.keep_archive, arrived)
        lanes.database(app.import_documents.add_archive, batch, kept)
        return jsonify(known=False), 202

    @web.get("/import-batches/<import_batch_id>")
    def import_batch(import_batch_id: str) -> str:
        user, batch = own(import_batch_id)
        facts = _facts(lanes.database(_see, site, user, batch), app.config.max_request_items)
        phones = lanes.database(signing_phones, app, user)
        return render_template(
            "import_batch.html",
            section="imports",
            batch=batch,
            facts=facts,
            most_per_request=app.config.max_request_items,
            why_not=phones.why_not(),
        )

    @web.get("/import-batches/<import_batch_id>/progress.json")
    def import_progress(import_batch_id: str) -> Response:
        user, batch = own(import_batch_id)
        return jsonify(_facts(lanes.database(_see, site, user, batch), app.config.max_request_items))


def _record(site: Site, batch: ImportBatch, arrived: ArrivedFile, name: str) -> bool:
    """Whether the batch holds the file by now: it may have come a second time while it was being kept."""
    if site.app.import_documents.holds(batch, arrived.sha256, name):
        return True
    site.app.receive_upload.record_file(
        arrived,
        relying_party_id=batch.relying_party_id,
        user_id=batch.user_id,
        file_name=name,
        import_batch_id=batch.import_batch_id,
    )
    return False


def _check_body(media_type: str, limit: int, code: str) -> None:
    if request.mimetype not in (media_type, "application/octet-stream"):
        raise BadInput("the body must be the file itself", code="no_file")
    if (request.content_length or 0) > limit:
        raise TooLarge("the file is too large", code=code, details={"limit": limit})


@dataclass(frozen=True, slots=True)
class _Seen:
    """``refused``: names of files that were not accepted, each with the code that says why."""

    progress: ImportProgress
    refused: list[tuple[str, str]]


def _see(site: Site, user: User, batch: ImportBatch) -> _Seen:
    """How far the import is. Runs in the database lane, where no page's language is known."""
    app = site.app
    progress = app.import_documents.progress(batch)
    lines: list[ListedDocument] = []
    if progress.refused:
        wanted = DocumentFilter("refused", batch.import_batch_id)
        lines = app.list_documents.page(user.user_id, wanted, None, REFUSED_SHOWN).lines
    refused = [(line.document.file_name, line.document.refusal_code or "unprocessable") for line in lines]
    refused += [(file.file_name, file.code) for file in app.import_documents.not_taken(batch, REFUSED_SHOWN)]
    return _Seen(progress, refused[:REFUSED_SHOWN])


def _facts(seen: _Seen, most_files: int) -> dict[str, Any]:
    details = {"limit": most_files}  # the one number that a sentence about an archive names
    files = [{"name": name, "why": code_text(code, language(), details)} for name, code in seen.refused]
    return {**_counts(seen.progress), "refused_files": files}


def _counts(progress: ImportProgress) -> dict[str, Any]:
    refused = progress.refused + progress.not_taken
    return {
        "total": progress.total + progress.not_taken,
        "checking": progress.checking,
        "ready": progress.ready,
        "refused": refused,
        "signed": progress.signed,
        "waiting": progress.waiting,
        "archives": progress.waiting_archives,
        "settled": progress.checking == 0 and progress.waiting_archives == 0,
    }
