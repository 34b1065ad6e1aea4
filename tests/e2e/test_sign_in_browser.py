"""A document from the desktop to the signed file, as a person does it: browser, phone, browser."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.phones import APPROVE, Phone
from tests.e2e.signed_file import SignedFile
from tests.server_process import ServerProcess

CLOCK = re.compile(r"\d+:\d\d")


@pytest.mark.inventory(1, 2, 4, 41)
def test_upload_place_sign_download(
    running_server: ServerProcess, visit: Any, phone: Phone, contract: bytes, tmp_path: Path, pictures: Path | None
) -> None:
    page = visit.page
    visit.upload(contract, "Hợp đồng cung cấp dịch vụ – Ánh.pdf")
    expect(page.locator("h1").filter(has_text="Hợp đồng cung cấp dịch vụ – Ánh")).to_be_visible()
    image = page.locator("[data-page-image]")
    page.wait_for_function("() => document.querySelector('[data-page-image]')?.naturalWidth > 400")
    page.get_by_label("Trang 1", exact=True).click()
    expect(image).to_have_attribute("alt", re.compile("Trang 1"))
    visit.picture(pictures, "document")

    placed = drag_stamp(page)
    visit.mark()
    with phone.plays(
        'expect = [{event = "checked", items = 1}, "choice", {event = "verdict", verdict = "right"}, "approved", '
        '{event = "outcome", state = "COMPLETED", items_signed = 1}]\n' + APPROVE
    ) as playing:
        playing.wait("connected")
        page.get_by_role("button", name="Ký số", exact=True).click()
        dialog = page.get_by_role("dialog", name="Xác nhận ký số chứng từ")
        expect(dialog).to_contain_text("Nguyễn Thị Lấp Lánh Ánh")
        expect(dialog).to_contain_text("PhoneSeal emulator")
        visit.picture(pictures, "confirm-dialog")
        dialog.get_by_role("button", name="Xác nhận").click()
        code = visit.code()
        request_id = page.url.rsplit("/", 1)[-1]
        expect(visit.state).to_have_text(re.compile("Đang (chờ xác nhận|mở) trên điện thoại"))
        clock = page.locator("[data-panel-lead] .clock")
        first = clock.inner_text()
        assert CLOCK.fullmatch(first)
        expect(clock).not_to_have_text(first)  # it counts
        visit.picture(pictures, "waiting")
        playing.wait("checked")
        assert "choice" not in playing.names()
        phone.tell_code(request_id, code)
        expect(page.locator("#toasts")).to_contain_text("Ký chứng từ thành công", timeout=30_000)
        playing.end()
    assert "Chứng từ đã được ký" in visit.result()
    assert visit.still_marked()
    visit.picture(pictures, "signed")
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải tệp đã ký").click()
    assert download.value.suggested_filename == "Hợp đồng cung cấp dịch vụ – Ánh (đã ký).pdf"
    file = tmp_path / "signed.pdf"
    download.value.save_as(file)
    signed = SignedFile(file)
    signed.validate_fully(running_server)
    signed.validate_with_programs("Nguyễn Thị Lấp Lánh Ánh")
    assert file.read_bytes().startswith(contract), "the original is not kept byte for byte"
    signed.assert_stamp_stands_at(page=0, box=placed, before=contract)


def drag_stamp(page: Any) -> tuple[float, float, float, float]:
    """Drags the box to the upper left part of the page; where it stands then, as fractions of the page (left, top, right, bottom)."""
    stamp, stage = page.locator("[data-stamp]"), page.locator("[data-page-image]")
    expect(stamp).to_be_visible()
    stage.scroll_into_view_if_needed()
    sheet, box = stage.bounding_box(), stamp.bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 12)
    page.mouse.down()
    page.mouse.move(sheet["x"] + sheet["width"] * 0.2 + 30, sheet["y"] + sheet["height"] * 0.12 + 12, steps=8)
    page.mouse.up()
    sheet, box = stage.bounding_box(), stamp.bounding_box()
    left, top = (box["x"] - sheet["x"]) / sheet["width"], (box["y"] - sheet["y"]) / sheet["height"]
    assert abs(left - 0.2) < 0.02
    assert abs(top - 0.12) < 0.02
    return left, top, left + box["width"] / sheet["width"], top + box["height"] / sheet["height"]


def test_invisible_signature_paints_nothing(
    running_server: ServerProcess, visit: Any, phone: Phone, contract: bytes, tmp_path: Path
) -> None:
    page = visit.page
    document_id = visit.upload(contract)
    page.get_by_label("Hiện chữ ký trên một trang").uncheck()
    expect(page.locator("[data-stamp]")).to_be_hidden()
    with phone.plays('expect = [{event = "outcome", items_signed = 1}]\n' + APPROVE) as playing:
        phone.tell_code(visit.ask(), visit.code())
        playing.end()
    visit.result()
    file = tmp_path / "signed.pdf"
    file.write_bytes(page.request.get(f"/documents/{document_id}/file").body())
    signed = SignedFile(file)
    signed.validate_fully(running_server)
    signed.assert_pages_look_like(contract)


def test_signed_twice_keeps_the_first(
    running_server: ServerProcess, visit: Any, phone: Phone, contract: bytes, tmp_path: Path
) -> None:
    """A document that came with a signature of this very service is signed again: both stay valid."""
    page = visit.page
    first = tmp_path / "first.pdf"
    second = tmp_path / "second.pdf"
    for content, target in ((contract, first), (None, second)):
        document_id = visit.upload(content if content is not None else first.read_bytes())
        if content is None:
            expect(page.get_by_text("Tệp đã có sẵn 1 chữ ký")).to_be_visible()
        with phone.plays('expect = [{event = "outcome", items_signed = 1}]\n' + APPROVE) as playing:
            phone.tell_code(visit.ask(), visit.code())
            playing.end()
        visit.result()
        target.write_bytes(page.request.get(f"/documents/{document_id}/file").body())
    signed = SignedFile(second)
    signed.validate_fully(running_server, count=2)
    signed.validate_with_programs("Nguyễn Thị Lấp Lánh Ánh", count=2)
