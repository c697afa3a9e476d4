"""`make test`: pytest on two cores, then the throw-away servers are stopped unless another run uses them."""

import os
import subprocess
import sys

from launch import keeper
from launch.places import CHECKOUT

WORKERS = os.environ.get("TEST_WORKERS", "2")


def main(arguments: list[str]) -> int:
    # loadfile: what one file sets up stays with one worker. In the order of tests/conftest.py: left to itself, xdist
    # keeps files with few tests for the end, and those are the longest.
    command = [sys.executable, "-m", "pytest", "-n", WORKERS, "--dist=loadfile", "--no-loadscope-reorder", *arguments]
    code = subprocess.run(command, cwd=CHECKOUT).returncode
    keeper.stop(CHECKOUT / "var" / "test")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
