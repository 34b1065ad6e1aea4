"""Field scripts that only call what viewers bring along: the formats and checks for numbers, dates, times, percentages.

Acrobat's functions ``AFNumber_Format`` and the like are called by nearly every form with an amount or a date in it. A call that has exactly
that form can do nothing else, so the person is told and the document is not refused (ISO 32000-2, 12.6.3 and 12.6.4.17).
Rules: under /K, /F or /V of additional actions; no further key and no /Next; /JS is a string of at most 300 characters with one call, its
values plain. Nothing of the kind is recognised in an encrypted document, whose strings can't be read here. What computes a value from other
fields is no helper.
"""

import re
from typing import Final

from mobile_app.device.document_checks.document import PreparedDocument
from mobile_app.device.document_checks.signature_dictionary import text_of
from mobile_app.device.document_checks.syntax import Value

TRIGGERS: Final = ("K", "F", "V")

_ALLOWED_KEYS: Final = {"Type", "S", "JS"}
_LONGEST: Final = 300
_FUNCTIONS: Final = frozenset(
    (
        "AFNumber_Keystroke", "AFNumber_Format", "AFPercent_Keystroke", "AFPercent_Format", "AFDate_Keystroke", "AFDate_KeystrokeEx",
        "AFDate_Format", "AFDate_FormatEx", "AFTime_Keystroke", "AFTime_Format", "AFTime_FormatEx", "AFSpecial_Keystroke",
        "AFSpecial_KeystrokeEx", "AFSpecial_Format", "AFRange_Validate",
    )
)  # fmt: skip
_WHITE: Final = " \t\n\r\v\f"
_SHAPE: Final = re.compile(r"([A-Za-z_]+)[ \t\n\r\v\f]*\((.*)\)", re.DOTALL)
_ARGUMENT: Final = re.compile(
    r"[ \t\n\r\v\f]*(?:[+-]?[0-9]{1,12}(?:\.[0-9]{0,12})?|true|false"
    r'|"(?:[ !#-\[\]-~]|\\u[0-9A-Fa-f]{4})*"'
    r"|'(?:[ -&(-\[\]-~]|\\u[0-9A-Fa-f]{4})*')[ \t\n\r\v\f]*"
)


def is_field_helper(document: PreparedDocument, action: Value) -> bool:
    """Whether the action, or what it refers to, is one call of a viewer's own helper."""
    action = document.original.value(action)
    if not isinstance(action, dict) or action.keys() - _ALLOWED_KEYS or "Encrypt" in document.original.trailer:
        return False
    script = document.original.value(action.get("JS"))
    if document.original.value(action.get("S")) != "JavaScript" or not isinstance(script, bytes):
        return False
    call = text_of(script)
    return len(call) <= _LONGEST and _is_call(call.strip(_WHITE))


def _is_call(text: str) -> bool:
    shape = _SHAPE.fullmatch(text.removesuffix(";").rstrip(_WHITE))
    if shape is None or shape[1] not in _FUNCTIONS:
        return False
    given = shape[2]
    if not given.strip(_WHITE):
        return True
    position = 0
    while argument := _ARGUMENT.match(given, position):
        position = argument.end()
        if position == len(given):
            return True
        if given[position] != ",":
            return False
        position += 1
    return False
