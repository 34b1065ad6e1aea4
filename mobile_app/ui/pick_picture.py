"""Open a picture of the QR code: folders and pictures of this computer, the newest pictures first."""

from pathlib import Path
from typing import Any, Final

from mobile_app.ui.qr_code import pairing_link
from mobile_app.ui.widgets import Page, PlainButton, QuietButton, load_kv, on_release

_ENDINGS: Final = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif")
_MOST: Final = 60
"""Of each kind."""


def first_folder() -> Path:
    downloads = Path.home() / "Downloads"
    return downloads if downloads.is_dir() else Path.home()


def listed(folder: Path) -> tuple[list[Path], list[Path]]:
    """Folders by name and pictures by age; nothing of what can't be read, nothing hidden."""
    folders, pictures = [], []
    try:
        for path in folder.iterdir():
            if path.name.startswith("."):
                continue
            if path.is_dir():
                folders.append(path)
            elif path.suffix.lower() in _ENDINGS:
                pictures.append((path.stat().st_mtime, path))
    except OSError:
        return [], []
    return sorted(folders)[:_MOST], [path for _, path in sorted(pictures, reverse=True)[:_MOST]]


def link_in_picture(path: Path) -> str:
    """Empty when it holds none, or is no picture."""
    from kivy.core.image import ImageLoader

    try:
        loaded: Any = ImageLoader.load(str(path), keep_data=True, nocache=True)
        frame = loaded._data[0]
        each = {"rgba": 4, "rgb": 3}[frame.fmt]
        return pairing_link(bytes(frame.data), frame.width, frame.height, bytes_each=each)
    except Exception:  # noqa: BLE001 - whatever the file is, the person is told that no code is in it
        return ""


class PickPictureScreen(Page):
    _folder = Path()

    def entered(self) -> None:
        self._open(first_folder())

    def _open(self, folder: Path) -> None:
        self._folder = folder
        self.ids.said.text = ""
        self.ids.folder.text = str(folder)
        self.flow.in_background(lambda: listed(folder), lambda found: self._show(folder, *found))

    def _show(self, folder: Path, folders: list[Path], pictures: list[Path]) -> None:
        if folder != self._folder:
            return
        rows = self.ids.rows
        rows.clear_widgets()
        for picture in pictures:
            button = PlainButton(text=picture.name)
            on_release(button, lambda path=picture: self._read(path))  # type: ignore[misc]
            rows.add_widget(button)
        if not pictures:
            self.ids.said.text = self.t("picture.none_here")
        for other in ([folder.parent] if folder.parent != folder else []) + folders:
            name = self.t("picture.up") if other == folder.parent else f"{other.name} ›"
            button = QuietButton(text=name)
            on_release(button, lambda path=other: self._open(path))  # type: ignore[misc]
            rows.add_widget(button)

    def _read(self, path: Path) -> None:
        self.ids.said.text = self.t("picture.reading", name=path.name)
        self.flow.in_background(lambda: link_in_picture(path), lambda link: self._found(path, link))

    def _found(self, path: Path, link: str) -> None:
        if link:
            self.flow.offered_link = link
            self.flow.go("welcome")
        else:
            self.ids.said.text = self.t("picture.no_code", name=path.name)
            self.ids.scroll.scroll_y = 1

    def back(self) -> None:
        self.flow.go("welcome")


load_kv(__file__)
