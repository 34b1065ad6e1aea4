"""An operator sets a failed request aside: once, only a failed one, with a trace; the lists and the command agree."""

import json
from typing import Any

import pytest

from server.signing.sign_request import State
from tests.unit.web.test_batch_pages import add, ask, finish, queued
from tests.unit.web.test_import_pages import operator

assert operator  # the fixture
LIST = "/operations/requests"
ASIDE = f"{LIST}?show=set-aside"


@pytest.fixture
def failed(portal: Any) -> str:
    portal.phone()
    portal.workers.resting = True
    request_id: str = ask(portal.logged_in(), [add(portal, "Hỏng")]).get_json()["request_id"]
    finish(portal, request_id, State.FAILED, end_result="server_error", finished_at=1.0)
    return request_id


def entries(portal: Any) -> list[Any]:
    with portal.app.store.read() as tx:
        return [entry for entry in tx.audit.entries() if entry.kind == "request_set_aside"]


def personal_texts(portal: Any) -> list[str]:
    with portal.app.store.read() as tx:
        return [row[0] for row in tx.database.conn.execute("SELECT text FROM personal_texts")]


def test_a_failed_request_leaves_the_list_and_is_found_again(portal: Any, operator: Any, failed: str) -> None:
    page = operator.get(LIST).text
    assert failed in page
    assert "Bỏ qua yêu cầu này?" in page
    assert "Chưa bỏ qua yêu cầu nào" in operator.get(ASIDE).text
    answer = operator.post(f"{LIST}/{failed}/set-aside", {"note": "  Đã gọi <b>chị Lan</b> "})
    assert (answer.status_code, answer.location) == (303, LIST)
    page = operator.get(LIST).text
    assert "Đã bỏ qua yêu cầu." in page
    assert failed not in page
    assert failed not in operator.get(f"{LIST}?show=all").text
    page = operator.get(ASIDE).text
    assert failed in page
    assert "Vũ Hải Yến đã bỏ qua" in page
    assert "“Đã gọi &lt;b&gt;chị Lan&lt;/b&gt;”" in page
    assert "Bỏ qua yêu cầu này?" not in page
    assert [line.request.request_id for line in portal.app.unstick.listed(stuck=False)] == []


def test_the_first_time_counts(portal: Any, operator: Any, failed: str) -> None:
    set_aside = portal.app.set_aside
    actor = portal.app.log_in.find(portal.user.user_id).user_id
    assert set_aside(failed, actor, "một") is True
    assert set_aside(failed, "operator", "hai") is False
    operator.post(f"{LIST}/{failed}/set-aside", {"note": "ba"})
    assert "đã được bỏ qua từ trước" in operator.get(ASIDE).text
    [line] = portal.app.unstick.set_aside_ones()
    assert line.aside is not None
    assert (line.aside.actor, line.aside.note) == (actor, "một")
    [entry] = entries(portal)
    assert (entry.actor, entry.subject) == (actor, failed)
    assert list(json.loads(entry.facts)["note"]) == ["salted_sha256"], "the note can be erased, the entry can not"
    assert "một" in personal_texts(portal)
    assert not {"hai", "ba"} & set(personal_texts(portal))


def test_without_a_note_nothing_personal_is_kept(portal: Any, failed: str) -> None:
    before = personal_texts(portal)
    assert portal.app.set_aside(failed, "operator", " \n ")
    assert [entry.facts for entry in entries(portal)] == ["{}"]
    assert personal_texts(portal) == before


@pytest.mark.parametrize("state", [None, State.QUEUED, State.CANCELLED])
def test_only_what_failed(portal: Any, operator: Any, state: State | None) -> None:
    portal.phone()
    request_id, _ = queued(portal, portal.logged_in())
    if state is not None:
        finish(portal, request_id, state)
    problem = operator.send_json(f"{LIST}/{request_id}/set-aside", {}).get_json()
    assert problem["code"] == "request_not_failed"
    assert "yêu cầu đã thất bại" in problem["detail"]
    assert entries(portal) == []
    assert portal.app.unstick.set_aside_ones() == []


def test_what_is_wrong_is_said(portal: Any, operator: Any, failed: str) -> None:
    assert operator.send_json(f"{LIST}/sr_x/set-aside", {}).get_json()["code"] == "request_unknown"
    assert operator.post(f"{LIST}/{failed}/set-aside", {"note": "x" * 501}).status_code == 400
    assert failed in operator.get(LIST).text
    assert portal.logged_in().post(f"{LIST}/{failed}/set-aside").status_code == 403
    assert operator.client.post(f"{LIST}/{failed}/set-aside").status_code == 403, "without its anti-forgery value"
    stranger = portal.browser().post(f"{LIST}/{failed}/set-aside")
    assert (stranger.status_code, stranger.location) == (303, "/login")
    assert entries(portal) == []


def test_the_last_one_set_aside_stands_first(portal: Any, failed: str) -> None:
    second = ask(portal.logged_in(), [add(portal, "Hỏng nữa")]).get_json()["request_id"]
    finish(portal, second, State.FAILED, end_result="server_error", finished_at=1.0)
    portal.app.set_aside(second, "operator")
    portal.app.set_aside(failed, "operator")
    assert [line.request.request_id for line in portal.app.unstick.set_aside_ones()] == [failed, second]
