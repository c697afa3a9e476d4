"""A supervisor with two small services, for tests to start and hurt: `python -m tests.ops.family FOLDER`.

`steady` has a child of its own, as a web server has workers; `stubborn` ignores the signal that asks it to stop.
"""

import os
import sys
from pathlib import Path

from portal.services import run_lock, supervisor
from portal.services.supervisor import Service, Supervisor

STEADY = """
import os, signal, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print("steady", os.getpid(), child.pid, flush=True)
signal.signal(signal.SIGTERM, lambda *_: (child.terminate(), print("steady leaves in order", flush=True), sys.exit(0)))
time.sleep(600)
"""
STUBBORN = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("stubborn", os.getpid(), flush=True)
time.sleep(600)
"""


def main() -> None:
    folder = Path(sys.argv[1])
    supervisor.STOP_WITHIN_SECONDS = 0.5
    supervisor.GUARDIAN_WAITS_SECONDS = 1.0
    lock = run_lock.open_lock(folder / "run.lock")
    assert run_lock.try_lock(lock), "another family lives here"
    with Supervisor(log_folder=folder / "log", lock=lock) as family:
        family.start(Service("steady", [sys.executable, "-c", STEADY]))
        family.start(Service("stubborn", [sys.executable, "-c", STUBBORN], stop_rank=1))
        print("supervisor", os.getpid(), flush=True)
        family.run()


if __name__ == "__main__":
    main()
