"""Which files ``FILES=…`` means, and under which names the signed ones are written.

``FILES`` is a folder (its PDFs), a file, a glob, or several of these quoted as in a shell. Names keep their spaces and Vietnamese letters;
equal names are numbered: ``a.pdf``, ``a (2).pdf``.
"""

import glob
import shlex
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from server.demo.terminal import DemoFailed


def find_files(text: str) -> list[Path]:
    """The files in the order given, folders and globs sorted by name. Raises ``DemoFailed`` when something names nothing."""
    found = _one(text)
    if found is None:
        try:
            words = shlex.split(text)
        except ValueError as error:
            raise DemoFailed(f"FILES: {error}: quote the names as in a shell", 2) from error
        found = []
        for word in words:
            named = _one(word)
            if named is None:
                raise DemoFailed(f"FILES: there is no file, folder or match for {word!r}", 2)
            found += named
    if not found:
        raise DemoFailed(f"FILES: no PDF in {text!r}", 2)
    return found


def _one(text: str) -> list[Path] | None:
    """What one word names, or None if it names nothing."""
    path = Path(text).expanduser()
    if path.is_dir():
        return sorted(entry for entry in path.iterdir() if entry.suffix.lower() == ".pdf" and not entry.is_dir())
    if path.exists():
        return [path]
    matches = sorted(Path(match) for match in glob.glob(str(path), recursive=True))  # noqa: PTH207 (a pattern may be absolute)
    return [match for match in matches if not match.is_dir()] or None


def target_names(files: Sequence[Path]) -> list[str]:
    """One name for each file, all different, even where the file system does not tell upper from lower case."""
    taken: set[str] = set()
    names = []
    for file in files:
        name, number = file.name, 1
        while _key(name) in taken:
            number += 1
            name = f"{file.stem} ({number}){file.suffix}"
        taken.add(_key(name))
        names.append(name)
    return names


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def check_target(out: Path, names: Sequence[str], files: Sequence[Path]) -> None:
    """Makes the folder. Raises ``DemoFailed`` when writing there would overwrite what is to be signed."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DemoFailed(f"OUT: {out} can't be made: {error.strerror}", 2) from error
    originals = {file.resolve() for file in files}
    for name in (*names, "report.json"):
        if (out / name).resolve() in originals:
            raise DemoFailed(f"OUT: {out / name} is one of the files to sign: choose another folder", 2)
