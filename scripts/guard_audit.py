"""`make guards`: for each guard that has none in the list, find a test that is red without it (tests/guards).

python -m scripts.guard_audit                      new guards, and those whose test is gone
python -m scripts.guard_audit --all-guards         every guard anew; goes on where it was stopped
python -m scripts.guard_audit --guard payments_    those whose name contains this
python -m scripts.guard_audit --guards watch       note which tests come near which guard: makes the above quicker
"""

import subprocess
import sys

from launch import keeper
from launch.places import CHECKOUT
from scripts.rooms import rooms

# Where the guards' tests are; rules without Django, the sandbox and the look have none of these guards.


def main(arguments: list[str]) -> int:
    tests = [f"tests/{room}" for room in ("guards", *rooms()) if (CHECKOUT / "tests" / room).is_dir()]
    command = [sys.executable, "-m", "pytest", "-p", "tests.guards.audit", "-m", "not browser", "-q", *tests]
    code = subprocess.run([*command, *arguments], cwd=CHECKOUT).returncode
    keeper.stop(CHECKOUT / "var" / "test")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
