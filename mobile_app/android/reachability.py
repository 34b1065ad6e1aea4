"""Hearing of requests while another app is in front (decision 0010).

Rules:
* The app's own process stays awake with a notification of Android's (``StayReachable``, a foreground service), because the person said
  so; its connection to the server goes on as it is. There is no push service of a third party in between, and no second process.
* What the person is told says that something waits, never what or by whom: lock screens show it. A touch opens the app.
* Told is what is new since the app was last in front. While it is in front, the screen says it.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Any, Final

from mobile_app.android import texts
from mobile_app.android.java import Java, JavaError
from mobile_app.android.texts import Text
from mobile_app.device.interaction import PendingRequest
from mobile_app.device.profile import Profile
from mobile_app.errors import PhoneError

_LOG = logging.getLogger(__name__)
_SERVICE: Final = "vn.phoneseal.StayReachable"
_CHANNEL: Final = "requests"
_NOTICE: Final = 1
_WISH: Final = "reachable"
_ASK_TO_NOTIFY_SINCE: Final = 33
_PERMISSION: Final = "android.permission.POST_NOTIFICATIONS"


def ask_to_notify(java: Java) -> None:
    """Inside ``java.run``: where Android wants the person to allow notifications, and they have not."""
    activity = java.activity()
    if java.sdk >= _ASK_TO_NOTIFY_SINCE:
        granted = java.find("android.content.pm.PackageManager").PERMISSION_GRANTED
        if activity.checkSelfPermission(_PERMISSION) != granted:
            activity.requestPermissions([_PERMISSION], _NOTICE)


class StayReachable:
    """See ``ui.parts.Reachability``. ``text`` says a text in the person's language."""

    def __init__(self, java: Java, profile: Profile, text: Callable[[Text], str]) -> None:
        self._java = java
        self._profile = profile
        self._text = text

    def is_on(self) -> bool:
        return self._profile.exists(_WISH)

    def turn_on(self) -> None:
        """Raises PhoneError("reachability_refused")."""
        self._profile.write(_WISH, b"")
        self.begin()

    def turn_off(self) -> None:
        self._profile.shred(_WISH)
        self._on_java(lambda: self._java.activity().stopService(self._intent()))

    def begin(self) -> None:
        """At the app's start: if it is on. Raises PhoneError("reachability_refused")."""
        if self.is_on():
            self._on_java(self._begin)

    def _on_java(self, job: Callable[[], object]) -> None:
        try:
            self._java.run(job)
        except JavaError as error:
            _LOG.warning("Android refused: %s", error)
            raise PhoneError("reachability_refused", {"exception": error.class_name}) from error

    def _intent(self) -> Any:
        intent = self._java.find("android.content.Intent")()
        intent.setClassName(self._java.activity().getPackageName(), _SERVICE)
        return intent

    def _begin(self) -> None:
        ask_to_notify(self._java)
        intent = self._intent()
        said = self._java.find("android.os.Bundle")()
        said.putString("title", self._text(texts.STAYS))
        said.putString("text", self._text(texts.STAYS_HOW))
        intent.putExtras(said)  # pyjnius takes putExtra's text for an array of characters
        self._java.activity().startForegroundService(intent)


class WakeUpNotice:
    """Tells the person, by Android's notification, that something new waits."""

    def __init__(self, java: Java, text: Callable[[Text], str]) -> None:
        self._java = java
        self._text = text
        self._lock = threading.Lock()
        self._known: frozenset[str] = frozenset()

    def pending_changed(self, pending: Sequence[PendingRequest]) -> None:
        """Never raises: a notification that fails must not cost a request."""
        now = frozenset(one.request_id for one in pending)
        with self._lock:
            new, self._known = now - self._known, now
        try:
            if new:
                self._java.run(self._tell)
            elif not now:
                self._java.run(lambda: self._notices().cancel(_NOTICE))
        except JavaError as error:
            _LOG.warning("no notification: %s", error)

    def came_to_front(self) -> None:
        """The screen says it now."""
        try:
            self._java.run(lambda: self._notices().cancel(_NOTICE))
        except JavaError as error:
            _LOG.warning("a notification stays: %s", error)

    def _notices(self) -> Any:
        return self._java.activity().getSystemService(self._java.find("android.content.Context").NOTIFICATION_SERVICE)

    def _tell(self) -> None:
        find, activity = self._java.find, self._java.activity()
        if self._is_in_front():
            return
        manager_class, notification_class = find("android.app.NotificationManager"), find("android.app.Notification")
        channel = find("android.app.NotificationChannel")(
            _CHANNEL, self._text(texts.CHANNEL), manager_class.IMPORTANCE_HIGH
        )
        channel.setLockscreenVisibility(notification_class.VISIBILITY_PRIVATE)
        notices = self._notices()
        notices.createNotificationChannel(channel)
        builder = find("android.app.Notification$Builder")(activity, _CHANNEL)
        builder.setContentTitle(self._text(texts.WAITS))
        builder.setContentText(self._text(texts.WAITS_HOW))
        builder.setSmallIcon(activity.getApplicationInfo().icon)
        builder.setAutoCancel(True)
        builder.setContentIntent(self._opens_the_app())
        notices.notify(_NOTICE, builder.build())

    def _opens_the_app(self) -> Any:
        activity, pending_class = self._java.activity(), self._java.find("android.app.PendingIntent")
        intent = self._java.find("android.content.Intent")()
        intent.setClassName(activity.getPackageName(), "vn.phoneseal.PhoneSealActivity")
        flags = pending_class.FLAG_IMMUTABLE | pending_class.FLAG_UPDATE_CURRENT
        return pending_class.getActivity(activity, 0, intent, flags)

    def _is_in_front(self) -> bool:
        process_class = self._java.find("android.app.ActivityManager$RunningAppProcessInfo")
        state = process_class()
        self._java.find("android.app.ActivityManager").getMyMemoryState(state)
        return bool(state.importance == process_class.IMPORTANCE_FOREGROUND)
