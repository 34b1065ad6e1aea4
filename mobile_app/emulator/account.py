"""The commands about the account: freeze, unpair, change-pin."""

from collections.abc import Callable

from mobile_app.device.device import PhoneDevice
from mobile_app.emulator.expectations import ExitCode
from mobile_app.emulator.invocation import Invocation
from mobile_app.emulator.one_request import connect
from mobile_app.emulator.scenario import Scenario


def freeze(invocation: Invocation) -> ExitCode:
    return _connected(invocation, lambda device: device.freeze(), "frozen")


def unpair(invocation: Invocation) -> ExitCode:
    """The device shows by itself that it is unpaired."""
    return _connected(invocation, lambda device: device.unpair())


def change_pin(invocation: Invocation) -> ExitCode:
    old = invocation.pin_or_ask("pin")
    new = invocation.new_pin(invocation.options.new_pin)
    return _connected(invocation, lambda device: device.change_pin(old, new), "pin_changed")


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
