"""Secrets made once per checkout and kept in var/secrets.env, readable by their owner only."""

import base64
import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path


def token() -> str:
    """32 random bytes, URL safe: passwords and signing keys."""
    return secrets.token_urlsafe(32)


def key_32_bytes() -> str:
    """A 256-bit key in standard base64."""
    return base64.b64encode(secrets.token_bytes(32)).decode()


def read_env_file(path: Path) -> dict[str, str]:
    """NAME=value lines; blank lines and # comments are skipped."""
    if not path.exists():
        return {}
    pairs = (line.partition("=") for line in path.read_text().splitlines() if line.strip() and line[0] != "#")
    return {name.strip(): value.strip() for name, _, value in pairs}


def write_private(path: Path, text: str) -> None:
    """Replaces the file as a whole, never readable by others, not even for a moment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as out:
        out.write(text)
    draft.replace(path)


def secrets_in(path: Path, makers: Mapping[str, Callable[[], str]]) -> dict[str, str]:
    """The secrets of this file; those that `makers` names and the file lacks are made and written first."""
    known = read_env_file(path)
    missing = {name: make() for name, make in makers.items() if name not in known}
    if missing:
        known |= missing
        lines = ["# Made once for this checkout. Losing it makes the data in var/ unreadable.", ""]
        lines += [f"{name}={value}" for name, value in sorted(known.items())]
        write_private(path, "\n".join(lines) + "\n")
    return known
