"""A real server, a real phone process and a patient requester on one data folder; what dies is started again, and in the end everything
must agree: request, files, audit log, queues, folders and the phone's journal.

Where a process dies is written into a file that it reads at each place (``PHONESEAL_CRASH_AT=@file``), so that one server serves many
tests. The supervisor waits longer from death to death, so now and then the whole server is started anew.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from server.audit.verify_log import verify_log
from server.signing.sign_request import FINAL, Item, SignRequest
from tests.crash.asker import Asked, Asker
from tests.crash.phone_process import PhoneProcess
from tests.server_process import LIVE, Person, ServerProcess, wait_for

REFUSE, WRONG, UNTICK, IGNORE, SIGN = "Từ chối", "Sai mã", "Bỏ một", "Để đó", "Ký"
"""Titles of documents: the scripted person goes by them."""
SCENARIO = f"""
format = 1
new_device = "approve"
[[answer]]
action = "refuse"
title = "{REFUSE}"
reason = "Sai số tiền"
times = 0
[[answer]]
action = "approve"
title = "{WRONG}"
code = "wrong"
times = 0
[[answer]]
action = "approve"
title = "{UNTICK}"
untick = [1]
times = 0
[[answer]]
action = "ignore"
title = "{IGNORE}"
times = 0
[[answer]]
action = "approve"
times = 0
"""
RESTART_AFTER = 4  # deaths of one child; the supervisor's pauses are short until then
WORKERS_PLACES = ("inspect", "take", "take_over", "prepare", "offer", "embed", "finish", "drop_prepared", "expire")
LEASE_SECONDS = 2


class Stand:
    def __init__(self, folder: Path, **settings: Any) -> None:
        self.folder = folder
        self.server_dies = folder / "server_dies"
        self.phone_dies = folder / "phone_dies"
        self.server = ServerProcess(folder / "server", **{"lease_seconds": LEASE_SECONDS, **settings})
        self.codes_file = folder / "codes.json"
        self._codes: dict[str, str] = {}
        self._deaths = Counter[str]()
        scenario = folder / "person.toml"
        scenario.write_text(SCENARIO, "utf-8")
        self.phone = PhoneProcess(folder / "phone", scenario, self.codes_file, self.server.clock_file, self.phone_dies)
        self.person: Person

    # -- life -------------------------------------------------------------------------------------------------
    def start(self) -> None:
        """Server up, one phone paired and connected."""
        self.start_server()
        self.person = self.server.add_person()
        self.server.pair(self.phone.profile, self.person, "--algorithm", "ecdsa_p256_sha256")
        self.phone.start()

    def start_server(self, *, wait: bool = True) -> None:
        self.server.start(crash_at=f"@{self.server_dies}", wait=wait)
        self._deaths.clear()

    def kill_child(self, name: str) -> None:
        """SIGKILL to web process or worker, if it runs just now."""
        with suppress(KeyError, ProcessLookupError):
            self.server.kill(name)
        self._deaths[name] += 1

    def kill_supervisor(self) -> list[int]:
        """SIGKILL to the supervisor alone. Returns the process ids of its children."""
        children = list(self.server.pids().values())
        process = self.server._process
        assert process is not None
        process.kill()
        process.wait()
        LIVE.remove(self.server)
        self.server._process = None
        return children

    def stop(self) -> None:
        self.phone.stop()
        self.server.stop()

    def refresh(self) -> None:
        """Before a test: nothing shall die, and the supervisor has forgotten earlier deaths."""
        self.server_dies.unlink(missing_ok=True)
        self.phone_dies.unlink(missing_ok=True)
        assert not self.phone.unexpected, (
            self.phone.unexpected,
            self.phone.log_path.read_text("utf-8", "replace")[-3000:],
        )
        if max(self._deaths.values(), default=0) >= RESTART_AFTER:
            self.server.stop()
            self.start_server()

    def asker(self) -> Asker:
        """A relying party of its own for each test: refusals by the person make a party wait."""
        return Asker(self.server.url, self.server.add_relying_party(), self.person.login)

    # -- dying ------------------------------------------------------------------------------------------------
    @contextmanager
    def dying(self, *, server: tuple[str, ...] = (), phone: tuple[str, ...] = ()) -> Iterator[None]:
        """Inside, processes die at these places, once at each; at the end each of them must have been reached."""
        _write(self.server_dies, server)
        _write(self.phone_dies, phone)
        self._deaths.update("worker" if place.split(".")[0] in WORKERS_PLACES else "web" for place in server)
        yield
        for path in (self.server_dies, self.phone_dies):
            wait_for(lambda path=path: not _lines(path), f"nobody died at {_lines(path)}", 20)

    # -- what a person does at the browser --------------------------------------------------------------------
    def tell_code(self, asked: Asked) -> None:
        self.tell(asked.request_id, asked.code)

    def tell(self, request_id: str, code: str) -> None:
        self._codes[request_id] = code
        temporary = self.codes_file.with_suffix(".new")
        temporary.write_text(json.dumps(self._codes), "utf-8")
        temporary.replace(self.codes_file)

    def sign(self, title: str = SIGN, count: int = 1) -> tuple[Asker, Asked, dict[str, Any]]:
        """The whole way of one request, until it is over."""
        asker = self.asker()
        asked = asker.ask(title, count)
        self.tell_code(asked)
        return asker, asked, asker.await_end(asked)

    # -- what must be true in the end --------------------------------------------------------------------------
    def read(self, asked: Asked) -> tuple[SignRequest, list[Item]]:
        with self.server.app.store.read() as tx:
            return tx.requests.get(asked.request_id), list(tx.items.each(asked.request_id))

    def assert_settled(self, asked: Asked) -> tuple[SignRequest, list[Item]]:
        """Final, nothing left to do or to tell, nothing left lying about, the log whole, and the phone knows the end."""
        request, items = self.read(asked)
        assert request.state in FINAL
        assert all(item.state in ("SIGNED", "REFUSED", "FAILED", "CANCELLED") for item in items), items
        store, blobs = self.server.app.store, self.server.app.blobs

        def left() -> list[str]:
            with store.read() as tx:
                jobs = tx.jobs.waiting(self.server.app.clock.now() + 1e6)
                return [f"{jobs} jobs"] * (jobs > 0) + [f"message {m.topic}" for m in tx.outbox.waiting(20)]

        wait_for(lambda: not left(), f"still to do: {left()}")
        prepared = self.server.data_dir / "blobs" / "prepared" / asked.request_id
        assert not prepared.exists(), list(prepared.iterdir())
        report = verify_log(store, blobs)
        assert report.problems == []
        with store.read() as tx:
            kinds = [entry.kind for entry in tx.audit.of_subject(asked.request_id)]
        assert kinds.count("request_queued") == 1 and kinds.count(f"request_{request.state.lower()}") == 1, kinds
        assert kinds.count("request_approved") == (request.approved_at is not None), kinds
        self.assert_phone_agrees(request, items)
        return request, items

    def assert_phone_agrees(self, request: SignRequest, items: list[Item]) -> None:
        with self.server.app.store.read() as tx:
            offers = tx.offers.of_request(request.request_id)
        if not offers:
            return
        if offers[0].pushed_at is None and not self.journaled(request.request_id)["state"]:
            return  # it ended before the phone heard of it
        wait_for(lambda: self.journaled(request.request_id)["state"] == "FINISHED", "the phone does not learn the end")
        if offers[0].withdrawn is None:
            wait_for(lambda: self.journaled(request.request_id)["final_state"], "the phone does not get the outcome")
            row = self.journaled(request.request_id)
            assert row["final_state"] == request.state, row
            counted = (row["items_signed"], row["audit_sequence"])
            signed = sum(item.state == "SIGNED" for item in items)
            assert counted == (signed, request.audit_sequence), row
        values = self.journaled_values(request.request_id)
        for item in items:
            if item.signature_value is not None:
                assert values[item.position] == item.signature_value, (
                    "the server has a value that the phone did not journal"
                )

    def journaled(self, request_id: str) -> dict[str, Any]:
        """The phone's row about a request; an empty state while there is none."""
        rows = self._journal("SELECT * FROM request WHERE request_id = ?", request_id)
        return rows[0] if rows else {"state": ""}

    def journaled_values(self, request_id: str) -> dict[int, bytes]:
        values: dict[int, bytes] = {}
        for row in self._journal("SELECT packed FROM chunk WHERE request_id = ? ORDER BY first", request_id):
            packed, at = row["packed"], 0
            while at < len(packed):
                position, length = (
                    int.from_bytes(packed[at : at + 4], "big"),
                    int.from_bytes(packed[at + 4 : at + 6], "big"),
                )
                assert position not in values, "the phone signed an item twice"
                values[position] = packed[at + 6 : at + 6 + length]
                at += 6 + length
        return values

    def _journal(self, query: str, *values: str) -> list[dict[str, Any]]:
        connection = sqlite3.connect(self.phone.profile / "journal.sqlite3", timeout=10)
        connection.row_factory = sqlite3.Row
        try:
            return [dict(row) for row in connection.execute(query, values)]
        finally:
            connection.close()

    def assert_signed_once(self, content: bytes) -> None:
        """pyHanko: exactly one signature, valid against the server's root, over the whole file."""
        root = x509.load_pem_x509_certificate((self.server.data_dir / "keys" / "development_ca.crt").read_bytes())
        trusted = asn1_x509.Certificate.load(root.public_bytes(Encoding.DER))
        path = self.folder / "signed.pdf"
        path.write_bytes(content)
        with path.open("rb") as file:
            (signature,) = PdfFileReader(file).embedded_signatures
            context = ValidationContext(trust_roots=[trusted], allow_fetching=False)
            status = validate_pdf_signature(signature, signer_validation_context=context)
            assert status.bottom_line, status.summary()
            assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE

    def assert_completed(self, asker: Asker, asked: Asked, count: int, *, refused: int = 0) -> None:
        """COMPLETED, settled, and each signed file holds one valid signature."""
        request, items = self.assert_settled(asked)
        states = [str(item.state) for item in items]
        assert request.state == "COMPLETED" and request.end_result == "ok", (request.state, states)
        assert (states.count("SIGNED"), states.count("REFUSED")) == (count, refused), states
        for item in items:
            if item.state == "SIGNED":
                self.assert_signed_once(asker.file(item.document_id))


def _write(path: Path, names: tuple[str, ...]) -> None:
    temporary = path.with_suffix(".new")
    temporary.write_text("\n".join(names), "ascii")
    temporary.replace(path)


def _lines(path: Path) -> list[str]:
    return path.read_text("ascii").split() if path.exists() else []
