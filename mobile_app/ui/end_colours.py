"""The colours of a word that says how a request ended."""

from mobile_app.ui import theme
from mobile_app.ui.theme import Colour


def end_colours(end_result: str) -> tuple[Colour, Colour]:
    """Text and ground: green for signed, red for refused, amber for all else."""
    if end_result == "ok":
        return theme.now.jade, theme.now.jade_soft
    if end_result == "user_refused":
        return theme.now.red, theme.now.red_soft
    return theme.now.amber, theme.now.amber_soft
