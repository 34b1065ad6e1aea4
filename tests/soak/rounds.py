"""A round: a batch is asked for, approved and signed while processes are killed and the line is cut at random instants; then everything
must agree. The same seed gives the same plan; what it meets differs from run to run, as it does in life.

Each document ends signed exactly once or is reported with a reason; the audit log agrees with the files, and the phone with both.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from server.audit.verify_log import verify_log
from server.documents.document import DocumentState
from server.documents.read_document import Asker as Reader
from server.signing.sign_request import Item
from tests.crash.asker import Asked, Asker, a_pdf
from tests.crash.stand import SIGN, Stand
from tests.server_process import wait_for
from tests.soak.line import Line

WORKERS = 2
VALIDATED = 2  # files of each round that pyHanko validates; all are counted
LONGEST = 150.0  # seconds from the question to the end
ACTS = ("web", "web", "worker-0", "worker-1", "phone", "phone", "cut", "cut", "cut long", "supervisor")


@dataclass(frozen=True)
class Act:
    """What happens ``after`` so many seconds."""

    after: float
    what: str


@dataclass
class Round:
    number: int
    plan: list[Act]
    state: str = ""
    seconds: float = 0.0
    items: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    fault: str = ""

    def line(self) -> str:
        """One line for the terminal."""
        acts = ", ".join(f"{act.what} {act.after:.1f}" for act in self.plan)
        items = " ".join(f"{count} {state}" for state, count in sorted(self.items.items()))
        reasons = (
            f" ({', '.join(f'{count} {reason}' for reason, count in self.reasons.items())})" if self.reasons else ""
        )
        return f"round {self.number:3}  {self.seconds:5.1f} s  {self.state:9}  {items}{reasons}  [{acts}]  {self.fault}"


def plan_of(seed: int, number: int) -> list[Act]:
    """Three to six acts within the seconds that a batch takes undisturbed."""
    chance = random.Random(f"{seed}/{number}")
    acts = [Act(chance.uniform(0.0, 4.0), chance.choice(ACTS)) for _ in range(chance.randint(3, 6))]
    return sorted(acts, key=lambda act: act.after)


class Soak:
    """``start`` once, then ``play`` rounds."""

    def __init__(self, folder: Path, *, documents: int = 200, seed: int = 1) -> None:
        self._documents = documents
        self._seed = seed
        self.line = Line()
        self.stand = Stand(folder, workers=WORKERS, public_url=self.line.url)

    def start(self) -> None:
        self.line.start(self.stand.server.port)
        self.stand.start_server()
        self.stand.person = self.stand.server.add_person()
        profile = self.stand.phone.profile
        self.stand.server.pair(profile, self.stand.person, "--algorithm", "ecdsa_p256_sha256", url=self.line.url)
        self.stand.phone.start()

    def stop(self) -> None:
        self.stand.stop()
        self.line.stop()

    def play(self, number: int) -> Round:
        """Plays one round; a broken promise stands in ``fault``."""
        played = Round(number, plan_of(self._seed, number))
        self.stand.refresh()
        began = time.monotonic()
        try:
            asker, asked = self._ask(played)
            ended = asker.await_end(asked, LONGEST)
            played.state, played.seconds = ended["state"], time.monotonic() - began
            self._check(asker, asked, played)
        except AssertionError as error:
            played.fault, played.seconds = f"FAULT {error}", time.monotonic() - began
        return played

    def _ask(self, played: Round) -> tuple[Asker, Asked]:
        server = self.stand.server
        party = server.app.parties.add(f"Công ty {self._seed}-{played.number}-{time.monotonic_ns()}")
        key = server.app.parties.add_key(party.relying_party_id, "soak", ("documents", "sign-requests"))
        documents = [self._upload(party.relying_party_id, f"{played.number}/{n}") for n in range(self._documents)]
        reader = Reader(party.relying_party_id, None)

        def ready() -> bool:
            found = [server.app.read_document.get(reader, document_id).state for document_id in documents]
            assert DocumentState.REFUSED not in found
            return set(found) == {DocumentState.READY}

        wait_for(ready, "the documents are not inspected", 60)
        asker = Asker(server.url, key, self.stand.person.login)
        disturbing = threading.Thread(target=self._disturb, args=(played.plan,), name="disturb")
        disturbing.start()
        try:
            asked = asker.ask_for(documents)
            self.stand.tell_code(asked)
            return asker, asked
        finally:
            disturbing.join()

    def _upload(self, relying_party_id: str, text: str) -> str:
        receive = self.stand.server.app.receive_upload
        arrived = receive.keep_file(receive.write_file([a_pdf(text)]))
        made = receive.record_file(
            arrived, relying_party_id=relying_party_id, user_id=None, file_name="x.pdf", title=SIGN
        )
        return made.document_id

    # -- disturbance ------------------------------------------------------------------------------------------------------

    def _disturb(self, plan: list[Act]) -> None:
        began = time.monotonic()
        for act in plan:
            time.sleep(max(0.0, began + act.after - time.monotonic()))
            self._act(act.what)

    def _act(self, what: str) -> None:
        acts: dict[str, Callable[[], object]] = {
            "phone": self.stand.phone.kill,
            "cut": self.line.cut,
            "cut long": lambda: self.line.cut(2.0),
            "supervisor": self._kill_supervisor,
        }
        acts.get(what, lambda: self.stand.kill_child(what))()

    def _kill_supervisor(self) -> None:
        self.stand.kill_supervisor()
        self.stand.start_server(wait=False)

    # -- what must be true ------------------------------------------------------------------------------------------------

    def _check(self, asker: Asker, asked: Asked, played: Round) -> None:
        self.stand.server.wait_until_ready()
        request, items = self.stand.assert_settled(asked)
        played.items = Counter(str(item.state) for item in items)
        played.reasons = Counter(str(item.reason or item.end_result) for item in items if item.state != "SIGNED")
        assert len(items) == self._documents
        assert request.state == "COMPLETED", request.state
        lines = {line["document_id"]: line for line in asker.lines(asked)}
        for item in items:
            line = lines[item.document_id]
            assert line["state"] == item.state
            assert item.state == "SIGNED" or line["end_result"], "neither signed nor told why not"
        self._check_files(asker, [item for item in items if item.state == "SIGNED"])
        assert verify_log(self.stand.server.app.store, self.stand.server.app.blobs).problems == []

    def _check_files(self, asker: Asker, signed: list[Item]) -> None:
        blobs = self.stand.server.app.blobs
        for item in signed:
            assert blobs.read("documents", item.signed_sha256 or "").count(b"/ByteRange") == 1, "signed twice"
        for item in signed[:VALIDATED]:
            self.stand.assert_signed_once(asker.file(item.document_id))
