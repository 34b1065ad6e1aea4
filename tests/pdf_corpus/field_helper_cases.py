"""Scripts under a field's triggers: which are known helpers (told), and which are not (refused). Held by upload and phone alike."""

from typing import Final


def _call(text: bytes, trigger: bytes = b"F", more: bytes = b"") -> bytes:
    escaped = text.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    return b"<< /%s << /S /JavaScript /JS (%s) %s >> >>" % (trigger, escaped, more)


_LONG: Final = b'AFDate_FormatEx("%s");'

#: Name → the field's /AA, and whether it is told (``True``) or refused.
FIELD_HELPERS: Final[dict[str, tuple[bytes, bool]]] = {
    "number_format": (_call(b'AFNumber_Format(2, 0, 0, 0, "", true);'), True),
    "number_keystroke": (_call(b'AFNumber_Keystroke(2, 0, 0, 0, "\\u20ac ", true);', b"K"), True),
    "percent": (_call(b"AFPercent_Format(2, 0)"), True),
    "date": (_call(b'AFDate_KeystrokeEx("dd.mm.yyyy");', b"K"), True),
    "date_in_single_quotes": (_call(b"AFDate_FormatEx('dd.mm.yyyy');"), True),
    "time": (_call(b"AFTime_Format( -1.5 )\r\n"), True),
    "special": (_call(b"AFSpecial_Format();"), True),
    "range": (_call(b"AFRange_Validate(true, 0, false, +100.0);", b"V", b"/Type /Action"), True),
    "typed_and_formatted": (_call(b"AFTime_Keystroke(0)", b"K")[:-2] + _call(b"AFTime_Format(0)")[2:], True),
    "white_space": (_call(b"\n AFNumber_Format \t( 2 ,0 ) ; "), True),
    "utf_16": (b"<< /F << /S /JavaScript /JS <%s> >> >>" % ("\ufeffAFTime_Format(0)".encode("utf-16-be").hex().encode()), True),
    "as_long_as_may_be": (_call(_LONG % (b"d" * (300 - len(_LONG) + 2))), True),
    "too_long": (_call(_LONG % (b"d" * (301 - len(_LONG) + 2))), False),
    "computed_from_others": (_call(b'AFSimple_Calculate("SUM", new Array ("a", "b"));', b"C"), False),
    "computed_under_format": (_call(b'AFSimple_Calculate("SUM");'), False),
    "under_calculate": (_call(b"AFTime_Format(0)", b"C"), False),
    "under_focus": (_call(b"AFTime_Format(0)", b"Fo"), False),
    "two_calls": (_call(b"AFTime_Format(0); AFTime_Format(0);"), False),
    "something_behind": (_call(b"AFTime_Format(0); app.alert(1)"), False),
    "something_before": (_call(b"x=1;AFTime_Format(0)"), False),
    "value_that_computes": (_call(b"AFTime_Format(app.alert(1))"), False),
    "value_that_is_a_name": (_call(b"AFTime_Format(zero)"), False),
    "value_that_is_empty": (_call(b"AFNumber_Format(2,,0)"), False),
    "value_missing": (_call(b"AFNumber_Format(2,)"), False),
    "values_without_comma": (_call(b"AFNumber_Format(2 0)"), False),
    "string_left_open": (_call(b'AFDate_FormatEx("dd);'), False),
    "string_with_quote": (_call(b'AFDate_FormatEx("a\\" + app.alert(1) + "b");'), False),
    "string_with_line": (_call(b'AFDate_FormatEx("dd\nmm");'), False),
    "string_not_ascii": (_call(b'AFDate_FormatEx("\xa0");'), False),
    "escape_of_another_kind": (_call(b'AFDate_FormatEx("\\x41");'), False),
    "function_unknown": (_call(b"AFMine_Format(0)"), False),
    "function_like_one": (_call(b"myAFTime_Format(0)"), False),
    "no_call": (_call(b"AFTime_Format"), False),
    "called_twice": (_call(b"AFTime_Format(0)(0)"), False),
    "more_behind_it": (_call(b"AFTime_Format(0)", b"F", b"/Next << /S /Named /N /NextPage >>"), False),
    "other_key": (_call(b"AFTime_Format(0)", b"F", b"/X 1"), False),
    "rendition": (b"<< /F << /S /Rendition /JS (AFTime_Format\\(0\\)) >> >>", False),
    "no_script": (b"<< /F << /S /JavaScript >> >>", False),
    "name_for_a_script": (b"<< /F << /S /JavaScript /JS /AFTime_Format >> >>", False),
}
