"""Where one walk stands: the request, its statements, and what every step works with."""

from dataclasses import dataclass, replace
from pathlib import Path

from mobile_app.device.identity import Identity
from mobile_app.device.interaction import Attention, UserInteraction
from mobile_app.device.journal import Journal
from mobile_app.device.journaled_request import JournaledRequest, RequestState
from mobile_app.device.key_vault import KeyVault
from mobile_app.device.pin_change import PinChange
from mobile_app.device.pin_exchange import PinExchange
from mobile_app.device.request_book import RequestBook
from mobile_app.device.session import Session
from mobile_app.device.statements import sign_statement
from mobile_app.link import wire
from mobile_app.link.fields import parse_json, write_json


@dataclass(frozen=True, slots=True)
class WalkParts:
    """What a walk works with; the same for all requests of one pairing."""

    session: Session
    journal: Journal
    book: RequestBook
    vault: KeyVault
    identity: Identity
    interaction: UserInteraction
    pin_exchange: PinExchange
    pin_change: PinChange
    cache: Path


class Walk:
    """One walk through one request."""

    def __init__(self, parts: WalkParts, request: JournaledRequest, attention: Attention) -> None:
        self.parts = parts
        self.session = parts.session
        self.journal = parts.journal
        self.book = parts.book
        self.identity = parts.identity
        self.interaction = parts.interaction
        self.request = request
        self.attention = attention
        self.statements = self.journal.statements(request.request_id)

    def sign_as_device(self, purpose: str, body: dict[str, object]) -> wire.Statement:
        return sign_statement(
            purpose,
            body,
            self.identity.device_id,
            lambda message: self.parts.vault.sign_as_device(self.identity.vault_name, message),
        )

    def keep(self, name: str, statement: wire.Statement) -> None:
        text = write_json(statement.message())
        self.journal.keep_statement(self.request.request_id, name, text)
        self.statements[name] = text

    def statement(self, name: str) -> wire.Statement:
        """A statement from the journal, which was verified or written by us before it went in."""
        return wire.read_statement(parse_json(self.statements[name]), name)

    def move(self, state: RequestState) -> None:
        self.journal.move(self.request.request_id, state)
        self.request = replace(self.request, state=state)

    def resume(self) -> wire.ResumeAnswer:
        message = {"request_id": self.request.request_id}
        return wire.read_resume_answer(self.session.call("resume", message, self.attention))
