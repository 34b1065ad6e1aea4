"""On the account screen: what only some phones have. Unlocking by finger or face, hearing of requests while another app is in front, and
being woken by an app that the person chose.

Nothing stands here on a phone that has none of it. Android is asked each time the screen is entered, as the person may have changed
it there.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from mobile_app.errors import PhoneError
from mobile_app.ui.wake_up_words import WakeUpSeen, seen, way_to_switch, words
from mobile_app.ui.widgets import PlainButton, load_kv

Act = Callable[[], None]
"""May block for a moment. Raises PhoneError."""


def _touched(act: Callable[[], None], _button: PlainButton) -> None:
    act()


class PhoneSetting(BoxLayout):
    """One thing that is on or off, and what the person may do about it."""

    title = StringProperty("")
    how = StringProperty("")
    can_switch = BooleanProperty(True)
    problem = StringProperty("")

    def offer(self, ways: Sequence[tuple[str, Callable[[], None]]]) -> None:
        """A button for each: its text, and what a touch does."""
        self.ids.ways.clear_widgets()
        for text, touched in ways:
            button = PlainButton(text=text, disabled=not self.can_switch)
            button.bind(on_release=partial(_touched, touched))
            self.ids.ways.add_widget(button)

    def on_can_switch(self, _setting: Any, can_switch: bool) -> None:
        for button in self.ids.ways.children:
            button.disabled = not can_switch


class PhoneSettings(BoxLayout):
    flow: Any = ObjectProperty(None, allownone=True)

    def show(self) -> None:
        """Main thread."""
        parts, wake_up = self.flow.parts, self.flow.device.wake_up
        self.clear_widgets()
        self._settings: list[PhoneSetting] = []
        if parts.biometrics is not None:
            self._follow(self._setting("biometrics.title"), parts.biometrics.state, self._biometrics_are)
        if parts.reachability is not None:
            self._follow(self._setting("reachable.title"), parts.reachability.is_on, self._reachability_is)
        if wake_up.is_possible:
            setting = self._setting("wake_up.title")
            self._follow(setting, lambda: seen(wake_up), self._wake_up_is)
            # Server and distributor answer when they please, on a thread of the device's: it is read anew elsewhere and shown here.
            wake_up.on_change = lambda: self._follow(setting, lambda: seen(wake_up), self._wake_up_is)

    def _setting(self, title: str) -> PhoneSetting:
        setting = PhoneSetting(title=self.flow.t(title))
        self._settings.append(setting)
        return setting

    def _follow(
        self, setting: PhoneSetting, read: Callable[[], Any], show: Callable[[PhoneSetting, Any], None]
    ) -> None:
        """Any thread."""
        self.flow.bridge.run(read, lambda state: show(setting, state), lambda error: self._failed(setting, error))

    def _switch(
        self,
        setting: PhoneSetting,
        act: Act,
        read: Callable[[], Any],
        show: Callable[[PhoneSetting, Any], None],
    ) -> None:
        setting.problem, setting.can_switch = "", False
        self.flow.bridge.run(
            act, lambda _done: self._follow(setting, read, show), lambda error: self._failed(setting, error)
        )

    def _failed(self, setting: PhoneSetting, error: PhoneError) -> None:
        setting.problem, setting.can_switch = self.flow.t.problem(error.code), True

    def _biometrics_are(self, setting: PhoneSetting, state: str) -> None:
        part = self.flow.parts.biometrics
        if state != "missing":
            act = part.turn_off if state == "on" else part.turn_on
            self._say(setting, self.flow.t(f"biometrics.{state}"), can_switch=state in ("on", "off"))
            self._offer_switch(setting, state == "on", lambda: self._switch(setting, act, part.state, self._biometrics_are))

    def _reachability_is(self, setting: PhoneSetting, on: bool) -> None:
        part = self.flow.parts.reachability
        self._say(setting, self.flow.t("reachable.on") if on else self.flow.t("reachable.off"))
        act = part.turn_off if on else part.turn_on
        self._offer_switch(setting, on, lambda: self._switch(setting, act, part.is_on, self._reachability_is))

    def _wake_up_is(self, setting: PhoneSetting, state: WakeUpSeen) -> None:
        wake_up = self.flow.device.wake_up

        def switched(act: Act) -> None:
            self._switch(setting, act, lambda: seen(wake_up), self._wake_up_is)

        self._say(setting, words(self.flow.t, state))
        if state.chosen:
            self._offer_switch(setting, True, lambda: switched(wake_up.turn_off))
        else:
            setting.offer(
                [
                    (way_to_switch(self.flow.t, state, one), partial(switched, partial(wake_up.turn_on, one.distributor_id)))
                    for one in state.distributors
                ]
            )

    def _offer_switch(self, setting: PhoneSetting, on: bool, touched: Callable[[], None]) -> None:
        setting.offer([(self.flow.t("switch.off") if on else self.flow.t("switch.on"), touched)])

    def _say(self, setting: PhoneSetting, how: str, *, can_switch: bool = True) -> None:
        setting.how, setting.can_switch = how, can_switch
        self.clear_widgets()
        for known in self._settings:  # in their order, whichever was known first
            if known.how:
                self.add_widget(known)


load_kv(__file__)
