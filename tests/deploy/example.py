"""deploy/env.example, filled in as the file itself says: values it teaches, output of its "# try:" commands."""

from __future__ import annotations

import os
import subprocess
from functools import cache
from pathlib import Path

from tests.servers import CHECKOUT

EXAMPLE = CHECKOUT / "deploy" / "env.example"
SECRETS, STATE = "/run/secrets/portal", "/var/lib/portal"
TRY = "# try: "


def lines(example: Path = EXAMPLE) -> list[tuple[str, str, str]]:
    """(name, taught value, command for a trial or "") of every variable, in order."""
    found, command = [], ""
    for line in example.read_text(encoding="utf-8").splitlines():
        if line.startswith(TRY):
            command = line.removeprefix(TRY)
        elif line and not line.startswith("#"):
            name, _, value = line.partition("=")
            found.append((name, value, command))
            command = ""
    return found


@cache
def output(name: str, command: str) -> str:
    """Once per run and variable: an RSA key takes a while."""
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    return done.stdout.strip() if "\n-----" in done.stdout else "".join(done.stdout.split("\n"))


def filled_in(folder: Path) -> dict[str, str]:
    """The environment of a service that was set up by the example; its folders lie in `folder`."""
    secrets, state = folder / "secrets", folder / "state"
    secrets.mkdir(exist_ok=True)
    state.mkdir(exist_ok=True)
    environment = {}
    for name, taught, command in lines():
        value = taught.replace(SECRETS, str(secrets)).replace(STATE, str(state))
        if command and name.endswith("_FILE"):
            Path(value).write_text(output(name, command), encoding="utf-8")
        elif command:
            value = output(name, command)
        environment[name] = value
    return environment


def process(environment: dict[str, str]) -> dict[str, str]:
    """Nothing of this machine's environment but what any process needs."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "PYTHONUNBUFFERED": "1", **environment}
