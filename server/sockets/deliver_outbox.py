"""The outbox leaves here: after commit, in order, at least once. Receivers tolerate repeats.

A message is deleted after it was handed over; a process that dies in between hands it over again. What finds nobody at home is dropped
too: phones and pages ask for themselves when they come back.
"""

import logging
from collections.abc import Callable

from server.app import UseCases
from server.crash_points import crash_point
from server.errors import PhoneSealError
from server.lanes import Lanes
from server.processes.gevent_lanes import LOOK_EVERY, News
from server.sockets.browser import Browsers
from server.sockets.phones import Phones
from server.work import Message

log = logging.getLogger(__name__)
GROUP = 200


class DeliverOutbox:
    def __init__(self, app: UseCases, lanes: Lanes, news: News, phones: Phones, browsers: Browsers) -> None:
        self._app = app
        self._lanes = lanes
        self._news = news
        self._deliver: dict[str, Callable[[Message], None]] = {
            "push": lambda m: phones.push(m.subject, m.body["device_id"]),
            "withdraw": lambda m: phones.tell_end(m.subject, m.body["device_id"]),
            "outcome": lambda m: phones.tell_end(m.subject, m.body["device_id"]),
            "new_device": lambda m: phones.ask_about_new_device(m.subject),
            "device_changed": lambda m: phones.device_changed(m.subject),
            "request_changed": lambda m: browsers.request_changed(m.subject),
            "sessions_ended": lambda m: browsers.sessions_ended(m.subject),
            "pairing_changed": lambda m: browsers.pairing_changed(m.subject),
        }

    def run(self) -> None:
        """For ever, in a greenlet of its own."""
        while True:
            self._news.outbox.clear()
            if not self.deliver_group():
                self._news.outbox.wait(LOOK_EVERY)

    def deliver_group(self) -> bool:
        """Hands over what waits. Returns False when nothing did."""
        messages = self._lanes.database(self._waiting)
        for message in _without_repeats(messages):
            deliver = self._deliver.get(message.topic)
            if deliver is None:
                continue
            try:
                deliver(message)
            except PhoneSealError as error:
                log.info("%s %s was not delivered: %s", message.topic, message.subject, error.code)
        if messages:
            self._lanes.database(self._delivered, [message.message_id for message in messages])
        return bool(messages)

    def _waiting(self) -> list[Message]:
        with self._app.store.read() as tx:
            return tx.outbox.waiting(GROUP)

    def _delivered(self, message_ids: list[int]) -> None:
        with self._app.store.write() as tx:
            tx.outbox.delivered(message_ids)
            crash_point("delivered.before_commit")
        crash_point("delivered.after_commit")


def _without_repeats(messages: list[Message]) -> list[Message]:
    """Of several words that something changed, the last one is enough; pushes and ends stay in order."""
    last = {(m.topic, m.subject): m.message_id for m in messages if m.topic.endswith("_changed")}
    return [m for m in messages if not m.topic.endswith("_changed") or last[m.topic, m.subject] == m.message_id]
