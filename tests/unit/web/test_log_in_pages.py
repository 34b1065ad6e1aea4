"""Log-in, sessions, anti-forgery values, language and headers of the pages."""

import io
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from server.lanes import InPlace
from server.web.log_in_views import own_path

NAME, PASSWORD = "anh", "một mật khẩu dài"


def test_log_in_leads_back_to_the_page_that_was_asked_for(portal: Any) -> None:
    browser = portal.browser()
    asked = browser.get("/documents?show=waiting")
    assert asked.status_code == 302
    assert asked.location == "/login?next=/documents%3Fshow%3Dwaiting"
    form = {"login_name": NAME, "password": PASSWORD, "next": "/documents?show=waiting"}
    assert browser.post("/login", form).location == "/documents?show=waiting"
    assert "Nguyễn Thị Lấp Lánh Ánh" in browser.get("/documents").text


@pytest.mark.parametrize(
    "path", ["//evil.example", "/\\evil.example", "https://evil.example", "evil", "/a\nb", "", "/login", "/\t/evil"]
)
def test_log_in_never_leads_elsewhere(portal: Any, path: str) -> None:
    assert own_path(path) == ""
    answer = portal.browser().post("/login", {"login_name": NAME, "password": PASSWORD, "next": path})
    assert answer.location == "/"


def test_wrong_name_and_wrong_password_sound_the_same(portal: Any) -> None:
    wrong_password = portal.browser().post("/login", {"login_name": NAME, "password": "sai"})
    wrong_name = portal.browser().post("/login", {"login_name": "nobody", "password": "sai"})
    for answer in (wrong_password, wrong_name):
        assert answer.status_code == 401
        assert "Sai tên đăng nhập hoặc mật khẩu" in answer.text


def test_wrong_name_and_wrong_password_cost_one_commit_each(portal: Any) -> None:
    """A commit waits for the disk: who measures the answer would know which names there are."""
    commits = []
    for name in (NAME, "nobody"):
        with portal.app.store.read() as tx:
            connection = tx.database.conn
        seen: list[str] = []
        connection.set_trace_callback(seen.append)
        portal.browser().post("/login", {"login_name": name, "password": "sai"})
        connection.set_trace_callback(None)
        commits.append(seen.count("COMMIT"))
    assert commits[0] == commits[1] > 0


def test_throttling_is_said_with_its_time_and_outlives_a_browser(portal: Any) -> None:
    answers = [portal.browser().post("/login", {"login_name": NAME, "password": "sai"}) for _ in range(9)]
    last = answers[-1]
    assert last.status_code == 429
    assert int(last.headers["Retry-After"]) > 0
    assert "Đăng nhập sai quá nhiều lần. Hãy thử lại sau" in last.text
    assert portal.browser().post("/login", {"login_name": NAME, "password": PASSWORD}).status_code == 429


def test_posts_without_anti_forgery_value_change_nothing(portal: Any, contract: bytes) -> None:
    browser = portal.logged_in()
    for path in ("/logout", "/account/pairing", "/account/sessions/end"):
        answer = browser.client.post(path)
        assert answer.status_code == 403, path
        assert "Trang này đã cũ" in answer.text
    refused = browser.client.post("/documents", data=contract, content_type="application/pdf")
    assert refused.status_code == 403
    assert browser.get("/documents").status_code == 200


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=b"])
@pytest.mark.parametrize(
    "path", ["/login", "/documents", "/import-batches/ib_1/documents", "/import-batches/ib_1/archive"]
)
def test_a_form_is_small_wherever_it_is_sent_to(portal: Any, path: str, kind: str) -> None:
    """The anti-forgery check reads forms of people who are not logged in: what takes whole files must not take them as a form."""
    head = b"--b\r\nContent-Disposition: form-data; name=a; filename=a\r\n\r\n" if "multipart" in kind else b"a="
    sent = io.BytesIO(head + b"a" * (1 << 20))
    chunked = {"wsgi.input_terminated": True}  # a body that does not say how long it is
    answer = portal.browser().client.post(path, input_stream=sent, content_type=kind, environ_overrides=chunked)
    assert answer.status_code == 413
    assert sent.tell() < 1 << 18


def test_json_that_no_page_sends_is_refused_in_words(portal: Any) -> None:
    browser = portal.logged_in()
    headers = {"X-CSRFToken": browser.csrf(), "Accept": "application/json"}
    box = '{"placement": {"page": 0, "x0": 1' + "0" * 400 + ', "y0": 1, "x1": 2, "y1": 3}}'
    for body in ('{"placement": ' + "[" * 100_000 + "]" * 100_000 + "}", box):
        sent = browser.client.post("/documents/doc_1/sign", data=body, content_type="application/json", headers=headers)
        assert sent.status_code == 400


def test_log_out_everywhere_ends_other_browsers(portal: Any) -> None:
    here, elsewhere = portal.logged_in(), portal.logged_in()
    assert elsewhere.get("/documents").status_code == 200
    here.post("/account/sessions/end")
    assert here.get("/documents").status_code == 302
    assert elsewhere.get("/documents").status_code == 302


def test_session_ends_after_its_lifetime(portal: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = portal.logged_in()
    start = portal.app.clock.now()
    lifetime = portal.app.config.session_lifetime
    monkeypatch.setattr(type(portal.app.clock), "now", lambda _: start + lifetime - 5)
    assert browser.get("/documents").status_code == 200
    monkeypatch.setattr(type(portal.app.clock), "now", lambda _: start + lifetime + 5)
    assert browser.get("/documents").status_code == 302


def test_session_is_renewed_at_log_in(portal: Any) -> None:
    browser = portal.browser()
    with browser.client.session_transaction() as session:
        session["planted"] = "before the log-in"
    browser.post("/login", {"login_name": NAME, "password": PASSWORD})
    with browser.client.session_transaction() as session:
        assert "planted" not in session


def test_language_is_chosen_and_kept_with_the_account(portal: Any) -> None:
    browser = portal.logged_in()
    assert "Danh sách chứng từ" in browser.get("/documents").text
    browser.post("/account/language", {"language": "en", "next": "/documents"})
    page = browser.get("/documents").text
    assert '<html lang="en"' in page
    assert "Document list" in page
    assert "Document list" in portal.logged_in().get("/documents").text
    assert "Get the phone app" in portal.browser().get("/app", headers={"Accept-Language": "en"}).text


def test_cookie_and_headers_are_strict(portal: Any) -> None:
    browser = portal.browser()
    page = browser.get("/login")
    policy = page.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    cookie = browser.post("/login", {"login_name": NAME, "password": PASSWORD}).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


@pytest.mark.parametrize("name", ["tls_certificate", "behind_proxy"])
def test_over_tls_no_other_host_can_set_the_cookie(portal: Any, name: str) -> None:
    from flask import Flask

    from server.web.ports import Site
    from server.web.sessions import set_up_sessions

    value = True if name == "behind_proxy" else "cert.pem"
    app = SimpleNamespace(config=replace(portal.app.config, **{name: value}), session_key="k")
    flask_app = Flask("secure")
    set_up_sessions(flask_app, Site(cast(Any, app), InPlace(), cast(Any, None)))
    assert flask_app.config["SESSION_COOKIE_NAME"] == "__Host-phoneseal"
    assert flask_app.config["SESSION_COOKIE_SECURE"] is True


def test_unknown_addresses_are_pages_of_ours(portal: Any) -> None:
    page = portal.browser().get("/nowhere")
    assert page.status_code == 404
    assert "Không tìm thấy trang" in page.text
    problem = portal.browser().get("/nowhere", headers={"Accept": "application/json"})
    assert problem.mimetype == "application/problem+json"
    assert problem.get_json()["code"] == "not_found"


def test_what_is_untyped_becomes_internal_with_nothing_inside(
    portal: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    browser = portal.logged_in()

    def fail(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(type(portal.app.read_devices), "of_subscriber", fail)
    answer = browser.get("/account", headers={"Accept": "application/json"})
    assert answer.status_code == 500
    problem = answer.get_json()
    assert problem["code"] == "internal"
    assert "secret detail" not in answer.text
    assert problem["incident"] in caplog.text
