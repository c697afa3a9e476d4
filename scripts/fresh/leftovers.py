"""What a machine holds that it would not hold had only Debian's packages been installed."""

import os
import re
from pathlib import Path

from scripts.fresh.machines import Machine

# Debian's own records and the package tools' caches.
NOT_OURS = re.compile(
    r"^/(proc|sys|dev|run|var/lib/(dpkg|apt|ucf|systemd|pam)|var/cache|var/log|root/\.cache/pip|home/[^/]+/\.cache/pip)(/|$)"
    r"|^/usr/(lib|share)/python3.*/__pycache__(/|$)|^/etc/ld\.so\.cache$"
)


def files_of(root: Path) -> set[str]:
    """Files, and folders that hold nothing at all."""
    found = set()
    for folder, folders, files in os.walk(root):
        inside = ("/" + str(Path(folder).relative_to(root)).removeprefix(".")).rstrip("/")
        if not (folders or files):
            found.add(inside)
        links = [name for name in folders if Path(folder, name).is_symlink()]
        found |= {path for name in (*files, *links) if not NOT_OURS.match(path := f"{inside}/{name}")}
        folders[:] = [name for name in folders if not NOT_OURS.match(f"{inside}/{name}")]
    return found


def debian_packages(machine: Machine) -> set[str]:
    told = machine.must(["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\\n"], minutes=1).output
    return {line.split()[0] for line in told.splitlines() if line.endswith(" installed")}


def left_over(machine: Machine, control: Machine, checkout: str) -> list[str]:
    """What `control`, with the same Debian packages, does not hold; the checkout aside."""
    own = {path for path in files_of(machine.root) if path != checkout and not path.startswith(f"{checkout}/")}
    return sorted(own - files_of(control.root))
