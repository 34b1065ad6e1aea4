"""The result of an inspection, and its way through the sandbox's pipe as JSON."""

from dataclasses import asdict, dataclass, fields, is_dataclass
from datetime import datetime
from typing import Any, Literal, TypeVar, cast, get_args, get_origin, get_type_hints

from server.errors import Unprocessable

StampPlace = tuple[int, float, float, float, float]
"""Page (0-based) and box in points of the page as shown."""


@dataclass(frozen=True)
class Inspection:
    """What is known of an accepted file: lengths in bytes, page sizes in points as shown (turned, cropped,
    scaled).

    ``length`` and ``sha256`` are those of the bytes to be signed: of the rewritten file when ``repaired``,
    otherwise of the source. ``findings`` and ``repair_reasons`` are codes of server.pdf.findings, sorted.
    ``earlier_signatures`` counts document time-stamps too.
    """

    pages: int
    page_boxes: tuple[tuple[float, float], ...]
    length: int
    sha256: bytes
    source_length: int
    source_sha256: bytes
    earlier_signatures: int
    findings: tuple[str, ...]
    repaired: bool
    repair_reasons: tuple[str, ...]
    title: str | None
    stamp_places: tuple[StampPlace, ...] | None = None
    """Where a visible signature may stand, since an earlier signature forbids other places. None: anywhere; empty: nowhere."""


def inspection_to_json(inspection: Inspection) -> dict[str, Any]:
    """Plain values, digests as hex."""
    plain = asdict(inspection)
    plain["sha256"] = inspection.sha256.hex()
    plain["source_sha256"] = inspection.source_sha256.hex()
    return plain


def inspection_from_json(plain: Any) -> Inspection:
    """Check every field's type: what comes from a process that parsed hostile bytes proves nothing."""
    try:
        inspection = Inspection(
            pages=_count(plain["pages"]),
            page_boxes=tuple((float(width), float(height)) for width, height in plain["page_boxes"]),
            length=_count(plain["length"]),
            sha256=_digest(plain["sha256"]),
            source_length=_count(plain["source_length"]),
            source_sha256=_digest(plain["source_sha256"]),
            earlier_signatures=_count(plain["earlier_signatures"]),
            findings=tuple(_text(one) for one in plain["findings"]),
            repaired=plain["repaired"] is True,
            repair_reasons=tuple(_text(one) for one in plain["repair_reasons"]),
            title=None if plain["title"] is None else _text(plain["title"]),
            stamp_places=None if plain["stamp_places"] is None else tuple(_place(one) for one in plain["stamp_places"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Unprocessable("an answer that is no inspection", code="pdf_broken") from error
    if len(inspection.page_boxes) != inspection.pages:
        raise Unprocessable("an answer that contradicts itself", code="pdf_broken")
    return inspection


def _count(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError("no count")
    return value


def _place(value: Any) -> StampPlace:
    page, left, lower, right, upper = value
    return _count(page), float(left), float(lower), float(right), float(upper)


def _digest(value: Any) -> bytes:
    digest = bytes.fromhex(value)
    if len(digest) != 32:
        raise ValueError("no SHA-256")
    return digest


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > 500:
        raise ValueError("no text")
    return value


Record = TypeVar("Record")


def record_from_json(kind: type[Record], plain: Any) -> Record:
    """A dataclass of text, whole numbers, moments, tuples of text and such dataclasses, each field checked against its type."""
    hints = get_type_hints(kind)
    try:
        return kind(**{one.name: _checked(hints[one.name], plain[one.name]) for one in fields(cast(Any, kind))})
    except (KeyError, TypeError, ValueError) as error:
        raise Unprocessable("an answer that is no report", code="pdf_broken") from error


def _checked(hint: Any, value: Any) -> Any:
    if value is None and type(None) in get_args(hint):
        return None
    if get_origin(hint) is Literal:
        if value not in get_args(hint):
            raise ValueError("an unknown word")
        return value
    inner = next((one for one in get_args(hint) if is_dataclass(one)), None)
    if inner is not None and get_origin(hint) is tuple:
        return tuple(record_from_json(cast(Any, inner), one) for one in value)
    if inner is not None:
        return record_from_json(cast(Any, inner), value)
    if hint is int:
        return _count(value)
    if hint is bool:
        return value is True
    if datetime in (hint, *get_args(hint)):
        return datetime.fromisoformat(value)
    if get_origin(hint) is tuple:
        return tuple(_text(one) for one in value)
    return _text(value)
