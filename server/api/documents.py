"""The calls about documents: upload, look, fetch. A relying party sees its own documents only; another's do not exist for it."""

from typing import Final

from flask import Response, request, send_file

from server.api.answering import document_answer, document_url, json_answer
from server.api.calls import Answer, Calls, Header
from server.api.models import DocumentAnswer
from server.api.ports import ApiEdge
from server.api.reading import read_header, require_media_type
from server.documents.document import Document, DocumentState
from server.documents.read_document import Asker
from server.errors import Conflict, TooLarge, Unprocessable
from server.pdf.findings import REFUSAL_TEXTS
from server.relying_parties.relying_party import RelyingParty
from server.text import clean_text
from server.web.ports import pieces

SCOPE: Final = "documents"
INSPECTION_WAIT: Final = 30.0
PDF: Final = "application/pdf"
FILE_NAME: Final = Header(
    "X-File-Name", "The file's name.", "H%E1%BB%A3p%20%C4%91%E1%BB%93ng.pdf", required=True, encoded=True
)
TITLE: Final = Header(
    "X-Title",
    "What the phone calls it; left out: the file's name.",
    "H%E1%BB%A3p%20%C4%91%E1%BB%93ng%20thu%C3%AA",
    encoded=True,
)
DOCUMENT_CODE: Final = Header(
    "X-Document-Code", "Your number of it, shown on the phone; left out: one is made.", "HD-2026%2F0017", encoded=True
)
_REFUSALS: Final = tuple((413 if code == "pdf_too_large" else 422, code) for code in sorted(REFUSAL_TEXTS))
UNKNOWN: Final = (404, "document_unknown")

calls = Calls()


@calls.post(
    "/documents",
    "uploadDocument",
    "Upload a PDF",
    scope=SCOPE,
    writes=True,
    raw_body=PDF,
    headers=(FILE_NAME, TITLE, DOCUMENT_CODE),
    answers=(
        Answer(201, "Looked at and ready to be signed.", DocumentAnswer),
        Answer(202, "Still being looked at after 30 s: ask its address (Location) again.", DocumentAnswer),
    ),
    problems=(
        (400, "header_invalid"),
        (400, "text_too_long"),
        (415, "media_type_unsupported"),
        (503, "disk_full"),
        *_REFUSALS,
    ),
)
def upload(edge: ApiEdge, party: RelyingParty) -> Response:
    """The body is the file itself. It is inspected before the answer: a file that cannot be signed is refused with a `pdf_…` code and
    nothing of it is kept. Uploading the same file twice makes two documents."""
    require_media_type(PDF)
    name = read_header(FILE_NAME) or ""
    title, code = read_header(TITLE), read_header(DOCUMENT_CODE)
    title = clean_text(title, 200) if title else None
    code = clean_text(code, 60) if code else None
    limit = edge.app.config.max_document_bytes
    if (request.content_length or 0) > limit:
        raise TooLarge("the file is too large", code="pdf_too_large", details={"limit": limit})
    request.max_content_length = limit + 1  # the use case counts what really comes
    arrived = edge.app.receive_upload.write_file(pieces(request.stream))
    try:
        edge.lanes.slow(edge.app.receive_upload.keep_file, arrived)
        document = edge.lanes.database(
            edge.app.receive_upload.record_file,
            arrived,
            relying_party_id=party.relying_party_id,
            user_id=None,
            file_name=name,
            title=title,
            document_code=code,
        )
    except BaseException:
        arrived.path.unlink(missing_ok=True)
        raise
    return _answer_inspected(edge, _asker(party), document)


def _answer_inspected(edge: ApiEdge, asker: Asker, document: Document) -> Response:
    document_id = document.document_id

    def look() -> Document | None:
        found = edge.lanes.database(edge.app.read_document.get, asker, document_id)
        return None if found.state is DocumentState.CHECKING else found

    inspected = edge.wait_for(document_id, INSPECTION_WAIT, look)
    if inspected is None:
        return json_answer(document_answer(document), 202, location=document_url(document_id))
    if inspected.refusal_code is not None:
        raise _refusal(edge, inspected)
    return json_answer(document_answer(inspected), 201, location=document_url(document_id))


def _refusal(edge: ApiEdge, document: Document) -> Unprocessable:
    code = document.refusal_code or "unprocessable"
    limits = {"pdf_too_many_pages": edge.app.config.max_document_pages}
    details: dict[str, object] = {**document.refusal_details, "document_id": document.document_id}
    if code in limits:
        details["limit"] = limits[code]
    return Unprocessable("the document can't be signed", code=code, details=details)


@calls.get(
    "/documents/<document_id>",
    "getDocument",
    "Look at a document",
    scope=SCOPE,
    answers=(Answer(200, "The document as it stands now.", DocumentAnswer),),
    problems=(UNKNOWN,),
)
def show(edge: ApiEdge, party: RelyingParty, document_id: str) -> Response:
    """State, pages and findings, without the file. A refused document can be asked about for a day."""
    document = edge.lanes.database(edge.app.read_document.get, _asker(party), document_id)
    return json_answer(document_answer(document))


@calls.get(
    "/documents/<document_id>/file",
    "getDocumentFile",
    "Fetch the file",
    scope=SCOPE,
    answers=(
        Answer(200, "The whole file.", media_type=PDF),
        Answer(206, "The part that the Range header asked for.", media_type=PDF),
        Answer(304, "If-None-Match names the file as it stands: nothing has changed."),
    ),
    problems=(UNKNOWN, (409, "document_not_ready"), (409, "document_moved"), (416, "range_invalid")),
)
def fetch(edge: ApiEdge, party: RelyingParty, document_id: str) -> Response:
    """The bytes as they stand now: as uploaded (or rewritten at upload), and the signed file once it was signed. The ETag changes with
    them; Range and If-Range work."""
    document = edge.lanes.database(edge.app.read_document.get, _asker(party), document_id)
    path = edge.app.read_document.file(document)
    try:
        response = send_file(
            path,
            mimetype=PDF,
            as_attachment=True,
            download_name=document.file_name,
            conditional=True,
            etag=document.current_sha256,
            last_modified=document.signed_at or document.created_at,
        )
    except FileNotFoundError as error:  # signed between the two lines above
        raise Conflict("the file has just changed", code="document_moved") from error
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _asker(party: RelyingParty) -> Asker:
    return Asker(party.relying_party_id, None)
