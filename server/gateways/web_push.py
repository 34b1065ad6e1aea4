"""Wake-ups leave here (RFC 8030): always the same twenty bytes, encrypted to one phone, to the push service that it chose.

What the push service says back is taken for what it is, the word of a stranger: gone, later, or neither. It never reaches a log or a page.
"""

from email.utils import parsedate_to_datetime

from server.clock import Clock
from server.devices.push_endpoint import read_endpoint
from server.devices.push_subscription import Delivery, PushSubscription, Received
from server.errors import Unprocessable
from server.gateways.checked_post import Answer, CheckedPost, NoAnswer
from server.gateways.message_encryption import encrypt
from server.gateways.vapid import Vapid

CONTENT = b"phoneseal.wake_up.v1"
TOPIC = "phoneseal"
GONE = frozenset({404, 410})
LATER = frozenset({408, 425, 429})


class WebPush:
    """``server.devices.push_subscription.PushGateway``."""

    def __init__(self, vapid: Vapid, clock: Clock, post: CheckedPost, *, private_addresses: bool) -> None:
        self._vapid = vapid
        self._clock = clock
        self._post = post
        self._private_addresses = private_addresses

    def send(self, subscription: PushSubscription, ttl: int) -> Delivery:
        try:
            endpoint = read_endpoint(subscription.endpoint, private_addresses=self._private_addresses)
            headers = {
                "Authorization": self._vapid.authorization(endpoint.origin, self._clock.now()),
                "TTL": str(ttl),
                "Urgency": "high",
                "Topic": TOPIC,
                "Content-Encoding": "aes128gcm",
                "Content-Type": "application/octet-stream",
            }
            answer = self._post(endpoint, headers, encrypt(CONTENT, subscription.p256dh, subscription.auth))
        except NoAnswer as error:
            return Delivery(Received.BUSY, str(error))
        except Unprocessable as error:
            return Delivery(Received.REFUSED, error.code)
        return self._delivery(answer)

    def _delivery(self, answer: Answer) -> Delivery:
        word = str(answer.status)
        if 200 <= answer.status < 300:
            return Delivery(Received.SENT, word)
        if answer.status in GONE:
            return Delivery(Received.GONE, word)
        if answer.status in LATER or answer.status >= 500:
            return Delivery(Received.BUSY, word, self._seconds(answer.headers.get("retry-after", "")))
        return Delivery(Received.REFUSED, word)  # redirects too: nobody follows them

    def _seconds(self, retry_after: str) -> float:
        """RFC 9110 §10.2.3: seconds or a date; 0 for anything else."""
        if retry_after.isascii() and retry_after.isdigit():
            return float(retry_after[:9])
        try:
            return max(0.0, parsedate_to_datetime(retry_after).timestamp() - self._clock.now())
        except (ValueError, OverflowError):
            return 0.0
