"""Which language a page speaks, and how it writes dates and sizes.

Rules: the person's choice on this browser, then the account's language, then what the browser asks for, then Vietnamese. Dates are
dd/mm/yyyy HH:MM in the time of Vietnam, whatever the language; machine-readable times (``datetime`` attributes, exports) are ISO in UTC.
"""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from flask import Flask, has_request_context, request, session
from flask_babel import Babel, get_locale
from flask_login import current_user

from server.clock import iso_utc
from server.web.messages import LANGUAGES

TRANSLATIONS = Path(__file__).resolve().parents[1] / "translations"
TIME_ZONE = "Asia/Ho_Chi_Minh"
ZONE = timezone(timedelta(hours=7))  # no summer time there; needs no zone files


def wanted_language() -> str:
    """The best that the browser or program asks for; ``vi-VN`` asks for ``vi``."""
    for tag, quality in request.accept_languages:  # best first
        primary = tag.partition("-")[0].lower()
        if primary in LANGUAGES and quality > 0:
            return primary
    return LANGUAGES[0]


def language_of_request() -> str:
    chosen = session.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    own = getattr(current_user, "language", None)
    if own in LANGUAGES:
        return str(own)
    return wanted_language()


def language() -> str:
    """The language of the page being made; Vietnamese outside of one."""
    locale = get_locale() if has_request_context() else None
    return str(locale) if locale is not None else LANGUAGES[0]


def date_time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).astimezone(ZONE).strftime("%d/%m/%Y %H:%M")


def file_size(count: int) -> str:
    """KB or MB as people read them: whole numbers, at least 1 KB."""
    if count < 1024 * 1024:
        return f"{max(1, round(count / 1024))} KB"
    text = f"{count / 1024 / 1024:.1f}".removesuffix(".0")
    return f"{text.replace('.', ',') if language() == 'vi' else text} MB"


def number(count: int) -> str:
    """With the language's mark between thousands."""
    return f"{count:,}".replace(",", "." if language() == "vi" else ",")


def initials(name: str) -> str:
    words = name.split()
    return (words[0][:1] + words[-1][:1]).upper() if len(words) > 1 else name[:2].upper()


def set_up_languages(app: Flask) -> None:
    Babel(
        app,
        default_locale=LANGUAGES[0],
        default_translation_directories=str(TRANSLATIONS),
        locale_selector=language_of_request,
    )
    app.add_template_filter(date_time, "date_time")
    app.add_template_filter(iso_utc, "iso")
    app.add_template_filter(file_size, "file_size")
    app.add_template_filter(number, "number")
    app.add_template_filter(initials, "initials")
