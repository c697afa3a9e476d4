"""Runs inside the machine: `make run` as a person at a terminal would use it, and what is left after Ctrl-C.

    python3 -m scripts.fresh.inside PORT MINUTES

Exit code 0 if it came up, served, ended, and left no process, socket or temporary file. The last lines tell.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

STOP_WITHIN_SECONDS = 60
TEMPORARY = ("/tmp", "/var/tmp", "/dev/shm")  # noqa: S108  (looked into, not written to)


def page(port: int, path: str = "/") -> str:
    """What is read there; "" when nothing answers, or with an error."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return str(answer.read().decode()) if answer.status == 200 else ""
    except (urllib.error.URLError, OSError):
        return ""


def serves(port: int) -> bool:
    """The front page offers a plan year, and its page opens: before the demonstration is there it offers none, and a
    front page that fails as soon as it has something to say would pass for one that works."""
    offered = re.search(r'href="(/enrol/plans/[^"]+)"', page(port))
    return offered is not None and "<html" in page(port, offered[1])


def others() -> list[str]:
    """Processes of the machine besides this one and those above it. Ended ones that nobody waited for count too."""
    above, one = set(), os.getpid()
    while one:
        above.add(one)
        one = int(Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()[1])
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) not in above:
            try:
                state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
                words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
            except OSError:
                continue
            found.append(f"{entry.name} {state} {words[:120]}")
    return found


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def socket_files() -> list[str]:
    listed = Path("/proc/net/unix").read_text().splitlines()[1:]
    named = {line.split()[7] for line in listed if len(line.split()) > 7}
    # The kernel's list is the host's, its network being shared; a file of that name in here makes it the machine's.
    return sorted(name for name in named if name.startswith("/") and Path(name).exists())


def temporary_files() -> set[str]:
    return {str(path) for folder in TEMPORARY for path in Path(folder).iterdir()}


def main(arguments: list[str]) -> int:
    port, patience = int(arguments[0]), float(arguments[1]) * 60
    log = Path("/dev/shm/make-run.log")  # noqa: S108  (gone with the machine's namespace, so never a leftover)
    began = time.monotonic()
    with log.open("wb") as out:
        before = temporary_files()
        running = subprocess.Popen(
            ["make", "run"],
            env={**os.environ, "PORT": str(port)},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    up = False
    while not up and running.poll() is None and time.monotonic() - began < patience:
        time.sleep(0.5)
        up = serves(port)
    took = time.monotonic() - began
    if running.poll() is None:
        os.killpg(running.pid, signal.SIGINT)  # what a terminal does on Ctrl-C
    stopping = time.monotonic()
    while running.poll() is None and time.monotonic() - stopping < STOP_WITHIN_SECONDS:
        time.sleep(0.1)
    stopped = running.poll() is not None
    stop_took = time.monotonic() - stopping
    left = [*others(), *(["its port still answers"] if is_listening(port) else []), *socket_files()]
    left += sorted(temporary_files() - before)
    print(log.read_text(errors="replace"))
    print(f"up after {took:.0f} s" if up else "IT DID NOT COME UP")
    print(f"stopped within {stop_took:.1f} s of Ctrl-C" if stopped else "IT DID NOT STOP")
    print("\n".join(["LEFT BEHIND:", *left]) if left else "no process, socket or temporary file left")
    return 0 if up and stopped and not left else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
