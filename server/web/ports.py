"""What the pages need from outside: the use cases that they call, and a way to wait for news."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Protocol, TypeVar

from server.clock import Clock
from server.config import Config
from server.devices.end_device import EndDevice
from server.devices.pairing import PairDevice
from server.devices.read_devices import ReadDevices
from server.documents.import_batch import ImportDocuments
from server.documents.list_documents import ListDocuments
from server.documents.read_document import ReadDocument
from server.documents.receive_upload import ReceiveUpload
from server.lanes import Lanes
from server.relying_parties.relying_party import RelyingParty
from server.signing.cancel_request import CancelRequest
from server.signing.queue_request import QueueRequest
from server.signing.retry_request import RetryRequest
from server.signing.set_aside_request import SetAsideRequest
from server.signing.tell_requester import TellRequester
from server.signing.unstick_request import UnstickRequests
from server.users.log_in import LogIn

T = TypeVar("T")
LOOK_AGAIN_AFTER = 1.0
PIECE = 1 << 20


class Signer(Protocol):
    @property
    def fingerprint(self) -> str:
        """Of the request-signing key, as it stands in the pairing QR code."""
        ...


class Files(Protocol):
    def path(self, area: str, sha256: str) -> Path:
        """Where the bytes lie. Whoever asks has been checked before."""
        ...


class WebUseCases(Protocol):
    """The part of the composition root's use cases that pages see."""

    @property
    def config(self) -> Config: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def session_key(self) -> bytes: ...
    @property
    def portal(self) -> RelyingParty: ...
    @property
    def log_in(self) -> LogIn: ...
    @property
    def receive_upload(self) -> ReceiveUpload: ...
    @property
    def read_document(self) -> ReadDocument: ...
    @property
    def list_documents(self) -> ListDocuments: ...
    @property
    def import_documents(self) -> ImportDocuments: ...
    @property
    def blobs(self) -> Files: ...
    @property
    def queue_request(self) -> QueueRequest: ...
    @property
    def retry_request(self) -> RetryRequest: ...
    @property
    def unstick(self) -> UnstickRequests: ...
    @property
    def set_aside(self) -> SetAsideRequest: ...
    @property
    def cancel_request(self) -> CancelRequest: ...
    @property
    def tell(self) -> TellRequester: ...
    @property
    def pair_device(self) -> PairDevice: ...
    @property
    def end_device(self) -> EndDevice: ...
    @property
    def read_devices(self) -> ReadDevices: ...
    @property
    def signer(self) -> Signer: ...


class News(Protocol):
    def wait(self, subject: str, seconds: float) -> bool:
        """True: there may be news about the subject. Lossy: read again either way."""
        ...


@dataclass(frozen=True, slots=True)
class Site:
    """What every view is handed."""

    app: WebUseCases
    lanes: Lanes
    news: News

    def wait_for(self, subject: str, seconds: float, look: Callable[[], T | None]) -> T | None:
        """Looks until there is something or the time is over. ``look`` runs here and uses the lanes itself."""
        until = monotonic() + seconds
        while True:
            found = look()
            left = until - monotonic()
            if found is not None or left <= 0:
                return found
            self.news.wait(subject, min(left, LOOK_AGAIN_AFTER))


class Readable(Protocol):
    def read(self, size: int = ..., /) -> bytes: ...


def pieces(stream: Readable) -> Iterator[bytes]:
    """A stream in pieces: a body of hundreds of megabytes never stands in memory."""
    while piece := stream.read(PIECE):
        yield piece
