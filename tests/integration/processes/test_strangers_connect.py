"""What anybody may do to the web process without a log-in: nonsense in frames and lines, connections that say nothing or too slowly."""

import base64
import contextlib
import datetime
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.server_process import ServerProcess, wait_for

ROOT = Path(__file__).parents[3]
JOIN = b"40/device,"
NONSENSE: dict[str, list[tuple[int, bytes]]] = {
    "length in more bytes than it needs": [(1, JOIN), (-1, b"\x81\xff" + (9).to_bytes(8, "big") + bytes(13))],
    "text that is none": [(1, b"\xff\xff")],
    "an event that claims to be a disconnection": [(1, JOIN), (1, b'42/device,1["disconnect","x"]')],
    "an event that claims to be a connection": [(1, JOIN), (1, b'42/device,["connect",{}]')],
    "empty frame": [(1, b"")],
    "no packet type": [(1, b"zzz")],
    "no message type": [(1, b"4zzz")],
    "unknown message type": [(1, b"49")],
    "many attachments": [(1, JOIN), (1, b'4550000-/device,["x"]')],
    "attachment of nothing": [(2, b"abc")],
    "broken JSON": [(1, JOIN), (1, b"42/device,1[{{")],
    "nested JSON": [(1, JOIN), (1, b"42/device," + b"[" * 60_000)],
    "no list": [(1, JOIN), (1, b'42/device,{"a":1}')],
    "no event": [(1, JOIN), (1, b"42/device,[]")],
    "placeholder of nothing": [(1, JOIN), (1, b'451-/device,7["x",{"_placeholder":true,"num":5}]'), (2, b"x")],
    "client's refusal": [(1, JOIN), (1, b"44/device,{}")],
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    one = ServerProcess(tmp_path_factory.mktemp("strangers"))
    one.start()
    yield one
    one.stop()


def handshake(server: ServerProcess) -> socket.socket:
    """An open WebSocket that has belonged to nobody so far."""
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=25)
    key = base64.b64encode(os.urandom(16)).decode()
    connection.sendall(
        f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    received = b""
    while b"pingInterval" not in received:
        piece = connection.recv(4096)
        assert piece, received
        received += piece
    return connection


def frame(opcode: int, content: bytes) -> bytes:
    length = len(content)
    if length < 126:
        size = bytes([0x80 | length])
    else:
        size = bytes([0xFE]) + length.to_bytes(2, "big") if length < 65536 else bytes([0xFF]) + length.to_bytes(8, "big")
    return bytes([0x80 | opcode]) + size + bytes(4) + content


def ends(connection: socket.socket) -> bool:
    """Reads until the other side hangs up."""
    try:
        while connection.recv(65536):
            pass
    except ConnectionResetError:
        pass
    return True


@pytest.mark.parametrize("what", NONSENSE)
def test_nonsense_ends_the_connection_with_one_line(server: ServerProcess, what: str) -> None:
    before = server.log_path.stat().st_size
    with closing(handshake(server)) as connection:
        for opcode, content in NONSENSE[what]:
            connection.sendall(frame(opcode, content) if opcode >= 0 else content)
        connection.settimeout(5)
        assert ends(connection)
    lines = server.log_path.read_bytes()[before:].decode().splitlines()
    assert len([line for line in lines if "can't be read" in line]) == 1, lines
    assert len(lines) == 1, lines
    assert requests.get(server.url + "/healthz", timeout=10).ok


def test_an_events_name_is_not_written_to_the_log(server: ServerProcess) -> None:
    before = server.log_path.stat().st_size
    with closing(handshake(server)) as connection:
        connection.sendall(frame(1, JOIN))
        connection.sendall(frame(1, b'42/device,1["forged\\n2026-01-01 ERROR all is lost",{}]'))
        connection.sendall(frame(1, b'42/device,2[{"a":1},{}]'))
        added = str(
            wait_for(
                lambda: (text := server.log_path.read_bytes()[before:].decode()).count("unknown event") == 2 and text,
                "both events are answered",
            )
        )
    assert "all is lost" not in added
    assert "Traceback" not in added


def test_who_joins_nothing_is_closed_and_who_leaves_again_too(server: ServerProcess) -> None:
    begin = time.monotonic()
    with closing(handshake(server)) as silent, closing(handshake(server)) as leaver, closing(handshake(server)) as busy:
        leaver.sendall(frame(1, JOIN))
        leaver.sendall(frame(1, b"41/device,"))
        busy.settimeout(0.1)
        with contextlib.suppress(TimeoutError):
            busy.sendall(frame(1, b"6") * 1_000_000)  # never a pause: the guard comes all the same
        busy.settimeout(40)
        assert ends(silent)
        assert ends(leaver)
        assert ends(busy)
    assert 8 < time.monotonic() - begin < 44, "before the heartbeat would have noticed (25 s and 20 s)"


def served(script: str) -> str:
    """Runs ``script`` beside a bounded server of its own, in one process under gevent; ``connect`` opens a connection."""
    begin = (
        "from gevent import monkey; monkey.patch_all()\n"
        "import socket, time, gevent\n"
        "import server.processes.connections as c\n"
        "def app(environ, start):\n"
        "    environ['wsgi.input'].read()\n"
        "    start('200 OK', [('Content-Length', '2')]); return [b'ok']\n"
        "c.HEADERS_WITHIN = c.STALL = 0.4; c.IDLE = 1.2\n"
        "listener = socket.socket(); listener.bind(('127.0.0.1', 0)); listener.listen()\n"
        "one = c.BoundedServer(listener, app, per_address=2, log=None)\n"
        "one.start()\n"
        "def connect():\n"
        "    made = socket.create_connection(listener.getsockname(), timeout=20); return made\n"
        "def ended(made):\n"
        "    begin = time.monotonic()\n"
        "    try:\n"
        "        while made.recv(4096): pass\n"
        "    except OSError: pass\n"
        "    return time.monotonic() - begin\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", begin + script],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_one_address_holds_so_many_connections_and_no_more() -> None:
    out = served(
        "first, second = connect(), connect()\n"
        "gevent.sleep(0.05)\n"
        "third = connect(); print(third.recv(10))\n"
        "first.close(); gevent.sleep(0.05)\n"
        "fourth = connect(); fourth.sendall(b'GET / HTTP/1.0\\r\\n\\r\\n'); print(fourth.recv(15)); fourth.close()\n"
        "second.close(); gevent.sleep(0.1); print(dict(one._open))"
    )
    assert out.splitlines() == ["b''", "b'HTTP/1.1 200 OK'", "{}"]


@pytest.mark.parametrize(
    "sent",
    [
        "b''",
        "b'GET / HT'",
        "b'GET / HTTP/1.1\\r\\nHost: x\\r\\n'",
        "b'POST / HTTP/1.1\\r\\nContent-Length: 9\\r\\n\\r\\nabc'",
    ],
)
def test_who_does_not_finish_a_request_is_hung_up_on(sent: str) -> None:
    out = served(f"made = connect(); made.sendall({sent}); print(ended(made) < 5)")
    assert out == "True\n"


def test_dripping_headers_are_no_way_around() -> None:
    out = served(
        "made = connect(); made.sendall(b'GET / HTTP/1.1\\r\\n')\n"
        "begin = time.monotonic()\n"
        "try:\n"
        "    while time.monotonic() < begin + 20: made.sendall(b'X: y\\r\\n'); gevent.sleep(0.05)\n"
        "except OSError: pass\n"
        "print(time.monotonic() - begin < 5)"
    )
    assert out == "True\n"


def test_a_kept_connection_may_wait_longer_for_its_next_request() -> None:
    out = served(
        "made = connect()\n"
        "for _ in range(2):\n"
        "    made.sendall(b'GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n'); print(made.recv(4096)[:15]); gevent.sleep(0.8)\n"
        "made.sendall(b'GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n'); print(made.recv(4096)[-2:])\n"
        "print(ended(made) < 5)"
    )
    assert out.splitlines() == ["b'HTTP/1.1 200 OK'"] * 2 + ["b'ok'", "True"]


def test_a_failed_tls_handshake_is_one_line(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "both.pem").write_bytes(private + certificate.public_bytes(Encoding.PEM))
    out = served(
        "import logging, ssl, sys\n"
        "logging.basicConfig(level=logging.INFO, stream=sys.stdout, format='%(message)s')\n"
        f"context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER); context.load_cert_chain({str(tmp_path / 'both.pem')!r})\n"
        "one.stop(); listener = socket.socket(); listener.bind(('127.0.0.1', 0)); listener.listen()\n"
        "one = c.BoundedServer(listener, app, per_address=9, log=None, ssl_context=context); one.start()\n"
        "silent = connect(); print(ended(silent) < 5)\n"
        "wrong = connect(); wrong.sendall(b'GET / HTTP/1.0\\r\\n\\r\\n'); print(ended(wrong) < 5)\n"
        "trusting = ssl.create_default_context(); trusting.check_hostname = False; trusting.verify_mode = ssl.CERT_NONE\n"
        "right = trusting.wrap_socket(connect()); right.sendall(b'GET / HTTP/1.0\\r\\n\\r\\n'); print(right.recv(15))\n"
    )
    assert out.splitlines() == [
        "a TLS handshake failed (TimeoutError)",
        "True",
        "a TLS handshake failed (SSLError)",
        "True",
        "b'HTTP/1.1 200 OK'",
    ]


def test_an_address_is_counted_by_its_network() -> None:
    from server.processes.connections import origin_of

    assert origin_of(("2001:db8:1:2::1", 5, 0, 0)) == origin_of(("2001:db8:1:2:ffff::9", 6, 0, 0))
    assert origin_of(("2001:db8:1:3::1", 5, 0, 0)) != origin_of(("2001:db8:1:2::1", 5, 0, 0))
    assert origin_of(("::ffff:192.0.2.1", 5, 0, 0)) == origin_of(("192.0.2.1", 7)) == "192.0.2.1"
    assert origin_of("") == ""
