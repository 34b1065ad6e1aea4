"""Cases for conditions of the phone's content checks that no other case needs (ISO 32000-2, 7.4.4, 8.6.6.3, 8.9.5, 8.9.7, 11.6.5)."""

from tests.pdf_corpus.content_case import MALFORMED, TEXT_OBJECTS, TEXT_RESOURCES, ContentCase, form, stream

_DRAW = b"q 100 0 0 100 10 10 cm /X Do Q"
_PICTURE = b"<< /XObject << /X 5 0 R >> >>"
_HEAD = b"/Type /XObject /Subtype /Image /Width 4 /Height 2 /BitsPerComponent 8 "
_GREY = _HEAD + b"/ColorSpace /DeviceGray "


def _case(name: str, what: str | None, content: bytes, resources: bytes = b"<< >>", *objects: bytes, entries: bytes = b"") -> ContentCase:
    code = MALFORMED if what else None
    return ContentCase(name, content, resources, objects, code=code, what=what, content_entries=entries)


def _image(name: str, what: str | None, entries: bytes, data: bytes = bytes(8)) -> ContentCase:
    return _case(name, what, _DRAW, _PICTURE, stream(data, entries))


def _pictures() -> list[ContentCase]:
    table = _HEAD + b"/ColorSpace [/Indexed /DeviceGray 1 %b] "
    return [
        _image("picture_jbig2_twice", "image", _GREY + b"/Filter [/JBIG2Decode /JBIG2Decode]"),
        _image("picture_unknown_filter_before_jbig2", "image", _GREY + b"/Filter [/Nothing /JBIG2Decode]"),
        _case("picture_no_stream", "subtype", _DRAW, _PICTURE, b"<< %b /Filter /JBIG2Decode >>" % _GREY),
        _image("picture_filter_no_name", "image", _GREY + b"/Filter [<< >>]"),
        _image("indexed_table_harmless", None, table % b"(ab)"),
        _image("indexed_table_no_string", "colour_space", table % b"/ab"),
    ]


def _inline() -> list[ContentCase]:
    image = b"q 9 0 0 9 0 0 cm BI /W %b /H 1 /BPC %b /CS /G ID %b\nEI Q"
    return [
        _case("inline_image_4_bits_harmless", None, image % (b"8", b"4", bytes(4))),
        _case("inline_image_3_bits", "inline_image", image % (b"8", b"3", bytes(3))),
        _case("inline_image_without_width", "inline_image", image % (b"0", b"8", b"")),
    ]


def _words() -> list[ContentCase]:
    def shown(count: int) -> bytes:
        return b"BT /F1 12 Tf 10 700 Td [%b] TJ ET" % (b"1 " * count)

    return [
        _case("dictionary_value_no_value", "bracket", b"/Span << /A word >> BDC EMC"),
        ContentCase("array_of_100000_harmless", shown(100_000), TEXT_RESOURCES, TEXT_OBJECTS),
        ContentCase("array_of_100001", shown(100_001), TEXT_RESOURCES, TEXT_OBJECTS, code=MALFORMED, what="bracket"),
    ]


def _masked() -> list[ContentCase]:
    mask = form(b"1 g 0 0 99 99 re f", b"/Group << /S /Transparency /CS /DeviceGray >> /Resources << >>")
    state = b"<< /SMask << /Type /Mask /S /Luminosity /G 6 0 R >> >>"
    group = form(b"/G gs 0 0 99 99 re f", b"/Group << /S /Transparency /K %%b >> /Resources << /ExtGState << /G %b >> >>" % state)
    return [
        _case("masked_in_group_harmless", None, b"/X Do", _PICTURE, group.replace(b"%b", b"false"), mask),
        _case("masked_in_knockout", "knockout", b"/X Do", _PICTURE, group.replace(b"%b", b"true "), mask),
    ]


def _flate() -> list[ContentCase]:
    """Stored blocks (RFC 1951, 3.2.4), and a checksum that is cut where it looks like the end of a flushed block."""

    def stored(data: bytes, *, last: bool) -> bytes:
        size = len(data).to_bytes(2, "little")
        return bytes((last,)) + size + bytes(255 - byte for byte in size) + data

    drawn = b"0 0 9 9 re f\n"
    flushed = b"\x78\x9c" + stored(drawn, last=False) + stored(b"", last=False)
    cut = b"\x78\x9c" + stored(drawn + b"\0", last=True) + b"\0\xff\xff"
    return [
        _case("flate_flushed_harmless", None, flushed, entries=b"/Filter /FlateDecode"),
        _case("flate_checksum_cut", "content_data", cut, entries=b"/Filter /FlateDecode"),
    ]


PHONE_CASES = (*_pictures(), *_inline(), *_words(), *_masked(), *_flate())
