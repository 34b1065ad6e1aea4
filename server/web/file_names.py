"""Names of files that people download: safe on every system, one of a kind in an archive, still readable."""

import unicodedata
from urllib.parse import quote

_FORBIDDEN = frozenset('\\/:*?"<>|')
_RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))})
_LONGEST = 180  # bytes of UTF-8, the ending not counted: file systems stop at 255


def safe_stem(title: str) -> str:
    """``title`` as a file's name without ending: no separators, no control characters, nothing that Windows reserves."""
    text = unicodedata.normalize("NFC", title)
    if text.lower().endswith(".pdf"):
        text = text[:-4]
    kept = "".join("_" if c in _FORBIDDEN or unicodedata.category(c)[0] == "C" else c for c in text)
    stem = kept.encode()[:_LONGEST].decode(errors="ignore").strip(" .")
    if not stem or stem.split(".")[0].lower() in _RESERVED:
        stem = f"_{stem}"
    return stem


class UniqueNames:
    """Hands out names that no earlier one of this archive equals, upper and lower case taken as the same."""

    def __init__(self) -> None:
        self._used: set[str] = set()
        self._next: dict[str, int] = {}

    def take(self, title: str, ending: str = ".pdf") -> str:
        stem = safe_stem(title)
        key, name = stem.casefold(), stem
        while name.casefold() in self._used:
            number = self._next.get(key, 2)
            self._next[key] = number + 1
            name = f"{stem} ({number})"
        self._used.add(name.casefold())
        return name + ending


def attachment(name: str) -> str:
    """``Content-Disposition`` (RFC 6266): a plain name for old programs, the encoded one (RFC 5987) for the rest."""
    plain = name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_").replace("\\", "_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
