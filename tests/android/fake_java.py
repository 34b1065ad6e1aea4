"""A stand-in for Java, strict: what Android does not declare in ``android_api.json``, at this level and with these arguments, fails.

Rules:
* ``find`` gives a class, calling it an object; every member, overload and argument is held to the record before anything happens.
* Java is touched inside ``run`` only, as on a phone.
* Among overloads the one is taken that pyjnius 1.7.0 takes: it counts how well arguments fit and does not look whether an object is of a
  parameter's class or below it; what ties goes by the alphabet. The one taken has to fit.
* What a class does is in ``fake_android.py``; a class or method that is recorded and has no behaviour there fails too.
"""

import json
import re
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from mobile_app.android.java import LISTENERS, JavaError

T = TypeVar("T")
RECORD = json.loads((Path(__file__).with_name("android_api.json")).read_text("utf-8"))["classes"]
APP = {
    "org.kivy.android.PythonActivity": "android.app.Activity",
    "vn.phoneseal.BiometricAnswer": "java.lang.Object",
    "vn.phoneseal.WakeUpReceiver": "java.lang.Object",
    "vn.phoneseal.WakeUpRegistration": "java.lang.Object",
}
"""The app's own classes: their members beyond Android's stand in the Java sources, which the tests read."""
_TYPES = re.compile(r"\[*(?:[ZBCSIJFD]|L[^;]+;)")


class NotAndroid(AssertionError):
    """The app touched what Android does not have."""


class Listener:
    """An object of Python's that Java may call."""

    def __init__(self, interface: str, methods: Mapping[str, Callable[..., None]]) -> None:
        if set(methods) != set(LISTENERS[interface]):
            raise NotAndroid(f"{interface} has other methods than {sorted(methods)}")
        self.interface, self._methods = interface, methods

    def call(self, name: str, *arguments: object) -> None:
        self._methods[name](*arguments)


class JavaObject:
    """An object of a recorded class, around what it does."""

    def __init__(self, java: "FakeJava", class_name: str, does: Any) -> None:
        self._java, self._class_name, self._does = java, class_name, does

    def __getattr__(self, name: str) -> Any:
        return self._java.member(self._class_name, name, self._does, static=False)

    def __repr__(self) -> str:
        return f"<{self._class_name}>"


class JavaClass:
    """A class: its static members, and its constructor."""

    def __init__(self, java: "FakeJava", class_name: str, does: Any) -> None:
        self._java, self._class_name, self._does = java, class_name, does

    def __getattr__(self, name: str) -> Any:
        return self._java.member(self._class_name, name, self._does, static=True)

    def __call__(self, *arguments: Any) -> JavaObject:
        self._java.check_call(self._class_name, "new", arguments, static=False)
        return JavaObject(self._java, self._class_name, self._does(self._java, *arguments))


class FakeJava:
    """Implements ``java.Java``. ``behaviours``: class name → Python class that does what it does."""

    def __init__(self, behaviours: Mapping[str, Any], sdk: int) -> None:
        self.sdk = sdk
        self._behaviours = behaviours
        self._thread: threading.Thread | None = None
        self._jobs = ThreadPoolExecutor(1, "fake-java", self._begin)
        self.touched: set[tuple[str, str]] = set()
        self.app_activity: JavaObject | None = None

    def _begin(self) -> None:
        self._thread = threading.current_thread()

    def close(self) -> None:
        self._jobs.shutdown()

    def run(self, job: Callable[[], T]) -> T:
        if threading.current_thread() is self._thread:
            return job()
        return self._jobs.submit(job).result()

    def find(self, class_name: str) -> JavaClass:
        self._on_the_thread()
        if class_name not in RECORD and class_name not in APP:
            raise NotAndroid(f"no class {class_name}")
        if class_name not in self._behaviours:
            raise NotAndroid(f"{class_name} does nothing here")
        return JavaClass(self, class_name, self._behaviours[class_name])

    def listener(self, interface: str, methods: Mapping[str, Callable[..., None]]) -> Listener:
        self._on_the_thread()
        return Listener(interface, methods)

    def activity(self) -> JavaObject:
        self._on_the_thread()
        assert self.app_activity is not None
        return self.app_activity

    def cast(self, class_name: str, thing: JavaObject) -> JavaObject:
        """To what it is too (``IS`` of its behaviour)."""
        self._on_the_thread()
        if class_name not in (thing._class_name, *getattr(thing._does, "ALSO", ()), *getattr(thing._does, "IS", ())):
            raise NotAndroid(f"{thing!r} is no {class_name}")
        return JavaObject(self, class_name, thing._does)

    # -- for behaviours -----------------------------------------------------------------------------------
    def made(self, class_name: str, does: Any) -> JavaObject:
        return JavaObject(self, class_name, does)

    def thrown(self, class_name: str, *causes: str) -> JavaError:
        return JavaError(class_name, "", causes)

    # -- held to the record ---------------------------------------------------------------------------------
    def _on_the_thread(self) -> None:
        if threading.current_thread() is not self._thread:
            raise NotAndroid("Java was touched outside run()")

    def _overloads(self, class_name: str, name: str) -> list[Any]:
        while class_name in APP and name not in RECORD.get(class_name, {}):
            class_name = APP[class_name]
        found = [one for one in RECORD.get(class_name, {}).get(name, []) if one["since"] <= self.sdk]
        if not found:
            raise NotAndroid(f"{class_name} has no {name} at level {self.sdk}")
        return found

    def member(self, class_name: str, name: str, does: Any, *, static: bool) -> Any:
        self._on_the_thread()
        if class_name in APP and name in getattr(does, "OF_THE_APP", ()):
            return getattr(does, name)
        overloads = [one for one in self._overloads(class_name, name) if one["static"] or not static]
        if not overloads:
            raise NotAndroid(f"{class_name}.{name} is not static")
        self.touched.add((class_name, name))
        if overloads[0]["field"]:
            value = overloads[0]["value"]
            return getattr(does, name) if value is None else value

        def call(*arguments: Any) -> Any:
            self._on_the_thread()
            self.check_call(class_name, name, arguments, static=static)
            found = getattr(does, name, None)
            if found is None:
                raise NotAndroid(f"{class_name}.{name} does nothing here")
            return found(self, *arguments) if static else found(*arguments)

        return call

    def check_call(self, class_name: str, name: str, arguments: tuple[Any, ...], *, static: bool) -> None:
        self._on_the_thread()
        if class_name in APP and name == "new":
            return
        self.touched.add((class_name, name))
        overloads = [one for one in self._overloads(class_name, name) if one["static"] or not static]
        if not _takes(_chosen(overloads, arguments), arguments):
            signatures = ", ".join(one["signature"] for one in overloads)
            raise NotAndroid(f"{class_name}.{name} takes {signatures}, not {arguments!r}")


def _chosen(overloads: list[Any], arguments: tuple[Any, ...]) -> Any:
    """As pyjnius's calculate_score."""
    scored = [(_score(one, arguments), one["signature"], one) for one in overloads]
    return max((one for one in scored if one[0] > 0), default=(0, "", overloads[0]), key=lambda one: one[:2])[2]


def _score(overload: Any, arguments: tuple[Any, ...]) -> int:
    types = _TYPES.findall(overload["signature"].partition(")")[0])
    if overload["varargs"]:
        arguments = (*arguments[: len(types) - 1], list(arguments[len(types) - 1 :]))
    if len(arguments) != len(types):
        return -1
    points = [_points(kind, argument) for kind, argument in zip(types, arguments, strict=True)]
    return -1 if min(points, default=0) < 0 else sum(points) + (0 if overload["varargs"] else 10)


def _points(kind: str, argument: Any) -> int:
    if kind in "ZBSIJ":
        return 10 if isinstance(argument, bool if kind == "Z" else int) else -1
    if argument is None:
        return 10
    if kind.startswith("["):
        fits = (
            isinstance(argument, bytes)
            if kind == "[B"
            else isinstance(argument, str)
            if kind == "[C"
            else isinstance(argument, list)
        )
        return 10 if fits else -1
    if kind in ("Ljava/lang/String;", "Ljava/lang/Object;") and isinstance(argument, str):
        return 10 if kind == "Ljava/lang/String;" else 5
    if isinstance(argument, JavaObject):
        return 10 if argument._class_name == kind[1:-1].replace("/", ".") else 5
    return 1 if isinstance(argument, Listener) else -1


def _takes(overload: Any, arguments: tuple[Any, ...]) -> bool:
    types = _TYPES.findall(overload["signature"].partition(")")[0])
    if overload["varargs"]:
        more = len(arguments) - len(types) + 1
        if more < 0:
            return False
        types = types[:-1] + [types[-1][1:]] * more
    return len(types) == len(arguments) and all(
        _fits(kind, argument) for kind, argument in zip(types, arguments, strict=True)
    )


def _fits(kind: str, argument: Any) -> bool:
    """As pyjnius converts. Objects: by the names that their behaviour says it has."""
    if kind == "Z":
        return isinstance(argument, bool)
    if kind in "BSIJ":
        return isinstance(argument, int) and not isinstance(argument, bool)
    if kind == "[B":
        return isinstance(argument, bytes)
    if kind == "[Ljava/lang/String;":
        return isinstance(argument, list) and all(isinstance(one, str) for one in argument)
    if argument is None:
        return kind.startswith(("L", "["))
    if kind in ("Ljava/lang/String;", "Ljava/lang/CharSequence;"):
        return isinstance(argument, str)
    wanted = kind[1:-1].replace("/", ".")
    if isinstance(argument, Listener):
        return argument.interface == wanted
    return isinstance(argument, JavaObject) and wanted in (argument._class_name, *getattr(argument._does, "ALSO", ()))
