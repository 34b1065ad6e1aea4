"""Who may log in and who may ask: throttles, keys and scopes."""

import pytest

from server.errors import TooManyTries
from server.relying_parties.name_subscriber import NameSubscriber
from server.relying_parties.rate import LimitRate
from server.users.log_in import FOR_A_NAME_A_DAY, KNOWN_FOR
from server.users.passwords import check_password
from tests.unit.server.builders import PASSWORD, code_of
from tests.unit.server.world import World

SCOPES = ("documents", "sign-requests")


def try_log_in(world: World, login: str = "an", password: str = PASSWORD, address: str = "198.51.100.1") -> None:
    log_in = world.app.log_in
    user = log_in.begin(login, address)
    try:
        check_password(user, password)
    except Exception:
        log_in.failed(user)
        raise
    assert user is not None
    log_in.succeeded(user, address)


def test_logging_in(world: World) -> None:
    try_log_in(world, " AN ")
    assert world.audit_kinds(world.user.user_id)[-1] == "logged_in"


@pytest.mark.parametrize(
    ("login", "password"), [("an", "wrong password"), ("nobody", PASSWORD), ("", ""), ("an", "x" * 5000)]
)
def test_a_wrong_name_and_a_wrong_password_look_the_same(world: World, login: str, password: str) -> None:
    assert code_of(try_log_in, world, login, password) == "log_in_failed"


def test_tries_are_counted_per_name_and_address_and_survive_a_restart(world: World) -> None:
    for _ in range(8):
        world.app.log_in.begin("nobody", "198.51.100.1")
    with pytest.raises(TooManyTries) as caught:
        world.restarted().log_in.begin("nobody", "198.51.100.1")
    assert caught.value.code == "log_in_throttled"
    assert caught.value.details["retry_after"] <= 113
    world.app.log_in.begin("an", "198.51.100.1")
    world.app.log_in.begin("nobody", "203.0.113.1")  # nobody is locked out from somewhere else
    world.clock.advance(113)
    world.app.log_in.begin("nobody", "198.51.100.1")


def tried_by_others(world: World, login: str = "an") -> None:
    """Over the day's limit, from places that nobody knows."""
    for number in range(int(FOR_A_NAME_A_DAY)):
        code_of(try_log_in, world, login, "wrong password", f"203.0.{number // 4}.{number % 4}")


def test_a_name_tried_from_everywhere_is_guarded(world: World) -> None:
    for login in ("an", "nobody"):
        tried_by_others(world, login)
        assert code_of(world.app.log_in.begin, login, "198.51.100.77") == "log_in_guarded", login


@pytest.mark.parametrize("place", ["network", "browser"])
def test_the_owner_gets_in_where_he_was_before(world: World, place: str) -> None:
    log_in = world.app.log_in
    try_log_in(world, address="2001:db8:1:2::1" if place == "network" else "192.0.2.200")
    tried_by_others(world)
    address, browser = ("2001:db8:1:2:ffff::9", "") if place == "network" else ("198.51.100.77", "b")
    for _ in range(7):
        assert log_in.begin("an", address, browser) is not None
    log_in.succeeded(world.user, address, browser)
    for _ in range(8):
        assert log_in.begin("an", address, browser) is not None, "the right password took the count back"
    assert code_of(log_in.begin, "an", address, browser) == "log_in_throttled"
    other = "2001:db8:1:3::1" if place == "network" else "198.51.100.78"
    assert code_of(log_in.begin, "an", other) == "log_in_guarded", "the next network is another one"


def test_a_network_is_forgotten_after_ninety_days(world: World) -> None:
    try_log_in(world)
    world.clock.advance(KNOWN_FOR + 1)
    tried_by_others(world)
    assert code_of(world.app.log_in.begin, "an", "198.51.100.1") == "log_in_guarded"


def test_a_browser_helps_nobody_elses_name(world: World) -> None:
    tried_by_others(world, "nobody")
    assert code_of(world.app.log_in.begin, "nobody", "198.51.100.77", "b") == "log_in_guarded"


def test_a_new_password_opens_the_name_again(world: World) -> None:
    tried_by_others(world)
    world.app.log_in.set_password("an", PASSWORD)
    assert world.app.log_in.begin("an", "198.51.100.77") is not None


def test_right_passwords_use_up_nothing(world: World) -> None:
    for number in range(int(FOR_A_NAME_A_DAY) + 20):
        try_log_in(world, address=f"203.0.{number // 4}.{number % 4}")
    assert world.app.log_in.begin("an", "198.51.100.77") is not None


def test_an_ipv6_line_is_one_place(world: World) -> None:
    for number in range(8):
        world.app.log_in.begin("an", f"2001:db8:1:2::{number + 1:x}")
    assert code_of(world.app.log_in.begin, "an", "2001:db8:1:2:ffff::1") == "log_in_throttled"
    world.app.log_in.begin("an", "2001:db8:1:3::1")


def test_tries_are_counted_per_address(world: World) -> None:
    for number in range(60):
        world.app.log_in.begin(f"nobody{number}", "198.51.100.1")
    assert code_of(world.app.log_in.begin, "an", "198.51.100.1") == "log_in_throttled"
    world.app.log_in.begin("an", "198.51.100.2")


def test_a_good_log_in_empties_the_names_count(world: World) -> None:
    for _ in range(7):
        code_of(try_log_in, world, "an", "wrong password")
    try_log_in(world)
    for _ in range(7):
        assert code_of(try_log_in, world, "an", "wrong password") == "log_in_failed"


def test_passwords(world: World) -> None:
    log_in = world.app.log_in
    assert code_of(log_in.add_user, "binh", "ngắn", "Bình", "") == "password_too_short"
    assert code_of(log_in.add_user, "", PASSWORD, "Bình", "") == "bad_input"
    assert code_of(log_in.add_user, "binh", PASSWORD, "\u202e", "") == "bad_input"
    log_in.set_password("AN", "một mật khẩu khác")
    assert code_of(try_log_in, world) == "log_in_failed"
    try_log_in(world, password="một mật khẩu khác")
    found = log_in.find(world.user.user_id)
    assert found is not None
    assert found.session_epoch == world.user.session_epoch + 1, "every session ends"
    assert found.password_hash.startswith("$argon2id$")
    assert code_of(log_in.set_password, "nobody", PASSWORD) == "user_unknown"


def test_names_are_cleaned(world: World) -> None:
    user = world.app.log_in.add_user("Bình", PASSWORD, " Trần\u202e  Văn\nBình ", "")
    assert (user.login, user.name) == ("bình", "Trần Văn Bình")


def test_api_keys(world: World) -> None:
    parties = world.app.parties
    party = parties.add("Công ty Ánh Dương")
    key = parties.add_key(party.relying_party_id, "máy 1", SCOPES)
    assert parties.authenticate(key, "documents") == party
    narrow = parties.add_key(party.relying_party_id, "máy 2", ("documents",))
    assert code_of(parties.authenticate, narrow, "sign-requests") == "scope_missing"
    other = parties.add_key(parties.add("Khác").relying_party_id, "x", SCOPES)
    spliced = key[:33] + other[33:]
    for wrong in ("", "psk_", key[:-1], key + "x", key.replace("psk", "pks"), key[4:], spliced, key.upper()):
        assert code_of(parties.authenticate, wrong, "documents") == "api_key_invalid", wrong
    assert key[33:].encode() not in b"".join(p.read_bytes() for p in world.config.data_dir.glob("phoneseal.db*"))


def test_revoked_keys_and_suspended_parties(world: World) -> None:
    parties = world.app.parties
    party = parties.add("Công ty Ánh Dương")
    key = parties.add_key(party.relying_party_id, "máy 1", SCOPES)
    parties.set_state(party.relying_party_id, "SUSPENDED")
    assert code_of(parties.authenticate, key, "documents") == "relying_party_suspended"
    parties.set_state(party.relying_party_id, "ACTIVE")
    assert parties.revoke_key(key[4:33]) is True
    assert parties.revoke_key(key[4:33]) is False
    assert code_of(parties.authenticate, key, "documents") == "api_key_invalid"
    kinds = world.audit_kinds(party.relying_party_id)
    assert kinds == ["relying_party_added", "api_key_added", "relying_party_suspended", "relying_party_active"]


def test_the_portal_is_made_once(world: World) -> None:
    assert world.app.parties.portal("Tên khác") == world.app.portal
    assert [party.kind for party, _ in world.app.parties.all()].count("portal") == 1


@pytest.mark.parametrize("scopes", [(), ("everything",), ("documents", "x")])
def test_scopes_that_are_none(world: World, scopes: tuple[str, ...]) -> None:
    assert code_of(world.app.parties.add_key, world.app.portal.relying_party_id, "x", scopes) == "scope_unknown"


def test_calls_are_limited_per_party(world: World) -> None:
    limit = LimitRate(world.app.store, world.clock, burst=3, per_second=1.0)
    for _ in range(3):
        limit("rp_1")
    with pytest.raises(TooManyTries) as caught:
        limit("rp_1")
    assert caught.value.details == {"retry_after": 2}
    limit("rp_2")
    world.clock.advance(1)
    limit("rp_1")


def test_naming_a_subscriber(world: World) -> None:
    name = NameSubscriber(world.app.store)
    assert name(world.subscriber_id).subscriber_id == world.subscriber_id
    assert name(" AN ").subscriber_id == world.subscriber_id
    for nobody in ("", "nobody", world.user.user_id, world.subscriber_id[:-1] + "zz"):
        assert code_of(name, nobody) == "subscriber_unknown"
