"""Importing over a bad line, archives with strange files, and the operators' page."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.e2e.batches import BatchVisit, contracts, spoil, wait_for_state, zipped
from tests.e2e.phones import Phone
from tests.server_process import PASSWORD, Person, ServerProcess


@pytest.fixture
def owner(running_server: ServerProcess) -> Person:
    return running_server.add_person()


@pytest.fixture
def desk(visit_of: Any, owner: Person) -> BatchVisit:
    return BatchVisit(visit_of(owner))


@pytest.mark.inventory(19)
def test_what_did_not_get_through_is_sent_again(desk: BatchVisit, pictures: Path | None) -> None:
    page = desk.page
    cut: list[str] = []

    def line(route: Route) -> None:
        """The network swallows the second and the fourth file once."""
        name = route.request.headers["x-file-name"]
        if name in ("so-2.pdf", "so-4.pdf") and name not in cut:
            cut.append(name)
            route.abort("connectionreset")
        else:
            route.continue_()

    desk.choose_files("Đường truyền kém", [(f"so-{n}.pdf", content) for n, content in enumerate(contracts(6, "line"))])
    page.route("**/import-batches/*/documents", line)
    desk.visit.tolerate("ERR_CONNECTION_RESET")
    page.locator("[data-import-send]").click()
    again = page.get_by_role("button", name="Gửi lại các tệp lỗi (2)")
    expect(again).to_be_visible()
    expect(page.locator("[data-import-problem]")).to_contain_text("Có 2 tệp chưa gửi được")
    expect(page.locator(".upload-item", has_text="so-2.pdf")).to_contain_text("Kết nối bị ngắt khi đang gửi")
    desk.visit.picture(pictures, "import-cut")
    again.click()
    page.wait_for_url("**/import-batches/ib_*")
    desk.wait_until_checked()
    assert [desk.figure(name) for name in ("waiting", "refused")] == [6, 0], "nothing is missing, nothing is doubled"


@pytest.mark.inventory(19, 21)
def test_an_archive_with_strange_files(desk: BatchVisit, pictures: Path | None) -> None:
    page = desk.page
    good = contracts(3, "zip")
    files = {"hợp đồng/một.pdf": good[0], "hợp đồng/hai.PDF": good[1], "../ba.pdf": good[2]}
    files |= {"ảnh.png": b"x", "hỏng.pdf": good[0][:2000], "trống.pdf": b""}
    desk.import_files("Tệp ZIP lạ", [("lạ.zip", zipped(files))])
    expect(page.locator('[data-figure="waiting"]')).to_have_text("3", timeout=60_000)
    expect(page.locator('[data-figure="refused"]')).to_have_text("3", timeout=60_000)
    refused = {line.split("\n")[0]: line for line in page.locator("[data-refused-list] li").all_inner_texts()}
    assert set(refused) == {"ảnh.png", "hỏng.pdf", "trống.pdf"}
    assert "Tệp này trống" in refused["trống.pdf"]
    assert "cắt cụt" in refused["hỏng.pdf"]
    desk.visit.picture(pictures, "import-strange")
    page.get_by_role("button", name="EN", exact=True).click()
    expect(page.locator("[data-refused-list]")).to_contain_text("This file is empty")
    page.get_by_role("button", name="VI", exact=True).click()
    page.get_by_role("link", name="Xem chứng từ của lô").click()
    for title in ("một", "hai", "ba"):
        expect(page.get_by_role("link", name=title, exact=True)).to_be_visible()


def test_an_operator_sees_what_is_stuck_and_runs_it_again(
    running_server: ServerProcess, desk: BatchVisit, owner: Person, visit_of: Any, tmp_path: Path, pictures: Path | None
) -> None:
    Phone(running_server, tmp_path / "pixel", owner).pair()
    page = desk.page
    batch = desk.import_files("Kẹt", [(f"{n}.pdf", content) for n, content in enumerate(contracts(2, "stuck"))])
    app = running_server.app
    desk.all_of_batch(batch)
    with app.store.write() as tx:  # the workers keep failing, with a long pause between two tries
        tx.database.conn.execute(
            "CREATE TRIGGER stuck AFTER INSERT ON jobs WHEN new.kind = 'prepare_items' BEGIN UPDATE jobs SET not_before = 1e12,"
            " attempts = 3, last_error = 'OSError: No space left on device' WHERE job_id = new.job_id; END"
        )
    request_id = desk.confirm()
    with app.store.write() as tx:
        tx.database.conn.execute("DROP TRIGGER stuck")
        tx.database.conn.execute(
            "UPDATE sign_requests SET created_at = created_at - 100 WHERE request_id = ?", (request_id,)
        )
    password = tmp_path / "password"
    password.write_text(PASSWORD, "utf-8")
    running_server.command(
        "users", "add", "truc-ban", "--name", "Trực Ban", "--operator", "--password-file", str(password)
    )
    listed = running_server.command("requests", "--stuck")
    assert request_id in listed
    assert "No space left on device" in listed
    operator = visit_of(Person("truc-ban", "Trực Ban", "", ""))
    operator.page.get_by_role("link", name="Vận hành").click()
    row = operator.page.locator("tr", has_text=request_id)
    expect(row).to_contain_text("OSError: No space left on device")
    expect(row).to_contain_text("0 / 2 đã ký")
    operator.picture(pictures, "operations")
    row.get_by_role("button", name="Chạy lại ngay").click()
    expect(operator.page.locator("#toasts")).to_contain_text("1 việc đang chờ chạy ngay")
    expect(desk.visit.state).to_have_text("Đang chờ điện thoại kết nối")
    operator.page.reload()
    expect(operator.page.get_by_role("heading", name="Không có yêu cầu nào bị kẹt")).to_be_visible()
    with desk.visit.expecting("403"):
        page.goto("/operations/requests")
        expect(page.locator("main")).to_contain_text("chỉ dành cho người vận hành")


def test_an_operator_sets_a_failed_request_aside(
    running_server: ServerProcess, desk: BatchVisit, owner: Person, visit_of: Any, tmp_path: Path, pictures: Path | None
) -> None:
    Phone(running_server, tmp_path / "pixel", owner).pair()
    batch = desk.import_files("Hỏng hẳn", [(f"hong-{n}.pdf", content) for n, content in enumerate(contracts(2, "aside"))])
    for title in ("hong-0", "hong-1"):
        spoil(running_server, title)
    desk.all_of_batch(batch)
    request_id = desk.confirm()
    assert wait_for_state(running_server, request_id, "FAILED") == "FAILED"
    password = tmp_path / "password"
    password.write_text(PASSWORD, "utf-8")
    running_server.command("users", "add", "ca-dem", "--name", "Ca Đêm", "--operator", "--password-file", str(password))
    operator = visit_of(Person("ca-dem", "Ca Đêm", "", ""))
    page = operator.page
    page.goto("/operations/requests")
    row = page.locator("tr", has_text=request_id)
    opener = row.get_by_role("button", name="Bỏ qua", exact=True)
    opener.click()
    dialog = page.get_by_role("dialog", name="Bỏ qua yêu cầu này?")
    dialog.get_by_role("button", name="Đóng").click()
    expect(row).to_be_visible()
    opener.click()
    dialog.get_by_label("Ghi chú (không bắt buộc)").fill("Tệp hỏng, đã báo người gửi")
    operator.picture(pictures, "operations-set-aside-dialog")
    dialog.get_by_role("button", name="Bỏ qua", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("Đã bỏ qua yêu cầu.")
    expect(row).to_have_count(0)
    page.get_by_role("link", name="Đã bỏ qua", exact=True).click()
    expect(row).to_contain_text("Ca Đêm đã bỏ qua")
    expect(row).to_contain_text("Tệp hỏng, đã báo người gửi")
    operator.picture(pictures, "operations-set-aside")
    assert request_id not in running_server.command("requests", "--stuck")
    assert "Tệp hỏng, đã báo người gửi" in running_server.command("requests", "--show-set-aside")
