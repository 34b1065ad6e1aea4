"""Cases of several revisions, of linearised and of hybrid files (ISO 32000-2, 7.5.6, 7.5.8.4 and annex F)."""

from collections.abc import Iterator

from tests.pdf_corpus.grammar_case import GrammarCase, both, differ, signed_only
from tests.pdf_corpus.grammar_writer import HEADER, GrammarFile, base, build, open_document, pack

_PAGE_OTHER = b"<< /Length 6 >>\nstream\nq q Q \nendstream"


def cases() -> Iterator[GrammarCase]:
    yield from _updates()
    yield from _chains()
    yield from _linearised()
    yield from _hybrids()


def _first(signed: bool, changes: dict[int, bytes] | None = None) -> GrammarFile:
    return open_document(signed, changes).close()


def _update(signed: bool, number: int, body: bytes, **closing: object) -> bytes:
    file = _first(signed)
    file.put(number, body)
    return file.close(**closing).done()  # type: ignore[arg-type]


def _updates() -> Iterator[GrammarCase]:
    yield from differ("update", "revisions", None, lambda s: _update(s, 4, _PAGE_OTHER))
    yield from signed_only("update_repeats_entry", None, _repeated_entry(in_force=True))
    yield from signed_only("update_repeats_old_entry", "offset", _repeated_entry(in_force=False), "dangling")
    yield from signed_only("update_unlisted", "unlisted", _update_unlisted(), "duplicate_number")
    yield from signed_only("update_frees_used", "freed_reference", _update_frees(), "dangling")
    yield from signed_only("update_without_root", "root", _update(True, 4, _PAGE_OTHER, root=b""))
    yield from signed_only("update_size_small", "size", _update(True, 4, _PAGE_OTHER, size=3))
    yield from signed_only("update_length_other", "length_value", _length_of_two_values(b"6"), "stream_length")
    yield from signed_only("update_length_same", None, _length_of_two_values(b"5"))
    yield from signed_only("update_redefines_packed", "packed_redefined", _redefined_packed(table=True))
    yield from signed_only("update_redefines_packed_in_stream", None, _redefined_packed(table=False))
    yield from signed_only(
        "update_entry_zero",
        "entry_zero",
        _update(True, 4, _PAGE_OTHER, rows=b"0 1\n0000000000 00000 f \n4 1\n%010d 00000 n \n" % len(_first(True).out)),
    )
    yield from both(
        "string_looks_signed",
        None,
        lambda s: build(s, {2: base(s)[2].replace(b"/Count 1", b"/Count 1 /X (/ByteRange [0 1 2 3] /Contents <00>)")}),
    )
    yield GrammarCase(
        "field_without_value/unsigned", build(True, {5: base(True)[5].replace(b"/V 6 0 R", b"/XV 6 0 R")}), None, False
    )
    yield GrammarCase(
        "field_of_null/unsigned",
        build(True, {5: base(True)[5].replace(b"/V 6 0 R", b"/V null /XV 6 0 R")}),
        None,
        False,
    )
    yield GrammarCase(
        "field_without_value_unlinearised/unsigned",
        build(True, {5: base(True)[5].replace(b"/V 6 0 R", b"/XV 6 0 R")}, size=20),
        "size",
        False,
    )


def _repeated_entry(in_force: bool) -> bytes:
    """A third revision lists object 4 again, where it stands or where it once stood."""
    file = open_document(True)
    old = file.entries[4]
    file.close()
    file.put(4, _PAGE_OTHER)
    new = file.entries[4]
    file.close()
    file.put(7, b"(x)")
    file.entries[4] = new if in_force else old
    return file.close().done()


def _update_unlisted() -> bytes:
    file = _first(True)
    file.put(4, _PAGE_OTHER)
    file.put(7, b"(x)")
    del file.entries[7]
    return file.close().done()


def _update_frees() -> bytes:
    file = _first(True)
    file.free(4)
    return file.close().done()


def _length_of_two_values(second: bytes) -> bytes:
    indirect = b"<< /Length 7 0 R >>\nstream\nq Q \n\nendstream"
    file = _first(True, {4: indirect, 7: b"5"})
    file.put(7, second)
    return file.close().done()


def _redefined_packed(table: bool) -> bytes:
    objects = base(True)
    file = GrammarFile()
    for number in sorted(set(objects) - {1, 2}):
        file.put(number, objects[number])
    file.put(8, pack({1: objects[1], 2: objects[2]}))
    file.close_stream(9, {1: (8, 0), 2: (8, 1)})
    file.put(1, objects[1])
    return (file.close() if table else file.close_stream(10)).done()


def _chains() -> Iterator[GrammarCase]:
    yield from signed_only("prev_skips_revision", "prev", _skipping(), "junk", "unlisted", "offset", "duplicate_number")
    yield from signed_only(
        "prev_circular", "prev", _update(True, 4, _PAGE_OTHER, extra=b"/Prev %d " % _start_of_update())
    )
    yield from both("prev_nowhere", "prev", lambda s: build(s, extra=b"/Prev 5 "), "revisions", "junk")
    yield from both("prev_real", "prev", lambda s: build(s, extra=b"/Prev 5.0 "), "revisions")
    yield from signed_only(
        "prev_white_before", None, _update(True, 4, _PAGE_OTHER, extra=b"/Prev %d " % (_first(True).sections[0] - 1))
    )
    yield from signed_only("revision_without_eof", "eof", _inner_end(b"\n"), "junk")
    yield from signed_only("revision_startxref_wrong", "startxref", _inner_startxref())
    yield from signed_only("comment_between_revisions", None, _inner_end(b"%%EOF\n% saved again\n"))


def _start_of_update() -> int:
    file = _first(True)
    file.put(4, _PAGE_OTHER)
    return len(file.out)


def _skipping() -> bytes:
    file = _first(True)
    first = file.sections[0]
    file.put(4, _PAGE_OTHER)
    file.close()
    file.put(7, b"(x)")
    return file.close(extra=b"/Prev %d " % first).done()


def _inner_end(end: bytes) -> bytes:
    file = open_document(True).close(end=end)
    file.put(4, _PAGE_OTHER)
    return file.close().done()


def _inner_startxref() -> bytes:
    file = open_document(True).close(startxref=b"startxref\n9\n")
    file.put(4, _PAGE_OTHER)
    return file.close().done()


def linearised(
    signed: bool, *, length_off: int = 0, update: bool = False, second: bool = False, key: bytes = b"/Linearized"
) -> bytes:
    """A linearised file: the first page's section stands in front, its /Prev names the section at the end."""
    objects = base(signed)
    if second:
        objects[2] = objects[2].replace(b"/Count 1", b"/Count 1 /Linearized 1")
    first, rest = [9, 1, 3], sorted(set(objects) - {1, 3})
    offsets: dict[int, int] = dict.fromkeys([9, *objects], 0)
    length = main = front = 0
    data = b""
    for _ in range(3):  # the numbers are of fixed width: the second round knows them
        out = bytearray(HEADER)
        objects[9] = (
            b"<< " + key + b" 1 /L %010d /H [0 0] /O 3 /E %010d /N 1 /T %010d >>" % (length + length_off, length, main)
        )
        offsets[9] = len(out)
        out += b"9 0 obj\n" + objects[9] + b"\nendobj\n"
        front = len(out)
        out += b"xref\n"
        for number in sorted(first):
            out += b"%d 1\n%010d 00000 n \n" % (number, offsets[number])
        out += b"trailer\n<< /Size 10 /Root 1 0 R /Prev %010d >>\nstartxref\n0\n%%%%EOF\n" % main
        for number in [*first[1:], *rest]:
            offsets[number] = len(out)
            out += b"%d 0 obj\n" % number + objects[number] + b"\nendobj\n"
        main = len(out)
        out += b"xref\n0 1\n0000000000 65535 f \n"
        for number in rest:
            out += b"%d 1\n%010d 00000 n \n" % (number, offsets[number])
        out += b"trailer\n<< /Size 10 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % front
        length = len(out)
        data = bytes(out)
    if not update:
        return data
    file = GrammarFile(b"")
    file.out += data
    file.sections.append(front)
    file.highest = 9
    file.put(4, _PAGE_OTHER)
    return file.close().done()


def _linearised() -> Iterator[GrammarCase]:
    yield from differ("linearised", "linearised", None, linearised)
    yield from differ("linearised_escaped", "linearised", None, lambda s: linearised(s, key=b"/Linear#69zed"))
    yield from differ("linearised_updated", "linearised", None, lambda s: linearised(s, update=True), "revisions")
    yield from both("linearised_length", "linearised", lambda s: linearised(s, length_off=1))
    yield from both("linearised_twice", "linearised", lambda s: linearised(s, second=True))
    yield from both(
        "linearised_key_alone",
        "linearised",
        lambda s: build(s, {1: base(s)[1].replace(b"/Pages", b"/Linearized 1 /Pages")}),
    )


def hybrid(
    signed: bool,
    *,
    free_in_table: bool = False,
    root: bytes = b"/Root 1 0 R",
    stream_root: bytes = b"/Root 1 0 R",
    behind: bool = False,
    copied: bool = False,
    frees: bool = False,
    full_table: bool = False,
) -> bytes:
    """The shape that Word writes: a whole table, then an empty one whose /XRefStm lists what is packed too."""
    objects = base(signed)
    file = GrammarFile()
    for number in sorted(set(objects) - {2}):
        file.put(number, objects[number])
    file.put(8, pack({2: objects[2]}))
    listed = {number: (1, entry[0], 0) for number, entry in file.entries.items()} | {0: (0, 0, 65535), 2: (2, 8, 0)}
    file.free(2, 65535)

    def stream() -> int:
        start = len(file.out)
        listed[9] = (1, start, 0)
        index = b" ".join(b"%d 1" % number for number in sorted(listed))
        data = b"".join(
            b"%c%b%b" % (a, b.to_bytes(4, "big"), c.to_bytes(2, "big")) for _, (a, b, c) in sorted(listed.items())
        )
        head = b"<< /Type /XRef /Size 10 " + stream_root + b" /W [1 4 2] /Index [%b] /Length %d >>" % (index, len(data))
        file.put(9, head + b"\nstream\n" + data + b"\nendstream")
        return start

    place = 0 if behind else stream()
    file.close()
    if behind:
        place = stream()
        file.entries = {}
    rows = b"0 0\n"
    if free_in_table:
        rows = b"0 1\n0000000000 65535 f \n2 1\n0000000000 65535 f \n"
    if full_table:
        rows = b"4 1\n%010d 00000 n \n" % listed[4][1]
    file.close(rows=rows, extra=b"/XRefStm %d " % place, root=root)
    if copied:
        file.put(4, _PAGE_OTHER)
        if frees:
            file.free(7)
        file.close(extra=b"/XRefStm %d " % place)
    return file.done()


def _hybrids() -> Iterator[GrammarCase]:
    yield from differ("hybrid", "hybrid", None, hybrid, "revisions")
    yield from both("hybrid_place_negative", "hybrid", lambda s: build(s, extra=b"/XRefStm -1 "))
    yield from signed_only("hybrid_free_in_table", "hybrid", hybrid(True, free_in_table=True), "object_stream_member")
    yield from signed_only("hybrid_root_differs", "hybrid", hybrid(True, root=b"/Root 5 0 R"), "root", "page_type")
    yield from signed_only(
        "hybrid_stream_behind", "hybrid", hybrid(True, behind=True), "junk", "unlisted", "prev", "object_stream_member"
    )
    yield from signed_only("hybrid_copied", None, hybrid(True, copied=True))
    yield from signed_only("hybrid_freed_number", "hybrid", _hybrid_frees_packed())


def _hybrid_frees_packed() -> bytes:
    """A newer table frees a number that the copied stream has in use: poppler draws it, others don't."""
    data = hybrid(True, copied=False)
    place = int(data.rsplit(b"/XRefStm ", 1)[1].split()[0])
    section = int(data.rsplit(b"startxref\n", 1)[1].split()[0])
    file = GrammarFile(b"")
    file.out += data
    file.sections.append(section)
    file.highest = 9
    file.put(1, base(True)[1].replace(b"/Pages 2 0 R", b"/Pages 7 0 R"))
    file.put(3, base(True)[3].replace(b"/Parent 2 0 R", b"/Parent 7 0 R"))
    file.put(7, base(True)[2])
    file.free(2)
    return file.close(extra=b"/XRefStm %d " % place).done()
