"""The window's content: the screens, one at a time, and the tabs below those that have them.

A change of language or theme builds all screens anew, on the screen where it was made.
"""

from collections.abc import Callable
from typing import Any, Final

from kivy.clock import Clock
from kivy.core.window import Window
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.modalview import ModalView
from kivy.uix.screenmanager import NoTransition, ScreenManager

from mobile_app.device.interaction import ConnectionState
from mobile_app.ui import theme
from mobile_app.ui.account_screens import ACCOUNT_SCREENS
from mobile_app.ui.certificate import CertificateScreen
from mobile_app.ui.certificates import CertificatesScreen
from mobile_app.ui.choose_pin import ChoosePinScreen
from mobile_app.ui.code import CodeScreen
from mobile_app.ui.cover import Cover
from mobile_app.ui.evidence import EvidenceScreen
from mobile_app.ui.flow import Flow
from mobile_app.ui.history import HistoryScreen
from mobile_app.ui.home import HomeScreen
from mobile_app.ui.new_device import NewDeviceScreen
from mobile_app.ui.one_tap import OneTap
from mobile_app.ui.pairing import PairingScreen
from mobile_app.ui.pick_picture import PickPictureScreen
from mobile_app.ui.pin import PinScreen
from mobile_app.ui.problem import ProblemScreen
from mobile_app.ui.progress import ProgressScreen
from mobile_app.ui.request import RequestScreen
from mobile_app.ui.result import ResultScreen
from mobile_app.ui.scan import ScanScreen
from mobile_app.ui.sign_all_end import SignAllEndScreen
from mobile_app.ui.viewer import ViewerScreen
from mobile_app.ui.warning import WarningScreen
from mobile_app.ui.welcome import WelcomeScreen
from mobile_app.ui.widgets import Page, load_kv

SCREENS: Final[dict[str, type[Page]]] = {
    "welcome": WelcomeScreen,
    "scan": ScanScreen,
    "pick_picture": PickPictureScreen,
    "choose_pin": ChoosePinScreen,
    "pairing": PairingScreen,
    "home": HomeScreen,
    "progress": ProgressScreen,
    "request": RequestScreen,
    "viewer": ViewerScreen,
    "code": CodeScreen,
    "pin": PinScreen,
    "result": ResultScreen,
    "sign_all": SignAllEndScreen,
    "problem": ProblemScreen,
    "warning": WarningScreen,
    "new_device": NewDeviceScreen,
    "certificates": CertificatesScreen,
    "certificate": CertificateScreen,
    "history": HistoryScreen,
    "evidence": EvidenceScreen,
    **ACCOUNT_SCREENS,
}
TABS: Final = ("home", "certificates", "history", "account")
_FIRST: Final = (TABS[0], "locked", "welcome")
_BACK_KEY: Final = 27
_AHEAD_SECONDS: Final = 0.1
"""A screen takes a few frames to make: they are made one by one before they are needed."""


class Tab(ButtonBehavior, BoxLayout):
    text = StringProperty("")
    screen = StringProperty("")
    on = BooleanProperty(False)
    least_height = NumericProperty(0)
    size_fitting = NumericProperty(13)
    size_worn = NumericProperty(13)
    """All wear the smallest that one of them needs."""


class PhoneWindow(BoxLayout):
    """Implements ``flow.Stage``."""

    flow: Any = ObjectProperty(None)

    def __init__(self, flow: Flow, to_background: Callable[[], None], **values: Any) -> None:
        """``to_background``: what the back key does where there is nothing to go back to; it ends nothing."""
        self.flow = flow
        self._to_background = to_background
        super().__init__(orientation="vertical", **values)
        self._screens = ScreenManager(transition=NoTransition())
        self._tabs = BoxLayout(size_hint_y=None)
        self._made: dict[str, Page] = {}
        self._name = ""
        self.add_widget(self._screens)
        self.add_widget(self._tabs)
        Window.bind(on_keyboard=self._on_key)
        self.one_tap = OneTap(lambda: (Window.children[0], self._name))
        self.one_tap.watch()
        Clock.schedule_interval(lambda _seconds: self._make_ahead(), _AHEAD_SECONDS)
        self._ground()

    def _ground(self) -> None:
        Window.clearcolor = theme.now.paper
        self._tabs.clear_widgets()
        self._tabs.height = 0
        if self._name in TABS:
            for name in TABS:
                tab = Tab(text=self.flow.t(f"tab.{name}"), screen=name, on=name == self._name)
                tab.bind(on_release=lambda pressed: self.flow.go(pressed.screen))
                tab.bind(least_height=self._fit_tabs, size_fitting=self._fit_tabs)
                self._tabs.add_widget(tab)
            self._fit_tabs()

    def _fit_tabs(self, *_changed: object) -> None:
        """As high as the highest, whose text is laid out a frame later; no tab's text larger than another's."""
        worn = min((tab.size_fitting for tab in self._tabs.children), default=0)
        for tab in self._tabs.children:
            tab.size_worn = worn
        self._tabs.height = max((tab.least_height for tab in self._tabs.children), default=0)

    def _make_ahead(self) -> None:
        if self._name:
            name = next((name for name in SCREENS if name not in self._made), None)
            if name is not None:
                self._make(name)

    def _make(self, name: str) -> Page:
        page = self._made[name] = SCREENS[name](self.flow, name=name)
        self._screens.add_widget(page)
        return page

    # -- the stage ------------------------------------------------------------------------------------
    @property
    def showing(self) -> str:
        return self._name

    @property
    def page(self) -> Page | None:
        return self._made.get(self._name)

    def show(self, name: str) -> None:
        for sheet in [child for child in Window.children if isinstance(child, ModalView)]:
            sheet.dismiss(animation=False)
        page = self._made.get(name) or self._make(name)
        again = self._name == name
        self._name = name
        if again:
            page.on_leave()
            page.on_pre_enter()
        else:
            self._screens.current = name
        self._ground()
        self.refresh()

    def refresh(self) -> None:
        page = self.page
        if page is None:
            return
        if page.shows_connection:
            self._show_connection(page)
        page.refresh()

    def _show_connection(self, page: Page) -> None:
        state, pill = self.flow.connection, page.ids.connection
        pill.text = self.flow.t(f"connection.{state}")
        good, waits = state == ConnectionState.ONLINE, state == ConnectionState.CONNECTING
        pill.color = theme.now.jade if good else theme.now.blue if waits else theme.now.amber
        pill.ground = theme.now.jade_soft if good else theme.now.blue_soft if waits else theme.now.amber_soft

    def rebuild(self) -> None:
        name, self._name = self._name, ""
        place = self._made[name].ids.scroll.scroll_y if name in self._made else 1
        self._screens.clear_widgets()
        self._made.clear()
        self.show(name)
        if self.page is not None:
            self.page.ids.scroll.scroll_y = place

    def _on_key(self, _window: object, key: int, *_rest: object) -> bool:
        """The back key. True keeps Kivy from closing the window."""
        if key != _BACK_KEY:
            return False
        if isinstance(Window.children[0], Cover):
            return True
        sheets = [child for child in Window.children if isinstance(child, ModalView)]
        if sheets:
            sheets[0].dismiss(animation=False)
        elif self._name in TABS[1:]:
            self.flow.go(TABS[0])
        elif self._name in _FIRST:
            self._to_background()
        elif self.page is not None:
            self.page.back()
        return True

    def covered(self) -> None:
        """Nobody looks any more."""
        if self.page is not None:
            self.page.covered()


load_kv(__file__)
