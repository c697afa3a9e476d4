"""A supervisor with small services, for tests to start and hurt: `python -m tests.ops.family FOLDER [NAME...]`.

`steady` has a child of its own, as a web server has workers; `stubborn` ignores the signal that asks it to stop. By
name only: `roaming` has a child in a session of its own, as PostgreSQL has; `hopeless` ends at once; `complaining`
writes problems into its log.
"""

import os
import re
import sys
from pathlib import Path

from launch import run_lock, supervisor
from launch.supervisor import Service, StoppedEarly, Supervisor
from launch.terminal import Terminal

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
ROAMING = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
print("roaming", os.getpid(), child.pid, flush=True)
time.sleep(600)
"""
HOPELESS = """
import sys
sys.exit("hopeless cannot find its purse")
"""
COMPLAINING = """
import time
for number in range(20):
    print("a line for the log", flush=True)
    print(f"[error] the same trouble with task {number}", flush=True)
    print(f"[error] trouble of kind {'abcdefghijklmnopqrstuvwxyz'[number]}", flush=True)
print("complaining is done", flush=True)
time.sleep(600)
"""
ALWAYS = {"steady": STEADY, "stubborn": STUBBORN}
BY_NAME = {"roaming": ROAMING, "hopeless": HOPELESS, "complaining": COMPLAINING}


def main() -> None:
    folder = Path(sys.argv[1])
    supervisor.STOP_WITHIN_SECONDS = 0.5
    supervisor.ORPHANS_END_WITHIN_SECONDS = 0.5
    supervisor.GUARDIAN_WAITS_SECONDS = 1.0
    lock = run_lock.open_lock(folder / "run.lock")
    assert run_lock.try_lock(lock), "another family lives here"
    temporary = folder / "tmp"
    temporary.mkdir()
    (temporary / "left by somebody").touch()
    services = ALWAYS | {name: BY_NAME[name] for name in sys.argv[2:]}
    with Supervisor(
        log_folder=folder / "log", terminal=Terminal(), lock=lock, leavings=[temporary, folder / "never made"]
    ) as family:
        for rank, (name, code) in enumerate(services.items()):
            command = [sys.executable, "-c", code]
            family.start(Service(name, command, stop_rank=rank, problem=re.compile(r"\[error\] (.*)")))
        print("supervisor", os.getpid(), flush=True)
        try:
            family.run()
        except StoppedEarly as reason:
            sys.exit(str(reason))


if __name__ == "__main__":
    main()
