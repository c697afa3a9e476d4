"""`make pin`: pins requirements*.in with everything beneath them, with hashes, for every Python from 3.11 to 3.14.

    python -m scripts.pin [--upgrade]

Without `--upgrade` what is pinned stays pinned; only what the .in files newly ask for is added, and what nothing asks
for any more is gone. Names no host. The bill of materials (sbom.cdx.json) is written anew from the locks.
"""

import subprocess
import sys

from launch.places import CHECKOUT
from scripts import sbom

OLDEST_PYTHON = "3.11"
# The largest first: the smaller sets are held to its versions, so that one environment can hold them all.
LARGEST = "requirements-dev"
SMALLER = ("requirements", "requirements-demo", "requirements-simulation", "requirements-s3")


def main(arguments: list[str]) -> int:
    for name in (LARGEST, *SMALLER):
        command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--no-header", "--no-annotate"]
        command += ["--universal", "--generate-hashes", "--python-version", OLDEST_PYTHON]
        command += [f"{name}.in", "-o", f"{name}.txt", *arguments]
        command += [] if name == LARGEST else ["--constraint", f"{LARGEST}.txt"]
        if subprocess.run(command, cwd=CHECKOUT).returncode != 0:
            return 1
    sbom.write()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
