"""Somebody else's work while a batch runs: a single signature of another user, and pages of the portal."""

import threading
import time

from server.users.user import User
from tests.bench.batch import run_batch
from tests.bench.browser import Browser
from tests.bench.contracts import make_contracts
from tests.bench.figures import Figure, at_least, percentile, plain, spread
from tests.bench.idle_phones import IdlePhones
from tests.bench.phone import Phone
from tests.bench.stand import Stand

CLICK_TO_PHONE_MS = 300.0
PAGE_MS = 200.0
PAUSE = 0.05
PAUSE_OF_ASKING = 0.25  # a phone may not be rung more often for long
LOOK_EVERY = 0.5


class OtherUser:
    """Signs and reads until stopped. Requests are taken back once they have reached the phone."""

    def __init__(self, stand: Stand, user: User, documents: int) -> None:
        self._phone = Phone(stand, user, answers=False, algorithm="ecdsa_p256_sha256")
        self._asks, self._reads = Browser(stand, user), Browser(stand, user)
        self._documents = stand.add_documents(user, make_contracts(documents))
        self.click_to_phone: list[float] = []
        self.pages: list[float] = []
        self.phones: list[int] = []
        self.failure: BaseException | None = None
        self._stop = threading.Event()
        self._stand = stand
        works = (self._ask, self._read, self._count)
        self._threads = [threading.Thread(target=self._guard, args=(work,), daemon=True) for work in works]

    def __enter__(self) -> "OtherUser":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self._asks.close()
        self._reads.close()
        self._phone.close()

    def _guard(self, work: object) -> None:
        try:
            while not self._stop.is_set():
                work()  # type: ignore[operator]
                time.sleep(PAUSE)
        except BaseException as error:  # noqa: BLE001 (told by who waits)
            self.failure = error

    def _ask(self) -> None:
        document_id = self._documents.pop(0)
        request_id, clicked = self._asks.sign([document_id])
        self.click_to_phone.append(self._phone.wait("request", request_id).at - clicked)
        self._asks.cancel(request_id)
        self._asks.wait_final(request_id)
        self._documents.append(document_id)
        self._stop.wait(PAUSE_OF_ASKING)

    def _read(self) -> None:
        self.pages.append(self._reads.get("/documents"))

    def _count(self) -> None:
        self.phones.append(self._stand.phones_connected())
        self._stop.wait(LOOK_EVERY)


def measure(
    stand: Stand, user: User, browser: Browser, phone: Phone, other: User, count: int, phones: IdlePhones
) -> list[Figure]:
    with OtherUser(stand, other, 8) as visitor:
        run = run_batch(stand, user, browser, phone, count)
    if visitor.failure is not None:
        raise visitor.failure
    name = f"while_batch_{count}"
    assert percentile(visitor.pages, 50) > 0
    return [
        plain(f"{name}.documents_per_second", count / run.seconds, "documents/s"),
        at_least(f"{name}.phones_connected.least", min(visitor.phones), "phones", phones.count),
        *spread(f"{name}.other_user.click_to_phone", visitor.click_to_phone, CLICK_TO_PHONE_MS),
        *spread(f"{name}.page_load", visitor.pages, PAGE_MS),
        plain(f"{name}.other_user.requests", len(visitor.click_to_phone), "requests"),
        plain(f"{name}.page_loads", len(visitor.pages), "pages"),
    ]
