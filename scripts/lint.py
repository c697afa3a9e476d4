"""`make lint`: every check, each in a process of its own, two at a time; prints what failed and fails with it."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from launch.places import CHECKOUT
from scripts.rooms import rooms

PYTHON = sys.executable
# The settings must load; no secret of anybody is needed to look at code.
ENVIRONMENT = {**os.environ, "PORTAL_TESTING": "1", "DJANGO_SETTINGS_MODULE": "portal.settings"}


@dataclass(frozen=True)
class Check:
    name: str
    command: list[str]


def checks() -> list[Check]:
    """The slowest first, so that two at a time end together."""
    run = [PYTHON, "-m"]
    return [
        Check("types", [*run, "mypy", *rooms(), "launch", "scripts", "tests"]),
        Check("style", [*run, "ruff", "check"]),
        Check("format", [*run, "ruff", "format", "--check", "--quiet"]),
        Check("room borders", [PYTHON, "-c", "from importlinter.cli import lint_imports_command as go; go()"]),
        Check("templates", [*run, "djlint", "templates", "--lint", "--quiet"]),
        Check("models without migration", [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"]),
        Check("migrations", [*run, "scripts.lint_migrations"]),
        Check("system checks", [PYTHON, "manage.py", "check", "--fail-level", "WARNING"]),
        Check("translations", [*run, "scripts.messages", "check"]),
        Check("lifecycle drawings", [*run, "scripts.lifecycle_docs", "--check"]),
        Check("personal data page", [*run, "scripts.personal_docs", "--check"]),
        Check("listeners page", [*run, "scripts.listener_docs", "--check"]),
    ]


def run(check: Check) -> bool:
    began = time.monotonic()
    done = subprocess.run(check.command, cwd=CHECKOUT, env=ENVIRONMENT, capture_output=True, text=True)
    verdict = "ok" if done.returncode == 0 else "FAILED"
    output = "" if done.returncode == 0 else f"\n{done.stdout}{done.stderr}".rstrip()
    print(f"{check.name:<26} {verdict:>6} {time.monotonic() - began:5.1f} s{output}", flush=True)
    return done.returncode == 0


def main(wanted: list[str]) -> int:
    chosen = [check for check in checks() if not wanted or check.name in wanted]
    with ThreadPoolExecutor(max_workers=2) as pool:
        return 0 if all(list(pool.map(run, chosen))) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
