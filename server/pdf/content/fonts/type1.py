"""The names and the built-in encoding of Type 1 and Compact Font Format programs (Adobe Type 1 Font Format; TN 5176).

Rules: only glyph names, codes and the numbers of CID-keyed glyphs are read; every count is bounded by the data; a program that can't
be read, or ends before its outlines do, has no glyphs.
"""

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from server.pdf.content.fonts.glyph_names import STANDARD, name_of_character

_MAX_DECRYPTED: Final = 1_000_000
_CODE: Final = re.compile(rb"dup\s{1,9}(\d{1,3})\s{0,9}/([^\s/\[\](){}<>%]{1,127})\s{1,9}put")
_GLYPH: Final = re.compile(rb"/([^\s/\[\](){}<>%]{1,127})\s{1,9}(\d{1,5})\s{1,9}(?:RD|-\||[^\s/]{1,9}) ")
_LATIN: Final = [name_of_character(character) for character in STANDARD if character is not None]
_MORE_LATIN: Final = """
onesuperior logicalnot mu trademark Eth onehalf plusminus Thorn onequarter divide brokenbar degree thorn threequarters
twosuperior registered minus eth multiply threesuperior copyright Aacute Acircumflex Adieresis Agrave Aring Atilde
Ccedilla Eacute Ecircumflex Edieresis Egrave Iacute Icircumflex Idieresis Igrave Ntilde Oacute Ocircumflex Odieresis
Ograve Otilde Scaron Uacute Ucircumflex Udieresis Ugrave Yacute Ydieresis Zcaron aacute acircumflex adieresis agrave
aring atilde ccedilla eacute ecircumflex edieresis egrave iacute icircumflex idieresis igrave ntilde oacute ocircumflex
odieresis ograve otilde scaron uacute ucircumflex udieresis ugrave yacute ydieresis zcaron
"""
_EXPERT: Final = """
exclamsmall Hungarumlautsmall dollaroldstyle dollarsuperior ampersandsmall Acutesmall parenleftsuperior
parenrightsuperior twodotenleader onedotenleader zerooldstyle oneoldstyle twooldstyle threeoldstyle fouroldstyle
fiveoldstyle sixoldstyle sevenoldstyle eightoldstyle nineoldstyle commasuperior threequartersemdash periodsuperior
questionsmall asuperior bsuperior centsuperior dsuperior esuperior isuperior lsuperior msuperior nsuperior osuperior
rsuperior ssuperior tsuperior ff ffi ffl parenleftinferior parenrightinferior Circumflexsmall hyphensuperior
Gravesmall Asmall Bsmall Csmall Dsmall Esmall Fsmall Gsmall Hsmall Ismall Jsmall Ksmall Lsmall Msmall Nsmall Osmall
Psmall Qsmall Rsmall Ssmall Tsmall Usmall Vsmall Wsmall Xsmall Ysmall Zsmall colonmonetary onefitted rupiah
Tildesmall exclamdownsmall centoldstyle Lslashsmall Scaronsmall Zcaronsmall Dieresissmall Brevesmall Caronsmall
Dotaccentsmall Macronsmall figuredash hypheninferior Ogoneksmall Ringsmall Cedillasmall questiondownsmall oneeighth
threeeighths fiveeighths seveneighths onethird twothirds zerosuperior foursuperior fivesuperior sixsuperior
sevensuperior eightsuperior ninesuperior zeroinferior oneinferior twoinferior threeinferior fourinferior
fiveinferior sixinferior seveninferior eightinferior nineinferior centinferior dollarinferior periodinferior
commainferior Agravesmall Aacutesmall Acircumflexsmall Atildesmall Adieresissmall Aringsmall AEsmall Ccedillasmall
Egravesmall Eacutesmall Ecircumflexsmall Edieresissmall Igravesmall Iacutesmall Icircumflexsmall Idieresissmall
Ethsmall Ntildesmall Ogravesmall Oacutesmall Ocircumflexsmall Otildesmall Odieresissmall OEsmall Oslashsmall
Ugravesmall Uacutesmall Ucircumflexsmall Udieresissmall Yacutesmall Thornsmall Ydieresissmall 001.000 001.001
001.002 001.003 Black Bold Book Light Medium Regular Roman Semibold
"""
_STRINGS: Final = [".notdef", *_LATIN, *_MORE_LATIN.split(), *_EXPERT.split()]


@dataclass(slots=True)
class NamedGlyphs:
    """``names`` of the glyphs, and by code the name that the program itself gives it; ``numbers`` by which a composite font asks for
    glyphs (9.7.4.2): the CIDs of a CID-keyed program, the places of the glyphs of any other."""

    names: frozenset[str] = frozenset()
    codes: dict[int, str] = field(default_factory=dict)
    numbers: frozenset[int] = frozenset()


def standard_codes() -> dict[int, str]:
    """StandardEncoding, by name."""
    return {code: name_of_character(character) for code, character in enumerate(STANDARD) if character is not None}


def read_type_1(data: bytes) -> NamedGlyphs:
    """Read a Type 1 program."""
    clear, found, secret = data.partition(b"eexec")
    if not found:
        return NamedGlyphs()
    encoding = clear[clear.find(b"/Encoding") :] if b"/Encoding" in clear else b""
    codes = {int(code): name.decode("latin-1") for code, name in _CODE.findall(encoding) if int(code) < 256}
    if encoding[9:30].split()[:1] == [b"StandardEncoding"]:
        codes = standard_codes()
    opened = _decrypted(secret)
    outlines = list(_GLYPH.finditer(opened, max(0, opened.find(b"/CharStrings"))))
    if not outlines or b"end" not in opened[outlines[-1].end() + int(outlines[-1][2]) :]:
        return NamedGlyphs()  # cut off before the end of the outlines
    names = frozenset(one[1].decode("latin-1") for one in outlines)
    return NamedGlyphs(names, {code: name for code, name in codes.items() if name in names})


def _decrypted(secret: bytes) -> bytes:
    secret = secret.lstrip(b" \t\r\n")[:_MAX_DECRYPTED]
    if not secret[:4].strip(b"0123456789abcdefABCDEF"):
        digits = re.sub(rb"[^0-9A-Fa-f]", b"", secret)
        secret = bytes.fromhex(digits[: len(digits) // 2 * 2].decode("ascii"))
    key, out = 55665, bytearray()
    for byte in secret:
        out.append(byte ^ key >> 8)
        key = (byte + key) * 52845 + 22719 & 0xFFFF
    return bytes(out)


def read_compact(data: bytes) -> NamedGlyphs:
    """Read a Compact Font Format program; a CID-keyed one has no names."""
    try:
        return _read_compact(data)
    except (IndexError, KeyError):
        return NamedGlyphs()


def _read_compact(data: bytes) -> NamedGlyphs:
    _, position = _index(data, data[2])
    dictionaries, position = _index(data, position)
    strings, _ = _index(data, position)
    top = _dictionary(dictionaries[0])
    glyphs, _ = _index(data, top[17,])
    if (12, 30) in top:
        return NamedGlyphs(numbers=frozenset(_charset(data, top.get((15,), 0), len(glyphs), of_names=False)))
    names = _STRINGS + [text.decode("latin-1") for text in strings]
    listed = _charset(data, top.get((15,), 0), len(glyphs))
    of_glyphs = [names[number] if number < len(names) else "" for number in listed]
    at = top.get((16,), 0)
    known = frozenset(of_glyphs)
    codes = standard_codes() if at < 2 else _encoding(data, at, of_glyphs, names)
    own = {code: name for code, name in codes.items() if name in known}
    return NamedGlyphs(known, own, frozenset(range(len(glyphs))))


def _index(data: bytes, position: int) -> tuple[list[bytes], int]:
    """The objects of an INDEX and where it ends."""
    count = data[position] << 8 | data[position + 1]
    if not count:
        return [], position + 2
    size = data[position + 2]
    if not 1 <= size <= 4 or position + 3 + size * (count + 1) > len(data):
        raise IndexError
    first = position + 3
    offsets = [int.from_bytes(data[first + size * n : first + size * (n + 1)], "big") for n in range(count + 1)]
    base = first + size * (count + 1) - 1
    if base + offsets[-1] > len(data) or any(one > other for one, other in pairwise(offsets)):
        raise IndexError
    return [data[base + start : base + end] for start, end in pairwise(offsets)], base + offsets[-1]


def _dictionary(data: bytes) -> dict[tuple[int, ...], int]:
    """The last operand of each operator of a DICT, reals as 0."""
    found: dict[tuple[int, ...], int] = {}
    position = value = 0
    while position < len(data):
        byte = data[position]
        position += 1
        if byte <= 21:
            operator = (byte,) if byte != 12 else (12, data[position])
            position += byte == 12
            found[operator] = value
        elif byte == 28:
            value, position = int.from_bytes(data[position : position + 2], "big", signed=True), position + 2
        elif byte == 29:
            value, position = int.from_bytes(data[position : position + 4], "big", signed=True), position + 4
        elif byte == 30:
            while data[position] & 15 != 15:
                position += 1
            value, position = 0, position + 1
        elif byte <= 246:
            value = byte - 139
        elif byte <= 250:
            value, position = (byte - 247) * 256 + data[position] + 108, position + 1
        else:
            value, position = -(byte - 251) * 256 - data[position] - 108, position + 1
    return found


def _charset(data: bytes, at: int, count: int, *, of_names: bool = True) -> list[int]:
    """String numbers or CIDs of the glyphs."""
    if at < 3:
        return list(range(min(count, 229) if of_names else count))
    listed, position = [0], at + 1
    size = 1 if data[at] == 1 else 2
    while len(listed) < count:
        first = data[position] << 8 | data[position + 1]
        position += 2
        more = 0
        if data[at]:
            more = int.from_bytes(data[position : position + size], "big")
            position += size
        listed += range(first, first + min(more, count - len(listed)) + 1)
    return listed


def _encoding(data: bytes, at: int, of_glyphs: list[str], names: list[str]) -> dict[int, str]:
    codes: dict[int, str] = {}
    count, position, glyph = data[at + 1], at + 2, 1
    for _ in range(count):
        first, more = data[position], 0
        position += 1
        if data[at] & 127:
            more = data[position]
            position += 1
        for code in range(first, first + more + 1):
            if glyph < len(of_glyphs) and code < 256:
                codes[code] = of_glyphs[glyph]
            glyph += 1
    if data[at] & 128:
        for number in range(data[position]):
            place = position + 1 + 3 * number
            string = data[place + 1] << 8 | data[place + 2]
            codes[data[place]] = names[string] if string < len(names) else ""
    return codes
