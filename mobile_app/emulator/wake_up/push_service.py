"""A push service of one address, on loopback: HTTP as RFC 8030 §5 says, for one phone.

Rules
* It listens on 127.0.0.1 only. The address's path is random: who does not know it gets 404.
* A message counts when all that §2.3 of the protocol says of it is true; else it is refused with the status
  of a real push service, and told why. What is kept of a message: nothing.
"""

import secrets
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from mobile_app.emulator.wake_up.push_message import LARGEST, NotAWakeUp

Judge = Callable[[dict[str, str], bytes], None]
"""(header fields, names in lower case; body). Raises NotAWakeUp."""
_IDLE_SECONDS: Final = 30.0


class PushService:
    """``judge`` is asked, on a thread of the service, about each message that came to the right address."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._path = ""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, name="push-service", daemon=True)
        self._thread.start()

    def new_address(self) -> str:
        """Makes the one before unknown."""
        self._path = f"/push/{secrets.token_urlsafe(20)}"
        return f"http://127.0.0.1:{self._server.server_address[1]}{self._path}"

    def no_address(self) -> None:
        self._path = ""

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, path: str, fields: dict[str, str], body: bytes | None) -> int:
        """The status. ``body`` None: too large."""
        if not self._path or not secrets.compare_digest(path.encode(), self._path.encode()):
            return 404
        if body is None:
            return 413
        try:
            self._judge(fields, body)
        except NotAWakeUp as error:
            return error.status
        return 201

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = _IDLE_SECONDS

            def do_POST(self) -> None:
                length = self.headers.get("Content-Length", "")
                if not (length.isascii() and length.isdecimal()):
                    self._say(411)
                    return
                body = self.rfile.read(int(length)) if int(length) <= LARGEST else None
                self.close_connection = body is None
                fields = {name.lower(): value for name, value in self.headers.items()}
                self._say(service.answer(self.path, fields, body))

            def _say(self, status: int) -> None:
                self.send_response(status)
                if status == 201:
                    self.send_header("Location", f"/message/{secrets.token_urlsafe(16)}")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *values: object) -> None:
                """Nothing: paths are secrets."""

        return Handler
