"""`simulate PLAN [PLAN…] --bills FILE`: compare plans on a year of bills. `generate`: make such a year."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from benefits.errors import needs

PROGRESS_FROM = 200_000
"""Fewer bills than this are done before a bar would be seen."""


def register(commands: Any) -> None:
    parser = commands.add_parser(
        "simulate", help="compare plans on a year of bills: loss ratio, people reached, distributions"
    )
    parser.add_argument("plans", nargs="+", metavar="PLAN", help="names or files")
    parser.add_argument(
        "--bills", required=True, type=Path, metavar="FILE", help="CSV or parquet; columns as in docs/plans.md"
    )
    parser.add_argument(
        "--people",
        type=Path,
        metavar="FILE",
        help="all insured people (CSV or parquet): premiums, and facts joined by person_id",
    )
    parser.add_argument(
        "--on", type=date.fromisoformat, help="day whose terms apply (default: each plan's first day in force)"
    )
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write all figures in long form")
    parser.add_argument("--chart", type=Path, metavar="FILE", help="write a picture (png, svg, pdf)")
    parser.add_argument("--decisions", type=Path, metavar="FILE", help="write what each bill is paid (parquet or CSV)")
    parser.set_defaults(run=run)
    maker = commands.add_parser("generate", help="make a plausible city year of people and bills, seeded")
    maker.add_argument("plan", metavar="PLAN", help="its earlier layers have paid before the product does")
    maker.add_argument("--people", type=int, default=100_000, metavar="N")
    maker.add_argument("--seed", type=int, default=1)
    maker.add_argument("--year", type=int, default=2026)
    maker.add_argument(
        "--out", type=Path, default=Path("var/city"), metavar="FOLDER", help="gets people.parquet and bills.parquet"
    )
    maker.add_argument("--format", choices=("parquet", "csv"), default="parquet")
    maker.set_defaults(run=run_generate)


@contextmanager
def progress_bar(total: int, what: str) -> Iterator[Callable[[int], None] | None]:
    """A bar on standard error for long work seen by a person."""
    if total < PROGRESS_FROM or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.advance(task, done)


def run(arguments: argparse.Namespace) -> int:
    needs("pyarrow", "rich", *(("matplotlib",) if arguments.chart else ()))
    from rich.console import Console

    from benefits.files.load import first_day, load_plan
    from benefits.simulation import simulate
    from benefits.simulation.compare import Comparison, compare
    from benefits.simulation.read import people_facts, read_bills, read_people
    from benefits.simulation.report import draw, print_tables, write_csv

    plans = [load_plan(name, on=arguments.on or first_day(name)) for name in arguments.plans]
    insured = read_people(arguments.people) if arguments.people else None
    facts = people_facts(insured) if insured is not None else None
    comparisons: list[Comparison] = []
    for plan in plans:
        table = read_bills(plan, arguments.bills, arguments.people)
        with progress_bar(table.n, plan.name.zh) as progress:
            result = simulate(plan, table, detail=arguments.decisions is not None, progress=progress)
        comparisons.append(
            compare(plan, table, result, insured=None if insured is None else insured.num_rows, people_facts=facts)
        )
        if arguments.decisions:
            write_decisions(_own_file(arguments.decisions, plan.id, len(plans)), table, result)
    if insured is None:
        print(
            "no --people: only people with bills are counted as insured, so loss ratios are too high", file=sys.stderr
        )
    print_tables(comparisons, Console(width=None if sys.stdout.isatty() else 40 + 45 * len(plans)))
    if arguments.csv:
        write_csv(comparisons, arguments.csv)
    if arguments.chart:
        draw(comparisons, arguments.chart)
    return 0


def _own_file(path: Path, plan_id: str, plans: int) -> Path:
    return path if plans == 1 else path.with_stem(f"{path.stem}-{plan_id.replace('/', '-')}")


def write_decisions(path: Path, table: Any, result: Any) -> None:
    """Per bill: person, payable, personal, and each responsibility's base, deductible and payable, in fen."""
    import pyarrow as pa
    import pyarrow.csv as pacsv
    import pyarrow.parquet as pq

    columns = {
        "person_id": pa.array(table.person_ids).take(pa.array(table.person)),
        "payable_fen": result.payable_fen,
        "personal_fen": result.personal_fen,
    }
    for key, values in result.by_responsibility.items():
        columns[f"{key}_base_fen"] = result.base_fen[key]
        columns[f"{key}_deductible_fen"] = result.deductible_fen[key]
        columns[f"{key}_payable_fen"] = values
    decisions = pa.table(columns)
    if path.suffix == ".parquet":
        pq.write_table(decisions, path)
    else:
        pacsv.write_csv(decisions, path)


def run_generate(arguments: argparse.Namespace) -> int:
    needs("pyarrow")
    import pyarrow.csv as pacsv
    import pyarrow.parquet as pq

    from benefits.simulation.generate import generate

    people, bills = generate(
        people=arguments.people, seed=arguments.seed, year=arguments.year, waterfall=arguments.plan
    )
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name, table in (("people", people), ("bills", bills)):
        path = arguments.out / f"{name}.{arguments.format}"
        if arguments.format == "parquet":
            pq.write_table(table, path)
        else:
            pacsv.write_csv(_plain(table), path)
        print(f"{path}: {table.num_rows:,} rows")
    return 0


def _plain(table: Any) -> Any:
    """Dictionary columns as text: CSV has no dictionaries."""
    import pyarrow as pa

    plain = [pa.field(f.name, f.type.value_type) if pa.types.is_dictionary(f.type) else f for f in table.schema]
    return table.cast(pa.schema(plain))
