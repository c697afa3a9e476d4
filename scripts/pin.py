"""`make pin`: pins requirements*.in with everything beneath them, naming no host."""

import subprocess
import sys

from portal.services.places import CHECKOUT


def main() -> int:
    for name in ("requirements", "requirements-dev"):
        command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--no-header", "--no-annotate", "--upgrade"]
        command += ["--python-version", "3.11", f"{name}.in", "-o", f"{name}.txt"]
        if subprocess.run(command, cwd=CHECKOUT).returncode != 0:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
