"""What one connection without a log-in can do to everybody else by never pausing: nothing that anybody would notice."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest
import requests

from tests.integration.processes.test_strangers_connect import JOIN, ends, frame, handshake
from tests.server_process import ServerProcess


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    one = ServerProcess(tmp_path_factory.mktemp("flood"))
    one.start()
    yield one
    one.stop()


def resident(server: ServerProcess) -> int:
    return int(psutil.Process(server.pids()["web"]).memory_info().rss)


def pour(connection: socket.socket, piece: bytes, stop: threading.Event) -> None:
    """Sends ``piece`` again and again, as fast as it is taken, and reads nothing."""
    connection.settimeout(0.2)
    left = b""
    while not stop.is_set():
        left = left or piece
        try:
            left = left[connection.send(left) :]
        except TimeoutError:
            continue
        except OSError:
            return


@contextlib.contextmanager
def poured(connections: list[socket.socket], piece: bytes) -> Iterator[None]:
    stop = threading.Event()
    threads = [threading.Thread(target=pour, args=(one, piece, stop)) for one in connections]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(5)


FLOODS: dict[str, Callable[[], bytes]] = {
    "empty packets": lambda: frame(1, b"6") * 5000,
    "pings": lambda: frame(9, b"") * 5000,
    "fragments of nothing": lambda: frame(1, b"")[:1].replace(b"\x81", b"\x01") + frame(1, b"")[1:] + (b"\x00" + frame(1, b"")[1:]) * 5000,
    "joining and leaving": lambda: (frame(1, JOIN) + frame(1, b"41/device,")) * 2000,
    "events": lambda: frame(1, JOIN) + frame(1, b'42/device,1["hello",{}]') * 3000,
}


@pytest.mark.parametrize("what", FLOODS)
def test_frames_without_a_pause_keep_nobody_out(server: ServerProcess, what: str) -> None:
    before = resident(server)
    with contextlib.ExitStack() as stack:
        floods = [stack.enter_context(closing(handshake(server))) for _ in range(10)]
        with poured(floods, FLOODS[what]()):
            took = []
            until = time.monotonic() + 1.5
            while time.monotonic() < until:
                begin = time.monotonic()
                assert requests.get(server.url + "/healthz", timeout=10).ok
                took.append(time.monotonic() - begin)
    took.sort()
    assert took[len(took) // 2] < 0.1, took
    assert took[-1] < 1.0, took
    assert resident(server) - before < 24 << 20


def test_a_message_is_measured_while_it_arrives(server: ServerProcess) -> None:
    before = resident(server)
    with closing(handshake(server)) as connection:
        connection.settimeout(5)
        piece = b"x" * 16_000
        first, later = b"\x01", b"\x00"
        sent = 0
        with contextlib.suppress(OSError):
            for number in range(2000):
                head = (later if number else first) + bytes([0xFE]) + len(piece).to_bytes(2, "big") + bytes(4)
                connection.sendall(head + piece)
                sent += len(piece)
        assert ends(connection)
    assert sent < 8_000_000, "the kernel's own buffers, and no more"
    assert resident(server) - before < 8 << 20


def test_compression_is_not_agreed_to(server: ServerProcess) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
        connection.sendall(
            f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n".encode()
        )
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += connection.recv(4096)
    assert answer.startswith(b"HTTP/1.1 101")
    assert b"extensions" not in answer.lower()


def test_requests_sent_ahead_keep_nobody_out(server: ServerProcess) -> None:
    with contextlib.ExitStack() as stack:
        ahead = [
            stack.enter_context(closing(socket.create_connection(("127.0.0.1", server.port), timeout=5))) for _ in range(10)
        ]
        with poured(ahead, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" * 500):
            took = []
            for _ in range(20):
                begin = time.monotonic()
                assert requests.get(server.url + "/healthz", timeout=10).ok
                took.append(time.monotonic() - begin)
    assert sorted(took)[10] < 0.2, took


@pytest.mark.parametrize(
    "headers",
    [
        "Content-Length: 3\r\nContent-Length: 4",
        "Content-Length: +3",
        "Content-Length: 3, 3",
        "Content-Length: 3\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: gzip, chunked",
        "Host: a\r\nHost: b",
        "Host: a b",
        "Host: a/../b",
        "Host: \u00e4",
    ],
)
def test_framing_that_two_readers_could_read_in_two_ways_is_400(server: ServerProcess, headers: str) -> None:
    before = server.log_path.stat().st_size
    host = "" if "Host:" in headers else "Host: x\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
        connection.sendall(f"POST /log-in HTTP/1.1\r\n{host}{headers}\r\n\r\nabc".encode("latin-1"))
        answer = b""
        with contextlib.suppress(ConnectionError):
            while piece := connection.recv(4096):
                answer += piece
    assert answer.startswith(b"HTTP/1.1 400"), answer[:200]
    lines = server.log_path.read_bytes()[before:].decode().splitlines()
    assert len(lines) == 1 and lines[0].endswith("a request that can't be read (ValueError): the connection is closed"), lines


def test_a_header_that_asks_for_a_websocket_is_no_way_around_the_stall_limit(tmp_path: Path) -> None:
    from tests.integration.processes.test_strangers_connect import served

    out = served(
        "made = connect(); made.sendall(b'POST / HTTP/1.1\\r\\nHost: x\\r\\nUpgrade: websocket\\r\\nContent-Length: 9\\r\\n\\r\\nabc')\n"
        "print(ended(made) < 5)"
    )
    assert out == "True\n"


