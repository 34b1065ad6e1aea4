"""What the server's unit tests are built from: a server without a network, phones with real keys, small real PDFs.

Everything is the product's own code but the person and the phone: a ``Phone`` here signs what it is told to, true or not, with keys that
``cryptography`` made, from docs/protocol.md and not from the phone's code.
"""

import functools
import hashlib
import io
import json
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from reportlab.pdfgen.canvas import Canvas

from server.app import UseCases, build, set_up
from server.config import Config
from server.documents.document import Document
from server.errors import PhoneSealError
from server.pdf.checker_version import CHECKER_VERSION
from server.signing.offer import Offer
from server.statements import Statement, pae

START = float(int(time.time()))
"""Where every test's clock begins. Full validation knows no clock but the system's, so certificates must be valid by that one too."""
PASSWORD = "một mật khẩu dài"


class HandClock:
    """Time that moves when a test says so."""

    def __init__(self, now: float = START) -> None:
        self.time = now

    def now(self) -> float:
        return self.time

    def advance(self, seconds: float) -> None:
        self.time += seconds


class Nudges:
    """Counts nudges; nobody listens."""

    def __init__(self) -> None:
        self.to_workers = 0
        self.to_web: list[str] = []

    def workers(self) -> None:
        self.to_workers += 1

    def web(self, subject: str = "") -> None:
        self.to_web.append(subject)


@functools.cache
def a_pdf(text: str = "Hợp đồng", pages: int = 1, padding: int = 0) -> bytes:
    """A small well-formed document, or one that is larger by ``padding`` bytes; the same arguments give the same bytes."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=True)
    canvas.setSubject("x" * padding)
    for page in range(pages):
        canvas.drawString(72, 720, f"{text.encode('ascii', 'replace').decode()} {page}")
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def open_app(config: Config, clock: HandClock, nudge: Nudges | None = None) -> UseCases:
    """The composition root as it is, over the test's clock."""
    with mock.patch("server.app.make_clock", return_value=clock):
        return build(config, nudge or Nudges())


def new_installation(folder: Path, clock: HandClock, **settings: Any) -> Config:
    config = Config(data_dir=folder, free_disk_bytes=0, workers=1, **settings)
    with mock.patch("server.app.make_clock", return_value=clock):
        set_up(config)
    return config


@dataclass
class Phone:
    """A paired phone: its keys, and what it says to the server."""

    name: str
    device_id: str
    credential_id: str
    certificate: bytes
    device_key: ec.EllipticCurvePrivateKey
    approval_key: ec.EllipticCurvePrivateKey
    sign_dtbs: Callable[[bytes], bytes]
    pin_proof_key: bytes
    vault_share: bytes
    counter: int = 0

    def say(
        self, purpose: str, fields: dict[str, Any], *, by: ec.EllipticCurvePrivateKey | None = None, key_id: str = ""
    ) -> Statement:
        """A statement under the device key unless ``by`` says otherwise."""
        body = json.dumps(fields, ensure_ascii=False)
        signature = (by or self.device_key).sign(pae(purpose, body.encode()), ec.ECDSA(hashes.SHA256()))
        return Statement(purpose, key_id or self.device_id, body, signature)

    def choice(self, offer: Offer, code: str, **changes: Any) -> Statement:
        fields = {
            "version": 1,
            "request_id": offer.request_id,
            "envelope_sha256": offer.envelope_sha256,
            "device_id": self.device_id,
            "code": code,
            "chosen_at": int(START * 1000),
        }
        return self.say("phoneseal.code_choice.v1", fields | changes)

    def approval(
        self,
        offer: Offer,
        code: str,
        *,
        refused: Sequence[tuple[int, str]] = (),
        by: ec.EllipticCurvePrivateKey | None = None,
        key_id: str = "",
        **changes: Any,
    ) -> Statement:
        envelope = json.loads(offer.envelope.body)
        self.counter += 1
        fields = {
            "version": 1,
            "server_id": envelope["server_id"],
            "request_id": offer.request_id,
            "envelope_sha256": offer.envelope_sha256,
            "device_id": self.device_id,
            "credential_id": envelope["credential_id"],
            "certificate_sha256": envelope["certificate_sha256"],
            "manifest_root": envelope["manifest_root"],
            "item_count": envelope["item_count"],
            "approved_count": envelope["item_count"] - len(refused),
            "refused": [{"position": position, "reason": reason} for position, reason in refused],
            "verification_code": code,
            "approved_at": int(START * 1000),
            "counter": self.counter,
        }
        return self.say("phoneseal.approval.v1", fields | changes, by=by or self.approval_key, key_id=key_id)

    def refusal(self, offer: Offer, end_result: str = "user_refused", **changes: Any) -> Statement:
        fields = {
            "version": 1,
            "request_id": offer.request_id,
            "envelope_sha256": offer.envelope_sha256,
            "device_id": self.device_id,
            "end_result": end_result,
            "reason": "Sai số tiền",
            "detail": "",
            "refused_at": int(START * 1000),
        }
        return self.say("phoneseal.refusal.v1", fields | changes)


class KnownDocuments:
    """``DocumentJudge`` of a store in which nothing was judged by another checker; ``verdict`` says what it finds otherwise."""

    def __init__(self, version: str = CHECKER_VERSION, verdict: Callable[[Document], Document] | None = None) -> None:
        self.version = version
        self._verdict = verdict

    def __call__(self, document: Document) -> Document:
        assert self._verdict is not None, "nobody expected a new look"
        return self._verdict(document)


def framed(values: Iterable[tuple[int, bytes]]) -> bytes:
    """docs/protocol.md §4.5: u32be(position) ‖ u16be(length) ‖ value."""
    return b"".join(p.to_bytes(4, "big") + len(v).to_bytes(2, "big") + v for p, v in values)


def body_of(statement: Statement) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(statement.body)
    return value


def code_of(function: Callable[..., object], /, *args: Any, **kwargs: Any) -> str:
    """The code of the error that the call ends with; fails when it ends well."""
    try:
        function(*args, **kwargs)
    except PhoneSealError as error:
        return error.code
    raise AssertionError("nothing was refused")


def sha256_hex(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
