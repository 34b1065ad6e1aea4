"""Finds the tokens of PDF syntax in bytes, and spells them otherwise."""

import re
from dataclasses import dataclass

from tests.fuzz.choices import Choices

_TOKEN = re.compile(
    rb"(?P<comment>%[^\r\n]*)|(?P<string>\((?:[^()\\]|\\[\s\S]|\((?:[^()\\]|\\[\s\S])*\))*\))|(?P<open><<)|(?P<close>>>)"
    rb"|(?P<hex><[0-9A-Fa-f\s]*>)|(?P<name>/[^\x00\t\n\x0c\r ()<>\[\]{}/%]*)|(?P<reference>\d+ \d+ R\b)"
    rb"|(?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?![^\x00\t\n\x0c\r ()<>\[\]{}/%]))|(?P<word>[A-Za-z'\"*]+\d?)|(?P<bracket>[\[\]])"
)
_STREAM = re.compile(rb"stream\r?\n")


@dataclass(frozen=True)
class Token:
    """One token: kind (a group's name above), text and place."""

    kind: str
    text: bytes
    start: int
    end: int


def tokens(text: bytes, *kinds: str) -> list[Token]:
    """The tokens of ``text``, of ``kinds`` only if given."""
    found = [Token(one.lastgroup or "", one[0], one.start(), one.end()) for one in _TOKEN.finditer(text)]
    return [one for one in found if not kinds or one.kind in kinds]


def replaced(text: bytes, token: Token, new: bytes) -> bytes:
    """``text`` with ``new`` for the token."""
    return text[: token.start] + new + text[token.end :]


def parts_of(raw: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    """An object's header, dictionary or value, ``stream`` with its data (empty without), and the end."""
    head = raw.index(b"obj") + 3
    opening = _STREAM.search(raw)
    if opening is None:
        end = raw.rfind(b"endobj")
        return raw[:head], raw[head:end], b"", raw[end:]
    end = raw.rfind(b"endstream")
    return raw[:head], raw[head : opening.start()], raw[opening.start() : end], raw[end:]


def with_content(raw: bytes, content: bytes) -> bytes:
    """A stream object with other data and the /Length that fits, where the length stands in the dictionary."""
    head, value, stream, end = parts_of(raw)
    opening = _STREAM.match(stream)
    if opening is None:
        return raw
    value = re.sub(rb"/Length \d+(?! \d+ R)", b"/Length %d" % len(content), value, count=1)
    return head + value + opening[0] + content + b"\n" + end


def content_of(raw: bytes) -> bytes | None:
    """A stream's data when it is plain, else ``None``."""
    _, value, stream, _ = parts_of(raw)
    opening = _STREAM.match(stream)
    if opening is None or b"/Filter" in value or b"/Subtype/Image" in value or b"/Length1" in value:
        return None
    said = re.search(rb"/Length (\d+)(?! \d+ R)", value)
    data = stream[opening.end() :]
    return data[: int(said[1])] if said else data.rstrip(b"\r\n")


def other_number(text: bytes, choices: Choices) -> bytes:
    """The number in another spelling, or another number."""
    return choices.one(
        (
            b"+" + text, b"0" + text, b"-" + text, b"--" + text, text + b".", text + b".0", text + b".000000000000000000001",
            b"00000000000" + text, text + b"e0", text + b"e1", b"." + text, text + b"-1", b"1" + text, text + b"0",
            b"0", b"-0", b"1", b"-1", b"0.5", b"2147483647", b"2147483648", b"-2147483649", b"4294967296", b"99999999999999999999",
            b"1.2.3", b"0x10", b"1E400", b"null", b"true", b"(1)", b"/1", b"[" + text + b"]", b"<<>>", b"4 0 R", text + b" " + text,
            b"", b".", b"-", b"65536", b"32768",
        )
    )  # fmt: skip


def other_name(text: bytes, choices: Choices) -> bytes:
    """The name in another spelling, or another name."""
    plain = text[1:]
    coded = b"/" + b"".join(b"#%02x" % one for one in plain)
    first = b"/#%02X" % plain[0] + plain[1:] if plain else b"/#20"
    return choices.one(
        (
            coded, first, b"/" + plain + b"#00", b"/" + plain + b"#", b"/" + plain + b"#2", b"/" + plain + b"#zz", b"/",
            b"/" + plain + b"x" * 127, b"/" + plain + b"x" * 300, b"/ " + plain, b"//" + plain, plain, b"/" + plain.lower(),
            b"/" + plain + b"\xff", b"/" + plain + b"#20", text + b" " + text, b"(" + plain + b")", b"null", b"/" + plain[:-1],
        )
    )  # fmt: skip


def other_string(text: bytes, choices: Choices) -> bytes:
    """The string in another spelling, or another string."""
    inner = text[1:-1]
    if text.startswith(b"<"):
        return choices.one((text[:-1] + b"7>", text[:-1] + b" \n>", text[:-1] + b"zz>", b"<" + (inner * 9000)[:72_000] + b">", text[:-1],
            b"<>", b"()"))
    return choices.one(
        (
            b"<" + inner.hex().encode() + b">", b"(" + b"".join(b"\\%03o" % one for one in inner) + b")", b"(" + inner + b"\\",
            b"(\\\n" + inner + b")",
            b"(" + inner + b"\r\n7)", b"(" + inner + b"\\8)", b"(" + inner + b"\\467)", b"((" + inner + b"))",
            b"(" + inner + b"(7)", b"(" + inner + b")7)",
            b"(" + inner + b"7" * 32_766 + b")", b"(" + inner + b" " * 33_000 + b"7)", b"()", b"(" + inner + b"\x00" + b"7)",
            b"(" + inner + b"\\)7)",
            b"(\\061" + inner + b")", b"(\\61" + inner + b")", b"(\\0617" + inner + b")", b"(%" + inner + b")",
            b"(" + inner[:-1] + b"7)",
        )
    )  # fmt: skip


COMMENTS = (
    b"%\n", b"% a comment\n", b"%\r", b"% 4 0 obj (7777) endobj\n", b"% endobj\n", b"% endstream endobj\n", b"% startxref\n0\n%%EOF\n",
    b"%%EOF\n", b"% xref\n", b"% trailer <</Root 4 0 R>>\n", b"%\xe2\xe3\xcf\xd3\n", b"%" + b"x" * 70 + b"\n", b"%PDF-1.4\n",
    b"%\x00\n", b"% a",
)  # fmt: skip
SPACES = (b"", b" ", b"  ", b"\n", b"\r", b"\r\n", b"\t", b"\x0c", b"\x00", b"\n\n\n", b"\x0b", b"\xa0", b" " * 300)
