"""What the person set on this phone: language and theme. Kept in the profile folder, read at start.

An unreadable file counts as none: settings are a convenience and must not keep anybody from signing.
"""

import json
from dataclasses import asdict, dataclass, replace
from typing import Final

from mobile_app.device.profile import Profile
from mobile_app.ui.strings import LANGUAGES, Language
from mobile_app.ui.theme import ThemeName

_FILE: Final = "settings.json"
THEMES: Final[tuple[ThemeName, ...]] = ("light", "dark")


@dataclass(frozen=True, slots=True)
class Settings:
    language: Language = "vi"
    theme: ThemeName = "light"


class KeptSettings:
    """The settings of one profile. ``change`` writes them durably."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self.now = self._read()

    def _read(self) -> Settings:
        try:
            found = json.loads(self._profile.read(_FILE))
        except (FileNotFoundError, ValueError):
            return Settings()
        if not isinstance(found, dict):
            return Settings()
        made = Settings()
        if found.get("language") in LANGUAGES:
            made = replace(made, language=found["language"])
        if found.get("theme") in THEMES:
            made = replace(made, theme=found["theme"])
        return made

    def change(self, *, language: Language | None = None, theme: ThemeName | None = None) -> None:
        self.now = Settings(language or self.now.language, theme or self.now.theme)
        self._profile.write(_FILE, json.dumps(asdict(self.now)).encode())
