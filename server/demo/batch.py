"""``make demo FILES=… OUT=…``: the given files signed once, with everything temporary, by the ways that relying parties use.

Rules: each file is uploaded by itself, so that one which is refused stops no other; all that were accepted go into one request (at most
1,000 documents each); when the phone itself refuses a request because of one document, that one is left out and the others are asked for
again. The report names every file in the order given, whatever became of it.
"""

import contextlib
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

import requests

from server.demo.batch_report import FileResult, finish
from server.demo.follow_request import Accepted, Asking
from server.demo.installation import Installation, free_port
from server.demo.phone import Phone
from server.demo.processes import Processes
from server.demo.relying_party import ApiProblem, RelyingPartyClient, Wanted
from server.demo.terminal import Terminal

AT_ONCE = 4
STAMP_WIDTH, STAMP_HEIGHT = 200.0, 75.0
MARGIN = 36.0


def sign_files(files: Sequence[Path], names: Sequence[str], out: Path, language: str, terminal: Terminal) -> int:
    """Returns 0 only if every file was signed. ``names`` are the files' names in ``out``."""
    results = [FileResult(file, name) for file, name in zip(files, names, strict=True)]
    with _temporary(terminal) as (folder, processes):
        terminal.say("Starting a server and pairing an emulated phone")
        installation = Installation(folder, free_port())
        installation.seed()
        installation.start_server(processes)
        batch = _Batch(installation, processes, language, terminal)
        batch.connect_phone()
        batch.upload(results)
        batch.ask(results)
        batch.fetch(results, out)
    return finish(results, out, terminal)


@contextlib.contextmanager
def _temporary(terminal: Terminal) -> Iterator[tuple[Path, Processes]]:
    processes = Processes()
    folder = Path(tempfile.mkdtemp(prefix="phoneseal-demo-"))
    processes.guard_folder(folder)
    try:
        with processes:
            yield folder, processes
    finally:
        terminal.end_progress()
        shutil.rmtree(folder, ignore_errors=True)
        processes.end_guard()


class _Batch:
    def __init__(self, installation: Installation, processes: Processes, language: str, terminal: Terminal) -> None:
        self._installation = installation
        self._processes = processes
        self._language = language
        self._terminal = terminal
        self._clients = threading.local()
        self._asking: Asking
        self._phone: Phone

    def _client(self) -> RelyingPartyClient:
        """One for each thread."""
        if not hasattr(self._clients, "client"):
            demo = self._installation
            self._clients.client = RelyingPartyClient(demo.base_url, demo.secrets.api_key, self._language)
        client: RelyingPartyClient = self._clients.client
        return client

    def connect_phone(self) -> None:
        self._phone = self._installation.phone(self._processes)
        self._asking = Asking(
            self._client(), self._phone, self._installation.secrets.login, self._check, self._terminal
        )
        self._phone.go_online(self._asking.hear, think=0.0)

    def _check(self) -> None:
        self._processes.check()
        self._phone.check()

    def upload(self, results: Sequence[FileResult]) -> None:
        self._each("Uploading and checking", results, self._upload)

    def _upload(self, result: FileResult) -> None:
        result.began = time.monotonic()
        try:
            told = self._client().upload(result.file)
        except ApiProblem as problem:
            result.end("REFUSED_AT_UPLOAD", None, str(problem))
        except requests.RequestException as error:
            result.end("REFUSED_AT_UPLOAD", None, f"upload_failed: {type(error).__name__}")
        except OSError as error:
            result.end("REFUSED_AT_UPLOAD", None, f"file_unreadable: {error.strerror}")
        else:
            result.document_id = told["document_id"]
            result.wanted = stamp_on_last_page(told)

    def ask(self, results: Sequence[FileResult]) -> None:
        accepted = [Accepted(result.wanted, result.end) for result in results if result.wanted is not None]
        self._asking.ask_for_all(accepted)

    def fetch(self, results: Sequence[FileResult], out: Path) -> None:
        signed = [result for result in results if result.state == "SIGNED"]
        self._each("Fetching the signed files", signed, lambda result: self._fetch(result, out))

    def _fetch(self, result: FileResult, out: Path) -> None:
        target = out / result.name
        try:
            self._client().fetch(str(result.document_id), target)
        except (ApiProblem, OSError, requests.RequestException) as error:
            result.end("NOT_FETCHED", result.end_result, f"signed, but it could not be written: {error}")
        else:
            result.keep(target)

    def _each(self, step: str, results: Sequence[FileResult], act: Callable[[FileResult], None]) -> None:
        """Some at a time, with progress. What ``act`` raises ends the demo."""
        if not results:
            return
        self._terminal.progress(step, 0, len(results))
        with ThreadPoolExecutor(AT_ONCE) as pool:
            waiting = [pool.submit(act, result) for result in results]
            try:
                for done, future in enumerate(as_completed(waiting), start=1):
                    future.result()
                    self._processes.check()
                    self._terminal.progress(step, done, len(results))
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise


def stamp_on_last_page(document: dict[str, Any]) -> Wanted:
    """The visible signature low on the right of the last page, as large as the page allows; invisible where there is no room."""
    page = document["pages"] - 1
    width, height = document["page_sizes"][page]
    margin = min(MARGIN, width / 10, height / 10)
    right, top = width - margin, margin + min(STAMP_HEIGHT, height - 2 * margin)
    left = right - min(STAMP_WIDTH, width - 2 * margin)
    roomy = right - left >= 60 and top - margin >= 24
    return Wanted(document["document_id"], page, (left, margin, right, top) if roomy else None)
