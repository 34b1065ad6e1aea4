"""Upload, list, document page, page images and downloads, over real inspection."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

from server.documents.document import DocumentState

CORPUS = Path(__file__).resolve().parents[2] / "pdf_corpus"


def test_upload_answers_with_what_was_found(portal: Any, contract: bytes) -> None:
    browser = portal.logged_in()
    answer = browser.upload(contract)
    assert answer.status_code == 201, answer.text
    told = answer.get_json()
    assert told["state"] == "READY"
    assert told["pages"] == 2
    page = browser.get(told["url"])
    assert "Hợp đồng" in page.text
    assert "Chờ bạn ký số" in page.text
    assert "Chưa ghép điện thoại nào. Hãy ghép trước" in page.text


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b"no pdf at all", "pdf_not_pdf", "không phải PDF"),
        (b"", "pdf_empty", "Tệp này trống"),
        (b"%PDF-1.7\n" + b"0" * (2 << 20), "pdf_too_large", "quá lớn"),
    ],
)
def test_refused_files_say_why_and_what_next(portal: Any, content: bytes, code: str, words: str) -> None:
    browser = portal.logged_in()
    answer = browser.upload(content)
    assert answer.status_code in (413, 422)
    assert answer.mimetype == "application/problem+json"
    problem = answer.get_json()
    assert problem["code"] == code
    assert words in problem["detail"]


@pytest.mark.parametrize(
    ("language", "note", "why", "rule"),
    [
        (
            "vi",
            "Đã viết lại khi tải lên",
            "bản được ký là bản viết lại",
            "Tệp mang theo các phiên bản cũ; bản mới nhất được giữ lại.",
        ),
        (
            "en",
            "Rewritten at upload",
            "what will be signed is the rewritten file",
            "older versions of itself; the newest was kept.",
        ),
    ],
)
def test_a_rewritten_file_is_said_to_be_one(portal: Any, language: str, note: str, why: str, rule: str) -> None:
    browser = portal.logged_in()
    with browser.client.session_transaction() as session:
        session["language"] = language
    told = browser.upload((CORPUS / "good" / "handmade_increments.pdf").read_bytes()).get_json()
    assert note in told["note"] and rule in told["note"]
    page = browser.get(told["url"]).text
    assert note in page and why in page and rule in page
    assert note in browser.get("/documents").text


def test_a_body_that_is_no_file_is_refused(portal: Any) -> None:
    browser = portal.logged_in()
    answer = browser.send_json("/documents", {"file": "x"})
    assert answer.get_json()["code"] == "no_file"


def test_slow_inspection_is_followed(portal: Any, contract: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.web.document_views.CHECK_SECONDS", 0.0)
    portal.workers.resting = True
    browser = portal.logged_in()
    answer = browser.upload(contract)
    assert answer.status_code == 202
    told = answer.get_json()
    assert browser.get(told["state_url"]).get_json()["state"] == "CHECKING"
    page = browser.get(told["url"]).text
    assert "Tệp đang được kiểm tra" in page
    portal.workers.resting = False
    portal.workers.workers()
    assert browser.get(told["state_url"]).get_json()["state"] == "READY"


def test_page_images_are_drawn_and_private(portal: Any, contract: bytes) -> None:
    browser = portal.logged_in()
    url = browser.upload(contract).get_json()["url"]
    answer = browser.get(f"{url}/pages/1.png?width=320")
    assert answer.status_code == 200
    assert answer.data.startswith(b"\x89PNG")
    assert answer.headers["Cache-Control"] == "private, max-age=300"
    assert browser.get(f"{url}/pages/3.png").status_code == 404
    assert browser.get(f"{url}/pages/1.png?width=9999").status_code == 400
    assert portal.browser().get(f"{url}/pages/1.png").status_code == 302


def test_an_image_that_nobody_draws_is_said_in_time(
    portal: Any, contract: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = portal.logged_in()
    url = browser.upload(contract).get_json()["url"]
    monkeypatch.setattr("server.web.document_files.RENDER_SECONDS", 0.3)
    portal.workers.resting = True
    answer = browser.get(f"{url}/pages/1.png", headers={"Accept": "application/json"})
    assert answer.status_code == 503
    assert answer.get_json()["code"] == "page_not_drawn"
    assert portal.news.asked[-1].startswith("page:")


def test_download_is_whole_inert_and_named(portal: Any, contract: bytes) -> None:
    browser = portal.logged_in()
    url = browser.upload(contract).get_json()["url"]
    for path in ("file", "original"):
        answer = browser.get(f"{url}/{path}")
        assert hashlib.sha256(answer.data).digest() == hashlib.sha256(contract).digest()
        assert answer.mimetype == "application/pdf"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        disposition = answer.headers["Content-Disposition"]
        assert disposition.startswith('attachment; filename="H_p __ng.pdf"')
        assert "filename*=UTF-8''H%E1%BB%A3p%20%C4%91%E1%BB%93ng.pdf" in disposition


def test_documents_of_others_do_not_exist(portal: Any, contract: bytes) -> None:
    url = portal.logged_in().upload(contract).get_json()["url"]
    portal.app.log_in.add_user("other", "một mật khẩu dài", "Trần Văn Bình", "")
    other = portal.logged_in("other")
    for path in ("", "/file", "/original", "/pages/1.png", "/state.json"):
        assert other.get(url + path).status_code == 404, path
    assert "Chưa có chứng từ nào" in other.get("/documents").text


def test_list_pages_by_key_and_filters(portal: Any, contract: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.web.list_views.PAGE_SIZE", 2)
    browser = portal.logged_in()
    for number in range(3):
        browser.upload(contract, f"so%20{number}.pdf")
    first = browser.get("/documents").text
    assert "so 2" in first
    assert "so 0" not in first
    older = first.split('href="/documents?before=')[1].split('"')[0]
    second = browser.get(f"/documents?before={older}").text
    assert "so 0" in second
    assert "so 2" not in second
    found = browser.get("/documents?q=SO+1").text
    assert "so 1" in found
    assert "so 2" not in found
    assert "Không tìm thấy chứng từ nào" in browser.get("/documents?show=completed").text
    assert "so 2" in browser.get("/documents?show=waiting").text


def test_signed_document_is_completed_and_downloads_under_its_own_name(portal: Any, contract: bytes) -> None:
    browser = portal.logged_in()
    told = browser.upload(contract).get_json()
    with portal.app.store.write() as tx:
        document = tx.documents.get(told["document_id"])
        assert document.state is DocumentState.READY
        tx.documents.set_signed(document.document_id, "sr", document.current_sha256, document.current_length, 1.8e9)
        tx.database.conn.execute("UPDATE documents SET last_request_id = NULL")
    page = browser.get(told["url"]).text
    assert "Đã hoàn tất" in page
    assert "Tải tệp đã ký" in page
    assert "data-sign-form" not in page
    disposition = browser.get(f"{told['url']}/file").headers["Content-Disposition"]
    assert "%28%C4%91%C3%A3%20k%C3%BD%29.pdf" in disposition
    assert "Đã hoàn tất" in browser.get("/documents?show=completed").text
