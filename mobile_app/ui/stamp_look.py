"""Looks where the stamps of one request will stand, while the person reads: does one lie over content of its page? No Kivy here.

Rules:
* Never on the first thread: a few documents at a time are looked at elsewhere, then the count is told. All but ``_look`` and what it calls
  is for the first thread.
* Approving never waits longer than ``HOLD_SECONDS``, and for a single document only. What could not be looked at, or not in time, is
  counted apart and said: nothing here is a promise about it.
* A page that takes longer than ``LOOK_SECONDS`` counts as not seen.
* A document that is drawn as another one than was checked ends it: ``distrusted`` is told.
"""

import time
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Final, Protocol

from mobile_app.device.document_checks.stamp_place import StampPlace
from mobile_app.device.interaction import DocumentView
from mobile_app.errors import CheckFailed, PhoneError
from mobile_app.ui.page_picture import MISMATCHES, Pages
from mobile_app.ui.stamp_ground import lies_over_content, width_to_look_at

HOLD_SECONDS: Final = 1.0
LOOK_SECONDS: Final = 1.0
_TURN_SECONDS: Final = 0.25
_TURN_DOCUMENTS: Final = 200

Seen = dict[int, bool | None]
"""By position: whether the stamp lies over content; None: it could not be seen."""


class Run(Protocol):
    """``Bridge.run``."""

    def __call__(
        self, job: Callable[[], Seen], done: Callable[[Seen], None], failed: Callable[[PhoneError], None]
    ) -> None: ...


class StampLook:
    """``later`` does something after so many seconds, on the first thread; ``told``: a count has changed."""

    def __init__(
        self,
        pages: Pages,
        documents: Sequence[DocumentView],
        *,
        run: Run,
        later: Callable[[Callable[[], None], float], None],
        told: Callable[[], None],
        distrusted: Callable[[CheckFailed], None],
    ) -> None:
        self._pages = pages
        self._waiting = {document.position: document.stamp for document in documents if document.stamp is not None}
        self._is_single = len(documents) == 1
        self._run, self._later, self._told, self._distrusted = run, later, told, distrusted
        self._stopped = False
        self.is_late = False
        """Approving waits no longer."""
        self._asking: list[Callable[[], None]] = []
        self.total = len(self._waiting)
        self.over: set[int] = set()
        """Positions whose stamp lies over content."""
        self.unseen: set[int] = set()
        """Positions that could not be looked at."""

    def begin(self) -> None:
        self._later(self._late, HOLD_SECONDS)
        self._turn()

    def stop(self) -> None:
        """Nobody needs to know any more."""
        self._stopped = True

    def first(self, position: int) -> None:
        """The person has opened this one: look at it before the others."""
        stamp = self._waiting.pop(position, None)
        if stamp is not None:
            self._waiting = {position: stamp, **self._waiting}

    @property
    def looked(self) -> int:
        """How many are known."""
        return self.total - len(self._waiting) - len(self.unseen)

    @property
    def is_done(self) -> bool:
        return not self._waiting

    @property
    def holds_back(self) -> bool:
        """Whether approving waits for it."""
        return self._is_single and not (self.is_done or self.is_late)

    @property
    def is_clear(self) -> bool:
        """Whether every stamp was looked at and none lies over content."""
        return self.is_done and not (self.over or self.unseen)

    def when_known(self, then: Callable[[], None]) -> None:
        """``then`` follows when all were looked at, or after ``HOLD_SECONDS``."""
        self._asking.append(then)
        self._tell()

    # -- turns ----------------------------------------------------------------------------------------
    def _turn(self) -> None:
        if self._waiting and not self._stopped:
            order = list(islice(self._waiting.items(), _TURN_DOCUMENTS))
            self._run(lambda: self._look(order), self._seen, self._failed)

    def _look(self, order: list[tuple[int, StampPlace]]) -> Seen:
        """Elsewhere. At least one, and as many as the turn has time for."""
        until, seen = time.monotonic() + _TURN_SECONDS, Seen()
        for position, stamp in order:
            try:
                seen[position] = self._look_at(position, stamp)
            except LookupError:  # the request is over
                self._stopped = True
            if self._stopped or time.monotonic() > until:
                break
        return seen

    def _look_at(self, position: int, stamp: StampPlace) -> bool | None:
        try:
            width, fields = width_to_look_at(stamp), not stamp.fills_a_field
            page = self._pages.before_signing(position, stamp.page, width, LOOK_SECONDS, fields)
        except CheckFailed as error:
            if error.code in MISMATCHES:
                raise error.at([position]) from error
            return None
        return lies_over_content(page, stamp)

    def _seen(self, seen: Seen) -> None:
        for position, over in seen.items():
            self._waiting.pop(position, None)
            if over is None:
                self.unseen.add(position)
            elif over:
                self.over.add(position)
        self._tell()
        self._turn()

    def _failed(self, error: PhoneError) -> None:
        if isinstance(error, CheckFailed) and not self._stopped:
            self._distrusted(error)
        self.unseen.update(self._waiting)
        self._waiting.clear()
        self._tell()

    def _late(self) -> None:
        self.is_late = True
        self._tell()

    def _tell(self) -> None:
        if self._stopped:
            return
        if self.is_done or self.is_late:
            asking, self._asking = self._asking, []
            for then in asking:
                then()
        self._told()
