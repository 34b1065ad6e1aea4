"""What python-for-android's manifest template has no place for: ``buildozer.spec`` names this file as its hook.

Runs in the build's folder after the manifest is written and before Gradle reads it. Refuses to go on when the manifest does not look as
expected: an app without its service, or with an opening that nobody meant, must not be built.
"""

import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Final

_HERE: Final = Path(__file__).resolve().parent
_ANDROID: Final = "http://schemas.android.com/apk/res/android"
_NAME: Final = f"{{{_ANDROID}}}name"
_EXPORTED: Final = f"{{{_ANDROID}}}exported"
OPEN: Final = ("vn.phoneseal.PhoneSealActivity", "vn.phoneseal.WakeUpReceiver")
"""What other apps may start or tell."""


def after_apk_build(_toolchain: object) -> None:
    """Called by python-for-android, in the folder of the distribution."""
    for path in (Path("src/main/AndroidManifest.xml"), Path("AndroidManifest.xml")):
        path.write_text(finished(path.read_text("utf-8")), "utf-8")


def finished(manifest: str) -> str:
    """The manifest with the app's own components, and with whom it may see on the phone. Raises ValueError."""
    ElementTree.register_namespace("android", _ANDROID)
    root = ElementTree.fromstring(manifest)  # noqa: S314 - our own build's output
    application = root.find("application")
    if application is None:
        raise ValueError("the manifest has no application")
    for part in _parts("components.xml"):
        for old in application.findall(part.tag):
            if old.get(_NAME) == part.get(_NAME):
                application.remove(old)
        application.append(part)
    for old in root.findall("queries"):
        root.remove(old)
    root.extend(_parts("queries.xml"))
    _check(application)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True)


def _parts(name: str) -> ElementTree.Element:
    wrapped = (_HERE / name).read_text("utf-8")
    return ElementTree.fromstring(f'<parts xmlns:android="{_ANDROID}">{wrapped}</parts>')  # noqa: S314 - a file of ours


def _check(application: ElementTree.Element) -> None:
    """Two openings to other apps: the activity, and the receiver of wake-ups."""
    for part in application:
        if part.get(_EXPORTED) == "true" and part.get(_NAME) not in OPEN:
            raise ValueError(f"{part.get(_NAME)} is open to other apps")
    if application.get(f"{{{_ANDROID}}}allowBackup") != "false":
        raise ValueError("the app's files could be taken from a backup")
