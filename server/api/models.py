"""Bodies, queries and answers of the API, as pydantic models: what is checked is what the OpenAPI document says.

Rules: what comes in is strict (unknown fields, numbers as text and the like are refused); what goes out holds exactly the fields
named here, whatever else the use cases know. Times are milliseconds since 1970-01-01 UTC, pages count from 0, boxes are in PDF points of
the page as it is shown, origin lower left.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from server.signing.sign_request import ItemState, State

MAX_WAIT = 60
MAX_PAGE = 500
DEFAULT_PAGE = 200

DocumentId = Annotated[str, Field(pattern=r"^doc_[0-9a-z]{26}$", examples=["doc_06awkcz7ykfkx3mkm0q6xkq2d4"])]
Coordinate = Annotated[float, Field(allow_inf_nan=False)]


class Incoming(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, populate_by_name=False)


class Outgoing(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


# --- what comes in ------------------------------------------------------------------------------------------------------------


class PlacementBody(Incoming):
    """Where the visible signature stands."""

    page: int = Field(ge=0, description="Index of the page: 0 is the first.", examples=[0])
    box: tuple[Coordinate, Coordinate, Coordinate, Coordinate] = Field(
        description="[x0, y0, x1, y1] in points from the lower left corner of the page as shown; on the page (a point over its edge is "
        "cut), at least 40 wide and 16 high, and at most half of the page or 200 by 200 points in area.",
        examples=[[320.0, 205.0, 520.0, 280.0]],
    )


class WantedSignatureBody(Incoming):
    document_id: DocumentId
    placement: PlacementBody | None = Field(default=None, description="null or left out: the signature is not visible.")
    sha256: str | None = Field(
        default=None,
        pattern="^[0-9a-f]{64}$",
        description="`sha256` of the document as you saw it. When it was signed meanwhile, the call is refused (`signed_meanwhile`)."
        " Left out: whatever it is now.",
    )


class SignRequestBody(Incoming):
    """One question to one person about one or many documents."""

    subscriber: str = Field(
        min_length=1,
        max_length=300,
        description="Who is to sign: the subscriber's handle or id (`sub_…`).",
        examples=["anh.nguyen"],
    )
    requested_by: str = Field(
        min_length=1,
        max_length=200,
        description="The person or system on your side who asks. The phone shows it beside your registered name.",
        examples=["Phòng Kế toán, Trần Quốc Khánh"],
    )
    documents: tuple[WantedSignatureBody, ...] = Field(
        min_length=1, max_length=10_000, description="In the order in which the person sees them; none twice."
    )
    lifetime_seconds: int | None = Field(
        default=None,
        ge=30,
        le=86_400,
        description="How long the person may take. Left out: the server's default (5 minutes).",
    )


class NoQuery(Incoming):
    """The call takes no query parameters."""


class StatusQuery(Incoming):
    wait: int = Field(
        default=0,
        ge=0,
        le=MAX_WAIT,
        description="Long poll: wait up to so many seconds until `version` is out of date or the request is final.",
    )
    version: int | None = Field(
        default=None, ge=0, description="The version that you have seen. Left out: the answer comes at once."
    )


class DocumentLinesQuery(Incoming):
    first: int = Field(default=0, ge=0, le=1_000_000, alias="from", description="Position of the first line wanted.")
    count: int = Field(default=DEFAULT_PAGE, ge=1, le=MAX_PAGE, description="How many lines at most.")


# --- what goes out ------------------------------------------------------------------------------------------------------------


class Sentence(Outgoing):
    """A stable code and what it means, in the language of `Accept-Language` (vi or en)."""

    code: str
    text: str


class StampPlace(Outgoing):
    """A place on a page."""

    page: int = Field(description="From 0.")
    box: tuple[float, float, float, float] = Field(description="Left, lower, right, upper side in points of the page as shown.")


class DocumentAnswer(Outgoing):
    document_id: str
    state: Literal["CHECKING", "READY", "REFUSED"]
    title: str
    document_code: str
    file_name: str
    pages: int
    page_sizes: list[tuple[float, float]] = Field(description="Width and height of each page as shown, in points.")
    findings: list[Sentence] = Field(description="What may look different later or elsewhere, or is not on the page.")
    rewritten: bool = Field(
        description="The uploaded file broke a rule of the file format, so it was written anew with the same pages: `sha256` is not"
        " `uploaded_sha256`, and what will be signed is the rewritten file."
    )
    repairs: list[Sentence] = Field(description="Why the file was rewritten at upload; empty: it was not.")
    earlier_signatures: int = Field(description="Signatures that the file holds as it stands now.")
    stamp_places: list[StampPlace] | None = Field(
        description="null: a visible signature may stand anywhere. A list: an earlier signature allows it there only (the place nearest to"
        " the one asked for is taken); an empty list: nowhere, the signature will not be seen."
    )
    length: int = Field(description="Bytes of the file as it stands now.")
    sha256: str = Field(description="SHA-256 of the file as it stands now, hex: until it is signed, of what will be signed.")
    uploaded_sha256: str = Field(description="SHA-256 of the file as it was uploaded, hex.")
    refusal: Sentence | None = Field(description="Why the file was refused; only in state REFUSED.")
    signed_at: int | None
    created_at: int
    last_request_id: str | None
    file_url: str | None = Field(description="Where the file as it stands now is fetched; null unless READY.")


class DocumentLine(Outgoing):
    """One document of a sign request."""

    position: int
    document_id: str
    title: str
    state: ItemState
    end_result: str | None
    reason: str | None = Field(description="The person's reason for leaving it unsigned, if there is one.")
    stamp: StampPlace | None = Field(
        description="Where the signature is seen once the document is prepared; null: nowhere. It may be another place than the one asked"
        " for, or none, where an earlier signature allows no other (`stamp_places` of the document)."
    )
    file_url: str | None = Field(description="The signed file; null unless SIGNED.")


class DocumentLinesAnswer(Outgoing):
    documents: list[DocumentLine]
    items_total: int
    next_from: int | None = Field(description="`from` of the next page, or null after the last.")


class PhonesReached(Outgoing):
    """How far the request has come; which phones the subscriber has, and what they are called, is the subscriber's own affair."""

    state: Literal["offline", "pushed", "opened"] = Field(description="Of the phone that is furthest on.")
    opened: int = Field(description="On so many phones the person has opened it.")


class SignRequestAnswer(Outgoing):
    """Everything about a request at one moment; nothing depends on having seen the one before."""

    request_id: str
    state: State
    version: int = Field(description="Grows with every change: hand it back as `version` of the long poll.")
    final: bool
    end_result: str | None = Field(description="Why it ended as it did: ok, user_refused, expired, …")
    reason: str | None
    continued_by: str | None = Field(
        description="The request that asks for the rest, where the phone's checks would not let some of the documents be signed: follow it."
    )
    verification_code: str | None = Field(
        description="Show it to the person: the phone offers three and only this one is right. null while there is nothing to compare."
    )
    requested_by: str
    relying_party: str
    subscriber: str
    created_at: int
    expires_at: int
    finished_at: int | None
    server_time: int
    items_total: int
    items_prepared: int
    items_sent: int
    items_answered: int
    items_signed: int
    items_refused: int
    items_failed: int
    documents: list[DocumentLine] = Field(description="The first 200; the others come by `/documents`.")
    phones: PhonesReached
    cancellable: bool


class ProblemAnswer(Outgoing):
    """RFC 9457. `code` is stable; `detail` is a sentence for people, in the language of `Accept-Language`."""

    type: str = Field(examples=["urn:phoneseal:problem:document_unknown"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    code: str = Field(examples=["document_unknown"])
    detail: str = Field(examples=["There is no such document, or you may not see it."])
    request_id: str = Field(description="Of this HTTP call: quote it when you report a problem.")
    errors: dict[str, Any] | None = Field(
        default=None, description="Public facts: limits, names of fields, retry_after."
    )
    incident: str | None = Field(default=None, description="Stands in the server's log too; only with status 500.")
