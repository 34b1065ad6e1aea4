"""Scan the QR code in the browser with this phone's camera. It is looked at five times a second, elsewhere than on the main thread."""

from typing import Any, Final

from kivy.clock import Clock

from mobile_app.ui.camera import camera_kind
from mobile_app.ui.qr_code import pairing_link
from mobile_app.ui.widgets import Page, load_kv

_LOOK_SECONDS: Final = 0.2


class ScanScreen(Page):
    _camera: Any = None
    _looking: Any = None
    _busy = False

    def entered(self) -> None:
        self.ids.said.text = self.t("scan.how")
        self._busy = False
        try:
            self._camera = camera_kind()(index=0, resolution=(640, 480), stopped=True)
            self._camera.bind(on_texture=self._show)
            self._camera.start()
        except Exception:  # noqa: BLE001 - each provider fails in its own way, and the person can type the code
            self._camera = None
            self.ids.said.text = self.t("scan.no_camera")
            return
        self._looking = Clock.schedule_interval(lambda _seconds: self._look(), _LOOK_SECONDS)

    def on_leave(self, *_arguments: object) -> None:
        camera, self._camera = self._camera, None
        if self._looking is not None:
            self._looking.cancel()
        if camera is not None:
            camera.stop()
        self.ids.picture.texture = None

    def _show(self, camera: Any) -> None:
        if camera is self._camera:
            self.ids.picture.texture = camera.texture
            self.ids.picture.canvas.ask_update()

    def _look(self) -> None:
        texture = self._camera.texture if self._camera is not None else None
        if texture is None or self._busy:
            return
        self._busy = True
        pixels, (width, height) = texture.pixels, texture.size
        self.flow.bridge.run(lambda: pairing_link(pixels, width, height), self._found, lambda _error: self._found(""))

    def _found(self, link: str) -> None:
        self._busy = False
        if link and self._camera is not None:
            self.flow.offered_link = link
            self.flow.go("welcome")

    def back(self) -> None:
        self.flow.go("welcome")


load_kv(__file__)
