"""What one document's page shows of it."""

from typing import Any

from flask import url_for
from flask_babel import gettext

from server.documents.document import Document, DocumentState
from server.signing.sign_request import EndResult, SignRequest, State
from server.users.user import User
from server.web.document_words import shown_state
from server.web.languages import language
from server.web.messages import finding_texts, repair_texts
from server.web.panel_words import END_WORDS

PAGE_WIDTH, THUMBNAIL_WIDTH = 1000, 320


def document_facts(document: Document, last: SignRequest | None, user: User, *, live: bool) -> dict[str, Any]:
    """``last`` is the document's last sign request; ``live`` says that one is open now."""
    shown = shown_state(document, last)
    ready = document.state is DocumentState.READY
    facts: dict[str, Any] = {
        "document_id": document.document_id,
        "title": document.title,
        "code": document.document_code,
        "file_name": document.file_name,
        "size": document.current_length,
        "version": document.current_sha256,
        "created_by": user.name,
        "created_at": document.created_at,
        "due_at": None,
        "pages": page_facts(document) if ready else [],
        "ready": ready,
        "state_words": gettext(shown.words),
        "state_tone": shown.tone,
        "signable": shown.signable and not live,
        "sign_url": url_for("web.sign", document_id=document.document_id),
        "state_url": url_for("web.document_state", document_id=document.document_id),
        "original_url": url_for("web.original_file", document_id=document.document_id),
        "signed_url": None,
        "signatures": [],
        "earlier_signatures": document.earlier_signatures - (1 if document.signed_at else 0),
        "rewritten": document.rewritten,
        "repairs": repair_texts(document.repairs, language()),
        "stamp_places": None if document.stamp_places is None else [list(place) for place in document.stamp_places],
        "findings": finding_texts(document.findings, language()),
        "result": None,
    }
    if document.signed_at is not None:
        facts["signed_url"] = url_for("web.current_file", document_id=document.document_id)
        if last is not None and last.state is State.COMPLETED:
            facts["signatures"] = [{"signer": last.subscriber_name, "signed_at": document.signed_at, "level": None}]
    elif last is not None and not live:
        facts["result"] = _result(last)
    return facts


def page_facts(document: Document) -> list[dict[str, Any]]:
    """Number (from 1), size in points and pictures of each page."""
    # The version makes a browser fetch anew the pages of a document that was signed meanwhile.
    version = int(document.signed_at or document.created_at)
    return [
        {
            "number": number,
            "width": width,
            "height": height,
            "url": _image(document, number, PAGE_WIDTH, version),
            "thumb_url": _image(document, number, THUMBNAIL_WIDTH, version),
        }
        for number, (width, height) in enumerate(document.page_boxes, start=1)
    ]


def _image(document: Document, number: int, width: int, version: int) -> str:
    return url_for("web.page_image", document_id=document.document_id, number=number, width=width, v=version)


def _result(last: SignRequest) -> dict[str, Any] | None:
    """How the last request ended, when it ended without a signature."""
    try:
        words = END_WORDS[EndResult(last.end_result or "")]
    except (ValueError, KeyError):
        return None
    return {
        "words": gettext(words.title),
        "tone": words.tone,
        "reason": last.reason,
        "when": last.finished_at,
        "url": url_for("web.sign_request", request_id=last.request_id),
    }
