"""Log-in: who is counted where, and whose names fit into a certificate."""

import pytest

from server.errors import BadInput, TooManyTries
from tests.unit.server.builders import PASSWORD
from tests.unit.server.pairing_kit import NewPhone, pair
from tests.unit.server.world import World

LONG_NAME = "Công ty Cổ phần Đầu tư và Phát triển Công nghệ Lấp Lánh"


def test_an_address_over_its_limit_shuts_out_no_more_names(world: World) -> None:
    for number in range(60):
        world.app.log_in.begin(f"nobody{number}", "192.0.2.1")
    for _ in range(20):
        with pytest.raises(TooManyTries):
            world.app.log_in.begin(world.user.login, "192.0.2.1")
    assert world.app.log_in.begin(world.user.login, "203.0.113.9") is not None


def test_a_vietnamese_name_of_64_characters_fits_into_a_certificate(world: World) -> None:
    """The library that makes certificates counts bytes, RFC 5280 counts characters."""
    assert len(LONG_NAME) <= 64 < len(LONG_NAME.encode())
    user = world.app.log_in.add_user("lap.lanh", PASSWORD, LONG_NAME, "")
    assert user.subscriber_id is not None
    phone = pair(world.app, user.subscriber_id, NewPhone())
    assert LONG_NAME.encode() in phone.certificate
    with pytest.raises(BadInput) as caught:
        world.app.log_in.add_user("x", PASSWORD, "x" * 65, "")
    assert caught.value.code == "text_too_long"
