"""What is shown comes from these bytes alone.

Rules: no stream keeps its data in another file (ISO 32000-2, 7.3.8.1), and no form XObject is drawn from
another one (8.10.4). The server refuses these at upload; the phone does not take its word for it.
"""

import re

from mobile_app.device.document_checks.document import PreparedDocument, refuse
from mobile_app.device.document_checks.syntax import END, read_value

# The key as it stands, or a name with an escape that could hide it.
_FILE_KEY = re.compile(rb"/(?:F|Ref)" + END + rb"|#")


def check_external_streams(document: PreparedDocument) -> None:
    """No stream of the original says ``/F``, or refers to a page of another file: what it shows would not be in the
    signed bytes. (The increment's keys are all known.)"""
    data, end = document.data, document.expected.original_length
    streams = document.original_streams
    for start, value_end in zip(streams[::2], streams[1::2], strict=True):
        if not _FILE_KEY.search(data, start, value_end):
            continue
        value, _ = read_value(data, start, end)
        if not isinstance(value, dict):
            continue
        if value.get("F") is not None:
            refuse("doc_external_stream", "stream", offset=start)
        if document.dictionary_before(value.get("Ref")).get("F") is not None:
            refuse("doc_external_stream", "reference", offset=start)
