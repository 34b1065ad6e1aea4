"""The phone asks about a pairing code before anybody chooses a PIN."""

from typing import Any

import pytest

from mobile_app.errors import CheckFailed, LinkError, PhoneError, Refused, ServerRefused
from tests.unit.device.phone_kit import Kit
from tests.unit.device.test_phone_pairing import nothing_is_left, uri

SERVER = "https://sign.example"


def code_of(kit: Kit, code: str, server: str | None = SERVER) -> str:
    with pytest.raises(PhoneError) as caught:
        kit.phone.check_pairing_code(code, server_url=server)
    return caught.value.code


def test_a_good_code_is_good_and_stays_so(unpaired: Kit) -> None:
    for code in (uri(unpaired), unpaired.server.pairing["code"]):
        unpaired.phone.check_pairing_code(code, server_url=SERVER)
    assert unpaired.server.pairing["state"] == "offered"
    assert nothing_is_left(unpaired)
    unpaired.pair(code=uri(unpaired))


def test_what_is_wrong_with_a_code_is_said_at_once(unpaired: Kit) -> None:
    assert code_of(unpaired, "00000-00000") == "pairing_code_unknown"
    assert code_of(unpaired, "0000") == "pairing_code_malformed"
    assert code_of(unpaired, "00000-00000", None) == "pairing_code_malformed"
    with pytest.raises(CheckFailed, match="server_key_unknown"):
        unpaired.phone.check_pairing_code(uri(unpaired, "0" * 64))
    assert nothing_is_left(unpaired)


def test_a_linked_phone_asks_nobody(kit: Kit) -> None:
    with pytest.raises(Refused, match="already_paired"):
        kit.phone.check_pairing_code("00000-00000", server_url=SERVER)


@pytest.mark.parametrize(
    ("error", "passes"),
    [
        (LinkError("http_status", {"status": 404}), True),
        (LinkError("http_status", {"status": 405}), True),
        (LinkError("http_status", {"status": 400}), False),
        (LinkError("connection_failed"), False),
        (ServerRefused("too_many_tries", {"status": 429}), False),
    ],
)
def test_a_server_from_before_is_asked_at_the_end(
    unpaired: Kit, monkeypatch: pytest.MonkeyPatch, error: PhoneError, passes: bool
) -> None:
    def refuse(_message: Any) -> Any:
        raise error

    monkeypatch.setattr(unpaired.server, "pairing_check", refuse)
    if passes:
        unpaired.phone.check_pairing_code(uri(unpaired))
    else:
        assert code_of(unpaired, uri(unpaired)) == error.code
