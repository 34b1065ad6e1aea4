"""``python -m tests.pdf_corpus.conformance.set_up``: fetches veraPDF as ``pom.xml`` fixes it, for the tests alone.

Run by ``make test``. Where Maven or its repository is missing it says which tests will be skipped; where CI says so they fail instead.
"""

import shutil
import subprocess
import sys

from tests.pdf_corpus.conformance.judge import HERE, JARS, POM, STAMP

_MOST_SECONDS = 300


def main() -> int:
    wanted = POM.read_text()
    if STAMP.is_file() and STAMP.read_text() == wanted:
        return 0
    shutil.rmtree(JARS, ignore_errors=True)
    try:
        command = ["mvn", "--batch-mode", "--quiet", "dependency:copy-dependencies"]
        subprocess.run(command, cwd=HERE, check=True, capture_output=True, timeout=_MOST_SECONDS)
    except (OSError, subprocess.SubprocessError) as error:
        sys.stdout.write(f"veraPDF could not be fetched ({error}): skipping the conformance of signed files\n")
        return 0
    STAMP.write_text(wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main())
