"""The demo as a visitor of the portal: what a person does in the browser, over the same addresses."""

import re
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import requests

from server.demo.terminal import DemoFailed

TIMEOUT = (10.0, 60.0)
LOOK_EVERY = 0.1
_CSRF = re.compile(r'<meta name="csrf-token" content="([^"]+)"')


class Visitor:
    """Logs in when it has to: at first, and when the session has ended. One object serves one thread."""

    def __init__(self, base_url: str, login: str, password: str) -> None:
        self._base_url = base_url
        self._login, self._password = login, password
        self._session = requests.Session()
        self._csrf = ""

    def log_in(self) -> None:
        """Raises ``DemoFailed`` when the password was changed."""
        form = {"login_name": self._login, "password": self._password, "csrf_token": self._read_csrf("/login")}
        response = self._session.post(f"{self._base_url}/login", data=form, timeout=TIMEOUT, allow_redirects=False)
        if response.status_code != 303:
            raise DemoFailed(
                f"the portal did not let {self._login} in ({response.status_code}): was the password changed?"
            )
        self._csrf = self._read_csrf("/documents")

    def _read_csrf(self, path: str) -> str:
        page = self._session.get(self._base_url + path, timeout=TIMEOUT)
        found = _CSRF.search(page.text)
        if found is None:
            raise DemoFailed(f"{path} answered {page.status_code} without a form")
        return found[1]

    def _call(self, method: str, path: str, **arguments: Any) -> requests.Response:
        headers = {"Accept": "application/json", **arguments.pop("headers", {})}
        for attempt in range(2):
            response = self._session.request(
                method,
                self._base_url + path,
                headers={**headers, "X-CSRFToken": self._csrf},
                timeout=TIMEOUT,
                allow_redirects=False,
                **arguments,
            )
            if response.status_code == 401 and not attempt:
                self.log_in()
                continue
            break
        if response.status_code >= 400:
            raise DemoFailed(f"{path}: {_detail(response)}")
        return response

    def start_pairing(self) -> tuple[str, str]:
        """A pairing's id, and what its QR code says."""
        told = self._call("POST", "/account/pairing").json()
        return told["snapshot"]["pairing_id"], told["qr"]

    def compare_digits(self, pairing_id: str, on_phone: str) -> None:
        """Confirms when the browser shows what the phone shows; otherwise says no, and raises ``DemoFailed``."""
        for _ in range(300):
            shown = self._call("GET", f"/account/pairing/{pairing_id}/snapshot.json").json()
            if shown["digits"]:
                break
            time.sleep(LOOK_EVERY)
        if shown["digits"] != on_phone:
            self._call("POST", f"/account/pairing/{pairing_id}/reject")
            raise DemoFailed("the six digits on phone and browser differ: the pairing was rejected")
        self._call("POST", f"/account/pairing/{pairing_id}/confirm")

    def upload(self, path: Path) -> str:
        """The new document's id."""
        headers = {"Content-Type": "application/pdf", "X-File-Name": quote(path.name, safe="")}
        with path.open("rb") as body:
            told = self._call("POST", "/documents", data=body, headers=headers).json()
        return str(told["document_id"])

    def sign(self, document_id: str, page: int, box: tuple[float, float, float, float]) -> str:
        """Presses Sign. The request's id."""
        placement = {"page": page, **dict(zip(("x0", "y0", "x1", "y1"), box, strict=True))}
        return str(
            self._call("POST", f"/documents/{document_id}/sign", json={"placement": placement}).json()["request_id"]
        )

    def see(self, request_id: str) -> dict[str, Any]:
        """What the waiting panel shows."""
        told: dict[str, Any] = self._call("GET", f"/sign-requests/{request_id}/snapshot.json").json()
        return told

    def wait_for_end(self, request_id: str, seconds: float) -> dict[str, Any]:
        until = time.monotonic() + seconds
        while True:
            seen = self.see(request_id)
            if seen["final"] or time.monotonic() > until:
                return seen
            time.sleep(LOOK_EVERY)

    def fetch(self, document_id: str, target: Path) -> None:
        target.write_bytes(self._call("GET", f"/documents/{document_id}/file").content)


def _detail(response: requests.Response) -> str:
    try:
        return str(response.json()["detail"])
    except (ValueError, KeyError):
        return f"the server answered {response.status_code}"
