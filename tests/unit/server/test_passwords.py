"""Passwords in every form in which keyboards send them, and those that were stored before there was a rule."""

import unicodedata
from collections.abc import Callable
from dataclasses import replace

import pytest
from argon2 import PasswordHasher

from server.errors import BadInput, NotAuthenticated
from server.relying_parties.name_subscriber import NameSubscriber
from server.users import passwords
from server.users.passwords import check_password, forms, hash_password, opaque
from server.users.user import User
from tests.unit.server.builders import PASSWORD
from tests.unit.server.world import World

VIETNAMESE = "Mật khẩu rất dài 2026"
LETTERS = (VIETNAMESE, "ĐƯỜNG-Hồ-Chí-Minh", "Å Ω ﬁ²½ № pass", "각하 패스워드 12", "mật\u00a0khẩu\u3000dài", "plain ascii 123")
NFC, NFD = (lambda text: unicodedata.normalize("NFC", text)), (lambda text: unicodedata.normalize("NFD", text))
_old = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def user_with(world: World, kept: str) -> User:
    return replace(world.user, password_hash=kept)


def opens(user: User | None, password: str) -> bool:
    try:
        check_password(user, password)
    except NotAuthenticated:
        return False
    return True


@pytest.mark.parametrize("password", LETTERS)
def test_a_password_opens_in_whatever_form_it_is_typed(world: World, password: str) -> None:
    for stored in (NFC, NFD):
        user = user_with(world, hash_password(stored(password)))
        for typed in (NFC, NFD):
            assert opens(user, typed(password)), (stored, typed)
        assert not opens(user, password + "x")


@pytest.mark.parametrize("password", LETTERS)
@pytest.mark.parametrize("stored", [NFC, NFD])
def test_a_password_stored_before_the_rule_still_opens(world: World, password: str, stored: Callable[[str], str]) -> None:
    user = user_with(world, _old.hash(stored(password)))
    assert opens(user, stored(password))
    assert not opens(user, stored(password)[:-1])


def test_one_stored_by_a_terminal_that_takes_letters_apart_opens_from_a_phone(world: World) -> None:
    assert opens(user_with(world, _old.hash(NFD(VIETNAMESE))), NFC(VIETNAMESE))


def test_what_people_tell_apart_stays_apart(world: World) -> None:
    """NFC, not NFKC: a ligature or a full-width letter is another letter."""
    user = user_with(world, hash_password("final fight 12"))
    assert not opens(user, "ﬁnal ﬁght 12")
    assert not opens(user, "ｆinal fight 12")
    assert not opens(user, "FINAL FIGHT 12")


@pytest.mark.parametrize("password", [*LETTERS, NFD(VIETNAMESE)])
def test_work_depends_on_what_was_typed_alone(world: World, password: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same number of hashes for nobody, a wrong password, a right one, and one stored in any form."""
    looked: list[str] = []
    holds = passwords._holds

    def counting(kept: str, typed: str) -> bool:
        looked.append(typed)
        return holds(kept, typed)

    monkeypatch.setattr(passwords, "_holds", counting)
    users = [None, user_with(world, hash_password("another one 123")), *(user_with(world, _old.hash(form)) for form in forms(password))]
    counts = []
    for user in users:
        looked.clear()
        opens(user, password)
        counts.append(len(looked))
    assert set(counts) == {len(forms(password))}
    assert (counts[0] == 1) == password.isascii()


def test_a_long_password_opens_what_it_was_set_as(world: World) -> None:
    user = user_with(world, hash_password("đ" * 3000))
    assert opens(user, "đ" * 3000)


def test_length_is_counted_in_letters() -> None:
    assert len(opaque(NFD("ế" * 9))) == 9
    with pytest.raises(BadInput) as caught:
        hash_password(NFD("ế" * 9))
    assert caught.value.code == "password_too_short"


@pytest.mark.parametrize("typed", [NFC, NFD])
def test_people_are_found_by_names_in_either_form(world: World, typed: Callable[[str], str]) -> None:
    made = world.app.log_in.add_user(NFD("Trần.Bích"), PASSWORD, NFD("Trần Bích"), "")
    assert (made.login, made.name) == (NFC("trần.bích"), NFC("Trần Bích"))
    found = world.app.log_in.begin(typed(" TRẦN.Bích"), "198.51.100.1")
    assert found is not None
    assert found.user_id == made.user_id
    assert NameSubscriber(world.app.store)(typed("Trần.bích")).subscriber_id == made.subscriber_id
    world.app.log_in.set_password(typed("Trần.Bích"), PASSWORD)


def test_both_forms_of_a_name_share_one_bucket_of_tries(world: World) -> None:
    for number in range(8):
        world.app.log_in.begin((NFC, NFD)[number % 2]("trần"), "198.51.100.1")
    with pytest.raises(Exception, match="too many tries"):
        world.app.log_in.begin(NFC("trần"), "198.51.100.1")
