"""``make demo``: the server with a demo user and an online phone, kept between runs; the first run signs the sample contract.

The phone approves what the visitor asks for in the browser, after a short moment, with the code that the visitor's page shows; what it
does is said here.
"""

import contextlib
import queue
import time
from pathlib import Path

from server.demo.installation import Installation, require_free
from server.demo.phone import Event, Phone
from server.demo.processes import Processes
from server.demo.relying_party import ApiProblem, RelyingPartyClient
from server.demo.terminal import DemoFailed, Terminal
from server.demo.visitor import Visitor

THINK = 1.5
SIGN_SECONDS = 90.0
CONTRACT = "hop-dong-mau.pdf"
SIGNED = "hop-dong-mau (signed).pdf"


def stay_up(folder: Path, port: int, terminal: Terminal) -> int:
    """Returns only by a signal (``KeyboardInterrupt``) or ``DemoFailed``."""
    require_free(port)
    processes = Processes()
    try:
        with processes:
            _Demo(Installation(folder, port), processes, terminal).run()
    finally:
        processes.end_guard()
    return 0


class _Demo:
    def __init__(self, installation: Installation, processes: Processes, terminal: Terminal) -> None:
        self._installation = installation
        self._processes = processes
        self._say = terminal.say
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._page: Visitor
        self._party: RelyingPartyClient
        self._phone: Phone

    def run(self) -> None:
        began = time.monotonic()
        first = not (self._installation.folder / SIGNED).exists()
        self._say("Setting up a server and pairing an emulated phone" if first else "Starting")
        self._installation.seed()
        self._installation.start_server(self._processes)
        self._page = self._installation.visitor()
        self._party = RelyingPartyClient(self._installation.base_url, self._installation.secrets.api_key)
        self._phone = self._installation.phone(self._processes)
        self._phone.go_online(self._events.put, think=THINK)
        signed = self._installation.folder / SIGNED
        if not signed.exists():
            self._page.log_in()
            self._sign_contract(signed)
            self._judge(signed)
            self._introduce(time.monotonic() - began)
        else:  # up first: looking at the file again loads pyHanko
            self._introduce(time.monotonic() - began)
            self._judge(signed)
        while True:
            self._check()
            with contextlib.suppress(queue.Empty):
                self._tell(self._events.get(timeout=1.0))

    def _check(self) -> None:
        self._processes.check()
        self._phone.check()

    def _sign_contract(self, signed: Path) -> None:
        from server.pdf.sample_contract import SIGNATURE_BOX, SIGNATURE_PAGE, make_sample_contract  # the first run only

        contract = self._installation.folder / CONTRACT
        contract.write_bytes(make_sample_contract())
        self._say(f"Signing the sample contract {contract}")
        document_id = self._page.upload(contract)
        request_id = self._page.sign(document_id, SIGNATURE_PAGE, SIGNATURE_BOX)
        until = time.monotonic() + SIGN_SECONDS
        seen = self._page.see(request_id)
        while not seen["final"]:
            if time.monotonic() > until:
                raise DemoFailed(f"the sample contract is still {seen['state']} after {SIGN_SECONDS:.0f} s")
            self._check()
            self._drain()
            time.sleep(0.05)
            seen = self._page.see(request_id)
        self._drain()
        if seen["state"] != "COMPLETED":
            raise DemoFailed(f"the sample contract was not signed: {seen['state']}, {seen['end_result']}")
        self._page.fetch(document_id, signed)

    def _judge(self, signed: Path) -> None:
        from server.demo.validators import verdicts

        self._say()
        self._say(f"Signed file     {signed}")
        for verdict in verdicts(signed, self._installation.root_certificate):
            mark = {True: "valid", False: "NOT VALID", None: "not asked"}[verdict.good]
            self._say(f"  {verdict.validator:<13} {mark}: {verdict.words}")
        self._say()

    def _introduce(self, seconds: float) -> None:
        demo = self._installation
        self._say()
        self._say(f"Open            {demo.base_url}")
        self._say(f"Log-in name     {demo.secrets.login}")
        self._say(f"Password        {demo.secrets.password}")
        self._say(f"API key         {demo.secrets.api_key}  (docs/api.md)")
        self._say("Upload a PDF, press Sign: the phone here approves it a moment later, and the page shows it live.")
        self._say(f"Data and logs   {demo.folder}   (ready after {seconds:.1f} s; Ctrl-C stops everything)")
        self._say()

    def _drain(self) -> None:
        while not self._events.empty():
            self._tell(self._events.get())

    def _tell(self, event: Event) -> None:
        """One line for what the phone shows or does; what happens between is left out."""
        name, request_id = event["event"], event.get("request_id")
        if name == "request":
            self._say(f"Phone: {event['requested_by']} asks for {event['item_count']} document(s)")
        elif name == "checked":
            self._say(f"Phone: every byte checked; the codes offered are {', '.join(event['codes'])}")
            self._read_code(str(request_id))
        elif name == "choice":
            self._say(f"Phone: the person picks {event['code']}, as the browser shows")
        elif name == "approved":
            self._say("Phone: PIN entered, approval accepted by the server")
        elif name == "outcome":
            self._say(f"Phone: {event['state']} ({event['items_signed']} signed)")
        elif name in ("refused", "withdrawn", "security_warning", "error"):
            facts = ", ".join(str(event[key]) for key in ("end_result", "code", "detail") if event.get(key))
            self._say(f"Phone: {name}: {facts}")

    def _read_code(self, request_id: str) -> None:
        """Reads the code off the requester's screen: the visitor's page, or the answer to whoever tries the API with the demo's key."""
        try:
            seen = self._page.see(request_id)
        except DemoFailed:
            try:
                seen = self._party.see(request_id)
            except ApiProblem as problem:
                self._say(f"Phone: nobody here can see the code of {request_id} ({problem.code})")
                return
        if seen["verification_code"]:
            self._phone.tell_code(request_id, seen["verification_code"])
