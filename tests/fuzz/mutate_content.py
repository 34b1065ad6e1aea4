"""Mutations of content streams, those of pages, forms, glyphs and appearances: their tokens, operators and inline images."""

import re
import zlib

from tests.fuzz.choices import Choices, NothingToMutate
from tests.fuzz.pdf_model import Item, Model
from tests.fuzz.tokens import (
    COMMENTS,
    SPACES,
    content_of,
    other_name,
    other_number,
    other_string,
    replaced,
    tokens,
    with_content,
)

OPERATIONS = (
    b"q", b"Q", b"Q Q", b"q q q", b"BT", b"ET", b"BX 1 unknown EX", b"BX", b"EX", b"1 unknown", b"W n", b"0 0 10 10 re W n", b"W",
    b"n", b"f", b"S", b"B*", b"h",
    b"0 0 5 5 re f", b"1 0 0 1 30 0 cm", b"0 0 0 0 0 0 cm", b"1e3 0 0 1 0 0 cm", b"1 0 0 1 cm", b"2 0 0 2 0 0 0 cm", b"0 g", b"1 g",
    b"1 1 1 rg", b"2 g", b"0.5 0.5 g", b"g",
    b"/Pattern cs /P0 scn", b"/DeviceCMYK cs 1 0 0 0 sc", b"/X1 Do", b"/Other Do", b"/I1 Do", b"(X1) Do", b"/GS0 gs", b"/F1 0 Tf",
    b"/F1 -12 Tf", b"/Other 12 Tf", b"/F1 Tf", b"3 Tr",
    b"7 Tr", b"1 Tr", b"9 Tr", b"-1 Tr", b"50 Tz", b"0 Tz", b"-100 Tz", b"5 Tc", b"100 Tw", b"10 Ts", b"0 TL T*", b"(7) '",
    b"1 2 (7) \"", b"(7) Tj", b"[(7)] TJ", b"[(7) (8) 4000 (9)] TJ",
    b"[7] TJ", b"7 Tj", b"/A BMC", b"EMC", b"/OC /L BDC", b"/OC <</Type/OCMD>> BDC", b"/Span <</MCID 0>> BDC", b"/A MP", b"10 w",
    b"0 w", b"-1 w", b"[3 1] 0 d", b"[0] 0 d", b"[] d",
    b"5 J", b"1 j", b"0 M", b"0 i", b"/Perceptual ri", b"/S0 sh", b"BI /W 1 /H 1 /BPC 8 /CS /G ID \x00 EI",
    b"BI /W 1 /H 1 /BPC 8 /CS /G ID \x00\nEI Q", b"BI ID EI", b"EI", b"ID",
    b"BI /W 2 /H 1 /BPC 8 /CS /G ID \x00 EI\x00 EI", b"BI /W 1 /H 1 /BPC 8 /CS /G /F /Fl ID x EI",
    b"BI /W 9 /H 9 /BPC 8 /CS /G ID \x00 EI", b"BI /W 1 /H 1 /IM true ID \x00 EI",
    b"0 0 m 99 99 l S", b"99 99 l S", b"0 0 m S", b"10 10 20 20 c", b"0 0 10 10 20 20 c S", b"900 0 d0", b"900 0 0 0 700 1000 d1",
    b"} {", b"{ 1 }", b">>", b"<<", b"]", b"[", b")", b"(", b"<", b"\x00",
    b"true", b"null", b"1 0 R", b"endstream", b"endobj", b"stream", b"F", b"b*", b"s", b"f*", b"y", b"v",
    b"1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 g",
)  # fmt: skip


def _streams(model: Model) -> list[Item]:
    return [item for item in model.objects() if content_of(item.raw)]


def _put(item: Item, content: bytes, choices: Choices) -> None:
    """Write the content back; now and then compressed, or with the old length."""
    if choices.chance(0.1):
        data = zlib.compress(content)
        item.raw = with_content(item.raw.replace(b"<<", b"<</Filter/FlateDecode", 1), data)
    else:
        item.raw = with_content(item.raw, content)


def _choose(model: Model, choices: Choices) -> tuple[Item, bytes]:
    item = choices.one(_streams(model))
    content = content_of(item.raw)
    if not content:
        raise NothingToMutate
    return item, content


def operation_added(model: Model, choices: Choices) -> None:
    """An operation more, right or wrong, at a place between two tokens."""
    item, content = _choose(model, choices)
    at = choices.one((0, len(content), *(token.end for token in tokens(content))))
    _put(item, content[:at] + b" " + choices.one(OPERATIONS) + b" " + content[at:], choices)


def token_respelled(model: Model, choices: Choices) -> None:
    """A number, name or string of the content is written otherwise."""
    item, content = _choose(model, choices)
    kind = choices.one(("number", "number", "name", "string"))
    token = choices.one(tokens(content, *(("string", "hex") if kind == "string" else (kind,))))
    spell = {"number": other_number, "name": other_name, "string": other_string}[kind]
    _put(item, replaced(content, token, spell(token.text, choices)), choices)


def token_gone(model: Model, choices: Choices) -> None:
    """A token is missing, doubled, glued to the next, or changes places with another."""
    item, content = _choose(model, choices)
    all_tokens = tokens(content)
    token = choices.one(all_tokens)
    what = choices.between(0, 3)
    if what == 0:
        content = replaced(content, token, b"")
    elif what == 1:
        content = replaced(content, token, token.text + b" " + token.text)
    elif what == 2:
        content = content[: token.end] + content[token.end :].lstrip()
    else:
        content = replaced(content, token, choices.one(all_tokens).text)
    _put(item, content, choices)


def between_tokens(model: Model, choices: Choices) -> None:
    """A comment or odd white space stands between two tokens, or within one."""
    item, content = _choose(model, choices)
    token = choices.one(tokens(content))
    at = choices.one((token.start, token.end, (token.start + token.end) // 2))
    _put(item, content[:at] + choices.one((*COMMENTS, *SPACES)) + content[at:], choices)


def word_changed(model: Model, choices: Choices) -> None:
    """An operator is another one, or none."""
    item, content = _choose(model, choices)
    token = choices.one(tokens(content, "word"))
    word = choices.one((*OPERATIONS, token.text + b"x", token.text.upper(), token.text.lower(), token.text + token.text,
        token.text + b"\xff", token.text + b"0"))
    _put(item, replaced(content, token, word.split()[-1] if word.split() else b""), choices)


def content_cut(model: Model, choices: Choices) -> None:
    """The content ends early, or goes on behind an end of data."""
    item, content = _choose(model, choices)
    cut = choices.between(0, len(content))
    _put(item, choices.one((content[:cut], content[cut:], content + content[:cut])), choices)


def content_split(model: Model, choices: Choices) -> None:
    """A page's /Contents repeats itself, stands twice, or mixes with other streams."""
    pages = [one for one in model.objects() if re.search(rb"/Contents\s*\[?\s*\d+ 0 R", one.raw)]
    page = choices.one(pages)
    others = choices.one(_streams(model)).number or 1
    said = choices.one((b"/Contents[%%d 0 R %d 0 R]" % others, b"/Contents[%d 0 R %%d 0 R]" % others, b"/Contents[%d 0 R %d 0 R]",
        b"/Contents[null %d 0 R]", b"/Contents[%d 0 R null]"))
    page.raw = re.sub(
        rb"/Contents\s*\[?\s*(\d+) 0 R\s*\]?", lambda found: re.sub(rb"%d", found[1], said.replace(b"%%", b"%")), page.raw, count=1
    )


MUTATIONS = (operation_added, operation_added, token_respelled, token_respelled, token_gone, between_tokens, word_changed,
    content_cut, content_split)
