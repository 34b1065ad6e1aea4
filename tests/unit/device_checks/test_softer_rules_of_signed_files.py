"""Signed files are taken with what their honest makers did; the same in an unsigned file is refused, and so is each softening without
its condition."""

import io
import re

import pikepdf
import pytest

from mobile_app.errors import CheckFailed
from tests.unit.device_checks.document_forge import CATALOG, CONTENT, FONT, PAGE, PAGES, stream
from tests.unit.device_checks.revision_forge import (
    HEADER,
    SIGNED,
    VALUE,
    WIDGET,
    Revision,
    judge,
    packed_stream,
    written,
)

UNSIGNED = {**SIGNED, WIDGET: SIGNED[WIDGET].replace(b"/V 7 0 R", b"/DV 7 0 R")}
Objects = dict[int, bytes]


def once(objects: Objects, **more: object) -> bytes:
    return written(Revision(objects, **more))  # type: ignore[arg-type]


def again(objects: Objects, more: dict[str, object] | None = None, **latest: object) -> bytes:
    """Two revisions; the second one writes the widget anew."""
    second = {"zero": None, **latest}
    return written(Revision(objects, **(more or {})), Revision({WIDGET: objects[WIDGET]}, **second))  # type: ignore[arg-type]


def linearised(objects: Objects, packed: bool = False, behind: bool = True, **latest: object) -> bytes:
    """What qpdf linearises, with one revision behind."""
    out = io.BytesIO()
    mode = pikepdf.ObjectStreamMode.generate if packed else pikepdf.ObjectStreamMode.disable
    with pikepdf.open(io.BytesIO(once(objects))) as document:
        document.save(out, linearize=True, object_stream_mode=mode, static_id=True)
    data = out.getvalue()
    return behind_linearised(data, **latest) if behind else data


def behind_linearised(data: bytes, body: bytes = b"<<>>", **latest: object) -> bytes:
    root = re.search(rb"/Root (\d+) 0 R", data)
    size = max(map(int, re.findall(rb"/Size (\d+)", data)))
    start = int(re.findall(rb"startxref\s+(\d+)", data)[-1])
    assert root
    settings: dict[str, object] = {"zero": None, "size": size + 1, "trailer": b"/Root %b 0 R" % root[1], **latest}
    if b"/Type /XRef" in data:
        settings |= {"as_stream": True, "size": size + 2}
    return written(Revision({size: body}, **settings), base=data, previous=start)  # type: ignore[arg-type]


def promising(by: int) -> bytes:
    """A linearised file whose /L is wrong by so much."""
    data = linearised(SIGNED, behind=False)
    found = re.search(rb"/L (\d+)", data)
    assert found
    said = b"/L %d" % (int(found[1]) + by)
    return behind_linearised(data.replace(found[0], said.ljust(len(found[0])), 1))


def word_hybrid(objects: Objects, hidden: Objects | None = None) -> tuple[bytes, int]:
    """The shape that Word writes: the font in an object stream that only the /XRefStm knows; the table lists both as free. ``hidden``
    replaces rows of that stream."""
    plain = {number: body for number, body in objects.items() if number != FONT}
    plain[8] = packed_stream({FONT: objects[FONT]})
    rows: dict[int, tuple[int, int, int] | None] = {FONT: (0, 8, 65535), 8: (0, 0, 65535)}
    without = written(Revision(plain, rows=dict(rows)))
    places = {int(found[1]): found.start() for found in re.finditer(rb"^(\d) 0 obj", without, re.MULTILINE)}
    listed = {0: (0, 0, 65535), **{number: (1, place, 0) for number, place in places.items()}, FONT: (2, 8, 0)}
    data = b"".join(
        (hidden or {}).get(number) or bytes([kind]) + place.to_bytes(4, "big") + third.to_bytes(2, "big")
        for number, (kind, place, third) in sorted(listed.items())
    )
    plain[9] = stream(data, b"/Type/XRef/Size 9/W[1 4 2]/Root 1 0 R")
    first = Revision(plain, rows=rows)
    at = written(first).index(b"9 0 obj")
    second = Revision(trailer=b"/Root 1 0 R/XRefStm %d" % at, zero=None)
    return written(first, second), at


def behind_hybrid(objects: Objects, **latest: object) -> bytes:
    """A revision behind Word's two whose trailer copies the /XRefStm."""
    data, at = word_hybrid(objects)
    start = int(re.findall(rb"startxref\s+(\d+)", data)[-1])
    settings = {"zero": None, "size": 10, "trailer": b"/Root 1 0 R/XRefStm %d" % at, **latest}
    return written(Revision({WIDGET: objects[WIDGET]}, **settings), base=data, previous=start)  # type: ignore[arg-type]


def comment(text: bytes, place: str = "behind_trailer") -> bytes:
    line = text + b"\n"
    return once(SIGNED, **{place: b"\n" + line if place == "behind_trailer" else line})


def startxref_early(objects: Objects) -> bytes:
    """The older revision's own startxref is a byte early, the newer one's /Prev is not."""
    start = once(objects).index(b"\nxref\n") + 1
    return again(objects, {"announced": start - 1})


SOFTENINGS = {
    "iText's comment before startxref": (
        "comment",
        lambda objects: once(objects, behind_trailer=b"\n%iText-Core-8.0.2 (production)\r\n%more\n"),
    ),
    "comment between objects": ("comment", lambda objects: once(objects, between=b"% a\n")),
    "comment in the header": ("comment", lambda objects: once(objects, before=b"% made by hand\n")),
    "comment behind the objects": ("comment", lambda objects: once(objects, behind=b"% a\r\n")),
    "comment in the trailer": (
        "comment",
        lambda objects: once(objects, trailer=b"% a\n/Root % b\r\n1 0 R/A[1 % c\n2]/B(% d)"),
    ),
    "object that nothing refers to": ("unreachable", lambda objects: once({**objects, 9: b"<<>>"})),
    "object that an unknown trailer key refers to": (
        "unreachable",
        lambda objects: once({**objects, 9: b"<<>>"}, trailer=b"/Root 1 0 R/Unknown 9 0 R"),
    ),
    "packed object that nothing refers to": (
        "unreachable",
        lambda objects: once({**objects, 9: packed_stream({10: b"<<>>"})}, packed={10: (9, 0)}, as_stream=True),
    ),
    "size larger than needed": ("size", lambda objects: once(objects, size=99)),
    "size of a stream larger than needed": ("size", lambda objects: once(objects, size=99, as_stream=True)),
    "two revisions": ("revisions", again),
    "two revisions with streams": (
        "revisions",
        lambda objects: again(objects, {"as_stream": True}, as_stream=True),
    ),
    "two revisions without a line end between": ("revisions", lambda objects: again(objects, {"tail": b""})),
    "a revision that lists old objects again": (
        "revisions",
        lambda objects: again(objects, rows={CATALOG: (1, len(HEADER), 0)}),
    ),
    "linearised": ("linearised", linearised),
    "linearised with streams": ("linearised", lambda objects: linearised(objects, packed=True)),
    "linearised by CR, and an LF before what follows": (
        "linearised",
        lambda objects: behind_linearised(linearised(objects, behind=False)[:-1] + b"\r", before=b"\n"),
    ),
    "linearised and nothing behind": ("linearised", lambda objects: linearised(objects, behind=False)),
    "Word's hybrid": ("hybrid", lambda objects: word_hybrid(objects)[0]),
    "Word's hybrid with a newer copy": ("hybrid", behind_hybrid),
    "offset one byte early": (
        "offset",
        lambda objects: once(objects, before=b"\n\n", shift={CATALOG: -1}),
    ),
    "offset two bytes early": (
        "offset",
        lambda objects: once(objects, before=b"\r\n", shift={CATALOG: -2}),
    ),
    "offset of the section one byte early": ("offset", lambda objects: once(objects, section_shift=1)),
    "startxref early and the section's next one exact": ("offset", startxref_early),
    "offset of a stream section two bytes early": (
        "offset",
        lambda objects: once(objects, behind=b"\n", section_shift=2, as_stream=True, lists_itself=False),
    ),
}


@pytest.mark.parametrize("case", SOFTENINGS)
def test_a_signed_file_may_and_an_unsigned_one_may_not(case: str) -> None:
    rule, build = SOFTENINGS[case]
    document = judge(build(SIGNED))
    assert len(document.pages) == 1
    assert rule in document.original.softenings.places
    with pytest.raises(CheckFailed) as refused:
        judge(build(UNSIGNED))
    assert refused.value.code == "doc_grammar"
    assert refused.value.details["what"] in document.original.softenings.places


def hybrid_again(**latest: object) -> bytes:
    """Behind Word's hybrid, a revision that writes the content anew, and one whose trailer copies the old /XRefStm."""
    data, at = word_hybrid(SIGNED)
    start = int(re.findall(rb"startxref\s+(\d+)", data)[-1])
    third = Revision({CONTENT: SIGNED[CONTENT]}, zero=None, size=10)
    settings = {"zero": None, "size": 10, "trailer": b"/Root 1 0 R/XRefStm %d" % at, **latest}
    fourth = Revision({WIDGET: SIGNED[WIDGET]}, **settings)  # type: ignore[arg-type]
    return written(third, fourth, base=data, previous=start)


def hybrid_of_another_shape(kind: str) -> bytes:
    """A hybrid whose stream is right and whose last section has not Word's shape."""
    at = word_hybrid(SIGNED)[1]
    plain = word_hybrid(SIGNED)[0]
    first = plain[: plain.index(b"%%EOF\n") + 6]
    start = first.rindex(b"xref\n0 1")
    copying: dict[str, object] = {"zero": None, "size": 10, "trailer": b"/Root 1 0 R/XRefStm %d" % at}
    if kind == "lists":
        revisions = [Revision({WIDGET: SIGNED[WIDGET]}, **copying)]  # type: ignore[arg-type]
    elif kind == "older":
        revisions = [Revision({WIDGET: SIGNED[WIDGET]}, zero=None, size=10), Revision({}, **copying)]  # type: ignore[arg-type]
    else:
        new_root = Revision({CATALOG: SIGNED[CATALOG], 9: SIGNED[CATALOG]}, b"/Root 9 0 R", zero=None, size=10)
        revisions = [Revision({}, **copying), new_root]  # type: ignore[arg-type]
    return written(*revisions, base=first, previous=start)


def out_of_order() -> bytes:
    """Four revisions, of which the newest names the second as the one before, and that one the third."""
    places = {1: 0, 2: 0, 3: 0}
    for _ in range(2):
        chain = {2: b"%05d" % places[3], 3: b"%05d" % places[1], 4: b"%05d" % places[2]}
        widget = {WIDGET: SIGNED[WIDGET]}
        later = [Revision(widget, zero=None, prev=chain[number]) for number in chain]
        data = written(Revision(SIGNED), *later)
        places = dict(enumerate((found.start() + 1 for found in re.finditer(rb"\nxref\n", data)), 1))
    return data


def hidden_row(number: int, kind: int, place: int, third: int = 0) -> bytes:
    """Word's hybrid whose stream says something else of ``number``."""
    row = bytes([kind]) + place.to_bytes(4, "big") + third.to_bytes(2, "big")
    return word_hybrid(SIGNED, {number: row})[0]


def respelt(data: bytes, old: bytes, new: bytes) -> bytes:
    assert len(old) == len(new) and old in data
    return data.replace(old, new, 1)


FORBIDDEN_WORDS = [
    b"% 5 0 obj",
    b"% endobj",
    b"% endstream",
    b"% xref",
    b"% trailer",
    b"% startxref",
    b"% %PDF-1.7",
    b"%%EOF",
    b"% /ByteRange",
    b"% /Linearized",
    b"% \xe1",
    b"% \x07",
    b"% a\r% b",
]

def without_container(**latest: object) -> bytes:
    """The later revision takes away the object stream that holds an object which is still in force."""
    members = {**SIGNED, 20: b"null"}
    objects = {CONTENT: SIGNED[CONTENT], 8: packed_stream({20: b"null"})}
    objects |= {number: body for number, body in members.items() if number not in (CONTENT, 20)}
    first = Revision(objects, packed={20: (8, 0)}, as_stream=True)
    return written(first, Revision(as_stream=True, **latest))  # type: ignore[arg-type]


WITHOUT_CONDITION: dict[str, tuple[str, bytes]] = {
    **{
        f"comment of {word!r}": ("startxref" if word == b"%%EOF" else "comment", comment(word))
        for word in FORBIDDEN_WORDS
    },
    **{
        f"comment of {word!r} between objects": ("comment", comment(word, "between"))
        for word in FORBIDDEN_WORDS
        if word != b"%%EOF"
    },
    "comment of %%EOF between objects": ("comment", comment(b"%%EOF", "between")),
    "comment with a keyword in the trailer": ("comment", once(SIGNED, trailer=b"/Root 1 0 R% 5 0 obj\n")),
    "comment in an object": ("comment", once({**SIGNED, FONT: b"<</Type/Font% a\n>>"})),
    "comment in the table": ("table_entries", once(SIGNED, spoil_table=lambda table: table + b"% a\n")),
    "comment behind startxref": ("startxref", once(SIGNED, announced=b"9 % a")),
    "comment behind an older startxref": ("comment", again(SIGNED, {"announced": b"9 % a"})),
    "comment behind the end": ("eof", once(SIGNED, tail=b"\n% a\n")),
    "unreachable object of an older page tree that is wrong": (
        "page_count",
        once({**SIGNED, PAGES: SIGNED[PAGES].replace(b"/Count 1", b"/Count 2"), 9: b"<<>>"}),
    ),
    "object stream is freed": ("object_stream_member", without_container(rows={8: (0, 0, 1)})),
    "object stream is replaced": ("object_stream_member", without_container(objects={8: b"null"})),
    "object stream is replaced by another": (
        "object_stream_member",
        without_container(objects={8: packed_stream({21: b"null"})}, packed={21: (8, 0)}),
    ),
    "size too small": ("size", once(SIGNED, size=7)),
    "linearised to a later place": ("linearised", promising(2)),
    "linearised to an earlier place": ("linearised", promising(-2)),
    "linearised to the file's end": (
        "linearised",
        promising(len(linearised(SIGNED)) - len(linearised(SIGNED, behind=False))),
    ),
    "linearised without sections at the start": (
        "linearised",
        once({9: b"<</Linearized 1/L 9>>", **SIGNED}, size=10),
    ),
    "linearised by a later object": (
        "linearised",
        once({**SIGNED, FONT: b"<</Type/Font/Linearized 1>>"}),
    ),
    "linearised in disguise": ("linearised", once({9: b"<</Linea#72ized 1>>", **SIGNED})),
    "linearised in an object stream": (
        "linearised",
        once({**SIGNED, 9: packed_stream({10: b"<</Linearized 1>>"})}, packed={10: (9, 0)}, as_stream=True),
    ),
    "linearised twice": (
        "linearised",
        behind_linearised(linearised(SIGNED, behind=False), body=b"<</Linearized 1>>"),
    ),
    "linearised without saying so": (
        "linearised",
        respelt(linearised(SIGNED), b"/Linearized", b"/Linearizes"),
    ),
    "linearised with a number in both sections": (
        "linearised",
        respelt(linearised(SIGNED), b"xref\n2 ", b"xref\n1 "),
    ),
    "linearised with another first announcement": (
        "linearised",
        respelt(linearised(SIGNED), b"startxref\n0\n", b"startxref\n9\n"),
    ),
    "sections out of order": ("prev", out_of_order()),
    "hybrid whose section lists something": ("hybrid", hybrid_of_another_shape("lists")),
    "hybrid of a stream two revisions before": ("hybrid", hybrid_of_another_shape("older")),
    "hybrid with another root behind": ("hybrid", hybrid_of_another_shape("root")),
    "hybrid whose stream goes on": (
        "hybrid",
        respelt(word_hybrid(SIGNED)[0], b"/W[1 4 2]/Root 1 0 R", b"/W[1 4 2]/Prev  0009"),
    ),
    "hybrid of a stream section": ("hybrid", once(SIGNED, as_stream=True, stream_entries=b"/XRefStm 9")),
    "hybrid of no number": ("hybrid", once(SIGNED, trailer=b"/Root 1 0 R/XRefStm 5 0 R")),
    "hybrid of what is no stream": ("startxref", once(SIGNED, trailer=b"/Root 1 0 R/XRefStm 9")),
    "hybrid stream says another place": ("hybrid", hidden_row(CONTENT, 1, len(HEADER))),
    "hybrid stream says another place of the object stream": ("offset", hidden_row(8, 1, len(HEADER) + 1)),
    "hybrid stream says the place of another object": ("hybrid", hidden_row(8, 1, len(HEADER))),
    "hybrid stream says a place behind the body": ("hybrid", hidden_row(8, 1, 60_000)),
    "hybrid stream frees an object": ("hybrid", hidden_row(CONTENT, 0, 0)),
    "hybrid stream packs an object of the table": ("hybrid", hidden_row(CONTENT, 2, 8)),
    "hybrid stream lists entry zero": ("entry_zero", hidden_row(0, 1, 9)),
    "newer table frees what the hybrid stream packs": (
        "packed_redefined",
        behind_hybrid(SIGNED, rows={FONT: (0, 0, 65535)}),
    ),
    "newer table frees what the hybrid stream lists": (
        "hybrid",
        behind_hybrid(SIGNED, rows={CONTENT: (0, 0, 65535)}),
    ),
    "newer copy of a hybrid stream is out of date": ("hybrid", hybrid_again()),
    "offset three bytes early": ("offset", once(SIGNED, before=b"\n\n\n", shift={CATALOG: -3})),
    "offset of the section three bytes early": (
        "startxref",
        once(SIGNED, behind=b"\n\n", section_shift=3),
    ),
}


@pytest.mark.parametrize("case", WITHOUT_CONDITION)
def test_a_softening_without_its_condition_is_refused(case: str) -> None:
    rule, data = WITHOUT_CONDITION[case]
    with pytest.raises(CheckFailed) as refused:
        judge(data)
    assert refused.value.details["what"] == rule


@pytest.mark.parametrize(
    ("change", "signed"),
    [
        ({}, True),
        ({WIDGET: SIGNED[WIDGET].replace(b"/V 7 0 R", b"/DV 7 0 R")}, False),
        ({WIDGET: SIGNED[WIDGET].replace(b"/FT/Sig", b"/FT/Tx")}, False),
        ({VALUE: b"null"}, False),
        ({FONT: b"<</A(/ByteRange [0 1 2 3])>>", WIDGET: UNSIGNED[WIDGET]}, False),
        ({CATALOG: b"<</Type/Catalog/Pages 2 0 R>>"}, True),
        ({PAGE: SIGNED[PAGE].replace(b"/Annots[6 0 R]", b"")}, True),
        ({WIDGET: b"<</FT/Sig/T(a)/Kids[10 0 R]>>", 10: b"<</Parent 6 0 R/V 7 0 R>>"}, True),
        (
            {
                CATALOG: b"<</Type/Catalog/Pages 2 0 R>>",
                WIDGET: b"<</Subtype/Widget/Parent 10 0 R>>",
                10: b"<</FT/Sig/V 7 0 R>>",
            },
            True,
        ),
        ({WIDGET: b"<</FT/Tx/T(a)/Kids[6 0 R]>>"}, False),
    ],
)
def test_signed_is_what_has_a_signature_fields_value(change: Objects, signed: bool) -> None:
    objects = {**SIGNED, **change, 20: b"<</Unreachable true>>"}
    if signed:
        judge(once(objects))
        return
    with pytest.raises(CheckFailed, match="doc_grammar"):
        judge(once(objects))
