"""A POST to an address that a stranger chose: what is sent, what is made of the answer, and where it never goes."""

import datetime
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from server.devices.push_subscription import Delivery, PushSubscription, Received
from server.gateways import checked_post
from server.gateways.checked_post import CheckedPost
from server.gateways.vapid import Vapid
from server.gateways.web_push import CONTENT, WebPush
from tests.unit.gateways.push_service import PushService, Receiver, read_authorization
from tests.unit.server.builders import HandClock

PUBLIC = "https://sign.example.vn"
CLOCK = HandClock(1_790_000_000.5)


@pytest.fixture
def service() -> Iterator[PushService]:
    with PushService() as made:
        yield made


@pytest.fixture(scope="module")
def vapid() -> Vapid:
    return Vapid(ec.generate_private_key(ec.SECP256R1()), PUBLIC)


def subscription(endpoint: str, phone: Receiver | None = None) -> PushSubscription:
    phone = phone or Receiver()
    return PushSubscription("dev_x", endpoint, phone.p256dh, phone.auth, 0.0)


def gateway(vapid: Vapid, *, private: bool = True, **options: Any) -> WebPush:
    return WebPush(vapid, CLOCK, CheckedPost(private_addresses=private, **options), private_addresses=private)


def resolving(*addresses: str) -> Callable[..., list[Any]]:
    """A name service that says this of every host."""

    def resolve(_host: str, port: int, **_options: object) -> list[Any]:
        return [
            (socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in addresses
        ]

    return resolve


def test_what_is_sent(service: PushService, vapid: Vapid) -> None:
    phone = Receiver()
    delivery = gateway(vapid).send(subscription(service.endpoint(), phone), 287)
    assert delivery == Delivery(Received.SENT, "201")
    [arrived] = service.arrived
    assert arrived.path == "/secret-phone?up=1"
    assert phone.read(arrived.body) == CONTENT == b"phoneseal.wake_up.v1"
    claims = read_authorization(arrived.headers.pop("authorization"), vapid.public_key)
    assert claims == {"aud": service.origin, "exp": 1_790_000_000 + 12 * 3600, "sub": PUBLIC}
    assert arrived.headers == {
        "host": f"127.0.0.1:{service.port}",
        "connection": "close",
        "ttl": "287",
        "urgency": "high",
        "topic": "phoneseal",
        "content-encoding": "aes128gcm",
        "content-type": "application/octet-stream",
        "content-length": "123",
    }


@pytest.mark.parametrize(
    ("status", "received"),
    [
        *((status, Received.SENT) for status in (200, 201, 202, 204)),
        *((status, Received.GONE) for status in (404, 410)),
        *((status, Received.BUSY) for status in (408, 425, 429, 500, 502, 503, 504)),
        *((status, Received.REFUSED) for status in (400, 401, 403, 405, 413, 418)),
    ],
)
def test_what_an_answer_means(service: PushService, vapid: Vapid, status: int, received: Received) -> None:
    service.answers.append((status, {}))
    assert gateway(vapid).send(subscription(service.endpoint()), 60) == Delivery(received, str(status))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(service: PushService, vapid: Vapid, status: int) -> None:
    service.answers.append((status, {"Location": f"{service.origin}/elsewhere"}))
    assert gateway(vapid).send(subscription(service.endpoint()), 60) == Delivery(Received.REFUSED, str(status))
    assert [one.path for one in service.arrived] == ["/secret-phone?up=1"]


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("120", 120.0), (formatdate(CLOCK.now() + 90, usegmt=True), 90.0), ("0", 0.0), ("-5", 0.0), ("soon", 0.0), ("", 0.0),
     ("9" * 400, 999_999_999.0), ("Mon, 01 Jan 0001 00:00:00 GMT", 0.0)],
)  # fmt: skip
def test_a_pause_that_is_asked_for(service: PushService, vapid: Vapid, said: str, seconds: float) -> None:
    service.answers.append((503, {"Retry-After": said}))
    delivery = gateway(vapid).send(subscription(service.endpoint()), 60)
    assert delivery.received is Received.BUSY
    assert abs(delivery.retry_after - seconds) <= 1


def test_nobody_there(vapid: Vapid) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    delivery = gateway(vapid).send(subscription(f"http://127.0.0.1:{port}/secret"), 60)
    assert delivery == Delivery(Received.BUSY, "ConnectionRefusedError")


# --- strangers who play games -----------------------------------------------------------------------------------------------


@pytest.fixture
def stranger() -> Iterator[Callable[[Callable[[socket.socket], None]], str]]:
    """``stranger(answer)``: a listener that does ``answer`` with its first connection; returns its endpoint."""
    listener = socket.create_server(("127.0.0.1", 0))
    threads = []

    def serve(answer: Callable[[socket.socket], None]) -> str:
        def run() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65_536)
                try:
                    answer(connection)
                except OSError:
                    return

        threads.append(threading.Thread(target=run, daemon=True))
        threads[-1].start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}/secret"

    yield serve
    for thread in threads:
        thread.join(60)
    listener.close()


@pytest.mark.parametrize(
    ("said", "word"),
    [
        (b"", "connection closed"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", "not HTTP"),
        (b"HTTP/1.1 999999 x\r\n\r\n", "not HTTP"),
        (b"HTTP/1.1 201", "connection closed"),
        (b"HTTP/1.1 201 Created\r\n" + b"X: " + b"y" * 20_000, "headers too long"),
        (b"HTTP/1.1 103 Early Hints\r\n\r\n" * 9, "interim answers only"),
    ],
)
def test_what_is_no_answer(
    stranger: Callable[[Callable[[socket.socket], None]], str], vapid: Vapid, said: bytes, word: str
) -> None:
    endpoint = stranger(lambda connection: connection.sendall(said))
    assert gateway(vapid).send(subscription(endpoint), 60) == Delivery(Received.BUSY, word)


def test_an_interim_answer_is_passed_over_and_a_body_is_not_waited_for(
    stranger: Callable[[Callable[[socket.socket], None]], str], vapid: Vapid
) -> None:
    said = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 1000000000\r\n\r\nabc"
    done = threading.Event()

    def answer(connection: socket.socket) -> None:
        connection.sendall(said)
        done.wait(20)

    sent = gateway(vapid).send(subscription(stranger(answer)), 60)
    assert sent.received is Received.SENT, "who waits for the body gets no answer in time"
    done.set()


def test_dripping_letters_win_no_time(
    stranger: Callable[[Callable[[socket.socket], None]], str], vapid: Vapid, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checked_post, "WITHIN", 0.6)
    stopped = threading.Event()

    def drip(connection: socket.socket) -> None:
        while not stopped.wait(0.05):
            connection.sendall(b"H")

    begun = time.monotonic()
    assert gateway(vapid).send(subscription(stranger(drip)), 60) == Delivery(Received.BUSY, "TimeoutError")
    assert 0.5 < time.monotonic() - begun < 45, "a letter each twentieth of a second would go on for ever"
    stopped.set()


# --- addresses ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("addresses", [
    ("127.0.0.1",), ("10.1.2.3",), ("169.254.169.254",), ("100.64.0.1",), ("::1",), ("::ffff:127.0.0.1",), ("::ffff:10.1.2.3",),
    ("64:ff9b::a9fe:a9fe",), ("2002:7f00:1::1",), ("fd00::1",), ("fe80::1%lo",), ("93.184.215.14", "10.1.2.3"), (),
])  # fmt: skip
def test_a_name_that_leads_inside(vapid: Vapid, addresses: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """Every address counts, and nothing is called."""
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("called"))
    push = gateway(vapid, private=False, resolve=resolving(*addresses))
    assert push.send(subscription("https://push.example.net/secret"), 60) == Delivery(
        Received.REFUSED, "push_endpoint_not_allowed"
    )


def test_an_endpoint_that_was_stored_under_another_setting(vapid: Vapid, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("called"))
    push = gateway(vapid, private=False)
    for endpoint in ("http://127.0.0.1:1/secret", "https://127.0.0.1/secret", "https://[::ffff:127.0.0.1]/secret"):
        assert push.send(subscription(endpoint), 60).received is Received.REFUSED


def test_the_name_service_is_asked_once_and_its_answer_is_what_is_called(
    vapid: Vapid, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second answer (rebinding) would lead inside."""
    answers = [resolving("93.184.215.14"), resolving("127.0.0.1")]
    called = []

    def connect(_socket: socket.socket, where: Any) -> None:
        called.append(where)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)
    push = gateway(vapid, private=False, resolve=lambda *a, **o: answers.pop(0)(*a, **o))
    assert push.send(subscription("https://push.example.net/secret"), 60).word == "ConnectionRefusedError"
    assert called == [("93.184.215.14", 443)]
    assert len(answers) == 1


def test_plain_http_never_leaves_this_machine(vapid: Vapid, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("called"))
    push = gateway(vapid, resolve=resolving("10.1.2.3"))
    assert push.send(subscription("http://localhost/secret"), 60).received is Received.REFUSED


def test_a_name_that_there_is_not(vapid: Vapid) -> None:
    def resolve(*_: object, **__: object) -> list[Any]:
        raise socket.gaierror(-2, "Name or service not known")

    assert gateway(vapid, resolve=resolve).send(subscription("https://push.example.net/s"), 60) == Delivery(
        Received.BUSY, "gaierror"
    )


def test_no_proxy_of_the_environment(service: PushService, vapid: Vapid, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert gateway(vapid).send(subscription(service.endpoint()), 60).received is Received.SENT


# --- TLS ----------------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Certificate and key of push.example.net, signed by itself, as one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "push.example.net")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("push.example.net"), x509.IPAddress(ipaddress.ip_address("::1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "push.pem"
    path.write_bytes(
        made.public_bytes(Encoding.PEM) + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    return path


@pytest.mark.parametrize(
    ("host", "trusted", "received", "word"),
    [
        ("push.example.net", True, Received.SENT, "201"),
        ("other.example.net", True, Received.BUSY, "SSLCertVerificationError"),
        ("push.example.net", False, Received.BUSY, "SSLCertVerificationError"),
    ],
)
def test_tls_is_verified_against_the_hosts_name(
    vapid: Vapid, certificate: Path, host: str, trusted: bool, received: Received, word: str
) -> None:
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(certificate)
    trust = ssl.create_default_context(cafile=str(certificate)) if trusted else None
    phone = Receiver()
    with PushService(serving) as service:
        push = gateway(vapid, tls=trust, resolve=resolving("127.0.0.1"))
        delivery = push.send(subscription(f"https://{host}:{service.port}/secret", phone), 60)
        assert delivery == Delivery(received, word)
        assert [phone.read(one.body) for one in service.arrived] == [CONTENT] * (received is Received.SENT)
        if service.arrived:
            assert service.arrived[0].headers["host"] == f"{host}:{service.port}"


def test_an_address_that_swallows_everything_leaves_time_for_the_next(
    vapid: Vapid, service: PushService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checked_post, "WITHIN", 3.0)
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for waits in (first, second):  # its queue is full: what comes next gets no answer at all
            waits.setblocking(False)
            waits.connect_ex(full.getsockname())

        def resolve(*_arguments: object, **_options: object) -> list[Any]:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", where) for where in (full.getsockname(), ("127.0.0.1", service.port))]

        assert gateway(vapid, resolve=resolve).send(subscription(service.endpoint()), 60).received is Received.SENT
