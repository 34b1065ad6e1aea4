"""The person who asks, in a browser: logs in, presses Sign, watches the request live over Socket.IO."""

import re
import threading
import time
from collections.abc import Sequence
from typing import Any

import requests
import socketio

from server.pdf.sample_contract import SIGNATURE_PAGE
from server.users.user import User
from tests.bench.contracts import PLACEMENT
from tests.bench.stand import PASSWORD, Stand

_CSRF = re.compile(r'<meta name="csrf-token" content="([^"]+)"')
TIMEOUT = 120


class Browser:
    def __init__(self, stand: Stand, user: User) -> None:
        self._url = stand.url
        self.session = requests.Session()
        form = {"login_name": user.login, "password": PASSWORD, "csrf_token": self._csrf("/login")}
        answer = self.session.post(f"{self._url}/login", data=form, timeout=TIMEOUT, allow_redirects=False)
        assert answer.status_code == 303, answer.text[:300]
        self.session.headers["X-CSRFToken"] = self._csrf("/account")
        self.session.headers["Accept"] = "application/json"
        self._changed = threading.Condition()
        self.seen: dict[str, list[tuple[float, dict[str, Any]]]] = {}
        self._socket = socketio.Client(reconnection=False)
        self._socket.on("request", self._take, namespace="/browser")
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.session.cookies)
        self._socket.connect(
            self._url, headers={"Cookie": cookies}, transports=["websocket"], namespaces=["/browser"]
        )

    def _csrf(self, path: str) -> str:
        found = _CSRF.search(self.session.get(self._url + path, timeout=TIMEOUT).text)
        assert found is not None, path
        return found[1]

    def _take(self, snapshot: dict[str, Any]) -> None:
        with self._changed:
            self.seen.setdefault(snapshot["request_id"], []).append((time.time(), snapshot))
            self._changed.notify_all()

    def sign(self, document_ids: Sequence[str], page: int = SIGNATURE_PAGE) -> tuple[str, float]:
        """Presses Sign (on the document's page, or for many on the batch screen) and watches what becomes of it. The request's id, and when
        the button was pressed."""
        placement = {**PLACEMENT, "page": page}
        if len(document_ids) == 1:
            path, body = "/sign-requests", {"documents": [{"document_id": document_ids[0], "placement": placement}]}
        else:
            path, body = "/batch-signing", {"document_ids": list(document_ids), "placement": placement}
        clicked = time.time()
        answer = self.session.post(f"{self._url}{path}", json=body, timeout=TIMEOUT)
        assert answer.status_code == 201, answer.text[:500]
        request_id = str(answer.json()["request_id"])
        self._take(self._socket.call("watch", {"request_id": request_id}, namespace="/browser")["ok"])
        return request_id, clicked

    def wait_final(self, request_id: str, seconds: float = 180) -> tuple[float, dict[str, Any]]:
        """When the page was shown the end, and the end."""
        until = time.monotonic() + seconds
        with self._changed:
            while True:
                shown = self.seen.get(request_id, [])
                if shown and shown[-1][1]["final"]:
                    return shown[-1]
                if not self._changed.wait(until - time.monotonic()):
                    raise TimeoutError(f"{request_id} does not end: {shown[-1] if shown else None}")

    def first_time(self, request_id: str, name: str, value: int) -> float:
        """When the page first showed ``name`` at ``value`` or more."""
        return next(at for at, snapshot in self.seen[request_id] if snapshot[name] >= value)

    def cancel(self, request_id: str) -> None:
        answer = self.session.post(f"{self._url}/sign-requests/{request_id}/cancel", timeout=TIMEOUT)
        assert answer.status_code == 200, answer.text[:300]

    def get(self, path: str) -> float:
        """Seconds that a page takes."""
        began = time.perf_counter()
        answer = self.session.get(self._url + path, timeout=TIMEOUT, headers={"Accept": "text/html"})
        assert answer.status_code == 200, (path, answer.status_code)
        return time.perf_counter() - began

    def close(self) -> None:
        self._socket.disconnect()
        self.session.close()
