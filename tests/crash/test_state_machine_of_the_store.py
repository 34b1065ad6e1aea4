"""A state machine that nobody wrote a story for: requests are queued, prepared, offered, answered, cancelled, put off and forgotten in any
order, by workers that sleep past their lease and processes that start anew, and after each step the store must hold what the design
promises (``store_promises``). In the end everything that may move has moved. (Long, because hypothesis wants a machine in one class.)
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings, strategies
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from server.audit.audit_log import GENESIS, entry_hash
from server.audit.verify_log import verify_log
from server.documents.document import Document, DocumentState
from server.errors import Conflict, IllegalMove, LeaseLost, PhoneSealError
from server.ids import new_id
from server.pdf.checker_version import CHECKER_VERSION
from server.signing.finish_request import outcome_of
from server.signing.queue_request import NewRequest, WantedSignature
from server.signing.sign_request import BEFORE_APPROVAL, FINAL, ItemState, State
from server.statements import Statement, unb64
from server.work import Job
from tests.crash.store_promises import Seen, check_counts, check_move, check_moved_on, jobs_of
from tests.crash.store_world import StoreWorld, drop_template
from tests.unit.server.builders import Phone, framed

DOCUMENTS = 6
LEASE = 60.0
PHASES = (Phase.explicit, Phase.generate)  # a failing run is short enough to read; shrinking it takes minutes
which = strategies.integers(0, 7)
rarely = strategies.sampled_from((False, False, False, True, False, False))


@pytest.fixture(scope="module", autouse=True)
def _clean_up() -> Iterator[None]:
    yield
    drop_template()


class Requests(RuleBasedStateMachine):
    """``requests`` in the order in which they were made; ``seen`` is what the last look at the store showed."""

    def __init__(self) -> None:
        super().__init__()
        self.world = StoreWorld()
        self.requests: list[str] = []
        self.documents: list[Document] = []
        self.seen: dict[str, Seen] = {}
        self.ends: dict[str, dict[str, Statement | None]] = {}
        self.asleep: list[Job] = []
        self.said: list[tuple[Phone, str, Statement]] = []
        self.chunks: list[tuple[Phone, str, str, bytes]] = []
        self.audited = (0, GENESIS)

    def teardown(self) -> None:
        try:
            if self.documents:
                self.everything_ends()
        finally:
            self.world.close()

    # --- short ways ------------------------------------------------------------------------------------------------------

    def attempt(self, function: Any, *arguments: Any) -> Any:
        """What a caller would do: an error of the tree is an answer, anything else (an illegal move above all) is a fault."""
        try:
            return function(*arguments)
        except IllegalMove:
            raise
        except PhoneSealError:
            return None

    def pick(self, n: int) -> str:
        return self.requests[-1 - n % len(self.requests)]

    def phone(self, n: int) -> Phone:
        return self.world.phones[n % len(self.world.phones)]

    def offer(self, request_id: str, phone: Phone) -> Any:
        with self.world.app.store.read() as tx:
            return tx.offers.find(request_id, phone.device_id)

    # --- the requester ---------------------------------------------------------------------------------------------------

    @initialize()
    def two_requests_are_there(self) -> None:
        app, now = self.world.app, self.world.clock.now()
        for number in range(DOCUMENTS):
            content = b"document %d" % number
            [sha256] = app.blobs.write_group("documents", [content])
            document = Document(
                document_id=new_id("doc", now),
                relying_party_id=app.portal.relying_party_id,
                user_id=self.world.user.user_id,
                title=f"Tài liệu {number}",
                document_code="",
                file_name="x.pdf",
                state=DocumentState.READY,
                uploaded_sha256=sha256,
                current_sha256=sha256,
                current_length=len(content),
                created_at=now,
                pages=1,
                page_boxes=((595.0, 842.0),),
                checked_by=CHECKER_VERSION,
            )
            with app.store.write() as tx:
                tx.documents.add(document)
            self.documents.append(document)
        self.queue_some({0, 1, 2}, 7200)
        self.queue_some({3}, 7200)

    @rule(first=which, count=strategies.integers(1, 3), lifetime=strategies.sampled_from((7200, 7200, 60)))
    def queue(self, first: int, count: int, lifetime: int) -> None:
        self.queue_some({(first + n) % DOCUMENTS for n in range(count)}, lifetime)

    def queue_some(self, chosen: set[int], lifetime: int) -> None:
        new = NewRequest(
            relying_party_id=self.world.app.portal.relying_party_id,
            user_id=self.world.user.user_id,
            requested_by="Trần Văn Bình",
            subscriber_id=self.world.subscriber_id,
            documents=[WantedSignature(self.documents[n].document_id, None) for n in sorted(chosen)],
            lifetime=lifetime,
        )
        request = self.attempt(self.world.app.queue_request, new)
        if request is not None:
            self.requests.append(request.request_id)

    @precondition(lambda self: self.requests)
    @rule(n=which, really=rarely)
    def cancel(self, n: int, really: bool) -> None:
        if really:
            self.attempt(self.world.app.cancel_request, self.pick(n), "requester")

    # --- the usual way, so that the unusual meets every state ------------------------------------------------------------

    @precondition(lambda self: self.requests)
    @rule(n=which, p=which, far=strategies.sampled_from((1, 2, 4, 8, 16)))
    def a_request_goes_on(self, n: int, p: int, far: int) -> None:
        """The next ``far`` steps of the way on which everything goes well."""
        for _ in range(far):
            self.next_step(self.pick(n), p)
            self.the_store_holds_its_promises()

    def next_step(self, request_id: str, p: int) -> None:
        request = self.seen[request_id][0]
        phone = self.phone(p)
        offer = self.offer(request_id, phone)
        if request.state in (State.PREPARING, State.ANSWERED):
            self.work(2)
        elif request.state is State.SIGNING:
            self.sign_some(self.requests[::-1].index(request_id), {0, 1, 2}, 5)
        elif request.state in FINAL or offer is None:
            self.work(1)
        elif offer.pushed_at is None:
            self.attempt(self.world.app.push_request.record_pushed, request_id, phone.device_id)
        elif offer.choice_sha256 is None:
            self.say(phone, "choose", phone.choice(offer, request.verification_code))
        else:
            self.say(phone, "approve", phone.approval(offer, request.verification_code))

    # --- workers ---------------------------------------------------------------------------------------------------------

    def take(self) -> Job | None:
        with self.world.app.store.write() as tx:
            return tx.jobs.take("worker-0-1", self.world.clock.now(), LEASE)

    def do(self, job: Job) -> None:
        try:
            self.world.steps[job.kind](job)
        except LeaseLost:
            pass
        except (Conflict, FileNotFoundError) as error:
            with self.world.app.store.write() as tx:
                mine = tx.jobs.put_back(job, "failed", self.world.clock.now() + 1)
            if mine and not isinstance(error, Conflict):
                raise  # the files of a job that is still ours have gone

    @rule(jobs=strategies.integers(1, 4))
    def work(self, jobs: int) -> None:
        for _ in range(jobs):
            job = self.take()
            if job is None:
                return
            self.do(job)

    @rule()
    def a_worker_takes_a_job_and_sleeps(self) -> None:
        job = self.take()
        if job is not None:
            self.asleep.append(job)

    @precondition(lambda self: self.asleep)
    @rule(n=which)
    def a_worker_wakes_up(self, n: int) -> None:
        self.do(self.asleep.pop(n % len(self.asleep)))

    @precondition(lambda self: self.asleep)
    @rule(n=which, really=rarely)
    def a_job_is_given_up(self, n: int, really: bool) -> None:
        if really:
            self.attempt(self.world.give_up, self.asleep.pop(n % len(self.asleep)))

    @rule(late=strategies.booleans())
    def a_worker_is_overtaken(self, late: bool) -> None:
        """It sleeps in the middle of a job, and others go on; ``late``: beyond its lease."""
        job = self.take()
        if job is not None:
            self.meanwhile(lambda: (self.world.clock.advance(61 if late else 1), self.work(3)))
            self.do(job)
            self.world.meanwhile = None

    def meanwhile(self, happening: Callable[[], object]) -> None:
        """In the middle of what is done next; the store is looked at right after it."""
        self.world.meanwhile = lambda: (happening(), self.the_store_holds_its_promises())

    @rule()
    def a_worker_takes_over(self) -> None:
        with self.world.app.store.write() as tx:
            tx.jobs.release("worker-0-")

    @rule()
    def everything_starts_anew(self) -> None:
        self.world.restart()

    # --- time ------------------------------------------------------------------------------------------------------------

    @rule(seconds=strategies.sampled_from((1, 61, 61, 61, 61, 61, 3601)))
    def time_passes(self, seconds: int) -> None:
        self.world.clock.advance(seconds)

    @rule()
    def sweep(self) -> None:
        self.world.housekeeping.sweep()

    # --- phones ----------------------------------------------------------------------------------------------------------

    @rule(p=which)
    def a_phone_says_hello(self, p: int) -> None:
        device_id = self.phone(p).device_id
        self.attempt(self.world.app.push_request.waiting, device_id)
        self.attempt(self.world.app.push_request.want_offers, device_id)

    @precondition(lambda self: self.requests)
    @rule(n=which, p=which)
    def push(self, n: int, p: int) -> None:
        self.attempt(self.world.app.push_request.record_pushed, self.pick(n), self.phone(p).device_id)

    @precondition(lambda self: self.requests)
    @rule(n=which, p=which)
    def look(self, n: int, p: int) -> None:
        offer = self.offer(self.pick(n), self.phone(p))
        if offer is not None:
            push = self.world.app.push_request
            self.attempt(push.record_opened, offer.request_id, offer.device_id, offer.envelope_sha256)

    @precondition(lambda self: self.requests)
    @rule(n=which, p=which, wrong=rarely)
    def choose(self, n: int, p: int, wrong: bool) -> None:
        phone, offer = self.phone(p), self.offer(self.pick(n), self.phone(p))
        if offer is not None:
            request = self.seen[offer.request_id][0]
            code = next(c for c in request.verification_codes if (c != request.verification_code) is wrong)
            self.say(phone, "choose", phone.choice(offer, code))

    @precondition(lambda self: self.requests)
    @rule(n=which, p=which, unticked=strategies.sets(strategies.integers(0, 2), max_size=1))
    def approve(self, n: int, p: int, unticked: set[int]) -> None:
        phone, offer = self.phone(p), self.offer(self.pick(n), self.phone(p))
        if offer is not None:
            refused = [(position, "") for position in sorted(unticked)]
            code = self.seen[offer.request_id][0].verification_code
            self.say(phone, "approve", phone.approval(offer, code, refused=refused))

    @precondition(lambda self: self.requests)
    @rule(n=which, p=which, early=strategies.sampled_from((0.0, 0.0, 0.001)))
    def an_approval_comes_on_the_stroke(self, n: int, p: int, early: float) -> None:
        """At the very moment of expiry, or just before it, and nobody has swept."""
        phone, offer = self.phone(p), self.offer(self.pick(n), self.phone(p))
        if offer is not None:
            request = self.seen[offer.request_id][0]
            self.say(phone, "choose", phone.choice(offer, request.verification_code))
            self.world.clock.time = max(self.world.clock.time, request.expires_at - early)
            self.say(phone, "approve", phone.approval(offer, request.verification_code))

    @precondition(lambda self: self.requests)
    @rule(n=which, p=which, really=rarely)
    def refuse(self, n: int, p: int, really: bool) -> None:
        phone, offer = self.phone(p), self.offer(self.pick(n), self.phone(p))
        if really and offer is not None:
            self.say(phone, "refuse", phone.refusal(offer))

    def say(self, phone: Phone, what: str, statement: Statement) -> None:
        self.said.append((phone, what, statement))
        self.hear(phone, what, statement)

    def hear(self, phone: Phone, what: str, statement: Statement) -> None:
        app = self.world.app
        if what == "choose":
            self.attempt(app.judge_code, phone.device_id, json.loads(statement.body)["request_id"], statement)
        elif what == "approve":
            self.attempt(app.accept_approval.approve, phone.device_id, statement)
        else:
            self.attempt(app.accept_approval.refuse, phone.device_id, statement)

    @precondition(lambda self: self.said)
    @rule(n=which)
    def a_statement_comes_again(self, n: int) -> None:
        self.hear(*self.said[-1 - n % len(self.said)])

    @precondition(lambda self: self.requests)
    @rule(n=which, kept=strategies.sets(strategies.integers(0, 2), min_size=1), spoilt=strategies.integers(0, 5))
    def sign(self, n: int, kept: set[int], spoilt: int) -> None:
        """A chunk with values for some of the items (each time new ones: ECDSA is random); now and then one is false or empty."""
        self.sign_some(n, kept, spoilt)

    @precondition(lambda self: self.requests)
    @rule(n=which, kept=strategies.sets(strategies.integers(0, 2), min_size=1), what=which)
    def a_chunk_is_overtaken(self, n: int, kept: set[int], what: int) -> None:
        """While its values are verified, another chunk comes, the requester cancels, or time runs out."""
        request_id = self.pick(n)
        for _ in range(8):
            if self.seen[request_id][0].state in BEFORE_APPROVAL:
                self.next_step(request_id, what)
                self.the_store_holds_its_promises()
        if what < 4:
            self.meanwhile(lambda: self.sign_some(n, kept, 5))
        elif what < 6:
            self.meanwhile(lambda: self.attempt(self.world.app.cancel_request, request_id, "requester"))
        else:
            self.meanwhile(lambda: (self.world.clock.advance(3601), self.world.housekeeping.sweep()))
        self.sign_some(n, kept, 5)
        self.world.meanwhile = None

    def sign_some(self, n: int, kept: set[int], spoilt: int) -> None:
        request = self.seen[self.pick(n)][0]
        phone = next((phone for phone in self.world.phones if phone.device_id == request.device_id), None)
        if phone is None:
            return
        fetched = self.attempt(self.world.app.fetch_documents.manifest, request.request_id, phone.device_id, 0, 500)
        values = []
        for item in (fetched or {"items": []})["items"]:
            if item["position"] in kept:
                value = phone.sign_dtbs(unb64(item["signed_attributes"]))
                false = b"" if spoilt == 0 else value[:-1] + bytes([value[-1] ^ 1])
                values.append((item["position"], false if spoilt in (0, item["position"] + 1) else value))
        approval = self.offer(request.request_id, phone).approval_sha256 or ""
        if values:
            self.chunks.append((phone, request.request_id, approval, framed(values)))
            self.send(self.chunks[-1])

    def send(self, chunk: tuple[Phone, str, str, bytes]) -> None:
        phone, request_id, approval, values = chunk
        self.attempt(self.world.app.accept_signatures, phone.device_id, request_id, approval, values)

    @precondition(lambda self: self.chunks)
    @rule(n=which)
    def a_chunk_comes_again(self, n: int) -> None:
        self.send(self.chunks[-1 - n % len(self.chunks)])

    @rule(p=which, freeze=rarely)
    def a_phone_is_frozen_or_thawed(self, p: int, freeze: bool) -> None:
        ends = self.world.app.end_device
        self.attempt(ends.freeze if freeze else ends.thaw, self.phone(p).device_id, "owner")

    @rule(p=which, really=rarely, truly=rarely)
    def a_phone_is_unpaired(self, p: int, really: bool, truly: bool) -> None:
        if really and truly:
            self.attempt(self.world.app.end_device.unpair, self.phone(p).device_id, "owner")

    # --- what must be true after each step -------------------------------------------------------------------------------

    @invariant()
    def the_store_holds_its_promises(self) -> None:
        with self.world.app.store.read() as tx:
            now = {key: (tx.requests.get(key), list(tx.items.each(key))) for key in self.requests}
            jobs = {key: jobs_of(tx, key) for key in self.requests}
        for key, (request, items) in now.items():
            if key in self.seen:
                check_move(request, items, self.seen[key])
            check_counts(request, items)
            check_moved_on(request, items, jobs[key])
        live = [
            item.document_id
            for request, items in now.values()
            if request.state not in FINAL
            for item in items
            if item.state is not ItemState.SIGNED  # its file is there: the document may be signed again
        ]
        assert len(live) == len(set(live)), "a document is in two open requests"
        self.seen = now
        self.check_outcomes()
        self.check_audit_log()

    def check_outcomes(self) -> None:
        """What a phone is told about the end is the same bytes for ever."""
        signer = self.world.app.signer
        with self.world.app.store.read() as tx:
            for key, (request, _) in self.seen.items():
                if request.state in FINAL:
                    offers = tx.offers.of_request(key)
                    said = {offer.device_id: outcome_of(tx, request, offer, signer) for offer in offers}
                    assert None not in said.values()
                    assert self.ends.setdefault(key, said) == said

    def check_audit_log(self) -> None:
        """Only what is new: each entry follows the one before."""
        with self.world.app.store.read() as tx:
            sequence, previous = self.audited
            while (entry := tx.audit.at(sequence + 1)) is not None:
                assert entry.previous_hash == previous
                assert entry.hash == entry_hash(entry)
                sequence, previous = entry.sequence, entry.hash
            self.audited = (sequence, previous)

    # --- and in the end --------------------------------------------------------------------------------------------------

    def everything_ends(self) -> None:
        """Left alone, with workers and a clock that goes on, every request ends and nothing is left over."""
        self.world.restart()
        self.asleep.clear()
        for _ in range(6):
            self.world.clock.advance(3601)
            self.world.housekeeping.sweep()
            while (job := self.take()) is not None:
                self.do(job)
        self.world.housekeeping.tidy()
        self.the_store_holds_its_promises()
        store = self.world.app.store
        states = [request.state for request, _ in self.seen.values()]
        assert set(states) <= FINAL, states
        with store.read() as tx:
            assert tx.jobs.waiting(self.world.clock.now() + 1e9) == 0
        assert verify_log(store, self.world.app.blobs).problems == []
        left = sorted(path.name for path in (self.world.folder / "blobs" / "prepared").iterdir())
        assert left == [], "prepared bytes of finished requests stay"


Requests.TestCase.settings = settings(
    max_examples=240,
    stateful_step_count=50,
    derandomize=True,
    deadline=None,
    database=None,
    phases=PHASES,
    suppress_health_check=list(HealthCheck),
)
TestRequests = pytest.mark.timeout(400)(Requests.TestCase)  # 45 s of CPU, which a busy machine has to spare now and then
