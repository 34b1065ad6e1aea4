"""Which of the finished requests the person wants to see: by name, by how they ended, by when. No Kivy here."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from mobile_app.device.device import PhoneDevice
from mobile_app.device.history import FinishedRequest

ENDS: Final = ("all", "signed", "refused", "other")
PERIODS: Final = {"any": None, "week": 7, "month": 30}
"""In days."""
_DAY_MS: Final = 24 * 3600 * 1000
_PAGE: Final = 200


@dataclass(frozen=True, slots=True)
class Search:
    """``end`` one of ``ENDS``, ``period`` one of ``PERIODS``."""

    text: str = ""
    end: str = "all"
    period: str = "any"

    @property
    def is_narrowed(self) -> bool:
        return self != Search()


def found(device: PhoneDevice, search: Search, now_ms: int, before: int | None = None) -> Iterator[FinishedRequest]:
    """Newest first; ``before`` is the ``finished_at`` of the last one of the page before. Reads the journal as far as it is asked to."""
    days = PERIODS[search.period]
    oldest = 0 if days is None else now_ms - days * _DAY_MS
    while True:
        page = device.history(limit=_PAGE, before=before, text=search.text)
        for entry in page:
            if entry.finished_at < oldest:
                return
            if search.end == "all" or _end(entry) == search.end:
                yield entry
        if len(page) < _PAGE:
            return
        before = page[-1].finished_at


def _end(entry: FinishedRequest) -> str:
    return {"ok": "signed", "user_refused": "refused"}.get(entry.result.end_result, "other")
