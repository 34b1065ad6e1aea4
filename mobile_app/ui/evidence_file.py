"""What the phone keeps of finished requests, as a file that can be shown to others. No Kivy here.

JSON: each signed statement stands in it as the very text that was signed, received or sent, so that its signature can be checked again; the
certificate is that which the request asked for, with its chain; times are ISO 8601 in UTC. The phone holds no signed documents: they are
fetched in the browser. A file is never written over.
"""

import base64
import itertools
import json
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from mobile_app.device.device import PhoneDevice
from mobile_app.device.history import FinishedRequest

FORMAT: Final = "phoneseal.evidence.v1"


def evidence_json(device: PhoneDevice, entries: Iterable[FinishedRequest], now_ms: int) -> bytes:
    """``now_ms`` by the server's clock. Reads the journal: not for the main thread."""
    identity = device.identity
    made = {
        "format": FORMAT,
        "exported_at": iso(now_ms),
        "device": None if identity is None else {
            "device_id": identity.device_id,
            "subscriber_name": identity.subscriber_name,
            "server_name": identity.server_name,
            "server_url": identity.server_url,
        },
        "requests": [_request(device, entry) for entry in entries],
    }  # fmt: skip
    return json.dumps(made, ensure_ascii=False, indent=1).encode("utf-8")


def _request(device: PhoneDevice, entry: FinishedRequest) -> dict[str, object]:
    result = entry.result
    evidence = device.evidence(result.request_id)
    return {
        "request_id": result.request_id,
        "relying_party_name": entry.relying_party_name,
        "requested_by": entry.requested_by,
        "issued_at": iso(entry.issued_at),
        "finished_at": iso(entry.finished_at),
        "end_result": result.end_result,
        "items": {"signed": result.items_signed, "refused": result.items_refused, "failed": result.items_failed},
        "audit": {"sequence": entry.audit_sequence, "head": entry.audit_head},
        "documents": [dict(document) for document in evidence.documents],
        "certificate": None if evidence.certificate is None else _octets(evidence.certificate.certificate),
        "certificate_chain": [_octets(one) for one in evidence.certificate.certificate_chain] if evidence.certificate else [],
        "statements": dict(evidence.statements),
    }


def _octets(der: bytes) -> str:
    return base64.b64encode(der).decode("ascii")


def iso(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="seconds")


def files_folder() -> Path:
    """In the person's downloads, where they have such a folder."""
    downloads = Path.home() / "Downloads"
    return (downloads if downloads.is_dir() else Path.home()) / "PhoneSeal"


def save(folder: Path, name: str, content: bytes) -> Path:
    """Writes ``name`` (``name-2`` … if it is taken) for its owner's eyes only; where it is now. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    stem, dot, ending = name.rpartition(".")
    for number in itertools.count(1):
        path = folder / (name if number == 1 else f"{stem}-{number}{dot}{ending}")
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        return path
    raise AssertionError("unreachable")
