"""`check FILE…` and `plans`."""

from __future__ import annotations

import argparse
from datetime import date
from typing import Any

from benefits.files.load import check_plan, find_plan, first_day, list_plans, load_plan


def register(commands: Any) -> None:
    parser = commands.add_parser("check", help="report every problem of plan files, with line numbers")
    parser.add_argument("files", nargs="*", metavar="PLAN", help="files or names (place/product); none: all that ship")
    parser.add_argument(
        "--parameters", action="store_true", help="list every number with unit, date, source, assumption"
    )
    parser.add_argument("--on", type=date.fromisoformat, help="day for --parameters (default: first day in force)")
    parser.set_defaults(run=run)
    plans = commands.add_parser("plans", help="list the plans that ship with the product")
    plans.set_defaults(run=lambda _: [print(name) for name in list_plans()] and 0)


def run(arguments: argparse.Namespace) -> int:
    bad = 0
    for name in arguments.files or list_plans():
        problems = check_plan(name)
        bad += bool(problems)
        print(f"{find_plan(name) if problems else name}: {f'{len(problems)} problem(s)' if problems else 'good'}")
        for problem in problems:
            print(f"  {problem}")
        if arguments.parameters and not problems:
            plan = load_plan(name, on=arguments.on or first_day(name))
            for row in plan.parameters:
                mark = "  [assumption]" if row.assumption else ""
                print(f"  {row.path} = {row.value} {row.unit}, since {row.since}, {row.source}{mark}")
    return 1 if bad else 0
