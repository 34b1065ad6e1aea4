"""The dictionaries and streams of the prepared document, as a viewer finds them: the increment's before the original's."""

from typing import Final

from mobile_app.device.document_checks.cross_references import IN_FILE
from mobile_app.device.document_checks.document import PreparedDocument, refuse
from mobile_app.device.document_checks.limits import MAX_PAGE_CONTENT_BYTES
from mobile_app.device.document_checks.page_content.stream_filters import decode
from mobile_app.device.document_checks.syntax import Ref, Value

Stream = tuple[dict[str, Value], bytes]
"""A stream's dictionary and its data, decrypted and still filtered."""

_SINGLE: Final = (str, dict)


def is_stream(document: PreparedDocument, value: Value) -> bool:
    """Say whether ``value`` is a reference to a stream."""
    if not isinstance(value, Ref):
        return False
    found = document.increment.objects.get(value.number)
    if found is not None:
        return found.generation == value.generation and found.stream is not None
    original = document.original
    entry = original.entries.get(value.number)
    if entry is None or entry[0] != IN_FILE or entry[2] != value.generation:
        return False
    return original.read_at(entry[1]).stream is not None


def stream_of(document: PreparedDocument, value: Value, what: str) -> Stream:
    """The stream behind a reference; anything else is refused under the word ``what``."""
    if not isinstance(value, Ref) or not is_stream(document, value):
        refuse("doc_content", what)
    found = document.increment.objects.get(value.number)
    if found is None:
        return document.original.stream(value)
    begin, end = found.stream or (0, 0)
    raw = bytes(document.data[begin:end])
    handler = document.original.handler
    return document.dictionary_now(value), raw if handler is None else handler.stream(raw, value)


def filters_of(document: PreparedDocument, dictionary: dict[str, Value]) -> tuple[list[Value], list[Value]]:
    """Names of the filters and their parameters, in order."""
    names, parameters = document.now(dictionary.get("Filter")), document.now(dictionary.get("DecodeParms"))
    listed = [document.now(one) for one in names] if isinstance(names, list) else [] if names is None else [names]
    of_each = [document.now(one) for one in parameters] if isinstance(parameters, list) else [parameters]
    return listed, of_each


def decoded(document: PreparedDocument, stream: Stream, most: int = MAX_PAGE_CONTENT_BYTES) -> bytes:
    """The stream's content, at most ``most`` bytes."""
    return decode(stream[1], *filters_of(document, stream[0]), most)
