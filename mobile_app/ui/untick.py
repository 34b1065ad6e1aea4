"""Leaving a single document out, with a reason, and putting it back: from the list and from the viewer."""

from collections.abc import Callable

from mobile_app.ui.opened_request import OpenedRequest
from mobile_app.ui.reason_sheet import ask_reason
from mobile_app.ui.strings import Strings


def tick_or_untick(t: Strings, opened: OpenedRequest | None, position: int, changed: Callable[[], None]) -> None:
    """``changed`` is called when it is put back, or left out once the person has said so."""
    if opened is None or opened.refused is None or opened.view is None:
        return
    refused = opened.refused
    if position in refused:
        del refused[position]
        changed()
        return

    def leave_out(reason: str) -> None:
        refused[position] = reason
        changed()

    ask_reason(
        t,
        title=t("untick.title"),
        explanation=opened.view.documents[position].title,
        go_on=t("untick.do"),
        keep=t("untick.keep"),
        then=leave_out,
    )
