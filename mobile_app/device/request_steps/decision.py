"""What the person decided, brought into the form that is signed (protocol §4.4). Screens and scripts may hand
in anything; the rules are here."""

import re
import unicodedata
from collections.abc import Sequence

from mobile_app.device.interaction import Approve, Refuse
from mobile_app.errors import Refused
from mobile_app.link.fields import FORBIDDEN_TEXT, write_json
from mobile_app.link.manifest_wire import ManifestItem
from mobile_app.link.phone_statements import MAX_APPROVAL_BODY, MAX_REASON

_RESERVE = 4096
"""Bytes of an approval's body for everything but the reasons."""
_SPACES = re.compile(r"\s+")


def clean_reason(reason: str) -> str:
    """NFC, no control or bidirectional characters, white space collapsed, at most 500 characters."""
    plain = FORBIDDEN_TEXT.sub(" ", unicodedata.normalize("NFC", reason))
    return _SPACES.sub(" ", plain).strip()[:MAX_REASON].strip()


def check_decision(decision: Approve, item_count: int) -> Approve | Refuse:
    """An approval with clean reasons; a refusal when nothing is left to approve. Raises Refused
    (``position_unknown``, ``reasons_too_long``)."""
    refused = {position: clean_reason(reason) for position, reason in decision.refused.items()}
    if any(not 0 <= position < item_count for position in refused):
        raise Refused("position_unknown")
    if len(refused) == item_count:
        return Refuse(next((reason for reason in refused.values() if reason), ""))
    entries = [{"position": position, "reason": reason} for position, reason in refused.items()]
    if len(write_json({"refused": entries}).encode()) > MAX_APPROVAL_BODY - _RESERVE:
        raise Refused("reasons_too_long")
    return Approve(refused, decision.code)


def approved_positions(decision: Approve, item_count: int) -> list[int]:
    return [position for position in range(item_count) if position not in decision.refused]


def code_offered(code: str, offered: Sequence[str]) -> str:
    """Only one of the three can be chosen; raises Refused("code_not_offered")."""
    if code not in offered:
        raise Refused("code_not_offered")
    return code


def documents_json(items: Sequence[ManifestItem], decision: Approve | Refuse) -> str:
    """The list of documents as the history keeps it."""

    def entry(item: ManifestItem) -> dict[str, object]:
        if isinstance(decision, Refuse):
            refused, reason = True, clean_reason(decision.reason)
        else:
            refused, reason = item.position in decision.refused, decision.refused.get(item.position, "")
        return {
            "position": item.position,
            "title": item.title,
            "document_code": item.document_code,
            "prepared_sha256": item.prepared_sha256.hex(),
            "decision": "refuse" if refused else "approve",
            "reason": reason,
        }

    return write_json({"documents": [entry(item) for item in items]})
