"""`make audit`: known faults of what is pinned, as pip-audit and npm know them.

    python -m scripts.audit [--when-reachable]

Exit code 1 with known faults. With `--when-reachable` (CI) a service that cannot be asked is said and is no failure;
without it, it is one.
"""

import json
import shutil
import subprocess
import sys
from typing import Any

from launch.places import CHECKOUT

LOCK = "requirements-dev.txt"
PATIENCE_SECONDS = 180
FINE, FAULTS, UNREACHABLE = (
    "no known faults",
    "KNOWN FAULTS, listed above",
    "NOT CHECKED: the service cannot be asked here",
)


def ask(command: list[str]) -> tuple[str, str]:
    """Standard output and error; both empty when it took too long."""
    try:
        done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, timeout=PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        return "", ""
    return done.stdout, done.stderr


def parsed(answer: str) -> dict[str, Any] | None:
    try:
        told = json.loads(answer)
    except ValueError:
        return None
    return told if isinstance(told, dict) else None


def python_packages() -> str:
    # Every hash is in the lock: nothing needs to be downloaded to know what would be installed.
    command = [sys.executable, "-m", "pip_audit", "--requirement", LOCK, "--require-hashes", "--disable-pip"]
    return verdict_on_python(
        parsed(ask([*command, "--progress-spinner", "off", "--format", "json", "--timeout", "20"])[0])
    )


def verdict_on_python(told: dict[str, Any] | None) -> str:
    """Of pip-audit's JSON. It calls a package that its service does not know "skipped", and all is well without it."""
    packages = (told or {}).get("dependencies", [])
    found = [(one["name"], one["version"], fault) for one in packages for fault in one.get("vulns", ())]
    for name, version, fault in found:
        print(f"  {name} {version}: {fault['id']}, mended in {', '.join(fault['fix_versions']) or 'no version yet'}")
    if found:
        return FAULTS
    return FINE if packages and not any("skip_reason" in one for one in packages) else UNREACHABLE


def front_end_files() -> str:
    if shutil.which("npm") is None:
        return "NOT CHECKED: no npm on this machine"
    told = parsed(ask(["npm", "audit", "--json", "--package-lock-only"])[0])
    if told is None or not isinstance(found := told.get("vulnerabilities"), dict):
        return UNREACHABLE
    for name, fault in found.items():
        print(f"  {name}: {fault['severity']}")
    return FAULTS if found else FINE


def main(arguments: list[str]) -> int:
    lenient = "--when-reachable" in arguments
    code = 0
    for what, check in ((f"Python packages of {LOCK}", python_packages), ("Front-end files", front_end_files)):
        result = check()
        print(f"[audit] {what}: {result}", flush=True)
        if result == FAULTS or (result != FINE and not lenient):
            code = 1
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
