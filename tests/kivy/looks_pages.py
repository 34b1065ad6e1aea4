"""Screens about a document's pages: where its signature goes, what this phone may not draw, a page that can't be drawn."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mobile_app.device.document_checks.drawn_annotations import PageAnnotations
from mobile_app.device.document_checks.stamp_place import StampPlace
from mobile_app.ui.flow import Flow
from mobile_app.ui.opened_request import OpenedRequest
from mobile_app.ui.stamp_look import StampLook

STAMP = StampPlace(1, 0.55, 0.85, 0.9, 0.93)
FIELDS = (PageAnnotations(0, (("Widget", 128),)),)
Opened = Callable[..., OpenedRequest]


def looked(made: OpenedRequest, waiting: bool = False) -> StampLook:
    """Half of the stamps lie over content; ``waiting``: the others were not looked at, and one can't be."""
    assert made.view is not None

    def nothing(*_values: Any, **_named: Any) -> None:
        pass

    look = StampLook(None, made.view.documents, run=nothing, later=nothing, told=nothing, distrusted=nothing)  # type: ignore[arg-type]
    count = look.total // 2 or 1
    look.over = set(range(count))
    for position in range(count if waiting else look.total):
        look._waiting.pop(position)
    look.unseen = {0} if waiting else set()
    return look


def page_states(opened: Opened) -> dict[str, Callable[[Flow, int], str]]:
    """Made like those of ``looks_content``, which hands its maker in."""

    def request_on_old_android(flow: Flow, now: int) -> str:
        flow.parts = replace(flow.parts, kinds_drawn=frozenset())
        made = opened(flow, now)
        made.stamps = looked(made, waiting=True)
        return "request"

    def viewer_on_old_android(flow: Flow, now: int) -> str:
        flow.parts = replace(flow.parts, kinds_drawn=frozenset())
        opened(flow, now)
        flow.looking_at = 0
        return "viewer"

    def stamp_in_viewer(flow: Flow, now: int) -> str:
        """On the signature's page."""
        made: Any = opened(flow, now, 1)
        made.view.documents = [replace(made.view.documents[0], stamp=replace(STAMP, page=0), findings=())]
        flow.looking_at = 0
        return "viewer"

    def viewer_in_trouble(flow: Flow, now: int) -> str:
        made: Any = opened(flow, now, 1)
        made.view.open_document = lambda _position: b"not a PDF"
        flow.looking_at = 0
        return "viewer"

    return {
        "request_on_old_android": request_on_old_android, "viewer_on_old_android": viewer_on_old_android,
        "stamp_in_viewer": stamp_in_viewer, "viewer_in_trouble": viewer_in_trouble,
    }  # fmt: skip
