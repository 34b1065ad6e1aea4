"""Entry of a signing worker: plain Python, no gevent."""

from server.processes.with_supervisor import end_with_supervisor

end_with_supervisor()  # before the slow imports

import logging  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402

from server.config import load_config  # noqa: E402
from server.processes.logs import set_up_logging  # noqa: E402
from server.processes.worker import run_worker  # noqa: E402


def main(config_path: str, run_folder: str, number: str) -> None:
    set_up_logging(f"worker-{number}")
    try:
        run_worker(load_config(Path(config_path)), Path(run_folder), int(number))
    except Exception:
        logging.getLogger(__name__).exception("the worker can't go on")
        sys.exit(1)


if __name__ == "__main__":
    main(*sys.argv[1:4])
