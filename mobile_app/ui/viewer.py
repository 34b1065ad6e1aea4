"""The document itself, page by page: the very bytes that were checked and will be signed.

Two fingers or the buttons zoom, a stroke to the side turns the page. Zooming stretches the picture until it is drawn anew.
Rules: there are as many pages as the check counted; a page that is still being drawn is never stood in for by another one for long; where
the signature will stand is outlined, and what this phone may not draw is said on that page.
"""

from typing import Any, Final

from kivy.clock import Clock
from kivy.core.window import Window
from kivy.graphics.texture import Texture
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty

from mobile_app.device.document_checks.limits import MAX_PAGE_SECONDS
from mobile_app.device.interaction import DocumentView, RequestView
from mobile_app.errors import CheckFailed, PhoneError
from mobile_app.ui import stamp_words, theme
from mobile_app.ui.document_notes import STAMP_OVER_CONTENT, UNSEEN_ANNOTATIONS, notes, unseen_annotations
from mobile_app.ui.fingers import Fingers
from mobile_app.ui.page_picture import MISMATCHES, PagePicture, Pages, reader_of
from mobile_app.ui.stack import side_of
from mobile_app.ui.untick import tick_or_untick
from mobile_app.ui.widgets import Page, Words, load_kv

_OLD_SECONDS: Final = 0.5
"""How long the page before may stay while the next one is drawn."""
Wanted = tuple[int, int, int]
"""Document, page and width in pixels."""


class ViewerScreen(Page):
    largest_zoom: Final = 4.0
    zoom_step: Final = 1.5
    zoom = NumericProperty(1.0)
    """1: as wide as the screen."""
    page = NumericProperty(0)
    pages = NumericProperty(1)
    ticked = BooleanProperty(True)
    is_one_of_many = BooleanProperty(False)
    stamp: Any = ObjectProperty(None, allownone=True)
    """Where the signature stands on the page that is shown, if it does."""
    _pictures: Pages | None = None
    _wanted: Wanted | None = None
    _view: RequestView | None = None
    """The request whose documents are shown."""
    _noted: tuple[str, ...] = ()
    _seeking = False
    """Whether the signature's place is to be moved into view once its page is there."""
    _waiting: Any = ()
    """Clock events of the picture that is being drawn."""
    _fingers: Fingers | None = None
    _zoom_before = 1.0

    def entered(self) -> None:
        opened = self.flow.opened
        if opened is None or opened.view is None:
            return
        self._view = opened.view
        self._pictures = self.flow.parts.pages(reader_of(opened.view))
        self._fingers = Fingers(
            self.ids.paper,
            pinched=self._pinched,
            pinch_began=self._pinch_began,
            pinch_ended=self._redraw,
            swiped=self._swiped,
        )
        self._fingers.watch()
        Window.bind(size=self._resized)
        self._show_document()

    def on_leave(self, *_arguments: object) -> None:
        Window.unbind(size=self._resized)
        pictures, self._pictures, self._wanted = self._pictures, None, None
        fingers, self._fingers = self._fingers, None
        self._wait_no_longer()
        self._show_picture(None)
        if fingers is not None:
            fingers.rest()
        if pictures is not None:
            self.flow.bridge.run(pictures.close)

    def _show_document(self) -> None:
        view, position = self.flow.opened.view, self.flow.looking_at
        document = self._document
        self.page, self.pages, self.zoom = 0, document.pages, 1.0
        if self.flow.opened.stamps is not None:
            self.flow.opened.stamps.first(position)
        self.title = self.t("viewer.title", number=position + 1, total=len(view.documents))
        self.ids.name.text = document.title
        self._noted = ()
        self.ids.previous_document.disabled = position == 0
        self.ids.next_document.disabled = position == len(view.documents) - 1
        self.is_one_of_many = len(view.documents) > 1
        self._show_tick()
        self._show_page()

    @property
    def _document(self) -> DocumentView:
        document: DocumentView = self.flow.opened.view.documents[self.flow.looking_at]
        return document

    def refresh(self) -> None:
        opened = self.flow.opened
        if self._pictures is not None and opened is not None and opened.view is self._view:
            self._show_notes()

    def _show_notes(self) -> None:
        """The document's findings, and whether its signature lies over something, once that is known."""
        look = self.flow.opened.stamps
        drawn = self.flow.parts.kinds_drawn
        noted = notes(self._document, drawn)
        if int(self.page) in unseen_annotations(self._document, drawn):
            noted = tuple(note for note in noted if note != UNSEEN_ANNOTATIONS)  # said of this page, with their number
        if look is not None and self.flow.looking_at in look.over:
            noted = (STAMP_OVER_CONTENT, *noted)
        if noted != self._noted or len(noted) != len(self.ids.findings.children):
            self._noted = noted
            self.ids.findings.clear_widgets()
            for note in noted:
                self.ids.findings.add_widget(Words(text=self.flow.t.finding(note), color=theme.now.amber))

    # -- its picture ------------------------------------------------------------------------------------
    def _show_page(self) -> None:
        self.ids.paper.scroll_x, self.ids.paper.scroll_y = 0, 1
        self.ids.state.text = self.t("viewer.loading")
        self.ids.trouble.text = ""
        self._show_notes()
        document = self._document
        unseen = unseen_annotations(document, self.flow.parts.kinds_drawn).get(int(self.page), 0)
        self.ids.unseen.text = self.t("viewer.unseen", count=unseen) if unseen else ""
        if document.stamp is not None and document.stamp.page == self.page:
            self.ids.place.text = self.t("viewer.stamp_here")
        elif document.stamp is not None:
            self.ids.place.text = self.t("viewer.stamp_elsewhere", place=stamp_words.place(self.flow.t, document.stamp))
        else:
            self.ids.place.text = self.t("viewer.stamp_elsewhere", place=self.t("stamp.none"))
        self.ids.place.disabled = document.stamp is None
        self._redraw()

    @property
    def _whole_width(self) -> float:
        return float(Window.width - 2 * side_of(Window.width))

    def _resized(self, *_changed: object) -> None:
        self._stretch()
        self._redraw()

    def _redraw(self) -> None:
        pictures = self._pictures
        if pictures is None:
            return
        wanted = (int(self.flow.looking_at), int(self.page), int(self._whole_width * self.zoom))
        turned = self._wanted is None or self._wanted[:2] != wanted[:2]
        self._wanted = wanted
        self._wait(turned)

        def draw() -> PagePicture | None:
            return pictures.picture(*wanted) if self._wanted == wanted else None  # another one may be wanted by now

        self.flow.bridge.run(draw, lambda picture: self._drawn(wanted, picture), lambda error: self._failed(wanted, error))

    def _wait(self, turned: bool) -> None:
        """For a picture. Another page's goes soon, and what takes long is said: no drawing can stop the window."""
        self._wait_no_longer()
        self._waiting = [Clock.schedule_once(lambda _seconds: self._say_slow(), MAX_PAGE_SECONDS + 1)]
        if turned:
            self._waiting.append(Clock.schedule_once(lambda _seconds: self._show_picture(None), _OLD_SECONDS))

    def _wait_no_longer(self) -> None:
        for event in self._waiting:
            event.cancel()
        self._waiting = ()

    def _say_slow(self) -> None:
        self._show_picture(None)
        self.ids.trouble.text = self.t("viewer.slow")

    def _show_picture(self, picture: PagePicture | None) -> None:
        texture, self.stamp = None, None
        if picture is not None:
            texture = Texture.create(size=(picture.width, picture.height), colorfmt="rgba")
            texture.blit_buffer(picture.pixels, colorfmt="rgba", bufferfmt="ubyte")
            texture.flip_vertical()
        self.ids.picture.texture = texture
        self._stretch()
        if picture is not None:
            stamp = self._document.stamp
            self.stamp = stamp if stamp is not None and stamp.page == picture.page else None

    def _drawn(self, wanted: Wanted, picture: PagePicture | None) -> None:
        if picture is None or wanted != self._wanted:
            return
        self._wait_no_longer()
        self._show_picture(picture)
        self.ids.state.text = self._numbered(picture.page)
        self.ids.trouble.text = ""
        if self._seeking:
            self._seeking = False
            Clock.schedule_once(lambda _seconds: self._to_stamp(), 0)

    def _numbered(self, page: int) -> str:
        return self.t("viewer.page", number=page + 1, total=int(self.pages))

    def _stretch(self) -> None:
        """The picture at hand, as large as the zoom wants it."""
        texture = self.ids.picture.texture
        width = self._whole_width * self.zoom
        self.ids.picture.size = (1, 1) if texture is None else (width, width * texture.height / texture.width)

    def _failed(self, wanted: Wanted, error: PhoneError) -> None:
        if wanted != self._wanted:
            return
        self._wait_no_longer()
        self._show_picture(None)
        self.ids.state.text = self._numbered(wanted[1])
        self.ids.trouble.text = self.flow.t.problem(error.code)
        if isinstance(error, CheckFailed) and error.code in MISMATCHES:
            self.flow.distrust(error.at([wanted[0]]))

    # -- what the person does -----------------------------------------------------------------------------
    def turn(self, by: int) -> None:
        if 0 <= self.page + by < self.pages:
            self.page += by
            self._show_page()

    def seek_stamp(self) -> None:
        """To the signature's page, and to its place there."""
        stamp = self._document.stamp
        if stamp is None:
            return
        self._seeking = True
        self.page = stamp.page
        self._show_page()

    def _to_stamp(self) -> None:
        paper, picture = self.ids.paper, self.ids.picture
        if self.stamp is None:
            return
        x, y, width, height = self.ids.outline.place
        paper.scroll_x = _scrolled(x + width / 2 - picture.x, picture.width, paper.width)
        paper.scroll_y = _scrolled(y + height / 2 - picture.y, picture.height, paper.height)

    def _swiped(self, by: int) -> None:
        if self.zoom <= 1.0:
            self.turn(by)

    def magnify(self, by: float) -> None:
        """By a factor."""
        self.zoom = min(self.largest_zoom, max(1.0, self.zoom * by))
        self._stretch()
        self._redraw()

    def _pinch_began(self) -> None:
        self._zoom_before = self.zoom

    def _pinched(self, by: float) -> None:
        self.zoom = min(self.largest_zoom, max(1.0, self._zoom_before * by))
        self._stretch()

    def other_document(self, by: int) -> None:
        self.flow.looking_at += by
        self._show_document()

    def tick(self) -> None:
        tick_or_untick(self.flow.t, self.flow.opened, self.flow.looking_at, self._show_tick)

    def _show_tick(self) -> None:
        opened = self.flow.opened
        self.ticked = opened is None or self.flow.looking_at not in (opened.refused or {})

    def back(self) -> None:
        self.flow.go("request")


def _scrolled(middle: float, whole: float, shown: float) -> float:
    """How far to scroll, 0 to 1, so that ``middle`` of the ``whole`` comes to the middle of what is ``shown``."""
    return min(1.0, max(0.0, (middle - shown / 2) / (whole - shown))) if whole > shown else 1.0


load_kv(__file__)
