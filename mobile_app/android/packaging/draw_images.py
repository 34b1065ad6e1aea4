"""Icon, adaptive icon and splash from the product's own drawing, ``web_client/static/img/logo.svg``.

    python mobile_app/android/packaging/draw_images.py        writes images/*.png; needs Pillow, which the server has

Reads just what that drawing is made of: a rectangle with round corners, and paths of M, m, l, h, Q and Z. Drawn eight times as large and
shrunk, so that edges are smooth.
"""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw

_HERE: Final = Path(__file__).resolve().parent
LOGO: Final = _HERE.parents[2] / "web_client" / "static" / "img" / "logo.svg"
FOLDER: Final = _HERE / "images"
_SVG: Final = "{http://www.w3.org/2000/svg}"
_UNITS: Final = 48
_FINER: Final = 8
_PAPER: Final = "#f6f7f5"
_GROUND: Final = "#e3f3ed"
_WORDS: Final = re.compile(r"[MmlhQZ]|-?(?:\d*\.\d+|\d+)")
Point = tuple[float, float]


def images() -> dict[str, Image.Image]:
    """By file name. The adaptive icon's foreground keeps to the circle that every launcher shows: 66 of 108."""
    return {
        "icon.png": _on(_logo(168), 192, None),
        "icon_foreground.png": _on(_logo(220), 432, None),
        "icon_background.png": Image.new("RGB", (432, 432), _GROUND),
        "presplash.png": _on(_logo(256), 512, _PAPER),
    }


def _on(logo: Image.Image, side: int, ground: str | None) -> Image.Image:
    made = Image.new("RGBA", (side, side), ground or (0, 0, 0, 0))
    at = (side - logo.width) // 2
    made.alpha_composite(logo, (at, at))
    return made if ground is None else made.convert("RGB")


def _logo(side: int) -> Image.Image:
    scale = side * _FINER / _UNITS
    large = Image.new("RGBA", (side * _FINER, side * _FINER), (0, 0, 0, 0))
    pen = ImageDraw.Draw(large)
    for part in ElementTree.parse(LOGO).getroot():  # noqa: S314 - a drawing of ours
        look = part.attrib
        width = float(look.get("stroke-width", "0")) * scale
        if part.tag == _SVG + "rect":
            left, top = float(look["x"]) * scale, float(look["y"]) * scale
            right, bottom = left + float(look["width"]) * scale, top + float(look["height"]) * scale
            outer = (left - width / 2, top - width / 2, right + width / 2, bottom + width / 2)
            radius = float(look["rx"]) * scale + width / 2
            pen.rounded_rectangle(outer, radius, look["fill"], look["stroke"], round(width))
        elif part.tag == _SVG + "path":
            points = [(x * scale, y * scale) for x, y in _points(look["d"])]
            _stroke(pen, points, look["stroke"], width)
            if look.get("fill", "none") != "none":
                pen.polygon(points, look["fill"])
        else:
            raise ValueError(f"{LOGO.name} holds a {part.tag}, which this script can't draw")
    return large.resize((side, side), Image.Resampling.LANCZOS)


def _stroke(pen: ImageDraw.ImageDraw, points: list[Point], colour: str, width: float) -> None:
    """Round ends and corners."""
    pen.line(points, colour, round(width), "curve")
    for x, y in points:
        pen.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), colour)


def _points(path: str) -> Iterator[Point]:
    words = _WORDS.findall(path)
    at, start, command = (0.0, 0.0), (0.0, 0.0), ""
    while words:
        if words[0].isalpha():
            command = words.pop(0)
        if command == "Z":
            yield start
            continue
        numbers = [float(words.pop(0)) for _ in range({"h": 1, "Q": 4}.get(command, 2))]
        if command == "Q":
            corner, end = (numbers[0], numbers[1]), (numbers[2], numbers[3])
            for step in range(1, 17):
                t = step / 16
                yield (
                    (1 - t) ** 2 * at[0] + 2 * t * (1 - t) * corner[0] + t * t * end[0],
                    (1 - t) ** 2 * at[1] + 2 * t * (1 - t) * corner[1] + t * t * end[1],
                )
            at = end
            continue
        across, down = (numbers[0], 0.0) if command == "h" else (numbers[0], numbers[1])
        at = (across, down) if command == "M" else (at[0] + across, at[1] + down)
        if command == "M":
            start = at
        yield at


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, image in images().items():
        image.save(FOLDER / name, optimize=True)


if __name__ == "__main__":
    main()
