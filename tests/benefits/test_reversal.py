"""A bill taken out: the year is re-run without it, the difference reported (Shandong 三(二), 四)."""

from __future__ import annotations

import pytest

from benefits import BadValue, Bill, Person, YearSoFar, object_to_json, reverse
from benefits.book import Book
from benefits.reversal import run_year
from tests.benefits.helpers import LI, ON, plan_of, yuan

PLAN = plan_of("- {key: own, name: x, base: [{amount: in_scope}], deductible: 10000, rate: 0.5}")
BILLS = [Bill(id=f"b{i}", in_scope_fen=yuan(8_000)) for i in (1, 2, 3)]


def test_taking_out_the_first_bill_moves_its_deductible_to_the_others() -> None:
    reversal = reverse(PLAN, LI, BILLS, "b1")
    # before: 0, 3,000, 4,000; after: 0, 3,000
    assert [(d.bill_id, d.before_fen, d.after_fen) for d in reversal.differences] == [
        ("b1", 0, 0),
        ("b2", yuan(3_000), 0),
        ("b3", yuan(4_000), yuan(3_000)),
    ]
    assert reversal.difference_fen == -yuan(4_000)
    assert [d.bill_id for d in reversal.decisions] == ["b2", "b3"]
    assert reversal.year_after.paid_fen == yuan(3_000)


def test_taking_out_the_last_bill_leaves_the_year_as_it_was_before_it() -> None:
    assert reverse(PLAN, LI, BILLS, "b3").year_after == run_year(PLAN, LI, BILLS[:2])[-1].year_after


def test_taking_out_the_only_bill_leaves_the_opening() -> None:
    opening = YearSoFar.prior({"own": yuan(4_000)})
    assert reverse(PLAN, LI, BILLS[:1], "b1", opening=opening).year_after == opening
    assert reverse(PLAN, LI, BILLS[:1], "b1").year_after == YearSoFar()


def test_the_opening_counts_before_and_after() -> None:
    opening = YearSoFar.prior({"own": yuan(10_000)})
    assert reverse(PLAN, LI, BILLS, "b1", opening=opening).difference_fen == -yuan(4_000)


@pytest.mark.parametrize("bill_id", ["b9", ""])
def test_a_bill_that_is_not_there_cannot_be_taken_out(bill_id: str) -> None:
    with pytest.raises(BadValue, match="exactly one must"):
        reverse(PLAN, LI, BILLS, bill_id)


def test_a_reversal_tells_its_difference_in_json() -> None:
    out = object_to_json(reverse(PLAN, LI, BILLS, "b2"))
    assert out["difference_fen"] == -yuan(4_000)
    assert out["reversed_bill_id"] == "b2"


FAMILY = plan_of(
    "- {key: own, name: x, base: [{amount: in_scope}], shared_deductible: home, rate: 0.5}",
    "pools: {deductibles: {home: {name: 家庭, amount: 10000, shared_by: family}}}\n",
)


def test_a_book_carries_the_familys_pool_and_takes_a_bill_out_for_all_of_them() -> None:
    book = Book(lambda _: FAMILY)
    mother, child = Person("mother", family_id="f"), Person("child", family_id="f")
    stranger = Person("stranger")
    assert book.add(mother, BILLS[0], on=ON).payable_fen == 0
    assert book.add(child, BILLS[1], on=ON).payable_fen == yuan(3_000)
    assert book.add(stranger, BILLS[2], on=ON).payable_fen == 0
    reversal = book.reverse("mother", "b1")
    assert [(d.bill_id, d.difference_fen) for d in reversal.differences] == [("b1", 0), ("b2", -yuan(3_000))]
    assert book.add(mother, BILLS[2], on=ON).payable_fen == yuan(3_000)  # 2,000 of the deductible were left


def test_years_of_one_person_do_not_mix() -> None:
    book = Book(lambda _: PLAN)
    assert book.add(LI, BILLS[0], on=ON, year="2026").payable_fen == 0
    assert book.add(LI, BILLS[1], on=ON, year="2027").payable_fen == 0
    assert book.add(LI, BILLS[2], on=ON, year="2026").payable_fen == yuan(3_000)
    assert book.reverse("li", "b1").difference_fen == -yuan(3_000)


def test_an_opening_comes_before_the_first_bill_and_survives_a_reversal() -> None:
    book = Book(lambda _: PLAN)
    book.open_year(LI, "", YearSoFar.prior({"own": yuan(10_000)}))
    assert book.add(LI, BILLS[0], on=ON).payable_fen == yuan(4_000)
    with pytest.raises(BadValue, match="already has bills"):
        book.open_year(LI, "", YearSoFar())
    book.add(LI, BILLS[1], on=ON)
    reversal = book.reverse("li", "b1")
    assert reversal.difference_fen == -yuan(4_000)
    assert reversal.decisions[0].payable_fen == yuan(4_000)
    with pytest.raises(BadValue, match="has 0 bills with the id 'b1'"):
        book.reverse("li", "b1")
