"""Pictures, masks, colour spaces and shadings that viewers draw differently, each beside a harmless neighbour.

Rules: as in content_cases_syntax.py (ISO 32000-2, 7.4, 8.6, 8.7.4.5, 8.9 and 11.6.5.2); the first part of a name says which neighbours
belong together. JPEG and JPEG 2000 consist of the headers that the rules read.
"""

import struct
import zlib

from tests.pdf_corpus.content_case import MALFORMED, ContentCase, stream

DRAW = b"q 100 0 0 100 10 10 cm /X Do Q"
SQUARE = b"10 10 100 100 re f\n"
RESOURCES = b"<< /XObject << /X 5 0 R >> >>"
GREY = b"/BitsPerComponent 8 /ColorSpace /DeviceGray"
HEAD = b"/Type /XObject /Subtype /Image /Width 4 /Height 2 "
DATA = bytes(range(8))


def _case(name: str, what: str | None, *images: bytes) -> ContentCase:
    return ContentCase(name, DRAW, RESOURCES, images, code=None if what is None else MALFORMED, what=what)


def _image(name: str, what: str | None, entries: bytes, data: bytes = DATA, *others: bytes) -> ContentCase:
    return _case(name, what, stream(data, HEAD + entries), *others)


def _filtered(name: str, what: str | None, filters: bytes, data: bytes, entries: bytes = GREY) -> ContentCase:
    return _image(name, what, b"%s /Filter %s" % (entries, filters), data)


def _dictionaries() -> list[ContentCase]:
    return [
        _image("picture_harmless", None, GREY + b" /Decode [1 0] /Interpolate true"),
        _image("picture_without_space", "image", b"/BitsPerComponent 8"),
        _image("picture_without_bits", "image", b"/ColorSpace /DeviceGray"),
        _image("picture_of_three_bits", "image", b"/BitsPerComponent 3 /ColorSpace /DeviceGray"),
        _image("picture_of_real_bits", "image", b"/BitsPerComponent 8.0 /ColorSpace /DeviceGray"),
        _image("picture_space_unknown", "colour_space", b"/BitsPerComponent 8 /ColorSpace /Fancy"),
        _image("stencil_harmless", None, b"/ImageMask true"),
        _image("stencil_of_eight_bits", "image", b"/ImageMask true /BitsPerComponent 8"),
        _image("stencil_perhaps", "image", b"/ImageMask 1 /BitsPerComponent 1"),
    ]


def _lengths() -> list[ContentCase]:
    flate = zlib.compress(DATA)
    rows = zlib.compress(b"\0" + DATA[:4] + b"\0" + DATA[4:])
    predictor = b"/FlateDecode /DecodeParms << /Columns 4 /Predictor %d >>"
    both = b"[/ASCIIHexDecode /FlateDecode]"
    short_rows = zlib.compress(b"\0" + DATA[:4] + b"\0" + DATA[4:7])
    return [
        _image("picture_long_harmless", None, GREY, DATA + b"more"),
        _image("picture_short", "image", GREY, DATA[:7]),
        _image("picture_short_rgb", "image", b"/BitsPerComponent 8 /ColorSpace /DeviceRGB", DATA * 2),
        _filtered("picture_flate_harmless", None, b"/FlateDecode", flate),
        _filtered("picture_flate_short", "image", b"/FlateDecode", zlib.compress(DATA[:7])),
        _filtered("picture_flate_damaged", "image", b"/FlateDecode", b"nothing of Flate"),
        _filtered("picture_chain_harmless", None, both, flate.hex().encode() + b">"),
        _filtered("picture_chain_short", "image", both, zlib.compress(DATA[:7]).hex().encode() + b">"),
        _filtered("picture_run_harmless", None, b"/RunLengthDecode", b"\xf9a\x80"),
        _filtered("picture_run_short", "image", b"/RunLengthDecode", b"\xfaa\x80"),
        _filtered("picture_predicted_harmless", None, predictor % 15, rows),
        _filtered("picture_predicted_short", "image", predictor % 15, short_rows),
        _filtered("picture_predictor_unknown", "image", predictor % 99, rows),
        _filtered("picture_filter_unknown", "image", b"/Fl", flate),
    ]


def jpeg(width: int, height: int, components: int) -> bytes:
    frame = struct.pack(">BHHB", 8, height, width, components) + bytes(3 * components)
    return b"\xff\xd8\xff\xe0\0\4ab\xff\xc0" + struct.pack(">H", len(frame) + 2) + frame + b"\xff\xd9"


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content) + 8) + kind + content


def jpeg_2000(components: int = 1, *, colours: int = 17, boxes: bytes = b"", width: int = 4) -> bytes:
    size = struct.pack(">HHIIIIIIIIH", 41, 0, width, 2, 0, 0, width, 2, 0, 0, components) + bytes((7, 1, 1)) * components
    header = _box(b"ihdr", struct.pack(">IIHBBBB", 2, width, components, 7, 7, 0, 0))
    header += _box(b"colr", b"\1\0\0" + struct.pack(">I", colours)) + boxes
    signature = _box(b"jP  ", b"\r\n\x87\n") + _box(b"ftyp", b"jp2 \0\0\0\0jp2 ")
    return signature + _box(b"jp2h", header) + _box(b"jp2c", b"\xff\x4f\xff\x51" + size + b"\xff\xd9")


def _pictures() -> list[ContentCase]:
    jpx = b"/JPXDecode"
    opaque = _box(b"cdef", struct.pack(">H6H", 2, 0, 0, 1, 1, 1, 0))
    spot = b"[/Separation /Ink /DeviceGray << /FunctionType 2 /Domain [0 1] /N 1 >>]"
    fax = b"/CCITTFaxDecode /DecodeParms << /K -1 %s >>"
    one_bit = b"/BitsPerComponent 1 /ColorSpace /DeviceGray"
    chained = b"[/FlateDecode /DCTDecode]"
    return [
        _filtered("jpeg_harmless", None, b"/DCTDecode", jpeg(4, 2, 1)),
        _filtered("jpeg_of_other_width", "image", b"/DCTDecode", jpeg(8, 2, 1)),
        _filtered("jpeg_of_other_height", "image", b"/DCTDecode", jpeg(4, 4, 1)),
        _filtered("jpeg_of_other_colours", "image", b"/DCTDecode", jpeg(4, 2, 3)),
        _filtered("jpeg_without_frame", "image", b"/DCTDecode", b"\xff\xd8\xff\xd9"),
        _filtered("jpeg_packed_harmless", None, chained, zlib.compress(jpeg(4, 2, 1))),
        _filtered("jpeg_packed_of_other_width", "image", chained, zlib.compress(jpeg(8, 2, 1))),
        _filtered("jpeg_2000_harmless", None, jpx, jpeg_2000()),
        _filtered("jpeg_2000_own_space_harmless", None, jpx, jpeg_2000(3, colours=16), b""),
        _filtered("jpeg_2000_of_other_width", "image", jpx, jpeg_2000(width=8)),
        _filtered("jpeg_2000_of_other_colours", "image", jpx, jpeg_2000(3, colours=16)),
        _filtered("jpeg_2000_channel_unsaid", "image", jpx, jpeg_2000(2), b""),
        _filtered("jpeg_2000_with_opacity", "image", jpx, jpeg_2000(2, colours=17, boxes=opaque), b""),
        _filtered("jpeg_2000_mask_in_data", "image", jpx, jpeg_2000(), GREY + b" /SMaskInData 1"),
        _filtered("jpeg_2000_spot_colour", "image", jpx, jpeg_2000(), b"/ColorSpace " + spot),
        _filtered("fax_harmless", None, fax % b"/Columns 4 /Rows 2", b"\xc0", one_bit),
        _filtered("fax_of_other_width", "image", fax % b"/Columns 5 /Rows 2", b"\xc0", one_bit),
        _filtered("fax_of_usual_width", "image", fax % b"", b"\xc0", one_bit),
        _filtered("fax_of_other_height", "image", fax % b"/Columns 4 /Rows 1", b"\xc0", one_bit),
    ]


def _masks() -> list[ContentCase]:
    def soft(name: str, what: str | None, entries: bytes, data: bytes = DATA) -> ContentCase:
        return _image(name, what, GREY + b" /SMask 6 0 R", DATA, stream(data, HEAD + entries))

    table = b"/BitsPerComponent 8 /ColorSpace [/Indexed /DeviceGray 1 <FF00>]"
    return [
        soft("mask_soft_harmless", None, GREY),
        soft("mask_soft_of_colours", "image", b"/BitsPerComponent 8 /ColorSpace /DeviceRGB", DATA * 3),
        soft("mask_soft_by_table", "image", table),
        soft("mask_soft_short", "image", GREY, DATA[:7]),
        _image("mask_by_colour_harmless", None, GREY + b" /Mask [0 5]"),
        _image("mask_by_colour_of_reals", "image", GREY + b" /Mask [0.0 5.0]"),
        _image("mask_by_colour_of_too_many", "image", GREY + b" /Mask [0 5 0 5]"),
        _image("mask_stencil_harmless", None, GREY + b" /Mask 6 0 R", DATA, stream(DATA, HEAD + b"/ImageMask true")),
        _image("mask_stencil_short", "image", GREY + b" /Mask 6 0 R", DATA, stream(b"", HEAD + b"/ImageMask true")),
    ]


def _spaces() -> list[ContentCase]:
    tint = b"<< /FunctionType 2 /Domain [0 1] /C0 [1] /C1 [0] /N 1 >>"

    def space(name: str, what: str | None, value: bytes, colour: bytes = b"0 scn ", *others: bytes) -> ContentCase:
        resources = b"<< /ColorSpace << /C %s >> >>" % value
        code = None if what is None else MALFORMED
        return ContentCase(name, b"/C cs " + colour + SQUARE, resources, others, code=code, what=what)

    indexed = b"[/Indexed /DeviceRGB %s %s]"
    two_inks = b"[/DeviceN [/%s /None] /DeviceGray 5 0 R]"
    first = stream(b"{ pop }", b"/FunctionType 4 /Domain [0 1 0 1] /Range [0 1]")
    return [
        space("space_spot_harmless", None, b"[/Separation /All /DeviceGray %s]" % tint),
        space("space_no_ink", "colour_space", b"[/Separation /None /DeviceGray %s]" % tint),
        space("space_inks_harmless", None, two_inks % b"Ink", b"0 0 scn ", first),
        space("space_no_inks", "colour_space", two_inks % b"None", b"0 0 scn ", first),
        space("space_table_harmless", None, indexed % (b"1", b"<FF0000 000000>")),
        space("space_table_of_letters_harmless", None, indexed % (b"1", b"(abcdef)")),
        space("space_table_short", "colour_space", indexed % (b"1", b"<FF0000 0000>")),
        space("space_table_of_letters_short", "colour_space", indexed % (b"1", b"(abcde)")),
        space("space_table_too_high", "colour_space", indexed % (b"256", b"<" + b"00" * 771 + b">")),
        space("space_table_stream_harmless", None, indexed % (b"1", b"5 0 R"), b"0 scn ", stream(b"abcdef")),
        space("space_table_stream_short", "colour_space", indexed % (b"1", b"5 0 R"), b"0 scn ", stream(b"abcde")),
        space("space_table_without_ink", "colour_space",
              b"[/Indexed [/Separation /None /DeviceGray %s] 1 <FF00>]" % tint),
    ]  # fmt: skip


def _shadings() -> list[ContentCase]:
    function = b"/Function << /FunctionType 2 /Domain [0 1] /C0 [0] /C1 [1] /N 1 >>"
    shading = b"<< /ShadingType 2 /ColorSpace /%s /Coords [0 0 99 99] %s >>"
    painted = b"<< /Shading << /S %s >> >>"
    pattern = b"<< /Pattern << /P << /PatternType 2 /Shading %s >> >> >>"
    clip, fill = b"q 10 10 99 99 re W n /S sh Q", b"/Pattern cs /P scn " + SQUARE

    def case(name: str, what: str | None, content: bytes, resources: bytes) -> ContentCase:
        return ContentCase(name, content, resources, code=None if what is None else MALFORMED, what=what)

    return [
        case("shading_grey_harmless", None, clip, painted % (shading % (b"DeviceGray", function))),
        case("shading_without_function", "resource", clip, painted % (shading % (b"DeviceGray", b""))),
        case("shading_space_unknown", "colour_space", clip, painted % (shading % (b"Fancy", function))),
        case("shading_pattern_harmless", None, fill, pattern % (shading % (b"DeviceGray", function))),
        case("shading_pattern_without_function", "resource", fill, pattern % (shading % (b"DeviceGray", b""))),
    ]


IMAGE_CASES = (*_dictionaries(), *_lengths(), *_pictures(), *_masks(), *_spaces(), *_shadings())
