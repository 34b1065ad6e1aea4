"""A signature's claimed time, as the stamp shows it and as the signature dictionary writes it."""

import re
from datetime import datetime, timedelta, timezone

_TIME_TEXT = re.compile(r"(\d\d)/(\d\d)/(\d{4}) (\d\d):(\d\d)(?::(\d\d))?(?: ?\(?(?:GMT|UTC)?([+-]\d\d):?(\d\d)\)?)?\Z")
VIETNAM = timezone(timedelta(hours=7))
ANY_TIME = "01/01/2026 00:00 (+07:00)"  # for a preparation that nobody sees


def format_signing_time(moment: datetime) -> str:
    """``22/11/2025 14:05 (+07:00)``: how a stamp shows a time, in Vietnam's zone."""
    return moment.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M (+07:00)")


def pdf_date(signing_time_text: str) -> bytes:
    """The date string (ISO 32000-2 7.9.4) of a stamp's time; a text without a zone means Vietnam's."""
    found = _TIME_TEXT.match(signing_time_text)
    if found is None:
        raise ValueError("the signing time is dd/mm/yyyy HH:MM, with or without seconds and a zone")
    day, month, year, hour, minute, second, zone_hours, zone_minutes = found.groups()
    written = f"D:{year}{month}{day}{hour}{minute}{second or '00'}{zone_hours or '+07'}'{zone_minutes or '00'}'"
    return written.encode("ascii")
