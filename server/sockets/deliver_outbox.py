"""The outbox leaves here: after commit, in order, at least once. Receivers tolerate repeats.

A message is deleted after it was handed over; a process that dies in between hands it over again. What finds nobody at home is dropped
too: phones and pages ask for themselves when they come back. A message that can't be handed over for a reason that nobody foresaw rests,
longer each time, while the others go on; after ``MAX_TRIES`` it is dropped with an error in the log. A topic that this version does not
know (a newer one wrote it) is said once and kept for one that does. ``/readyz`` tells how many rest.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from server.app import UseCases
from server.crash_points import crash_point
from server.errors import PhoneSealError, Unavailable
from server.lanes import Lanes
from server.processes.gevent_lanes import LOOK_EVERY, News
from server.sockets.browser import Browsers
from server.sockets.phones import Phones
from server.work import Message, Topic

log = logging.getLogger(__name__)
GROUP = 200
MAX_TRIES = 10
LONGEST_REST = 60.0
READ_BY_ASKING: frozenset[Topic] = frozenset({"document_changed", "import_changed", "account_changed"})
"""Nobody is told: pages and long polls ask, and the nudge that goes with the commit wakes them."""


@dataclass
class _Trouble:
    """A message that failed: how often, and until when it rests (monotonic seconds). A restart forgets it and tries again."""

    tries: int = 0
    rests_until: float = 0.0


class DeliverOutbox:
    def __init__(self, app: UseCases, lanes: Lanes, news: News, phones: Phones, browsers: Browsers) -> None:
        self._app = app
        self._lanes = lanes
        self._news = news
        self._troubles: dict[int, _Trouble] = {}
        self._deliver: dict[str, Callable[[Message], None]] = {
            "push": lambda m: phones.push(m.subject, m.body["device_id"]),
            "withdraw": lambda m: phones.tell_end(m.subject, m.body["device_id"]),
            "outcome": lambda m: phones.tell_end(m.subject, m.body["device_id"]),
            "new_device": lambda m: phones.ask_about_new_device(m.subject),
            "device_changed": lambda m: phones.device_changed(m.subject),
            "request_changed": lambda m: browsers.request_changed(m.subject),
            "sessions_ended": lambda m: browsers.sessions_ended(m.subject),
            "session_ended": lambda m: browsers.session_ended(m.subject),
            "pairing_changed": lambda m: browsers.pairing_changed(m.subject),
        }

    def run(self) -> None:
        """For ever, in a greenlet of its own."""
        while True:
            self._news.outbox.clear()
            if not self.deliver_group():
                self._news.outbox.wait(LOOK_EVERY)

    @property
    def topics(self) -> frozenset[str]:
        """Every topic that is taken here."""
        return READ_BY_ASKING | self._deliver.keys()

    @property
    def resting(self) -> int:
        """How many messages failed and wait to be tried again."""
        return len(self._troubles)

    def deliver_group(self) -> bool:
        """Hands over what waits. Returns False when nothing was done with."""
        now = time.monotonic()
        resting = [message_id for message_id, trouble in self._troubles.items() if trouble.rests_until > now]
        messages = self._lanes.database(self._waiting, resting)
        kept = {message.message_id for message in _without_repeats(messages) if not self._hand_over(message)}
        done = [message.message_id for message in messages if message.message_id not in kept]
        for message_id in done:
            self._troubles.pop(message_id, None)
        if done:
            self._lanes.database(self._delivered, done)
        return bool(done)

    def _hand_over(self, message: Message) -> bool:
        """True when the message is done with: delivered, of no use to anybody, or given up."""
        if message.topic in READ_BY_ASKING:
            return True
        deliver = self._deliver.get(message.topic)
        if deliver is None:
            return self._keep_unknown(message)
        try:
            deliver(message)
        except Unavailable as error:
            log.warning("%s %s rests: %s", message.topic, message.subject, error.code)
            return self._rest(message)
        except PhoneSealError as error:
            log.info("%s %s was not delivered: %s", message.topic, message.subject, error.code)
        except Exception:
            log.exception("%s %s failed and rests", message.topic, message.subject)
            return self._rest(message)
        return True

    def _keep_unknown(self, message: Message) -> bool:
        if message.message_id not in self._troubles:
            log.error("%s %s: nobody here takes this topic; it is kept", message.topic, message.subject)
        self._troubles[message.message_id] = _Trouble(rests_until=time.monotonic() + LONGEST_REST)
        return False

    def _rest(self, message: Message) -> bool:
        trouble = self._troubles.setdefault(message.message_id, _Trouble())
        trouble.tries += 1
        if trouble.tries >= MAX_TRIES:
            log.error("%s %s is given up after %d tries", message.topic, message.subject, trouble.tries)
            return True
        trouble.rests_until = time.monotonic() + min(0.5 * 2**trouble.tries, LONGEST_REST)
        return False

    def _waiting(self, resting: Sequence[int]) -> list[Message]:
        with self._app.store.read() as tx:
            return tx.outbox.waiting(GROUP, resting)

    def _delivered(self, message_ids: list[int]) -> None:
        with self._app.store.write() as tx:
            tx.outbox.delivered(message_ids)
            crash_point("delivered.before_commit")
        crash_point("delivered.after_commit")


def _without_repeats(messages: list[Message]) -> list[Message]:
    """Of several words that something changed, the last one is enough; pushes and ends stay in order."""
    last = {(m.topic, m.subject): m.message_id for m in messages if m.topic.endswith("_changed")}
    return [m for m in messages if not m.topic.endswith("_changed") or last[m.topic, m.subject] == m.message_id]
