"""The bytes of content streams, decoded exactly or refused (ISO 32000-2, 7.4 and 7.8.2).

Rules: a stream that draws must decode to its end by filters that are no picture's and need no parameters; otherwise viewers draw what
they could save of it, each its own part. What one stream decodes to is bounded.
"""

import pikepdf

from server.pdf.content.faults import Malformed
from server.pdf.content.filters import DECODERS, Damaged, lzw_late
from server.pdf.inspect_graph import Dictionary, ObjectGraph, Value, is_reference


class ContentData:
    """Decoded streams of one file."""

    def __init__(self, pdf: pikepdf.Pdf, graph: ObjectGraph) -> None:
        self._pdf = pdf
        self._graph = graph

    def read(self, reference: str) -> bytes:
        """The decoded bytes of the stream ``reference``. Raises ``Malformed`` and ``TooMuch``."""
        data = self.raw(reference)
        for name, early in self._filters(self._graph.dictionary(reference)):
            decoder = DECODERS.get(name)
            if decoder is None:
                raise Malformed("content_data")
            if not data:
                continue  # writers leave the filter of a stream that has become empty: nothing is drawn, whoever draws
            try:
                data = decoder(data) if early else lzw_late(data)
            except Damaged:
                raise Malformed("content_data") from None
        return data

    def raw(self, reference: str) -> bytes:
        """The bytes of the stream ``reference`` as they are filtered, decrypted. Raises ``Malformed``."""
        number, generation, _ = reference.split()
        try:
            return self._pdf.get_object(int(number), int(generation)).read_raw_bytes()
        except pikepdf.PdfError:
            raise Malformed("content_data") from None

    def page_streams(self, contents: Value) -> tuple[str, ...]:
        """The references of a page's content streams; none for a page without content."""
        graph = self._graph
        value = graph.resolve(contents)
        if value is None:
            return ()
        parts = value if isinstance(value, list) else [contents]
        found = []
        for part in parts:
            reference = self.stream_of(part)
            if not reference:
                raise Malformed("content_data")
            found.append(reference)
        return tuple(found)

    def stream_of(self, value: Value) -> str:
        """The reference under which the stream stands that ``value`` refers to, empty when it is none."""
        for _ in range(32):
            if not is_reference(value):
                return ""
            if value in self._graph.streams:
                return str(value)
            value = self._graph.objects.get(value)
        return ""

    def _filters(self, dictionary: Dictionary) -> list[tuple[str, bool]]:
        """Names in order, and whether codes grow early, which only LZW can say otherwise."""
        graph = self._graph
        value = graph.resolve(dictionary.get("/Filter"))
        names = [graph.resolve(one) for one in value] if isinstance(value, list) else [] if value is None else [value]
        stated = graph.resolve(dictionary.get("/DecodeParms"))
        parameters = stated if isinstance(stated, list) else [stated]
        if len(names) > _MAX_FILTERS or not all(isinstance(name, str) for name in names):
            raise Malformed("content_data")
        found = []
        for number, name in enumerate(names):
            each = graph.dictionary(parameters[number]) if number < len(parameters) else {}
            early = graph.get(each, "/EarlyChange")
            if graph.get(each, "/Predictor") not in (None, 1) or early not in (None, 0, 1):
                raise Malformed("content_data")
            if name != "/Crypt":
                found.append((name, early != 0 or name != "/LZWDecode"))
        return found


_MAX_FILTERS = 8
