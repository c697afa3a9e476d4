"""The command line: `python -m benefits check|plans|cases|adjudicate|verify|simulate|generate`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from benefits.cli import adjudicate, cases, check, simulate, verify
from benefits.errors import BenefitsError

COMMANDS = (check, cases, adjudicate, verify, simulate)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Exit codes: 0 well, 1 problems found in the input, 2 wrong use."""
    parser = argparse.ArgumentParser(
        prog="python -m benefits", description="Benefit rules of city plans. docs/plans.md teaches the files."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for command in COMMANDS:
        command.register(commands)
    arguments = parser.parse_args(argv)
    try:
        return int(arguments.run(arguments))
    except BenefitsError as error:
        print(f"{error.code}: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # `| head` closed the pipe: nothing is left to say, and nobody to hear it
        sys.stderr.close()
        return 0
