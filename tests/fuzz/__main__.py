"""``python -m tests.fuzz``: see ``trial.py``."""

import sys

from tests.fuzz.trial import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
