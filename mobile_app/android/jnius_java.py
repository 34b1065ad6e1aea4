"""Java by pyjnius. The only file that imports it; runs on a phone only.

Rules:
* Made on the first thread, which alone finds the app's own classes; they are found here, once.
* All else happens on one executor thread, which never ends before the process does.
"""

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import jnius  # type: ignore[import-not-found]

from mobile_app.android.java import APP_CLASSES, LISTENERS, JavaError

T = TypeVar("T")


class JniusJava:
    """See ``java.Java``."""

    def __init__(self) -> None:
        self._app_classes = {name: jnius.autoclass(name) for name in APP_CLASSES}
        self._sdk = int(jnius.autoclass("android.os.Build$VERSION").SDK_INT)
        self._thread: threading.Thread | None = None
        self._jobs = ThreadPoolExecutor(1, "java", self._begin)

    def _begin(self) -> None:
        self._thread = threading.current_thread()

    @property
    def sdk(self) -> int:
        return self._sdk

    def run(self, job: Callable[[], T]) -> T:
        if threading.current_thread() is self._thread:
            return self._done(job)
        return self._jobs.submit(self._done, job).result()

    @staticmethod
    def _done(job: Callable[[], T]) -> T:
        try:
            return job()
        except jnius.JavaException as error:
            raise _java_error(error) from error

    def find(self, class_name: str) -> Any:
        return self._app_classes.get(class_name) or jnius.autoclass(class_name)

    def cast(self, class_name: str, thing: Any) -> Any:
        return jnius.cast(class_name, thing)

    def listener(self, interface: str, methods: Mapping[str, Callable[..., None]]) -> Any:
        return _implementation(interface, methods)

    def activity(self) -> Any:
        return self._app_classes["org.kivy.android.PythonActivity"].mActivity


def _java_error(error: Any) -> JavaError:
    """pyjnius writes causes into the stack trace, a line each: ``Caused by: android.security.KeyStoreException: …``."""
    lines = [str(line) for line in error.stacktrace or ()]
    causes = (line.split(":", 2)[1].strip() for line in lines if line.startswith("Caused by:"))
    return JavaError(str(error.classname or "java.lang.Throwable"), str(error.innermessage or ""), tuple(causes))


def _implementation(interface: str, methods: Mapping[str, Callable[..., None]]) -> Any:
    """A class of its own for each interface, as pyjnius reads interfaces and signatures off the class."""

    def method(name: str, signature: str) -> Callable[..., None]:
        def call(_self: object, *arguments: object) -> None:
            methods[name](*arguments)

        made: Callable[..., None] = jnius.java_method(signature, name=name)(call)
        return made

    body: dict[str, object] = {name: method(name, signature) for name, signature in LISTENERS[interface].items()}
    body["__javainterfaces__"] = [interface.replace(".", "/")]
    body["__javacontext__"] = "app"
    return type(interface.rpartition("$")[2].rpartition(".")[2], (jnius.PythonJavaClass,), body)()
