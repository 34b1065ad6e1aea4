"""Which state of a document a person sees, and the list's lines.

Rules: a document that is part of an open request is in progress; one that was signed here is completed; one whose last request ended
otherwise waits for the signature again and says how that request ended. Lines are read by key, never by offset.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext

from server.documents.document import Document, DocumentState
from server.signing.sign_request import FINAL, EndResult, SignRequest, State
from server.users.user import User
from server.web.languages import language
from server.web.messages import code_text
from server.web.panel_words import END_WORDS, N_, STATE_WORDS
from server.web.ports import WebUseCases

PAGE_SIZE = 50
READ_AT_ONCE = 100
READ_AT_MOST = 400  # documents looked at for one page of a filtered list; "older" goes on from there

SHOWN = {
    "waiting": N_("Waiting for your signature"),
    "progress": N_("In progress"),
    "completed": N_("Completed"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """``kind``: checking, refused, waiting, progress or completed; texts are message ids."""

    kind: str
    words: str
    tone: str
    detail: str = ""

    @property
    def signable(self) -> bool:
        return self.kind == "waiting"


@dataclass(frozen=True, slots=True)
class Line:
    document: Document
    request: SignRequest | None
    shown: Shown


@dataclass(frozen=True, slots=True)
class ListPage:
    """``older``: the key to go on from, or None at the end."""

    lines: list[Line]
    older: str | None


def shown_state(document: Document, request: SignRequest | None) -> Shown:
    """``request`` is the document's last one, if there was any."""
    if document.state is DocumentState.CHECKING:
        return Shown("checking", N_("Being checked"), "blue")
    if document.state is DocumentState.REFUSED:
        return Shown("refused", N_("Not accepted"), "red")
    if request is not None and request.state not in FINAL:
        return Shown("progress", SHOWN["progress"], "blue", STATE_WORDS[request.state].words)
    if document.signed_at is not None:
        return Shown("completed", SHOWN["completed"], "jade")
    return Shown("waiting", SHOWN["waiting"], "amber", _end_words(request) if request is not None else "")


def _end_words(request: SignRequest) -> str:
    try:
        return END_WORDS[EndResult(request.end_result or "")].words
    except (ValueError, KeyError):
        return STATE_WORDS[State(request.state)].words


def last_request(app: WebUseCases, document: Document) -> SignRequest | None:
    """Runs in the database lane."""
    if document.last_request_id is None:
        return None
    return app.tell.get(document.last_request_id, document.relying_party_id, document.user_id)


def read_list(app: WebUseCases, user: User, before: str | None, show: str, query: str) -> ListPage:
    """One page of the user's documents, newest first; ``show`` is a key of ``SHOWN`` or "all". Runs in the database lane."""
    lines: list[Line] = []
    looked_at = 0
    needle = query.casefold()
    while looked_at < READ_AT_MOST:
        documents = app.read_document.page_of_user(user.user_id, before, READ_AT_ONCE)
        for document in documents:
            if len(lines) == PAGE_SIZE:
                return ListPage(lines, before)
            before = document.document_id
            line = _line(app, document, show, needle)
            if line is not None:
                lines.append(line)
        looked_at += len(documents)
        if len(documents) < READ_AT_ONCE:
            return ListPage(lines, None)
    return ListPage(lines, before)


def _line(app: WebUseCases, document: Document, show: str, needle: str) -> Line | None:
    if needle and not any(needle in text.casefold() for text in (document.title, document.document_code)):
        return None
    if show == "completed" and document.signed_at is None:
        return None
    request = last_request(app, document)
    shown = shown_state(document, request)
    kinds = ("progress", "checking") if show == "progress" else (show,)
    return Line(document, request, shown) if show == "all" or shown.kind in kinds else None


def _detail(line: Line) -> str | None:
    if line.document.refusal_code:
        return code_text(line.document.refusal_code, language())
    return str(gettext(line.shown.detail)) if line.shown.detail else None


def row_facts(lines: Iterable[Line], user: User) -> list[dict[str, object]]:
    """What the list's template shows of each line."""
    return [
        {
            "document_id": line.document.document_id,
            "title": line.document.title,
            "code": line.document.document_code,
            "pages": line.document.pages,
            "size": line.document.current_length,
            "batch_name": None,
            "created_by": user.name,
            "created_at": line.document.created_at,
            "due_at": None,
            "state_words": gettext(line.shown.words),
            "state_tone": line.shown.tone,
            "state_detail": _detail(line),
            "request_id": line.request.request_id if line.request else None,
            "signable": line.shown.signable,
        }
        for line in lines
    ]
