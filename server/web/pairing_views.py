"""Pairing a phone from the browser: the code, the comparison of digits, the outcome.

Rules: the code is kept by nobody but the session cookie of the browser that asked for it, for as long as it waits; the digits are
compared by the person, so "yes" sends none of its own.
"""

import io
from typing import Any
from urllib.parse import quote

import segno
from flask import Blueprint, Response, jsonify, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from server.devices.device import Pairing, PairingState
from server.web.account_views import subscriber_of
from server.web.ports import Site, WebUseCases
from server.web.problems import wants_json
from server.web.sessions import current
from server.web.snapshots import pairing_snapshot

_KEPT = "pairing"


def add_views(web: Blueprint, site: Site) -> None:
    app, lanes = site.app, site.lanes

    def own(pairing_id: str) -> Pairing:
        subscriber = subscriber_of(current())
        return lanes.database(app.read_devices.pairing, pairing_id, subscriber)

    def answer(pairing: Pairing) -> ResponseReturnValue:
        if wants_json():
            return jsonify(snapshot=pairing_snapshot(app, pairing))
        return redirect(url_for("web.pairing", pairing_id=pairing.pairing_id), 303)

    @web.post("/account/pairing")
    def start_pairing() -> ResponseReturnValue:
        user = current()
        offer = lanes.database(app.pair_device.offer, subscriber_of(user), user.user_id)
        pairing_id = offer.pairing.pairing_id
        session[_KEPT] = [pairing_id, offer.code]
        url = url_for("web.pairing", pairing_id=pairing_id)
        if not wants_json():
            return redirect(url, 303)
        facts = {"url": url, "code": grouped(offer.code), "qr": qr_text(app, offer.code)}
        return jsonify(snapshot=pairing_snapshot(app, offer.pairing), **facts), 201

    @web.get("/account/pairing/<pairing_id>")
    def pairing(pairing_id: str) -> str:
        found = own(pairing_id)
        code = _kept_code(found)
        return render_template(
            "pairing.html",
            section="account",
            pairing_id=found.pairing_id,
            snapshot=pairing_snapshot(app, found),
            qr_svg=qr_svg(qr_text(app, code)) if code else None,
            typed_code=grouped(code) if code else None,
            server_address=app.config.base_url,
        )

    @web.get("/account/pairing/<pairing_id>/snapshot.json")
    def pairing_snapshot_json(pairing_id: str) -> Response:
        return jsonify(pairing_snapshot(app, own(pairing_id)))

    @web.post("/account/pairing/<pairing_id>/confirm")
    def confirm_pairing(pairing_id: str) -> ResponseReturnValue:
        found = own(pairing_id)
        return answer(lanes.database(app.pair_device.confirm, pairing_id, found.digits or ""))

    @web.post("/account/pairing/<pairing_id>/reject")
    def reject_pairing(pairing_id: str) -> ResponseReturnValue:
        own(pairing_id)
        session.pop(_KEPT, None)
        return answer(lanes.database(app.pair_device.reject, pairing_id))


def _kept_code(pairing: Pairing) -> str | None:
    """The code, while the pairing waits and in the browser that asked for it."""
    kept: Any = session.get(_KEPT)
    if pairing.state is not PairingState.WAITING:
        session.pop(_KEPT, None)
        return None
    return str(kept[1]) if isinstance(kept, list) and kept[0] == pairing.pairing_id else None


def grouped(code: str) -> str:
    """xxxxx-xxxxx: easier to read and to type."""
    return "-".join(code[i : i + 5] for i in range(0, len(code), 5))


def qr_text(app: WebUseCases, code: str) -> str:
    """docs/protocol.md §3: the address, the code, and the fingerprint of the key that the phone pins."""
    return f"phoneseal://pair?v=1&u={quote(app.config.base_url, safe='')}&c={code}&f={app.signer.fingerprint}"


def qr_svg(text: str) -> Markup:
    """Drawn here, inline, without style attributes."""
    picture = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        picture, kind="svg", xmldecl=False, omitsize=True, border=2, svgclass=None, lineclass=None
    )
    return Markup(picture.getvalue().decode())  # noqa: S704 (segno's own output; the text is encoded as modules)
