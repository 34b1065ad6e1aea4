"""Gives the package its name back on Android, where the app's root is this folder without its name: ``main.py`` imports it first.

Rules:
* ``mobile_app`` is this folder, wherever it lies.
* The folder itself leaves the import path: what it holds would hide others of the same name, above all python-for-android's ``android``.
* Python asks for a home when it has none to give: it is the app's own folder.
"""

import os
import sys
from pathlib import Path
from types import ModuleType

_ROOT = Path(__file__).resolve().parent
_package = ModuleType("mobile_app")
_package.__path__ = [str(_ROOT)]
sys.modules.setdefault("mobile_app", _package)
sys.path[:] = [folder for folder in sys.path if Path(folder or ".").resolve() != _ROOT]
os.environ.setdefault("HOME", os.environ.get("ANDROID_PRIVATE", str(_ROOT)))
