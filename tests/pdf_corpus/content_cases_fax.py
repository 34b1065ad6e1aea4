"""Fax data of a picture of four samples by two lines (ISO 32000-2, 7.4.6; ITU-T T.4, T.6): whole, damaged, and of another kind."""

from tests.pdf_corpus.content_case import MALFORMED, ContentCase, stream

_DRAW = b"q 99 0 0 99 9 9 cm /X Do Q"
_RESOURCES = b"<< /XObject << /X 5 0 R >> >>"
_TWO, _ONE = b"/K -1", b"/K 0"
_END_OF_BLOCK = "000000000001" * 2
_END_OF_LINE = "000000000001"
_RUNS = "001 0111 11 "
"""Two white samples and two black ones."""
_WHITE = "1011"
"""Four white samples in one dimension."""


def _bytes(bits: str) -> bytes:
    bits = bits.replace(" ", "")
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits), 8))


def _case(name: str, bits: str, parameters: bytes = _TWO, *, outer: bytes = b"/CCITTFaxDecode") -> ContentCase:
    entries = (
        b"/Type /XObject /Subtype /Image /Width 4 /Height 2 /BitsPerComponent 1 /ColorSpace /DeviceGray "
        b"/Filter %b /DecodeParms << /Columns 4 %b >>" % (outer, parameters)
    )
    picture = stream(_bytes(bits), entries)
    is_harmless = name.endswith("_harmless")
    what = None if is_harmless else "image"
    return ContentCase(name, _DRAW, _RESOURCES, (picture,), code=None if is_harmless else MALFORMED, what=what)


def _whole() -> list[ContentCase]:
    return [
        _case("fax_blank_harmless", "1 1" + _END_OF_BLOCK),
        _case("fax_without_end_harmless", "1 1", _TWO + b" /EndOfBlock false /Rows 2 /BlackIs1 true"),
        _case("fax_more_behind_harmless", "1 1 1111"),
        _case("fax_runs_harmless", _RUNS + "1 1"),
        _case("fax_to_the_right_harmless", _RUNS + "011 1"),
        _case("fax_to_the_left_harmless", _RUNS + "010 1"),
        _case("fax_passed_over_harmless", "001 000111 010 1  0001 1"),
        _case("fax_several_changes_harmless", "0000010 000010 1  1 1 1"),
        _case("fax_aligned_harmless", "1 0000000 1", _TWO + b" /EncodedByteAlign true"),
        _case("fax_in_one_dimension_harmless", _WHITE * 2, _ONE),
        _case("fax_with_ends_of_lines_harmless", (_END_OF_LINE + _WHITE) * 2, _ONE + b" /EndOfLine true"),
        _case("fax_filled_harmless", _END_OF_LINE + _WHITE + "0000" + _END_OF_LINE + _WHITE, b"/EndOfLine true"),
    ]


def _damaged() -> list[ContentCase]:
    return [
        _case("fax_line_missing", _RUNS),
        _case("fax_without_data", ""),
        _case("fax_ended_early", _RUNS + _END_OF_BLOCK),
        _case("fax_code_unknown", "0000001111" + "1"),
        _case("fax_run_unknown", "001 0111 00000000 1 1"),
        _case("fax_runs_too_long", "001 0111 10 1 1"),
        _case("fax_long_run", "001 11011 1011 11 1 1"),
        _case("fax_back_to_the_left", _RUNS + "1 0000010 1 1 1"),
        _case("fax_beyond_the_line", "011 1 1"),
        _case("fax_last_bit_missing", "0000010 000010 1 001 000111 1"),
        _case("fax_not_aligned", "1 1", _TWO + b" /EncodedByteAlign true"),
        _case("fax_line_too_long", "1100" + _WHITE, _ONE),
        _case("fax_end_of_line_cut", _WHITE + "0" * 20, _ONE),
    ]


def _other_kinds() -> list[ContentCase]:
    return [
        _case("fax_of_lines_as_block", _WHITE * 2),
        _case("fax_of_block_as_lines", _RUNS + "1 1" + _END_OF_BLOCK, _ONE),
        _case("fax_of_block_by_default", _RUNS + "1 1" + _END_OF_BLOCK, b""),
        _case("fax_mixed", "1 1" + _END_OF_BLOCK, b"/K 1"),
        _case("fax_kind_no_integer", "1 1" + _END_OF_BLOCK, b"/K -1.0"),
        *(
            _case(f"fax_{key.lower()}_no_truth", "1 1" + _END_OF_BLOCK, _TWO + b" /%b 0" % key.encode())
            for key in ("EncodedByteAlign", "EndOfLine", "EndOfBlock", "BlackIs1")
        ),
    ]


FAX_CASES = (*_whole(), *_damaged(), *_other_kinds())
