"""The page tree is typed and counted exactly: what viewers would count, find or measure differently is refused."""

from collections.abc import Callable

import pytest

from mobile_app.errors import CheckFailed
from tests.unit.device_checks.document_forge import CATALOG, CONTENT, PAGE, PAGES, stream
from tests.unit.device_checks.revision_forge import PLAIN, Revision, judge, packed_stream, written

Objects = dict[int, bytes]
BOX = b"/MediaBox[0 0 595 842]"


def with_objects(changes: Objects) -> bytes:
    return written(Revision({**PLAIN, **changes}))


def page(old: bytes, new: bytes) -> bytes:
    """The page with ``new`` for ``old``."""
    assert old in PLAIN[PAGE]
    return with_objects({PAGE: PLAIN[PAGE].replace(old, new)})


def boxes(said: bytes) -> bytes:
    return page(BOX, said)


def tree(kids: bytes, count: bytes, more: Objects | None = None) -> bytes:
    """The root node with other kids, and further objects."""
    return with_objects({PAGES: b"<</Type/Pages/Kids%b/Count %b>>" % (kids, count), **(more or {})})


def node(kids: bytes, count: bytes, parent: int = PAGES, entries: bytes = b"") -> bytes:
    return b"<</Type/Pages/Parent %d 0 R/Kids%b/Count %b%b>>" % (parent, kids, count, entries)


def leaf(parent: int = PAGES, entries: bytes = BOX) -> bytes:
    return b"<</Type/Page/Parent %d 0 R%b>>" % (parent, entries)


def chain(levels: int) -> bytes:
    """A tree of so many nodes below each other."""
    objects = {10 + level: node(b"[%d 0 R]" % (11 + level), b"1", 9 + level) for level in range(levels)}
    objects[10] = objects[10].replace(b"/Parent 9 0 R", b"/Parent 2 0 R")
    objects[10 + levels] = leaf(9 + levels)
    return tree(b"[3 0 R 10 0 R]", b"2", objects)


def packed_page() -> bytes:
    members = {number: body for number, body in PLAIN.items() if number != CONTENT}
    places = {number: (8, index) for index, number in enumerate(members)}
    return written(Revision({CONTENT: PLAIN[CONTENT], 8: packed_stream(members)}, packed=places, as_stream=True))


HONEST: dict[str, tuple[int, bytes]] = {
    "one page": (1, with_objects({})),
    "packed": (1, packed_page()),
    "nodes between": (3, tree(b"[3 0 R 9 0 R]", b"3", {9: node(b"[10 0 R 11 0 R]", b"2"), 10: leaf(9), 11: leaf(9)})),
    "kids, count and box elsewhere": (
        1,
        tree(
            b" 9 0 R",
            b"10 0 R",
            {9: b"[3 0 R]", 10: b"1", 11: b"[0 0 9 9]", PAGE: PLAIN[PAGE].replace(BOX, b"/MediaBox 11 0 R")},
        ),
    ),
    "box inherited": (
        1,
        with_objects(
            {PAGE: PLAIN[PAGE].replace(BOX, b""), PAGES: PLAIN[PAGES].replace(b"/Type", b"/MediaBox[0 0 9 9]/Type")}
        ),
    ),
    "box of real numbers, from the upper right": (1, boxes(b"/MediaBox[595.5 842. 0 -.5]")),
    "crop box that stands out": (1, boxes(BOX + b"/CropBox[-9 -9 600 900]")),
    "crop box that stands out to one side": (1, boxes(BOX + b"/CropBox[100 -9 600 842]")),
    "crop box longer by rounding": (1, boxes(BOX + b"/CropBox[.5 0 596 842]")),
    "crop box inside": (1, boxes(BOX + b"/CropBox[9 9 500 500]")),
    "turned": (1, boxes(BOX + b"/Rotate 270")),
    "turned to the left": (1, boxes(BOX + b"/Rotate -90")),
    "large units": (1, boxes(BOX + b"/UserUnit 2.5")),
    "as many levels as may be": (2, chain(63)),
}


@pytest.mark.parametrize("case", HONEST)
def test_an_honest_tree_is_counted(case: str) -> None:
    count, data = HONEST[case]
    assert len(judge(data).pages) == count


BREACHES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "catalog without pages": ("page_type", lambda: with_objects({CATALOG: b"<</Type/Catalog/A 2 0 R>>"})),
    "catalog of another type": (
        "page_type",
        lambda: with_objects({CATALOG: b"<</Type/Cat/Pages 2 0 R>>"}),
    ),
    "catalog is a stream": (
        "page_type",
        lambda: with_objects({CATALOG: stream(b"x", b"/Type/Catalog/Pages 2 0 R")}),
    ),
    "catalog is no dictionary": ("page_type", lambda: with_objects({CATALOG: b"[2 0 R]"})),
    "root is no reference": (
        "page_type",
        lambda: with_objects({CATALOG: b"<</Type/Catalog/Pages<</Type/Pages/Kids[3 0 R]/Count 1>>/A 2 0 R>>"}),
    ),
    "root is a page": (
        "page_type",
        lambda: with_objects(
            {
                CATALOG: b"<</Type/Catalog/Pages 3 0 R/A 2 0 R>>",
                PAGE: PLAIN[PAGE].replace(b"/Parent 2 0 R", b""),
            }
        ),
    ),
    "kid is no reference": (
        "page_type",
        lambda: tree(b"[3 0 R<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>]", b"2"),
    ),
    "kid is null": ("page_type", lambda: tree(b"[3 0 R 9 0 R]", b"1", {9: b"null"})),
    "kid is an array": ("page_type", lambda: tree(b"[3 0 R 9 0 R]", b"2", {9: b"[0]"})),
    "page is a stream": (
        "page_type",
        lambda: tree(b"[3 0 R 9 0 R]", b"2", {9: stream(b"BT ET", b"/Type/Page/Parent 2 0 R" + BOX)}),
    ),
    "node is a stream": (
        "page_type",
        lambda: tree(
            b"[3 0 R 9 0 R]",
            b"2",
            {9: stream(b"BT ET", b"/Type/Pages/Parent 2 0 R/Count 1/Kids[10 0 R]"), 10: leaf(9)},
        ),
    ),
    "page without type": ("page_type", lambda: page(b"/Type/Page/", b"/")),
    "page of another type": ("page_type", lambda: page(b"/Type/Page/", b"/Type/Template/")),
    "page whose type stands elsewhere": (
        "page_type",
        lambda: with_objects({PAGE: PLAIN[PAGE].replace(b"/Type/Page", b"/Type 9 0 R"), 9: b"/Page"}),
    ),
    "page with kids": ("page_type", lambda: page(b"/Type/Page/", b"/Type/Page/Kids[]/")),
    "node of the type of a page": (
        "page_type",
        lambda: with_objects({PAGES: PLAIN[PAGES].replace(b"/Pages", b"/Page")}),
    ),
    "node without type": ("page_type", lambda: with_objects({PAGES: PLAIN[PAGES].replace(b"/Type/Pages", b"")})),
    "node without kids": (
        "page_type",
        lambda: with_objects({PAGES: b"<</Type/Pages/Count 1/A 3 0 R>>"}),
    ),
    "too many levels": ("page_type", lambda: chain(64)),
    "count too large": ("page_count", lambda: tree(b"[3 0 R]", b"2")),
    "count too small": ("page_count", lambda: tree(b"[3 0 R 9 0 R]", b"1", {9: leaf()})),
    "count is a real number": ("page_count", lambda: tree(b"[3 0 R]", b"1.0")),
    "count is true": ("page_count", lambda: tree(b"[3 0 R]", b"true")),
    "no count": ("page_count", lambda: with_objects({PAGES: b"<</Type/Pages/Kids[3 0 R]>>"})),
    "count of an inner node": (
        "page_count",
        lambda: tree(b"[3 0 R 9 0 R]", b"2", {9: node(b"[10 0 R]", b"2"), 10: leaf(9)}),
    ),
    "node without pages": ("page_count", lambda: tree(b"[3 0 R 9 0 R]", b"1", {9: node(b"[]", b"0")})),
    "no pages at all": ("page_count", lambda: tree(b"[]", b"0", {CATALOG: b"<</Type/Catalog/Pages 2 0 R/A 3 0 R>>"})),
    "page without parent": ("page_parent", lambda: page(b"/Parent 2 0 R", b"")),
    "page of another parent": ("page_parent", lambda: page(b"/Parent 2 0 R", b"/Parent 1 0 R")),
    "parent is a dictionary": ("page_parent", lambda: page(b"/Parent 2 0 R", b"/Parent<</Rotate 90>>")),
    "root with a parent": (
        "page_parent",
        lambda: with_objects({PAGES: PLAIN[PAGES].replace(b"/Type", b"/Parent 1 0 R/Type")}),
    ),
    "page stands twice": ("page_repeated", lambda: tree(b"[3 0 R 3 0 R]", b"2")),
    "tree holds itself": ("page_repeated", lambda: tree(b"[3 0 R 2 0 R]", b"2")),
    "no media box": ("page_box", lambda: boxes(b"")),
    "media box of three numbers": ("page_box", lambda: boxes(b"/MediaBox[0 0 595]")),
    "media box of five numbers": ("page_box", lambda: boxes(b"/MediaBox[0 0 595 842 0]")),
    "media box with a name": ("page_box", lambda: boxes(b"/MediaBox[0 0 595/A]")),
    "media box with a truth": ("page_box", lambda: boxes(b"/MediaBox[0 0 595 true]")),
    "media box is a dictionary": ("page_box", lambda: boxes(b"/MediaBox<<>>")),
    "media box without an area": ("page_box", lambda: boxes(b"/MediaBox[0 0 595 0]")),
    "crop box of three numbers": ("page_box", lambda: boxes(BOX + b"/CropBox[0 0 595]")),
    "crop box with a string": ("page_box", lambda: boxes(BOX + b"/CropBox[0 0 595(842)]")),
    "crop box without an area": ("page_box", lambda: boxes(BOX + b"/CropBox[9 9 9 99]")),
    "crop box that poppler takes for the media box": ("page_box", lambda: boxes(BOX + b"/CropBox[100 0 700 842]")),
    "crop box higher than the media box": ("page_box", lambda: boxes(BOX + b"/CropBox[0 100 595 1000]")),
    "crop box beside the page": ("page_box", lambda: boxes(BOX + b"/CropBox[600 0 700 842]")),
    "crop box of nothing under one that is": (
        "page_box",
        lambda: with_objects(
            {
                PAGES: PLAIN[PAGES].replace(b"/Type", b"/CropBox[0 0 99 99]/Type"),
                PAGE: PLAIN[PAGE].replace(BOX, BOX + b"/CropBox null"),
            }
        ),
    ),
    "resources of nothing": (
        "page_box",
        lambda: with_objects({PAGES: PLAIN[PAGES].replace(b"/Type", b"/Resources 9 0 R/Type"), 9: b"null"}),
    ),
    "inherited crop box is no box": (
        "page_box",
        lambda: with_objects({PAGES: PLAIN[PAGES].replace(b"/Type", b"/CropBox[1]/Type")}),
    ),
    "turned by 45 degrees": ("page_box", lambda: boxes(BOX + b"/Rotate 45")),
    "turned by a real number": ("page_box", lambda: boxes(BOX + b"/Rotate 90.0")),
    "turned by what stands above": (
        "page_box",
        lambda: with_objects({PAGES: PLAIN[PAGES].replace(b"/Type", b"/Rotate/A/Type")}),
    ),
    "units of zero": ("page_box", lambda: boxes(BOX + b"/UserUnit 0")),
    "units of no number": ("page_box", lambda: boxes(BOX + b"/UserUnit/A")),
    "units that are true": ("page_box", lambda: boxes(BOX + b"/UserUnit true")),
}


@pytest.mark.parametrize("case", BREACHES)
def test_a_tree_that_viewers_read_differently_is_refused(case: str) -> None:
    what, build = BREACHES[case]
    with pytest.raises(CheckFailed) as refused:
        judge(build())
    assert (refused.value.code, refused.value.details["what"]) == ("doc_page_tree", what)
