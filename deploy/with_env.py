#!/usr/bin/env python3
"""Runs a command with environment files, read as systemd's EnvironmentFile= reads unquoted lines; later files win.

deploy/with_env.py /etc/portal/env /etc/portal/owner.env -- .venv/bin/python manage.py prepare
"""

import os
import sys
from pathlib import Path


def main(arguments: list[str]) -> None:
    if "--" not in arguments[1:-1]:
        sys.exit(__doc__)
    middle = arguments.index("--")
    environment = dict(os.environ)
    for file in arguments[:middle]:
        for line in Path(file).read_text(encoding="utf-8").splitlines():
            if line.strip() and not line.startswith("#"):
                name, _, value = line.partition("=")
                environment[name.strip()] = value.strip()
    os.execvpe(arguments[middle + 1], arguments[middle + 1 :], environment)  # noqa: S606  (the operator's own command)


if __name__ == "__main__":
    main(sys.argv[1:])
