"""Colour spaces in which every viewer finds the same colours (ISO 32000-2, 8.6).

Rules: a known family; no space all of whose colorants are ``None`` (PDFium paints with it, mupdf and pdf.js don't); the table of an
indexed space reaches to its highest index. The base of an indexed space and of one of patterns is read in the same way.
"""

from typing import Final

from mobile_app.device.document_checks.document import PreparedDocument, refuse
from mobile_app.device.document_checks.page_content.sources import decoded, is_stream, stream_of
from mobile_app.device.document_checks.syntax import Value

DEVICE: Final = {"DeviceGray": 1, "DeviceRGB": 3, "DeviceCMYK": 4, "Pattern": 0}
_BY_KIND: Final = {
    "DeviceGray": 1, "G": 1, "CalGray": 1, "DeviceRGB": 3, "RGB": 3, "CalRGB": 3, "Lab": 3, "DeviceCMYK": 4, "CMYK": 4,
}  # fmt: skip
_MAX_DEPTH: Final = 4
_MAX_COMPONENTS: Final = 32


def components_of(document: PreparedDocument, value: Value) -> tuple[int, bool]:
    """Components of a colour space, and whether it is one of patterns. Raises ``doc_content``."""
    parts = _parts(document, value)
    if document.now(parts[0]) != "Pattern":
        return plain_components(document, value), False
    return (plain_components(document, parts[1]) if len(parts) > 1 else 0), True


def plain_components(document: PreparedDocument, value: Value, depth: int = 0) -> int:
    """Components of a colour space that holds no patterns. Raises ``doc_content``."""
    parts = _parts(document, value)
    kind = document.now(parts[0])
    count: Value = _BY_KIND.get(kind) if isinstance(kind, str) else None
    if kind == "ICCBased" and len(parts) == 2 and is_stream(document, parts[1]):
        count = document.now(document.dictionary_now(parts[1]).get("N"))
    elif kind == "DeviceN" and len(parts) >= 4:
        count = _inks(document, parts[1])
    elif kind == "Separation" and len(parts) >= 4:
        count = _inks(document, [parts[1]])
    elif kind in ("Indexed", "I") and _has_whole_table(document, parts, depth):
        count = 1
    if type(count) is not int or not 1 <= count <= _MAX_COMPONENTS:
        refuse("doc_content", "colour_space")
    return count


def _parts(document: PreparedDocument, value: Value) -> list[Value]:
    space = document.now(value)
    return space if isinstance(space, list) and space else [space]


def _inks(document: PreparedDocument, value: Value) -> int | None:
    names = document.now(value)
    if not isinstance(names, list) or all(document.now(one) == "None" for one in names):
        return None
    return len(names)


def _has_whole_table(document: PreparedDocument, parts: list[Value], depth: int) -> bool:
    highest = document.now(parts[2]) if len(parts) == 4 and depth < _MAX_DEPTH else None
    if type(highest) is not int or not 0 <= highest <= 255:
        return False
    if is_stream(document, parts[3]):
        table: Value = decoded(document, stream_of(document, parts[3], "colour_space"))
    else:
        table = document.now(parts[3])
    return isinstance(table, bytes) and len(table) >= (highest + 1) * plain_components(document, parts[1], depth + 1)
