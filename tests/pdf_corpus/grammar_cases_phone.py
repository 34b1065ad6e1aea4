"""Cases for conditions of the phone's reader that no other case needs (ISO 32000-2, 7.5.4 to 7.5.8)."""

from collections.abc import Iterator

from tests.pdf_corpus.grammar_case import GrammarCase, both, signed_only
from tests.pdf_corpus.grammar_cases_revisions import hybrid, linearised
from tests.pdf_corpus.grammar_writer import HEADER, GrammarFile, base, build, open_document, pack

_FAR = b"9" * 19  # more than any place that a reader can be told
_HIDDEN = 10


def cases() -> Iterator[GrammarCase]:
    yield from both("startxref_far_beyond", "startxref", lambda s: build(s, startxref=b"startxref\n%b\n" % _FAR))
    yield from both("linearised_size_of_main_zero", "size", lambda s: b"/Size 0 ".join(linearised(s).rsplit(b"/Size 10", 1)))
    yield from both("linearised_size_of_main_negative", "size", lambda s: b"/Size -1".join(linearised(s).rsplit(b"/Size 10", 1)))
    for name, listed, body, generation in (
        ("of_another_number", {11: (8, 0)}, pack({12: b"(x)"}), 0),
        ("missing", {11: (8, 0), 12: (8, 1)}, pack({11: b"(x)"}), 0),
        ("of_another_generation", {11: (8, 0)}, pack({11: b"(x)"}), 1),
        ("of_no_object_stream", {11: (8, 0), 12: (30, 0)}, pack({11: b"(x)"}), 0),
    ):
        yield from signed_only(f"replaced_member_{name}", "object_stream_member", _replaced(listed, body, generation), "generation")
    yield from signed_only("replaced_member", None, _replaced({11: (8, 0)}, pack({11: b"(x)"})))
    yield from both("length_in_another_generation", "length_value", _length_of_member, "dangling")
    yield from signed_only("hybrid_table_of_another_root", "hybrid", hybrid(True, root=b"/Root 5 0 R", copied=True))
    small = hybrid(True).replace(b"/Type /XRef /Size 10", b"/Type /XRef /Size 9 ")
    yield from signed_only("hybrid_stream_size_small", "size", small)
    yield from signed_only("hybrid_lists_older_object", "hybrid", _lists_older(), "dangling")
    yield from both("hybrid_first_section", "hybrid", _hybrid_at_once, "linearised")


def _replaced(listed: dict[int, tuple[int, int]], body: bytes, generation: int = 0) -> bytes:
    """Object stream 8 with the members that its section lists, each of which the next revision replaces."""
    objects = base(True)
    file = GrammarFile()
    for number in sorted(objects):
        file.put(number, objects[number])
    file.put(8, body, generation=generation)
    file.close_stream(9, listed)
    for number in listed:
        file.put(number, b"(y)")
    return file.close_stream(10).done()


def _length_of_member(signed: bool) -> bytes:
    """A length refers to generation 1 of an object that an object stream holds at index 1."""
    objects = base(signed) | {4: b"<< /Length 12 1 R >>\nstream\nq Q \n\nendstream"}
    file = GrammarFile()
    for number in sorted(objects):
        file.put(number, objects[number].replace(b"/Count 1", b"/Count 1 /X [11 0 R 12 0 R]"))
    file.put(8, pack({11: b"(x)", 12: b"5"}))
    return file.close_stream(9, {11: (8, 0), 12: (8, 1)}).done()


def _xref_stream(number: int, rows: dict[int, tuple[int, int, int]]) -> bytes:
    """The body of a cross-reference stream of Word's kind."""
    index = b" ".join(b"%d 1" % one for one in sorted(rows))
    data = b"".join(b"%c%b%b" % (a, b.to_bytes(4, "big"), c.to_bytes(2, "big")) for _, (a, b, c) in sorted(rows.items()))
    said = b"<< /Type /XRef /Size %d /Root 1 0 R /W [1 4 2] /Index [%b] /Length %d >>" % (number + 1, index, len(data))
    return said + b"\nstream\n" + data + b"\nendstream"


def _lists_older() -> bytes:
    """The hidden stream of the second revision lists object 7 where it stood in the first: the table has freed it."""
    file = open_document(True, {7: b"(x)"})
    listed = {7: (1, file.entries[7][0], 0)}
    file.close()
    file.free(7, 65535)
    start = len(file.out)
    listed[_HIDDEN] = (1, start, 0)
    file.put(_HIDDEN, _xref_stream(_HIDDEN, listed))
    file.close()
    return file.close(rows=b"0 0\n", extra=b"/XRefStm %d " % start).done()


def _hybrid_at_once(signed: bool) -> bytes:
    """A linearised file whose section in front lists nothing but by a hidden stream before it."""
    objects = base(signed)
    numbers = sorted(objects)
    offsets: dict[int, int] = dict.fromkeys([8, 9, *numbers], 0)
    length = main = front = 0
    data = b""
    for _ in range(3):  # the numbers are of fixed width: the second round knows them
        out = bytearray(HEADER)
        first = b"<< /Linearized 1 /L %010d /H [0 0] /O 3 /E %010d /N 1 /T %010d >>" % (length, length, main)
        for number, body in ((9, first), (8, _xref_stream(9, {8: (1, offsets[8], 0)}))):
            offsets[number] = len(out)
            out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
        front = len(out)
        out += b"xref\n0 0\ntrailer\n<< /Size 10 /Root 1 0 R /Prev %010d /XRefStm %d >>\n" % (main, offsets[8])
        out += b"startxref\n0\n%%EOF\n"
        for number in numbers:
            offsets[number] = len(out)
            out += b"%d 0 obj\n" % number + objects[number] + b"\nendobj\n"
        main = len(out)
        out += b"xref\n0 1\n0000000000 65535 f \n"
        for number in [*numbers, 9]:
            out += b"%d 1\n%010d 00000 n \n" % (number, offsets[number])
        out += b"trailer\n<< /Size 10 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % front
        length = len(out)
        data = bytes(out)
    return data
