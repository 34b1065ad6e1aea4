"""Asking for a signature from a document's page, and watching the request."""

import json
import re
from typing import Any

import pytest

from server.signing.sign_request import Placement, State

BOX = {"page": 1, "x0": 300.0, "y0": 90.0, "x1": 480.0, "y1": 150.0}


def upload(browser: Any, contract: bytes) -> str:
    url: str = browser.upload(contract).get_json()["url"]
    return url


def facts(page: str, name: str) -> Any:
    found = re.search(rf'id="{name}">(.*?)</script>', page, re.S)
    assert found is not None
    return json.loads(found.group(1))


def test_no_phone_is_said_before_the_request(portal: Any, contract: bytes) -> None:
    browser = portal.logged_in()
    url = upload(browser, contract)
    page = browser.get(url).text
    assert "Chưa ghép điện thoại nào. Hãy ghép trước" in page
    assert 'id="sign-dialog"' not in page
    answer = browser.send_json(f"{url}/sign", {"placement": None})
    assert answer.status_code == 409
    assert answer.get_json()["code"] == "no_device"


def test_sign_makes_a_request_with_the_placed_box(portal: Any, contract: bytes) -> None:
    portal.phone()
    browser = portal.logged_in()
    url = upload(browser, contract)
    page = browser.get(url).text
    assert "Xác nhận ký số chứng từ" in page
    assert "Pixel 8 của Ánh" in page
    portal.workers.resting = True
    answer = browser.send_json(f"{url}/sign", {"placement": BOX})
    assert answer.status_code == 201, answer.text
    told = answer.get_json()
    assert told["snapshot"]["state"] == "PREPARING"
    assert told["snapshot"]["verification_code"] is None
    with portal.app.store.read() as tx:
        items = tx.items.page(told["request_id"], 0, 10)
    assert items[0].placement == Placement(1, 300.0, 90.0, 480.0, 150.0)
    again = browser.get(told["url"])
    assert facts(again.text, "panel-facts")["snapshot"]["request_id"] == told["request_id"]


@pytest.mark.parametrize(
    "placement",
    [
        {"page": 9, "x0": 0, "y0": 0, "x1": 100, "y1": 50},
        {"page": 0, "x0": 0, "y0": 0, "x1": 9999, "y1": 50},
        {"page": 0, "x0": 0, "y0": 0, "x1": 5, "y1": 5},
        {"page": 0, "x0": 0, "y0": 0, "x1": 595, "y1": 840},
        {"page": 0, "x0": "0", "y0": 0, "x1": 100, "y1": 50},
        {"page": True, "x0": 0, "y0": 0, "x1": 100, "y1": 50},
        {"page": 0},
        "here",
    ],
)
def test_a_box_that_is_none_is_refused(portal: Any, contract: bytes, placement: object) -> None:
    portal.phone()
    browser = portal.logged_in()
    url = upload(browser, contract)
    answer = browser.send_json(f"{url}/sign", {"placement": placement})
    assert answer.status_code == 400
    assert answer.get_json()["code"] == "placement_invalid"


@pytest.mark.parametrize(("side", "code"), [("NaN", "bad_input"), ("1e300", "placement_invalid")])
def test_a_box_that_is_not_a_number_is_refused(portal: Any, contract: bytes, side: str, code: str) -> None:
    portal.phone()
    browser = portal.logged_in()
    url = upload(browser, contract)
    answer = browser.client.post(
        f"{url}/sign",
        data='{"placement": {"page": 0, "x0": SIDE, "y0": 0, "x1": 100, "y1": 50}}'.replace("SIDE", side),
        headers={"X-CSRFToken": browser.csrf(), "Accept": "application/json", "Content-Type": "application/json"},
    )
    assert answer.get_json()["code"] == code


def test_open_request_is_found_again_on_the_documents_page(portal: Any, contract: bytes) -> None:
    portal.phone()
    browser = portal.logged_in()
    url = upload(browser, contract)
    portal.workers.resting = True
    told = browser.send_json(f"{url}/sign", {"placement": None}).get_json()
    page = browser.get(url).text
    assert facts(page, "panel-facts")["snapshot"]["request_id"] == told["request_id"]
    assert "data-sign-form" not in page
    lines = browser.get("/documents").text
    assert "Đang xử lý" in lines
    assert f'href="{told["url"]}"' in lines
    twice = browser.send_json(f"{url}/sign", {"placement": None})
    assert twice.get_json()["code"] == "document_in_use"


def test_several_documents_make_one_request(portal: Any, contract: bytes) -> None:
    portal.phone()
    browser = portal.logged_in()
    ids = [browser.upload(contract).get_json()["document_id"] for _ in range(2)]
    portal.workers.resting = True
    wanted = {"documents": [{"document_id": one, "placement": BOX} for one in ids]}
    told = browser.send_json("/sign-requests", wanted).get_json()
    assert told["snapshot"]["items_total"] == 2
    assert browser.send_json("/sign-requests", {"documents": "all"}).get_json()["code"] == "no_documents"


def test_cancel_ends_it_and_the_document_waits_again(portal: Any, contract: bytes) -> None:
    portal.phone()
    browser = portal.logged_in()
    url = upload(browser, contract)
    portal.workers.resting = True
    told = browser.send_json(f"{url}/sign", {"placement": None}).get_json()
    cancelled = browser.send_json(f"{told['url']}/cancel", {}).get_json()
    assert cancelled["snapshot"]["state"] == "CANCELLED"
    assert cancelled["snapshot"]["final"] is True
    page = browser.get(url).text
    assert "Yêu cầu đã bị huỷ" in page
    assert "data-sign-form" in page
    assert browser.get(f"{told['url']}/snapshot.json").get_json()["end_result"] == "cancelled"


def test_requests_of_others_do_not_exist(portal: Any, contract: bytes) -> None:
    portal.phone()
    browser = portal.logged_in()
    url = upload(browser, contract)
    portal.workers.resting = True
    told = browser.send_json(f"{url}/sign", {"placement": None}).get_json()
    portal.app.log_in.add_user("other", "một mật khẩu dài", "Trần Văn Bình", "")
    other = portal.logged_in("other")
    assert other.get(told["url"]).status_code == 404
    assert other.get(f"{told['url']}/snapshot.json").status_code == 404
    assert other.send_json(f"{told['url']}/cancel", {}).status_code == 404
    with portal.app.store.read() as tx:
        assert tx.requests.get(told["request_id"]).state is State.PREPARING


def test_snapshot_names_the_signed_file(portal: Any, contract: bytes) -> None:
    portal.phone()
    browser = portal.logged_in()
    url = upload(browser, contract)
    portal.workers.resting = True
    told = browser.send_json(f"{url}/sign", {"placement": None}).get_json()
    with portal.app.store.write() as tx:
        tx.database.conn.execute("UPDATE sign_items SET state = 'SIGNED' WHERE request_id = ?", (told["request_id"],))
    line = browser.get(f"{told['url']}/snapshot.json").get_json()["documents"][0]
    assert line["signed_url"] == f"{url}/file"


def test_live_pages_ask_to_log_in_as_json(portal: Any) -> None:
    answer = portal.browser().get("/sign-requests/sr_x/snapshot.json")
    assert answer.status_code == 401
    assert answer.get_json()["code"] == "not_authenticated"
