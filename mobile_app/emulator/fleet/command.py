"""``fleet``: keep many phones connected until told to stop."""

import asyncio
import contextlib
import signal
import ssl
import time

from mobile_app.emulator.events import Teller
from mobile_app.emulator.expectations import ExitCode
from mobile_app.emulator.fleet.fleet import Fleet, keep_telling
from mobile_app.emulator.fleet.identities import from_file, from_profiles
from mobile_app.emulator.invocation import Invocation
from mobile_app.link.trust import ServerTrust


def fleet(invocation: Invocation) -> ExitCode:
    """Exit code 0 when all phones stood at one moment and none was refused, else 3."""
    options = invocation.options
    identities = from_profiles(options.profiles) if options.profiles else from_file(options.identities)
    trust = ServerTrust(options.ca_file, options.unsafe_allow_plain_http)
    for url in {identity.server_url for identity in identities}:
        trust.check_url(url)
    context = ssl.create_default_context(cafile=str(options.ca_file)) if options.ca_file else None
    many = Fleet(identities[: options.count], at_once=options.at_once, trust=context)
    teller = Teller("fleet", lambda: int(time.time() * 1000), [*invocation.sinks])
    try:
        all_up = asyncio.run(_until_stopped(many, teller, options.stop_after))
    finally:
        for identity in identities:
            identity.release()
    return ExitCode.PLAYED if all_up and not many.counts.refused else ExitCode.SERVER_REFUSED


async def _until_stopped(many: Fleet, teller: Teller, stop_after: float | None) -> bool:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    began = time.monotonic()
    all_up = asyncio.ensure_future(many.all_connected())
    all_up.add_done_callback(lambda _task: _tell_all_up(many, teller, began))
    tasks = [asyncio.ensure_future(many.run()), asyncio.ensure_future(keep_telling(many, teller.tell))]
    try:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), stop_after)
        return all_up.done()
    finally:
        for task in (all_up, *tasks):
            task.cancel()
        await asyncio.gather(all_up, *tasks, return_exceptions=True)


def _tell_all_up(many: Fleet, teller: Teller, began: float) -> None:
    if many.counts.connected:
        teller.tell(
            "fleet_connected", connected=many.counts.connected, seconds=round(time.monotonic() - began, 3)
        )
