"""Who hears of the session."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mobile_app.device.interaction import ConnectionState, SecurityWarning


@dataclass(frozen=True, slots=True)
class SessionListener:
    """Called on the session's and the link's threads. Only ``on_online`` may take its
    time, and may raise LinkError to have the connection made anew."""

    on_event: Callable[[str, object], Mapping[str, object] | None]
    on_state: Callable[[ConnectionState], None]
    on_online: Callable[[], None]
    on_warning: Callable[[SecurityWarning], None]
    on_problem: Callable[[str, Mapping[str, object]], None]
