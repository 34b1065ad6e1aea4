"""The JSON that a page shows live: the same by HTTP and by socket. Times in milliseconds."""

from typing import Any

from server.devices.device import Pairing, PairingState
from server.signing.sign_request import ItemState
from server.web.ports import WebUseCases

DOCUMENTS_SHOWN = 5  # a page needs the title of a single one; results come by page


def signed_url(document_id: str) -> str:
    return f"/documents/{document_id}/file"


def request_snapshot(app: WebUseCases, request_id: str) -> dict[str, Any]:
    """A sign request as its page shows it. The caller has checked that the asker may see it; runs in the database lane."""
    snapshot = app.tell.snapshot(request_id, DOCUMENTS_SHOWN)
    for line in snapshot["documents"]:
        line["signed_url"] = signed_url(line["document_id"]) if line["state"] == ItemState.SIGNED else None
    return snapshot


def pairing_snapshot(app: WebUseCases, pairing: Pairing) -> dict[str, Any]:
    """A pairing as its page shows it. The digits are told only while they are to be compared."""
    return {
        "pairing_id": pairing.pairing_id,
        "state": pairing.state,
        "digits": pairing.digits if pairing.state is PairingState.CONFIRM_DIGITS else None,
        "device_name": pairing.device_name,
        "expires_at": int(pairing.expires_at * 1000),
        "server_time": int(app.clock.now() * 1000),
    }
