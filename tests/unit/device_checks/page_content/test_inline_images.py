"""Inline images end where their dictionary says, or the content is refused."""

import base64
import zlib

import pytest

from mobile_app.device.document_checks.page_content.reader import read_streams
from mobile_app.device.document_checks.page_content.summary import InlineImage
from tests.unit.device_checks.page_content.content_forge import FONT, checked, page_forge, refused

GRAY = b"/W 2/H 2/BPC 8/CS/G"
SAMPLES = b"abcd"
FLATE = zlib.compress(SAMPLES)


def image(entries: bytes = GRAY, data: bytes = SAMPLES, behind: bytes = b" EI") -> bytes:
    return b"q BI " + entries + b" ID " + data + behind + b" Q"


PAIRS = [
    (image(), image(data=b"abcde"), "inline_image"),
    (image(), image(data=b"abc"), "inline_image"),
    (image(behind=b"\r\nEI"), image(behind=b" EIx"), "inline_image"),
    (image(behind=b"\nEI"), image(behind=b"EI"), "inline_image"),
    (image(b"/Width 2/Height 2/BitsPerComponent 8/ColorSpace/DeviceGray"), image(b"/W 2/H 2/BPC 8"), "inline_image"),
    (image(b"/W 1/H 1/BPC 8/CS/CMYK"), image(b"/W 1/H 1/BPC 8/CS/RGB"), "inline_image"),
    (image(b"/W 1/H 1/BPC 8/CS/CMYK"), image(b"/W 1/H 1/BPC 16/CS/CMYK"), "inline_image"),
    (image(b"/W 16/H 2/BPC 1/CS/DeviceGray"), image(b"/W 17/H 2/BPC 1/CS/DeviceGray"), "inline_image"),
    (image(b"/W 9/H 2/IM true"), image(b"/W 9/H 2/IM true/CS/G"), "inline_image"),
    (image(b"/W 9/H 2/IM true/BPC 1"), image(b"/W 9/H 2/IM true/BPC 8"), "inline_image"),
    (image(b"/W 9/H 2/BPC 1/CS/G/D[1 0]"), image(b"/W 9/H 2/BPC 3/CS/G"), "inline_image"),
    (image(), image(GRAY.replace(b"/W 2", b"/W 0")), "inline_image"),
    (image(), image(GRAY.replace(b"/W 2", b"/W 2.0")), "inline_image"),
    (image(), image(GRAY + b"/W 2"), "inline_image"),
    (image(), image(GRAY + b"/Width 2"), "inline_image"),
    (image(), image(GRAY + b"/Foo 2"), "inline_image"),
    (image(), image(GRAY + b" 5"), "inline_image"),
    (image(GRAY + b"/I true"), image(GRAY + b"/D[1 0"), "inline_image"),
    (image(b"/W 2/H 2/BPC 8/CS[/Indexed/RGB 1<00>]"), image(b"/W 2/H 2/BPC 8/CS[/Foo/RGB 1<00>]"), "inline_image"),
    (image(GRAY + b"/F/Fl", FLATE), image(GRAY + b"/F/Fl", FLATE + b"x"), "inline_image"),
    (image(GRAY + b"/F/Fl", FLATE), image(GRAY + b"/F/Fl", zlib.compress(b"abc")), "inline_image"),
    (image(GRAY + b"/F/Fl", FLATE), image(GRAY + b"/F/Fl", FLATE[:-4] + b"0000"), "content_data"),
    (image(GRAY + b"/F/Fl", FLATE), image(GRAY + b"/F/Foo", FLATE), "content_data"),
    (image(GRAY + b"/F/Fl", FLATE), image(GRAY + b"/F/Fl/DP<</Predictor 1>>", FLATE), "inline_image"),
    (image(GRAY + b"/F/AHx", b"61626364>"), image(GRAY + b"/F/AHx", b"616263>"), "inline_image"),
    (
        image(GRAY + b"/F[/A85/Fl]", base64.a85encode(FLATE) + b"~>"),
        image(GRAY + b"/F[/A85/Fl]", base64.a85encode(FLATE)),
        "content_data",
    ),
    # pdf.js takes the first EI in white space for the end, whatever the dictionary says.
    (image(b"/W 8/H 1/BPC 8/CS/G", b"a EI b\x80d"), image(b"/W 8/H 1/BPC 8/CS/G", b"a EI bcd"), "inline_image"),
    (image(b"/W 8/H 1/BPC 8/CS/G", b"ab EIxde"), image(b"/W 8/H 1/BPC 8/CS/G", b"ab EI de"), "inline_image"),
    (image(GRAY + b"/F/CCF", b"anything"), image(GRAY + b"/F/CCF", b"anything") + b" n", "inline_image"),
    (image(GRAY + b"/F/DCT", b"anything"), image(GRAY + b"/F/DCT", b"anything", b" E"), "inline_image"),
    (b"BT ET " + image(), b"BT " + image()[2:-2] + b" ET", "place"),
]


@pytest.mark.parametrize(("harmless", "hostile", "what"), PAIRS, ids=lambda value: repr(value)[:40])
def test_an_image_ends_where_it_says(harmless: bytes, hostile: bytes, what: str) -> None:
    checked(page_forge(harmless))
    assert refused(page_forge(hostile)) == ("doc_content", what)


def test_its_colour_space_may_be_a_resource_when_its_filter_ends_it() -> None:
    page = image(b"/W 2/H 2/BPC 8/CS/A/F/Fl", FLATE)
    checked(page_forge(page, b"/ColorSpace<</A/DeviceGray>>"))
    assert refused(page_forge(page, FONT)) == ("doc_content", "resource")
    unfiltered = image(b"/W 2/H 2/BPC 8/CS/A")
    assert refused(page_forge(unfiltered, b"/ColorSpace<</A/DeviceGray>>")) == ("doc_content", "inline_image")


def test_what_stands_behind_is_read_on() -> None:
    summary = read_streams([image() + b" /X Do " + image(b"/W 9/H 2/IM true")], own_colour=True)
    assert summary.images == (InlineImage(2, 2, None), InlineImage(9, 2, None))
    assert summary.drawn == ((b"X", 1),)
    assert summary.operators == 7
