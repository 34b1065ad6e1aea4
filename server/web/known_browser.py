"""The browsers that somebody logged in with: a signed cookie, so that the owner gets in while others try the name.

Rules: it opens nothing and names no session; it is worth tries of its own, for the names that stand in it, for 90 days after the last
log-in there. Of at most ``MOST`` names, the latest first.
"""

import hashlib
import hmac
import secrets

from flask import Request, Response
from itsdangerous import BadData, URLSafeTimedSerializer

from server.text import plain_login
from server.users.log_in import KNOWN_FOR

MOST = 5


class KnownBrowser:
    def __init__(self, key: bytes, *, secure: bool) -> None:
        self._serializer = URLSafeTimedSerializer(key, salt="phoneseal.known_browser.v1", signer_kwargs={"digest_method": hashlib.sha256})
        self._secure = secure
        self._cookie = "__Host-phoneseal-known" if secure else "phoneseal-known"

    def name_for(self, request: Request, login: str) -> str:
        """This browser's name if ``login`` was logged in with it, else ""."""
        return next((name for digest, name in self._read(request) if hmac.compare_digest(digest, _digest(login))), "")

    def remember(self, request: Request, response: Response, login: str) -> None:
        mine = self.name_for(request, login) or secrets.token_urlsafe(12)
        others = [entry for entry in self._read(request) if entry[0] != _digest(login)]
        value = self._serializer.dumps([(_digest(login), mine), *others][:MOST])
        response.set_cookie(
            self._cookie, str(value), max_age=int(KNOWN_FOR), httponly=True, samesite="Lax", secure=self._secure
        )

    def _read(self, request: Request) -> list[tuple[str, str]]:
        try:
            kept = self._serializer.loads(request.cookies.get(self._cookie, ""), max_age=int(KNOWN_FOR))
        except BadData:
            return []
        return [(str(digest), str(name)) for digest, name in kept]


def _digest(login: str) -> str:
    return hashlib.sha256(plain_login(login).encode()).hexdigest()[:32]
