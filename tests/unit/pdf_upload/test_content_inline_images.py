"""Inline images end where their data say, whatever the data hold; what can't be followed exactly is refused."""

import base64
import zlib

import pytest

from server.document_limits import MAX_IMAGE_PIXELS, MAX_PAGE_IMAGES
from server.pdf.content.faults import Malformed, TooMuch
from server.pdf.content.program import Program, read_program

ROW = bytes(range(48, 64))
SIZE = b"/W 4 /H 4 /BPC 8 /CS /G "


def _read(image: bytes, behind: bytes = b" q Q\n") -> Program:
    return read_program([b"q BI " + image + behind + b"Q"], lambda name: 3 if name == b"Cs" else None)


@pytest.mark.parametrize(
    "image",
    [
        SIZE + b"ID " + ROW + b"\nEI",
        SIZE + b"ID " + ROW + b"\r\nEI",
        SIZE + b"ID\n" + ROW + b" EI",
        b"/Width 4 /Height 4 /BitsPerComponent 8 /ColorSpace /DeviceGray /Interpolate true ID " + ROW + b"\nEI",
        b"/W 2 /H 2 /BPC 8 /CS /RGB ID " + ROW[:12] + b"\nEI",
        b"/W 2 /H 2 /BPC 8 /CS /CMYK ID " + ROW + b"\nEI",
        b"/W 9 /H 2 /BPC 1 /CS /G ID " + ROW[:4] + b"\nEI",
        b"/W 4 /H 4 /BPC 8 /CS [/Indexed /RGB 1 <000000FFFFFF>] ID " + ROW + b"\nEI",
        b"/W 9 /H 2 /IM true ID " + ROW[:4] + b"\nEI",
        b"/W 9 /H 2 /BPC 1 /IM true /F /AHx ID " + ROW[:4].hex().encode() + b">\nEI",
        SIZE + b"/F /Fl ID " + zlib.compress(ROW) + b"\nEI",
        SIZE + b"/F [/A85 /Fl] ID " + base64.a85encode(zlib.compress(ROW)) + b"~>\nEI",
        SIZE + b"/F /RL ID \x0f" + ROW + b"\x80\nEI",
        b"/W 2 /H 2 /BPC 8 /CS /Cs /F /AHx ID " + ROW[:12].hex().encode() + b">\nEI",
        SIZE + b"/DP << /Predictor 12 >> ID " + ROW + b"\nEI",
    ],
)
def test_what_ends_where_it_says_is_taken(image: bytes) -> None:
    program = _read(image)
    assert (program.inline_images, program.operators) == (1, 5)


@pytest.mark.parametrize("end", [b" Q Q\n", b"\n"])
def test_a_picture_that_only_a_decoder_can_follow_comes_last(end: bytes) -> None:
    image = SIZE + b"/F /CCF ID \x12\x34 EI"
    assert read_program([b"q q BI " + image + end], lambda _: None).inline_images == 1
    with pytest.raises(Malformed):
        _read(image)
    with pytest.raises(Malformed):
        read_program([b"BI " + image.replace(b" EI", b"")], lambda _: None)


@pytest.mark.parametrize(
    "image",
    [
        b"/W 0 /H 4 /BPC 8 /CS /G ID \nEI",
        b"/W 4 /H -4 /BPC 8 /CS /G ID " + ROW + b"\nEI",
        b"/W 4.5 /H 4 /BPC 8 /CS /G ID " + ROW + b"\nEI",
        b"/W /A /H 4 /BPC 8 /CS /G ID " + ROW + b"\nEI",
        b"/W 4 /H 4 /BPC 7 /CS /G ID " + ROW + b"\nEI",
        b"/W 4 /H 4 /BPC 8 ID " + ROW + b"\nEI",
        b"/W 2 /H 2 /BPC 8 /CS /Cs ID " + ROW[:12] + b"\nEI",
        b"/W 4 /H 4 /BPC 8 /CS /Unknown /F /AHx ID " + ROW.hex().encode() + b">\nEI",
        b"/W 4 /H 4 /BPC 8 /CS [/Indexed /Cs 1 <00>] ID " + ROW + b"\nEI",
        b"/W 9 /H 2 /BPC 8 /IM true ID " + ROW + b"\nEI",
        b"/W 9 /H 2 /IM true /CS /G ID " + ROW[:4] + b"\nEI",
        SIZE + b"/Fancy 1 ID " + ROW + b"\nEI",
        SIZE + b"/Height 4 ID " + ROW + b"\nEI",
        SIZE + b"ID(" + ROW + b"\nEI",
        SIZE + b"ID",
        SIZE + b"ID " + ROW + b"EI",
        SIZE + b"ID " + ROW + b"\n\n\nEI",
        SIZE + b"ID " + ROW + b"\nEIx",
        SIZE + b"ID " + ROW[:10] + b"EI\n" + ROW[:3] + b"\nEI",
        SIZE + b"/F /Fl ID " + zlib.compress(ROW)[:-2] + b"\nEI",
        SIZE + b"/F /Fl ID " + zlib.compress(ROW[:9]) + b"\nEI",
        SIZE + b"/F /Fl ID no zlib\nEI",
        SIZE + b"/F /Fl /DP << /Predictor 12 >> ID " + zlib.compress(ROW) + b"\nEI",
        SIZE + b"/F /AHx ID " + ROW.hex().encode() + b"\nEI",
        SIZE + b"/F /A85 ID " + base64.a85encode(ROW) + b"\nEI",
        SIZE + b"/F /JBIG2Decode ID " + ROW + b"\nEI",
        SIZE + b"/F 7 ID " + ROW + b"\nEI",
        SIZE + b"/F [/AHx 7] ID " + ROW.hex().encode() + b">\nEI",
    ],
)
def test_what_could_end_elsewhere_is_refused(image: bytes) -> None:
    with pytest.raises(Malformed) as refused:
        _read(image)
    assert refused.value.what == "inline_image"


def test_a_picture_without_end_of_pixels_is_too_much() -> None:
    with pytest.raises(TooMuch) as refused:
        _read(b"/W 100000 /H %d /BPC 1 /CS /G /F /Fl ID x\nEI" % (MAX_IMAGE_PIXELS // 100_000 + 1))
    assert refused.value.limit == "image_pixels"


def test_so_many_pictures_are_too_much_at_once() -> None:
    one = b"BI /W 1 /H 1 /IM true ID x\nEI\n"
    assert read_program([one * MAX_PAGE_IMAGES], lambda _: None).inline_images == MAX_PAGE_IMAGES
    with pytest.raises(TooMuch) as refused:
        read_program([one * (MAX_PAGE_IMAGES + 1)], lambda _: None)
    assert refused.value.limit == "images"


def test_pictures_in_a_row_are_counted_together() -> None:
    one = b"BI /W 10000 /H 10000 /BPC 1 /IM true /F /Fl ID " + zlib.compress(bytes(12_500_000), 9) + b"\nEI\n"
    assert read_program([one], lambda _: None).inline_pixels == MAX_IMAGE_PIXELS
    with pytest.raises(TooMuch) as refused:
        read_program([one * 3], lambda _: None)
    assert refused.value.limit == "page_pixels"
