"""What a tab from before knows is old, and is said to be old: a signature made meanwhile, a session that is over."""

import json
import re
import time
from typing import Any

import pytest

from server.web.messages import LANGUAGES, text_of_code


def facts(page: str, name: str) -> Any:
    found = re.search(rf'id="{name}">(.*?)</script>', page, re.S)
    assert found is not None
    return json.loads(found.group(1))


def sign_elsewhere(portal: Any, document_id: str) -> None:
    with portal.app.store.write() as tx:
        tx.database.conn.execute(
            "UPDATE documents SET current_sha256 = ?, signed_at = ? WHERE document_id = ?", ("ab" * 32, time.time(), document_id)
        )


def test_a_documents_page_names_the_version_that_it_shows(portal: Any, contract: bytes) -> None:
    portal.phone()
    browser = portal.logged_in()
    told = browser.upload(contract).get_json()
    portal.workers.resting = True
    version = facts(browser.get(told["url"]).text, "viewer-facts")["version"]
    sign_elsewhere(portal, told["document_id"])
    refused = browser.send_json(f"{told['url']}/sign", {"placement": None, "version": version})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "signed_meanwhile")
    assert "Đã có người ký sau khi bạn mở trang này: “Hợp đồng”" in refused.get_json()["detail"]
    several = {"documents": [{"document_id": told["document_id"], "placement": None, "version": version}]}
    assert browser.send_json("/sign-requests", several).get_json()["code"] == "signed_meanwhile"
    again = facts(browser.get(told["url"]).text, "viewer-facts")["version"]
    assert browser.send_json(f"{told['url']}/sign", {"placement": None, "version": again}).status_code == 201


def test_a_choice_of_many_names_when_it_was_made(portal: Any, contract: bytes) -> None:
    portal.phone()
    browser = portal.logged_in()
    ids = [browser.upload(contract).get_json()["document_id"] for _ in range(3)]
    portal.workers.resting = True
    made = re.search(r'name="made-at" content="([0-9.]+)"', browser.get("/documents").text)
    assert made is not None
    body = {"document_ids": ids, "placement": None, "seen_at": float(made[1])}
    assert browser.send_json("/batch-signing/check", body).status_code == 200
    sign_elsewhere(portal, ids[1])
    for path in ("/batch-signing/check", "/batch-signing"):
        problem = browser.send_json(path, body).get_json()
        assert (problem["code"], problem["errors"]["documents"]) == ("signed_meanwhile", [ids[1]])
    assert browser.send_json("/batch-signing", {**body, "document_ids": [ids[0], ids[2]]}).status_code == 201


@pytest.mark.parametrize("wrong", [{"version": 5}, {"version": []}])
def test_a_version_that_is_none_is_refused(portal: Any, contract: bytes, wrong: dict[str, object]) -> None:
    portal.phone()
    browser = portal.logged_in()
    url = browser.upload(contract).get_json()["url"]
    assert browser.send_json(f"{url}/sign", {"placement": None, **wrong}).status_code == 400


@pytest.mark.parametrize("seen_at", ["now", -1, True, 1e300])
def test_a_time_that_is_none_is_refused(portal: Any, contract: bytes, seen_at: object) -> None:
    browser = portal.logged_in()
    ids = [browser.upload(contract).get_json()["document_id"]]
    assert browser.send_json("/batch-signing", {"document_ids": ids, "placement": None, "seen_at": seen_at}).status_code == 400


def test_both_languages_say_look_again() -> None:
    texts = text_of_code("signed_meanwhile")
    assert texts is not None
    assert "look again" in texts["en"]
    assert "xem lại" in texts["vi"]
    assert set(texts) == set(LANGUAGES)


# --- a session that is over ----------------------------------------------------------------------------------------------------

PAGE = "http://localhost/documents?show=waiting"


def lose_cookie(browser: Any, _portal: Any) -> None:
    browser.client.delete_cookie("phoneseal")


def log_out_everywhere(_browser: Any, portal: Any) -> None:
    portal.app.log_in.end_sessions(portal.user.user_id)


@pytest.mark.parametrize("lose", [lose_cookie, log_out_everywhere])
@pytest.mark.parametrize("path", ["/account/pairing", "/account/sessions/end", "/account/recovery/cancel"])
def test_a_form_of_a_lost_session_leads_to_the_log_in_and_back(portal: Any, lose: Any, path: str) -> None:
    browser = portal.logged_in()
    form = {"csrf_token": browser.csrf()}
    lose(browser, portal)
    answer = browser.client.post(path, data=form, headers={"Referer": PAGE})
    assert (answer.status_code, answer.location) == (303, "/login?next=/documents%3Fshow%3Dwaiting")
    back = browser.post("/login", {"login_name": "anh", "password": "một mật khẩu dài", "next": "/documents?show=waiting"})
    assert back.location == "/documents?show=waiting"


@pytest.mark.parametrize("lose", [lose_cookie, log_out_everywhere])
def test_a_script_of_a_lost_session_is_told_so(portal: Any, lose: Any) -> None:
    browser = portal.logged_in()
    headers = {"X-CSRFToken": browser.csrf(), "Accept": "application/json"}
    lose(browser, portal)
    answer = browser.client.post("/batch-signing", json={"document_ids": []}, headers=headers)
    assert (answer.status_code, answer.get_json()["code"]) == (401, "not_authenticated")


@pytest.mark.parametrize("referer", ["https://evil.example/documents", "http://localhost//evil.example", "", "http://localhost/login"])
def test_it_never_leads_back_to_a_page_of_others(portal: Any, referer: str) -> None:
    answer = portal.browser().client.post("/account/pairing", headers={"Referer": referer})
    assert (answer.status_code, answer.location) == (303, "/login")


def test_a_page_that_is_old_in_a_session_that_lives_is_still_said_to_be_old(portal: Any) -> None:
    browser = portal.logged_in()
    answer = browser.client.post("/account/pairing", data={"csrf_token": "old"})
    assert answer.status_code == 403
    assert "Trang này đã cũ" in answer.text
    log_in = portal.browser().client.post("/login", data={"login_name": "anh", "password": "x"})
    assert log_in.status_code == 403, "the log-in itself has no session to lose"
