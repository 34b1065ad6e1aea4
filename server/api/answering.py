"""Answers: exactly the fields of a model, as JSON."""

from typing import Any, Literal

from flask import Response
from pydantic import BaseModel

from server.api.models import DocumentAnswer, DocumentLine, PhonesReached, Sentence, SignRequestAnswer, StampPlace
from server.documents.document import Document, DocumentState
from server.signing.sign_request import ItemState
from server.web.languages import wanted_language
from server.web.messages import code_text, finding_texts, repair_texts

PREFIX = "/api/v1"


def json_answer(model: BaseModel, status: int = 200, *, location: str | None = None) -> Response:
    response = Response(model.model_dump_json(by_alias=True), status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    if location is not None:
        response.headers["Location"] = location
    return response


def document_url(document_id: str) -> str:
    return f"{PREFIX}/documents/{document_id}"


def file_url(document_id: str) -> str:
    return f"{document_url(document_id)}/file"


def request_url(request_id: str) -> str:
    return f"{PREFIX}/sign-requests/{request_id}"


def _milliseconds(seconds: float | None) -> int | None:
    return None if seconds is None else int(seconds * 1000)


def _sentences(codes: tuple[str, ...], texts: list[str]) -> list[Sentence]:
    return [Sentence(code=code, text=text) for code, text in zip(codes, texts, strict=True)]


def document_answer(document: Document) -> DocumentAnswer:
    shown = wanted_language()
    refused, places = document.refusal_code, document.stamp_places
    return DocumentAnswer(
        document_id=document.document_id,
        state=document.state.value,
        title=document.title,
        document_code=document.document_code,
        file_name=document.file_name,
        pages=document.pages,
        page_sizes=list(document.page_boxes),
        findings=_sentences(document.findings, finding_texts(document.findings, shown)),
        rewritten=document.rewritten,
        repairs=_sentences(document.repairs, repair_texts(document.repairs, shown)),
        earlier_signatures=document.earlier_signatures,
        stamp_places=None if places is None else [StampPlace(page=page, box=(x0, y0, x1, y1)) for page, x0, y0, x1, y1 in places],
        length=document.current_length,
        sha256=document.current_sha256,
        uploaded_sha256=document.uploaded_sha256,
        refusal=Sentence(code=refused, text=code_text(refused, shown, document.refusal_details)) if refused else None,
        signed_at=_milliseconds(document.signed_at),
        created_at=int(document.created_at * 1000),
        last_request_id=document.last_request_id,
        file_url=file_url(document.document_id) if document.state is DocumentState.READY else None,
    )


def document_line(line: dict[str, Any]) -> DocumentLine:
    signed = line["state"] == ItemState.SIGNED
    facts = {name: value for name, value in line.items() if name != "stamp_asked"}
    return DocumentLine(**facts, file_url=file_url(line["document_id"]) if signed else None)


def request_answer(snapshot: dict[str, Any]) -> SignRequestAnswer:
    """``snapshot`` is ``TellRequester.snapshot``'s; the names of the person's phones, which their own page shows, stay here."""
    facts = dict(snapshot)
    states = [line["state"] for line in facts.pop("devices")]
    del facts["signing_device"]
    state: Literal["offline", "pushed", "opened"] = (
        "opened" if "opened" in states else "pushed" if "pushed" in states else "offline"
    )
    facts["phones"] = PhonesReached(state=state, opened=states.count("opened"))
    facts["requested_by"] = facts.pop("requester")
    facts["documents"] = [document_line(line) for line in facts["documents"]]
    return SignRequestAnswer(**facts)
