"""Stand-ins for the collaborators that the emulator's wrappers are put around, and a sink that keeps events."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from mobile_app.device.interaction import (
    DocumentView,
    PendingRequest,
)
from mobile_app.device.key_vault import KeyChoice, NewVault, PinAttempt, UnlockedKeys
from mobile_app.emulator.events import Event, Teller
from mobile_app.link.ports import EventHandler, EventSocket, WebLink

REQUEST = "sr_01jd5g0000000000000000000a"
OTHER_REQUEST = "sr_01jd5g0000000000000000000b"
DEVICE = "dev_01jd5g000000000000000000d1"


class KeptEvents:
    def __init__(self) -> None:
        self.events: list[Event] = []

    def take(self, event: Event) -> None:
        self.events.append(event)

    @property
    def names(self) -> list[str]:
        return [event.name for event in self.events]

    def last(self, name: str) -> Mapping[str, object]:
        return next(event.fields for event in reversed(self.events) if event.name == name)


def make_teller() -> tuple[Teller, KeptEvents]:
    kept = KeptEvents()
    return Teller("phone", lambda: 1_700_000_000_000, [kept]), kept


@dataclass
class FakeSocket:
    """Answers each event with what ``answers`` holds for it: a value, or an error to raise; keeps what was
    sent.
    """

    answers: dict[str, list[object]] = field(default_factory=dict)
    sent: list[tuple[str, Mapping[str, object]]] = field(default_factory=list)
    closed: bool = False

    def call(self, event: str, message: Mapping[str, object], *, timeout: float = 20.0) -> object:
        self.sent.append((event, message))
        queue = self.answers.get(event)
        answer = queue.pop(0) if queue else {"event": event}
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self) -> None:
        self.closed = True


@dataclass
class FakeSockets:
    socket: FakeSocket = field(default_factory=FakeSocket)
    connects: int = 0
    on_event: EventHandler | None = None

    def connect(
        self,
        server_url: str,
        on_event: EventHandler,
        on_disconnect: Callable[[], None],
        *,
        timeout: float = 10.0,
    ) -> EventSocket:
        self.connects += 1
        self.on_event = on_event
        return self.socket


@dataclass
class FakeWeb:
    """Both WebConnector and WebLink."""

    json: object = None
    pieces: Sequence[bytes] = (b"one", b"two")

    def open(self, server_url: str) -> WebLink:
        return self

    def post_json(self, path: str, message: Mapping[str, object], *, max_bytes: int = 1 << 20) -> object:
        return {"path": path}

    def get_json(self, path: str, access_token: str, *, max_bytes: int) -> object:
        return self.json

    def get_stream(
        self, path: str, access_token: str, *, max_bytes: int, byte_range: tuple[int, int] | None = None
    ) -> Iterator[bytes]:
        yield from self.pieces

    def close(self) -> None: ...


class FakeKeys:
    """Approval key P-256, signing key P-256, both new."""

    def __init__(self) -> None:
        self.approval = ec.generate_private_key(ec.SECP256R1())
        self.signing = ec.generate_private_key(ec.SECP256R1())
        self.closed = False

    def sign(self, dtbs: Sequence[bytes]) -> list[bytes]:
        return [self.signing.sign(message, ec.ECDSA(hashes.SHA256())) for message in dtbs]

    def sign_approval(self, message: bytes) -> bytes:
        return self.approval.sign(message, ec.ECDSA(hashes.SHA256()))

    def close(self) -> None:
        self.closed = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        self.close()


@dataclass
class FakeAttempt:
    vault: "FakeVault"

    def proof(self, nonce: bytes, device_id: str) -> bytes:
        return b"proof"

    def unlock(self, vault_share: bytes) -> UnlockedKeys:
        return self.vault.keys

    def close(self) -> None:
        self.vault.asked.append("close")


class FakeVault:
    def __init__(self) -> None:
        self.device = ec.generate_private_key(ec.SECP256R1())
        self.keys = FakeKeys()
        self.asked: list[str] = []

    @property
    def key_protection(self) -> str:
        return "file"

    def make(self, choice: KeyChoice, csr_common_name: str) -> NewVault:
        raise NotImplementedError

    def sign_as_device(self, vault_name: str, message: bytes) -> bytes:
        return self.device.sign(message, ec.ECDSA(hashes.SHA256()))

    def attempt(self, vault_name: str, pin: bytearray) -> PinAttempt:
        return FakeAttempt(self)

    def begin_pin_change(
        self, attempt: PinAttempt, vault_share: bytes, new_pin: bytearray, new_share: bytes
    ) -> bytes:
        assert isinstance(attempt, FakeAttempt)
        self.asked.append("begin_pin_change")
        return b"key"

    def finish_pin_change(self, vault_name: str) -> None:
        self.asked.append("finish_pin_change")

    def erase(self, vault_name: str) -> None:
        self.asked.append("erase")

    def names(self) -> list[str]:
        return ["name"]


class FakeRequest:
    """A RequestView of ``count`` documents."""

    def __init__(self, count: int = 3, request_id: str = REQUEST, requester: str = "Phòng Kế toán") -> None:
        self.pending = PendingRequest(
            request_id, requester, "Trần Thị B", count, 2 * count, 1000, 0, 300_000, "RECEIVED"
        )
        self.documents = [
            DocumentView(n, f"Hợp đồng {n}", "", "sign", 2, 100, 0, ("layers",) if n == 1 else ())
            for n in range(count)
        ]
        self.verification_codes = ("1111", "2222", "3333")

    def seconds_left(self) -> float:
        return 100.0

    def open_document(self, position: int) -> bytes:
        return b"%PDF" + bytes([position])
