"""On the account screen: what only some phones have. Unlocking by finger or face, and hearing of requests while another app is in front.

Nothing stands here on a phone that has neither. Android is asked each time the screen is entered, as the person may have changed it there.
"""

from collections.abc import Callable
from typing import Any

from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from mobile_app.errors import PhoneError
from mobile_app.ui.widgets import load_kv


class PhoneSetting(BoxLayout):
    """One thing that is on or off."""

    title = StringProperty("")
    how = StringProperty("")
    switch = StringProperty("")
    can_switch = BooleanProperty(True)
    problem = StringProperty("")
    switched: Any = ObjectProperty(None)


class PhoneSettings(BoxLayout):
    flow: Any = ObjectProperty(None, allownone=True)

    def show(self) -> None:
        """Main thread."""
        parts = self.flow.parts
        self.clear_widgets()
        self._settings: list[PhoneSetting] = []
        if parts.biometrics is not None:
            self._follow(self._setting(self.flow.t("biometrics.title")), parts.biometrics.state, self._biometrics_are)
        if parts.reachability is not None:
            self._follow(self._setting(self.flow.t("reachable.title")), parts.reachability.is_on, self._reachability_is)

    def _setting(self, title: str) -> PhoneSetting:
        setting = PhoneSetting(title=title)
        self._settings.append(setting)
        return setting

    def _follow(
        self, setting: PhoneSetting, read: Callable[[], Any], show: Callable[[PhoneSetting, Any], None]
    ) -> None:
        def shown(state: Any) -> None:
            show(setting, state)
            setting.switched = lambda: self._switch(setting, read, show, state)

        self.flow.bridge.run(read, shown, lambda error: self._failed(setting, error))

    def _switch(
        self, setting: PhoneSetting, read: Callable[[], Any], show: Callable[[PhoneSetting, Any], None], state: Any
    ) -> None:
        part = self.flow.parts.reachability if isinstance(state, bool) else self.flow.parts.biometrics
        setting.problem, setting.can_switch = "", False
        self.flow.bridge.run(
            part.turn_off if state in (True, "on") else part.turn_on,
            lambda _done: self._follow(setting, read, show),
            lambda error: self._failed(setting, error),
        )

    def _failed(self, setting: PhoneSetting, error: PhoneError) -> None:
        setting.problem, setting.can_switch = self.flow.t.problem(error.code), True

    def _biometrics_are(self, setting: PhoneSetting, state: str) -> None:
        if state != "missing":
            self._say(setting, self.flow.t(f"biometrics.{state}"), state == "on", state in ("on", "off"))

    def _reachability_is(self, setting: PhoneSetting, on: bool) -> None:
        self._say(setting, self.flow.t("reachable.on") if on else self.flow.t("reachable.off"), on, True)

    def _say(self, setting: PhoneSetting, how: str, on: bool, can_switch: bool) -> None:
        setting.how, setting.can_switch = how, can_switch
        setting.switch = self.flow.t("switch.off") if on else self.flow.t("switch.on")
        self.clear_widgets()
        for known in self._settings:  # in their order, whichever was known first
            if known.how:
                self.add_widget(known)


load_kv(__file__)
