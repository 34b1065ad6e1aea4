"""Fax data as an encoder writes them are whole for both halves, of every length of run; and the work for them is bounded."""

import io
import random
from types import ModuleType

import pytest
from PIL import Image

from mobile_app.device.document_checks.page_content import fax as phone
from server.pdf.content import fax as server

WIDTH, HEIGHT = 2700, 60
HALVES = pytest.mark.parametrize("fax", [phone, server], ids=["phone", "server"])


def _picture() -> Image.Image:
    """Runs of every length that has a code of its own, in both colours."""
    lengths = [*range(64), *range(64, 2561, 64)] * 2
    random.Random(1).shuffle(lengths)
    picture = Image.new("1", (WIDTH, HEIGHT), 1)
    for line in range(HEIGHT):
        place, black = 0, False
        for length in lengths[line % 30 :: 30] + lengths[::17]:
            if black and place < WIDTH:
                picture.paste(0, (place, line, min(WIDTH, place + length), line + 1))
            place, black = place + max(1, length), not black
    return picture


def _encoded(picture: Image.Image, compression: str) -> bytes:
    out = io.BytesIO()
    picture.save(out, "TIFF", compression=compression)
    tags = Image.open(io.BytesIO(out.getvalue())).tag_v2  # type: ignore[attr-defined]
    assert len(tags[273]) == 1
    return out.getvalue()[tags[273][0] :][: tags[279][0]]


@HALVES
@pytest.mark.parametrize(("compression", "two"), [("group4", True), ("group3", False)])
def test_what_an_encoder_writes_is_whole(fax: ModuleType, compression: str, two: bool) -> None:
    data = _encoded(_picture(), compression)
    assert fax.is_whole_fax(data, WIDTH, HEIGHT, two_dimensions=two, aligned=False)
    assert not fax.is_whole_fax(data, WIDTH, HEIGHT, two_dimensions=not two, aligned=False)
    assert not fax.is_whole_fax(data[:-20], WIDTH, HEIGHT, two_dimensions=two, aligned=False)


@HALVES
def test_the_number_of_codes_is_bounded(fax: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fax, "_MAX_CODES", 16)
    assert fax.is_whole_fax(b"\xff\xff", 8, 16, two_dimensions=True, aligned=False)
    assert not fax.is_whole_fax(b"\xff\xff\xff", 8, 17, two_dimensions=True, aligned=False)
