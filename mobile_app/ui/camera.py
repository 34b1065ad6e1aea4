"""The camera, where there is one: Kivy's provider, and a reader for what it sees."""

from typing import Any

from mobile_app.ui.qr_code import can_read


def camera_kind() -> Any:
    """Kivy's class for a camera; None where no provider works or no reader is installed."""
    if not can_read():
        return None
    from kivy.core import camera

    return camera.Camera
