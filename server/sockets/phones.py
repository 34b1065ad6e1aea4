"""Phones on the wire: the ``/device`` namespace, who is connected, and pushes to them.

One device has at most one proven socket; a newer one closes the older. A socket that has not proved itself after ten seconds is closed.
What is pushed was committed before; if it is lost, the phone asks by ``waiting``.
"""

import contextlib
import functools
import json
import logging
from typing import Any

import gevent
from flask import request
from flask_socketio import Namespace, SocketIO

from server.app import UseCases
from server.crash_points import crash_point
from server.errors import PhoneSealError
from server.lanes import Lanes
from server.sockets.device_events import DeviceEvents, PhoneSocket
from server.sockets.guard import hang_up, prove

log = logging.getLogger(__name__)
NAMESPACE = "/device"
PROVE_WITHIN = 10.0
CLOSE_AFTER = 0.5


class Phones(Namespace):  # type: ignore[misc]
    def __init__(self, socketio: SocketIO, app: UseCases, lanes: Lanes) -> None:
        super().__init__(NAMESPACE)
        self._io = socketio
        self._app = app
        self._lanes = lanes
        self._sockets: dict[str, PhoneSocket] = {}
        self._by_device: dict[str, PhoneSocket] = {}
        self._events = DeviceEvents(app, lanes, self._proved)

    @property
    def connected(self) -> int:
        """How many phones have proved themselves and are there."""
        return len(self._by_device)

    def on_connect(self, _auth: object = None) -> None:
        sid: str = request.sid  # type: ignore[attr-defined]
        self._sockets[sid] = PhoneSocket(sid)
        gevent.spawn_later(PROVE_WITHIN, self._close_unproved, sid)

    def _close_unproved(self, sid: str) -> None:
        socket = self._sockets.get(sid)
        if socket is not None and socket.device is None:
            self._close(sid)

    def _close(self, sid: str) -> None:
        server = self._io.server
        with contextlib.suppress(KeyError, OSError):
            connection = server.manager.eio_sid_from_sid(sid, NAMESPACE)
            server.disconnect(sid, namespace=NAMESPACE)
            hang_up(server, connection)  # leaving the namespace alone would keep the connection open

    def on_disconnect(self, _reason: object = None) -> None:
        socket = self._sockets.pop(request.sid, None)  # type: ignore[attr-defined]
        if socket is not None and self._by_device.get(socket.device_id) is socket:
            del self._by_device[socket.device_id]

    def trigger_event(self, event: str, *args: Any) -> Any:
        """All phone events go one way: by name into ``DeviceEvents``, which answers unknown ones with an error."""
        if event in ("connect", "disconnect"):
            return super().trigger_event(event, *args)
        sid, message = args[0], args[1] if len(args) == 2 else None
        socket = self._sockets.get(sid)
        if socket is None or socket.misbehaves():
            return None
        answer = self._events.answer(socket, event, message)
        if socket.misbehaves():
            gevent.spawn(self._close, sid)
        if event == "waiting" and "ok" in answer:
            gevent.spawn(self._ask_about_new_devices, socket)
        return answer

    def _proved(self, socket: PhoneSocket) -> None:
        older = self._by_device.get(socket.device_id)
        self._by_device[socket.device_id] = socket
        with contextlib.suppress(KeyError):  # gone meanwhile
            prove(self._io.server, socket.sid, NAMESPACE)
        if older is not None and older is not socket:
            gevent.spawn(self._close, older.sid)

    def _ask_about_new_devices(self, socket: PhoneSocket) -> None:
        with contextlib.suppress(PhoneSealError):
            for statement in self._events.approvals_wanted(socket.device_id):
                pairing_id = str(json.loads(statement.body)["pairing_id"])
                received = functools.partial(self._knows_new_device, socket.device_id, pairing_id)
                crash_point("new_device.before_emit")
                self._emit(socket, "new_device", {"approval_request": statement.to_json()}, received)
                crash_point("new_device.after_emit")

    def _knows_new_device(self, device_id: str, pairing_id: str, *_answer: object) -> None:
        with contextlib.suppress(PhoneSealError):
            self._lanes.database(self._app.wake_phones.acknowledged, device_id, pairing_id)

    def _emit(self, socket: PhoneSocket, event: str, message: dict[str, Any], callback: Any = None) -> None:
        self._io.emit(event, message, to=socket.sid, namespace=NAMESPACE, callback=callback)

    # --- called by the outbox --------------------------------------------------------------------------------------------

    def push(self, request_id: str, device_id: str) -> None:
        """Sends the envelope if the phone is there; its acknowledgement moves the request to PUSHED."""
        socket = self._by_device.get(device_id)
        if socket is None:
            return
        envelope = self._lanes.database(self._app.push_request.envelope_for, request_id, device_id)
        if envelope is None:
            return

        def received(*_answer: object) -> None:
            with contextlib.suppress(PhoneSealError):
                self._lanes.database(self._app.push_request.record_pushed, request_id, device_id)

        crash_point("push.before_emit")
        self._emit(socket, "sign_request", {"envelope": envelope.to_json()}, received)
        crash_point("push.after_emit")

    def tell_end(self, request_id: str, device_id: str) -> None:
        """Sends the signed outcome or withdrawal if the phone is there."""
        socket = self._by_device.get(device_id)
        if socket is None:
            return
        final = self._lanes.database(self._app.push_request.final_statement, request_id, device_id)
        if final is None:
            return
        event, statement = final
        crash_point("outcome.before_emit")
        field = "withdrawal" if event == "withdrawn" else "outcome"
        self._emit(socket, event, {field: statement.to_json()})
        crash_point("outcome.after_emit")

    def ask_about_new_device(self, pairing_id: str) -> None:
        """Asks every phone of the pairing's owner that is there."""
        for device_id in self._lanes.database(self._app.complete_pairing.phones_to_ask, pairing_id):
            socket = self._by_device.get(device_id)
            if socket is not None:
                self._ask_about_new_devices(socket)

    def device_changed(self, device_id: str) -> None:
        """A phone that was frozen or unpaired loses its connection."""
        socket = self._by_device.get(device_id)
        if socket is None:
            return
        try:
            self._lanes.database(self._app.prove_device.still_active, device_id)
        except PhoneSealError:
            # later: its own freeze or unpair may still be on its way to be acknowledged
            gevent.spawn_later(CLOSE_AFTER, self._close_ended, socket.sid)

    def _close_ended(self, sid: str) -> None:
        crash_point("device.before_close")
        self._close(sid)
        crash_point("device.after_close")
