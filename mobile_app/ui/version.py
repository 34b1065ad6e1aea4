"""What this app calls itself to the server and on its account screen."""

from typing import Final

APP_VERSION: Final = "1.0"
