"""The cookie of a browser that somebody logged in with: worth tries for these names, and nothing else."""

import pytest
from flask import Flask, Response, request

from server.web.known_browser import MOST, KnownBrowser


@pytest.fixture
def site() -> Flask:
    return Flask("pages")


def remembered(site: Flask, known: KnownBrowser, logins: list[str], cookie: str = "") -> str:
    for login in logins:
        with site.test_request_context(headers={"Cookie": cookie}):
            response = Response()
            known.remember(request, response, login)
            cookie = response.headers["Set-Cookie"].partition(";")[0]
    return cookie


def name_for(site: Flask, known: KnownBrowser, login: str, cookie: str) -> str:
    with site.test_request_context(headers={"Cookie": cookie}):
        return known.name_for(request, login)


def test_a_browser_is_known_for_whom_it_was_used(site: Flask) -> None:
    known = KnownBrowser(b"key", secure=True)
    cookie = remembered(site, known, ["an", "binh"])
    assert cookie.startswith("__Host-phoneseal-known=")
    first = name_for(site, known, " AN ", cookie)
    assert first and first != name_for(site, known, "binh", cookie)
    assert name_for(site, known, "chi", cookie) == ""
    assert name_for(site, known, "an", remembered(site, known, ["an"], cookie)) == first, "the same browser keeps its name"


def test_a_cookie_made_up_or_of_another_server_says_nothing(site: Flask) -> None:
    known = KnownBrowser(b"key", secure=False)
    cookie = remembered(site, KnownBrowser(b"other", secure=False), ["an"])
    for made_up in (cookie, "phoneseal-known=x", "", remembered(site, known, ["an"])[:-2]):
        assert name_for(site, known, "an", made_up) == ""


def test_it_holds_the_latest_names(site: Flask) -> None:
    known = KnownBrowser(b"key", secure=False)
    logins = [f"user{number}" for number in range(MOST + 1)]
    cookie = remembered(site, known, logins)
    assert [bool(name_for(site, known, login, cookie)) for login in logins] == [False] + [True] * MOST
