"""Images that viewers have no choice with (ISO 32000-2, 8.9.5, 8.9.6.4, 11.6.5.2).

Rules, measured with PDFium, poppler, mupdf and pdf.js:
* 1, 2, 4, 8 or 16 bits a sample, in a colour space that is written down: only a stencil has none, and a JPEG 2000 may bring its own;
* known filters and predictors; DCT, JPX, CCITT and JBIG2 come last;
* there are data for each sample, more are fine. A JPEG has the size and components of the dictionary, fax data
  are of so many lines of its width, of one kind, undamaged (``fax.py``);
* a JPEG 2000 has no opacity and its colours are taken as they are: no spot colours, no table;
* a soft mask is in DeviceGray; a colour mask is made of integers, two a component.
How long data become is remembered by what they are: pictures come again in a batch.
"""

import zlib
from typing import Final

from mobile_app.device.document_checks.document import PreparedDocument, refuse
from mobile_app.device.document_checks.limits import MAX_PAGE_CONTENT_BYTES
from mobile_app.device.document_checks.page_content.colours import plain_components
from mobile_app.device.document_checks.page_content.fax import is_whole_fax
from mobile_app.device.document_checks.page_content.picture_headers import Picture, read_jpeg, read_jpeg_2000
from mobile_app.device.document_checks.page_content.remembered import Remembered, digest_of
from mobile_app.device.document_checks.page_content.sources import filters_of, stream_of
from mobile_app.device.document_checks.page_content.stream_filters import decode_one
from mobile_app.device.document_checks.syntax import Value
from mobile_app.errors import CheckFailed

_PLAIN: Final = ("FlateDecode", "LZWDecode", "ASCII85Decode", "ASCIIHexDecode", "RunLengthDecode")
_PICTURES: Final = ("DCTDecode", "JPXDecode", "CCITTFaxDecode", "JBIG2Decode")
_OWN_SPACES: Final = ("DeviceGray", "DeviceRGB", "DeviceCMYK", "CalGray", "CalRGB", "ICCBased")
_PREDICTORS: Final = (None, 1, 2, *range(10, 16))
_USUAL_COLUMNS: Final = 1728
_FAX_SWITCHES: Final = ("EncodedByteAlign", "EndOfLine", "EndOfBlock", "BlackIs1")
_MAX_LZW: Final = 4 * 1024 * 1024
_MAX_FILTERS: Final = 8
_PIECE: Final = 1024 * 1024
_WHITE: Final = b"\x00\t\n\x0c\r "
_lengths: Final[Remembered[bool]] = Remembered()
Filter = tuple[str, dict[str, Value]]


def _refuse_image() -> None:
    refuse("doc_content", "image")


def check_image(document: PreparedDocument, value: Value, *, is_soft_mask: bool = False) -> None:
    """The image behind a reference is drawn alike by all. ``Width`` and ``Height`` were checked. Raises ``doc_content``."""
    image = document.dictionary_now(value)
    if is_soft_mask and document.now(image.get("ColorSpace")) != "DeviceGray":
        _refuse_image()
    filters = _filters(document, image)
    kind, parameters = filters[-1] if filters else ("", {})
    components = _components(document, image, kind)
    _check_colour_mask(document, image, components)
    if kind == "DCTDecode":
        _check_own_size(document, image, read_jpeg(_without_outer(_data(document, value), filters)), components)
    elif kind == "JPXDecode":
        _check_jpeg_2000(document, image)
        _check_own_size(document, image, read_jpeg_2000(_without_outer(_data(document, value), filters)), components)
    elif kind == "CCITTFaxDecode":
        _check_fax(document, value, filters, parameters)
    elif kind != "JBIG2Decode":
        _check_length(document, value, filters, components)


def _data(document: PreparedDocument, value: Value) -> bytes:
    return stream_of(document, value, "image")[1]


def _filters(document: PreparedDocument, image: dict[str, Value]) -> list[Filter]:
    names, parameters = filters_of(document, image)
    if len(names) > _MAX_FILTERS:
        _refuse_image()
    filters: list[Filter] = []
    for number, name in enumerate(names):
        own = document.dictionary_now(parameters[number] if number < len(parameters) else None)
        said = {key: document.now(one) for key, one in own.items()}
        is_plain = name in _PLAIN
        if not isinstance(name, str) or not (is_plain or (name in _PICTURES and number + 1 == len(names))):
            refuse("doc_content", "image")
        if is_plain and (said.get("Predictor") not in _PREDICTORS or said.get("EarlyChange") not in (None, 0, 1)):
            _refuse_image()
        filters.append((name, said))
    return filters


def _components(document: PreparedDocument, image: dict[str, Value], kind: str) -> int:
    """Components of a sample, 0 where only a JPEG 2000 itself says them."""
    space, bits, is_stencil = (document.now(image.get(key)) for key in ("ColorSpace", "BitsPerComponent", "ImageMask"))
    if is_stencil is True:
        if bits is not None and (type(bits) is not int or bits != 1):
            _refuse_image()
        return 1
    if is_stencil not in (None, False):
        _refuse_image()
    if space is None and kind == "JPXDecode":
        return 0
    if space is None or (bits is None and kind not in _PICTURES):
        _refuse_image()
    if bits is not None and (type(bits) is not int or bits not in (1, 2, 4, 8, 16)):
        _refuse_image()
    return plain_components(document, space)


def _check_colour_mask(document: PreparedDocument, image: dict[str, Value], components: int) -> None:
    mask = document.now(image.get("Mask"))
    if not isinstance(mask, list):
        return
    if any(type(document.now(one)) is not int for one in mask) or (components and len(mask) != 2 * components):
        _refuse_image()


def _check_own_size(document: PreparedDocument, image: dict[str, Value], own: Picture | None, components: int) -> None:
    if own is None or (components and own.components != components):
        refuse("doc_content", "image")
    if (document.now(image.get("Width")), document.now(image.get("Height"))) != (own.width, own.height):
        _refuse_image()


def _check_jpeg_2000(document: PreparedDocument, image: dict[str, Value]) -> None:
    space = document.now(image.get("ColorSpace"))
    kind = document.now(space[0]) if isinstance(space, list) and space else space
    if document.now(image.get("SMaskInData")) not in (None, 0) or (space is not None and kind not in _OWN_SPACES):
        _refuse_image()


def _check_fax(document: PreparedDocument, value: Value, filters: list[Filter], parameters: dict[str, Value]) -> None:
    image = document.dictionary_now(value)
    width, height = document.now(image.get("Width")), document.now(image.get("Height"))
    columns, kind = (parameters.get(key) for key in ("Columns", "K"))
    if (_USUAL_COLUMNS if columns is None else columns) != width or parameters.get("Rows") not in (None, 0, height):
        _refuse_image()
    if any(type(parameters.get(key)) not in (bool, type(None)) for key in _FAX_SWITCHES):
        _refuse_image()
    if kind is not None and (type(kind) is not int or kind > 0):
        _refuse_image()
    assert isinstance(width, int)
    assert isinstance(height, int)
    data, aligned = _without_outer(_data(document, value), filters), parameters.get("EncodedByteAlign") is True
    said = (width, height, kind, aligned)
    key = digest_of([data, b"fax", repr(said).encode()])
    if not _lengths.get(key, lambda: is_whole_fax(data, width, height, two_dimensions=bool(kind), aligned=aligned)):
        _refuse_image()


def _check_length(document: PreparedDocument, value: Value, filters: list[Filter], components: int) -> None:
    image = document.dictionary_now(value)
    width, height, bits = (document.now(image.get(key)) for key in ("Width", "Height", "BitsPerComponent"))
    if document.now(image.get("ImageMask")) is True:
        bits = 1
    assert isinstance(width, int)
    assert isinstance(height, int)
    assert isinstance(bits, int)
    needed = (width * components * bits + 7) // 8 * height
    length = document.now(image.get("Length"))
    if not filters and document.original.handler is None and isinstance(length, int):
        if length < needed:  # the file's grammar holds it to the data, which need not be read then
            _refuse_image()
        return
    raw = _data(document, value)
    key = digest_of([raw, repr((filters, needed)).encode()])
    if not _lengths.get(key, lambda: _has_length(raw, filters, needed)):
        _refuse_image()


def _has_length(raw: bytes, filters: list[Filter], needed: int) -> bool:
    if not filters:
        return len(raw) >= needed
    name, parameters = filters[-1]
    needed += _row_heads(parameters, needed)
    data = _without_outer(raw, filters)
    if name == "FlateDecode":
        return _inflates_to(data, needed)
    return len(_undone(data, (name, {"EarlyChange": parameters.get("EarlyChange")}))) >= needed


def _row_heads(parameters: dict[str, Value], needed: int) -> int:
    """With a PNG predictor each row begins with a byte of its own (7.4.4.4)."""
    if parameters.get("Predictor") in (None, 1, 2):
        return 0
    row = 1
    for key, usual in (("Colors", 1), ("BitsPerComponent", 8), ("Columns", 1)):
        said = parameters.get(key)
        number = usual if said is None else said
        if type(number) is not int or number < 1:
            refuse("doc_content", "image")
        row *= number
    return -(-needed // ((row + 7) // 8))


def _inflates_to(data: bytes, needed: int) -> bool:
    """Whether so many bytes come out, before any damage."""
    inflate, left = zlib.decompressobj(), needed
    try:
        while left > 0:
            piece = inflate.decompress(data, min(left, _PIECE))
            if not piece:
                return False
            left -= len(piece)
            data = inflate.unconsumed_tail
    except zlib.error:
        return False
    return True


def _without_outer(raw: bytes, filters: list[Filter]) -> bytes:
    """The data as the last filter finds them."""
    for one in filters[:-1]:
        raw = _undone(raw, one)
    return raw


def _undone(data: bytes, one: Filter) -> bytes:
    name, parameters = one
    if parameters.get("Predictor") not in (None, 1) or (name == "LZWDecode" and len(data) > _MAX_LZW):
        _refuse_image()
    early: Value = {"EarlyChange": 0} if parameters.get("EarlyChange") == 0 else None
    try:
        decoded, end = decode_one(data, 0, name, early, MAX_PAGE_CONTENT_BYTES)
    except CheckFailed:
        raise CheckFailed("doc_content", {"what": "image"}) from None
    if data[end:].strip(_WHITE):
        _refuse_image()
    return decoded
