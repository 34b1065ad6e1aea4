"""An import whose network died and whose tab was closed half way: whoever comes back sees what is missing and completes the same batch."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.e2e.batches import BatchVisit, contracts, zipped
from tests.server_process import Person, ServerProcess

KINDS = {"pdf": "application/pdf", "zip": "application/zip"}


@pytest.fixture
def owner(running_server: ServerProcess) -> Person:
    return running_server.add_person()


def add(desk: BatchVisit, files: list[tuple[str, bytes]]) -> None:
    """Chooses files on the batch's page and sends them."""
    carried = [{"name": name, "mimeType": KINDS[name[-3:]], "buffer": content} for name, content in files]
    desk.page.locator("#files").set_input_files(carried)  # type: ignore[arg-type]
    desk.page.locator("[data-import-send]").click()


@pytest.mark.inventory(19)
def test_a_closed_tab_is_completed_in_the_same_batch(
    running_server: ServerProcess, owner: Person, visit_of: Any, pictures: Path | None
) -> None:
    files = [(f"so-{n}.pdf", content) for n, content in enumerate(contracts(6, "closed"))]
    first = BatchVisit(visit_of(owner))
    stalled = ("so-1.pdf", "so-4.pdf", "so-5.pdf")

    def line(route: Route) -> None:
        if route.request.headers["x-file-name"] in stalled:
            route.abort("internetdisconnected")
        else:
            route.continue_()

    first.choose_files("Đóng giữa chừng", files)
    first.visit.tolerate("ERR_INTERNET_DISCONNECTED")
    first.page.route("**/import-batches/*/documents", line)
    with first.page.expect_response("**/import-batches") as made:
        first.page.locator("[data-import-send]").click()
    batch_url = made.value.json()["url"]
    expect(first.page.locator(".upload-item .state", has_text="Đã gửi")).to_have_count(3)
    expect(first.page.locator("[data-import-problem]")).to_contain_text("Có 3 tệp chưa gửi được")
    first.page.close()

    desk = BatchVisit(visit_of(owner))
    page = desk.page
    page.goto("/import-batches")
    expect(page.locator("tr", has_text="Đóng giữa chừng")).to_contain_text("Còn thiếu tệp")
    page.goto(batch_url)
    expect(page.get_by_role("heading", name="Chưa tới (3)")).to_be_visible()
    assert page.locator("[data-missing-list] li").all_inner_texts() == list(stalled)
    desk.visit.picture(pictures, "import-missing")
    sent: list[str] = []
    page.on("request", lambda call: sent.append(call.headers.get("x-file-name", "")))
    page.get_by_role("button", name="Chọn lại").click()
    expect(page.get_by_role("heading", name="Thêm tệp vào lô này")).to_be_visible()
    add(desk, files)
    expect(page.locator("[data-import-label]")).to_have_text("Đã gửi 6 / 6 tệp · 3 tệp đã có, bỏ qua")
    expect(page.locator(".upload-item", has_text="so-0.pdf")).to_contain_text("Đã có trong lô")
    expect(page.locator("[data-missing-box]")).to_be_hidden()
    expect(page.locator('[data-figure="waiting"]')).to_have_text("6", timeout=60_000)
    assert sorted(name for name in sent if name) == list(stalled), "what is there is not sent again"
    desk.visit.picture(pictures, "import-completed")


def test_files_and_an_archive_are_added_to_a_batch_at_any_time(
    running_server: ServerProcess, owner: Person, visit_of: Any, pictures: Path | None
) -> None:
    content = contracts(4, "added")
    desk = BatchVisit(visit_of(owner))
    page = desk.page
    batch = desk.import_files("Thêm sau", [("a.pdf", content[0])])
    page.get_by_role("button", name="Thêm tệp", exact=True).click()
    add(desk, [("b.pdf", content[1])])
    expect(page.locator('[data-figure="waiting"]')).to_have_text("2", timeout=60_000)
    packed = zipped({"a.pdf": content[0], "b.pdf": content[1], "c.pdf": content[2], "d.pdf": content[3]})
    page.locator("#files").set_input_files({"name": "lo.zip", "mimeType": "application/zip", "buffer": packed})
    expect(page.locator('[data-figure="waiting"]')).to_have_text("4", timeout=60_000)
    expect(page.locator("[data-skipped-note]")).to_have_text("Tệp trong ZIP đã có sẵn nên bỏ qua: 2")
    assert page.url.endswith(batch), "all of it on the batch's own page"


def test_the_owner_does_without_what_is_missing(running_server: ServerProcess, owner: Person, visit_of: Any) -> None:
    desk = BatchVisit(visit_of(owner))
    page = desk.page
    batch = desk.import_files("Bỏ bớt", [("a.pdf", contracts(1, "without")[0])])
    answer = page.request.post(
        f"/import-batches/{batch}/expected",
        data={"files": [["mat.pdf", 100]]},
        headers={"X-CSRFToken": desk.visit.csrf()},
    )
    assert answer.status == 204
    page.reload()
    expect(page.locator("[data-batch-state]")).to_have_text("Còn thiếu tệp")
    page.get_by_role("button", name="Bỏ các tệp này").click()
    dialog = page.get_by_role("dialog", name="Bỏ các tệp này ra khỏi lô?")
    dialog.get_by_role("button", name="Bỏ các tệp này").click()
    expect(page.locator("#toasts")).to_contain_text("Đã bỏ 1 tệp ra khỏi lô.")
    expect(page.locator("[data-batch-state]")).to_have_text("Chờ bạn ký số")
    expect(page.locator("[data-missing-box]")).to_be_hidden()
