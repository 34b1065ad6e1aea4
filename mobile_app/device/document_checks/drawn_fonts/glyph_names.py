"""Names of glyphs and the characters that they stand for, and the three encodings that PDF names (ISO 32000-2, annex D).

Rules: names of the Latin text encodings, letters with one accent or two, Greek and Cyrillic ones, ``uniXXXX`` and ``uXXXXX`` are known; any
other name stands for no character here. What Unicode knows (accents, the codes of Windows and Macintosh) is asked there and not written
down again.
"""

import re
import unicodedata
from functools import cache
from typing import Final

from mobile_app.device.document_checks.document import PreparedDocument
from mobile_app.device.document_checks.syntax import Value

_SIGNS: Final = {
    "space": " ", "exclam": "!", "quotedbl": '"', "numbersign": "#", "dollar": "$", "percent": "%", "ampersand": "&",
    "quotesingle": "'", "parenleft": "(", "parenright": ")", "asterisk": "*", "plus": "+", "comma": ",", "hyphen": "-",
    "period": ".", "slash": "/", "zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6",
    "seven": "7", "eight": "8", "nine": "9", "colon": ":", "semicolon": ";", "less": "<", "equal": "=", "greater": ">",
    "question": "?", "at": "@", "bracketleft": "[", "backslash": "\\", "bracketright": "]", "asciicircum": "^",
    "underscore": "_", "grave": "`", "braceleft": "{", "bar": "|", "braceright": "}", "asciitilde": "~",
    "exclamdown": "¡", "cent": "¢", "sterling": "£", "currency": "¤", "yen": "¥", "brokenbar": "¦", "section": "§",
    "dieresis": "¨", "copyright": "©", "ordfeminine": "ª", "guillemotleft": "«", "logicalnot": "¬", "registered": "®",
    "macron": "¯", "degree": "°", "plusminus": "±", "twosuperior": "²", "threesuperior": "³", "acute": "´", "mu": "µ",
    "paragraph": "¶", "periodcentered": "·", "cedilla": "¸", "onesuperior": "¹", "ordmasculine": "º",
    "guillemotright": "»", "onequarter": "¼", "onehalf": "½", "threequarters": "¾", "questiondown": "¿", "AE": "Æ",
    "Eth": "Ð", "multiply": "×", "Oslash": "Ø", "Thorn": "Þ", "germandbls": "ß", "ae": "æ", "eth": "ð", "divide": "÷",
    "oslash": "ø", "thorn": "þ", "dotlessi": "ı", "Lslash": "Ł", "lslash": "ł", "OE": "Œ", "oe": "œ", "florin": "ƒ",
    "Dcroat": "Đ", "dcroat": "đ", "circumflex": "ˆ", "caron": "ˇ", "breve": "˘", "dotaccent": "˙", "ring": "˚",
    "ogonek": "˛", "tilde": "˜", "hungarumlaut": "˝", "endash": "–", "emdash": "—", "quoteleft": "‘", "quoteright": "’",
    "quotesinglbase": "‚", "quotedblleft": "“", "quotedblright": "”", "quotedblbase": "„", "dagger": "†",
    "daggerdbl": "‡", "bullet": "•", "ellipsis": "…", "perthousand": "‰", "guilsinglleft": "‹", "guilsinglright": "›",
    "fraction": "⁄", "Euro": "€", "trademark": "™", "minus": "−", "fi": "ﬁ", "fl": "ﬂ", "Omega": "Ω", "pi": "π",
    "partialdiff": "∂", "Delta": "∆", "product": "∏", "summation": "∑", "radical": "√", "infinity": "∞",
    "integral": "∫", "approxequal": "≈", "notequal": "≠", "lessequal": "≤", "greaterequal": "≥", "lozenge": "◊",
    "franc": "₣", "dong": "₫",
}  # fmt: skip
_ACCENTS: Final = {
    "grave": 0x300, "acute": 0x301, "circumflex": 0x302, "tilde": 0x303, "macron": 0x304, "breve": 0x306,
    "dotaccent": 0x307, "dieresis": 0x308, "hookabove": 0x309, "ring": 0x30A, "hungarumlaut": 0x30B, "caron": 0x30C,
    "horn": 0x31B, "dotbelow": 0x323, "cedilla": 0x327, "ogonek": 0x328,
}  # fmt: skip
_BY_NUMBER: Final = re.compile(r"uni([0-9A-F]{4})|u([0-9A-F]{4,6})")
_ACCENTED: Final = re.compile("([A-Za-z])({0})({0})?".format("|".join(_ACCENTS)))
_GREEK: Final = re.compile(r"([A-Za-z][a-z]{1,6}?)(dieresis)?(tonos)?")
# Greek names that stand for signs (``_SIGNS``), or for different characters in different lists.
_NOT_GREEK: Final = frozenset(("mu", "Omega", "Delta", "pi", "Mu"))
_CYRILLIC: Final = re.compile(r"afii(10\d{3})")


@cache
def character_of(name: str) -> int | None:
    """The character that a glyph's name stands for, or ``None``."""
    if len(name) == 1 and name.isascii() and name.isalpha():
        return ord(name)
    if name in _SIGNS:
        return ord(_SIGNS[name])
    if numbered := _BY_NUMBER.fullmatch(name):
        return int(numbered[1] or numbered[2], 16)
    if accented := _ACCENTED.fullmatch(name):
        marks = "".join(chr(_ACCENTS[accent]) for accent in accented.groups()[1:] if accent)
        return _composed(accented[1] + marks)
    if cyrillic := _CYRILLIC.fullmatch(name):
        return _CYRILLIC_LETTERS.get(int(cyrillic[1]))
    greek = _GREEK.fullmatch(name)
    return None if greek is None or name in _NOT_GREEK else _of_greek(greek)


def _composed(text: str) -> int | None:
    composed = unicodedata.normalize("NFC", text)
    return ord(composed) if len(composed) == 1 else None


def _of_greek(name: re.Match[str]) -> int | None:
    size, spelt = "CAPITAL" if name[1][0].isupper() else "SMALL", name[1].upper().replace("LAMBDA", "LAMDA")
    try:
        letter = unicodedata.lookup(f"GREEK {size} LETTER {spelt}")
    except KeyError:
        return None
    return _composed(letter + (chr(_ACCENTS["dieresis"]) if name[2] else "") + (chr(_ACCENTS["acute"]) if name[3] else ""))


def _cyrillic_letters() -> dict[int, int]:
    """Numbers of the Russian letters in the names that begin with ``afii``: the alphabet, with Ё behind Е."""
    letters: dict[int, int] = {}
    for first, start, extra in ((10017, "А", "Ё"), (10065, "а", "ё")):
        alphabet = [chr(ord(start) + number) for number in range(32)]
        letters |= {first + number: ord(letter) for number, letter in enumerate([*alphabet[:6], extra, *alphabet[6:]])}
    for first, others in ((10050, "ҐЂЃЄЅІЇЈЉЊЋЌЎ"), (10098, "ґђѓєѕіїјљњћќў")):
        letters |= {first + number: ord(letter) for number, letter in enumerate(others)}
    return letters | {10145: ord("Џ"), 10193: ord("џ")}


_CYRILLIC_LETTERS: Final = _cyrillic_letters()


@cache
def name_of_character(character: int) -> str:
    """The name that the text encodings have for a character; an empty one if they have none."""
    text = chr(character)
    if text.isascii() and text.isalpha():
        return text
    for name, sign in _SIGNS.items():
        if sign == text:
            return name
    parts = unicodedata.normalize("NFD", text)
    for accent, mark in _ACCENTS.items():
        if len(parts) == 2 and ord(parts[1]) == mark and parts[0].isascii():
            return parts[0] + accent
    return ""


def _by_codec(codec: str) -> list[int | None]:
    decoded = [bytes((code,)).decode(codec, "replace") for code in range(256)]
    return [ord(text) if text != "�" and code >= 32 else None for code, text in enumerate(decoded)]


def _standard() -> list[int | None]:
    codes: list[int | None] = [code if 32 <= code < 127 else None for code in range(256)]
    codes[0x27], codes[0x60] = ord("’"), ord("‘")
    rows = {
        0xA1: "¡¢£⁄¥ƒ§¤'“«‹›ﬁﬂ\0–†‡·\0¶•‚„”»…‰\0¿",
        0xC1: "`´ˆ˜¯˘˙¨\0˚¸\0˝˛ˇ—",
        0xE1: "Æ\0ª\0\0\0\0ŁØŒº\0\0\0\0\0æ\0\0\0ı\0\0łøœß",
    }
    for first, texts in rows.items():
        for code, text in enumerate(texts, first):
            codes[code] = ord(text) if text != "\0" else None
    return codes


STANDARD: Final = _standard()
WINDOWS: Final = _by_codec("cp1252")
MACINTOSH: Final = _by_codec("mac_roman")
# The three differ from their code pages in what viewers draw for the few codes below.
WINDOWS[0x7F] = WINDOWS[0xAD] = WINDOWS[0xA0] = None
MACINTOSH[0x7F] = MACINTOSH[0xCA] = None
MACINTOSH[0xDB] = ord("¤")
MACINTOSH_CODES: Final = {character: code for code, character in enumerate(MACINTOSH) if character is not None}
BASES: Final = {"WinAnsiEncoding": WINDOWS, "MacRomanEncoding": MACINTOSH, "StandardEncoding": STANDARD}


def differences_of(document: PreparedDocument, font: dict[str, Value]) -> dict[int, str]:
    """Code to glyph by the differences of a font's encoding (9.6.5.1)."""
    listed = document.now(document.dictionary_now(font.get("Encoding")).get("Differences"))
    names: dict[int, str] = {}
    code = 0
    for one in listed if isinstance(listed, list) else []:
        entry = document.now(one)
        if isinstance(entry, int):
            code = entry
        elif isinstance(entry, str):
            names[code] = entry
            code += 1
    return names
