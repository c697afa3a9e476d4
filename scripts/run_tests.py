"""`make test`: translations, pytest on two cores; then throw-away servers are stopped unless another run uses them."""

import os
import subprocess
import sys
import tempfile

from launch import keeper
from launch.places import CHECKOUT
from launch.translations import compile_catalogues

WORKERS = os.environ.get("TEST_WORKERS", "2")


def main(arguments: list[str]) -> int:
    compile_catalogues()
    # loadfile: what one file sets up stays with one worker. In the order of tests/conftest.py: left to itself, xdist
    # keeps files with few tests for the end, and those are the longest.
    command = [sys.executable, "-m", "pytest", "-n", WORKERS, "--dist=loadfile", "--no-loadscope-reorder", *arguments]
    # What browsers and pools leave behind when they are ended goes with the run. A short path: sockets lie in it.
    with tempfile.TemporaryDirectory(prefix="huiminbao-tests-", ignore_cleanup_errors=True) as temporary:
        code = subprocess.run(command, cwd=CHECKOUT, env={**os.environ, "TMPDIR": temporary}).returncode
        keeper.stop(CHECKOUT / "var" / "test")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
