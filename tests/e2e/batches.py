"""What the batch tests share: many different contracts, and the ways through the pages that a person takes with them."""

import hashlib
import io
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from server.pdf.sample_contract import make_sample_contract
from tests.e2e.phones import Phone
from tests.server_process import ServerProcess, wait_for

_ID = re.compile(rb"<[0-9a-f]{32}>")


def contracts(count: int, seed: str = "") -> list[bytes]:
    """Contracts of the same look and length, each with its own identifier in the trailer: no two have the same digest."""
    source = make_sample_contract()
    trailer = source.index(b"/ID")
    made = []
    for number in range(count):
        own = b"<" + hashlib.md5(f"{seed}:{number}".encode(), usedforsecurity=False).hexdigest().encode() + b">"
        made.append(source[:trailer] + _ID.sub(own, source[trailer:], count=2))
    return made


def zipped(files: dict[str, bytes]) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as target:
        for name, content in files.items():
            target.writestr(name, content)
    return archive.getvalue()


class BatchVisit:
    """One person's way through the batch pages, on the page of a ``Visit``."""

    def __init__(self, visit: Any) -> None:
        self.visit = visit
        self.page: Page = visit.page

    # -- importing ---------------------------------------------------------------------------------
    def choose_files(self, name: str, files: Sequence[tuple[str, bytes]]) -> None:
        self.page.goto("/import-batches/new")
        self.page.locator("[data-batch-name]").fill(name)
        kinds = {"pdf": "application/pdf", "zip": "application/zip"}
        carried = [
            {"name": file, "mimeType": kinds.get(file.rsplit(".", 1)[-1], "text/plain"), "buffer": content}
            for file, content in files
        ]
        self.page.locator("#files").set_input_files(carried)  # type: ignore[arg-type]

    def import_files(self, name: str, files: Sequence[tuple[str, bytes]]) -> str:
        """Imports and waits until every file was looked at. The batch's id."""
        self.choose_files(name, files)
        self.page.locator("[data-import-send]").click()
        self.page.wait_for_url("**/import-batches/ib_*")
        self.wait_until_checked()
        return self.page.url.rsplit("/", 1)[-1]

    def import_archive(self, name: str, archive: Path) -> str:
        """Like ``import_files``, for an archive too large to be handed to the browser but as a file."""
        self.page.goto("/import-batches/new")
        self.page.locator("[data-batch-name]").fill(name)
        self.page.locator("#files").set_input_files(archive)
        self.page.locator("[data-import-send]").click()
        self.page.wait_for_url("**/import-batches/ib_*")
        self.wait_until_checked()
        return self.page.url.rsplit("/", 1)[-1]

    def wait_until_checked(self) -> None:
        state = self.page.locator("[data-batch-state]")
        expect(state).not_to_have_text(re.compile("Đang kiểm tra|Đang tải|Trống"), timeout=120_000)

    def figure(self, name: str) -> int:
        return int(self.page.locator(f'[data-figure="{name}"]').inner_text().replace(".", ""))

    # -- choosing ----------------------------------------------------------------------------------
    def tick(self, *titles: str) -> None:
        for title in titles:
            self.page.get_by_label(f"Chọn “{title}”", exact=True).check()

    @property
    def dock(self) -> Any:
        return self.page.locator("#selection-dock")

    @property
    def dock_sign(self) -> Any:
        return self.page.locator("[data-dock-sign]")

    def to_batch_screen(self) -> None:
        self.dock_sign.click()
        self.page.wait_for_url("**/batch-signing")
        expect(self.page.locator("[data-stamp]")).to_be_visible()

    def all_of_batch(self, import_batch_id: str) -> None:
        self.page.goto(f"/import-batches/{import_batch_id}")
        self.page.locator("[data-sign-all]").click()
        self.page.wait_for_url("**/batch-signing")
        expect(self.page.locator("[data-stamp]")).to_be_visible()

    # -- asking ------------------------------------------------------------------------------------
    def confirm(self) -> str:
        """From the batch screen to the request's page. The request's id."""
        self.page.locator("[data-batch-form] button[type=submit]").click()
        dialog = self.page.locator("#batch-dialog")
        expect(dialog).to_be_visible()
        dialog.get_by_role("button", name="Xác nhận").click()
        self.page.wait_for_url("**/sign-requests/sr_*")
        return self.page.url.rsplit("/", 1)[-1]

    def approve(self, phone: Phone, request_id: str) -> None:
        """The person reads the code off this page; the phone's script does the rest."""
        phone.tell_code(request_id, self.visit.code())

    # -- results -----------------------------------------------------------------------------------
    def filter_results(self, words: str) -> list[str]:
        """The lines under one filter of the results."""
        self.page.locator("[data-result-filters] button", has_text=words).click()
        expect(self.page.locator(f'[data-result-filters] [aria-current="true"]:has-text("{words}")')).to_be_visible()
        self.page.wait_for_load_state("networkidle")
        return self.page.locator("[data-result-list] li").all_inner_texts()

    def archive(self, folder: Path) -> dict[str, Path]:
        """Downloads all signed files as one ZIP and takes it apart: name → file."""
        with self.page.expect_download() as download:
            self.page.locator("[data-panel-archive]").click()
        assert download.value.suggested_filename.endswith(".zip")
        target = folder / "signed.zip"
        download.value.save_as(target)
        with zipfile.ZipFile(target) as archive:
            assert archive.testzip() is None
            archive.extractall(folder / "signed")
            return {name: folder / "signed" / name for name in archive.namelist()}


def states(server: ServerProcess, request_id: str) -> dict[str, str]:
    """Title → state of each item, as the store has it."""
    with server.app.store.read() as tx:
        return {item.title: str(item.state) for item in tx.items.each(request_id)}


def spoil(server: ServerProcess, title: str) -> tuple[Path, bytes]:
    """Makes one document's stored bytes such that it can't be prepared: where they lie, and what they were."""
    with server.app.store.read() as tx:
        found = tx.database.conn.execute("SELECT current_sha256 FROM documents WHERE title = ?", (title,)).fetchone()
    path = server.app.blobs.path("documents", found[0])
    before = path.read_bytes()
    path.write_bytes(b"%PDF-1.7\nnothing that anybody could follow\n%%EOF\n")
    return path, before


def wait_for_state(server: ServerProcess, request_id: str, *wanted: str, seconds: float = 60.0) -> str:
    def look() -> str:
        with server.app.store.read() as tx:
            state = str(tx.requests.get(request_id).state)
        return state if state in wanted else ""

    return wait_for(look, f"the request does not become {wanted}", seconds)
