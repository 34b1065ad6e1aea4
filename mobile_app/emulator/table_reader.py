"""Reads one TOML table strictly.

Every key is asked for by name, once, with its type and limits; what is wrong or left over becomes a problem
with the path at which it stands. All problems of a file are collected before anybody is told, so that a
tester mends a scenario in one go.
"""

import difflib
from collections.abc import Sequence
from typing import cast


class ScenarioError(Exception):
    """A scenario cannot be played as written. ``problems`` holds one sentence for each place, each starting
    with its path.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


_KIND_NAMES: dict[type, str] = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    list: "a list",
    dict: "a table",
}


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


class TableReader:
    """One table of the file; nested tables share the list of problems."""

    def __init__(self, raw: dict[str, object], path: str = "", problems: list[str] | None = None) -> None:
        self._raw = raw
        self._path = path
        self._asked: list[str] = []
        self.problems: list[str] = [] if problems is None else problems

    def path_of(self, key: str) -> str:
        return f"{self._path}.{key}" if self._path else key

    def problem(self, key: str, sentence: str) -> None:
        self.problems.append(f"{self.path_of(key)}: {sentence}")

    def has(self, key: str) -> bool:
        return key in self._raw

    def _take(self, key: str, kind: type, required: bool) -> object | None:
        self._asked.append(key)
        if key not in self._raw:
            if required:
                self.problem(key, f"is missing; {_KIND_NAMES[kind]} is needed here")
            return None
        value = self._raw[key]
        number_as_float = kind is float and type(value) is int
        if type(value) is not kind and not number_as_float:
            self.problem(key, f"must be {_KIND_NAMES[kind]}, not {_shown(value)}")
            return None
        return value

    def text(
        self,
        key: str,
        default: str = "",
        *,
        required: bool = False,
        longest: int = 1000,
        one_of: Sequence[str] = (),
    ) -> str:
        value = self._take(key, str, required)
        if value is None:
            return default
        word = cast(str, value)
        if len(word) > longest:
            self.problem(key, f"is longer than {longest} characters")
        elif one_of and word not in one_of:
            self.problem(key, f"must be one of {', '.join(one_of)}, not {_shown(word)}{_meant(word, one_of)}")
        else:
            return word
        return default

    def whole(
        self, key: str, default: int = 0, *, required: bool = False, least: int = 0, most: int = 2**53
    ) -> int:
        value = self._take(key, int, required)
        if value is None:
            return default
        number = cast(int, value)
        if not least <= number <= most:
            self.problem(key, f"must be between {least} and {most}, not {number}")
            return default
        return number

    def seconds(
        self, key: str, default: float = 0.0, *, required: bool = False, most: float = 86_400.0
    ) -> float:
        """Seconds, a day at most, finite, not negative."""
        value = self._take(key, float, required)
        if value is None:
            return default
        number = float(cast(float, value))
        if not 0 <= number <= most:
            self.problem(key, f"must be between 0 and {most:g} seconds, not {number:g}")
            return default
        return number

    def flag(self, key: str, default: bool = False) -> bool:
        value = self._take(key, bool, False)
        return default if value is None else cast(bool, value)

    def entries(self, key: str, *, required: bool = False) -> list[tuple[str, object]]:
        """The list under ``key`` as (path, value)."""
        value = self._take(key, list, required)
        if value is None:
            return []
        return [(f"{self.path_of(key)}[{n}]", entry) for n, entry in enumerate(cast(list[object], value))]

    def tables(self, key: str) -> list["TableReader"]:
        """The list of tables under ``key`` (``[[key]]`` in TOML)."""
        readers: list[TableReader] = []
        for path, entry in self.entries(key):
            if isinstance(entry, dict):
                readers.append(TableReader(entry, path, self.problems))
            else:
                self.problems.append(f"{path}: must be a table, not {_shown(entry)}")
        return readers

    def table(self, key: str, *, required: bool = False) -> "TableReader | None":
        value = self._take(key, dict, required)
        if value is None:
            return None
        return TableReader(cast(dict[str, object], value), self.path_of(key), self.problems)

    def positions(self, key: str) -> tuple[int, ...] | None:
        """``"all"`` or nothing → None; a list of positions from 0 → that tuple, without repeats."""
        if self._raw.get(key) == "all":
            self._asked.append(key)
            return None
        found: list[int] = []
        entries = self.entries(key)
        for path, entry in entries:
            if type(entry) is int and entry >= 0:
                found.append(entry)
            else:
                self.problems.append(
                    f"{path}: must be a position (a whole number from 0), not {_shown(entry)}"
                )
        if len(set(found)) != len(found):
            self.problem(key, "names a position twice")
        if self.has(key) and not entries:
            self.problem(key, 'must name at least one position, or be "all"')
        return tuple(found) if entries else None

    def rest(self) -> dict[str, object]:
        """What nobody asked for; from now on it counts as asked. Dates and fractions are refused: no event or
        statement holds them.
        """
        left = {key: value for key, value in self._raw.items() if key not in self._asked}
        self._asked.extend(left)
        for key, value in left.items():
            if not _is_plain(value):
                self.problem(
                    key, f"must be made of texts, whole numbers, true, false and lists, not {_shown(value)}"
                )
        return {key: value for key, value in left.items() if _is_plain(value)}

    def done(self) -> None:
        """Call last: whatever was not asked for is an unknown key."""
        for key in self._raw:
            if key not in self._asked:
                self.problem(key, f"is not known here{_meant(key, self._asked)}")


def _is_plain(value: object) -> bool:
    if isinstance(value, list):
        return all(_is_plain(entry) for entry in value)
    if isinstance(value, dict):
        return all(_is_plain(entry) for entry in value.values())
    return isinstance(value, str | bool | int)


def _meant(word: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(word, known, n=1)
    return f"; did you mean {close[0]}?" if close else ""
