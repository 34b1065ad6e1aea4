"""Batches from choosing to signed files, as a person does it: browser, phone, browser."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.batches import BatchVisit, contracts, spoil, states, zipped
from tests.e2e.phones import APPROVE, Phone
from tests.e2e.signed_file import SignedFile
from tests.server_process import Person, ServerProcess

SERVER_SETTINGS = {"workers": 2}


@pytest.fixture
def owner(running_server: ServerProcess) -> Person:
    """A person of the test's own: lists and counts are theirs alone."""
    return running_server.add_person()


@pytest.fixture
def pixel(running_server: ServerProcess, owner: Person, tmp_path: Path) -> Phone:
    return Phone(running_server, tmp_path / "pixel", owner).pair()


@pytest.fixture
def desk(visit_of: Any, owner: Person) -> BatchVisit:
    return BatchVisit(visit_of(owner))


def expected(signed: int, **others: int) -> str:
    fields = "".join(f", {name} = {count}" for name, count in others.items())
    return f'expect = [{{event = "outcome", state = "COMPLETED", items_signed = {signed}{fields}}}]\n'


@pytest.mark.inventory(15, 17, 19, 21, 22, 23, 25, 27, 28, 29, 30, 31, 32, 34)
def test_three_documents_of_one_import_batch(
    running_server: ServerProcess, desk: BatchVisit, pixel: Phone, tmp_path: Path, pictures: Path | None
) -> None:
    page = desk.page
    names = ["Trần Văn Bình", "Phạm Thu Hà", "Đỗ Quốc Khánh", "Lê Minh Tú", "Vũ Hải Yến"]
    titles = [f"Hợp đồng lao động – {name}" for name in names]
    files = [(f"{title}.pdf", content) for title, content in zip(titles, contracts(5, "one"), strict=True)]
    batch = desk.import_files("Hợp đồng tháng 11", files)
    assert [desk.figure(name) for name in ("checking", "waiting", "signed", "refused")] == [0, 5, 0, 0]
    desk.visit.picture(pictures, "import-batch")
    page.goto("/documents")
    page.get_by_text("Nâng cao").click()
    page.get_by_label("Tên lô import").select_option(batch)
    page.locator(".advanced-panel").get_by_role("button", name="Tìm kiếm").click()
    page.wait_for_url(f"**batch={batch}**")
    expect(page.locator("[data-row]")).to_have_count(5)
    expect(page.locator(".list-scope")).to_contain_text("Hợp đồng tháng 11")
    desk.tick(*titles[:3])
    expect(desk.dock).to_contain_text("3 chứng từ được chọn")
    expect(desk.dock).to_contain_text("cùng lô “Hợp đồng tháng 11”, cùng quyền xử lý: Ký số")
    expect(desk.dock_sign).to_have_text("Ký số (3)")
    expect(page.locator("[data-by-batch]")).to_be_checked()
    desk.visit.picture(pictures, "selection")
    chosen = page.locator("tr.selected .cell-title").all_inner_texts()  # four uploads at once: in the order of arrival
    assert sorted(chosen) == sorted(titles[:3])
    desk.to_batch_screen()
    look_through(desk, chosen)
    desk.visit.picture(pictures, "batch-screen")
    with pixel.plays(expected(3, items_refused=0, items_failed=0) + APPROVE) as playing:
        playing.wait("connected")
        request_id = desk.confirm()
        expect(page.locator("[data-panel-title]")).to_have_text("Ký số 3 chứng từ")
        arrived = playing.wait("request")
        assert (arrived["item_count"], arrived["total_pages"]) == (3, 6)
        desk.visit.picture(pictures, "batch-waiting")
        desk.approve(pixel, request_id)
        expect(page.locator("#toasts")).to_contain_text("Ký chứng từ hàng loạt thành công", timeout=30_000)
        playing.end()
    assert "Đã ký xong cả 3 chứng từ" in desk.visit.result()
    expect(page.locator("[data-result-list] li")).to_have_count(3)
    desk.visit.picture(pictures, "batch-signed")
    signed = desk.archive(tmp_path)
    assert sorted(signed) == sorted(f"{title}.pdf" for title in titles[:3])
    for file in signed.values():
        SignedFile(file).validate_fully(running_server)
        SignedFile(file).validate_with_programs("Nguyễn Thị Lấp Lánh Ánh")
    page.goto(f"/import-batches/{batch}")
    assert [desk.figure(name) for name in ("waiting", "signed")] == [2, 3]


def look_through(desk: BatchVisit, titles: list[str]) -> None:
    """Buttons, arrow keys and the list lead through the chosen ones, in the order in which they were listed."""
    page = desk.page
    title, place = page.locator("[data-document-title]"), page.locator("[data-document-place]")
    expect(title).to_have_text(titles[0])
    expect(place).to_have_text("1 / 3")
    expect(page.get_by_role("button", name="Chứng từ trước")).to_be_disabled()
    page.get_by_role("button", name="Chứng từ sau").click()
    expect(title).to_have_text(titles[1])
    page.keyboard.press("ArrowRight")
    expect(title).to_have_text(titles[2])
    expect(page.get_by_role("button", name="Chứng từ sau")).to_be_disabled()
    page.keyboard.press("ArrowLeft")
    expect(title).to_have_text(titles[1])
    page.wait_for_function("() => document.querySelector('[data-page-image]')?.naturalWidth > 400")
    expect(page.locator("[data-page-place]")).to_have_text("Trang 2 / 2")
    page.get_by_role("button", name="Xem danh sách chứng từ (3)").click()
    listed = page.locator("[data-list] li")
    expect(listed).to_have_count(3)
    listed.nth(0).get_by_role("button", name=titles[0], exact=True).click()
    expect(title).to_have_text(titles[0])


@pytest.mark.inventory(16, 18, 24, 26)
def test_five_documents_from_two_batches(
    running_server: ServerProcess, desk: BatchVisit, pixel: Phone, pictures: Path | None
) -> None:
    page = desk.page
    made = contracts(5, "two")
    desk.import_files("Hợp đồng quý 3", [(f"quý 3 số {n}.pdf", made[n]) for n in range(2)])
    desk.import_files("Hợp đồng quý 4", [(f"quý 4 số {n}.pdf", made[n]) for n in range(2, 5)])
    page.goto("/documents")
    page.get_by_role("link", name="Chờ ký số 5").click()
    page.wait_for_url("**show=waiting**")
    page.locator("[data-select-all]").check()
    expect(desk.dock).to_contain_text("5 chứng từ được chọn")
    expect(desk.dock).to_contain_text("từ nhiều lô, cùng quyền xử lý: Ký số")
    expect(page.locator("[data-by-batch]")).not_to_be_checked()
    desk.to_batch_screen()
    expect(page.locator("[data-batch-scope]")).to_have_text("Không theo lô")
    with pixel.plays(expected(5) + APPROVE) as playing:
        request_id = desk.confirm()
        desk.approve(pixel, request_id)
        playing.end()
    assert "Đã ký xong cả 5 chứng từ" in desk.visit.result()
    assert set(states(running_server, request_id).values()) == {"SIGNED"}
    page.goto("/documents")
    expect(page.get_by_role("link", name="Đã hoàn tất 5")).to_be_visible()
    desk.visit.picture(pictures, "list-completed")


@pytest.mark.inventory(17, 18, 20, 25)
def test_a_mixed_selection_is_refused_and_its_rows_are_marked(
    running_server: ServerProcess, desk: BatchVisit, pixel: Phone, pictures: Path | None
) -> None:
    page, made = desk.page, contracts(4, "mixed")
    desk.import_files("Lô A", [(f"a{n}.pdf", made[n]) for n in range(2)])
    desk.import_files("Lô B", [(f"b{n}.pdf", made[n + 2]) for n in range(2)])
    page.goto("/documents")
    desk.tick("b0", "b1", "a1")
    page.get_by_label("Ký theo lô").check()
    marked = page.locator("tr.offending-row")
    with desk.visit.expecting("409"):
        desk.dock_sign.click()
        expect(desk.dock).to_contain_text("không thuộc lô import này: “a1”")
    expect(marked).to_have_count(1)
    expect(marked).to_contain_text("a1")
    expect(marked).to_contain_text("Hãy bỏ chọn chứng từ này")
    desk.visit.picture(pictures, "mixed-batches")
    assert page.url.endswith("/documents"), "nothing was asked for"

    page.get_by_label("Ký theo lô").uncheck()
    with (
        running_server.app.store.write() as tx
    ):  # behind the page's back: another person changed what may be done with it
        tx.database.conn.execute("UPDATE documents SET processing_right = 'approve' WHERE title = 'b1'")
    desk.dock_sign.click()
    expect(desk.dock).to_contain_text("không có quyền ký số 1 chứng từ đã chọn: “b1”")
    expect(marked).to_contain_text("b1")

    page.reload()
    expect(page.get_by_role("link", name="Chờ duyệt 1")).to_be_visible()
    desk.tick("b0", "b1")
    expect(desk.dock_sign).to_have_attribute("aria-disabled", "true")
    expect(desk.dock_sign).to_have_attribute("title", re.compile("quyền xử lý khác nhau"))
    expect(desk.dock).to_contain_text("các chứng từ có quyền xử lý khác nhau")


@pytest.mark.inventory(15, 32)
def test_two_of_twenty_are_unticked_on_the_phone(
    running_server: ServerProcess, desk: BatchVisit, pixel: Phone, pictures: Path | None
) -> None:
    files = [(f"Phiếu {n:02}.pdf", content) for n, content in enumerate(contracts(20, "untick"))]
    batch = desk.import_files("Hai mươi phiếu", files)
    desk.all_of_batch(batch)
    untick = 'untick = [{position = 3, reason = "Sai số tiền"}, 11]\n'
    with pixel.plays(expected(18, items_refused=2) + APPROVE + untick) as playing:
        request_id = desk.confirm()
        desk.approve(pixel, request_id)
        playing.end()
    told = desk.visit.result()
    assert "Đã ký 18 trên 20 chứng từ" in told
    assert "Bạn đã bỏ 2 chứng từ ra trên điện thoại" in told
    lines = desk.filter_results("Bị bỏ ra")
    assert len(lines) == 2
    assert "Phiếu 03" in lines[0] and "Lý do: Sai số tiền" in lines[0]
    assert "Phiếu 11" in lines[1] and "Lý do" not in lines[1]
    desk.visit.picture(pictures, "unticked")
    found = states(running_server, request_id)
    assert {title for title, state in found.items() if state == "REFUSED"} == {"Phiếu 03", "Phiếu 11"}
    expect(desk.page.locator("[data-panel-retry]")).to_be_hidden()


@pytest.mark.inventory(15)
def test_one_broken_of_fifty_fails_alone_and_is_asked_for_again(
    running_server: ServerProcess, desk: BatchVisit, pixel: Phone, pictures: Path | None
) -> None:
    page = desk.page
    archive = zipped({f"Đơn {n:02}.pdf": content for n, content in enumerate(contracts(50, "broken"))})
    batch = desk.import_files("Năm mươi đơn", [("don.zip", archive)])
    expect(page.locator('[data-figure="waiting"]')).to_have_text("50", timeout=60_000)
    path, before = spoil(running_server, "Đơn 17")
    desk.all_of_batch(batch)
    with pixel.plays(expected(49, items_failed=0) + APPROVE) as playing:  # it was never asked about the broken one
        request_id = desk.confirm()
        desk.approve(pixel, request_id)
        playing.end()
    told = desk.visit.result()
    assert "Đã ký 49 trên 50 chứng từ" in told
    assert "1 chứng từ bị lỗi" in told
    failed = page.locator("[data-result-list] li")
    expect(failed).to_have_count(1)  # what failed is shown first
    expect(failed).to_contain_text("Đơn 17")
    assert "pdf_" not in failed.inner_text(), "a reason in words, not a code"
    desk.visit.picture(pictures, "one-broken")

    path.write_bytes(before)  # the operator brought the file back
    with pixel.plays(expected(1) + APPROVE) as playing:
        page.get_by_role("button", name="Gửi lại chứng từ chưa ký được (1)").click()
        page.wait_for_url(lambda url: "/sign-requests/" in url and request_id not in url)
        again = page.url.rsplit("/", 1)[-1]
        desk.approve(pixel, again)
        playing.end()
    assert "Chứng từ đã được ký" in desk.visit.result()
    assert states(running_server, again) == {"Đơn 17": "SIGNED"}
