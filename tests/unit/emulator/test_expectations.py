"""When a run is over, and with which exit code, is judged by its events."""

import pytest

from mobile_app.device.interaction import (
    ConnectionState,
)
from mobile_app.emulator.events import EVENTS, Event
from mobile_app.emulator.expectations import ExitCode, Watch
from mobile_app.emulator.scenario import Expectation


def event(name: str, **fields: object) -> Event:
    assert name in EVENTS
    return Event(name, "a", 0, fields)


def test_a_run_is_over_when_all_came_in_order() -> None:
    watch = Watch((Expectation("approved"), Expectation("outcome", {"state": "COMPLETED"})))
    for one in (event("outcome", state="COMPLETED"), event("approved"), event("outcome", state="FAILED")):
        watch.take(one)
        assert not watch.wait(0)
    assert watch.missing == ["outcome state='COMPLETED'"]
    assert watch.exit_code == 1
    watch.take(event("outcome", state="COMPLETED"))
    assert watch.wait(0)
    assert watch.exit_code is ExitCode.PLAYED


def test_any_order_takes_them_as_they_come() -> None:
    watch = Watch((Expectation("approved"), Expectation("outcome")), any_order=True)
    watch.take(event("outcome"))
    watch.take(event("approved"))
    assert watch.exit_code is ExitCode.PLAYED


@pytest.mark.parametrize(
    ("value", "came", "fits"),
    [
        (True, 1, False),
        ("1", 1, False),
        ([1, 2], (1, 2), True),
        ("online", ConnectionState.ONLINE, True),
    ],
)
def test_fields_are_compared_as_json(value: object, came: object, fits: bool) -> None:
    watch = Watch((Expectation("connected", {"state": value}),))
    watch.take(event("connected", state=came))
    assert watch.wait(0) is fits


def test_the_phone_is_a_field_too() -> None:
    watch = Watch((Expectation("connected", {"phone": "b"}),))
    watch.take(event("connected"))
    assert not watch.wait(0)


def test_a_forbidden_event_fails_the_run() -> None:
    watch = Watch((Expectation("outcome"),), forbid=(Expectation("withdrawn"),))
    watch.take(event("withdrawn"))
    watch.take(event("outcome"))
    assert watch.exit_code is ExitCode.MISSING
    assert watch.came_unwanted == "withdrawn"


def test_a_security_warning_is_never_noise() -> None:
    watch = Watch((Expectation("outcome"),))
    watch.take(event("security_warning"))
    assert watch.exit_code is ExitCode.SECURITY_WARNING
    expected = Watch((Expectation("security_warning"),))
    expected.take(event("security_warning"))
    assert expected.exit_code is ExitCode.PLAYED


def test_a_server_that_does_not_know_the_phone_ends_the_run() -> None:
    watch = Watch(())
    watch.take(event("refused_by_server"))
    assert watch.exit_code is ExitCode.SERVER_REFUSED


def test_a_run_without_expectations_ends_when_asked() -> None:
    watch = Watch(())
    watch.take(event("outcome"))
    assert not watch.wait(0)
    watch.stop()
    assert watch.wait(0)
    assert watch.exit_code is ExitCode.PLAYED
