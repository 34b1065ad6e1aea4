"""A page's socket is worth no more than its session."""

import re
from collections.abc import Iterator

import pytest
import requests
import socketio

from tests.server_process import Person, ServerProcess, wait_for


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    one = ServerProcess(tmp_path_factory.mktemp("session"), session_lifetime=3600)
    one.start()
    yield one
    one.stop()


def log_in(server: ServerProcess, person: Person) -> str:
    """The session's cookie, as a browser would send it."""
    browser = requests.Session()
    token = re.search(r'name="csrf-token" content="([^"]+)"', browser.get(server.url + "/login", timeout=10).text)
    assert token is not None
    form = {"login_name": person.login, "password": person.password, "csrf_token": token[1]}
    assert browser.post(server.url + "/login", data=form, timeout=10).ok
    return f"phoneseal={browser.cookies['phoneseal']}"


def test_a_socket_asks_for_nothing_after_its_session_has_ended(server: ServerProcess) -> None:
    person = server.add_person()
    cookie = log_in(server, person)
    client = socketio.Client(reconnection=False)
    try:
        client.connect(server.url, headers={"Cookie": cookie}, transports=["websocket"], namespaces=["/browser"])
        wish = {"pairing_id": server.app.pair_device.offer(person.subscriber_id, person.user_id).pairing.pairing_id}
        assert "ok" in client.call("watch", wish, namespace="/browser", timeout=10)
        server.move_clock(3601)
        wait_for(
            lambda: client.call("watch", wish, namespace="/browser", timeout=10).get("error"),
            "the session is over",
        )
    finally:
        client.disconnect()
