"""The portal's HTML edge: pages for web users, in Vietnamese and English.

``create_web`` puts it on a Flask app. Views are handed what they need (``Site``); they hold no rule of the capabilities, only who may ask
for what and in which words it is answered. Other edges on the same app (API, devices, health) are not touched: the checks of
forms and the pages' error handlers belong to this blueprint alone.
"""

from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, g, request
from flask_wtf.csrf import CSRFProtect

from server.lanes import Lanes
from server.web import (
    account_views,
    batch_views,
    document_files,
    document_views,
    import_views,
    list_views,
    log_in_views,
    operator_views,
    pairing_views,
    result_views,
    sign_views,
)
from server.web.languages import TIME_ZONE, language, set_up_languages
from server.web.ports import News, Site, WebUseCases
from server.web.problems import set_up_problems
from server.web.security_headers import set_up_security_headers
from server.web.sessions import set_up_sessions

CLIENT = Path(__file__).resolve().parents[2] / "web_client"
FORM_BYTES, JSON_BYTES = 1 << 16, 1 << 20
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
VIEWS = (
    log_in_views,
    list_views,
    document_views,
    document_files,
    import_views,
    sign_views,
    batch_views,
    result_views,
    account_views,
    pairing_views,
    operator_views,
)
UPLOADS = ("web.upload", "web.import_document")


def create_web(flask_app: Flask, app: WebUseCases, lanes: Lanes, news: News) -> None:
    """Adds every page of the portal to ``flask_app``."""
    site = Site(app, lanes, news)
    web = Blueprint("web", __name__, template_folder=str(CLIENT / "templates"))
    flask_app.static_folder = str(CLIENT / "static")
    if "static" not in flask_app.view_functions:
        flask_app.add_url_rule("/static/<path:filename>", endpoint="static", view_func=flask_app.send_static_file)
    set_up_sessions(flask_app, site)
    set_up_languages(flask_app)
    set_up_security_headers(flask_app, app.config.base_url)
    _set_up_forms(flask_app, web, app.config.max_request_bytes)
    for views in VIEWS:
        views.add_views(web, site)
    set_up_problems(flask_app, web)

    @web.before_request
    def _note_time() -> None:
        g.asked_at = app.clock.now()  # before anything is read: what changes from now on, the page does not show

    @flask_app.context_processor
    def _page() -> dict[str, Any]:
        return {"language": language(), "time_zone": TIME_ZONE, "section": "", "made_at": g.get("asked_at", 0)}

    flask_app.register_blueprint(web)


def _set_up_forms(flask_app: Flask, web: Blueprint, archive_bytes: int) -> None:
    """Anti-forgery values are checked here and not on the whole app: the API and the devices have no cookies to abuse."""
    flask_app.config.update(WTF_CSRF_CHECK_DEFAULT=False, WTF_CSRF_TIME_LIMIT=None)
    csrf = CSRFProtect(flask_app)

    @web.before_request
    def _check_form() -> None:
        # The check reads a form, whoever sent it, in memory and in the event loop: so a form is small wherever it is sent to.
        if request.mimetype in FORMS:
            request.max_content_length = FORM_BYTES
        elif request.endpoint == "web.import_archive":
            request.max_content_length = archive_bytes
        elif request.endpoint not in UPLOADS:
            request.max_content_length = JSON_BYTES
        csrf.protect()
