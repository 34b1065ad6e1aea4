"""Where the log-in leads back to: always a page of ours."""

from urllib.parse import urlsplit

from flask import request


def own_path(text: str | None) -> str:
    """The path if it leads to a page of ours, else "". A browser reads ``//host`` and ``/\\host`` as another site."""
    if not text or not text.startswith("/") or text.startswith(("//", "/\\")) or any(ord(c) < 33 for c in text):
        return ""
    parts = urlsplit(text)
    return "" if parts.scheme or parts.netloc or parts.path in ("/login", "/logout") else text.rstrip("?")


def page_of_form() -> str:
    """The page from which the form of the current request was sent, as the browser says (Referer); "" when that is none of ours."""
    came_from = urlsplit(request.referrer or "")
    if came_from.netloc.lower() != request.host.lower():
        return ""
    return own_path(came_from.path + (f"?{came_from.query}" if came_from.query else ""))
