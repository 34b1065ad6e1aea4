"""Revisions, bodies and the page tree once more: what only the check that is named here refuses."""

import re

import pytest

from mobile_app.device.document_checks import page_tree
from mobile_app.device.document_checks.cross_references import FREE, IN_FILE, Section
from mobile_app.device.document_checks.revisions import Revision as Revision_
from mobile_app.device.document_checks.revisions import check_hidden, check_linearised
from mobile_app.device.document_checks.softenings import Softenings
from mobile_app.errors import CheckFailed
from tests.unit.device_checks.document_forge import PAGE
from tests.unit.device_checks.revision_forge import PLAIN, SIGNED, WIDGET, Revision, judge, written
from tests.unit.device_checks.test_softer_rules_of_signed_files import linearised

BOX = b"/MediaBox[0 0 595 842]"


def refused(data: bytes) -> object:
    with pytest.raises(CheckFailed) as error:
        judge(data)
    return error.value.details["what"]


def page(old: bytes, new: bytes) -> bytes:
    return written(Revision({**PLAIN, PAGE: PLAIN[PAGE].replace(old, new)}))


def start_of(data: bytes) -> int:
    return data.index(b"xref\n0 1")


def test_a_file_whose_last_start_names_an_older_section() -> None:
    """What stands behind that section is read by nobody who follows it."""
    first = written(Revision(SIGNED))
    data = written(Revision(SIGNED), Revision({WIDGET: SIGNED[WIDGET]}, zero=None, announced=start_of(first)))
    assert refused(data) == "eof"
    judge(written(Revision(SIGNED), Revision({WIDGET: SIGNED[WIDGET]}, zero=None)))


@pytest.mark.parametrize("by", [1, 2, -3, 20])
def test_a_first_section_that_is_announced_elsewhere(by: int) -> None:
    start = start_of(written(Revision(SIGNED)))
    data = written(Revision(SIGNED, announced=start + by), Revision({WIDGET: SIGNED[WIDGET]}, zero=None, prev=start))
    assert refused(data) == "startxref"


def without_zero() -> bytes:
    """A cross-reference stream that says nothing of entry 0."""
    data = written(Revision(PLAIN, as_stream=True, stream_entries=b"/Filter[]"))
    length = re.search(rb"/Length (\d+)/Type/XRef", data)
    row = data.rindex(b"stream\n", 0, data.rindex(b"endstream")) + len(b"stream\n")
    assert length is not None
    data = data[:row] + data[row + 7 :]
    shorter = b"/Length %d/Type/XRef" % (int(length[1]) - 7)
    return data.replace(length[0], shorter).replace(b"/Index[0 1 1 1", b"/Index[1 1")


def test_the_first_stream_lists_entry_zero() -> None:
    assert refused(without_zero()) == "entry_zero"


def test_linearised_by_an_object_alone() -> None:
    """/L is right and the object is the first one, but there is one section only."""
    length = len(written(Revision({9: b"<</Linearized 1/L 0000>>", **SIGNED})))
    assert refused(written(Revision({9: b"<</Linearized 1/L %04d>>" % length, **SIGNED}))) == "linearised"
    assert refused(written(Revision({9: b"<</Linearized 1/L %d.0>>" % length, **SIGNED}))) == "linearised"


def test_linearised_with_a_promise_that_is_no_integer() -> None:
    data = linearised(SIGNED, behind=False)
    found = re.search(rb"/L (\d+) ", data)
    assert found is not None
    judge(data)
    assert refused(data.replace(found[0], b"/L %b." % found[1], 1)) == "linearised"


@pytest.mark.parametrize("shift", [1, 5, -3, -9])
def test_a_stream_that_lists_itself_elsewhere(shift: int) -> None:
    def own(data: bytes) -> bytes:
        at = int(re.findall(rb"startxref\n(\d+)", data)[-1])
        right, wrong = at.to_bytes(4, "big"), (at + shift).to_bytes(4, "big")
        assert data.count(right) == 1
        return data.replace(right, wrong)

    data = written(Revision(PLAIN, as_stream=True, stream_entries=b"/Filter[]"))
    judge(data)
    assert refused(own(data)) == "offset"


def test_a_stream_that_lists_itself_under_a_generation() -> None:
    data = written(Revision(PLAIN, as_stream=True, stream_entries=b"/Filter[]"))
    at = int(re.findall(rb"startxref\n(\d+)", data)[-1]).to_bytes(4, "big")
    assert refused(data.replace(at + b"\0\0", at + b"\0\1")) == "offset"


def test_a_second_number_at_one_place() -> None:
    data = written(Revision(PLAIN))
    place = data.index(b"5 0 obj")
    assert refused(written(Revision(PLAIN, rows={9: (1, place, 0)}))) == "offset"


def test_an_earlier_number_at_the_place_of_another_object() -> None:
    """The later number, which stands there, does not make up for the earlier one, which does not."""
    place = written(Revision({**PLAIN, 9: b"<<>>"})).index(b"9 0 obj")
    assert refused(written(Revision({**PLAIN, 9: b"<<>>"}, rows={8: (1, place, 0)}))) == "offset"


def test_what_is_free_in_the_table_and_in_the_stream() -> None:
    hidden = Section(0, 1, {5: (FREE, 0, 0), 6: (IN_FILE, 40, 0)}, {}, 9)
    check_hidden(hidden, {6: (IN_FILE, 40, 0)}, {5: (FREE, 0, 1)})
    check_hidden(hidden, {6: (IN_FILE, 50, 0)}, {5: (FREE, 0, 1), 6: (IN_FILE, 50, 0)})
    for own, now in (({6: (FREE, 0, 1)}, {}), ({}, {6: (IN_FILE, 50, 0)}), ({}, {5: (IN_FILE, 9, 0), 6: (IN_FILE, 40, 0)})):
        with pytest.raises(CheckFailed):
            check_hidden(hidden, now, own)


def test_linearised_by_an_object_that_is_not_the_first() -> None:
    """All else is right, with another first object before it."""
    first = Section(10, 20, {}, {}, None, tail_end=100)
    revision = Revision_(0, (first, Section(80, 90, {}, {}, None, tail_end=100)))
    check_linearised([revision], [(30, {"L": revision.end})], 30, Softenings())
    with pytest.raises(CheckFailed):
        check_linearised([revision], [(30, {"L": revision.end})], 20, Softenings())


def test_so_many_nodes_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    data = written(Revision(PLAIN))
    monkeypatch.setattr(page_tree, "MAX_NODES", 2)
    judge(data).pages  # noqa: B018 - reads the tree
    monkeypatch.setattr(page_tree, "MAX_NODES", 1)
    assert refused(data) == "page_repeated"


@pytest.mark.parametrize("boxes", [b"/CropBox[0 0 100 100]", b"/MediaBox null/CropBox[0 0 100 100]", b""])
def test_a_page_without_a_media_box(boxes: bytes) -> None:
    assert refused(page(BOX, boxes)) == "page_box"


@pytest.mark.parametrize("marker", [b"xref\n0 0\ntrailer\n<<>>\n", b"startxref\n9\n%%EOF\n", b"trailer\n<<>>\n"])
def test_a_second_end_between_the_objects(marker: bytes) -> None:
    assert refused(written(Revision(PLAIN, behind=marker))) == "revisions"
