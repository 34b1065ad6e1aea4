"""``python -m tests.mutation``: see ``trial.py``."""

import sys

from tests.mutation.trial import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
