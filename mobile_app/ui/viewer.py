"""The document itself, page by page: the very bytes that were checked and will be signed."""

from typing import Final

from kivy.core.window import Window
from kivy.graphics.texture import Texture
from kivy.metrics import dp
from kivy.properties import NumericProperty

from mobile_app.errors import PhoneError
from mobile_app.ui.pdf_pages import PagePicture, PdfPages
from mobile_app.ui.widgets import Page, Words, load_kv

ZOOMS: Final = (1.0, 1.5, 2.0, 3.0)


class ViewerScreen(Page):
    zoom = NumericProperty(0)
    """Index into ``ZOOMS``."""
    page = NumericProperty(0)
    pages = NumericProperty(1)
    _pictures: PdfPages | None = None
    _wanted: tuple[int, int, int] | None = None

    def entered(self) -> None:
        opened = self.flow.opened
        if opened is None or opened.view is None:
            return
        self._pictures = PdfPages(opened.view.open_document)
        self._show_document()

    def on_leave(self, *_arguments: object) -> None:
        pictures, self._pictures, self._wanted = self._pictures, None, None
        self.ids.picture.texture = None
        if pictures is not None:
            self.flow.bridge.run(pictures.close)

    def _show_document(self) -> None:
        self.page, self.pages, self.zoom = 0, 1, 0
        view, position = self.flow.opened.view, self.flow.looking_at
        document = view.documents[position]
        self.title = self.t("viewer.title", number=position + 1, total=len(view.documents))
        self.ids.name.text = document.title
        self.ids.findings.clear_widgets()
        for finding in document.findings:
            self.ids.findings.add_widget(Words(text=self.flow.t.finding(finding)))
        self.ids.previous_document.disabled = position == 0
        self.ids.next_document.disabled = position == len(view.documents) - 1
        self._show_page()

    def _show_page(self) -> None:
        pictures = self._pictures
        if pictures is None:
            return
        self.ids.paper.scroll_x, self.ids.paper.scroll_y = 0, 1
        width = int((Window.width - dp(36)) * ZOOMS[int(self.zoom)])
        wanted = (int(self.flow.looking_at), int(self.page), width)
        self._wanted = wanted
        self.ids.state.text = self.t("viewer.loading")
        self.flow.bridge.run(lambda: pictures.picture(*wanted), lambda picture: self._drawn(wanted, picture), self._failed)

    def _drawn(self, wanted: tuple[int, int, int], picture: PagePicture) -> None:
        if wanted != self._wanted:
            return
        texture = Texture.create(size=(picture.width, picture.height), colorfmt="rgba")
        texture.blit_buffer(picture.pixels, colorfmt="rgba", bufferfmt="ubyte")
        texture.flip_vertical()
        self.ids.picture.texture = texture
        self.ids.picture.size = (picture.width, picture.height)
        self.page, self.pages = picture.page, picture.pages
        self.ids.state.text = self.t("viewer.page", number=picture.page + 1, total=picture.pages)

    def _failed(self, error: PhoneError) -> None:
        if self._wanted is not None:
            self.ids.picture.texture = None
            self.ids.state.text = self.flow.t.problem(error.code)

    def turn(self, by: int) -> None:
        if 0 <= self.page + by < self.pages:
            self.page += by
            self._show_page()

    def magnify(self, by: int) -> None:
        if 0 <= self.zoom + by < len(ZOOMS):
            self.zoom += by
            self._show_page()

    def other_document(self, by: int) -> None:
        self.flow.looking_at += by
        self._show_document()

    def back(self) -> None:
        self.flow.go("request")


load_kv(__file__)
