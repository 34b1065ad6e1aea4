"""What is shown comes from these bytes alone, and opens without running anything.

Rules: no stream keeps its data in another file (ISO 32000-2, 7.3.8.1); no XFA form; no JavaScript, launch or
import action that runs when the document or its signed page opens (12.6.3). The server refuses these at
upload; the phone does not take its word for it.
"""

import re
from typing import Final

from mobile_app.device.document_checks.document import PreparedDocument, refuse
from mobile_app.device.document_checks.syntax import END, Value, read_value

_REFUSED_ACTIONS: Final = frozenset(
    ("JavaScript", "Launch", "ImportData", "SubmitForm", "Rendition", "RichMediaExecute")
)
# The key as it stands, or a name with an escape that could hide it.
_FILE_KEY = re.compile(rb"/F" + END + rb"|#")
_MAX_ACTIONS: Final = 64


def check_external_streams(document: PreparedDocument) -> None:
    """No stream of the original says ``/F``: its data would not be in the signed bytes. (The increment's
    keys are all known.)"""
    data, end = document.data, document.expected.original_length
    streams = document.original_streams
    for start, value_end in zip(streams[::2], streams[1::2], strict=True):
        if not _FILE_KEY.search(data, start, value_end):
            continue
        value, _ = read_value(data, start, end)
        if isinstance(value, dict) and value.get("F") is not None:
            refuse("doc_external_stream", "stream", offset=start)


def check_active_content(document: PreparedDocument) -> None:
    """Neither the catalog nor the form starts anything by itself."""
    catalog = document.dictionary_before(document.original.trailer.get("Root"))
    form = document.dictionary_before(catalog.get("AcroForm"))
    if form.get("XFA") is not None:
        refuse("doc_active_content", "xfa")
    if document.dictionary_before(catalog.get("Names")).get("JavaScript") is not None:
        refuse("doc_active_content", "javascript")
    waiting: list[Value] = [catalog.get("OpenAction")]
    for holder in (catalog, document.dictionary_before(document.signing.page)):
        waiting += document.dictionary_before(holder.get("AA")).values()
    for _ in range(_MAX_ACTIONS):
        if not waiting:
            return
        action = document.dictionary_before(waiting.pop())
        if not action:
            continue
        if action.get("S") in _REFUSED_ACTIONS:
            refuse("doc_active_content", "action", kind=action["S"])
        following = document.original.value(action.get("Next"))
        waiting += following if isinstance(following, list) else [following]
    refuse("doc_active_content", "too_many_actions")
