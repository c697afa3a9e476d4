"""A plausible city year of people and bills: invented, seeded, the same on every machine.

It is not calibrated on any real data set; it has the shape that plan designers need to see terms at work:

- ages like a Chinese prefecture's census (a fifth are 60 or older), a quarter of working and retired people
  employee-insured;
- stays rise with age (3 % of school children, over 50 % of people past 80, a year) and gather on few frail people
  (gamma-mixed Poisson);
- twelve causes with an own age curve, lognormal cost, out-of-catalogue share, chance of a special drug and hospital
  level;
- six in a hundred people belong to an assistance class; chronic patients have outpatient bills besides stays;
- the layers before the product are computed with a plan's own waterfall, accumulated over the
  year, and medical assistance bears half of what an assisted person has left in scope.

`generate(people=…, seed=…, waterfall=…)` returns two arrow tables: people (one row each) and bills (in order of
admission).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from benefits.files.load import load_plan
from benefits.simulation.run import simulate
from benefits.simulation.table import DEFAULT_FACTS, BillTable, Column, Constant, Flags, Words

AGE_WEIGHTS = (53, 63, 60, 55, 53, 58, 78, 72, 66, 72, 84, 76, 58, 56, 40, 26, 18, 9, 4, 1)
"""People per thousand and five-year band from 0-4 to 95-99."""

STAYS_PER_YEAR = (
    0.09,
    0.05,
    0.03,
    0.03,
    0.06,
    0.10,
    0.10,
    0.09,
    0.09,
    0.11,
    0.14,
    0.18,
    0.22,
    0.28,
    0.35,
    0.43,
    0.50,
    0.52,
    0.50,
    0.45,
)
"""Expected stays of a person a year, by the same bands; young adults include childbirth."""

COUNTIES = ("湖滨区", "陕州区", "义马市", "灵宝市", "渑池县", "卢氏县")
COUNTY_WEIGHTS = (0.17, 0.15, 0.06, 0.33, 0.14, 0.15)


@dataclass(frozen=True, slots=True)
class Cause:
    """ICD-10 category, name, weight at ages 0-17, 18-59 and 60+, cost, out-of-catalogue share, special-drug chance."""

    code: str
    name: str
    weights: tuple[float, float, float]
    median_yuan: int
    sigma: float
    out_share: float
    special_drug: float


CAUSES = (
    Cause("C34", "肺癌", (0.0, 1.2, 4.0), 24000, 0.95, 0.22, 0.060),
    Cause("C50", "乳腺癌", (0.0, 2.2, 1.4), 21000, 0.85, 0.20, 0.050),
    Cause("C16", "胃癌", (0.0, 1.0, 2.6), 26000, 0.85, 0.21, 0.030),
    Cause("C91", "白血病", (0.7, 0.5, 0.4), 52000, 1.10, 0.25, 0.080),
    Cause("I63", "脑梗死", (0.0, 5.0, 19.0), 9500, 0.75, 0.10, 0.0),
    Cause("I21", "急性心肌梗死", (0.0, 2.0, 4.5), 34000, 0.65, 0.18, 0.0),
    Cause("N18", "慢性肾脏病", (0.2, 2.0, 3.0), 12000, 0.90, 0.10, 0.0),
    Cause("J18", "肺炎", (45.0, 6.0, 14.0), 4200, 0.80, 0.07, 0.0),
    Cause("K80", "胆石症", (0.3, 8.0, 6.0), 12500, 0.55, 0.12, 0.0),
    Cause("S72", "股骨骨折", (1.0, 2.0, 5.0), 31000, 0.55, 0.24, 0.0),
    Cause("O80", "分娩", (0.0, 13.0, 0.0), 6000, 0.45, 0.08, 0.0),
    Cause("M51", "椎间盘疾病等", (52.8, 57.1, 40.1), 6200, 0.75, 0.09, 0.0),
)


def _people(rng: np.random.Generator, n: int) -> dict[str, Any]:
    band = rng.choice(len(AGE_WEIGHTS), n, p=np.array(AGE_WEIGHTS) / sum(AGE_WEIGHTS))
    age = (band * 5 + rng.integers(0, 5, n)).astype(np.int32)
    employee = (age >= 20) & (rng.random(n) < np.where(age < 80, 0.31, 0.2))
    years = np.minimum(rng.geometric(0.4, n), 5).astype(np.int32)
    return {
        "age": age,
        "female": rng.random(n) < 0.497,
        "insured": np.where(employee, 1, 0).astype(np.int32),
        "assistance": rng.choice(5, n, p=(0.94, 0.035, 0.015, 0.006, 0.004)).astype(np.int32),
        "large_amount_cover": ~employee | (rng.random(n) < 0.92),
        "in_waiting_period": rng.random(n) < 0.004,
        "preexisting": rng.random(n) < np.interp(age, (0, 30, 50, 70, 99), (0.01, 0.02, 0.08, 0.20, 0.26)),
        "continuous_years": years,
        "claim_free_years": (years - 1) * (rng.random(n) < 0.93),
        "county": rng.choice(len(COUNTIES), n, p=COUNTY_WEIGHTS).astype(np.int32),
        "family": np.cumsum(rng.random(n) < 0.38).astype(np.int64),
        "frailty": rng.gamma(0.45, 1 / 0.45, n),
    }


ASSISTANCE = ("", "低保", "低边", "返贫致贫", "特困")


def _stays(rng: np.random.Generator, people: dict[str, Any]) -> dict[str, Any]:
    """One row per bill: whose, what, when, where, how much. Ordered by day."""
    age, chronic = people["age"], people["preexisting"]
    expected = np.array(STAYS_PER_YEAR)[age // 5] * people["frailty"] * np.where(chronic, 2.2, 0.85)
    stays = np.minimum(rng.poisson(expected), 14)
    visits = np.where(chronic, rng.poisson(1.2, len(age)), 0)
    who = np.r_[np.repeat(np.arange(len(age)), stays), np.repeat(np.arange(len(age)), visits)]
    inpatient = np.arange(len(who)) < stays.sum()
    day = rng.integers(0, 365, len(who))
    order = np.lexsort((who, day))
    who, inpatient, day = who[order], inpatient[order], day[order]
    return {"who": who, "inpatient": inpatient, "day": day, **_costs(rng, people, who, inpatient)}


def _costs(rng: np.random.Generator, people: dict[str, Any], who: Any, inpatient: Any) -> dict[str, Any]:
    n = len(who)
    group = np.digitize(people["age"][who], (18, 60))
    cause = np.zeros(n, np.int64)
    for g in range(3):
        weights = np.array([c.weights[g] for c in CAUSES])
        rows = np.flatnonzero(group == g)
        cause[rows] = rng.choice(len(CAUSES), len(rows), p=weights / weights.sum())
    median = np.array([c.median_yuan for c in CAUSES])[cause]
    total = np.exp(np.log(median) + np.array([c.sigma for c in CAUSES])[cause] * rng.standard_normal(n))
    total = np.rint(np.where(inpatient, total, total * 0.12) * 100).astype(np.int64)
    level = (
        1
        + (rng.random(n) < np.clip(total / 1_500_000, 0.35, 0.95))
        + (rng.random(n) < np.clip(total / 4_000_000, 0.1, 0.9))
    )
    share = np.array([c.out_share for c in CAUSES])[cause]
    out = np.rint(total * np.clip(rng.beta(share * 8, (1 - share) * 8), 0, 0.85)).astype(np.int64)
    class_b = np.rint((total - out) * rng.uniform(0.02, 0.10, n)).astype(np.int64)
    over = np.rint((total - out - class_b) * rng.uniform(0, 0.02, n)).astype(np.int64)
    drug = rng.random(n) < np.array([c.special_drug for c in CAUSES])[cause] * inpatient
    special = np.where(drug, np.rint(np.exp(np.log(4_500_000) + 0.8 * rng.standard_normal(n))), 0).astype(np.int64)
    return {
        "cause": cause,
        "level": level,
        "place": rng.choice(3, n, p=(0.86, 0.10, 0.04)).astype(np.int32),
        "in_scope": total - out - class_b - over,
        "class_b_first": class_b,
        "over_limit": over,
        "out_of_catalogue": out,
        "special_drug": special,
        "total": total + special,
    }


def _layers_paid(people: dict[str, Any], stays: dict[str, Any], waterfall: str, on: date) -> dict[str, Any]:
    """What basic fund, critical illness and large-amount subsidy pay: the plan's own waterfall, simulated for all."""
    who, n = stays["who"], len(stays["who"])
    facts: dict[str, Column] = {fact: Constant(value) for fact, value in DEFAULT_FACTS.items()}
    facts["in_waiting_period"] = Constant(True)
    facts["insured_type"] = Words(("resident", "employee"), people["insured"][who])
    facts["hospital_level"] = Words(("1", "2", "3"), stays["level"] - 1)
    facts["age"] = Constant(40)
    facts["preexisting"] = Flags(np.zeros(n, bool))
    table = BillTable(person=who, unit=who, amounts={"in_scope": stays["in_scope"]}, facts=facts)
    paid = simulate(load_plan(waterfall, on=on), table).layers
    covered = ~people["in_waiting_period"][who]
    basic = paid["basic_fund"] * covered
    illness = paid["critical_illness"] * covered
    large = paid["large_amount"] * covered * people["large_amount_cover"][who]
    left = stays["in_scope"] - basic - illness - large
    helped = np.where(people["assistance"][who] > 0, left // 2, 0)
    return {
        "basic_fund_paid": basic,
        "critical_illness_paid": illness,
        "large_amount_paid": large,
        "assistance_paid": helped,
    }


def _dictionary(names: tuple[str, ...], codes: Any) -> Any:
    return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), pa.array(names))


def generate(*, people: int, seed: int, year: int = 2026, waterfall: str) -> tuple[Any, Any]:
    """(people, bills) as arrow tables whose columns `read_bills` understands. Same seed, same tables.

    waterfall: the plan whose earlier layers have paid already. Raises PlanNotFound.
    """
    rng = np.random.default_rng(seed)
    folk = _people(rng, people)
    stays = _stays(rng, folk)
    start = date(year, 1, 1)
    paid = _layers_paid(folk, stays, waterfall, start)
    who_table = pa.table(
        {
            "person_id": np.arange(people, dtype=np.int64),
            "family_id": folk["family"],
            "age": folk["age"],
            "gender": _dictionary(("男", "女"), folk["female"].astype(np.int32)),
            "insured_type": _dictionary(("resident", "employee"), folk["insured"]),
            "assistance": _dictionary(ASSISTANCE, folk["assistance"]),
            "large_amount_cover": folk["large_amount_cover"],
            "in_waiting_period": folk["in_waiting_period"],
            "preexisting": folk["preexisting"],
            "continuous_years": folk["continuous_years"],
            "claim_free_years": folk["claim_free_years"].astype(np.int32),
            "county": _dictionary(COUNTIES, folk["county"]),
        }
    )
    admitted = (np.datetime64(start) + stays["day"]).astype("datetime64[D]")
    bills = {
        "bill_id": np.arange(len(admitted), dtype=np.int64),
        "person_id": stays["who"].astype(np.int64),
        "admitted_on": pa.array(admitted),
        "encounter_type": _dictionary(("chronic_outpatient", "inpatient"), stays["inpatient"].astype(np.int32)),
        "hospital_level": _dictionary(("1", "2", "3"), (stays["level"] - 1).astype(np.int32)),
        "place": _dictionary(("local", "elsewhere_referred", "elsewhere"), stays["place"]),
        "diagnoses": _dictionary(tuple(c.code for c in CAUSES), stays["cause"].astype(np.int32)),
        "cause": _dictionary(tuple(f"{c.code} {c.name}" for c in CAUSES), stays["cause"].astype(np.int32)),
    }
    for name in ("total", "in_scope", "class_b_first", "over_limit", "out_of_catalogue", "special_drug"):
        bills[f"{name}_fen"] = stays[name]
    bills |= {f"{name}_fen": values for name, values in paid.items()}
    return who_table, pa.table(bills)
