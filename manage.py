#!/usr/bin/env python
"""Django's command line for the portal."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    from launch.run_env import adopt

    adopt()
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as reason:
        # What settings.py refuses is a sentence for the operator, not a fault of the program.
        sys.exit(str(reason))


if __name__ == "__main__":
    main()
