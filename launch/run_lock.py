"""File locks that the kernel releases when their holders are gone, however they went."""

import fcntl
import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Holder:
    """Who holds a lock, as it says itself."""

    pid: int
    address: str
    state: str  # "starting", "running", "stopping"

    def is_alive(self) -> bool:
        return Path("/proc", str(self.pid)).exists()


def open_lock(path: Path) -> int:
    """A descriptor for lock(); close it to let go."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def try_lock(descriptor: int, *, shared: bool = False) -> bool:
    """True if the lock was free and is ours now."""
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def lock_within(descriptor: int, seconds: float, *, shared: bool = False) -> bool:
    """True once the lock is ours; False if it was not to be had in time."""
    deadline = time.monotonic() + seconds
    while not try_lock(descriptor, shared=shared):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def write_holder(descriptor: int, holder: Holder) -> None:
    """Into the lock file itself: whoever finds it locked can read who it is."""
    text = json.dumps(asdict(holder)).encode()
    os.pwrite(descriptor, text.ljust(256) + b"\n", 0)
    os.ftruncate(descriptor, max(len(text), 256) + 1)


def read_holder(descriptor: int) -> Holder | None:
    """The one who holds the lock or held it last; None if nobody has said."""
    try:
        return Holder(**json.loads(os.pread(descriptor, 4096, 0) or b"null"))
    except (ValueError, TypeError):
        return None
