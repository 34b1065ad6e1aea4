"""The PIN that several requests share: how long its copy lives. Without a window."""

from mobile_app.device.interaction import PendingRequest, RequestResult
from mobile_app.ui.sign_all import PIN_KEPT_MS, SignAll, Stand

NOW = 1_700_000_000_000


def three_chosen() -> SignAll:
    pending = [PendingRequest(f"r{number}", "Công ty", "", 1, 1, 1, NOW, NOW + 1, "RIGHT") for number in range(3)]
    made = SignAll(pending)
    for entry in made.entries:
        entry.stand = Stand.CHOSEN
    return made


def test_kivy_each_gets_its_own_copy_and_the_last_one_takes_it_away() -> None:
    series = three_chosen()
    given, *others = series.entries
    typed = bytearray(b"135790")
    given.stand = Stand.GIVEN
    series.keep_pin(typed, NOW)
    typed[:] = bytes(6)
    first, second = (series.pin_for(entry, NOW + 1) for entry in others)
    assert first == second == b"135790" and first is not second
    assert series.pin_for(given, NOW + 1) is None, "the copy outlived the last request that needed it"


def test_kivy_the_copy_is_overwritten_after_two_minutes_and_when_it_is_given_up() -> None:
    series = three_chosen()
    series.keep_pin(bytearray(b"135790"), NOW)
    kept = series._pin
    assert series.pin_for(series.entries[0], NOW + PIN_KEPT_MS) is None
    assert kept in (b"", bytes(6)), "the digits are still in memory"
    series.keep_pin(bytearray(b"135790"), NOW)
    kept = series._pin
    series.drop_pin()
    assert kept in (b"", bytes(6))


def test_kivy_no_copy_is_kept_where_nobody_waits_for_it() -> None:
    series = three_chosen()
    for entry in series.entries:
        entry.stand = Stand.GIVEN
    series.keep_pin(bytearray(b"135790"), NOW)
    assert not series._pin


def test_kivy_one_that_ended_or_was_put_off_takes_no_pin() -> None:
    series = three_chosen()
    assert series.ended(RequestResult("r0", "cancelled", "CANCELLED", 0, 0, 0))
    series.put_off("r1")
    assert series.entry("r0") is None and series.entry("r1") is None
    assert [entry.request_id for entry in series.chosen()] == ["r2"] and series.left == 1
    assert not series.ended(RequestResult("r1", "expired", "EXPIRED", 0, 0, 0)), "it is told on Home, as any other"
