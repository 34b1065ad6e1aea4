"""The commands about the account: freeze, unpair, change-pin."""

import threading
import time
from collections.abc import Callable

from mobile_app.device.device import PhoneDevice
from mobile_app.device.interaction import ConnectionState
from mobile_app.emulator.expectations import ExitCode
from mobile_app.emulator.invocation import Invocation
from mobile_app.emulator.one_request import POLL_SECONDS, connect
from mobile_app.emulator.scenario import Scenario
from mobile_app.errors import LinkError, PhoneError


def freeze(invocation: Invocation) -> ExitCode:
    return _connected(
        invocation,
        lambda device: _until(device.freeze, lambda: device.connection is ConnectionState.FROZEN),
        "frozen",
    )


def unpair(invocation: Invocation) -> ExitCode:
    """The device shows by itself that it is unpaired."""

    def act(device: PhoneDevice) -> None:
        _until(device.unpair, lambda: device.connection is ConnectionState.REFUSED)
        if device.identity is not None:
            device.forget_pairing()

    return _connected(invocation, act)


def change_pin(invocation: Invocation) -> ExitCode:
    old = invocation.pin_or_ask("pin")
    new = invocation.new_pin(invocation.options.new_pin)
    return _connected(invocation, lambda device: device.change_pin(old, new), "pin_changed")


def _until(act: Callable[[], None], done: Callable[[], bool]) -> None:
    """Until ``act`` returns, or its effect shows: a server that freezes or unpairs a phone closes its
    connection, and may
    close it before the answer is out. Raises what ``act`` raises.
    """
    failure: list[PhoneError] = []

    def try_it() -> None:
        try:
            act()
        except PhoneError as error:
            failure.append(error)

    thread = threading.Thread(target=try_it, name="account", daemon=True)
    thread.start()
    while thread.is_alive() and not done():
        time.sleep(POLL_SECONDS)
    if failure and not (isinstance(failure[0], LinkError) and done()):
        raise failure[0]


def _connected(invocation: Invocation, act: Callable[[PhoneDevice], None], done: str = "") -> ExitCode:
    phone = invocation.phone(Scenario(), invocation.terminal_person)
    try:
        connect(phone, invocation.options.wait)
        act(phone.device)
        if done:
            phone.teller.tell(done)
    finally:
        phone.close()
    return ExitCode.PLAYED
