"""Inline images (ISO 32000-2, 8.9.7): their data end where their dictionary says.

Rules: known keys once each, abbreviated or in full; the data are as long as size and samples make them (unfiltered) or
as their filter needs (Flate, LZW, the ASCII filters, RunLength, decoded to exactly the samples' length); behind them
white space, ``EI`` and the end of a word. What can't be determined (DCT, CCITT) is the last thing that its stream draws,
or is refused: viewers search for ``EI`` in different ways, and take what looks like it in the data for the end.
"""

import re
from typing import Final

from mobile_app.device.document_checks.document import refuse
from mobile_app.device.document_checks.limits import MAX_IMAGE_PIXELS
from mobile_app.device.document_checks.page_content.stream_filters import SHORT_NAMES, decode, decode_one
from mobile_app.device.document_checks.page_content.summary import InlineImage
from mobile_app.device.document_checks.page_content.tokens import COMMENT, END, NAMED, NUMBER, WS, read_tokens
from mobile_app.errors import CheckFailed

_KEYS: Final = {
    b"BPC": b"BitsPerComponent",
    b"CS": b"ColorSpace",
    b"D": b"Decode",
    b"DP": b"DecodeParms",
    b"F": b"Filter",
    b"H": b"Height",
    b"IM": b"ImageMask",
    b"I": b"Interpolate",
    b"L": b"Length",
    b"W": b"Width",
}
_KNOWN: Final = frozenset(_KEYS.values()) | {b"Intent"}
_SPACES: Final = {b"G": 1, b"DeviceGray": 1, b"RGB": 3, b"DeviceRGB": 3, b"CMYK": 4, b"DeviceCMYK": 4}
_END_OF_IMAGE: Final = re.compile(WS + rb"{1,2}+EI" + END)
_AFTER_ID: Final = re.compile(WS)
# Where pdf.js takes the data to be over: unless it finds bytes behind that are no text.
_LOOKS_LIKE_END: Final = re.compile(rb"EI[\x00\t\n\x0c\r ](?![\x00-\xff]{0,4}[\x80-\xff])")
_PICTURES: Final = frozenset((b"CCF", b"CCITTFaxDecode", b"DCT", b"DCTDecode"))
_FIRST_END: Final = re.compile(WS + rb"EI" + END)
_NOTHING_DRAWN: Final = re.compile(rb"(?:" + WS + rb"++|Q" + END + rb")*+")
_MAX_WORDS: Final = 200
_MAX_BYTES: Final = 16 * 1024 * 1024
Entry = list[tuple[str, bytes]]


def read_inline_image(data: bytes, position: int) -> tuple[InlineImage, int]:
    """Read from behind ``BI`` to behind ``EI``; return the image and where it ends. Raises ``doc_content``."""
    entries, position = _dictionary(data, position)
    width, height = (_whole(entries, key, MAX_IMAGE_PIXELS) for key in (b"Width", b"Height"))
    is_mask = entries.get(b"ImageMask") == [("w", b"true")]
    space: bytes | None = None
    bits = 1
    if is_mask:
        if b"ColorSpace" in entries or entries.get(b"BitsPerComponent", [(NUMBER, b"1")]) != [(NUMBER, b"1")]:
            refuse("doc_content", "inline_image")
        components: int | None = 1
    else:
        bits = _whole(entries, b"BitsPerComponent", 16)
        if bits not in (1, 2, 4, 8, 16):
            refuse("doc_content", "inline_image")
        components, space = _components(entries.get(b"ColorSpace", []))
    length = None if components is None else (width * components * bits + 7) // 8 * height
    if not _AFTER_ID.match(data, position):
        refuse("doc_content", "inline_image")
    end = _end_of_data(data, position + 1, length, entries)
    found = _END_OF_IMAGE.match(data, end)
    if found is None:
        refuse("doc_content", "inline_image")
    return InlineImage(width, height, space), found.end()


def _dictionary(data: bytes, position: int) -> tuple[dict[bytes, Entry], int]:
    """The entries by their full keys, and where ``ID`` ends."""
    entries: dict[bytes, Entry] = {}
    entry: Entry | None = None
    open_brackets = 0
    for count, (kind, text, end) in enumerate(read_tokens(data, position)):
        if count > _MAX_WORDS:
            break
        if kind == COMMENT:
            continue
        if entry is None:
            if kind == "w" and text == b"ID":
                return entries, end
            key = _KEYS.get(text, text)
            if kind != NAMED or key in entries or key not in _KNOWN:
                refuse("doc_content", "inline_image")
            entry = entries[key] = []
            continue
        entry.append((kind, text))
        if kind == "w":
            open_brackets += text in (b"[", b"<<")
            open_brackets -= text in (b"]", b">>")
            if open_brackets < 0:
                break
        if not open_brackets:
            entry = None
    raise CheckFailed("doc_content", {"what": "inline_image"})


def _whole(entries: dict[bytes, Entry], key: bytes, most: int) -> int:
    value = entries.get(key, [])
    if len(value) != 1 or value[0][0] != NUMBER or not value[0][1].isdigit() or not 1 <= int(value[0][1]) <= most:
        refuse("doc_content", "inline_image")
    return int(value[0][1])


def _components(entry: Entry) -> tuple[int | None, bytes | None]:
    """Samples a pixel, and the resource that names the space (then the samples are not known here)."""
    if len(entry) == 1 and entry[0][0] == NAMED:
        name = entry[0][1]
        return (_SPACES[name], None) if name in _SPACES else (None, name)
    indexed = [text for _, text in entry[:3]]
    base = entry[2] if len(entry) == 6 else ("", b"")
    if indexed[:2] in ([b"[", b"I"], [b"[", b"Indexed"]) and base[0] == NAMED:
        return 1, None if base[1] in _SPACES else base[1]
    raise CheckFailed("doc_content", {"what": "inline_image"})


def _end_of_data(data: bytes, start: int, length: int | None, entries: dict[bytes, Entry]) -> int:
    """Where the data end, by their filters or by their length."""
    filters = [text for kind, text in entries.get(b"Filter", []) if kind == NAMED]
    if filters and filters[-1] in _PICTURES:
        return _end_of_picture(data, start)
    if filters and b"DecodeParms" in entries:
        refuse("doc_content", "inline_image")
    if not filters:
        if length is None:
            refuse("doc_content", "inline_image")
        end = start + length
    else:
        decoded, end = _decoded(data, start, filters)
        if length is not None and len(decoded) != length:
            refuse("doc_content", "inline_image")
    if end > len(data) or _LOOKS_LIKE_END.search(data, start, end):
        refuse("doc_content", "inline_image")
    return end


def _decoded(data: bytes, start: int, filters: list[bytes]) -> tuple[bytes, int]:
    names = [SHORT_NAMES.get(name.decode("latin-1"), name.decode("latin-1")) for name in filters]
    decoded, end = decode_one(data, start, names[0], None, _MAX_BYTES)
    return decode(decoded, names[1:], (), _MAX_BYTES), end


def _end_of_picture(data: bytes, start: int) -> int:
    """Where data that only a picture decoder can read end: at the first ``EI``, if nothing is drawn behind it.

    Glyphs of scanned and of old TeX documents are written like this. A viewer that reads on finds nothing to miss.
    """
    found = _FIRST_END.search(data, start)
    if found is None or not _NOTHING_DRAWN.fullmatch(data, found.end()):
        refuse("doc_content", "inline_image")
    return found.start()
