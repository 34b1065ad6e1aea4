"""Android's classes, as an interface: what the modules of this package may do with Java.

Rules:
* Java is touched inside ``run`` only, on one thread that lives as long as the process: a thread that ends without detaching from
  Android's runtime takes the process with it.
* An exception of Java's leaves ``run`` as ``JavaError`` with the class's name; nobody else sees pyjnius.
* A method that this phone's Android does not have yet is never called: ask ``sdk`` first.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar

T = TypeVar("T")


class JavaError(Exception):
    """Java threw. ``class_name`` with its dots: ``javax.crypto.AEADBadTagException``; ``causes`` are the names behind it."""

    def __init__(self, class_name: str, message: str = "", causes: tuple[str, ...] = ()) -> None:
        self.class_name = class_name
        self.causes = causes
        super().__init__(f"{class_name}: {message}" if message else class_name)

    def is_a(self, class_name: str) -> bool:
        """Whether this or what caused it is of the class."""
        return class_name == self.class_name or class_name in self.causes


class Java(Protocol):
    @property
    def sdk(self) -> int:
        """Android's API level on this phone."""
        ...

    def run(self, job: Callable[[], T]) -> T:
        """Do ``job`` on the thread for Java and wait for it; from that thread itself, at once. Raises JavaError and what the job
        raises."""
        ...

    def find(self, class_name: str) -> Any:
        """The class, inner ones with ``$``."""
        ...

    def cast(self, class_name: str, thing: Any) -> Any:
        """``thing`` as an object of ``class_name``. pyjnius takes an object for what the method that gave it declares, and chooses among
        overloads by exact names only: an argument of a class below has to be cast to the parameter's."""
        ...

    def listener(self, interface: str, methods: Mapping[str, Callable[..., None]]) -> Any:
        """An object of Java that implements ``interface`` (one of ``LISTENERS``) and calls ``methods`` by name, on whatever thread
        Java pleases. Whoever hands it to Java keeps it."""
        ...

    def activity(self) -> Any:
        """The one activity."""
        ...


LISTENERS: Mapping[str, Mapping[str, str]] = {
    "android.content.DialogInterface$OnClickListener": {"onClick": "(Landroid/content/DialogInterface;I)V"},
    "org.kivy.android.PythonActivity$NewIntentListener": {"onNewIntent": "(Landroid/content/Intent;)V"},
    "vn.phoneseal.BiometricAnswer$Listener": {"answered": "(I)V"},
    "vn.phoneseal.WakeUpReceiver$Listener": {"changed": "()V", "woken": "()V"},
}
"""Interfaces that Python implements, with their methods' signatures."""

APP_CLASSES = (
    "org.kivy.android.PythonActivity",
    "vn.phoneseal.BiometricAnswer",
    "vn.phoneseal.StayReachable",
    "vn.phoneseal.WakeUpReceiver",
    "vn.phoneseal.WakeUpRegistration",
)
"""Classes of the app itself: a thread that Python made finds them only if they were found before on the first thread."""


def octets(array: Any) -> bytes:
    """A byte[] of Java's. Its bytes are signed where they come one by one."""
    if hasattr(array, "tostring"):
        return bytes(array.tostring())
    return bytes(value & 0xFF for value in array)
