"""The last step before and behind the bounds of pictures, colours, graphics states and patterns: what no other case needs.

Rules: as in content_cases_images.py (ISO 32000-2, 7.4.4, 8.4.5, 8.6.5.5, 8.6.6.3, 8.7.3 and 8.9.5).
"""

import zlib

from tests.pdf_corpus.content_case import MALFORMED, ContentCase, stream

DRAW = b"q 100 0 0 100 10 10 cm /X Do Q"
HEAD = b"/Type /XObject /Subtype /Image /Width 4 /Height 2 "
GREY = b"/BitsPerComponent 8 /ColorSpace /DeviceGray "
DATA = bytes(range(8))
PAINT = b"/Pattern cs /P scn 10 10 100 100 re f\n"


def _case(name: str, what: str | None, content: bytes, resources: bytes, *objects: bytes) -> ContentCase:
    return ContentCase(name, content, resources, objects, code=MALFORMED if what else None, what=what)


def _image(name: str, what: str | None, entries: bytes, data: bytes = DATA, *others: bytes) -> ContentCase:
    return _case(name, what, DRAW, b"<< /XObject << /X 5 0 R >> >>", stream(data, HEAD + entries), *others)


def _lzw(data: bytes) -> bytes:
    """Codes of nine bits, none of which stands for more than a byte (7.4.4.2)."""
    bits = "".join(f"{code:09b}" for code in (256, *data, 257))
    return int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8), "big")


def _hexadecimal(data: bytes, times: int) -> bytes:
    for _ in range(times):
        data = data.hex().encode() + b">"
    return data


def _filters() -> list[ContentCase]:
    flate = zlib.compress(DATA)
    chain = GREY + b"/Filter [/FlateDecode /ASCIIHexDecode] "
    hidden = zlib.compress(_hexadecimal(DATA, 1))
    rows = zlib.compress(b"\0" + DATA[:4] + b"\0" + DATA[4:])
    predicted = GREY + b"/Filter /FlateDecode /DecodeParms << /Predictor 12 /Columns %b >>"
    return [
        _image("picture_lzw_harmless", None, GREY + b"/Filter /LZWDecode", _lzw(DATA)),
        _image("picture_lzw_change_2", "image", GREY + b"/Filter /LZWDecode /DecodeParms << /EarlyChange 2 >>", _lzw(DATA)),
        _image("picture_chain_of_8_harmless", None, GREY + b"/Filter [%b]" % (b"/ASCIIHexDecode " * 8), _hexadecimal(DATA, 8)),
        _image("picture_chain_flate_first_harmless", None, chain, hidden),
        _image("picture_chain_flate_first_damaged", "image", chain, b"nothing of Flate"),
        _image("picture_chain_predicted", "image", chain + b"/DecodeParms [<< /Predictor 12 /Columns 17 >> null]", hidden),
        _image("picture_filter_before_jpeg", "image", GREY + b"/Filter [/DCTDecode /FlateDecode]", flate),
        _image("picture_columns_harmless", None, predicted % b"4", rows),
        _image("picture_columns_of_none", "image", predicted % b"0", rows),
        _image("picture_columns_negative", "image", predicted % b"-4", rows),
        _image("picture_columns_real", "image", predicted % b"4.0", rows),
    ]


def _colours() -> list[ContentCase]:
    space = b"/BitsPerComponent 8 /ColorSpace [/ICCBased 6 0 R]"
    wide = bytes(8 * 33)
    table = b"/BitsPerComponent 8 /ColorSpace [/Indexed /DeviceGray %b <%b>]"
    return [
        _image("icc_of_none", "colour_space", space, DATA, stream(b"", b"/N 0")),
        _image("icc_of_minus_one", "colour_space", space, DATA, stream(b"", b"/N -1")),
        _image("icc_of_33", "colour_space", space, wide, stream(b"", b"/N 33")),
        _image("indexed_255_harmless", None, table % (b"255", b"00" * 256)),
        _image("indexed_256", "colour_space", table % (b"256", b"00" * 257)),
        _image("indexed_minus_one", "colour_space", table % (b"-1", b"")),
        _image("indexed_real", "colour_space", table % (b"1.0", b"0000")),
    ]


def _states() -> list[ContentCase]:
    def state(name: str, entries: bytes, what: str | None = "graphics_state") -> ContentCase:
        return _case(f"graphics_state_{name}", what, b"/G gs 10 10 100 100 re f", b"<< /ExtGState << /G << %b >> >> >>" % entries)

    return [
        state("of_bounds_harmless", b"/LW 0 /ML 0 /LC 2 /LJ 0 /ca 0 /CA 1 /D [[] 0]", None),
        state("width_of_name", b"/LW /Thick"),
        state("opacity_of_name", b"/ca /Full"),
        state("opacity_negative", b"/CA -.5"),
        state("cap_real", b"/LC 1.0"),
        state("cap_negative", b"/LC -1"),
        state("join_of_three", b"/LJ 3"),
        state("blend_of_none", b"/BM []"),
        state("dash_no_array", b"/D [3 0]"),
        state("dash_phase_negative", b"/D [[3 2] -1]"),
        state("dash_of_zeros", b"/D [[0 0] 0]"),
    ]


def _patterns() -> list[ContentCase]:
    def tile(name: str, old: bytes, new: bytes, what: str | None = "pattern") -> ContentCase:
        plain = b"/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 9 9] /XStep 9 /YStep 9 /Resources << >>"
        return _case(f"tile_{name}", what, PAINT, b"<< /Pattern << /P 5 0 R >> >>", stream(b"0 0 5 5 re f", plain.replace(old, new)))

    return [
        tile("plain_harmless", b"", b"", None),
        tile("of_kind_3", b"/PatternType 1", b"/PatternType 3"),
        tile("of_paint_3", b"/PaintType 1", b"/PaintType 3"),
        tile("of_tiling_4", b"/TilingType 1", b"/TilingType 4"),
        tile("upside_down", b"[0 0 9 9]", b"[0 9 9 0]"),
        tile("without_height", b"/YStep 9", b"/YStep 0"),
    ]


BOUND_CASES: tuple[ContentCase, ...] = (*_filters(), *_colours(), *_states(), *_patterns())
