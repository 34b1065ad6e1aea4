"""Both clients against real sockets on loopback: a Socket.IO server and an HTTP server made for the purpose."""

import gzip
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import socketio
from werkzeug.serving import make_server

from mobile_app.errors import LinkError, ServerRefused
from mobile_app.link.http_link import HttpConnector
from mobile_app.link.socket_link import SocketIoConnector
from mobile_app.link.trust import ServerTrust

PROBLEM = {
    "type": "about:blank",
    "title": "No",
    "status": 409,
    "detail": "",
    "code": "request_over",
    "details": {"why": "x"},
}


class Answers(BaseHTTPRequestHandler):
    """What a good or a bad server answers, by path."""

    seen: list[dict[str, str]] = []

    def do_GET(self) -> None:
        self.seen.append(dict(self.headers))
        data = bytes(range(256)) * 4
        wanted = self.headers.get("Range", "")
        if self.path == "/range":
            first, last = (int(one) for one in wanted.removeprefix("bytes=").split("-"))
            self.answer(206, data[first : last + 1], {"Content-Range": f"bytes {first}-{last}/{len(data)}"})
        elif self.path == "/other-range":
            self.answer(206, data[:10], {"Content-Range": f"bytes 0-9/{len(data)}"})
        elif self.path == "/bytes":
            self.answer(200, data)
        elif self.path == "/problem":
            self.answer(409, json.dumps(PROBLEM).encode())
        elif self.path == "/busy":
            self.answer(503, b"{}")
        elif self.path == "/html":
            self.answer(404, b"<html>")
        elif self.path == "/elsewhere":
            self.answer(302, b"", {"Location": "/bytes"})
        elif self.path == "/twice":
            self.answer(200, b'{"a":1,"a":2}')
        elif self.path == "/bomb":
            self.answer(200, gzip.compress(bytes(10_000_000)), {"Content-Encoding": "gzip"})
        elif self.path == "/cut":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"x")
        else:
            self.answer(200, b'{"fine":true}')

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(200, json.dumps({"got": json.loads(body)}).encode())

    def answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def web():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    link = HttpConnector(ServerTrust()).open(f"http://127.0.0.1:{server.server_port}")
    yield link
    link.close()
    server.shutdown()
    server.server_close()
    thread.join()


def test_http_json_and_bytes(web):
    assert web.post_json("/x", {"tên": "Ánh"}) == {"got": {"tên": "Ánh"}}
    assert web.get_json("/fine", "t" * 32, max_bytes=100) == {"fine": True}
    assert Answers.seen[-1]["Authorization"] == "Bearer " + "t" * 32
    assert Answers.seen[-1]["Accept-Encoding"] == "identity"
    assert b"".join(web.get_stream("/bytes", "t", max_bytes=1024)) == bytes(range(256)) * 4
    assert b"".join(web.get_stream("/range", "t", max_bytes=5, byte_range=(3, 7))) == bytes(range(3, 8))


@pytest.mark.parametrize(
    ("path", "byte_range", "code"),
    [
        ("/bytes", None, "answer_too_long"),
        ("/bomb", None, "answer_too_long"),
        ("/busy", None, "server_unavailable"),
        ("/html", None, "http_status"),
        ("/elsewhere", None, "http_status"),
        ("/cut", None, "connection_failed"),
        ("/other-range", (3, 7), "range_wrong"),
        ("/bytes", (3, 7), "range_wrong"),
    ],
)
def test_http_answers_that_are_not_taken(web, path: str, byte_range, code: str):
    with pytest.raises(LinkError, match=code):
        b"".join(web.get_stream(path, "t", max_bytes=100, byte_range=byte_range))


def test_http_errors_of_the_server_keep_their_code(web):
    with pytest.raises(ServerRefused) as caught:
        web.get_json("/problem", "t", max_bytes=100)
    assert (caught.value.code, caught.value.details) == ("request_over", {"why": "x", "status": 409})


def test_http_json_is_read_strictly(web):
    with pytest.raises(LinkError, match="message_malformed"):
        web.get_json("/twice", "t", max_bytes=100)


def test_nobody_there():
    with pytest.raises(LinkError, match="connection_failed"):
        HttpConnector(ServerTrust()).open("http://127.0.0.1:9").post_json("/x", {})
    with pytest.raises(LinkError, match="connection_failed"):
        SocketIoConnector(ServerTrust()).connect("http://127.0.0.1:9", lambda *_: None, lambda: None)


def test_plain_http_stays_on_loopback():
    for url in ("http://sign.example", "http://10.0.0.1", "http://127.0.0.1.example"):
        with pytest.raises(LinkError, match="tls_required"):
            HttpConnector(ServerTrust()).open(url)
        with pytest.raises(LinkError, match="tls_required"):
            SocketIoConnector(ServerTrust()).connect(url, lambda *_: None, lambda: None)
    ServerTrust(unsafe_allow_plain_http=True).check_url("http://10.0.0.1")
    ServerTrust().check_url("http://[::1]:8443")
    ServerTrust().check_url("https://sign.example")
    session = ServerTrust(ca_file=Path("/ca.pem")).http_session("https://sign.example")
    assert session.verify == "/ca.pem"


class Phones:
    """A Socket.IO server with one namespace, on a free port."""

    def __init__(self) -> None:
        self.io = socketio.Server(async_mode="threading")
        self.sids: list[str] = []
        self.transports: list[str] = []
        self.hold = threading.Event()
        self.io.on("connect", self.connected, namespace="/device")
        self.io.on("*", self.event, namespace="/device")
        self.http = make_server("127.0.0.1", 0, socketio.WSGIApp(self.io), threaded=True)
        self.http.daemon_threads = True
        self.thread = threading.Thread(target=self.http.serve_forever)
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.http.server_port}"

    def connected(self, sid: str, environ: dict[str, object], auth: object = None) -> None:
        self.sids.append(sid)
        self.transports.append(self.io.transport(sid, "/device"))

    def event(self, event: str, sid: str, message: object) -> object:
        if event == "slow":
            self.hold.wait(30)
        if event == "no":
            return {"error": {"code": "wrong_pin", "message": "PIN", "details": {"tries_left": 1, "retry_after": 0}}}
        if event == "odd":
            return {"fine": 1}
        return {"ok": {"event": event, "bytes": len(message["values"]) if "values" in message else None}}

    def close(self) -> None:
        self.hold.set()
        for sid in self.sids:
            self.io.disconnect(sid, namespace="/device")
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()


@pytest.fixture
def phones():
    made = Phones()
    yield made
    made.close()


def wait_for(condition, seconds: float = 10.0) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_socket_calls_events_and_the_end(phones: Phones):
    events: list[tuple[str, object]] = []
    gone = threading.Event()

    def on_event(event: str, message: object) -> dict[str, object]:
        events.append((event, message))
        return {"received": True}

    link = SocketIoConnector(ServerTrust()).connect(phones.url, on_event, gone.set)
    assert phones.transports == ["websocket"]
    assert link.call("hello", {"a": 1}) == {"event": "hello", "bytes": None}
    assert link.call("signatures", {"values": bytes(1000)}) == {"event": "signatures", "bytes": 1000}
    with pytest.raises(ServerRefused) as caught:
        link.call("no", {})
    assert (caught.value.code, caught.value.details["tries_left"]) == ("wrong_pin", 1)
    with pytest.raises(LinkError, match="message_malformed"):
        link.call("odd", {})
    with pytest.raises(LinkError, match="no_answer"):
        link.call("slow", {}, timeout=0.1)
    answer = phones.io.call("sign_request", {"envelope": 1}, to=phones.sids[0], namespace="/device", timeout=10)
    assert answer == {"received": True}
    assert events == [("sign_request", {"envelope": 1})]
    link.close()
    assert gone.wait(60)
    with pytest.raises(LinkError, match="connection_lost"):
        link.call("hello", {})


def test_a_call_whose_connection_breaks_fails_at_once(phones: Phones):
    gone = threading.Event()
    link = SocketIoConnector(ServerTrust()).connect(phones.url, lambda *_: None, gone.set)
    failures: list[LinkError] = []

    def ask() -> None:
        try:
            link.call("slow", {}, timeout=60)
        except LinkError as error:
            failures.append(error)

    thread = threading.Thread(target=ask)
    started = time.monotonic()
    thread.start()
    wait_for(lambda: bool(link._calls))
    phones.io.disconnect(phones.sids[0], namespace="/device")
    thread.join(50)
    assert [error.code for error in failures] == ["connection_lost"]
    assert time.monotonic() - started < 45, "the call itself would wait a minute"
    assert gone.wait(45)
