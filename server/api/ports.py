"""What the API needs from outside: the use cases that it calls, and a way to wait for news."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from time import monotonic
from typing import Protocol, TypeVar

from server.clock import Clock
from server.config import Config
from server.documents.read_document import ReadDocument
from server.documents.receive_upload import ReceiveUpload
from server.lanes import Lanes
from server.relying_parties.api_keys import KeepRelyingParties
from server.relying_parties.name_subscriber import NameSubscriber, SubscriberNames
from server.relying_parties.rate import LimitRate, Throttles
from server.signing.cancel_request import CancelRequest
from server.signing.queue_request import QueueRequest
from server.signing.tell_requester import TellRequester

T = TypeVar("T")


class ApiTransaction(Protocol):
    @property
    def subscribers(self) -> SubscriberNames: ...
    @property
    def throttles(self) -> Throttles: ...


class ApiStore(Protocol):
    """Handed to the two small use cases that only the API has; the edge itself never looks inside."""

    def read(self) -> AbstractContextManager[ApiTransaction]: ...
    def write(self) -> AbstractContextManager[ApiTransaction]: ...


class ApiUseCases(Protocol):
    """The part of the composition root's use cases that relying parties reach."""

    @property
    def config(self) -> Config: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def store(self) -> ApiStore: ...
    @property
    def parties(self) -> KeepRelyingParties: ...
    @property
    def receive_upload(self) -> ReceiveUpload: ...
    @property
    def read_document(self) -> ReadDocument: ...
    @property
    def queue_request(self) -> QueueRequest: ...
    @property
    def cancel_request(self) -> CancelRequest: ...
    @property
    def tell(self) -> TellRequester: ...


class News(Protocol):
    def wait(self, subject: str, seconds: float) -> bool:
        """Returns when there may be news about the subject, or earlier. Lossy: look again either way."""
        ...


@dataclass(frozen=True, slots=True)
class ApiEdge:
    """What every call is handed."""

    app: ApiUseCases
    lanes: Lanes
    news: News
    limit_rate: LimitRate
    name_subscriber: NameSubscriber

    def wait_for(self, subject: str, seconds: float, look: Callable[[], T | None]) -> T | None:
        """Looks until there is something or the time is over; ``look`` uses the lanes itself."""
        until = monotonic() + seconds
        while True:
            found = look()
            left = until - monotonic()
            if found is not None or left <= 0:
                return found
            self.news.wait(subject, left)
