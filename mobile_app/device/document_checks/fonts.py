"""The stamp's fonts: embedded, new, and of known kinds (ISO 32000-2, 9.6 to 9.9).

Why: a font that is not embedded looks different on each machine, and a Type 3 font is content under another
name.
"""

from typing import Final

from mobile_app.device.document_checks.appearance import fonts_of
from mobile_app.device.document_checks.document import PreparedDocument, refuse
from mobile_app.device.document_checks.syntax import Ref, Value

_FONT: Final = frozenset(
    (
        "Type",
        "Subtype",
        "BaseFont",
        "Name",
        "Encoding",
        "FirstChar",
        "LastChar",
        "Widths",
        "FontDescriptor",
        "ToUnicode",
        "DescendantFonts",
    )
)
_CID_FONT: Final = frozenset(
    ("Type", "Subtype", "BaseFont", "CIDSystemInfo", "FontDescriptor", "DW", "W", "DW2", "W2", "CIDToGIDMap")
)
_DESCRIPTOR: Final = frozenset(
    (
        "Type", "FontName", "FontFamily", "FontStretch", "FontWeight", "Flags",
        "FontBBox", "ItalicAngle", "Ascent", "Descent", "Leading",
        "CapHeight", "XHeight", "StemV", "StemH",
        "AvgWidth", "MaxWidth", "MissingWidth", "FontFile2", "FontFile3", "CIDSet", "CharSet",
    )
)  # fmt: skip
_ENCODING: Final = frozenset(("Type", "BaseEncoding", "Differences"))
_FONT_STREAM: Final = frozenset(
    (
        "Length",
        "Length1",
        "Length2",
        "Length3",
        "Subtype",
        "Filter",
        "DecodeParms",
        "Type",
        "CMapName",
        "CIDSystemInfo",
        "UseCMap",
    )
)
_KINDS: Final = frozenset(("Type0", "Type1", "TrueType", "MMType1"))


def check_fonts(document: PreparedDocument) -> None:
    """Each font of the appearance is new, known and embedded, down to its file."""
    for font in fonts_of(document):
        value = _new_dictionary(document, font, _FONT)
        if value.get("Subtype") not in _KINDS:
            refuse("doc_font", "kind")
        descendants = value.get("DescendantFonts")
        described = value
        if value["Subtype"] == "Type0":
            if (
                not isinstance(descendants, list)
                or len(descendants) != 1
                or not isinstance(value.get("Encoding"), str)
            ):
                refuse("doc_font", "descendant")
            described = _new_dictionary(document, descendants[0], _CID_FONT)
            _check_streams(document, [described.get("CIDToGIDMap")])
        elif isinstance(value.get("Encoding"), Ref | dict):
            _new_dictionary(document, value["Encoding"], _ENCODING)
        _check_streams(document, [value.get("ToUnicode")])
        descriptor = _new_dictionary(document, described.get("FontDescriptor"), _DESCRIPTOR)
        files = [descriptor[key] for key in ("FontFile2", "FontFile3") if key in descriptor]
        if len(files) != 1:
            refuse("doc_font", "not_embedded")
        _check_streams(document, [*files, descriptor.get("CIDSet")])


def _new_dictionary(document: PreparedDocument, value: Value, known: frozenset[str]) -> dict[str, Value]:
    if isinstance(value, Ref):
        found = document.new_objects.get(value.number)
        value = None if found is None or found.stream is not None else found.value
    if not isinstance(value, dict) or value.keys() - known:
        refuse(
            "doc_font", "dictionary", keys=sorted(value.keys() - known)[:8] if isinstance(value, dict) else []
        )
    return value


def _check_streams(document: PreparedDocument, references: list[Value]) -> None:
    for reference in references:
        if reference is None or isinstance(reference, str):
            continue
        found = document.new_objects.get(reference.number) if isinstance(reference, Ref) else None
        if (
            found is None
            or found.stream is None
            or not isinstance(found.value, dict)
            or found.value.keys() - _FONT_STREAM
        ):
            refuse("doc_font", "stream")
