"""The list's filters, choosing, one place for all, results, the ZIP and another try: over the real use cases."""

import io
import json
import re
import zipfile
from dataclasses import replace
from typing import Any

import pytest

from server.documents.document import Document, DocumentState
from server.documents.list_documents import LOOKED_AT, SHOWN, DocumentFilter, shown_as
from server.ids import new_id
from server.signing.sign_request import Placement, State

PLACE = {"page": "last", "x0": 300.0, "y0": 90.0, "x1": 480.0, "y1": 150.0}


@pytest.fixture
def browser(portal: Any) -> Any:
    portal.phone()
    return portal.logged_in()


_last = [0.0]


def add(portal: Any, title: str = "Hợp đồng", **changes: Any) -> Document:
    """A READY document of the portal's user, without bytes; each in a millisecond of its own, by which identifiers sort."""
    now = _last[0] = max(portal.app.clock.now(), _last[0] + 0.002)
    values: dict[str, Any] = {
        "document_id": new_id("doc", now), "relying_party_id": portal.app.portal.relying_party_id,
        "user_id": portal.user.user_id, "title": title, "document_code": "ABC123", "file_name": f"{title}.pdf",
        "state": DocumentState.READY, "uploaded_sha256": "0" * 64, "current_sha256": "0" * 64, "current_length": 1000,
        "created_at": now, "pages": 2, "page_boxes": ((595.0, 842.0), (595.0, 842.0)),
    }  # fmt: skip
    document = Document(**(values | changes))
    with portal.app.store.write() as tx:
        tx.documents.add(document)
    return document


def batch(portal: Any, name: str = "Lô A") -> str:
    made = portal.app.import_documents.start(portal.app.portal.relying_party_id, portal.user.user_id, name)
    return str(made.import_batch_id)


def ids(*documents: Document) -> list[str]:
    return [document.document_id for document in documents]


def ask(browser: Any, documents: list[Document], **changes: Any) -> Any:
    body = {"document_ids": ids(*documents), "placement": PLACE, "import_batch_id": None} | changes
    return browser.send_json("/batch-signing", body)


def queued(portal: Any, browser: Any, count: int = 3) -> tuple[str, list[Document]]:
    portal.workers.resting = True
    documents = [add(portal, f"Đơn {number}") for number in range(count)]
    return ask(browser, documents).get_json()["request_id"], documents


def set_items(portal: Any, request_id: str, state: str, position: int, **changes: str) -> None:
    with portal.app.store.write() as tx:
        values = {"state": state, **changes}
        names = ", ".join(f"{name} = ?" for name in values)
        tx.database.conn.execute(
            f"UPDATE sign_items SET {names} WHERE request_id = ? AND position = ?",
            (*values.values(), request_id, position),
        )


def finish(portal: Any, request_id: str, *states: State, **changes: Any) -> None:
    with portal.app.store.write() as tx:
        request = tx.requests.get(request_id)
        for state in states:
            request = tx.requests.move(request, state, **(changes if state is states[-1] else {}))


# --- the list ---------------------------------------------------------------------------------------------------------


@pytest.mark.inventory(20, 21, 24)
def test_quick_filters_count_and_narrow(portal: Any, browser: Any) -> None:
    add(portal, "Chờ ký một")
    add(portal, "Chờ ký hai")
    add(portal, "Ký nháy", processing_right="initial")
    add(portal, "Đã xong", signed_at=1.0)
    add(portal, "Hỏng", state=DocumentState.REFUSED, refusal_code="pdf_empty")
    page = browser.get("/documents").text
    for words in ("Chờ ký số 2", "Chờ ký nháy 1", "Đang xử lý 0", "Đã hoàn tất 1", "Không nhận được 1", "Tất cả 5"):
        assert words in page
    assert "Chờ duyệt" not in page, "nothing stands behind it"
    narrow = browser.get("/documents?show=waiting").text
    assert "Chờ ký một" in narrow and "Chờ ký hai" in narrow
    assert "Đã xong" not in narrow
    assert "Chỉ ký nháy" not in browser.get("/documents?show=waiting_initial").text


@pytest.mark.inventory(19, 22, 23)
def test_advanced_filter_by_batch_and_right(portal: Any, browser: Any) -> None:
    first, second = batch(portal, "Hợp đồng tháng 11"), batch(portal, "Phụ lục")
    add(portal, "Một", import_batch_id=first)
    add(portal, "Hai", import_batch_id=first, processing_right="approve")
    add(portal, "Ba", import_batch_id=second)
    page = browser.get(f"/documents?batch={first}").text
    assert "Hợp đồng tháng 11" in page and "Một" in page and "Hai" in page
    assert 'data-batch-name="Phụ lục"' not in page
    assert "Chờ ký số 1" in page and "Chờ duyệt 1" in page, "counts are of the batch"
    both = browser.get(f"/documents?batch={first}&right=approve").text
    assert "Chọn “Hai”" in both and "Chọn “Một”" not in both
    assert browser.get("/documents?batch=ib_00000000000000000000000000").status_code == 404
    portal.app.log_in.add_user("other", "một mật khẩu dài", "Trần Văn Bình", "")
    assert portal.logged_in("other").get(f"/documents?batch={first}").status_code == 404


@pytest.mark.parametrize("words", ["HOP DONG", "hợp đồng", "abc12", "dong hop", "hop-dong.p"])
def test_search_finds_without_accents_and_case(portal: Any, browser: Any, words: str) -> None:
    add(portal, "Hợp đồng lao động", file_name="hop-dong.pdf")
    add(portal, "Biên bản", document_code="XYZ789")
    page = browser.get("/documents", query_string={"q": words}).text
    assert "Hợp đồng lao động" in page
    assert "Biên bản" not in page


def test_a_search_looks_at_so_many_and_goes_on(portal: Any, browser: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.storage.document_list.LOOKED_AT", 3)
    assert LOOKED_AT >= 10_000
    wanted = add(portal, "Cần tìm")
    for number in range(5):
        add(portal, f"Khác {number}")
    listed = portal.app.list_documents
    first = listed.page(portal.user.user_id, DocumentFilter(words="can tim"), None, 50)
    assert first.lines == []
    assert first.older is not None
    second = listed.page(portal.user.user_id, DocumentFilter(words="can tim"), first.older, 50)
    assert [line.document.document_id for line in second.lines] == [wanted.document_id]
    page = browser.get("/documents?q=can+tim").text
    assert "Tìm trong chứng từ cũ hơn" in page


def test_the_column_and_the_words_agree_on_what_a_document_stands_as(portal: Any, browser: Any) -> None:
    made = [
        add(portal), add(portal, signed_at=1.0), add(portal, state=DocumentState.CHECKING), add(portal, state=DocumentState.REFUSED),
        *(add(portal, processing_right=right) for right in ("initial", "approve", "view")),
    ]  # fmt: skip
    portal.workers.resting = True
    ask(browser, [busy := add(portal)])
    lines = {
        line.document.document_id: line
        for line in portal.app.list_documents.many(portal.user.user_id, ids(*made, busy))
    }
    assert {line.shown for line in lines.values()} == set(SHOWN)
    assert all(line.shown == shown_as(line.document) for line in lines.values())


def test_open_and_ended_requests_show_in_the_list_without_reading_each(portal: Any, browser: Any) -> None:
    request_id, documents = queued(portal, browser, 2)
    counts = portal.app.list_documents.counts(portal.user.user_id)
    assert (counts["progress"], counts["waiting"]) == (2, 0)
    finish(portal, request_id, State.CANCELLED, end_result="cancelled", finished_at=1.0)
    counts = portal.app.list_documents.counts(portal.user.user_id)
    assert (counts["progress"], counts["waiting"]) == (0, 2)
    page = browser.get("/documents").text
    assert f'href="/sign-requests/{request_id}">Đã huỷ' in page
    assert documents[0].title in page


def test_all_of_a_batch_are_signed_in_the_order_of_their_names(portal: Any, browser: Any) -> None:
    mine = batch(portal)
    made = {title: add(portal, title, import_batch_id=mine) for title in ("Đơn 10", "Đơn 2", "Đơn 1", "Đơn 2b", "Bản")}
    add(portal, "Đơn 0", import_batch_id=mine, signed_at=1.0)
    waiting = browser.get(f"/import-batches/{mine}/waiting.json").get_json()["document_ids"]
    assert waiting == ids(*(made[title] for title in ("Bản", "Đơn 1", "Đơn 2", "Đơn 2b", "Đơn 10")))


def test_all_that_wait_can_be_chosen_at_once(portal: Any, browser: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.web.list_views.PAGE_SIZE", 2)
    mine = batch(portal)
    waiting = [add(portal, "Số 1"), add(portal, "Số 2", import_batch_id=mine), add(portal, "Số 3")]
    add(portal, "Đã ký", signed_at=1.0)
    add(portal, "Ký nháy", processing_right="initial")
    portal.app.log_in.add_user("other", "một mật khẩu dài", "Trần Văn Bình", "")
    assert browser.get("/documents/waiting.json").get_json()["document_ids"] == ids(*waiting)
    assert portal.logged_in("other").get("/documents/waiting.json").get_json() == {"document_ids": []}
    assert 'data-every="3"' in browser.get("/documents?show=waiting").text
    assert 'data-every="3"' in browser.get(f"/documents?show=waiting&before={waiting[2].document_id}").text
    for narrower in ("", "?show=waiting&q=so", "?show=completed", f"?show=waiting&batch={mine}"):
        assert 'data-every="0"' in browser.get(f"/documents{narrower}").text, narrower


def test_a_signed_document_leads_back_to_its_request(portal: Any, browser: Any) -> None:
    request_id, documents = queued(portal, browser, 2)
    set_items(portal, request_id, "SIGNED", 0)
    with portal.app.store.write() as tx:
        tx.documents.set_signed(documents[0].document_id, request_id, "1" * 64, 1, 2.0)
    finish(portal, request_id, State.QUEUED, State.SIGNING, State.ANSWERED, State.COMPLETED, end_result="ok")
    assert f'<a href="/sign-requests/{request_id}">Xem yêu cầu ký</a>' in browser.get("/documents?show=completed").text


# --- choosing ---------------------------------------------------------------------------------------------------------


@pytest.mark.inventory(17, 18)
def test_a_mixed_selection_is_refused_by_name(portal: Any, browser: Any) -> None:
    first, second = batch(portal), batch(portal, "Lô B")
    mine = [add(portal, f"A{number}", import_batch_id=first) for number in range(2)]
    other = add(portal, "B0", import_batch_id=second)
    loose = add(portal, "Lẻ")
    chosen = [*mine, other, loose]
    for path in ("/batch-signing/check", "/batch-signing"):
        body = {"document_ids": ids(*chosen), "import_batch_id": first, "placement": None}
        problem = browser.send_json(path, body).get_json()
        assert problem["code"] == "import_batch_mixed"
        assert problem["errors"]["documents"] == ids(other, loose)
        assert "“B0”, “Lẻ”" in problem["detail"]
    across = browser.send_json("/batch-signing/check", {"document_ids": ids(*chosen), "import_batch_id": None})
    assert across.get_json() == {"documents": 4, "pages": 8, "bytes": 4000}
    wrong = add(portal, "Chỉ xem", import_batch_id=first, processing_right="view")
    problem = browser.send_json("/batch-signing/check", {"document_ids": ids(*mine, wrong)}).get_json()
    assert problem["code"] == "processing_right_mixed"
    assert problem["errors"]["documents"] == ids(wrong)
    assert "“Chỉ xem”" in problem["detail"]


def test_many_offenders_are_counted_and_some_named(portal: Any, browser: Any) -> None:
    wrong = [add(portal, f"Xem {number}", processing_right="view") for number in range(8)]
    problem = browser.send_json("/batch-signing/check", {"document_ids": ids(*wrong)}).get_json()
    assert problem["errors"]["count"] == 8
    assert "“Xem 4” (+3)" in problem["detail"]


def test_what_is_in_an_open_request_or_not_ready_is_named(portal: Any, browser: Any) -> None:
    _, documents = queued(portal, browser, 2)
    free = add(portal, "Rảnh")
    problem = ask(browser, [free, documents[1]]).get_json()
    assert problem["code"] == "document_in_use"
    assert problem["errors"]["documents"] == ids(documents[1])
    checking = add(portal, "Đang xem", state=DocumentState.CHECKING)
    problem = ask(browser, [free, checking]).get_json()
    assert problem["code"] == "document_not_ready"
    assert "“Đang xem”" in problem["detail"]


def test_others_documents_are_not_there(portal: Any, browser: Any) -> None:
    mine = add(portal)
    portal.app.log_in.add_user("other", "một mật khẩu dài", "Trần Văn Bình", "")
    other = portal.logged_in("other")
    assert other.send_json("/batch-signing/check", {"document_ids": ids(mine)}).status_code == 404
    assert other.send_json("/batch-signing/documents", {"document_ids": ids(mine)}).get_json() == {"documents": []}
    assert other.get(f"/documents/{mine.document_id}/pages.json").status_code == 404


@pytest.mark.parametrize(
    "body",
    [{}, {"document_ids": "all"}, {"document_ids": []}, {"document_ids": ["x"]}, {"document_ids": [None]}],
)
def test_senseless_choices_are_refused(portal: Any, browser: Any, body: object) -> None:
    assert browser.send_json("/batch-signing/check", body).get_json()["code"] == "no_documents"


def test_details_come_in_the_order_asked_for(portal: Any, browser: Any) -> None:
    documents = [add(portal, f"Số {number}") for number in range(3)]
    wanted = ids(documents[1], documents[2], documents[0])
    told = browser.send_json("/batch-signing/documents", {"document_ids": wanted}).get_json()["documents"]
    assert [line["document_id"] for line in told] == wanted
    assert told[0]["title"] == "Số 1"
    pages = browser.get(told[0]["pages_url"]).get_json()["pages"]
    assert [(page["number"], page["width"], page["height"]) for page in pages] == [(1, 595.0, 842.0), (2, 595.0, 842.0)]
    many = browser.send_json("/batch-signing/documents", {"document_ids": wanted * 100})
    assert many.status_code == 400


# --- one place for all ------------------------------------------------------------------------------------------------


def placements(portal: Any, answer: Any) -> list[Placement | None]:
    assert answer.status_code == 201, answer.text
    with portal.app.store.read() as tx:
        return [item.placement for item in tx.items.each(answer.get_json()["request_id"])]


@pytest.mark.inventory(27, 28)
def test_the_stamp_stands_at_the_same_place_of_each(portal: Any, browser: Any) -> None:
    portal.workers.resting = True
    long = add(portal, pages=5, page_boxes=((595.0, 842.0),) * 5)
    small = add(portal, pages=1, page_boxes=((420.0, 595.0),))
    assert placements(portal, ask(browser, [long, small])) == [
        Placement(4, 300.0, 90.0, 480.0, 150.0),
        Placement(0, 240.0, 90.0, 420.0, 150.0),  # moved inside
    ]


def test_first_page_numbered_page_and_none(portal: Any, browser: Any) -> None:
    portal.workers.resting = True
    assert placements(portal, ask(browser, [add(portal)], placement=PLACE | {"page": "first"}))[0].page == 0  # type: ignore[union-attr]
    assert placements(portal, ask(browser, [add(portal)], placement=PLACE | {"page": 1}))[0].page == 1  # type: ignore[union-attr]
    assert placements(portal, ask(browser, [add(portal)], placement=None)) == [None]


def test_documents_that_cannot_take_the_box_are_named(portal: Any, browser: Any) -> None:
    good, short = add(portal, "Dài"), add(portal, "Một trang", pages=1, page_boxes=((595.0, 842.0),))
    problem = ask(browser, [good, short], placement=PLACE | {"page": 1}).get_json()
    assert problem["code"] == "placement_page_missing"
    assert problem["errors"]["documents"] == ids(short)
    assert "trang 2: “Một trang”" in problem["detail"]
    tiny = add(portal, "Tem", pages=1, page_boxes=((100.0, 50.0),))
    problem = ask(browser, [good, tiny]).get_json()
    assert problem["code"] == "placement_too_large"
    assert problem["errors"]["documents"] == ids(tiny)
    card = add(portal, "Thẻ", pages=1, page_boxes=((300.0, 150.0),))  # a box of two thirds of it, and of more than 200 by 200 points
    problem = ask(browser, [good, card], placement=PLACE | {"x0": 0.0, "y0": 0.0, "x1": 300.0, "y1": 140.0}).get_json()
    assert problem["code"] == "placement_too_large"
    assert problem["errors"]["documents"] == ids(card)


@pytest.mark.parametrize(
    "place",
    ["here", {}, PLACE | {"page": -1}, PLACE | {"page": True}, PLACE | {"page": "middle"}, PLACE | {"x1": 10.0}, PLACE | {"y0": "0"}],
)  # fmt: skip
def test_a_place_that_is_none_is_refused(portal: Any, browser: Any, place: object) -> None:
    assert ask(browser, [add(portal)], placement=place).get_json()["code"] == "placement_invalid"


# --- results ----------------------------------------------------------------------------------------------------------


def test_results_are_filtered_paged_and_said_in_words(
    portal: Any, browser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.web.result_views.LINES_A_PAGE", 2)
    request_id, _ = queued(portal, browser, 6)
    set_items(portal, request_id, "SIGNED", 0)
    set_items(portal, request_id, "REFUSED", 1, reason="Sai số tiền", end_result="user_refused")
    set_items(portal, request_id, "FAILED", 2, reason="pdf_empty", end_result="server_error")
    set_items(portal, request_id, "FAILED", 3, end_result="timeout")
    set_items(portal, request_id, "CANCELLED", 4, end_result="cancelled")

    def read(show: str, after: int = -1) -> Any:
        return browser.get(f"/sign-requests/{request_id}/documents.json?show={show}&after={after}").get_json()

    first = read("all")
    assert [line["title"] for line in first["documents"]] == ["Đơn 0", "Đơn 1"]
    assert [line["title"] for line in read("all", first["next"])["documents"]] == ["Đơn 2", "Đơn 3"]
    assert read("all", 3)["next"] is None
    assert [(line["state_words"], line["why"]) for line in read("refused")["documents"]] == [
        ("Bạn đã bỏ ra", "Lý do: Sai số tiền")
    ]
    failed = read("failed")
    assert [line["why"] for line in failed["documents"]] == [
        "Tệp này trống. Hãy chọn lại tệp rồi tải lên.",
        None,
    ]
    assert failed["documents"][1]["state_words"] == "Không kịp thời hạn"
    assert read("failed", failed["next"])["documents"][0]["state_words"] == "Đã huỷ"
    assert [line["title"] for line in read("waiting")["documents"]] == ["Đơn 5"]
    assert read("signed")["documents"][0]["signed_url"].endswith("/file")
    assert browser.get(f"/sign-requests/{request_id}/documents.json?show=x").status_code == 400


def test_results_of_others_are_not_there(portal: Any, browser: Any) -> None:
    request_id, _ = queued(portal, browser, 1)
    portal.app.log_in.add_user("other", "một mật khẩu dài", "Trần Văn Bình", "")
    other = portal.logged_in("other")
    for path in ("documents.json", "snapshot.json", "signed.zip"):
        assert other.get(f"/sign-requests/{request_id}/{path}").status_code == 404, path
    for path in ("cancel", "retry"):
        assert other.send_json(f"/sign-requests/{request_id}/{path}", {}).status_code == 404, path


def test_snapshots_of_large_requests_stay_small(portal: Any, browser: Any) -> None:
    request_id, _ = queued(portal, browser, 300)
    snapshot = browser.get(f"/sign-requests/{request_id}/snapshot.json")
    assert snapshot.get_json()["items_total"] == 300
    assert len(snapshot.data) < 3000
    assert len(browser.get(f"/sign-requests/{request_id}").data) < 60_000


def test_zip_holds_each_signed_file_under_a_safe_name_of_its_own(portal: Any, browser: Any) -> None:
    portal.workers.resting = True
    titles = ["Hợp đồng", "hợp đồng", "../../etc/passwd", "a/b\\c:d*?", "CON", "x" * 300, "Chưa ký"]
    documents = [add(portal, title) for title in titles]
    request_id = ask(browser, documents).get_json()["request_id"]
    url = f"/sign-requests/{request_id}/signed.zip"
    assert browser.get(url, headers={"Accept": "application/json"}).get_json()["code"] == "nothing_signed"
    contents = [f"%PDF signed {number}".encode() * (200_000 if number == 1 else 1) for number in range(6)]
    for number, sha256 in enumerate(portal.app.blobs.write_group("documents", contents)):
        set_items(portal, request_id, "SIGNED", number, signed_sha256=sha256, signed_length=len(contents[number]))
    answer = browser.get(url)
    assert answer.is_streamed
    assert "Accept-Ranges" not in answer.headers, "what is signed meanwhile would be another archive"
    assert answer.content_length == len(answer.data)
    assert answer.mimetype == "application/zip"
    assert "Ch%E1%BB%A9ng%20t%E1%BB%AB" in answer.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert names[:5] == ["Hợp đồng.pdf", "hợp đồng (2).pdf", "_.._etc_passwd.pdf", "a_b_c_d__.pdf", "_CON.pdf"]
        assert len(names) == 6
        assert len(names[5].encode()) <= 200
        assert [archive.read(name) for name in names] == contents
        assert all(entry.compress_type == zipfile.ZIP_STORED for entry in archive.infolist())
    portal.app.log_in.add_user("other", "một mật khẩu dài", "Trần Văn Bình", "")
    assert portal.logged_in("other").get(url).status_code == 404


def test_a_zip_whose_transfer_broke_off_goes_on_where_it_stopped(portal: Any, browser: Any) -> None:
    request_id, _ = queued(portal, browser, 3)
    url = f"/sign-requests/{request_id}/signed.zip"
    contents = [bytes([65 + number]) * (900_000 * number + 10) for number in range(3)]
    for number, sha256 in enumerate(portal.app.blobs.write_group("documents", contents)):
        set_items(portal, request_id, "SIGNED", number, signed_sha256=sha256, signed_length=len(contents[number]))
    states = State.QUEUED, State.SIGNING, State.ANSWERED, State.COMPLETED
    finish(portal, request_id, *states, end_result="ok", finished_at=portal.app.clock.now())
    whole = browser.get(url)
    etag, length = whole.headers["ETag"], len(whole.data)
    assert whole.headers["Accept-Ranges"] == "bytes"
    for first in (1, 29, 45, 60, 500_000, 900_200, length - 500, length - 1):
        rest = browser.get(url, headers={"Range": f"bytes={first}-", "If-Range": etag})
        assert (rest.status_code, rest.content_length) == (206, length - first)
        assert rest.headers["Content-Range"] == f"bytes {first}-{length - 1}/{length}"
        assert rest.data == whole.data[first:]
    for headers in (
        {"Range": "bytes=5-", "If-Range": '"another"'},
        {"Range": "bytes=5-9"},
        {"Range": "bytes=-5"},
        {"Range": "lines=5-"},
        {"Range": f"bytes={length}-"},
    ):
        answer = browser.get(url, headers=headers)
        assert (answer.status_code, len(answer.data)) == (200, length)


def test_retry_asks_for_the_failed_ones_at_their_places(portal: Any, browser: Any) -> None:
    request_id, documents = queued(portal, browser, 4)
    url = f"/sign-requests/{request_id}/retry"
    assert browser.send_json(url, {}).get_json()["code"] == "request_not_over"
    set_items(portal, request_id, "SIGNED", 0)
    set_items(portal, request_id, "REFUSED", 1, end_result="user_refused")
    set_items(portal, request_id, "FAILED", 2, end_result="server_error")
    set_items(portal, request_id, "CANCELLED", 3, end_result="cancelled")
    finish(
        portal,
        request_id,
        State.QUEUED,
        State.SIGNING,
        State.ANSWERED,
        State.COMPLETED,
        end_result="ok",
        finished_at=1.0,
    )
    told = browser.send_json(url, {}).get_json()
    with portal.app.store.read() as tx:
        items = list(tx.items.each(told["request_id"]))
    assert [item.document_id for item in items] == ids(*documents[2:])
    assert items[0].placement == Placement(1, 300.0, 90.0, 480.0, 150.0)
    again = browser.send_json(url, {}).get_json()
    assert again["request_id"] == told["request_id"], "pressed twice: the request that the first press made"
    portal.app.log_in.add_user("other", "một mật khẩu dài", "Trần Văn Bình", "")
    assert portal.logged_in("other").send_json(url, {}).status_code == 404


def left_unsigned(portal: Any, browser: Any, count: int) -> tuple[str, list[Document]]:
    """A request that has ended: the first is signed, the others failed."""
    request_id, documents = queued(portal, browser, count)
    set_items(portal, request_id, "SIGNED", 0)
    for position in range(1, count):
        set_items(portal, request_id, "FAILED", position, end_result="server_error")
    states = State.QUEUED, State.SIGNING, State.ANSWERED, State.COMPLETED
    finish(portal, request_id, *states, end_result="ok", finished_at=1.0)
    return request_id, documents


def test_retry_leaves_out_what_was_asked_for_or_signed_meanwhile(portal: Any, browser: Any) -> None:
    request_id, documents = left_unsigned(portal, browser, 5)
    url = f"/sign-requests/{request_id}/retry"
    first = ask(browser, [documents[1]]).get_json()["request_id"]
    with portal.app.store.write() as tx:
        tx.documents.set_signed(documents[2].document_id, "sr_x", "1" * 64, 1, portal.app.clock.now() + 1)
    told = browser.send_json(url, {}).get_json()["request_id"]
    with portal.app.store.read() as tx:
        assert [item.document_id for item in tx.items.each(told)] == ids(*documents[3:])
    assert browser.send_json(url, {}).get_json()["code"] == "nothing_to_retry", "they are in two requests"
    for open_request in (first, told):
        assert browser.send_json(f"/sign-requests/{open_request}/cancel", {}).status_code == 200
    third = browser.send_json(url, {}).get_json()["request_id"]
    with portal.app.store.read() as tx:
        assert [item.document_id for item in tx.items.each(third)] == ids(documents[1], *documents[3:])


def test_two_presses_of_retry_at_once_ask_once(portal: Any, browser: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    request_id, _ = left_unsigned(portal, browser, 3)
    retry = portal.app.retry_request
    queue, made = retry._queue, []

    def overtaken(new: Any) -> Any:
        made.append(queue(new).request_id)  # the other press comes first
        return queue(new)

    monkeypatch.setattr(retry, "_queue", overtaken)
    told = browser.send_json(f"/sign-requests/{request_id}/retry", {}).get_json()
    assert [told["request_id"]] == made


def test_the_batch_screen_says_why_nothing_can_be_signed(portal: Any) -> None:
    page = portal.logged_in().get("/batch-signing").text
    assert "Chưa ghép điện thoại nào. Hãy ghép trước" in page
    assert 'aria-disabled="true"' in page
    facts = re.search(r'id="batch-facts">(.*?)</script>', page, re.S)
    assert facts is not None
    assert json.loads(facts.group(1))["texts"]["confirm"] == "Xác nhận ký số {n} chứng từ"


def test_documents_keep_their_type(portal: Any) -> None:
    document = add(portal)
    with portal.app.store.read() as tx:
        assert tx.documents.get(document.document_id) == replace(document, in_request=False)
        assert tx.documents.get(document.document_id).in_request is False
