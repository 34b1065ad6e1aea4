"""Signing what was approved and bringing the values to the server (protocol §4.5; design §5, step 8).

Rules:
* Only what the journal holds as approved is signed, and only items without a journaled value.
* A chunk of at most 200 values is journaled in one commit before it is sent, and sent as journaled, until a
  receipt for just these bytes is verified and journaled.
* Sending goes on while the next chunk is signed.
"""

import queue
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from mobile_app.crash_points import crash_point
from mobile_app.device.interaction import Attention, Progress, Step
from mobile_app.device.journal import Journal, unpack_positions
from mobile_app.device.journaled_request import Chunk, JournaledRequest
from mobile_app.device.key_vault import UnlockedKeys
from mobile_app.device.request_steps.server_word import check_receipt
from mobile_app.device.session import Session
from mobile_app.link import wire
from mobile_app.link.fields import write_json
from mobile_app.link.server_statements import MAX_CHUNK

_AHEAD: Final = 4


class Signing:
    """Signs and sends one approved request."""

    def __init__(
        self,
        *,
        session: Session,
        journal: Journal,
        request: JournaledRequest,
        approval_sha256: str,
        attention: Attention,
        show_progress: Callable[[Progress], None],
    ) -> None:
        self._session = session
        self._journal = journal
        self._request = request
        self._approval_sha256 = approval_sha256
        self._attention = attention
        self._show_progress = show_progress
        self._to_sign = journal.to_sign(request.request_id)
        self._sent = 0

    def unsigned(self) -> list[tuple[int, bytes]]:
        """(position, DTBS) of what has no journaled value yet."""
        chunks = self._journal.chunks(self._request.request_id)
        done = {position for chunk in chunks for position, _ in unpack_positions(chunk.packed)}
        return [one for one in self._to_sign if one[0] not in done]

    def unsent(self, missing: Iterable[tuple[int, int]]) -> list[Chunk]:
        """Journaled chunks without a receipt, or of which the server says that it misses a position."""
        ranges = list(missing)

        def misses(chunk: Chunk) -> bool:
            positions = [position for position, _ in unpack_positions(chunk.packed)]
            return any(first <= position <= last for first, last in ranges for position in positions)

        chunks = self._journal.chunks(self._request.request_id)
        return [chunk for chunk in chunks if not chunk.received or misses(chunk)]

    def send(self, chunks: Iterable[Chunk]) -> None:
        """Send these again as they are. Raises CheckFailed, ServerRefused, AttentionLost."""
        for chunk in chunks:
            self._send(chunk.first, chunk.packed)

    def sign_and_send(self, keys: UnlockedKeys, unsigned: Sequence[tuple[int, bytes]]) -> None:
        """Sign, journal and send in chunks. Raises like ``send``, and VaultError."""
        if len(unsigned) <= MAX_CHUNK:
            self._send(*self._sign(keys, unsigned, 0, len(unsigned)))
            return
        sender = _Sender(self._send)
        try:
            for start in range(0, len(unsigned), MAX_CHUNK):
                self._attention.check()
                chunk = unsigned[start : start + MAX_CHUNK]
                sender.give(*self._sign(keys, chunk, start, len(unsigned)))
        finally:
            sender.finish()
        sender.raise_failure()

    def _sign(
        self, keys: UnlockedKeys, chunk: Sequence[tuple[int, bytes]], before: int, total: int
    ) -> tuple[int, bytes]:
        values = keys.sign([dtbs for _, dtbs in chunk])
        first = chunk[0][0]
        packed = wire.pack_values([(position, value) for (position, _), value in zip(chunk, values, strict=True)])
        crash_point("request.journal.values.before")
        self._journal.keep_chunk(self._request.request_id, first, packed)
        crash_point("request.journal.values.after")
        self._show_progress(Progress(self._request.request_id, Step.SIGNING, before + len(chunk), total))
        return first, packed

    def _send(self, first: int, packed: bytes) -> None:
        message = {
            "request_id": self._request.request_id,
            "approval_sha256": self._approval_sha256,
            "values": packed,
        }
        answer = self._session.call("signatures", message, self._attention)
        crash_point("request.values.sent")
        receipt = check_receipt(
            wire.read_one_statement(answer, "receipt"),
            self._session.pinned,
            self._request,
            self._approval_sha256,
            packed,
        )
        self._journal.keep_receipt(self._request.request_id, first, write_json(receipt.statement.message()))
        crash_point("request.journal.receipt.after")
        self._sent = len(self._to_sign) - receipt.body.missing
        self._show_progress(Progress(self._request.request_id, Step.SENDING, max(0, self._sent), len(self._to_sign)))


class _Sender:
    """A thread that sends chunks in the order given. After a failure it takes everything and sends nothing:
    what is journaled is sent when the request is resumed."""

    def __init__(self, send: Callable[[int, bytes], None]) -> None:
        self._send = send
        self._queue: queue.Queue[tuple[int, bytes] | None] = queue.Queue(_AHEAD)
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="phone-send", daemon=True)
        self._thread.start()

    def give(self, first: int, packed: bytes) -> None:
        self.raise_failure()
        self._queue.put((first, packed))

    def finish(self) -> None:
        self._queue.put(None)
        self._thread.join()

    def raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure

    def _run(self) -> None:
        while (chunk := self._queue.get()) is not None:
            if self._failure is None:
                try:
                    self._send(*chunk)
                except BaseException as error:  # noqa: BLE001 - raised to the signer, who would wait for ever
                    self._failure = error
