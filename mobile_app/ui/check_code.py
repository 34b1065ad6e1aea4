"""Is the pairing code any good? Asked of the server before the person chooses a PIN, so that nobody types one twice for nothing."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from mobile_app.errors import CheckFailed, PhoneError

if TYPE_CHECKING:
    from mobile_app.ui.flow import Flow


def check_code(flow: "Flow", code: str, server: str, say: Callable[[str], None]) -> None:
    """On to the PIN, or ``say`` why not. What was asked about a code that stands there no longer is passed over. Main thread."""
    asked = (code, server)
    flow.pairing_code, flow.pairing_server = asked
    say(flow.t("welcome.checking"))

    def still_asked() -> bool:
        return flow.showing == "welcome" and (flow.pairing_code, flow.pairing_server) == asked

    def good(_nothing: None) -> None:
        if still_asked():
            flow.go("choose_pin")

    def bad(error: PhoneError) -> None:
        if not still_asked():
            return
        if isinstance(error, CheckFailed):
            flow.pairing_failed(error)
        else:
            say(flow.t.problem(error.code))

    flow.bridge.run(lambda: flow.device.check_pairing_code(code, server_url=server or None), good, bad)
