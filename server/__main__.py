"""``python -m server``: the server and its operators' commands."""

import os
import sys

from server.commands.run import main

if __name__ == "__main__":
    os.umask(0o077)  # documents and hashes are nobody else's on this machine
    sys.exit(main(sys.argv[1:]))
