"""Entry of the web process: the monkey patch comes before every other import, and nowhere else."""

from gevent import monkey

monkey.patch_all()

from server.processes.with_supervisor import end_with_supervisor  # noqa: E402

end_with_supervisor()  # before the slow imports: this process holds the listening socket already

import logging  # noqa: E402
import socket  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402

from server.config import load_config  # noqa: E402
from server.processes.logs import set_up_logging  # noqa: E402
from server.processes.web_process import serve  # noqa: E402


def main(config_path: str, run_folder: str, listener_fd: str) -> None:
    set_up_logging("web")
    config = load_config(Path(config_path))
    try:
        serve(config, Path(run_folder), socket.socket(fileno=int(listener_fd)))
    except Exception:
        logging.getLogger(__name__).exception("the web process can't go on")
        sys.exit(1)


if __name__ == "__main__":
    main(*sys.argv[1:4])
