"""Mutations of cross-reference sections, trailers and the file's end."""

import re

from tests.fuzz.choices import Choices, NothingToMutate
from tests.fuzz.pdf_model import Item, Model, Revision, Row, Section
from tests.fuzz.tokens import COMMENTS, SPACES


def _section(model: Model, choices: Choices) -> Section:
    return choices.one(model.revisions).section


def _row(section: Section, choices: Choices) -> Row:
    return choices.one([row for row in section.rows if row.number])


def row_offset(model: Model, choices: Choices) -> None:
    """An entry points a little or far beside, or at another object."""
    section = _section(model, choices)
    row = _row(section, choices)
    if choices.chance(0.3):
        row.points_at = choices.one([item for item in model.objects() if item is not row.points_at])
    else:
        row.shift = choices.one((-1, 1, -2, 2, 3, 7, -7, 20, -20, 100, 10**6, 10**9))


def row_generation(model: Model, choices: Choices) -> None:
    """An entry says another generation; perhaps the object and what refers to it too."""
    row = _row(_section(model, choices), choices)
    row.last = choices.one((1, 2, 65535, 65536, 99999, row.last + 1))
    if row.points_at is not None and choices.chance():
        row.points_at.raw = re.sub(rb"^\d+ \d+ obj", b"%d %d obj" % (row.number, row.last), row.points_at.raw)
        if choices.chance():
            for item in model.objects():
                item.raw = re.sub(rb"\b%d 0 R" % row.number, b"%d %d R" % (row.number, row.last), item.raw)


def row_kind(model: Model, choices: Choices) -> None:
    """An entry is of another kind."""
    row = _row(_section(model, choices), choices)
    row.kind = choices.one([kind for kind in (0, 1, 2, 3, 255) if kind != row.kind])


def row_removed(model: Model, choices: Choices) -> None:
    """An entry is missing."""
    section = _section(model, choices)
    section.rows.remove(_row(section, choices))


def row_twice(model: Model, choices: Choices) -> None:
    """A number is listed twice, the second time for the same object, another one or none."""
    section = _section(model, choices)
    row = _row(section, choices)
    other = Row(row.number, choices.one((row.kind, 0, 1)), row.field, row.last, choices.one((row.points_at, *model.objects())))
    section.rows.insert(choices.one((0, len(section.rows), section.rows.index(row))), other)


def row_added(model: Model, choices: Choices) -> None:
    """A number more is listed: free, in use at another's place, at nothing."""
    section = _section(model, choices)
    number = choices.one((model.free_number(), model.free_number() + 7, 1_000_001, 8_388_608, 0))
    at: Item | None = choices.one((None, *model.objects()))
    section.rows.append(Row(number, choices.one((0, 1, 1, 2)), choices.one((0, 1, 17)), choices.one((0, 1, 65535)), at))
    if choices.chance():
        section.trailer = re.sub(rb"/Size \d+", b"/Size %d" % (number + 1), section.trailer)


def rows_in_other_order(model: Model, choices: Choices) -> None:
    """The subsections stand in another order, or each entry has its own."""
    section = _section(model, choices)
    if choices.chance():
        section.rows.reverse()
    else:
        cut = choices.between(1, max(1, len(section.rows) - 1))
        section.rows = section.rows[cut:] + section.rows[:cut]


def row_zero(model: Model, choices: Choices) -> None:
    """Entry 0 is in use, has another generation, a number, or is missing."""
    section = _section(model, choices)
    zero = next((row for row in section.rows if row.number == 0), None)
    if zero is None:
        section.rows.insert(0, Row(0, 0, 0, 65535))
        return
    what = choices.between(0, 3)
    if what == 0:
        section.rows.remove(zero)
    elif what == 1:
        zero.kind, zero.points_at = 1, choices.one(model.objects())
    else:
        zero.last, zero.field = choices.one((0, 1, 65534, 65536 % 10**5)), choices.one((0, 1, 4))


def row_spelling(model: Model, choices: Choices) -> None:
    """An entry of a table is written otherwise."""
    section = _section(model, choices)
    if section.stream is not None:
        raise NothingToMutate
    row = choices.one(section.rows)
    row.text = choices.one(
        (
            b"%010d %05d %b\n", b"%010d %05d %b\r\n", b"%010d %05d %b\n\n", b"%010d  %05d %b\n", b"%09d %05d %b  \n",
            b"%010d %05d %b \r",
            b"%010d %05d %b%%\n", b"+%09d %05d %b \n", b"%010d %05d %b\t\n", b"% 10d %05d %b \n", b"%010d %05d %b \x00",
            b"%010d %04d %b  \n",
        )
    )  # fmt: skip


def subsection_head(model: Model, choices: Choices) -> None:
    """A subsection says another first number or count, or says it otherwise."""
    section = _section(model, choices)
    if section.stream is not None:
        raise NothingToMutate
    first, count = section.rows[0].number, len(section.rows)
    section.heads = [
        choices.one(
            (
                b"%d %d\n" % (first + 1, count), b"%d %d\n" % (first, count + 1), b"%d %d\n" % (first, max(0, count - 1)),
                b"0 0\n%d %d\n" % (first, count),
                b"%d  %d\n" % (first, count), b"%d %d \n" % (first, count), b"%d %d\r" % (first, count), b"%d %d " % (first, count),
                b"0%d %d\n" % (first, count),
                b"+%d %d\n" % (first, count), b"%d %d\n\n" % (first, count), b"%d\n%d\n" % (first, count), b"%d %d %%\n" % (first,
                count),
            )
        )
    ]  # fmt: skip


def table_keyword(model: Model, choices: Choices) -> None:
    """The keyword ``xref`` is written otherwise."""
    section = _section(model, choices)
    if section.stream is not None:
        raise NothingToMutate
    section.keyword = choices.one((b"xref \n", b"xref\r", b"xref\r\n", b"xref ", b"xref\n\n", b"xref%\n", b" xref\n", b"\nxref\n",
        b"xref\n0 0\n", b"xre\n"))


def stream_shape(model: Model, choices: Choices) -> None:
    """A cross-reference stream has other widths, entries beside its rows, or another filter."""
    section = _section(model, choices)
    if section.stream is None:
        raise NothingToMutate
    what = choices.between(0, 3)
    if what == 0:
        section.widths = choices.one(((1, 4, 0), (0, 4, 2), (1, 8, 2), (2, 3, 1), (1, 2, 1), (4, 4, 4), (1, 4, 8)))
    elif what == 1:
        section.filtered = not section.filtered
    else:
        section.entries = choices.one(
            (
                b"/Type/ObjStm", b"/W[1 2 1]", b"/Index[0 1]", b"/DecodeParms null", b"/DecodeParms<</Predictor 1>>",
                b"/Filter/ASCIIHexDecode", b"/F(x)",
                b"/Extends 4 0 R", b"/N 1/First 4", b"/XRefStm 10", b"/Prev 10", b"/Length 3",
            )
        )  # fmt: skip


def trailer_entry(model: Model, choices: Choices) -> None:
    """A trailer's entry is changed, removed, doubled or added."""
    section = _section(model, choices)
    number = choices.one(model.objects()).number or 1
    key = choices.one((b"Size", b"Root", b"Prev", b"ID", b"Info", b"Encrypt", b"XRefStm", b"Type", b"Other", b"Linearized"))
    value = choices.one(
        (
            b"0", b"1", b"-1", b"1.0", b"null", b"%d 0 R" % number, b"%d 1 R" % number, b"<</Type/Catalog/Pages 2 0 R>>",
            b"[<00><00>]", b"[]", b"(x)",
            b"%d" % choices.between(0, 4000), b"%d" % (model.free_number() + choices.between(-3, 3)), b"<<>>",
            b"<</Filter/Standard/V 0>>", b"99 0 R",
        )
    )  # fmt: skip
    there = re.search(rb"/%b\s*(?:\d+ \d+ R|\d+|\[[^\]]*\])" % key, section.trailer)
    what = choices.between(0, 3)
    if there and what == 0:
        section.trailer = section.trailer.replace(there[0], b"", 1)
    elif there and what == 1:
        section.trailer = section.trailer.replace(there[0], b"/%b %b" % (key, value), 1)
    elif what == 2:
        spelled = b"#%02x" % key[0] + key[1:]
        section.trailer = section.trailer[:-2] + b"/%b %b>>" % (spelled, value)
    else:
        place = 2 if choices.chance() else len(section.trailer) - 2
        section.trailer = section.trailer[:place] + b"/%b %b" % (key, value) + section.trailer[place:]


def file_end(model: Model, choices: Choices) -> None:
    """``startxref`` or the end of a revision says something else, or more."""
    section = _section(model, choices)
    what = choices.between(0, 4)
    if what == 0:
        section.start_shift = choices.one((-2, -1, 1, 2, 5, 100, -100))
    elif what == 1:
        section.start_text = choices.one((b"0", b"00", b"-1", b"99999999999999", b"+9", b"9.0", b""))
    elif what == 2:
        section.tail = choices.one(
            (
                b"\n%%EOF", b"\n%%EOF\r", b"\n%%EOF\r\n", b"\n%%EOF\n\n", b"\n%%EOF\n%%EOF\n", b"\n%%EOF\n% more\n",
                b"\n%%EOF junk\n", b"\n%%EOF\n" + bytes(40),
                b"%%EOF\n", b" %%EOF\n", b"\n%%eof\n", b"\n", b"\n%%EOF\n4 0 obj\n(7)\nendobj\n", b"\n%%EOF\nstartxref\n0\n%%EOF\n",
                b"\n%%EO",
            )
        )  # fmt: skip
    elif what == 3:
        section.before_start = choices.one((*COMMENTS, *SPACES, b"\nstartxref\n9\n", b"\njunk\n"))
    else:
        section.trailer += choices.one((*COMMENTS, *SPACES))


def file_header(model: Model, choices: Choices) -> None:
    """The header has another version or more around it."""
    first = model.revisions[0].items[0]
    version = choices.one((b"1.0", b"1.3", b"1.7", b"1.8", b"1.9", b"2.0", b"2.1", b"3.0", b"1.", b"1.77", b"0.9"))
    before = choices.one((b"", b"", b"", b"\n", b" ", b"junk\n", b"\xef\xbb\xbf"))
    line = choices.one((b"\n%\xe2\xe3\xcf\xd3\n", b"\n", b"\r", b"\r\n", b" \n", b"\n% plain\n", b"\n%\xe2\xe3\xcf\xd3" * 2 + b"\n",
        b"\n%" + b"\xe2" * 70 + b"\n", b"%\n"))
    if first.number is not None:
        raise NothingToMutate
    first.raw = before + b"%PDF-" + version + line


def revision_more(model: Model, choices: Choices) -> None:
    """Another revision behind: an object anew, freed, or nothing at all."""
    item = choices.one(model.objects())
    last = model.revisions[-1].section
    number = item.number or 1
    anew = Item(item.raw, number)
    digits = re.sub(rb"\((\d)", lambda found: b"(" + (b"7" if found[1] != b"7" else b"1"), item.raw)
    anew.raw = choices.one((item.raw, digits))
    what = choices.between(0, 3)
    rows = {0: [Row(number, 1, points_at=anew)], 1: [Row(number, 0, 0, 1)], 2: [], 3: [Row(0, 0, 0, 65535), Row(number, 1,
        points_at=item)]}[what]
    trailer = last.trailer if b"/Prev" in last.trailer else last.trailer[:-2] + b"/Prev 1>>"
    section = Section(rows, trailer, None, heads=[b"0 0\n"] if not rows else None)
    model.revisions.append(Revision([anew] if what == 0 else [], section))


MUTATIONS = (
    row_offset, row_generation, row_kind, row_removed, row_twice, row_added, rows_in_other_order, row_zero, row_spelling,
    subsection_head, table_keyword, stream_shape, trailer_entry, file_end, file_header, revision_more,
)  # fmt: skip
