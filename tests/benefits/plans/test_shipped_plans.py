"""Every plan that ships: the same fen in arrays as bill by bill, its assumptions said, its edges proved by cases."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

import pytest

from benefits import Bill, Person, Plan, list_plans, load_plan
from benefits.book import Book
from benefits.files.load import find_plan, first_day
from benefits.files.tree import read_tree
from benefits.model import ENCOUNTER_TYPES, PLACES, BillLine, DatedCode
from benefits.simulation import simulate, table_of

HERE = Path(__file__).parent
CASE_PLANS = sorted(str(path) for path in HERE.glob("*.yaml"))
ASSISTANCE = ("特困", "低保", "低边", "返贫致贫", "建档立卡", "防止返贫监测", "其他特殊困难")
BILL_TAGS = ("互助帮困", "third_party")
LINE_TAGS = ("pet_ct", "implant", "over_one_month", "special_service", "over_price")
PERSON_TAGS = ("在济高校大学生", "零星缴费")
BILLS = 150


def some(rng: random.Random, words: tuple[str, ...], share: float) -> frozenset[str]:
    return frozenset([rng.choice(words)] if rng.random() < share else [])


def fen(rng: random.Random) -> int:
    """Nothing, or an amount of some hundred, ten thousand or million yuan."""
    return rng.choice([0, rng.randrange(3_000_000), rng.randrange(30_000_000), rng.randrange(300_000_000)])


def someone(rng: random.Random, number: int, on: date) -> Person:
    years = rng.randrange(1, 5)
    return Person(
        id=f"p{number}",
        age=rng.randrange(95),
        insured_type=rng.choice(["employee", "resident", "new_citizen"]),
        assistance=some(rng, ASSISTANCE, 0.3),
        preexisting=rng.choice([True, False, None]),
        continuous_years=years,
        claim_free_years=rng.randrange(years),
        family_id=rng.choice([None, f"f{number // 3}"]),
        family_enrolment=rng.random() < 0.3,
        in_waiting_period=rng.random() < 0.1,
        large_amount_cover=rng.random() < 0.8,
        tags=some(rng, PERSON_TAGS, 0.2),
        earlier_benefits=(DatedCode("critical_illness", on - timedelta(days=rng.randrange(1, 1200))),),
        cover_from=on,
        first_cover_from=on - timedelta(days=365 * (years - 1)),
    )


def some_line(rng: random.Random) -> BillLine:
    return BillLine(
        rng.randrange(40_000_000),
        code=rng.choice(["T0001", "T0002", "D9"]),
        kind=rng.choice(["drug", "material", "examination", "service"]),
        catalogue=rng.choice("ABC"),
        tags=some(rng, LINE_TAGS, 0.4),
    )


def some_bill(rng: random.Random, plan: Plan, number: int, on: date) -> Bill:
    lines = tuple(some_line(rng) for _ in range(rng.choice([0, 0, 1, 3])))
    in_scope = fen(rng)
    fund = rng.randrange(in_scope + 1)
    return Bill(
        id=f"b{number}",
        in_scope_fen=in_scope,
        basic_fund_paid_fen=fund,
        critical_illness_paid_fen=rng.choice([0, (in_scope - fund) // 4]),
        class_b_first_fen=rng.randrange(2_000_000),
        over_limit_fen=rng.randrange(100_000),
        out_of_catalogue_fen=sum(line.self_paid_fen for line in lines) or fen(rng),
        special_drug_fen=fen(rng),
        above_fund_cap_fen=rng.choice([0, rng.randrange(in_scope + 1)]),
        other_insurers_paid_fen=rng.choice([0, 0, rng.randrange(5_000_000)]),
        other_amounts_fen={name: fen(rng) for name in plan.amounts},
        encounter_type=rng.choice([*ENCOUNTER_TYPES, *["inpatient"] * 6]),
        place=rng.choice([*PLACES, *["local"] * 4]),
        designated=rng.random() < 0.95,
        settled_by_basic=rng.random() < 0.8,
        hospital_level=rng.choice("123"),
        diagnoses=(rng.choice(["C34.9", "C91.0", "J18", "N18"]),),
        tags=some(rng, BILL_TAGS, 0.4),
        admitted_on=rng.choice([None, on + timedelta(days=rng.randrange(200))]),
        lines=lines,
    )


@pytest.mark.parametrize("name", [*list_plans(), *CASE_PLANS], ids=lambda name: "/".join(Path(name).parts[-2:]))
def test_arrays_pay_the_same_fen_as_one_bill_after_the_other(name: str) -> None:
    on = first_day(name)
    plan = load_plan(name, on=on)
    rng = random.Random(Path(name).stem)
    people = [someone(rng, number, on) for number in range(BILLS // 4)]
    bills = [(rng.choice(people), some_bill(rng, plan, number, on)) for number in range(BILLS)]
    book = Book(lambda _: plan)
    one_by_one = [book.add(person, bill, on=on).payable_fen for person, bill in bills]
    assert simulate(plan, table_of(plan, bills)).payable_fen.tolist() == one_by_one
    assert any(one_by_one)


@pytest.mark.parametrize("name", list_plans())
def test_a_plan_with_assumed_numbers_says_so_in_sentences(name: str) -> None:
    plan = load_plan(name, on=first_day(name))
    assert plan.assumptions or not any(row.assumption for row in plan.parameters)


@pytest.mark.parametrize("name", list_plans())
def test_every_plan_is_proved_by_cases(name: str) -> None:
    texts = [path.read_text("utf-8") for path in (HERE.parent / "cases").rglob("*.yaml")]
    assert any(f"plan: {name}\n" in text for text in texts)


@pytest.mark.parametrize("name", list_plans())
def test_a_plan_names_its_document_and_how_close_it_is_to_the_operator(name: str) -> None:
    data = read_tree(find_plan(name).read_text("utf-8")).data
    assert data["source"]
    assert data["confidence"]
