"""The program's log: one line an event on standard error, with the process's name. No secrets, no document titles, no addresses in URLs."""

import logging


def set_up_logging(name: str, level: int = logging.INFO) -> None:
    logging.basicConfig(level=level, format=f"%(asctime)s {name}[%(process)d] %(levelname)s %(name)s: %(message)s")
    for noisy in ("engineio", "socketio", "geventwebsocket", "pyhanko", "fontTools", "PIL", "pikepdf"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
