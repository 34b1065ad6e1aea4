"""The document itself, page by page: the very bytes that were checked and will be signed.

Two fingers or the buttons zoom, a stroke to the side turns the page. Zooming stretches the picture until it is drawn anew.
"""

from typing import Final

from kivy.core.window import Window
from kivy.graphics.texture import Texture
from kivy.properties import BooleanProperty, NumericProperty

from mobile_app.errors import PhoneError
from mobile_app.ui import theme
from mobile_app.ui.fingers import Fingers
from mobile_app.ui.page_picture import PagePicture, Pages
from mobile_app.ui.stack import side_of
from mobile_app.ui.untick import tick_or_untick
from mobile_app.ui.widgets import Page, Words, load_kv


class ViewerScreen(Page):
    largest_zoom: Final = 4.0
    zoom_step: Final = 1.5
    zoom = NumericProperty(1.0)
    """1: as wide as the screen."""
    page = NumericProperty(0)
    pages = NumericProperty(1)
    ticked = BooleanProperty(True)
    is_one_of_many = BooleanProperty(False)
    _pictures: Pages | None = None
    _wanted: tuple[int, int, int] | None = None
    _fingers: Fingers | None = None
    _zoom_before = 1.0

    def entered(self) -> None:
        opened = self.flow.opened
        if opened is None or opened.view is None:
            return
        self._pictures = self.flow.parts.pages(opened.view.open_document)
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
        self.ids.picture.texture = None
        if fingers is not None:
            fingers.rest()
        if pictures is not None:
            self.flow.bridge.run(pictures.close)

    def _show_document(self) -> None:
        self.page, self.pages, self.zoom = 0, 1, 1.0
        view, position = self.flow.opened.view, self.flow.looking_at
        document = view.documents[position]
        self.title = self.t("viewer.title", number=position + 1, total=len(view.documents))
        self.ids.name.text = document.title
        self.ids.findings.clear_widgets()
        for finding in document.findings:
            self.ids.findings.add_widget(Words(text=self.flow.t.finding(finding), color=theme.now.amber))
        self.ids.previous_document.disabled = position == 0
        self.ids.next_document.disabled = position == len(view.documents) - 1
        self.is_one_of_many = len(view.documents) > 1
        self._show_tick()
        self._show_page()

    # -- its picture ------------------------------------------------------------------------------------
    def _show_page(self) -> None:
        self.ids.paper.scroll_x, self.ids.paper.scroll_y = 0, 1
        self.ids.state.text = self.t("viewer.loading")
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
        self._wanted = wanted
        self.flow.bridge.run(lambda: pictures.picture(*wanted), lambda picture: self._drawn(wanted, picture), self._failed)

    def _drawn(self, wanted: tuple[int, int, int], picture: PagePicture) -> None:
        if wanted != self._wanted:
            return
        texture = Texture.create(size=(picture.width, picture.height), colorfmt="rgba")
        texture.blit_buffer(picture.pixels, colorfmt="rgba", bufferfmt="ubyte")
        texture.flip_vertical()
        self.ids.picture.texture = texture
        self._stretch()
        self.page, self.pages = picture.page, picture.pages
        self.ids.state.text = self.t("viewer.page", number=picture.page + 1, total=picture.pages)

    def _stretch(self) -> None:
        """The picture at hand, as large as the zoom wants it."""
        texture = self.ids.picture.texture
        if texture is not None:
            width = self._whole_width * self.zoom
            self.ids.picture.size = (width, width * texture.height / texture.width)

    def _failed(self, error: PhoneError) -> None:
        if self._wanted is not None:
            self.ids.picture.texture = None
            self.ids.state.text = self.flow.t.problem(error.code)

    # -- what the person does -----------------------------------------------------------------------------
    def turn(self, by: int) -> None:
        if 0 <= self.page + by < self.pages:
            self.page += by
            self._show_page()

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


load_kv(__file__)
