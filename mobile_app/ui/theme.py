"""Colours and measures of the screens: the same names as on the web, in a light and a dark set.

Rules: a screen takes its colours from ``now`` when it is built, so a change of theme rebuilds the screens. Text on any ground
of its set has a contrast of 4.5 : 1 or more (a test measures it). Spaces are steps of 4 dp; the font is registered once, under ``FONT``.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

FONT: Final = "Be Vietnam Pro"
FONT_FOLDER: Final = Path(__file__).resolve().parents[1] / "assets" / "fonts"
FONT_FILES: Final = ("BeVietnamPro-Regular.ttf", "BeVietnamPro-SemiBold.ttf")
WIDE_FONT: Final = FONT_FOLDER / "UnifontEX.ttf"
"""For text in scripts that the others lack: a sign for each character of the basic plane and many beyond."""

Colour = tuple[float, float, float, float]
ThemeName = Literal["light", "dark"]


def colour(code: str) -> Colour:
    """``#RRGGBB`` as Kivy wants it."""
    red, green, blue = (int(code[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return (red, green, blue, 1.0)


@dataclass(frozen=True, slots=True)
class Theme:
    """``…_soft`` are grounds for text of the same name; ``on_…`` is text on a filled button."""

    ink: Colour
    ink_2: Colour
    paper: Colour
    card: Colour
    line: Colour
    jade: Colour
    jade_soft: Colour
    on_jade: Colour
    amber: Colour
    amber_soft: Colour
    blue: Colour
    blue_soft: Colour
    red: Colour
    red_soft: Colour
    on_red: Colour


def _theme(**codes: str) -> Theme:
    return Theme(**{name: colour(code) for name, code in codes.items()})


LIGHT: Final = _theme(
    ink="#14263A", ink_2="#51606F", paper="#F6F7F5", card="#FFFFFF", line="#DFE3E8",
    jade="#0B7A5B", jade_soft="#E3F3ED", on_jade="#FFFFFF", amber="#8A5800", amber_soft="#FDF1DA",
    blue="#1F5FA8", blue_soft="#E6F0FB", red="#B3261E", red_soft="#FBE9E7", on_red="#FFFFFF",
)  # fmt: skip
DARK: Final = _theme(
    ink="#E9EFF4", ink_2="#AAB7C3", paper="#0F1720", card="#18232E", line="#33424F",
    jade="#3CC79A", jade_soft="#12352B", on_jade="#04221A", amber="#EDB458", amber_soft="#3A2C10",
    blue="#7FB7F2", blue_soft="#152C46", red="#F79189", red_soft="#421C19", on_red="#2B0806",
)  # fmt: skip
_THEMES: Final = {"light": LIGHT, "dark": DARK}

now: Theme = LIGHT


def use(name: ThemeName) -> None:
    """Have screens that are built from now on wear this theme."""
    global now
    now = _THEMES[name]


def missing_fonts() -> list[Path]:
    """Font files that set-up should have copied and that are not there."""
    return [path for path in (*(FONT_FOLDER / name for name in FONT_FILES), WIDE_FONT) if not path.is_file()]


def register_fonts() -> None:
    """Once, before any text is drawn. ``missing_fonts`` must be empty."""
    from kivy.core.text import LabelBase

    regular, bold = (str(FONT_FOLDER / name) for name in FONT_FILES)
    LabelBase.register(FONT, regular, fn_bold=bold)
