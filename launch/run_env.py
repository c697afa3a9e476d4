"""The environment of the running portal, kept in var/run.env so that `manage.py` commands reach the same servers."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from launch.places import CHECKOUT
from launch.secret_store import read_env_file, write_private


def var_folder() -> Path:
    return Path(os.environ.get("VAR_DIR") or CHECKOUT / "var").resolve()


def publish(environment: Mapping[str, str]) -> None:
    lines = [f"{name}={value}" for name, value in sorted(environment.items())]
    write_private(var_folder() / "run.env", "\n".join(lines) + "\n")


def withdraw() -> None:
    (var_folder() / "run.env").unlink(missing_ok=True)


def adopt() -> None:
    """For manage.py: what the environment does not say is taken from the portal running in this checkout, if one is."""
    if "SECRET_KEY" in os.environ or os.environ.get("PORTAL_TESTING"):
        return
    for name, value in read_env_file(var_folder() / "run.env").items():
        os.environ.setdefault(name, value)
    if sys.argv[1:2] == ["up"]:
        # It makes the secrets itself; the settings only have to load so that Django finds the command.
        os.environ.setdefault("PORTAL_DEMO", "1")
