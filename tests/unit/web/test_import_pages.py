"""Import batches and the operators' page, over the real use cases."""

import io
import zipfile
from typing import Any

import pytest

from server.documents.unpack_archive import UnpackArchive
from server.signing.sign_request import State
from tests.unit.web.test_batch_pages import add, ask, finish, queued


@pytest.fixture
def importer(portal: Any) -> Any:
    app = portal.app
    unpack = UnpackArchive(app.store, app.blobs, app.receive_upload, app.clock, app.config, portal.workers)
    portal.workers.kinds["unpack_archive"] = unpack
    return portal.logged_in()


def start(browser: Any, name: str = "Hợp đồng tháng 11") -> dict[str, str]:
    answer = browser.send_json("/import-batches", {"name": name})
    assert answer.status_code == 201, answer.text
    told: dict[str, str] = answer.get_json()
    return told


def send(browser: Any, url: str, content: bytes, name: str, kind: str = "application/pdf") -> Any:
    headers = {"X-CSRFToken": browser.csrf(), "X-File-Name": name, "Accept": "application/json"}
    return browser.client.post(url, data=content, content_type=kind, headers=headers)


def archive(files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        for name, content in files.items():
            made.writestr(name, content)
    return target.getvalue()


def progress(browser: Any, told: dict[str, str]) -> Any:
    return browser.get(f"{told['url']}/progress.json").get_json()


@pytest.mark.inventory(19)
def test_files_arrive_one_by_one_under_one_name(importer: Any, contract: bytes) -> None:
    told = start(importer)
    assert send(importer, told["documents_url"], contract, "mot.pdf").status_code == 202
    assert send(importer, told["documents_url"], contract, "hai.pdf").status_code == 202
    again = send(importer, told["documents_url"], contract, "hai.pdf")
    assert (again.status_code, again.get_json()) == (200, {"known": True}), "its answer got lost: not doubled"
    assert send(importer, told["documents_url"], b"no pdf", "ba.pdf").status_code == 202
    now = progress(importer, told)
    assert (now["total"], now["waiting"], now["refused"], now["checking"], now["settled"]) == (3, 2, 1, 0, True)
    [refused] = now["refused_files"]
    assert refused["name"] == "ba.pdf"
    assert "không phải PDF" in refused["why"]
    page = importer.get(told["url"]).text
    assert "Hợp đồng tháng 11" in page
    lines = importer.get("/import-batches").text
    assert "Hợp đồng tháng 11" in lines
    waiting = importer.get(f"{told['url']}/waiting.json").get_json()["document_ids"]
    assert len(waiting) == 2


def test_an_archive_is_taken_apart_and_what_stays_out_is_listed(portal: Any, importer: Any, contract: bytes) -> None:
    told = start(importer)
    files = {
        "a/mot.pdf": contract,
        "b/hai.PDF": contract,
        "ghi chu.txt": b"x",
        "rong.pdf": b"",
        "hong.pdf": b"%PDF-1.4",
    }
    portal.workers.resting = True
    answer = send(importer, told["archive_url"], archive(files), "lo.zip", "application/zip")
    assert answer.status_code == 202
    assert progress(importer, told)["archives"] == 1
    portal.workers.resting = False
    portal.workers.workers()
    now = progress(importer, told)
    assert (now["total"], now["waiting"], now["refused"], now["archives"]) == (5, 2, 3, 0)
    assert {file["name"] for file in now["refused_files"]} == {"ghi chu.txt", "rong.pdf", "hong.pdf"}
    assert all(file["why"].endswith(".") for file in now["refused_files"])


def test_what_is_no_archive_is_refused_at_once(importer: Any) -> None:
    told = start(importer)
    problem = send(importer, told["archive_url"], b"PK but no archive", "lo.zip", "application/zip").get_json()
    assert problem["code"] == "archive_broken"
    assert importer.send_json(told["archive_url"], {}).get_json()["code"] == "no_file"
    assert send(importer, told["documents_url"], b"", "rong.pdf").get_json()["code"] == "pdf_empty"
    assert send(importer, told["documents_url"], b"0" * (3 << 20), "to.pdf").get_json()["code"] == "pdf_too_large"


def test_a_batch_needs_a_name_and_an_owner(portal: Any, importer: Any, contract: bytes) -> None:
    for name in ("", "  ", None, 5):
        assert importer.send_json("/import-batches", {"name": name}).get_json()["code"] == "import_name_missing"
    told = start(importer)
    portal.app.log_in.add_user("other", "một mật khẩu dài", "Trần Văn Bình", "")
    other = portal.logged_in("other")
    for path in ("", "/progress.json", "/waiting.json"):
        assert other.get(told["url"] + path).status_code == 404
    assert send(other, told["documents_url"], contract, "x.pdf").status_code == 404
    assert send(other, told["archive_url"], archive({}), "x.zip", "application/zip").status_code == 404


# --- operators --------------------------------------------------------------------------------------------------------


@pytest.fixture
def operator(portal: Any) -> Any:
    portal.app.log_in.add_user("op", "một mật khẩu dài", "Vũ Hải Yến", "", role="operator")
    return portal.logged_in("op")


def later(portal: Any, request_id: str) -> None:
    """The request was made an hour ago."""
    with portal.app.store.write() as tx:
        tx.database.conn.execute("UPDATE sign_requests SET created_at = created_at - 3600")
        tx.database.conn.execute(
            "UPDATE jobs SET attempts = 3, not_before = ?, last_error = 'OSError: disk' WHERE subject = ?",
            (portal.app.clock.now() + 500, request_id),
        )


def test_only_operators_see_unfinished_requests(portal: Any, operator: Any) -> None:
    user = portal.logged_in()
    assert user.get("/operations/requests").status_code == 403
    assert user.post("/operations/requests/sr_x/retry").status_code == 403
    assert "Vận hành" not in user.get("/documents").text
    assert "Vận hành" in operator.get("/documents").text
    assert "Không có yêu cầu nào bị kẹt" in operator.get("/operations/requests").text


def test_a_stuck_request_is_shown_with_its_reason_and_runs_again(portal: Any, operator: Any) -> None:
    portal.phone()
    browser = portal.logged_in()
    request_id, _ = queued(portal, browser)
    assert request_id not in operator.get("/operations/requests").text, "a worker has only just got it"
    assert request_id in operator.get("/operations/requests?show=all").text
    later(portal, request_id)
    page = operator.get("/operations/requests").text
    assert request_id in page
    assert "OSError: disk" in page
    assert "đã thử 3 lần" in page
    assert "Chạy lại ngay" in page
    answer = operator.post(f"/operations/requests/{request_id}/retry")
    assert answer.status_code == 303
    with portal.app.store.read() as tx:
        work = tx.jobs.work_of(request_id)
        assert tx.jobs.waiting(portal.app.clock.now()) >= 1
    assert (work.attempts, work.not_before) == (0, 0)


def test_what_can_be_helped_stands_before_what_has_ended(portal: Any, operator: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.signing.unstick_request.LISTED", 2)
    portal.phone()
    browser = portal.logged_in()
    stuck, _ = queued(portal, browser)
    later(portal, stuck)
    failed = [ask(browser, [add(portal, "Hỏng")]).get_json()["request_id"] for _ in range(2)]
    for request_id in failed:
        finish(portal, request_id, State.FAILED, end_result="server_error", finished_at=1.0)
    with portal.app.store.write() as tx:  # they came later
        tx.database.conn.execute("UPDATE sign_requests SET created_at = created_at + 3600 WHERE state = 'FAILED'")
    assert [line.request.request_id for line in portal.app.unstick.listed()] == [stuck, failed[1]]


def test_lost_work_is_queued_again(portal: Any, operator: Any) -> None:
    portal.phone()
    request_id, _ = queued(portal, portal.logged_in(), 60)
    with portal.app.store.write() as tx:
        tx.jobs.forget(request_id)
    assert portal.app.unstick.retry(request_id, "op") == 2
    with portal.app.store.read() as tx:
        jobs = tx.database.conn.execute("SELECT kind, body FROM jobs WHERE subject = ?", (request_id,)).fetchall()
    assert [tuple(job) for job in jobs] == [
        ("prepare_items", '{"first":0,"count":50}'),
        ("prepare_items", '{"first":50,"count":10}'),
    ]


def test_what_has_ended_or_waits_for_a_person_is_not_run_again(portal: Any, operator: Any) -> None:
    portal.phone()
    browser = portal.logged_in()
    request_id, _ = queued(portal, browser)
    finish(portal, request_id, State.QUEUED)
    retry = f"/operations/requests/{request_id}/retry"
    assert operator.send_json(retry, {}).get_json()["code"] == "waits_for_person"
    finish(portal, request_id, State.CANCELLED, end_result="cancelled", finished_at=1.0)
    assert operator.send_json(retry, {}).get_json()["code"] == "request_over"
    failed = ask(browser, [add(portal, "Hỏng")]).get_json()["request_id"]
    finish(portal, failed, State.FAILED, end_result="server_error", finished_at=1.0)
    page = operator.get("/operations/requests").text
    assert failed in page
    assert "Chạy lại ngay" not in page
