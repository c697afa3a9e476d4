"""`python -m sandbox --port 8900 --data DIR`: serve the sandbox with granian, one process, many threads."""

from __future__ import annotations

import argparse
import ctypes
import logging
import os
import signal
import sys
from pathlib import Path

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="The outside world in a box.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8900)
    parser.add_argument("--data", default=os.environ.get("SANDBOX_DATA_DIR", "var/sandbox"), help="directory of state")
    parser.add_argument("--public-url", default=None, help="address under which people and the portal reach it")
    parser.add_argument("--threads", type=int, default=24, help="a thread each for replies held back by a fault")
    parser.add_argument("--die-with-parent", action="store_true", help="stop when the starting process is gone (Linux)")
    options = parser.parse_args()
    if options.die_with_parent and sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG: a killed test run leaves nothing behind

    data_dir = Path(options.data).resolve()
    data_dir.mkdir(parents=True, exist_ok=True)
    os.environ["SANDBOX_DATA_DIR"] = str(data_dir)
    os.environ["SANDBOX_PUBLIC_URL"] = options.public_url or f"http://{options.host}:{options.port}"
    # granian warns about more threads than cores; ours mostly sleep inside an injected delay.
    logging.getLogger("_granian").addFilter(lambda record: "Python threads" not in record.getMessage())
    # One worker: the delivery thread for notifications must exist once. More throughput is not this process's job.
    Granian(
        "sandbox.wsgi:app",
        address=options.host,
        port=options.port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=options.threads,
        websockets=False,
        log_level=LogLevels.warning,
    ).serve()


if __name__ == "__main__":
    main()
