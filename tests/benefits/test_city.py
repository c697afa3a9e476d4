"""A generated city: the same from its seed, part by part, and computed as claims are."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from benefits import Bill, Person, load_plan
from benefits.book import Book
from benefits.simulation.city import PART, City, Part, Shape
from benefits.simulation.run import simulate
from benefits.simulation.table import Constant, Words

PLAN = load_plan("sanmenxia/huiminbao", on=date(2027, 1, 1))


def value(column: Any, row: int) -> Any:
    if isinstance(column, Constant):
        return column.value
    if isinstance(column, Words):
        return column.categories[column.codes[row]]
    return column.values[row].item()


def people_and_bills(part: Part) -> list[tuple[Person, Bill]]:
    """Each bill of a part as claims would have it."""
    table, found = part.bills, []
    for row in range(table.n):
        fact = {name: value(column, row) for name, column in table.facts.items()}
        who = int(table.person[row])
        person = Person(
            f"p{who}", age=fact["age"], insured_type=fact["insured_type"], assistance=fact["assistance"],
            preexisting=fact["preexisting"], continuous_years=fact["continuous_years"],
            claim_free_years=fact["claim_free_years"], in_waiting_period=fact["in_waiting_period"],
            large_amount_cover=fact["large_amount_cover"],
        )  # fmt: skip
        amounts: dict[str, Any] = {f"{name}_fen": int(fen[row]) for name, fen in table.amounts.items()}
        bill = Bill(
            f"b{row}", encounter_type=fact["encounter_type"], hospital_level=fact["hospital_level"],
            place=fact["place"], diagnoses=tuple(fact["diagnosis"]), **amounts,
        )  # fmt: skip
        found.append((person, bill))
    return found


def test_a_city_comes_to_what_claims_come_to_person_by_person_to_the_fen() -> None:
    part = City(3_000, seed=5, year=2027, shape=Shape(costs=300, stays=200)).part(0)
    paid = np.zeros(part.people, np.int64)
    np.add.at(paid, part.bills.person, simulate(PLAN, part.bills).payable_fen)
    book, one_by_one = Book(lambda _day: PLAN), np.zeros(part.people, np.int64)
    for person, bill in people_and_bills(part):
        one_by_one[int(person.id[1:])] += book.add(person, bill, on=PLAN.on).payable_fen
    assert paid.tolist() == one_by_one.tolist()
    assert np.count_nonzero(paid) > 50


def without_special_drugs(part: Part) -> Any:
    return part.bills.amounts["total"] - part.bills.amounts["special_drug"]


def test_the_same_seed_is_the_same_city_and_another_is_another() -> None:
    one, again, other = (City(500, seed=seed, year=2027).part(0).bills for seed in (1, 1, 2))
    assert one.amounts["total"].tolist() == again.amounts["total"].tolist()
    assert one.amounts["total"].tolist() != other.amounts["total"].tolist()


def test_parts_hold_everybody_once() -> None:
    city = City(2 * PART + 7, seed=1, year=2027)
    assert (city.parts, [city.people_in(number) for number in range(3)]) == (3, [PART, PART, 7])
    assert city.part(2).people == 7


def test_what_is_set_of_a_city_shows_in_it() -> None:
    usual, dear, alike = (
        without_special_drugs(City(5_000, seed=1, year=2027, shape=shape).part(0))
        for shape in (Shape(), Shape(costs=200), Shape(skew=0))
    )
    assert dear.sum() > 1.9 * usual.sum()
    assert len(np.unique(alike)) <= 24, "twelve illnesses, inpatient and outpatient"
    old, young = (City(5_000, seed=1, year=2027, shape=Shape(older=share)).part(0).facts["age"] for share in (400, 0))
    assert value(young, int(np.argmax(young.values))) < 60  # type: ignore[union-attr]
    assert (old.values >= 60).mean() > 0.4  # type: ignore[union-attr]


def test_the_basic_insurance_of_the_place_pays_first() -> None:
    nothing = City(2_000, seed=1, year=2027, shape=Shape(basic_rate=0)).part(0).bills.amounts
    usual = City(2_000, seed=1, year=2027).part(0).bills.amounts
    assert nothing["basic_fund_paid"].sum() == 0 < usual["basic_fund_paid"].sum()
    assert (usual["in_scope"] >= usual["basic_fund_paid"]).all()
