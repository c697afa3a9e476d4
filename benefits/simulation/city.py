"""A plausible city year of people and bills: invented, seeded, the same on every machine, made in parts.

It is not calibrated on any real data set; it has the shape that plan designers need to see terms at work:

- ages like a Chinese prefecture's census (a fifth are 60 or older), a quarter of working and retired people
  employee-insured;
- stays rise with age (3 % of school children, over 50 % of people past 80, a year) and gather on few frail people
  (gamma-mixed Poisson);
- twelve causes with an own age curve, lognormal cost, out-of-catalogue share, chance of a special drug and hospital
  level;
- six in a hundred people belong to an assistance class; chronic patients have outpatient bills besides stays;
- the layers before the product are computed by the engine from a plan's waterfall, accumulated over the year, and
  medical assistance bears half of what an assisted person has left in scope.

Bills have no fee lines: exclusions of kinds of lines take nothing from them, and special drugs are an amount.
`Shape` is what may be set; `City` is a shape, a number of people and a seed, and `City.part(k)` its k-th part.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from benefits.files.load import load_text
from benefits.plan import Plan
from benefits.simulation.run import simulate
from benefits.simulation.table import DEFAULT_FACTS, BillTable, Column, Constant, Flags, Int64, Numbers, Words, at

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


@dataclass(frozen=True, slots=True)
class Shape:
    """What may be set of a city; the defaults are the ones of the docstring above. All whole numbers.

    Percent of what stands above: older (people from 60 on), stays (how often), costs (medians), skew (the lognormal's
    spread: 100 leaves it, 0 makes every bill of a cause its median), out_of_catalogue. Percent of people: employees
    (from 20 on), assisted. The basic insurance of the place: deductible of a stay in a second-level hospital (a third
    of it in a first-level one, twice as much in a third-level one) in yuan, rate in percent; the same of critical
    illness insurance over the year.
    """

    older: int = 100
    employees: int = 31
    assisted: int = 6
    stays: int = 100
    costs: int = 100
    skew: int = 100
    out_of_catalogue: int = 100
    basic_deductible_yuan: int = 600
    basic_rate: int = 65
    illness_deductible_yuan: int = 11_000
    illness_rate: int = 60


USUAL = Shape()


def people_of(rng: np.random.Generator, n: int, shape: Shape = USUAL) -> dict[str, Any]:
    """Facts of n people by name, one array each."""
    weights = np.array(AGE_WEIGHTS) * np.where(np.arange(len(AGE_WEIGHTS)) < 12, 100, shape.older)
    band = rng.choice(len(AGE_WEIGHTS), n, p=weights / weights.sum())
    age = (band * 5 + rng.integers(0, 5, n)).astype(np.int32)
    employee = (age >= 20) & (rng.random(n) < np.where(age < 80, shape.employees, shape.employees * 20 / 31) / 100)
    years = np.minimum(rng.geometric(0.4, n), 5).astype(np.int32)
    return {
        "age": age,
        "female": rng.random(n) < 0.497,
        "insured": np.where(employee, 1, 0).astype(np.int32),
        "assistance": rng.choice(5, n, p=_classes(shape)).astype(np.int32),
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


def _classes(shape: Shape) -> tuple[float, ...]:
    """How many belong to no class, and to each."""
    some = [part * shape.assisted / 6 for part in (0.035, 0.015, 0.006, 0.004)]
    return (1 - sum(some), *some)


def stays_of(rng: np.random.Generator, people: dict[str, Any], shape: Shape = USUAL) -> dict[str, Any]:
    """One row per bill: whose, what, when, where, how much. Ordered by day."""
    age, chronic = people["age"], people["preexisting"]
    expected = np.array(STAYS_PER_YEAR)[age // 5] * people["frailty"] * np.where(chronic, 2.2, 0.85)
    expected = expected * (shape.stays / 100)
    stays = np.minimum(rng.poisson(expected), 14)
    visits = np.where(chronic, rng.poisson(1.2, len(age)), 0)
    who = np.r_[np.repeat(np.arange(len(age)), stays), np.repeat(np.arange(len(age)), visits)]
    inpatient = np.arange(len(who)) < stays.sum()
    day = rng.integers(0, 365, len(who))
    order = np.lexsort((who, day))
    who, inpatient, day = who[order], inpatient[order], day[order]
    return {"who": who, "inpatient": inpatient, "day": day, **_costs(rng, people, who, inpatient, shape)}


def _costs(rng: np.random.Generator, people: dict[str, Any], who: Any, inpatient: Any, shape: Shape) -> dict[str, Any]:
    n = len(who)
    group = np.digitize(people["age"][who], (18, 60))
    cause = np.zeros(n, np.int64)
    for g in range(3):
        weights = np.array([c.weights[g] for c in CAUSES])
        rows = np.flatnonzero(group == g)
        cause[rows] = rng.choice(len(CAUSES), len(rows), p=weights / weights.sum())
    median = np.array([c.median_yuan for c in CAUSES])[cause]
    sigma = np.array([c.sigma for c in CAUSES])[cause] * (shape.skew / 100)
    total = np.exp(np.log(median) + sigma * rng.standard_normal(n)) * (shape.costs / 100)
    total = np.rint(np.where(inpatient, total, total * 0.12) * 100).astype(np.int64)
    level = (
        1
        + (rng.random(n) < np.clip(total / 1_500_000, 0.35, 0.95))
        + (rng.random(n) < np.clip(total / 4_000_000, 0.1, 0.9))
    )
    share = np.clip(np.array([c.out_share for c in CAUSES])[cause] * (shape.out_of_catalogue / 100), 0.001, 0.9)
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


def layers_paid(people: dict[str, Any], stays: dict[str, Any], waterfall: Plan) -> dict[str, Int64]:
    """What basic fund, critical illness and large-amount subsidy pay: the plan's waterfall, simulated for all."""
    who, n = stays["who"], len(stays["who"])
    facts: dict[str, Column] = {fact: Constant(value) for fact, value in DEFAULT_FACTS.items()}
    facts["in_waiting_period"] = Constant(True)
    facts["insured_type"] = Words(("resident", "employee"), people["insured"][who])
    facts["hospital_level"] = Words(("1", "2", "3"), stays["level"] - 1)
    facts["age"] = Constant(40)
    facts["preexisting"] = Flags(np.zeros(n, bool))
    table = BillTable(person=who, unit=who, amounts={"in_scope": stays["in_scope"]}, facts=facts)
    paid = simulate(waterfall, table).layers
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


_BASICS = """
format: 1
id: city/basics
name: Basic medical insurance
kind: basic
source: set by the reader
in_force: {{from: 2000-01-01}}
units: {{money: yuan, rate: percent}}
waterfall:
  - layer: basic_fund
    simulate: always
    per: stay
    deductible: {second}
    rate: {rate}
    cap: 150000
    adjustments:
      - {{name: first level, kind: place, if: {{hospital_level: "1"}}, deductible: {first}}}
      - {{name: third level, kind: place, if: {{hospital_level: "3"}}, deductible: {third}}}
  - layer: critical_illness
    simulate: {{insured_type: [resident, new_citizen]}}
    takes: remaining
    deductible: {illness_deductible}
    rate: {illness_rate}
    cap: 400000
  - layer: large_amount
    simulate: {{insured_type: employee}}
    takes: {{cost_above_cap_of: basic_fund}}
    rate: 90
    cap: 300000
"""


def basics_of(shape: Shape) -> Plan:
    """The basic insurance of the place as a plan of layers alone, so that the one engine computes what it pays."""
    second = shape.basic_deductible_yuan
    text = _BASICS.format(
        first=second // 3, second=second, third=second * 2, rate=shape.basic_rate,
        illness_deductible=shape.illness_deductible_yuan, illness_rate=shape.illness_rate,
    )  # fmt: skip
    return load_text(text, name="city/basics", on=date(2000, 1, 1))


AMOUNTS = ("total", "in_scope", "class_b_first", "over_limit", "out_of_catalogue", "special_drug")

PART = 20_000
"""People of one part: some seconds of work at the most."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some people of a city and all their bills. facts: of each person, also of those without a bill; bills.person
    counts from 0 in here. areas: where each person lives, as a number."""

    people: int
    facts: dict[str, Column]
    areas: npt.NDArray[Any]
    bills: BillTable


@dataclass(frozen=True)
class City:
    """people: insured. year: of its bills. The same city again is the same, part by part."""

    people: int
    seed: int
    year: int
    shape: Shape = USUAL
    _basics: list[Plan] = field(default_factory=list, compare=False, repr=False)

    @property
    def parts(self) -> int:
        return -(-self.people // PART)

    @property
    def area_names(self) -> tuple[str, ...]:
        return tuple(f"A{number}" for number in range(1, len(COUNTIES) + 1))

    def people_in(self, number: int) -> int:
        return min(PART, self.people - number * PART)

    def part(self, number: int) -> Part:
        """number: from 0 to parts - 1. Families and years lie wholly inside one part."""
        if not self._basics:
            self._basics.append(basics_of(self.shape))
        rng = np.random.default_rng([self.seed, number])
        people = people_of(rng, self.people_in(number), self.shape)
        stays = stays_of(rng, people, self.shape)
        amounts = {name: stays[name] for name in AMOUNTS} | layers_paid(people, stays, self._basics[0])
        facts, who = _facts_of(people), stays["who"]
        first = (date(self.year, 1, 1) - date(1970, 1, 1)).days
        n = len(who)
        table = BillTable(
            person=who,
            unit=people["family"][who],
            amounts=amounts,
            facts={name: at(column, who) for name, column in facts.items()}
            | {
                "encounter_type": Words(("chronic_outpatient", "inpatient"), stays["inpatient"].astype(np.int32)),
                "hospital_level": Words(("1", "2", "3"), (stays["level"] - 1).astype(np.int32)),
                "place": Words(("local", "elsewhere_referred", "elsewhere"), stays["place"]),
                "diagnosis": Words(tuple(frozenset({cause.code}) for cause in CAUSES), stays["cause"]),
            },
            day=(first + stays["day"]).astype(np.int32),
            cover_from=np.full(n, first, np.int32),
        )
        return Part(len(people["age"]), facts, people["county"], table)


def _facts_of(people: dict[str, Any]) -> dict[str, Column]:
    usual: dict[str, Column] = {fact: Constant(value) for fact, value in DEFAULT_FACTS.items()}
    return usual | {
        "age": Numbers(people["age"]),
        "insured_type": Words(("resident", "employee"), people["insured"]),
        "assistance": Words(tuple(frozenset({name} if name else ()) for name in ASSISTANCE), people["assistance"]),
        "large_amount_cover": Flags(people["large_amount_cover"]),
        "in_waiting_period": Flags(people["in_waiting_period"]),
        "preexisting": Flags(people["preexisting"]),
        "continuous_years": Numbers(people["continuous_years"]),
        "claim_free_years": Numbers(people["claim_free_years"].astype(np.int32)),
    }
