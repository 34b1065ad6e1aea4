"""Uploads: how long a contract takes until it can be signed, how long one of very many pages, and what a very big document costs in
memory on its whole way."""

import time
from pathlib import Path
from urllib.parse import quote

from server.users.user import User
from tests.bench.batch import GROWTH_MIB
from tests.bench.browser import TIMEOUT, Browser
from tests.bench.contracts import make_contracts, write_big_pdf, write_long_pdf
from tests.bench.figures import Figure, at_most, plain, spread
from tests.bench.phone import Phone
from tests.bench.stand import MemoryWatch, Stand

READY_MS = 40.0
LONG_SECONDS = 10.0


def measure_uploads(stand: Stand, browser: Browser, count: int) -> list[Figure]:
    """Through the portal: the answer comes when the document is READY."""
    taken = []
    for content in make_contracts(count):
        began = time.perf_counter()
        answer = browser.session.post(
            f"{stand.url}/documents",
            data=content,
            headers={"Content-Type": "application/pdf", "X-File-Name": quote("hợp đồng.pdf")},
            timeout=TIMEOUT,
        )
        assert answer.status_code == 201, answer.text[:300]
        taken.append(time.perf_counter() - began)
    return spread("upload.to_ready", taken, READY_MS)


def measure_long_document(stand: Stand, browser: Browser, pages: int) -> list[Figure]:
    """Until a document of so many pages of text is READY: every page is judged."""
    source = stand.folder / "long.pdf"
    write_long_pdf(source, pages)
    began = time.perf_counter()
    _upload(stand, browser, source)
    seconds = time.perf_counter() - began
    source.unlink()
    return [at_most(f"upload.{pages}_pages_to_ready", seconds, "s", LONG_SECONDS)]


def measure_big_document(stand: Stand, browser: Browser, phone: Phone, user: User, mebibytes: int) -> list[Figure]:
    """Upload, sign, download one document of so many MiB."""
    source, target = stand.folder / "big.pdf", stand.folder / "big-signed.pdf"
    write_big_pdf(source, mebibytes << 20)
    processes = {**stand.server_processes(), "phone": phone.process}
    began = time.perf_counter()
    with MemoryWatch(processes) as watch:
        document_id = _upload(stand, browser, source)
        request_id, _ = browser.sign([document_id], page=0)
        phone.tell_code(request_id)
        _, snapshot = browser.wait_final(request_id)
        assert snapshot["state"] == "COMPLETED", snapshot
        with browser.session.get(f"{stand.url}/documents/{document_id}/file", stream=True, timeout=TIMEOUT) as answer:
            assert answer.status_code == 200
            with target.open("wb") as file:
                for piece in answer.iter_content(1 << 20):
                    file.write(piece)
    assert target.stat().st_size > source.stat().st_size
    for path in (source, target):
        path.unlink()
    name = f"big_document_{mebibytes}_MiB"
    return [
        plain(f"{name}.upload_to_download", time.perf_counter() - began, "s"),
        *(at_most(f"{name}.memory_growth.{process}", growth, "MiB", GROWTH_MIB) for process, growth in watch.growth.items()),
    ]


def _upload(stand: Stand, browser: Browser, source: Path) -> str:
    headers = {"Content-Type": "application/pdf", "X-File-Name": "big.pdf"}
    with source.open("rb") as body:
        answer = browser.session.post(f"{stand.url}/documents", data=body, headers=headers, timeout=TIMEOUT)
    assert answer.status_code in (201, 202), answer.text[:300]
    document_id = str(answer.json()["document_id"])
    for _ in range(600):
        if answer.status_code == 201:
            break
        time.sleep(0.2)
        with stand.app.store.read() as tx:
            if tx.documents.get(document_id).state == "READY":
                break
    return document_id
