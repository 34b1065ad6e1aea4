"""Somebody on the line between phone and server, who reads everything and may change what the server says.

A phone is paired with the proxy's address and never knows. ``spoil`` is asked about every statement, every JSON answer and every body of
bytes that goes to the phone; what the phone says passes unchanged (falsified words of the phone are the emulator's business).
"""

import http.client
import json
import re
import socket
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

Statement = dict[str, str]
_STATEMENT = {"purpose", "key_id", "body", "signature"}
_PACKET = re.compile(r"(4[23]/device,\d*)(\[.*)", re.DOTALL)
_TEXT, _LONGEST = 0x81, 16_384


class Spoil:
    """An honest wire. Subclasses change one thing; ``changed`` counts how often they did."""

    def __init__(self) -> None:
        self.changed = 0

    def prepare(self, request_id: str) -> None:
        """Called for each request before the phone hears of it."""

    def statement(self, statement: Statement) -> Statement:
        return statement

    def answer(self, path: str, value: Any) -> Any:
        """A JSON answer over HTTP."""
        return value

    def content(self, path: str, content: bytes) -> bytes:
        """Any other answer over HTTP."""
        return content


class WireProxy:
    def __init__(self, server_url: str) -> None:
        self.upstream = (str(urlsplit(server_url).hostname), int(urlsplit(server_url).port or 80))
        self.spoil = Spoil()
        self._httpd = _Listener(("127.0.0.1", 0), lambda *given: _Line(self, *given))
        self.url = f"http://127.0.0.1:{self._httpd.server_address[1]}"
        self._thread = threading.Thread(target=self._httpd.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._httpd.shutdown()
        self._thread.join()
        self._httpd.server_close()

    def spoilt(self, value: Any) -> Any:
        """``value`` with every statement in it as ``spoil`` wants it."""
        if isinstance(value, dict):
            if set(value) == _STATEMENT:
                return self.spoil.statement(value)
            return {name: self.spoilt(inner) for name, inner in value.items()}
        return [self.spoilt(inner) for inner in value] if isinstance(value, list) else value

    def packet(self, text: str) -> str:
        found = _PACKET.fullmatch(text)
        if found is None:
            return text
        spoilt = self.spoilt(json.loads(found[2]))
        return found[1] + json.dumps(spoilt, ensure_ascii=False, separators=(",", ":"))


class _Listener(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A phone that hangs up is no news."""


class _Line(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def __init__(self, proxy: WireProxy, *given: Any) -> None:
        self._proxy = proxy
        super().__init__(*given)

    def log_message(self, format: str, *args: Any) -> None: ...

    def do_GET(self) -> None:
        if self.headers.get("Upgrade", "").lower() == "websocket":
            self._relay()
        else:
            self._forward()

    do_POST = do_GET

    def _forward(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        call = http.client.HTTPConnection(*self._proxy.upstream, timeout=30)
        try:
            call.request(self.command, self.path, body or None, dict(self.headers))
            answer = call.getresponse()
            content = answer.read()
        finally:
            call.close()
        path = urlsplit(self.path).path
        if "json" in answer.headers.get("Content-Type", ""):
            value = self._proxy.spoil.answer(path, self._proxy.spoilt(json.loads(content)))
            content = json.dumps(value, ensure_ascii=False).encode()
        else:
            content = self._proxy.spoil.content(path, content)
        self.send_response(answer.status)
        for name in ("Content-Type", "Content-Range"):
            if name in answer.headers:
                self.send_header(name, answer.headers[name])
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _relay(self) -> None:
        self.close_connection = True
        with socket.create_connection(self._proxy.upstream, 30) as upstream:
            upstream.settimeout(None)
            del (
                self.headers["Origin"],
                self.headers["Host"],
            )  # it names the proxy; the server takes its own address only
            self.headers["Host"] = ":".join(map(str, self._proxy.upstream))
            head = f"{self.requestline}\r\n" + "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
            upstream.sendall(head.encode("latin-1") + b"\r\n")
            up = threading.Thread(target=_copy, args=(self.connection, upstream), daemon=True)
            up.start()
            with suppress(OSError, EOFError), upstream.makefile("rb") as said:
                self._pass_head(said)
                while True:
                    self._pass_frame(said)
            with suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)

    def _pass_head(self, said: Any) -> None:
        while True:
            line = said.readline()
            self.wfile.write(line)
            if line in (b"\r\n", b""):
                self.wfile.flush()
                return

    def _pass_frame(self, said: Any) -> None:
        """One frame from the server (RFC 6455 §5.2; a server never masks)."""
        first, length = _exactly(said, 2)
        if length >= 126:
            length = int.from_bytes(_exactly(said, 2 if length == 126 else 8), "big")
        content = _exactly(said, length)
        if first == _TEXT:
            content = self._proxy.packet(content.decode()).encode()
        self.wfile.write(bytes([first]) + _length(len(content)) + content)
        self.wfile.flush()


def _exactly(said: Any, count: int) -> bytes:
    content: bytes = said.read(count)
    if len(content) < count:
        raise EOFError
    return content


def _length(count: int) -> bytes:
    if count < 126:
        return bytes([count])
    return bytes([126]) + count.to_bytes(2, "big") if count < 1 << 16 else bytes([127]) + count.to_bytes(8, "big")


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(_LONGEST):
            target.sendall(piece)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)
