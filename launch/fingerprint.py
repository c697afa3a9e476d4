"""What a state of the source stands for, so that work done for it is not done twice."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from launch.places import CHECKOUT

# What decides what a migrated database and its rights look like.
DATABASE_PATTERNS = (
    "requirements.txt",
    "portal/settings.py",
    "core/**/*.py",
    "*/migrations/**/*.py",
    "*/models.py",
    "*/models/**/*.py",
    "*/lifecycle.py",
    "*/**/*.sql",
)
# What decides what `manage.py prepare` writes besides.
FILES_PATTERNS = ("static/**/*", "*/locale/**/*.po", "portal/management/commands/prepare.py")
LEFT_OUT = {".git", ".venv", "node_modules", "var"}


def fingerprint(patterns: Iterable[str], *more: str) -> str:
    """A short hash over the contents of all matching files and `more`."""
    digest = hashlib.sha256("\0".join(more).encode())
    for pattern in patterns:
        for path in _matching(pattern):
            digest.update(str(path.relative_to(CHECKOUT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _matching(pattern: str) -> Iterator[Path]:
    """Files in a stable order; a leading `*` stands for our own folders only, not for thousands of installed files."""
    head, _, rest = pattern.partition("/")
    folders = [CHECKOUT / head]
    if head == "*":
        folders = sorted(entry for entry in CHECKOUT.iterdir() if entry.is_dir() and entry.name not in LEFT_OUT)
    for folder in folders:
        yield from sorted(path for path in (folder.glob(rest) if rest else [folder]) if path.is_file())
