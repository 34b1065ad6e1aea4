"""The rest of Android for ``FakeJava``: one activity, pages, notifications, intents. Pages are drawn by PDFium, as on a phone."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium
from fake_distributor import Distributors, wake_up_behaviours
from fake_java import FakeJava, JavaObject
from fake_keystore import Phone, keystore_behaviours

FLAG_SECURE = 8192
FLAGS = {2: pdfium.FPDF_ANNOT_TEXT, 4: pdfium.FPDF_ANNOT_HIGHLIGHT}
"""Of RenderParams, with the annotations that they have drawn."""


@dataclass
class Screen:
    """What stands on the phone, and what the app asked of Android."""

    secure: bool = True
    in_front: bool = True
    may_notify: bool = True
    may_start: bool = True
    link: str | None = None
    notices: dict[int, dict[str, Any]] = field(default_factory=dict)
    channels: dict[str, dict[str, Any]] = field(default_factory=dict)
    services: list[dict[str, Any]] = field(default_factory=list)
    asked_for: list[str] = field(default_factory=list)
    link_listeners: list[Any] = field(default_factory=list)
    open_pdfs: int = 0
    distributors: Distributors = field(default_factory=Distributors)


class Intent:
    def __init__(self, _java: Any, action: str | None = None, data: str | None = None) -> None:
        self.action, self.data, self.target, self.extras = action, data, None, {}

    def getAction(self) -> str | None:
        return self.action

    def getDataString(self) -> str | None:
        return self.data

    def setClassName(self, package: str, name: str) -> None:
        self.target = (package, name)

    def putExtras(self, extras: Any) -> None:
        self.extras = dict(extras._does.values)


class Bundle:
    def __init__(self, _java: Any) -> None:
        self.values: dict[str, str] = {}

    def putString(self, name: str, value: str) -> None:
        self.values[name] = value


class Activity:
    ALSO = ("android.content.Context", "android.app.Activity")
    OF_THE_APP = ("registerNewIntentListener",)

    def __init__(self, java: FakeJava, screen: Screen) -> None:
        self.java, self.screen = java, screen

    def registerNewIntentListener(self, listener: Any) -> None:
        self.screen.link_listeners.append(listener)

    def getIntent(self) -> JavaObject:
        return intent_of(self.java, self.screen.link)

    def getPackageName(self) -> str:
        return "vn.phoneseal"

    def getMainExecutor(self) -> JavaObject:
        class Executor:
            ALSO = ("java.util.concurrent.Executor",)

        return self.java.made("java.util.concurrent.Executor", Executor())

    def getApplicationInfo(self) -> JavaObject:
        class ApplicationInfo:
            icon = 7

        return self.java.made("android.content.pm.ApplicationInfo", ApplicationInfo())

    def getWindow(self) -> JavaObject:
        return self.java.made("android.view.Window", self)

    def getAttributes(self) -> JavaObject:
        return self.java.made("android.view.WindowManager$LayoutParams", self)

    @property
    def flags(self) -> int:
        return FLAG_SECURE | 256 if self.screen.secure else 256

    def getSystemService(self, name: str) -> JavaObject:
        class_name = {
            "biometric": "android.hardware.biometrics.BiometricManager",
            "notification": "android.app.NotificationManager",
        }[name]
        return self.java.made(class_name, self.java._behaviours[class_name]())

    def checkSelfPermission(self, _name: str) -> int:
        return 0 if self.screen.may_notify else -1

    def requestPermissions(self, names: list[str], _code: int) -> None:
        self.screen.asked_for += names

    def startForegroundService(self, intent: JavaObject) -> None:
        if not self.screen.may_start:
            raise self.java.thrown("android.app.ForegroundServiceStartNotAllowedException")
        self.screen.services.append({"target": intent._does.target} | intent._does.extras)

    def stopService(self, intent: JavaObject) -> bool:
        self.screen.services = [one for one in self.screen.services if one["target"] != intent._does.target]
        return True


def intent_of(java: FakeJava, link: str | None) -> JavaObject:
    action = "android.intent.action.MAIN" if link is None else "android.intent.action.VIEW"
    return java.made("android.content.Intent", Intent(java, action, link))


def page_behaviours(screen: Screen) -> dict[str, Any]:
    class Descriptor:
        def __init__(self, number: int) -> None:
            self.number = number
            assert os.fstat(number).st_nlink == 0, "the renderer's file has a name"

        @staticmethod
        def adoptFd(java: Any, number: int) -> JavaObject:
            return java.made("android.os.ParcelFileDescriptor", Descriptor(number))

        def close(self) -> None:
            os.close(self.number)

    class Renderer:
        def __init__(self, java: Any, descriptor: Any) -> None:
            self.java, self.descriptor = java, descriptor._does
            try:
                self.document = pypdfium2.PdfDocument(os.pread(self.descriptor.number, 1 << 26, 0))
            except pypdfium2.PdfiumError:
                raise java.thrown("java.io.IOException") from None
            screen.open_pdfs += 1

        def getPageCount(self) -> int:
            return len(self.document)

        def openPage(self, number: int) -> JavaObject:
            return self.java.made("android.graphics.pdf.PdfRenderer$Page", Page(self.document[number]))

        def close(self) -> None:
            screen.open_pdfs -= 1
            self.document.close()
            self.descriptor.close()

    class Page:
        def __init__(self, page: Any) -> None:
            self.page = page

        def getWidth(self) -> int:
            return int(self.page.get_width())

        def getHeight(self) -> int:
            return int(self.page.get_height())

        def render(self, bitmap: Any, _clip: None, _transform: None, how: Any) -> None:
            """No fields, and of the annotations those that are asked for."""
            mode, flags = (how, 0) if isinstance(how, int) else (how._does.mode, how._does.flags)
            assert mode == 1
            self._hide_all_but({kind for flag, kind in FLAGS.items() if flags & flag})
            made = bitmap._does
            scale = made.width / self.page.get_width()
            drawn = self.page.render(scale=scale, rev_byteorder=True, prefer_bgrx=True, fill_color=(255, 255, 255, 255))
            assert made.ground == -1, "the page has no paper"
            made.pixels = drawn.to_pil().convert("RGBA").resize((made.width, made.height)).tobytes()

        def _hide_all_but(self, kinds: set[int]) -> None:
            for at in range(pdfium.FPDFPage_GetAnnotCount(self.page)):
                annotation = pdfium.FPDFPage_GetAnnot(self.page, at)
                if pdfium.FPDFAnnot_GetSubtype(annotation) not in kinds:
                    pdfium.FPDFAnnot_SetFlags(annotation, pdfium.FPDF_ANNOT_FLAG_HIDDEN)
                pdfium.FPDFPage_CloseAnnot(annotation)

        def close(self) -> None:
            self.page.close()

    class Params:
        """Its builder too."""

        def __init__(self, java: Any, mode: int) -> None:
            self.java, self.mode, self.flags = java, mode, 0

        def setRenderFlags(self, flags: int) -> JavaObject:
            self.flags = flags
            return self.java.made("android.graphics.pdf.RenderParams$Builder", self)

        def build(self) -> JavaObject:
            return self.java.made("android.graphics.pdf.RenderParams", self)

    class Bitmap:
        def __init__(self, width: int, height: int) -> None:
            self.width, self.height, self.ground, self.pixels = width, height, 0, b""

        @staticmethod
        def createBitmap(java: Any, width: int, height: int, _config: Any) -> JavaObject:
            return java.made("android.graphics.Bitmap", Bitmap(width, height))

        def eraseColor(self, colour: int) -> None:
            self.ground = colour

        def copyPixelsToBuffer(self, buffer: Any) -> None:
            assert len(buffer._does.octets) == len(self.pixels)
            buffer._does.octets[:] = self.pixels

        def recycle(self) -> None:
            self.pixels = b""

    class Config:
        class ARGB:
            ALSO = ("android.graphics.Bitmap$Config",)

        ARGB_8888 = JavaObject(None, "android.graphics.Bitmap$Config", ARGB())  # type: ignore[arg-type]

    class ByteBuffer:
        ALSO = ("java.nio.Buffer",)

        def __init__(self, size: int) -> None:
            self.octets = bytearray(size)

        @staticmethod
        def allocate(java: Any, size: int) -> JavaObject:
            return java.made("java.nio.ByteBuffer", ByteBuffer(size))

        def array(self) -> Any:
            class ByteArray:
                def __init__(self, octets: bytes) -> None:
                    self.octets = octets

                def tostring(self) -> bytes:
                    return self.octets

            return ByteArray(bytes(self.octets))

    return {
        "android.os.ParcelFileDescriptor": Descriptor,
        "android.graphics.pdf.PdfRenderer": Renderer,
        "android.graphics.pdf.PdfRenderer$Page": object,
        "android.graphics.pdf.RenderParams": object,
        "android.graphics.pdf.RenderParams$Builder": Params,
        "android.graphics.Bitmap": Bitmap,
        "android.graphics.Bitmap$Config": Config,
        "java.nio.ByteBuffer": ByteBuffer,
    }


def notice_behaviours(screen: Screen) -> dict[str, Any]:
    class Builder:
        def __init__(self, java: Any, _context: Any, channel: str) -> None:
            self.java, self.said = java, {"channel": channel}

        def __getattr__(self, name: str) -> Any:
            if not name.startswith("set"):
                raise AttributeError(name)

            def keep(value: Any) -> JavaObject:
                self.said[name] = value
                return self.java.made("android.app.Notification$Builder", self)

            return keep

        def build(self) -> JavaObject:
            class Notice:
                said = self.said
                ALSO = ("android.app.Notification",)

            return self.java.made("android.app.Notification", Notice())

    class Channel:
        def __init__(self, _java: Any, name: str, title: str, importance: int) -> None:
            self.name, self.said = name, {"title": title, "importance": importance}

        def setLockscreenVisibility(self, visibility: int) -> None:
            self.said["visibility"] = visibility

    class Manager:
        def createNotificationChannel(self, channel: JavaObject) -> None:
            screen.channels[channel._does.name] = channel._does.said

        def notify(self, number: int, notice: JavaObject) -> None:
            assert notice._does.said["channel"] in screen.channels
            if screen.may_notify:
                screen.notices[number] = notice._does.said

        def cancel(self, number: int) -> None:
            screen.notices.pop(number, None)

    class Pending:
        @staticmethod
        def getActivity(java: Any, _context: Any, _code: int, intent: Any, flags: int) -> JavaObject:
            class PendingIntent:
                target = intent._does.target
                immutable = bool(flags & 67108864)
                ALSO = ("android.app.PendingIntent",)

            return java.made("android.app.PendingIntent", PendingIntent())

    class Activities:
        @staticmethod
        def getMyMemoryState(_java: Any, state: JavaObject) -> None:
            state._does.importance = 100 if screen.in_front else 125

    class ProcessInfo:
        def __init__(self, _java: Any) -> None:
            self.importance = 0

    return {
        "android.app.Notification": object,
        "android.app.Notification$Builder": Builder,
        "android.app.NotificationChannel": Channel,
        "android.app.NotificationManager": Manager,
        "android.app.PendingIntent": Pending,
        "android.app.ActivityManager": Activities,
        "android.app.ActivityManager$RunningAppProcessInfo": ProcessInfo,
    }


class Build:
    MANUFACTURER, MODEL = "Fairphone", "FP5"


@contextmanager
def android(phone: Phone, screen: Screen, sdk: int) -> Iterator[FakeJava]:
    """A phone that runs."""
    rest = {
        "android.content.Intent": Intent,
        "android.content.Context": object,
        "android.os.Bundle": Bundle,
        "android.content.pm.PackageManager": object,
        "android.view.WindowManager$LayoutParams": object,
        "android.os.Build": Build,
    }
    parts = keystore_behaviours(phone) | page_behaviours(screen) | notice_behaviours(screen)
    java = FakeJava(parts | wake_up_behaviours(screen.distributors) | rest, sdk)
    java.app_activity = java.made("org.kivy.android.PythonActivity", Activity(java, screen))
    try:
        yield java
    finally:
        java.close()
