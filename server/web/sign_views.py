"""Asking for signatures, and watching the request until it ends.

Rules: the place of the visible signature comes in points of the page as shown, from its lower left corner; a request's page can be left
and opened again at any time; only the asker sees the verification code.
"""

import math
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from server import strict_json
from server.document_limits import MAX_STAMP_SHARE, SMALL_STAMP_AREA
from server.errors import BadInput, Conflict
from server.signing.place_signature import SMALLEST_HEIGHT, SMALLEST_WIDTH
from server.signing.queue_request import NewRequest, WantedSignature
from server.signing.sign_request import Placement
from server.users.user import User
from server.web.panel_words import panel_facts
from server.web.ports import Site
from server.web.problems import wants_json
from server.web.sessions import current
from server.web.snapshots import request_snapshot


def add_views(web: Blueprint, site: Site) -> None:
    app, lanes = site.app, site.lanes

    def queue(user: User, documents: list[WantedSignature]) -> ResponseReturnValue:
        if user.subscriber_id is None:
            raise Conflict("the user has no signing account", code="no_subscriber")
        new = NewRequest(
            relying_party_id=app.portal.relying_party_id,
            user_id=user.user_id,
            requested_by=user.name,
            subscriber_id=user.subscriber_id,
            documents=documents,
        )
        queued = lanes.database(app.queue_request, new)
        snapshot = lanes.database(request_snapshot, app, queued.request_id)
        url = url_for("web.sign_request", request_id=queued.request_id)
        return jsonify(request_id=queued.request_id, url=url, snapshot=snapshot), 201

    def own_snapshot(user: User, request_id: str) -> dict[str, Any]:
        app.tell.get(request_id, app.portal.relying_party_id, user.user_id)
        return request_snapshot(app, request_id)

    @web.post("/documents/<document_id>/sign")
    def sign(document_id: str) -> ResponseReturnValue:
        return queue(current(), [_wanted(document_id, read_json())])

    @web.post("/sign-requests")
    def sign_selected() -> ResponseReturnValue:
        wanted = read_json().get("documents")
        if not isinstance(wanted, list) or not all(isinstance(entry, dict) for entry in wanted):
            raise BadInput("documents must be a list", code="no_documents")
        return queue(current(), [_wanted(str(entry.get("document_id", "")), entry) for entry in wanted])

    @web.get("/sign-requests/<request_id>")
    def sign_request(request_id: str) -> str:
        seen = lanes.database(own_snapshot, current(), request_id)
        return render_template(
            "sign_request.html", section="documents", panel_title=gettext("Signing"), panel_facts=panel_facts(seen)
        )

    @web.get("/sign-requests/<request_id>/snapshot.json")
    def snapshot(request_id: str) -> Response:
        return jsonify(lanes.database(own_snapshot, current(), request_id))

    @web.post("/sign-requests/<request_id>/cancel")
    def cancel(request_id: str) -> ResponseReturnValue:
        user = current()

        def stop() -> dict[str, Any]:
            app.tell.get(request_id, app.portal.relying_party_id, user.user_id)
            app.cancel_request(request_id, actor=user.user_id)
            return request_snapshot(app, request_id)

        told = lanes.database(stop)
        if wants_json():
            return jsonify(snapshot=told)
        return redirect(url_for("web.sign_request", request_id=request_id), 303)


def _wanted(document_id: str, body: dict[str, Any]) -> WantedSignature:
    """``{placement, version}``: where it goes, and the version that the page showed. Raises ``BadInput``."""
    version = body.get("version")
    if version is not None and not isinstance(version, str):
        raise BadInput("version must be what the page was given")
    return WantedSignature(document_id, read_placement(body.get("placement")), version)


def read_json() -> dict[str, Any]:
    """The body as a JSON object. Raises ``BadInput``."""
    try:
        body = strict_json.read_json(request.get_data()) if request.is_json else None
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise BadInput("a JSON object was expected")
    return body


def read_placement(value: object) -> Placement | None:
    """``{page, x0, y0, x1, y1}`` with the page from 0, or None for an invisible signature. Raises ``BadInput(placement_invalid)``."""
    if value is None:
        return None
    if not isinstance(value, dict):
        raise BadInput("placement must be an object", code="placement_invalid")
    page = value.get("page")
    if not isinstance(page, int) or isinstance(page, bool):
        raise BadInput("page must be a number from 0", code="placement_invalid")
    return Placement(page, *read_numbers(value))


def stamp_limits() -> dict[str, float]:
    """What the pages' script keeps the box of a visible signature to: the rules of ``place_signature``, in points and shares."""
    return {
        "least_width": SMALLEST_WIDTH,
        "least_height": SMALLEST_HEIGHT,
        "largest_share": MAX_STAMP_SHARE,
        "small_area": SMALL_STAMP_AREA,
    }


def read_numbers(value: dict[str, Any]) -> tuple[float, float, float, float]:
    """The four sides of a box, in points. Raises ``BadInput(placement_invalid)``."""
    sides = [value.get(name) for name in ("x0", "y0", "x1", "y1")]
    try:
        numbers = [float(side) for side in sides if isinstance(side, int | float) and not isinstance(side, bool)]
    except OverflowError:  # an integer of hundreds of digits
        numbers = []
    if len(numbers) != 4 or not all(map(math.isfinite, numbers)):
        raise BadInput("placement needs x0, y0, x1, y1", code="placement_invalid")
    return numbers[0], numbers[1], numbers[2], numbers[3]
