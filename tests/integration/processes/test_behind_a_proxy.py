"""The server behind a proxy that ends TLS, as a browser meets it: pages, forms and sockets, whatever the proxy makes of the Host header.

The test is both browser and proxy: it sends what a browser would (Origin and Referer of the public address, RFC 6454 6.2) and the headers
that the proxy would add.
"""

import re
from pathlib import Path

import pytest
import requests
import socketio

from tests.server_process import ServerProcess

PUBLIC = {
    "https://ky.example.vn": "https://ky.example.vn",
    "https://KY.Example.vn:443/": "https://ky.example.vn",
    "https://Ký-Số.vn:9443": "https://xn--k-s-loa6929a.vn:9443",
}


@pytest.mark.parametrize("written", PUBLIC)
def test_pages_forms_and_sockets_work_behind_a_proxy(tmp_path: Path, written: str) -> None:
    server = ServerProcess(tmp_path, behind_proxy=True, public_url=written)
    server.start()
    try:
        person, origin = server.add_person(), PUBLIC[written]
        host = origin.removeprefix("https://")
        for sent_host in (host, host.partition(":")[0], f"127.0.0.1:{server.port}", host.upper()):
            proxied = {"Host": sent_host, "X-Forwarded-For": "198.51.100.7", "X-Forwarded-Proto": "https"}
            browser = Browser(server, proxied, origin)
            browser.log_in(person.login, person.password)
            assert browser.socket_joins(origin), sent_host
            assert not browser.socket_joins("https://evil.example"), sent_host
            assert browser.log_in_from("https://evil.example/", person.login, person.password) != 303
    finally:
        server.stop()


class Browser:
    def __init__(self, server: ServerProcess, proxied: dict[str, str], origin: str) -> None:
        self._url = server.url
        self._origin = origin
        self._proxied = proxied
        self._cookies: dict[str, str] = {}

    def log_in(self, login: str, password: str) -> None:
        assert self.log_in_from(self._origin + "/login", login, password) == 303
        page = requests.get(self._url + "/documents", headers=self._headers(), timeout=10, allow_redirects=False)
        assert page.status_code == 200
        assert f"wss://{self._origin.removeprefix('https://')}" in page.headers["Content-Security-Policy"]

    def log_in_from(self, referer: str, login: str, password: str) -> int:
        page = requests.get(self._url + "/login", headers=self._headers(fresh=True), timeout=10, allow_redirects=False)
        self._keep(page)
        token = re.search(r'name="csrf-token" content="([^"]+)"', page.text)
        assert token is not None
        form = {"login_name": login, "password": password, "csrf_token": token[1]}
        headers = {**self._headers(), "Referer": referer, "Origin": self._origin}
        answer = requests.post(self._url + "/login", data=form, headers=headers, timeout=10, allow_redirects=False)
        self._keep(answer)
        return answer.status_code

    def socket_joins(self, origin: str) -> bool:
        headers = self._headers()
        client = socketio.Client(reconnection=False, websocket_extra_options={"host": headers.pop("Host"), "origin": origin})
        try:
            client.connect(self._url, headers=headers, transports=["websocket"], namespaces=["/browser"])
        except socketio.exceptions.ConnectionError:
            return False
        finally:
            client.disconnect()
        return True

    def _headers(self, *, fresh: bool = False) -> dict[str, str]:
        cookies = {} if fresh else self._cookies
        return {**self._proxied, **({"Cookie": "; ".join(f"{k}={v}" for k, v in cookies.items())} if cookies else {})}

    def _keep(self, answer: requests.Response) -> None:
        self._cookies.update({cookie.name: cookie.value or "" for cookie in answer.cookies})
