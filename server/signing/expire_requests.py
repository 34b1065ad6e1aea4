"""Time is up: unanswered requests become EXPIRED; SIGNING past its own deadline ends the items that are missing.

Expiry counts until the approval is committed. Every worker sweeps; compare-and-set lets one of them win.
"""

from server.clock import Clock
from server.crash_points import crash_point
from server.errors import Conflict
from server.signing.cancel_request import signing_is_over, stop_signing
from server.signing.finish_request import end_request
from server.signing.ports import SigningStore
from server.signing.sign_request import BEFORE_APPROVAL, EndResult, State
from server.work import Nudge


class ExpireRequests:
    def __init__(self, store: SigningStore, clock: Clock, nudge: Nudge) -> None:
        self._store = store
        self._clock = clock
        self._nudge = nudge

    def __call__(self) -> int:
        """Ends everything overdue, one short transaction each. Returns how many."""
        with self._store.read() as tx:
            overdue = [request.request_id for request in tx.requests.overdue(self._clock.now())]
        return sum(self._end(request_id) for request_id in overdue)

    def _end(self, request_id: str) -> bool:
        try:
            with self._store.write() as tx:
                now = self._clock.now()
                request = tx.requests.get(request_id)
                if request.state in BEFORE_APPROVAL and request.expires_at <= now:
                    end_request(tx, request, State.EXPIRED, EndResult.EXPIRED, now=now, actor="server")
                elif signing_is_over(request, now):
                    stop_signing(tx, request, EndResult.TIMEOUT, now=now, actor="server")
                else:
                    return False
                crash_point("expire.before_commit")
            crash_point("expire.after_commit")
        except Conflict:
            return False
        self._nudge.web(request_id)
        return True
