"""What the person sees on a desktop is what poppler draws of the same prepared bytes: fields, annotations and the stamp too."""

import shutil
import subprocess
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageFilter

from mobile_app.ui.page_picture import PagePicture
from mobile_app.ui.pdf_pages import PdfPages
from tests.unit.drawing.drawn_documents import SIDE, WHERE, Prepared, prepared, with_fields_and_annotations

SCALE = 2


@pytest.fixture(scope="module")
def document() -> Prepared:
    return prepared(with_fields_and_annotations())


def image_of(picture: PagePicture) -> Image.Image:
    return Image.frombytes("RGBX", (picture.width, picture.height), picture.pixels).convert("RGB")


def phones(document: Prepared, before: bool = False) -> Image.Image:
    pages = PdfPages(lambda _position: document.checked())
    try:
        return image_of((pages.before_signing if before else pages.picture)(0, 0, SIDE * SCALE))
    finally:
        pages.close()


def popplers(data: bytes, folder: Path) -> Image.Image:
    if shutil.which("pdftoppm") is None:
        pytest.fail("pdftoppm is not installed (package poppler-utils)")
    (folder / "one.pdf").write_bytes(data)
    subprocess.run(["pdftoppm", "-r", str(72 * SCALE), "-png", "-singlefile", "one.pdf", "one"], cwd=folder, check=True)
    return Image.open(folder / "one.png").convert("RGB")


def without_highlight(image: Image.Image) -> Image.Image:
    """Poppler draws highlights by itself, with round ends beside the words."""
    left, bottom, right, top = (side * SCALE for side in WHERE["highlight"])
    made = image.copy()
    made.paste((255, 255, 255), (left - 20, SIDE * SCALE - top, right + 20, SIDE * SCALE - bottom))
    return made


def part(image: Image.Image, name: str) -> Image.Image:
    left, bottom, right, top = (side * SCALE for side in WHERE[name])
    return image.crop((left, SIDE * SCALE - top, right, SIDE * SCALE - bottom))


def most_different(one: Image.Image, other: Image.Image) -> int:
    """Levels of 255, once edges are blurred: how letters are smoothed differs from one to the other."""
    blurred = [image.filter(ImageFilter.BoxBlur(3)) for image in (one, other)]
    return max(high for _, high in ImageChops.difference(*blurred).getextrema())


def test_each_part_is_drawn_as_by_poppler(document: Prepared, tmp_path: Path) -> None:
    mine, theirs = phones(document), popplers(document.data, tmp_path)
    assert mine.size == theirs.size
    for name in WHERE:
        assert most_different(part(mine, name), part(theirs, name)) < 60, name
    assert most_different(without_highlight(mine), without_highlight(theirs)) < 60


@pytest.mark.parametrize("name", WHERE)
def test_each_part_is_drawn_at_all(document: Prepared, name: str) -> None:
    """Against the page without any of them: the comparison above would say nothing if neither drew it."""
    empty = prepared(with_fields_and_annotations(flags=2), None)
    assert most_different(part(phones(document), name), part(phones(empty), name)) > 100


def test_before_signing_the_stamp_is_not_there(document: Prepared) -> None:
    before, after = phones(document, before=True), phones(document)
    assert part(before, "stamp").getcolors(1) is not None, "even paper"
    assert most_different(part(before, "square"), part(after, "square")) == 0
