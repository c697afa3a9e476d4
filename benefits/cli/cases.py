"""`cases FILE…`: run YAML cases and say what differs."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from benefits.cases import check_case, read_cases
from benefits.errors import BenefitsError


def register(commands: Any) -> None:
    parser = commands.add_parser("cases", help="run YAML cases against plans")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    good = bad = 0
    for path in arguments.files:
        for case in read_cases(path):
            try:
                differences = check_case(case)
            except BenefitsError as error:
                differences = [f"{error.code}: {error}"]
            good, bad = good + (not differences), bad + bool(differences)
            for text in differences:
                print(f"{path}:{case.line}: {case.name}: {text}")
    print(f"{good} case(s) hold, {bad} differ")
    return 1 if bad else 0
