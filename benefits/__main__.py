"""`python -m benefits`."""

import sys

from benefits.cli import main

if __name__ == "__main__":
    sys.exit(main())
