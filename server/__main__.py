"""``python -m server``: the server and its operators' commands."""

import sys

from server.commands.run import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
