"""Scripts of form fields that are nothing but a call of the viewers' own functions for numbers, dates, times and the like.

Every maker of forms writes them for a field that takes a date or an amount: one call of a function that Acrobat brought along
(``AFNumber_*``, ``AFDate_*`` …), on typing (/K), formatting (/F) or checking (/V). Such a call does nothing else, so it is told and
not refused. Rules: known by exact form. One action with no key but /Type, /S and /JS; /JS is a string that holds one call of a listed
function with plain numbers, truth values and strings; an encrypted file is out, since the phone can't read its strings. Functions that
compute other fields (``AFSimple_Calculate``) are out. Nothing but a script could put another function under such a name, and those that
run by themselves are refused (ISO 32000-2, 12.6.3, table 199, and 12.6.4.17).
"""

import re
from typing import Final

from server.pdf.inspect_graph import Dictionary, ObjectGraph, text

#: The triggers of a field under which a helper may stand.
HELPER_TRIGGERS: Final = frozenset(("/K", "/F", "/V"))
MAX_HELPER_CHARACTERS: Final = 300

_KEYS: Final = frozenset(("/Type", "/S", "/JS"))
_FUNCTION: Final = (
    r"AF(?:(?:Number|Percent|Date|Time|Special)_(?:Keystroke|Format)|(?:Date|Special)_KeystrokeEx|(?:Date|Time)_FormatEx|Range_Validate)"
)
_CHARACTERS: Final = r"(?:[ %s\[\]-~]|\\u[0-9A-Fa-f]{4})*+"
_VALUE: Final = (
    r"(?:[+-]?\d{1,12}(?:\.\d{0,12})?|true|false|"
    rf"""\"{_CHARACTERS.replace("%s", "!#-")}\"|'{_CHARACTERS.replace("%s", "!-&(-")}')"""
)
_CALL: Final = re.compile(
    rf"\s*{_FUNCTION}\s*\(\s*(?:{_VALUE}(?:\s*,\s*{_VALUE})*+)?+\s*\)\s*;?\s*", re.ASCII
)


def is_field_helper(graph: ObjectGraph, action: Dictionary) -> bool:
    """Whether the action is one call of a helper, by exact form."""
    if graph.encrypted or action.keys() - _KEYS or graph.get(action, "/S") != "/JavaScript":
        return False
    call = text(graph.get(action, "/JS"))
    return call is not None and len(call) <= MAX_HELPER_CHARACTERS and _CALL.fullmatch(call) is not None
