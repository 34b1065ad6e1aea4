"""``python -m mobile_app.emulator``."""

import sys

from mobile_app.emulator.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
