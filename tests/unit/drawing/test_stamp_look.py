"""Looking at the stamps of a request: off the first thread, counted, never in the way for long."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from mobile_app.device.document_checks.drawn_annotations import PageAnnotations
from mobile_app.device.document_checks.stamp_place import StampPlace
from mobile_app.device.interaction import DocumentView
from mobile_app.errors import CheckFailed, PhoneError
from mobile_app.ui import stamp_look, stamp_words
from mobile_app.ui.document_notes import notes, unseen_annotations
from mobile_app.ui.page_picture import PagePicture
from mobile_app.ui.stamp_look import HOLD_SECONDS, StampLook
from mobile_app.ui.strings import Strings

PLACE = StampPlace(0, 0.6, 0.8, 0.9, 0.9)
PAPER = PagePicture(0, 0, 1, 10, 10, b"\xff" * 400)
SPOTTED = PagePicture(0, 0, 1, 10, 10, b"\xff" * 200 + (b"\0\0\0\xff" + b"\xff\xff\xff\xff") * 25)


def documents(count: int, stamp: StampPlace | None = PLACE) -> list[DocumentView]:
    return [DocumentView(at, f"Hợp đồng {at}", "", "sign", 1, 9, 0, (), 5, stamp) for at in range(count)]


class Looked:
    """Stands in for pages, threads and the clock: jobs are done when the test says so."""

    def __init__(self, count: int, pictures: dict[int, PagePicture | Exception] | None = None, **more: Any) -> None:
        self.pictures = pictures or {}
        self.order: list[int] = []
        self.fields: list[bool] = []
        self.jobs: list[Callable[[], None]] = []
        self.told = 0
        self.late: Callable[[], None] = lambda: None
        self.distrusted: list[str] = []
        self.look = StampLook(
            self,  # type: ignore[arg-type]
            documents(count, **more), run=self._run, later=self._later, told=self._tell,
            distrusted=lambda error: self.distrusted.append(error.code),
        )  # fmt: skip
        self.look.begin()

    def before_signing(self, position: int, page: int, width: int, seconds: float, fields: bool) -> PagePicture:
        self.order.append(position)
        self.fields.append(fields)
        found = self.pictures.get(position, PAPER)
        if isinstance(found, Exception):
            raise found
        return found

    def _run(self, job: Callable[[], Any], done: Callable[[Any], None], failed: Callable[[PhoneError], None]) -> None:
        def work() -> None:
            try:
                seen = job()
            except PhoneError as error:
                failed(error)
            else:
                done(seen)

        self.jobs.append(work)

    def _later(self, then: Callable[[], None], seconds: float) -> None:
        assert seconds == HOLD_SECONDS == 1.0
        self.late = then

    def _tell(self) -> None:
        self.told += 1

    def work(self) -> None:
        while self.jobs:
            self.jobs.pop(0)()


def test_those_over_content_are_counted() -> None:
    looked = Looked(5, {1: SPOTTED, 4: SPOTTED})
    assert (looked.look.looked, looked.look.is_done) == (0, False)
    looked.work()
    assert (looked.look.over, looked.look.unseen, looked.look.looked, looked.look.total) == ({1, 4}, set(), 5, 5)
    assert looked.told
    assert not looked.look.is_clear


def test_the_count_grows_turn_by_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stamp_look, "_TURN_SECONDS", -1.0)
    looked = Looked(3, {0: SPOTTED})
    seen = []
    while looked.jobs:
        looked.jobs.pop(0)()
        seen.append((looked.look.looked, len(looked.look.over)))
    assert seen == [(1, 1), (2, 1), (3, 1)]


def test_the_document_that_is_opened_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stamp_look, "_TURN_SECONDS", -1.0)
    looked = Looked(4)
    looked.jobs.pop(0)()
    looked.look.first(3)
    looked.jobs.pop(0)()
    looked.jobs.pop(0)()
    assert looked.order == [0, 1, 3], "a turn that has begun goes on"


def test_only_a_single_document_holds_back_and_only_for_a_second() -> None:
    single, many = Looked(1), Looked(2)
    assert (single.look.holds_back, many.look.holds_back) == (True, False)
    single.late()
    assert not single.look.holds_back
    assert not Looked(1, stamp=None).look.holds_back
    done = Looked(1)
    done.work()
    assert not done.look.holds_back


@pytest.mark.parametrize("late", [False, True])
def test_who_waits_is_told_once(late: bool) -> None:
    looked, told = Looked(2), []
    looked.look.when_known(lambda: told.append(looked.look.is_clear))
    assert told == []
    if late:
        looked.late()
    looked.work()
    looked.late()
    assert told == [not late]


def test_what_cannot_be_drawn_in_time_is_unseen_and_said() -> None:
    looked = Looked(3, {0: CheckFailed("page_too_slow"), 1: CheckFailed("page_unreadable")})
    looked.work()
    assert (looked.look.unseen, looked.look.looked, looked.look.is_clear) == ({0, 1}, 1, False)
    said, is_to_note = stamp_words.ground(Strings("en"), looked.look, single=False)
    assert "1 of 3" in said and "Not to be seen: 2" in said and is_to_note


@pytest.mark.parametrize("code", ["doc_pages_drawn", "document_changed"])
def test_another_document_than_was_checked_ends_it(code: str) -> None:
    looked = Looked(3, {1: CheckFailed(code)})
    looked.work()
    assert looked.distrusted == [code]
    assert not looked.look.is_clear


def test_it_ends_with_the_request() -> None:
    looked = Looked(3, {0: LookupError("the request is no longer open")})
    looked.work()
    assert looked.order == [0]
    stopped = Looked(3)
    stopped.look.stop()
    stopped.work()
    assert stopped.told == 0


def test_the_look_of_the_field_that_is_filled_is_no_content() -> None:
    for stamp in (PLACE, replace(PLACE, fills_a_field=True)):
        looked = Looked(1, stamp=stamp)
        looked.work()
        assert looked.fields == [not stamp.fills_a_field]


def test_an_error_of_the_program_counts_as_unseen() -> None:
    looked = Looked(2, {0: PhoneError()})
    looked.work()
    assert (looked.look.unseen, looked.distrusted) == ({0, 1}, [])


# -- in words -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stamp", "vietnamese", "english"),
    [
        (PLACE, "trang 1, góc dưới bên phải", "page 1, bottom right"),
        (StampPlace(1, 0, 0, 0.2, 0.1), "trang 2, góc trên bên trái", "page 2, top left"),
        (StampPlace(0, 0.3, 0.4, 0.7, 0.6), "trang 1, chính giữa trang", "page 1, in the middle"),
        (StampPlace(0, 0, 0.9, 1, 1), "trang 1, phía dưới, ở giữa", "page 1, bottom centre"),
        (None, "không hiện trên trang nào", "shown on no page"),
    ],
)
def test_the_place_in_words(stamp: StampPlace | None, vietnamese: str, english: str) -> None:
    assert stamp_words.place(Strings("vi"), stamp) == vietnamese
    assert stamp_words.place(Strings("en"), stamp) == english


def test_the_places_of_many_are_summed_up() -> None:
    views = documents(5) + documents(2, StampPlace(1, 0, 0, 0.2, 0.1)) + documents(1, None) + documents(1, StampPlace(7, 0, 0, 1, 1))
    said = stamp_words.places(Strings("en"), views)
    assert said == "Page 1, bottom right (5 documents); page 2, top left (2 documents); elsewhere (2 documents)"
    assert stamp_words.places(Strings("vi"), documents(1)) == "Trang 1, góc dưới bên phải"


@pytest.mark.parametrize(
    ("pictures", "late", "worked", "said", "is_to_note"),
    [
        ({}, False, False, "Looking whether the place is empty…", False),
        ({}, False, True, "Nothing else stands there.", False),
        ({}, True, True, "Nothing else stands there.", False),
        ({0: SPOTTED}, False, True, "It will lie over content of the page.", True),
        ({}, True, False, "The phone could not see", True),
        ({0: CheckFailed("page_too_slow")}, False, True, "The phone could not see", True),
    ],
)
def test_the_ground_of_one_in_words(pictures: Any, late: bool, worked: bool, said: str, is_to_note: bool) -> None:
    looked = Looked(1, pictures)
    if late:
        looked.late()
    if worked:
        looked.work()
    found = stamp_words.ground(Strings("en"), looked.look, single=True)
    assert found[0].startswith(said)
    assert found[1] is is_to_note


def test_fields_that_may_not_be_drawn_are_noted_with_their_page() -> None:
    view = DocumentView(0, "", "", "sign", 9, 9, 0, ("layers",), 5, PLACE, (PageAnnotations(3, (("Highlight", 2), ("Widget", 1))),))
    assert (unseen_annotations(view, None), notes(view, None)) == ({}, ("layers",)), "PDFium draws them all"
    assert unseen_annotations(view, frozenset()) == {3: 3}
    assert unseen_annotations(view, frozenset(("Highlight",))) == {3: 1}
    assert unseen_annotations(view, frozenset(("Highlight", "Widget"))) == {}
    assert notes(view, frozenset()) == ("layers", "unseen_annotations")
