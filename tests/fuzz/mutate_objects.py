"""Mutations of whole objects, of what stands between them, of stream lengths and of object streams."""

import re
import zlib

from tests.fuzz.choices import Choices, NothingToMutate
from tests.fuzz.pdf_model import Item, Model, Row
from tests.fuzz.tokens import COMMENTS, SPACES, parts_of, tokens

JUNK = (
    b"junk\n", b"null\n", b"endobj\n", b"endstream\n", b"<<>>\n", b"(a string)\n", b"4 0 R\n", b"stream\n", b"xref\n0 0\n",
    b"trailer\n<<>>\n",
    b"startxref\n0\n%%EOF\n", b"\x00" * 8, b"0", b"obj\n", b"4 0 obj\n", b"}\n",
)  # fmt: skip


def _other_digits(raw: bytes) -> bytes:
    """The object with other digits in its first string: what a forger would show instead."""
    return re.sub(rb"\((\d)", lambda found: b"(" + (b"7" if found[1] != b"7" else b"1"), raw, count=1)


def _place(model: Model, choices: Choices) -> tuple[list[Item], int]:
    items = choices.one(model.revisions).items
    return items, choices.between(1 if items and items[0].number is None else 0, len(items))


def object_twice(model: Model, choices: Choices) -> None:
    """An object stands twice, once with other digits; one of both is listed."""
    item = choices.one([one for one in model.objects() if _other_digits(one.raw) != one.raw])
    twin = Item(_other_digits(item.raw), item.number, item.generation)
    if choices.chance(0.4):
        items, place = _place(model, choices)
        items.insert(place, twin)
    else:
        items = next(revision.items for revision in model.revisions if item in revision.items)
        items.insert(items.index(item) + choices.between(0, 1), twin)
    if choices.chance(0.3):
        _point(model, item, twin)


def _point(model: Model, old: Item, new: Item) -> None:
    for revision in model.revisions:
        for row in revision.section.rows:
            if row.points_at is old:
                row.points_at = new


def object_added(model: Model, choices: Choices) -> None:
    """An object more: listed or not, referred to or not."""
    items, place = _place(model, choices)
    number = choices.one((model.free_number(), model.free_number() + 3, 999_999, 1_000_000, 1_000_001, 8_388_607, 0))
    body = choices.one(
        (
            b"null", b"(7777)", b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Page>>", b"4 0 R", b"%d 0 R" % number, b"[]", b"1 2",
            b"", b"<</Linearized 1/L 9>>",
            b"<</Length 2>>\nstream\nBT\nendstream", b"<</Type/XRef/W[1 1 1]/Size 1/Length 3>>\nstream\n\0\0\0\nendstream",
        )
    )  # fmt: skip
    item = Item(b"%d 0 obj\n%b\nendobj\n" % (number, body), number)
    items.insert(place, item)
    if choices.chance(0.8):
        section = next(one.section for one in model.revisions if one.items is items)
        section.rows.append(Row(number, 1, points_at=item))
        if choices.chance(0.8):
            section.trailer = re.sub(rb"/Size \d+", b"/Size %d" % (number + 1), section.trailer)
    if choices.chance():
        target = choices.one([one for one in model.objects() if b">>" in one.raw])
        target.raw = target.raw.replace(b"<<", b"<</More %d 0 R" % number, 1)


def object_removed(model: Model, choices: Choices) -> None:
    """An object is missing, its entry too or not."""
    item = choices.one(model.objects())
    for revision in model.revisions:
        if item in revision.items:
            revision.items.remove(item)
        if choices.chance():
            revision.section.rows = [row for row in revision.section.rows if row.points_at is not item]


def objects_swapped(model: Model, choices: Choices) -> None:
    """Two objects change places, or their numbers."""
    one, other = choices.one(model.objects()), choices.one(model.objects())
    if choices.chance():
        _point(model, one, other)
    else:
        one.raw, other.raw = other.raw, one.raw


def object_header(model: Model, choices: Choices) -> None:
    """An object's header is written otherwise."""
    item = choices.one(model.objects())
    number, rest = item.number or 1, item.raw[parts_of(item.raw)[0].__len__() :]
    said = choices.one(
        (
            b"0%d 0 obj", b"%d 00 obj", b"%d  0 obj", b"+%d 0 obj", b"%d 0  obj", b"%d\n0\nobj", b"%d 0 obj ", b"%d 0 obj%%\n",
            b"%d 0 obj%% endobj\n", b"%d 0 OBJ",
            b" %d 0 obj", b"\n%d 0 obj", b"%d 1 obj", b"%d 0obj", b"%d\x000 obj", b"%d 0 obj\n\n\n", b"-%d 0 obj",
            b"%d 0 obj <<>> endobj %d 0 obj",
        )
    )  # fmt: skip
    item.raw = said.replace(b"%d", b"%d" % number).replace(b"%%", b"%") + rest


def object_end(model: Model, choices: Choices) -> None:
    """An object's end is missing, doubled or written otherwise."""
    item = choices.one(model.objects())
    end = choices.one((b"", b"endobj endobj\n", b"endobj", b"ENDOBJ\n", b"endobj junk\n", b"\nendobj%\n", b"endobjx\n",
        b"end obj\n", b"endstream endobj\n", b"7 endobj\n"))
    item.raw = parts_of(item.raw)[0] + b"".join(parts_of(item.raw)[1:3]) + end


def junk_between(model: Model, choices: Choices) -> None:
    """Something stands between objects."""
    items, place = _place(model, choices)
    items.insert(place, Item(choices.one((*JUNK, *COMMENTS, *SPACES))))


def comment_inside(model: Model, choices: Choices) -> None:
    """A comment, white space or junk stands between two tokens of an object."""
    item = choices.one(model.objects())
    head, value, stream, end = parts_of(item.raw)
    token = choices.one(tokens(value))
    more = choices.one((*COMMENTS, *COMMENTS, *SPACES, *JUNK))
    item.raw = head + value[: token.start] + more + value[token.start :] + stream + end


def stream_length(model: Model, choices: Choices) -> None:
    """A stream's /Length is wrong, missing, double or another object's."""
    item = choices.one([one for one in model.objects() if parts_of(one.raw)[2]])
    head, value, stream, end = parts_of(item.raw)
    found = re.search(rb"/Length (\d+)(?: \d+ R)?", value)
    if found is None:
        raise NothingToMutate
    length = int(found[1])
    if choices.chance(0.4):
        number = model.free_number()
        other = Item(b"%d 0 obj\n%d\nendobj\n" % (number, length + choices.one((0, 0, 0, 1, -1))), number)
        revision = model.revisions[-1]
        revision.items.append(other)
        revision.section.rows.append(Row(number, 1, points_at=other))
        revision.section.trailer = re.sub(rb"/Size \d+", b"/Size %d" % (number + 1), revision.section.trailer)
        new = b"/Length %d 0 R" % number
    else:
        wrong = (b"%d" % (length + choices.one((-20, -2, -1, 1, 2, 9, 20, 10**6))), b"-1", b"0", b"%d.0" % length, b"0%d" % length,
            b"+%d" % length)
        said = choices.one((*wrong, b"null", b"(%d)" % length, b"%d/Length 0" % length, b"0/Length %d" % length,
            b"%d/#4cength 0" % length, b"99 0 R", b"4 0 R"))
        new = choices.one((b"/Length " + said, b"/Length " + said, b"/Length " + said, b""))
    item.raw = head + value.replace(found[0], new, 1) + stream + end


def stream_keyword(model: Model, choices: Choices) -> None:
    """``stream`` and ``endstream`` are written otherwise."""
    item = choices.one([one for one in model.objects() if parts_of(one.raw)[2]])
    head, value, stream, end = parts_of(item.raw)
    if choices.chance():
        opening = choices.one((b"stream\r", b"stream\r\n", b"stream \n", b"stream", b"stream\n\n", b"stream%\n", b"streams\n",
            b"stream\t\n", b"Stream\n"))
        stream = opening + stream[7:]
    else:
        closing = choices.one((b"endstream endobj\n", b"\n\nendstream\nendobj\n", b"   endstream\nendobj\n", b"endobj\n",
            b"endstream\n", b"endstream%\nendobj\n"))
        end = closing
        stream = stream.rstrip(b"\r\n") + choices.one((b"", b"\n", b"\r", b"\r\n", b"\n\n", b" "))
    item.raw = head + value + stream + end


def stream_filter(model: Model, choices: Choices) -> None:
    """A stream's filter is another one, or comes with parameters."""
    item = choices.one([one for one in model.objects() if parts_of(one.raw)[2]])
    head, value, stream, end = parts_of(item.raw)
    value = re.sub(rb"/Filter\s*(?:/\w+|\[[^\]]*\])", b"", value)
    said = choices.one(
        (
            b"/Filter[]", b"/Filter null", b"/Filter/FlateDecode", b"/Filter/Fl", b"/Filter[/FlateDecode]",
            b"/Filter[/ASCIIHexDecode/FlateDecode]", b"/Filter[null]",
            b"/Filter/Crypt", b"/Filter/Other", b"/Filter/#46lateDecode", b"/F(x)", b"/F<</F(x)>>/FFilter/FlateDecode",
            b"/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 4>>",
            b"/Filter/FlateDecode/DecodeParms[null]", b"/Filter/FlateDecode/DL 4", b"/Filter/ASCIIHexDecode",
            b"/Filter/ASCII85Decode", b"/Filter/RunLengthDecode",
        )
    )  # fmt: skip
    if choices.chance(0.6) and b"FlateDecode" in said and b"ASCII" not in said and b"Predictor" not in said:
        data = zlib.compress(stream[7:].rstrip(b"\r\n"))
        value, stream = re.sub(rb"/Length \d+(?: \d+ R)?", b"/Length %d" % len(data), value), b"stream\n" + data + b"\n"
    item.raw = head + value.replace(b"<<", b"<<" + said, 1) + stream + end


def object_stream(model: Model, choices: Choices) -> None:
    """An object stream says another count, first offset, order or member than it has."""
    item = choices.one([one for one in model.objects() if b"/ObjStm" in parts_of(one.raw)[1]])
    head, value, stream, end = parts_of(item.raw)
    count, first = (int(found[1]) if (found := re.search(rb"/%b (\d+)" % key, value)) else 0 for key in (b"N", b"First"))
    data = stream[7:].rstrip(b"\r\n")
    data = zlib.decompress(data) if b"FlateDecode" in value else data
    pairs = data[:first].split()
    bodies = data[first:]
    what = choices.between(0, 8)
    if what == 0:
        value = value.replace(b"/N %d" % count, b"/N %d" % choices.one((count - 1, count + 1, 0, -1)), 1)
    elif what == 1:
        value = value.replace(b"/First %d" % first, b"/First %d" % choices.one((first - 1, first + 1, first + 5, 0)), 1)
    elif what == 2 and len(pairs) > 3:
        pairs[0:2], pairs[2:4] = pairs[2:4], pairs[0:2]
    elif what == 3:
        place = choices.between(0, count - 1)
        pairs[2 * place + 1] = b"%d" % (int(pairs[2 * place + 1]) + choices.one((-1, 1, 2)))
    elif what == 4:
        pairs += [b"%d" % choices.one((model.free_number(), int(pairs[0]))), b"%d" % len(bodies)]
        bodies += choices.one((b" (7777) ", b" 4 0 R ", b" <</Type/Catalog/Pages 2 0 R>> "))
        value = value.replace(b"/N %d" % count, b"/N %d" % (count + 1), 1)
    elif what == 5:
        bodies = bodies.replace(b">>", choices.one(COMMENTS) + b">>", 1)
    elif what == 6:
        value = value.replace(b"<<", b"<</Extends %d 0 R" % choices.one((item.number or 1, 4)), 1)
    elif what == 7:
        pairs[0] = b"0" + pairs[0]
    else:
        row = choices.one([row for one in model.revisions for row in one.section.rows if row.kind == 2])
        row.field, row.last = choices.one(((row.field, row.last + 1), (row.field, 0), (4, row.last), (row.number, row.last)))
    opening = b" ".join(pairs).ljust(first - 1) + b" "
    if what in (2, 3, 4, 7):
        value = value.replace(b"/First %d" % first, b"/First %d" % len(opening), 1)
    data = opening + bodies
    data = zlib.compress(data) if b"FlateDecode" in value else data
    value = re.sub(rb"/Length \d+", b"/Length %d" % len(data), value)
    item.raw = head + value + b"stream\n" + data + b"\n" + end


MUTATIONS = (
    object_twice, object_added, object_removed, objects_swapped, object_header, object_end, junk_between, comment_inside, stream_length,
    stream_keyword, stream_filter, object_stream,
)  # fmt: skip
