"""Where the files that the server needs at runtime lie. Set-up copies them; a start without them says so
instead of failing later."""

from pathlib import Path

from server.errors import PhoneSealError

FONTS_FOLDER = Path(__file__).parent / "fonts"
STAMP_FONTS = ("BeVietnamPro-Regular.ttf", "BeVietnamPro-SemiBold.ttf")
WIDE_FONT_FILE = "UnifontEX.ttf"
"""For names in scripts that the others lack."""


class AssetMissing(PhoneSealError):
    """A file that set-up should have copied is not there; run the set-up again (``make setup``)."""

    code = "asset_missing"


def locate_font(name: str, folder: Path = FONTS_FOLDER) -> Path:
    """Path of a font file, or AssetMissing."""
    path = folder / name
    if not path.is_file():
        raise AssetMissing(f"the font {name} is not in {folder}: run the set-up again", details={"font": name})
    return path


def check_assets(folder: Path = FONTS_FOLDER) -> None:
    """Called at start: raises AssetMissing when a font of the visible stamp is not there."""
    for name in (*STAMP_FONTS, WIDE_FONT_FILE):
        locate_font(name, folder)
