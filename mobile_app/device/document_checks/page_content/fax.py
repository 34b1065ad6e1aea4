"""Whether fax data (ITU-T T.4 and T.6; ISO 32000-2, 7.4.6) are all of a picture and nothing else: of data that are damaged, or coded in
another way than the dictionary says, each viewer draws what it makes of them.

Rules: lines are coded in two dimensions (T.6) or in one (T.4), not in both by turns; each code is in the table, each change of colour lies
right of the last one and within the line, each line ends where it must, and there are as many as the picture is high. What follows the
last line is of no matter. The number of codes is bounded.
"""

from typing import Final

_MAX_CODES: Final = 2_000_000
_WHITE: Final = """
00110101 000111 0111 1000 1011 1100 1110 1111 10011 10100 00111 01000 001000 000011 110100 110101 101010 101011 0100111 0001100 0001000
0010111 0000011 0000100 0101000 0101011 0010011 0100100 0011000 00000010 00000011 00011010 00011011 00010010 00010011 00010100 00010101
00010110 00010111 00101000 00101001 00101010 00101011 00101100 00101101 00000100 00000101 00001010 00001011 01010010 01010011 01010100
01010101 00100100 00100101 01011000 01011001 01011010 01011011 01001010 01001011 00110010 00110011 00110100
11011 10010 010111 0110111 00110110 00110111 01100100 01100101 01101000 01100111 011001100 011001101 011010010 011010011 011010100
011010101 011010110 011010111 011011000 011011001 011011010 011011011 010011000 010011001 010011010 011000 010011011
"""
_BLACK: Final = """
0000110111 010 11 10 011 0011 0010 00011 000101 000100 0000100 0000101 0000111 00000100 00000111 000011000 0000010111 0000011000
0000001000 00001100111 00001101000 00001101100 00000110111 00000101000 00000010111 00000011000 000011001010 000011001011 000011001100
000011001101 000001101000 000001101001 000001101010 000001101011 000011010010 000011010011 000011010100 000011010101 000011010110
000011010111 000001101100 000001101101 000011011010 000011011011 000001010100 000001010101 000001010110 000001010111 000001100100
000001100101 000001010010 000001010011 000000100100 000000110111 000000111000 000000100111 000000101000 000001011000 000001011001
000000101011 000000101100 000001011010 000001100110 000001100111
0000001111 000011001000 000011001001 000001011011 000000110011 000000110100 000000110101 0000001101100 0000001101101 0000001001010
0000001001011 0000001001100 0000001001101 0000001110010 0000001110011 0000001110100 0000001110101 0000001110110 0000001110111
0000001010010 0000001010011 0000001010100 0000001010101 0000001011010 0000001011011 0000001100100 0000001100101
"""
#: From 1,792 on for both colours.
_LONG: Final = """
00000001000 00000001100 00000001101 000000010010 000000010011 000000010100 000000010101 000000010110 000000010111 000000011100 000000011101
000000011110 000000011111
"""
_PASS, _RUNS = 4, 5
_MODES: Final = {
    "1": 0, "011": 1, "000011": 2, "0000011": 3, "010": -1, "000010": -2, "0000010": -3, "0001": _PASS, "001": _RUNS,
}  # fmt: skip
_MODE_BITS, _RUN_BITS = 7, 13
_END_OF_LINE: Final = "00000000000"
Codes = dict[str, tuple[int, int]]
"""By the next bits: what they say and how many of them the code is."""


def _codes(words: dict[str, int], bits: int) -> Codes:
    found: Codes = {}
    for word, value in words.items():
        free = bits - len(word)
        found |= {word + (f"{rest:0{free}b}" if free else ""): (value, len(word)) for rest in range(1 << free)}
    return found


def _runs(words: str) -> Codes:
    lengths = [*range(64), *range(64, 2561, 64)]
    return _codes(dict(zip((words + _LONG).split(), lengths, strict=True)), _RUN_BITS)


_MODE_CODES: Final = _codes(_MODES, _MODE_BITS)
_RUN_CODES: Final = (_runs(_WHITE), _runs(_BLACK))


class Damaged(Exception):
    """The data are not all of the picture."""


class _Lines:
    """Reads lines of ``columns`` samples from ``bits``."""

    def __init__(self, data: bytes, columns: int, *, aligned: bool) -> None:
        self._bits = f"{int.from_bytes(data, 'big'):0{8 * len(data)}b}" if data else ""
        self._end = len(self._bits)
        self._bits += "0" * _RUN_BITS
        self._columns = columns
        self._aligned = aligned
        self._position = self._count = 0

    def begin(self) -> None:
        """To where the next line begins."""
        if self._aligned:
            self._position = -(-self._position // 8) * 8

    def skip_end_of_line(self) -> None:
        """Over the mark before a line coded in one dimension, where there is one."""
        if self._bits.startswith(_END_OF_LINE, self._position):
            self._position = self._bits.find("1", self._position) + 1 or self._end + 1

    def check(self) -> None:
        """No code may reach beyond the data, nor may there be too many."""
        if self._position > self._end or self._count > _MAX_CODES:
            raise Damaged

    def _run(self, colour: int) -> int:
        codes, total, length = _RUN_CODES[colour], 0, 64
        while length >= 64:
            found = codes.get(self._bits[self._position : self._position + _RUN_BITS])
            self._count += 1
            if found is None:
                raise Damaged
            length, size = found
            self._position += size
            total += length
        return total

    def of_runs(self) -> None:
        """A line in one dimension: white and black by turns (T.4, 4.1)."""
        place = colour = 0
        while place < self._columns:
            place += self._run(colour)
            colour ^= 1
        if place > self._columns:
            raise Damaged

    def by_reference(self, above: list[int]) -> list[int]:
        """A line by the changes of colour in the one above (T.4, 4.2); its own changes."""
        bits, columns, codes = self._bits, self._columns, _MODE_CODES
        above = [*above, columns, columns, columns]
        changes: list[int] = []
        place, colour, number = -1, 0, 0
        while place < columns:
            while number and above[number - 1] > place:
                number -= 1
            while above[number] <= place or number & 1 != colour:
                number += 1
            found = codes.get(bits[self._position : self._position + _MODE_BITS])
            if found is None:
                raise Damaged
            mode, size = found
            self._position += size
            self._count += 1
            if mode == _PASS:
                place = above[number + 1]
            elif mode == _RUNS:
                first = max(place, 0) + self._run(colour)
                place = first + self._run(colour ^ 1)
                changes += (first, place)
            else:
                change = above[number] + mode
                if change <= place:
                    raise Damaged
                place, colour = change, colour ^ 1
                changes.append(place)
        if place > columns:
            raise Damaged
        return changes


def is_whole_fax(data: bytes, columns: int, rows: int, *, two_dimensions: bool, aligned: bool) -> bool:
    """Whether ``data`` are ``rows`` lines of ``columns`` samples; ``aligned``: each line begins with a byte."""
    lines = _Lines(data, columns, aligned=aligned)
    changes: list[int] = []
    try:
        for _ in range(rows):
            lines.begin()
            if two_dimensions:
                changes = lines.by_reference(changes)
            else:
                lines.skip_end_of_line()
                lines.of_runs()
            lines.check()
    except Damaged:
        return False
    return True
