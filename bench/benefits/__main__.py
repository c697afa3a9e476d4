"""`python -m bench.benefits`: the budgets of the rules, measured on one core, with ratios.

Seconds are processor seconds of the fastest of some runs, on both sides: other work on the machine does not count.
Exit code 1 when a budget is missed. `--without-openfisca` leaves the comparison out (no network needed).
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
import venv
from collections.abc import Callable
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "NUMEXPR_NUM_THREADS": "1"}
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

import numpy as np

from bench.benefits import city
from benefits import Bill, BillLine, Person, YearSoFar, adjudicate, load_plan
from benefits.simulation import BillTable, simulate

RUNS = 10
HERE = Path(__file__).parent
ENVIRONMENT = Path("var") / "bench-openfisca"
SHANDONG = load_plan("shandong/critical-illness-2015", on=date(2015, 6, 1))
SANMENXIA = load_plan("sanmenxia/huiminbao", on=date(2026, 3, 1))


def best(work: Callable[[], object], runs: int = RUNS) -> float:
    """Processor seconds of the fastest of some runs."""
    fastest = float("inf")
    for _ in range(runs):
        start = time.process_time()
        work()
        fastest = min(fastest, time.process_time() - start)
    return fastest


def openfisca_python() -> Path:
    """The python of the bench's own environment, made on first use."""
    python = ENVIRONMENT / "bin" / "python"
    if not python.exists():
        print(f"making {ENVIRONMENT} for OpenFisca-core (AGPL, never part of the product)")
        venv.create(ENVIRONMENT, with_pip=True)
    wanted = (HERE / "requirements.txt").read_text("utf-8")
    mark = ENVIRONMENT / "installed.txt"
    if not mark.exists() or mark.read_text("utf-8") != wanted:
        subprocess.run([python, "-m", "pip", "install", "-qq", "-r", HERE / "requirements.txt"], check=True)
        mark.write_text(wanted, "utf-8")
    return python


def openfisca(amounts: np.ndarray) -> tuple[dict[str, float], np.ndarray]:
    """OpenFisca's seconds, and what it pays in yuan (floats)."""
    with TemporaryDirectory() as folder:
        given, paid = Path(folder) / "amounts.npy", Path(folder) / "paid.npy"
        np.save(given, amounts)
        command = [openfisca_python(), HERE / "openfisca_side.py", given, paid]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        return json.loads(done.stdout.splitlines()[-1]), np.load(paid)


def one_adjudication() -> float:
    """Seconds of one decision with its whole trace, over bills that differ."""
    people = [Person(f"p{i}", preexisting=False, continuous_years=2, claim_free_years=1) for i in range(50)]
    bills = [
        Bill(
            id=f"b{i}",
            in_scope_fen=10_000_000 + 12_347 * i,
            basic_fund_paid_fen=5_000_000 + 777 * i,
            class_b_first_fen=200_000 + 31 * i,
            out_of_catalogue_fen=5_000_000 + 991 * i,
            lines=(BillLine(1_000_000 + i, code="T0001", kind="drug"),),
        )
        for i in range(200)
    ]
    pairs = [(people[i % 50], bill) for i, bill in enumerate(bills)]
    return best(lambda: [adjudicate(SANMENXIA, person, YearSoFar(), bill) for person, bill in pairs], 15) / len(pairs)


def main() -> int:
    missed = []

    def report(what: str, value: float, unit: str, budget: float, *, at_least: bool = False) -> None:
        good = value >= budget if at_least else value <= budget
        bound = f"{'at least' if at_least else 'at most'} {budget:g}"
        print(f"{'ok    ' if good else 'MISSED'} {what}: {value:.3g} {unit} ({bound})")
        if not good:
            missed.append(what)

    amounts = city.amounts()
    person = np.arange(city.N)
    tiers_table = BillTable(person=person, unit=person, amounts={"in_scope": amounts}, facts={})
    terms = SHANDONG.responsibilities[0].terms.terms(0)
    tiers = best(lambda: terms.pays_many(amounts))
    plan = best(lambda: simulate(SHANDONG, tiers_table, detail=False))
    ours = terms.pays_many(amounts)
    print(f"Shandong 2015 tiers, {city.N:,} people, one core")
    print(f"       exact tiers alone {tiers:.4f} s; the whole plan (cover, layers, compensation) {plan:.4f} s")
    if "--without-openfisca" not in sys.argv:
        seconds, theirs = openfisca(amounts)
        print(f"       OpenFisca-core: scale alone {seconds['bare']:.4f} s; simulation {seconds['whole']:.4f} s")
        report("tiers against OpenFisca's scale", seconds["bare"] / tiers, "times faster", 5, at_least=True)
        report("tiers against OpenFisca's simulation", seconds["whole"] / tiers, "times faster", 5, at_least=True)
        print(f"       our whole plan against OpenFisca's simulation: {seconds['whole'] / plan:.2f} times faster")
        apart = float(np.abs(ours / 100 - theirs).max())
        report("largest difference from OpenFisca (theirs is float)", apart, "yuan", 0.005001)
    big = city.table()
    full = best(lambda: simulate(SANMENXIA, big, detail=False))
    report("Sanmenxia plan, three responsibilities and waterfall, a million people", full, "s", 1)
    report("the same with bases, deductibles and layers kept", best(lambda: simulate(SANMENXIA, big)), "s", 1)
    report("one adjudication with trace", one_adjudication() * 1e6, "µs", 200)
    report("memory at the peak", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "MB", 1024)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
