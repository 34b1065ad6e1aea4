"""Import batches (lô import): many PDFs, or one ZIP archive, under one name.

Rules: the browser first says what it is about to send; then each file is a call of its own, so that it sends several at a time, shows each
one's progress and sends again only what failed; a file whose answer got lost is not doubled; what was not accepted is listed with its
reason, and what never arrived by name; the batch's page takes more files at any time, by the same calls.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from server.config import Config
from server.documents.import_batch import ExpectedFile, ImportBatch, ImportProgress
from server.documents.list_documents import DocumentFilter, ListedDocument
from server.documents.receive_upload import ArrivedFile
from server.errors import BadInput, TooLarge, Unprocessable
from server.users.user import User
from server.web.languages import language
from server.web.messages import code_text
from server.web.phone_words import signing_phones
from server.web.ports import Site, pieces
from server.web.sessions import current
from server.web.sign_views import read_json

BATCHES_A_PAGE = 30
REFUSED_SHOWN = 200
EXPECTED_AT_ONCE = 500


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
        return render_template("import_new.html", section="imports", target=None, **_limits(app.config))

    @web.post("/import-batches")
    def start_import() -> ResponseReturnValue:
        user, name = current(), read_json().get("name")
        portal = app.portal.relying_party_id
        batch = lanes.database(app.import_documents.start, portal, user.user_id, name if isinstance(name, str) else "")
        return jsonify(import_batch_id=batch.import_batch_id, **_urls(batch)), 201

    @web.post("/import-batches/<import_batch_id>/expected")
    def expect_files(import_batch_id: str) -> ResponseReturnValue:
        """``{files: [[name, length], …]}``: what is about to be sent."""
        _, batch = own(import_batch_id)
        lanes.database(app.import_documents.expect, batch, _expected(read_json().get("files")))
        return "", 204

    @web.post("/import-batches/<import_batch_id>/known")
    def known_document(import_batch_id: str) -> Response:
        """``{name, sha256, length}``: is this very file there already? Then it need not be sent."""
        _, batch = own(import_batch_id)
        body = read_json()
        [file] = _expected([[body.get("name"), body.get("length")]])
        sha256 = str(body.get("sha256", ""))[:64]
        return jsonify(known=lanes.database(app.import_documents.holds, batch, sha256, file.file_name, file.length))

    @web.post("/import-batches/<import_batch_id>/leave-out")
    def leave_out_missing(import_batch_id: str) -> ResponseReturnValue:
        _, batch = own(import_batch_id)
        count = lanes.database(app.import_documents.leave_out_missing, batch)
        flash(ngettext("%(num)s file was left out.", "%(num)s files were left out.", count))
        return redirect(url_for("web.import_batch", import_batch_id=batch.import_batch_id), 303)

    @web.post("/import-batches/<import_batch_id>/documents")
    def import_document(import_batch_id: str) -> ResponseReturnValue:
        _, batch = own(import_batch_id)
        _check_body("application/pdf", app.config.max_document_bytes, "pdf_too_large")
        name, receive = _sent_name("document.pdf"), app.receive_upload
        try:
            arrived = receive.write_file(pieces(request.stream))
        except Unprocessable:  # it is empty
            lanes.database(app.import_documents.not_coming, batch, name, 0)
            raise
        known: bool = lanes.database(app.import_documents.holds, batch, arrived.sha256, name, arrived.length)
        if not known:
            known = lanes.database(_record, site, batch, lanes.slow(receive.keep_file, arrived), name)
        if known:
            lanes.slow(arrived.path.unlink, missing_ok=True)
        return jsonify(known=known), 200 if known else 202

    @web.post("/import-batches/<import_batch_id>/archive")
    def import_archive(import_batch_id: str) -> ResponseReturnValue:
        _, batch = own(import_batch_id)
        _check_body("application/zip", app.config.max_request_bytes, "archive_too_large")
        name = _sent_name("archive.zip")
        arrived = app.import_documents.write_archive(pieces(request.stream))
        try:
            kept = lanes.slow(app.import_documents.keep_archive, arrived)
        except Unprocessable:
            lanes.database(app.import_documents.not_coming, batch, name, arrived.length)
            raise
        lanes.database(app.import_documents.add_archive, batch, kept, name)
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
            target=_urls(batch),
            most_per_request=app.config.max_request_items,
            why_not=phones.why_not(),
            **_limits(app.config),
        )

    @web.get("/import-batches/<import_batch_id>/progress.json")
    def import_progress(import_batch_id: str) -> Response:
        user, batch = own(import_batch_id)
        return jsonify(_facts(lanes.database(_see, site, user, batch), app.config.max_request_items))


def _urls(batch: ImportBatch) -> dict[str, str]:
    """Where a script sends what belongs to the batch."""
    ends = {
        "url": "import_batch",
        "expected_url": "expect_files",
        "known_url": "known_document",
        "documents_url": "import_document",
        "archive_url": "import_archive",
    }
    return {name: url_for(f"web.{end}", import_batch_id=batch.import_batch_id) for name, end in ends.items()}


def _limits(config: Config) -> dict[str, int]:
    return {
        "most_bytes": config.max_document_bytes,
        "most_archive_bytes": config.max_request_bytes,
        "most_files": config.max_request_items,
    }


def _sent_name(missing: str) -> str:
    return unquote(request.headers.get("X-File-Name", "")) or missing


def _expected(files: object) -> list[ExpectedFile]:
    """Raises ``BadInput``."""
    if not isinstance(files, list) or len(files) > EXPECTED_AT_ONCE:
        raise BadInput("files must be a short list")
    found = []
    for file in files:
        match file:
            case [str(name), int(length)] if 0 <= length < 1 << 53:
                found.append(ExpectedFile(name or "document.pdf", length))
            case _:
                raise BadInput("each file is a name and a length")
    return found


def _record(site: Site, batch: ImportBatch, arrived: ArrivedFile, name: str) -> bool:
    """Whether the batch holds the file by now: it may have come a second time while it was being kept."""
    if site.app.import_documents.holds(batch, arrived.sha256, name, arrived.length):
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
    """``refused``: names of files that were not accepted, with code and details that say why; ``missing``: names of what never arrived."""

    progress: ImportProgress
    refused: list[tuple[str, str, Mapping[str, object]]]
    missing: list[str]


def _see(site: Site, user: User, batch: ImportBatch) -> _Seen:
    """How far the import is. Runs in the database lane, where no page's language is known."""
    app = site.app
    progress = app.import_documents.progress(batch)
    lines: list[ListedDocument] = []
    if progress.refused:
        wanted = DocumentFilter("refused", batch.import_batch_id)
        lines = app.list_documents.page(user.user_id, wanted, None, REFUSED_SHOWN).lines
    refused = [
        (line.document.file_name, line.document.refusal_code or "unprocessable", line.document.refusal_details) for line in lines
    ]
    refused += [(file.file_name, file.code, {}) for file in app.import_documents.not_taken(batch, REFUSED_SHOWN)]
    missing = app.import_documents.missing(batch, REFUSED_SHOWN) if progress.missing else []
    return _Seen(progress, refused[:REFUSED_SHOWN], missing)


def _facts(seen: _Seen, most_files: int) -> dict[str, Any]:
    details = {"limit": most_files}  # the one number that a sentence about an archive names
    files = [{"name": name, "why": code_text(code, language(), {**details, **more})} for name, code, more in seen.refused]
    return {**_counts(seen.progress), "refused_files": files, "missing_files": seen.missing}


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
        "missing": progress.missing,
        "skipped": progress.skipped,
        "settled": progress.checking == 0 and progress.waiting_archives == 0,
    }
