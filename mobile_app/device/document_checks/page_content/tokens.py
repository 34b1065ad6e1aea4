"""Cuts a content stream into its words (ISO 32000-2, 7.2 and 7.8.2).

Rules, each measured with PDFium, poppler, mupdf and pdf.js:
* a number is ``d``, ``d.d`` or ``.d`` with at most one sign and within 32 bits: from two signs on, with a sign in
  the middle, an exponent or more digits the viewers read different numbers;
* a name has at most 127 bytes and each ``#`` in it two hexadecimal digits; any other word has at most 127 bytes;
* a string has at most 32,766 bytes decoded (PDFium cuts longer ones, the others draw the rest); an octal escape is
  at most ``\\377`` (pdf.js keeps the ninth bit); a hexadecimal string holds digits and white space;
* a byte that is no white space, delimiter or printable ASCII begins no word; ``{`` and ``}`` are refused;
* nothing here backtracks: time is linear.
"""

import re
from collections.abc import Iterator
from typing import Final, NoReturn

from mobile_app.device.document_checks.document import refuse
from mobile_app.device.document_checks.limits import (
    MAX_CONTENT_STRING_BYTES,
    MAX_CONTENT_TOKEN_BYTES,
    MAX_INTEGER,
    MAX_NAME_BYTES,
)
from mobile_app.device.document_checks.syntax import name_of

WS: Final = rb"[\x00\t\n\x0c\r ]"
END: Final = rb"(?![^\x00\t\n\x0c\r ()<>\[\]{}/%])"
NAME: Final = rb"[!-$&'*-.0-;=?-Z\\^-z|~]"
"""A byte of a name: printable and no delimiter."""
NUMBER, NAMED, STRING, WORD, OPEN, COMMENT = "n", "N", "s", "w", "(", "%"

# Groups: 1 number, 2 name, 3 plain string, 4 hexadecimal string, 5 string with escapes, 6 brackets, 7 other word,
# 8 comment.
_TOKEN: Final = re.compile(
    WS + rb"*+(?:([+-]?(?:\d++(?:\.\d*+)?+|\.\d++))" + END + rb"|/([^\x00\t\n\x0c\r ()<>\[\]{}/%]*+)"
    rb"|\(([^()\\\r]*+)\)"
    rb"|<((?:[0-9A-Fa-f]++|" + WS + rb"++)*+)>"
    rb"|(\()"
    rb"|(<<|>>|\[|\])"
    rb"|([!-$&'*-.0-;=?-Z\\^-z|~]++)" + END + rb"|(%[^\r\n]*+))"
)
_KINDS: Final = ("", NUMBER, NAMED, STRING, STRING, OPEN, WORD, WORD, COMMENT)
_SPACE: Final = re.compile(WS + rb"*+")
_STRING_PIECE: Final = re.compile(
    rb"[^()\\\r]++|\\(?:[0-3][0-7]{0,2}+|[4-7][0-7]?+(?![0-7])|\r\n|[^0-7])|[()]"
)
_BAD_ESCAPE: Final = re.compile(rb"#(?![0-9A-Fa-f]{2})|#00")

Token = tuple[str, bytes, int]
"""Kind, bytes (of a string: what it decodes to), and where the word ends."""


def read_tokens(data: bytes, position: int = 0) -> Iterator[Token]:
    """The words of ``data`` from ``position`` on, comments among them. Raises ``doc_content``."""
    match = _TOKEN.match
    while True:
        found = match(data, position)
        if found is None:
            if _SPACE.fullmatch(data, position):
                return
            _refuse_byte(data, position)
        position = found.end()
        group = found.lastindex or 0
        kind = _KINDS[group]
        if kind == OPEN:
            text, position = _escaped(data, position)
            kind = STRING
        else:
            text = found[group] if kind != COMMENT else b""
            _check_length(kind, group, text)
            if group == 4:
                text = _hexadecimal(text)
        yield kind, text, position


def _refuse_byte(data: bytes, position: int) -> NoReturn:
    space = _SPACE.match(data, position)
    byte = data[space.end() if space else position :][:1]
    refuse("doc_content", "string" if byte in (b"<", b">", b"(", b")") else "operator" if byte in (b"{", b"}") else "token")


def _check_length(kind: str, group: int, text: bytes) -> None:
    if kind == STRING:
        if len(text) > MAX_CONTENT_STRING_BYTES << (group == 4):
            refuse("doc_content", "string_length")
    elif kind == NAMED:
        check_name(text)
    elif len(text) > MAX_CONTENT_TOKEN_BYTES:
        refuse("doc_content", "token_length")
    elif kind == NUMBER and len(text) > 9 and abs(float(text)) > MAX_INTEGER:
        refuse("doc_content", "number")


def check_dictionary(words: list[Token]) -> None:
    """A dictionary in content has names for keys, each once, and a value to each."""
    keys: list[set[str]] = [set()]
    is_key = [True]
    for kind, text, _ in words:
        if kind == COMMENT:
            continue
        if kind == WORD and text in (b"]", b">>"):
            if not is_key[-1]:
                refuse("doc_content", "bracket")
            keys.pop()
            is_key.pop()
        elif is_key[-1] and keys[-1] is not _OF_ARRAY:
            name = name_of(text)
            if kind != NAMED or name in keys[-1]:
                refuse("doc_content", "bracket")
            keys[-1].add(name)
            is_key[-1] = False
        else:
            is_key[-1] = True
            if kind == WORD and text in (b"[", b"<<"):
                keys.append(set() if text == b"<<" else _OF_ARRAY)
                is_key.append(True)
    if not is_key[-1]:
        refuse("doc_content", "bracket")


_OF_ARRAY: Final[set[str]] = set()


def check_name(raw: bytes) -> None:
    """A name is short, not empty, and its escapes are whole."""
    if not raw or len(raw) > MAX_NAME_BYTES:
        refuse("doc_content", "name_length")
    if b"#" in raw and _BAD_ESCAPE.search(raw):
        refuse("doc_content", "name")


def _hexadecimal(digits: bytes) -> bytes:
    digits = digits.translate(None, b"\x00\t\n\x0c\r ")
    return bytes.fromhex((digits + b"0" if len(digits) % 2 else digits).decode("ascii"))


def _escaped(data: bytes, position: int) -> tuple[bytes, int]:
    """A literal string from just behind its opening parenthesis (7.3.4.2), decoded."""
    pieces: list[bytes] = []
    depth, length = 1, 0
    while True:
        found = _STRING_PIECE.match(data, position)
        if found is None:
            refuse("doc_content", "string")
        piece = found[0]
        position = found.end()
        if piece == b"(":
            depth += 1
        elif piece == b")":
            depth -= 1
            if depth == 0:
                return b"".join(pieces), position
        elif piece[:1] == b"\\":
            piece = _unescaped(piece[1:])
        length += len(piece)
        if length > MAX_CONTENT_STRING_BYTES:
            refuse("doc_content", "string_length")
        pieces.append(piece)


_ESCAPES: Final = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\n": b"", b"\r": b"", b"\r\n": b""}


def _unescaped(rest: bytes) -> bytes:
    if rest[0] in b"01234567":
        return bytes((int(rest, 8),))
    return _ESCAPES.get(rest, rest)
