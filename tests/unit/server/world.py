"""A server in one process: the composition root over a test's clock, the worker's steps on call, and short ways through a request."""

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from server.app import UseCases
from server.config import Config
from server.documents.document import Document, DocumentState
from server.ids import new_id
from server.pdf.adapters import CmsEmbedder, StampingPreparer
from server.pdf.checker_version import CHECKER_VERSION
from server.processes.housekeeping import Housekeeping
from server.signing.embed_signatures import EmbedSignatures
from server.signing.offer import Offer
from server.signing.prepare_documents import PrepareDocuments
from server.signing.queue_request import NewRequest, WantedSignature
from server.signing.sign_request import Item, Placement, SignRequest, State
from server.statements import Statement, unb64
from server.users.user import User
from server.work import Job
from tests.unit.server.builders import HandClock, KnownDocuments, Nudges, Phone, a_pdf, framed, open_app


@functools.cache
def _preparer() -> StampingPreparer:
    return StampingPreparer()


@functools.cache
def _embedder() -> CmsEmbedder:
    return CmsEmbedder()


class World:
    """A server and its phones. ``requests`` start with the portal's user asking their own subscriber."""

    def __init__(self, config: Config, clock: HandClock, user: User, phones: Sequence[Phone]) -> None:
        self.config = config
        self.clock = clock
        self.nudge = Nudges()
        self.app = open_app(config, clock, self.nudge)
        self.user = user
        self.phones = list(phones)
        self._opened = [self.app]
        self.steps = self.steps_of(self.app)

    def close(self) -> None:
        for app in self._opened:
            app.store.close()

    def restarted(self) -> UseCases:
        """The same data as another process would open it."""
        app = open_app(self.config, self.clock, self.nudge)
        self._opened.append(app)
        return app

    @property
    def phone(self) -> Phone:
        return self.phones[0]

    @property
    def subscriber_id(self) -> str:
        assert self.user.subscriber_id is not None
        return self.user.subscriber_id

    # --- the worker's part -----------------------------------------------------------------------------------------------

    def steps_of(self, app: UseCases) -> dict[str, Callable[[Job], None]]:
        """What a worker does, by kind of job."""
        house = Housekeeping(app.store, app.blobs, app.clock, app.pair_device, app.expire_requests, 3600)
        return {
            "prepare_items": PrepareDocuments(app.store, app.blobs, KnownDocuments(), _preparer(), app.clock, app.nudge),
            "make_offers": app.make_offers,
            "embed_items": EmbedSignatures(app.store, app.blobs, _embedder(), app.clock, app.nudge, 0.0),
            "drop_prepared": house.drop_prepared,
            "drop_blob": house.drop_blob,
        }

    def take(self, owner: str = "w1", seconds: float = 60.0) -> Job | None:
        with self.app.store.write() as tx:
            return tx.jobs.take(owner, self.clock.now(), seconds)

    def work(self, until: str = "") -> Job | None:
        """Does what waits, in order; stops before a job of kind ``until`` and returns it, leased."""
        while job := self.take():
            if job.kind == until:
                return job
            self.steps[job.kind](job)
        return None

    # --- documents and requests ------------------------------------------------------------------------------------------

    def document(self, content: bytes | None = None, *, pages: int = 1, **changes: Any) -> Document:
        """A READY document of the portal's user."""
        content = a_pdf(pages=pages) if content is None else content
        [sha256] = self.app.blobs.write_group("documents", [content])
        now = self.clock.now()
        values: dict[str, Any] = {
            "document_id": new_id("doc", now),
            "relying_party_id": self.app.portal.relying_party_id,
            "user_id": self.user.user_id,
            "title": "Hợp đồng thuê nhà",
            "document_code": "HD-1",
            "file_name": "hop-dong.pdf",
            "state": DocumentState.READY,
            "uploaded_sha256": sha256,
            "current_sha256": sha256,
            "current_length": len(content),
            "created_at": now,
            "pages": pages,
            "page_boxes": ((595.0, 842.0),) * pages,
            "checked_by": CHECKER_VERSION,
        }
        document = Document(**(values | changes))
        with self.app.store.write() as tx:
            tx.documents.add(document)
        return document

    def wanted(self, documents: Iterable[Document], placement: Placement | None = None, **changes: Any) -> NewRequest:
        values: dict[str, Any] = {
            "relying_party_id": self.app.portal.relying_party_id,
            "user_id": self.user.user_id,
            "requested_by": "Trần Văn Bình",
            "subscriber_id": self.subscriber_id,
            "documents": [WantedSignature(document.document_id, placement) for document in documents],
        }
        return NewRequest(**(values | changes))

    def queue(self, count: int = 1, **changes: Any) -> SignRequest:
        """A request in PREPARING over ``count`` fresh documents."""
        documents = [self.document(a_pdf(f"n{number}")) for number in range(count)]
        return self.app.queue_request(self.wanted(documents, **changes))

    def offered(self, count: int = 1, **changes: Any) -> SignRequest:
        """A request in QUEUED, with an offer for each active phone."""
        request = self.queue(count, **changes)
        self.work()
        return self.read(request)

    def chosen(self, count: int = 1, phone: Phone | None = None, **changes: Any) -> SignRequest:
        """A request whose code ``phone`` has chosen rightly."""
        request = self.offered(count, **changes)
        self.choose(request, phone)
        return self.read(request)

    def signing(self, count: int = 1, phone: Phone | None = None, **changes: Any) -> SignRequest:
        """A request in SIGNING."""
        request = self.chosen(count, phone, **changes)
        self.approve(request, phone)
        return self.read(request)

    def answered(self, count: int = 1) -> SignRequest:
        """A request in ANSWERED: every value is there, nothing is embedded."""
        request = self.signing(count)
        self.send(request)
        return self.read(request)

    def completed(self, count: int = 1) -> SignRequest:
        request = self.answered(count)
        self.work()
        return self.read(request)

    # --- what the phone does ---------------------------------------------------------------------------------------------

    def choose(self, request: SignRequest, phone: Phone | None = None, code: str | None = None) -> Statement:
        phone = phone or self.phone
        choice = phone.choice(self.offer(request, phone), request.verification_code if code is None else code)
        return self.app.judge_code(phone.device_id, request.request_id, choice)

    def wrong_code(self, request: SignRequest) -> str:
        return next(code for code in request.verification_codes if code != request.verification_code)

    def approve(self, request: SignRequest, phone: Phone | None = None, **changes: Any) -> Statement:
        phone = phone or self.phone
        approval = phone.approval(self.offer(request, phone), request.verification_code, **changes)
        return self.app.accept_approval.approve(phone.device_id, approval)

    def refuse(self, request: SignRequest, phone: Phone | None = None, **changes: Any) -> Statement:
        phone = phone or self.phone
        return self.app.accept_approval.refuse(phone.device_id, phone.refusal(self.offer(request, phone), **changes))

    def values(self, request: SignRequest, positions: Iterable[int] | None = None) -> list[tuple[int, bytes]]:
        """True signature values over the attributes that the server's manifest shows the phone."""
        phone = self.signer_of(request)
        page = self.app.fetch_documents.manifest(request.request_id, phone.device_id, 0, 500)["items"]
        wanted = {item["position"]: unb64(item["signed_attributes"]) for item in page}
        chosen = [item.position for item in self.items(request) if item.state == "PREPARED"]
        return [(p, phone.sign_dtbs(wanted[p])) for p in (chosen if positions is None else positions)]

    def send(self, request: SignRequest, positions: Iterable[int] | None = None) -> Statement:
        return self.send_values(request, self.values(request, positions))

    def send_values(self, request: SignRequest, values: Iterable[tuple[int, bytes]]) -> Statement:
        phone = self.signer_of(request)
        approval = self.offer(request, phone).approval_sha256 or ""
        return self.app.accept_signatures(phone.device_id, request.request_id, approval, framed(values))

    def signer_of(self, request: SignRequest) -> Phone:
        device_id = self.read(request).device_id
        return next(phone for phone in self.phones if phone.device_id == device_id)

    # --- reading ---------------------------------------------------------------------------------------------------------

    def read(self, request: SignRequest | str) -> SignRequest:
        with self.app.store.read() as tx:
            return tx.requests.get(request if isinstance(request, str) else request.request_id)

    def state(self, request: SignRequest) -> State:
        return self.read(request).state

    def items(self, request: SignRequest) -> list[Item]:
        with self.app.store.read() as tx:
            return list(tx.items.each(request.request_id))

    def item_states(self, request: SignRequest) -> list[str]:
        return [str(item.state) for item in self.items(request)]

    def offer(self, request: SignRequest, phone: Phone | None = None) -> Offer:
        with self.app.store.read() as tx:
            return tx.offers.get(request.request_id, (phone or self.phone).device_id)

    def read_document(self, document_id: str) -> Document:
        with self.app.store.read() as tx:
            return tx.documents.get(document_id)

    def audit_kinds(self, subject: str) -> list[str]:
        with self.app.store.read() as tx:
            return [entry.kind for entry in tx.audit.of_subject(subject)]

    def messages(self, topic: str = "") -> list[tuple[str, str, dict[str, Any]]]:
        """The outbox, oldest first."""
        with self.app.store.read() as tx:
            waiting = tx.outbox.waiting(1000)
        return [(m.topic, m.subject, m.body) for m in waiting if not topic or m.topic == topic]
