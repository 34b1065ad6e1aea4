"""The account page: profile, phones, certificates, recovery. Every act on a phone first checks that it is the user's."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from server.devices.device import Device, Recovery
from server.devices.read_devices import PhoneLine
from server.errors import BadInput, NotFound
from server.text import clean_text
from server.users.user import User
from server.web.phone_words import certificate_facts, device_facts
from server.web.ports import Site
from server.web.sessions import current

NAME_LIMIT = 60


def subscriber_of(user: User) -> str:
    """Raises ``NotFound`` for a user who owns no phones: what they ask for can't be theirs."""
    if user.subscriber_id is None:
        raise NotFound("no signing account", code="no_subscriber")
    return user.subscriber_id


def add_views(web: Blueprint, site: Site) -> None:
    app, lanes = site.app, site.lanes

    def read(user: User) -> tuple[list[PhoneLine], Recovery | None]:
        if user.subscriber_id is None:
            return [], None
        return app.read_devices.of_subscriber(user.subscriber_id), app.read_devices.recovery(user.subscriber_id)

    def own_device(user: User, device_id: str) -> Device:
        return app.read_devices.device(device_id, subscriber_of(user))

    def back(message: str) -> ResponseReturnValue:
        flash(message, "success")
        return redirect(url_for("web.account") + "#phones", 303)

    @web.get("/account")
    def account() -> str:
        user = current()
        lines, recovery = lanes.database(read, user)
        lines.sort(key=lambda line: (line.device.ended_at is not None, -line.device.paired_at))
        now = app.clock.now()
        return render_template(
            "account.html",
            section="account",
            profile=user,
            devices=[device_facts(line.device) for line in lines],
            certificates=[facts for line in lines for facts in certificate_facts(line, now)],
            recovery=recovery,
        )

    @web.post("/account/devices/<device_id>/freeze")
    def freeze_device(device_id: str) -> ResponseReturnValue:
        user = current()
        lanes.database(lambda: app.end_device.freeze(own_device(user, device_id).device_id, user.user_id))
        return back(gettext("The phone is frozen. It can’t sign until you unfreeze it."))

    @web.post("/account/devices/<device_id>/thaw")
    def thaw_device(device_id: str) -> ResponseReturnValue:
        user = current()
        lanes.database(lambda: app.end_device.thaw(own_device(user, device_id).device_id, user.user_id))
        return back(gettext("The phone can sign again."))

    @web.post("/account/devices/<device_id>/unpair")
    def unpair_device(device_id: str) -> ResponseReturnValue:
        user = current()
        lanes.database(lambda: app.end_device.unpair(own_device(user, device_id).device_id, user.user_id))
        return back(gettext("The phone is unpaired. Its certificate has ended."))

    @web.post("/account/devices/<device_id>/rename")
    def rename_device(device_id: str) -> ResponseReturnValue:
        user = current()
        name = clean_text(request.form.get("name", ""), NAME_LIMIT)
        if not name:
            raise BadInput("a name is needed", code="device_name_invalid")
        lanes.database(lambda: app.end_device.rename(own_device(user, device_id).device_id, name, user.user_id))
        return back(gettext("The phone has its new name."))

    @web.post("/account/recovery/cancel")
    def cancel_recovery() -> ResponseReturnValue:
        user = current()
        lanes.database(app.end_device.cancel_recovery, subscriber_of(user), user.user_id)
        return back(gettext("The recovery is cancelled. Only your own phones can approve a new one."))

    @web.get("/app")
    def get_app() -> str:
        return render_template("get_app.html", section="app", server_address=app.config.base_url)
