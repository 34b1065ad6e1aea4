"""Entry of a signing worker: plain Python, no gevent."""

import logging
import sys
from pathlib import Path

from server.config import load_config
from server.processes.logs import set_up_logging
from server.processes.with_supervisor import end_with_supervisor
from server.processes.worker import run_worker


def main(config_path: str, run_folder: str, number: str) -> None:
    end_with_supervisor()
    set_up_logging(f"worker-{number}")
    try:
        run_worker(load_config(Path(config_path)), Path(run_folder), int(number))
    except Exception:
        logging.getLogger(__name__).exception("the worker can't go on")
        sys.exit(1)


if __name__ == "__main__":
    main(*sys.argv[1:4])
