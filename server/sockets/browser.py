"""Live pages: the ``/browser`` namespace. A page says what it watches and gets a snapshot; later ones follow by event.

The socket carries the page's own session cookie, which is looked at anew whenever it asks, and ends with the session; watching is
authorised by object, like the page itself. Nothing depends on an event: a page reads the snapshot again whenever it connects. A big batch
changes fifty times a second: its page is told each new state at once, but mere progress at most each ``PROGRESS_EVERY`` seconds, the last
of it always.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gevent
from flask import request, session
from flask_socketio import Namespace, SocketIO, join_room, leave_room

from server.app import UseCases
from server.crash_points import crash_point
from server.errors import BadInput, NotAuthenticated, PhoneSealError
from server.lanes import Lanes
from server.sockets import wire
from server.sockets.event_bucket import EventBucket
from server.sockets.guard import prove
from server.users.log_in import session_digest
from server.users.user import User
from server.web.sessions import seconds_left, session_name, session_user
from server.web.snapshots import pairing_snapshot, request_snapshot

log = logging.getLogger(__name__)
NAMESPACE = "/browser"
ROOMS_A_SOCKET = 20
EVENTS_A_SECOND, BURST = 10.0, 60.0
PATIENCE = 4 * BURST
"""A page that goes on asking when it was told to wait is cut off."""
SMALL = 20  # documents; a snapshot of so few costs nothing
PROGRESS_EVERY = 0.2


@dataclass
class _Told:
    """What the watchers of a request were told last; ``later``: progress waits for its turn."""

    at: float
    state: str
    small: bool
    later: bool = False


class Browsers(Namespace):  # type: ignore[misc]
    def __init__(self, socketio: SocketIO, app: UseCases, lanes: Lanes) -> None:
        super().__init__(NAMESPACE)
        self._io = socketio
        self._app = app
        self._lanes = lanes
        self._users: dict[str, User] = {}
        self._sessions: dict[str, str] = {}  # by socket: the digest of the session whose cookie it came with
        self._buckets: dict[str, EventBucket] = {}
        self._rooms: dict[str, dict[str, None]] = {}  # by socket, in the order in which they were entered
        self._watched: Counter[str] = Counter()
        self._told: dict[str, _Told] = {}

    def on_connect(self, _auth: object = None) -> bool:
        user = session_user(self._lanes, self._app)
        if user is None:
            log.info("a page without a session tried to connect (%d session fields)", len(session))
            return False
        sid: str = request.sid  # type: ignore[attr-defined]
        self._users[sid], self._sessions[sid] = user, session_digest(session_name())
        self._buckets[sid] = EventBucket(EVENTS_A_SECOND, BURST)
        prove(self._io.server, sid, NAMESPACE)
        gevent.spawn_later(seconds_left(self._app), self._end, sid)
        return True

    def _end(self, sid: str) -> None:
        """The session's time is over, and with it what it was shown."""
        if sid in self._users:
            self._io.server.disconnect(sid, namespace=NAMESPACE)

    def on_disconnect(self, _reason: object = None) -> None:
        sid: str = request.sid  # type: ignore[attr-defined]
        self._users.pop(sid, None)
        self._sessions.pop(sid, None)
        self._buckets.pop(sid, None)
        for room in self._rooms.pop(sid, ()):
            self._unwatch(room)

    def _unwatch(self, room: str) -> None:
        self._watched[room] -= 1
        if self._watched[room] <= 0:
            del self._watched[room]
            self._told.pop(room, None)

    def on_watch(self, message: object = None) -> dict[str, Any]:
        """``{request_id}`` or ``{pairing_id}`` → ``{"ok": snapshot}``. A socket watches the last ``ROOMS_A_SOCKET`` subjects it named."""
        sid: str = request.sid  # type: ignore[attr-defined]
        bucket = self._buckets.get(sid)
        if bucket is None or bucket.level > PATIENCE:
            return {}
        try:
            bucket.pour()
            user = session_user(self._lanes, self._app) if sid in self._users else None
            if user is None:
                raise NotAuthenticated("no session")
            subject, read = self._subject(user, message)
            self._enter(sid, subject)  # before reading: what changes after the reading is told by event
            return {"ok": read()}
        except PhoneSealError as error:
            if bucket.level > PATIENCE:
                log.info("a page asks without end: its connection is closed")
                gevent.spawn(self._io.server.disconnect, sid, namespace=NAMESPACE)
            return wire.error_answer(error)

    def _enter(self, sid: str, subject: str) -> None:
        if sid not in self._users:
            return  # the page went while its question was looked into: nothing of it stays
        rooms = self._rooms.setdefault(sid, {})
        if subject in rooms:
            return
        if len(rooms) >= ROOMS_A_SOCKET:
            oldest = next(iter(rooms))
            del rooms[oldest]
            leave_room(oldest)
            self._unwatch(oldest)
        rooms[subject] = None
        self._watched[subject] += 1
        join_room(subject)

    def _subject(self, user: User, message: object) -> tuple[str, Callable[[], dict[str, Any]]]:
        """What the user may watch, and how its snapshot is read."""
        database, app = self._lanes.database, self._app
        if isinstance(message, dict) and set(message) == {"request_id"}:
            request_id = wire.read_id(message["request_id"], "sr")
            database(app.tell.get, request_id, app.portal.relying_party_id, user.user_id)
            return request_id, lambda: database(request_snapshot, app, request_id)
        if isinstance(message, dict) and set(message) == {"pairing_id"} and user.subscriber_id:
            pairing_id = wire.read_id(message["pairing_id"], "pa")
            database(app.read_devices.pairing, pairing_id, user.subscriber_id)
            return pairing_id, lambda: database(self._pairing, pairing_id)
        raise BadInput("watch a request or a pairing", code="bad_message")

    # --- called by the outbox --------------------------------------------------------------------------------------------

    def request_changed(self, request_id: str) -> None:
        """Everybody on the request's page gets a fresh snapshot: now, or soon when only the progress of a big one has changed."""
        if self._watched[request_id] <= 0:
            return
        told = self._told.get(request_id)
        wait = 0.0 if told is None or told.small else told.at + PROGRESS_EVERY - time.monotonic()
        if told is not None and wait > 0 and self._lanes.database(self._state, request_id) == told.state:
            if not told.later:
                told.later = True
                gevent.spawn_later(wait, self._tell, request_id)
            return
        self._tell(request_id)

    def _state(self, request_id: str) -> str:
        with self._app.store.read() as tx:
            return tx.requests.get(request_id).state

    def _tell(self, request_id: str) -> None:
        if self._watched[request_id] <= 0:
            return
        snapshot = self._lanes.database(request_snapshot, self._app, request_id)
        small = snapshot["items_total"] <= SMALL
        self._told[request_id] = _Told(time.monotonic(), snapshot["state"], small)
        crash_point("tell.before_emit")
        self._io.emit("request", snapshot, to=request_id, namespace=NAMESPACE)
        crash_point("tell.after_emit")

    def sessions_ended(self, user_id: str) -> None:
        """Logged out everywhere, or the password changed: open pages lose their connection, and come back only with a session."""
        for sid, user in list(self._users.items()):
            if user.user_id == user_id:
                gevent.spawn(self._io.server.disconnect, sid, namespace=NAMESPACE)

    def session_ended(self, session_sha256: str) -> None:
        """Logged out in one browser: its open pages are shown nothing more."""
        for sid, session_of in list(self._sessions.items()):
            if session_of == session_sha256:
                gevent.spawn(self._io.server.disconnect, sid, namespace=NAMESPACE)

    def pairing_changed(self, pairing_id: str) -> None:
        if self._watched[pairing_id] > 0:
            self._io.emit(
                "pairing", self._lanes.database(self._pairing, pairing_id), to=pairing_id, namespace=NAMESPACE
            )

    def _pairing(self, pairing_id: str) -> dict[str, Any]:
        with self._app.store.read() as tx:
            pairing = tx.pairings.get(pairing_id)
        return pairing_snapshot(self._app, pairing)
