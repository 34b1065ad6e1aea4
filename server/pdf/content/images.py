"""Pictures that every viewer draws alike (ISO 32000-2, 8.9.5, 8.9.6, 11.6.5.2 and 7.4), or none at all.

Rules: a picture that is no stencil and no JPEG 2000 names a colour space that there is, with 1, 2, 4, 8 or 16 bits a sample; no key of an
inline image stands in it; filters that make pictures stand last; predictors are those that there are. Data are there for every sample
(more do no harm); a JPEG is as large and has as many colours as the dictionary says; fax data are lines of the picture's
width, of one kind, undamaged, as many as it is high (fax.py). A soft mask is grey, a mask by colour consists of whole numbers, two for
each component.
"""

import zlib
from typing import Final

from server.pdf.content.colours import space_components
from server.pdf.content.content_data import ContentData
from server.pdf.content.faults import Malformed, TooMuch
from server.pdf.content.fax import is_whole_fax
from server.pdf.content.filters import DECODERS, Damaged, lzw_late
from server.pdf.content.picture_headers import Header, jpeg_2000_header, jpeg_header
from server.pdf.inspect_graph import Dictionary, ObjectGraph

_BITS: Final = (1, 2, 4, 8, 16)
_PREDICTORS: Final = (None, 1, 2, 10, 11, 12, 13, 14, 15)
_PICTURES: Final = ("/DCTDecode", "/JPXDecode", "/CCITTFaxDecode", "/JBIG2Decode")
_SPACES_OF_JPEG_2000: Final = ("/DeviceGray", "/DeviceRGB", "/DeviceCMYK", "/CalGray", "/CalRGB", "/ICCBased")
_FAX_COLUMNS: Final = 1728  # where nothing is said (table 11)
_MAX_LZW_BYTES: Final = 4 << 20
_AT_A_TIME: Final = 1 << 20
Filter = tuple[str, Dictionary]


class Images:
    """The pictures of one file, each looked at once."""

    def __init__(self, graph: ObjectGraph, data: ContentData) -> None:
        self._graph = graph
        self._data = data
        self._checked: set[tuple[str, bool]] = set()

    def check(self, reference: str, *, soft: bool = False) -> None:
        """Judge the picture under ``reference``; ``soft``: as a soft mask. Raises ``Malformed``."""
        if (reference, soft) in self._checked:
            return
        graph, image = self._graph, self._graph.dictionary(reference)
        if soft and graph.get(image, "/ColorSpace") != "/DeviceGray":
            raise Malformed("image")
        filters = self._filters(image)
        last, parameters = filters[-1] if filters else ("", {})
        components = self._components(image, last)
        self._check_mask(image, components)
        if last == "/DCTDecode":
            self._check_size(image, jpeg_header(self._encoded(reference, filters)), components)
        elif last == "/JPXDecode":
            self._check_jpeg_2000(image, self._encoded(reference, filters), components)
        elif last == "/CCITTFaxDecode":
            self._check_fax(image, parameters, self._encoded(reference, filters))
        elif last != "/JBIG2Decode":
            self._check_length(image, reference, filters, components)
        self._checked.add((reference, soft))

    def _filters(self, image: Dictionary) -> list[Filter]:
        graph = self._graph
        value, stated = graph.get(image, "/Filter"), graph.get(image, "/DecodeParms")
        names = [graph.resolve(one) for one in value] if isinstance(value, list) else [] if value is None else [value]
        each = stated if isinstance(stated, list) else [stated]
        found = [(name, graph.dictionary(each[place]) if place < len(each) else {}) for place, name in enumerate(names)]
        for place, (name, parameters) in enumerate(found):
            if not isinstance(name, str):
                raise Malformed("image")
            if name not in DECODERS and (name not in _PICTURES or place + 1 < len(found)):
                raise Malformed("image")
            if name in DECODERS and graph.get(parameters, "/Predictor") not in _PREDICTORS:
                raise Malformed("image")
            if name in DECODERS and graph.get(parameters, "/EarlyChange") not in (None, 0, 1):
                raise Malformed("image")
        return found

    def _components(self, image: Dictionary, last: str) -> int:
        """Components of a sample; 0 for a JPEG 2000 that brings its own."""
        graph = self._graph
        space, bits, stencil = (graph.get(image, key) for key in ("/ColorSpace", "/BitsPerComponent", "/ImageMask"))
        if type(stencil) not in (bool, type(None)) or type(bits) not in (int, type(None)) or (stencil and bits not in (None, 1)):
            raise Malformed("image")
        if stencil:
            return 1
        if last == "/JPXDecode" and space is None:
            return 0
        if space is None or (bits is None and last not in _PICTURES) or (bits is not None and bits not in _BITS):
            raise Malformed("image")
        return space_components(graph, self._data, space)

    def _check_mask(self, image: Dictionary, components: int) -> None:
        mask = self._graph.get(image, "/Mask")
        if isinstance(mask, list):
            values = [self._graph.resolve(one) for one in mask]
            if not all(type(one) is int for one in values) or (components and len(values) != 2 * components):
                raise Malformed("image")

    def _check_size(self, image: Dictionary, found: Header | None, components: int) -> None:
        size = (self._graph.get(image, "/Width"), self._graph.get(image, "/Height"))
        if found is None or (found.width, found.height) != size or (components and found.components != components):
            raise Malformed("image")

    def _check_jpeg_2000(self, image: Dictionary, data: bytes, components: int) -> None:
        graph = self._graph
        space = graph.get(image, "/ColorSpace")
        family = graph.resolve(space[0]) if isinstance(space, list) and space else space
        if graph.get(image, "/SMaskInData") not in (None, 0) or (space is not None and family not in _SPACES_OF_JPEG_2000):
            raise Malformed("image")
        self._check_size(image, jpeg_2000_header(data), components)

    def _check_fax(self, image: Dictionary, parameters: Dictionary, data: bytes) -> None:
        graph = self._graph
        width, height = graph.get(image, "/Width"), graph.get(image, "/Height")
        columns, rows, kind = (graph.get(parameters, key) for key in ("/Columns", "/Rows", "/K"))
        if (_FAX_COLUMNS if columns is None else columns) != width or rows not in (None, 0, height):
            raise Malformed("image")
        switches = [graph.get(parameters, key) for key in ("/EncodedByteAlign", "/EndOfLine", "/EndOfBlock", "/BlackIs1")]
        if not all(type(one) in (bool, type(None)) for one in switches) or not (kind is None or (type(kind) is int and kind <= 0)):
            raise Malformed("image")
        if not is_whole_fax(data, width, height, two_dimensions=bool(kind), aligned=switches[0] is True):
            raise Malformed("image")

    def _encoded(self, reference: str, filters: list[Filter]) -> bytes:
        """The picture as its own filter finds it."""
        data = self._data.raw(reference)
        for one in filters[:-1]:
            data = self._decoded(data, one)
        return data

    def _decoded(self, data: bytes, one: Filter) -> bytes:
        name, parameters = one
        if self._graph.get(parameters, "/Predictor") not in (None, 1) or (name == "/LZWDecode" and len(data) > _MAX_LZW_BYTES):
            raise Malformed("image")
        early = self._graph.get(parameters, "/EarlyChange") != 0 or name != "/LZWDecode"
        try:
            return DECODERS[name](data) if early else lzw_late(data)
        except (Damaged, TooMuch):
            raise Malformed("image") from None

    def _check_length(self, image: Dictionary, reference: str, filters: list[Filter], components: int) -> None:
        graph = self._graph
        bits = 1 if graph.get(image, "/ImageMask") is True else graph.get(image, "/BitsPerComponent")
        row = (graph.get(image, "/Width") * components * bits + 7) // 8
        needed = row * graph.get(image, "/Height")
        data = self._data.raw(reference)
        for one in filters[:-1]:
            data = self._decoded(data, one)
        if not filters:
            found = len(data)
        else:
            needed += self._predictor_bytes(filters[-1][1], needed)
            found = _inflated(data, needed) if filters[-1][0] == "/FlateDecode" else self._length_of(data, filters[-1])
        if found < needed:
            raise Malformed("image")

    def _length_of(self, data: bytes, one: Filter) -> int:
        name, parameters = one
        plain = {key: value for key, value in parameters.items() if key != "/Predictor"}
        return len(self._decoded(data, (name, plain)))

    def _predictor_bytes(self, parameters: Dictionary, needed: int) -> int:
        """How many bytes say by which predictor a row is written (7.4.4.4): one for each row."""
        graph = self._graph
        if graph.get(parameters, "/Predictor") in (None, 1, 2):
            return 0
        said = [graph.get(parameters, key) for key in ("/Colors", "/BitsPerComponent", "/Columns")]
        colours, bits, columns = (other if one is None else one for one, other in zip(said, (1, 8, 1), strict=True))
        if not all(type(one) is int and one > 0 for one in (colours, bits, columns)):
            raise Malformed("image")
        row = (colours * bits * columns + 7) // 8
        return int(-(-needed // row))


def _inflated(data: bytes, needed: int) -> int:
    """How many bytes Flate data give, as far as ``needed``; what comes behind is of no matter."""
    decoder, found = zlib.decompressobj(), 0
    try:
        while found < needed:
            part = decoder.decompress(data, min(_AT_A_TIME, needed - found))
            if not part:
                break
            found, data = found + len(part), decoder.unconsumed_tail
    except zlib.error:
        return found
    return found
