"""The signature dictionary: the gap is its ``/Contents``, and it says just what the server writes (ISO 32000-2,
12.8.1, table 255).

What viewers show beside the signature (name, reason, time) is handed on, so that the person sees it too.
"""

import re
from typing import Final

from mobile_app.device.document_checks.document import PreparedDocument, refuse
from mobile_app.device.document_checks.limits import MAX_SIGNATURE_TEXT_BYTES
from mobile_app.device.document_checks.syntax import GAP

SUB_FILTER: Final = "ETSI.CAdES.detached"
TEXT_KEYS: Final = ("Name", "Reason", "M")
_KEYS: Final = frozenset(("Type", "Filter", "SubFilter", "ByteRange", "Contents", "Name", "M"))
_DATE: Final = re.compile(rb"D:\d{14}[+-]\d\d'\d\d'")


def check_gap_is_contents(document: PreparedDocument) -> None:
    """The gap is the value of ``/Contents`` of the signature of the very field being signed, and
    ``/ByteRange`` leaves out just it."""
    signature = document.signing.signature_value
    if signature.get("Contents") is not GAP:
        refuse("doc_gap_not_contents", "contents")
    said = signature.get("ByteRange")
    if said != list(document.expected.byte_range) or not all(type(number) is int for number in said):
        refuse("doc_gap_not_contents", "byte_range")


def check_signature_dictionary(document: PreparedDocument) -> None:
    """It is a new object with the server's keys: an approval signature of the PAdES kind, not a certification,
    no appearance. Only a reason may stand there besides."""
    signing = document.signing
    signature = signing.signature_value
    if signing.signature.number not in document.new_objects or signature.keys() - {"Reason"} != _KEYS:
        refuse("doc_signature_dictionary", "keys", keys=sorted(signature.keys() ^ _KEYS)[:8])
    if (signature["Type"], signature["Filter"], signature["SubFilter"]) != ("Sig", "Adobe.PPKLite", SUB_FILTER):
        refuse("doc_signature_dictionary", "kind")
    for key in TEXT_KEYS:
        text = signature.get(key, b"")
        if not isinstance(text, bytes) or len(text) > MAX_SIGNATURE_TEXT_BYTES:
            refuse("doc_signature_dictionary", "text", key=key)
        if key == "M" and not _DATE.fullmatch(text):
            refuse("doc_signature_dictionary", "time")


def text_of(value: bytes) -> str:
    """Decode a text string (7.9.2.2); what is not UTF-16 or UTF-8 is read as Latin-1, which shows every
    byte."""
    if value.startswith(b"\xfe\xff"):
        return value[2:].decode("utf-16-be", "replace")
    if value.startswith(b"\xff\xfe"):
        return value[2:].decode("utf-16-le", "replace")
    if value.startswith(b"\xef\xbb\xbf"):
        return value[3:].decode("utf-8", "replace")
    return value.decode("latin-1")


def texts_of(document: PreparedDocument) -> tuple[tuple[str, str], ...]:
    """Return what viewers will show beside the signature, as (key, text)."""
    signature = document.signing.signature_value
    return tuple((key, text_of(text)) for key in TEXT_KEYS if isinstance(text := signature.get(key), bytes))
