"""As what a document stands in the list, in words.

Rules: a document that is part of an open request is in progress; one that was signed here is completed; one whose last request ended
otherwise waits for its owner again and says how that request ended.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext

from server.documents.document import Document
from server.documents.list_documents import ListedDocument, shown_as
from server.signing.sign_request import EndResult, SignRequest, State
from server.users.user import User
from server.web.languages import language
from server.web.messages import code_text
from server.web.panel_words import END_WORDS, N_, STATE_WORDS
from server.web.ports import WebUseCases

STATES = {
    "waiting": (N_("Waiting for your signature"), "amber"),
    "waiting_initial": (N_("Waiting for your initials"), "amber"),
    "waiting_approve": (N_("Waiting for your approval"), "amber"),
    "waiting_view": (N_("For reading"), "grey"),
    "progress": (N_("In progress"), "blue"),
    "checking": (N_("Being checked"), "blue"),
    "completed": (N_("Completed"), "jade"),
    "refused": (N_("Not accepted"), "red"),
}
QUICK = {
    "waiting": N_("To sign"),
    "waiting_initial": N_("To initial"),
    "waiting_approve": N_("To approve"),
    "waiting_view": N_("For reading"),
    "progress": N_("In progress"),
    "checking": N_("Being checked"),
    "completed": N_("Completed"),
    "refused": N_("Not accepted"),
}
"""The quick filters: what there is to do."""
ALWAYS = ("waiting", "progress", "completed")
"""Quick filters that stand there even with nothing behind them."""
RIGHT_WORDS = {
    "sign": N_("Digital signature"),
    "initial": N_("Initials"),
    "approve": N_("Approval"),
    "view": N_("Reading only"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """``kind`` is a key of ``STATES``; texts are message ids."""

    kind: str
    words: str
    tone: str
    detail: str = ""

    @property
    def signable(self) -> bool:
        return self.kind == "waiting"


def shown_state(document: Document, request: SignRequest | None) -> Shown:
    """``request`` is the document's last one, if there was any."""
    state, end = (request.state, request.end_result) if request is not None else (None, None)
    return _shown(shown_as(document), state, end)


def _shown(kind: str, request_state: str | None, request_end: str | None) -> Shown:
    words, tone = STATES[kind]
    detail = ""
    if request_state is not None and kind == "progress":
        detail = STATE_WORDS[State(request_state)].words
    elif request_state is not None and kind.startswith("waiting"):
        detail = _end_words(request_state, request_end)
    elif request_state is not None and kind == "completed":
        detail = N_("Show its request")  # its page has the results of all and their archive
    return Shown(kind, words, tone, detail)


def _end_words(request_state: str, request_end: str | None) -> str:
    if request_state == State.COMPLETED:
        return N_("Not signed in the last request")  # others of that request were
    try:
        return END_WORDS[EndResult(request_end or "")].words
    except (ValueError, KeyError):
        return STATE_WORDS[State(request_state)].words


def last_request(app: WebUseCases, document: Document) -> SignRequest | None:
    """Runs in the database lane."""
    if document.last_request_id is None:
        return None
    return app.tell.get(document.last_request_id, document.relying_party_id, document.user_id)


def row_facts(lines: Iterable[ListedDocument], user: User) -> list[dict[str, object]]:
    """What the list shows of each document."""
    return [_row(line, user) for line in lines]


def _row(line: ListedDocument, user: User) -> dict[str, object]:
    document = line.document
    shown = _shown(line.shown, line.request_state, line.request_end)
    detail = str(gettext(shown.detail)) if shown.detail else None
    if document.refusal_code:
        detail = code_text(document.refusal_code, language(), document.refusal_details)
    elif detail is None and document.rewritten:
        detail = gettext("Rewritten at upload; its pages look the same.")
    return {
        "document_id": document.document_id,
        "title": document.title,
        "code": document.document_code,
        "pages": document.pages,
        "size": document.current_length,
        "import_batch_id": document.import_batch_id,
        "batch_name": line.batch_name,
        "processing_right": document.processing_right,
        "right_words": gettext(RIGHT_WORDS.get(document.processing_right, document.processing_right)),
        "created_by": user.name,
        "created_at": document.created_at,
        "due_at": None,
        "state_words": gettext(shown.words),
        "state_tone": shown.tone,
        "state_detail": detail,
        "request_id": document.last_request_id,
        "signable": shown.signable,
    }
