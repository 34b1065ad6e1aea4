"""What the tests need from the system: installed where that is allowed, otherwise named with the tests that will be skipped.

Run by `make test` before pytest. Debian's names.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NEEDED = {
    "Xvfb": ("xvfb", "the tests in the phone app's window"),
    "chromium": ("chromium", "the end-to-end tests in a browser, and pdf.js among the viewers that must agree"),
    "pdfsig": ("poppler-utils", "the checks of signed files by poppler"),
    "pdftoppm": ("poppler-utils", "the pictures of stamped pages, and poppler among the viewers that must agree"),
    "pdfinfo": ("poppler-utils", "poppler among the viewers that must agree"),
    "/usr/share/poppler/cMap": ("poppler-data", "Chinese, Japanese and Korean text drawn by poppler"),
    "qpdf": ("qpdf", "the checks of signed files by qpdf"),
    "javac": ("default-jdk-headless", "the checks of the Android app's Java on a JDK"),
    "mvn": ("maven", "veraPDF, which judges whether PDF/A and PDF/UA survive a signature"),
    "openssl": ("openssl", "the vectors made again by a third tool"),
}


def missing() -> dict[str, tuple[str, str]]:
    """Program or folder → (package, what needs it)."""
    return {program: what for program, what in NEEDED.items() if not (shutil.which(program) or Path(program).is_dir())}


def main() -> int:
    wanted = sorted({package for package, _ in missing().values()})
    if wanted and os.geteuid() == 0 and shutil.which("apt-get"):
        sys.stdout.write(f"installing {', '.join(wanted)} …\n")
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.STDOUT}
        subprocess.run(["apt-get", "update", "-qq"], env=environment, check=False, **quiet)
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *wanted]
        subprocess.run(install, env=environment, check=False, **quiet)
    for program, (package, tests) in missing().items():
        sys.stdout.write(f"{program} is missing (package {package}): skipping {tests}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
