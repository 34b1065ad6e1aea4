"""CMaps that stand in the file: which glyph numbers a composite font's text asks for (ISO 32000-2, 9.7.5; Adobe TN 5014).

Rules: a map is read when it consists of one range of codes after another, all of one length, and says for each code one number; words
that it does not need (its names, its version) are passed over, a map that takes codes from another one, speaks of names instead of
numbers, or contradicts itself is not read at all: viewers follow such maps differently far, and one that writes downwards.
"""

import re
from collections.abc import Callable
from typing import Final

_MAX_BYTES: Final = 1_000_000
_MAX_CODES: Final = 65_536
_TOKEN: Final = re.compile(
    rb"(?P<white>[\x00\t\n\x0c\r ]+|%[^\r\n]*)|<(?P<code>[0-9A-Fa-f]{2,8})>|(?P<number>\d{1,5})(?![^\x00\t\n\x0c\r <>\[\](){}/%])"
    rb"|(?P<word>[A-Za-z]+)|\([^()\\]*\)|/[^\x00\t\n\x0c\r <>\[\](){}/%]*|<<|>>|\[|\]|[\d.]+"
)
_UPRIGHT: Final = re.compile(rb"/WMode(?!\s+0\s+def\b)")
Section = tuple[bytes, list[list[bytes | int]]]
Numbers = Callable[[bytes], list[int] | None]
"""From a text to the numbers of its glyphs, ``None`` for a text that holds a code without one."""


def identity(text: bytes) -> list[int] | None:
    """Identity-H and Identity-V (9.7.5.2): two bytes are a number."""
    if len(text) % 2:
        return None
    return [text[at] << 8 | text[at + 1] for at in range(0, len(text), 2)]


def read_character_map(data: bytes) -> Numbers | None:
    """What the map says of a text; ``None`` for a map that keeps not to the rules above."""
    sections = None if len(data) > _MAX_BYTES or _UPRIGHT.search(data) else _sections(data)
    if sections is None:
        return None
    lengths = {len(code) for _, entries in sections for entry in entries for code in entry if isinstance(code, bytes)}
    if len(lengths) != 1:
        return None
    spaces: list[tuple[bytes, bytes]] = []
    numbers: dict[bytes, int] = {}
    for kind, entries in sections:
        for entry in entries:
            if kind == b"codespacerange":
                spaces.append((entry[0], entry[1]))  # type: ignore[arg-type]
            elif not _added(numbers, entry):
                return None
    (length,) = lengths

    def of_text(text: bytes) -> list[int] | None:
        codes = [text[at : at + length] for at in range(0, len(text), length)]
        if not all(code in numbers and any(_is_within(code, *space) for space in spaces) for code in codes):
            return None
        return [numbers[code] for code in codes]

    return of_text


def _is_within(code: bytes, first: bytes, last: bytes) -> bool:
    """Each byte for itself (9.7.6.2)."""
    return all(low <= byte <= high for byte, low, high in zip(code, first, last, strict=True))


def _added(numbers: dict[bytes, int], entry: list[bytes | int]) -> bool:
    """Add one code or one range; say whether it contradicts nothing. A range differs in its last byte only."""
    first, last, number = entry[0], entry[-2], entry[-1]
    assert isinstance(first, bytes)
    assert isinstance(last, bytes)
    assert isinstance(number, int)
    if first[:-1] != last[:-1] or first > last or len(numbers) > _MAX_CODES:
        return False
    for step in range(last[-1] - first[-1] + 1):
        code = first[:-1] + bytes((first[-1] + step,))
        if numbers.setdefault(code, number + step) != number + step or number + step >= _MAX_CODES:
            return False
    return True


#: What an entry of a section consists of: codes and numbers.
_SHAPES: Final = {b"codespacerange": "cc", b"cidchar": "cn", b"cidrange": "ccn"}
_NAMED: Final = (b"CMapName", b"CIDSystemInfo")
_WORDS: Final = frozenset(
    b"findresource dict begin begincmap dup def endcmap currentdict defineresource pop end".split()
)


def _sections(data: bytes) -> list[Section] | None:
    """The sections with their entries, or ``None`` where one is unknown, or anything can't be read."""
    sections: list[Section] = []
    held: list[bytes | int] = []
    position, inside, count = 0, b"", 0
    while position < len(data):
        found = _TOKEN.match(data, position)
        if found is None:
            return None
        position = found.end()
        word, code, number = found["word"], found["code"], found["number"]
        if number:
            held.append(int(number))
        elif code and len(code) % 2 == 0:
            held.append(bytes.fromhex(code.decode()))
        elif inside and word == b"end" + inside:
            entries = _entries(held, _SHAPES[inside])
            if entries is None or len(entries) != count:
                return None
            sections.append((inside, entries))
            inside = b""
        elif inside and not found["white"]:
            return None
        elif word and word[:5] == b"begin" and word[5:] in _SHAPES:
            count = held[-1] if held and isinstance(held[-1], int) else 0
            inside, held = word[5:], []
        elif word and word not in _WORDS and word not in _NAMED:
            return None
    return None if inside else sections


def _entries(held: list[bytes | int], shape: str) -> list[list[bytes | int]] | None:
    """The held values in groups of the shape."""
    said = "".join("c" if isinstance(one, bytes) else "n" for one in held)
    size = len(shape)
    if said != shape * (len(held) // size):
        return None
    entries = [held[at : at + size] for at in range(0, len(held), size)]
    return entries if all(len({len(one) for one in entry if isinstance(one, bytes)}) == 1 for entry in entries) else None
