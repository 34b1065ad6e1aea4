"""Headers that keep a page to itself.

Rules: scripts, styles, fonts and connections come from this server only, none inline; nobody frames our pages; what was made for one
person is not stored by caches. Our own scripts and styles are asked for again at each page (their names carry no version); what came from
packages changes only with an upgrade and is kept for an hour.
"""

from urllib.parse import urlsplit

from flask import Flask, Response, request

# Bootstrap's style sheet carries small pictures as data: addresses.
_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


def content_security_policy(base_url: str) -> str:
    """Older browsers do not count our own WebSocket as 'self', so it is named."""
    address = urlsplit(base_url)
    socket = f"{'wss' if address.scheme == 'https' else 'ws'}://{address.netloc}"
    directives = {**_POLICY, "connect-src": f"'self' {socket}"}
    return "; ".join(f"{name} {value}" for name, value in directives.items())


def set_up_security_headers(app: Flask, base_url: str) -> None:
    policy = content_security_policy(base_url)
    encrypted = base_url.startswith("https://")

    @app.after_request
    def _add(response: Response) -> Response:
        headers = response.headers
        if request.path.startswith("/static/vendor/") and response.status_code in (200, 304):
            headers["Cache-Control"] = "public, max-age=3600"
        headers.setdefault("Content-Security-Policy", policy)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("X-Frame-Options", "DENY")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        headers.setdefault("Cache-Control", "no-store")
        if encrypted:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response
