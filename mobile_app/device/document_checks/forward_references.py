"""Nothing of the original points at an object that only the increment defines.

Why: a reference to nothing reads as ``null`` (ISO 32000-2, 7.3.10) until the increment gives it something. An
original whose page lists the coming signature dictionary among its annotations would show whatever is written
into the gap.
"""

import re
from collections.abc import Set
from functools import lru_cache
from typing import Final

from mobile_app.device.document_checks.cross_references import IN_OBJECT_STREAM
from mobile_app.device.document_checks.document import PreparedDocument, refuse
from mobile_app.device.document_checks.syntax import END, WS, Ref

_COMMENTS: Final = rb"(?:" + WS + rb"|%[^\r\n]*+[\r\n])++"
_WITH_COMMENTS = re.compile(rb"(?<!\d)(\d++)" + _COMMENTS + rb"\d++" + _COMMENTS + rb"R" + END)
_SHORT: Final = 4096
_REFERENCE = re.compile(rb"(?<!\d)(\d++)" + WS + rb"++\d++" + WS + rb"++R" + END)


def check_forward_references(document: PreparedDocument) -> None:
    """No object of the original, in the file or in an object stream, names an object number that is new in
    the increment."""
    new = document.new_objects.keys()
    data, original = document.data, document.original
    for value in original.trailer.values():
        if isinstance(value, Ref) and value.number in new:
            refuse("doc_forward_reference", "trailer", number=value.number)
    values = document.original_values
    for start, end in zip(values[::2], values[1::2], strict=True):
        _refuse_new(bytes(data[start:end]), new)
    for container in {entry[1] for entry in original.entries.values() if entry[0] == IN_OBJECT_STREAM}:
        _refuse_new(original.object_stream(container).data, new)


def _refuse_new(text: bytes, new: Set[int]) -> None:
    named = _named_often(text) if len(text) <= _SHORT else _named(text)
    for number in named & new:
        refuse("doc_forward_reference", "reference", number=number)


def _named(text: bytes) -> frozenset[int]:
    """The object numbers that ``text`` refers to."""
    pattern = _REFERENCE if b"%" not in text else _WITH_COMMENTS
    return frozenset(int(number[-12:]) for number in pattern.findall(text))


_named_often = lru_cache(512)(_named)  # the documents of a batch come from one template
