"""Limits on lines: each line by its own drug, month and number, and only lines that count."""

from __future__ import annotations

from datetime import date

import pytest

from benefits import BadValue, Bill, BillLine, Person
from benefits.simulation import simulate, table_of
from tests.benefits.helpers import LI, plan_of, plan_text, problems_of, run, yuan


def line(code: str, amount: float, kind: str = "drug", quantity: int = 1) -> BillLine:
    return BillLine(yuan(amount), code=code, kind=kind, quantity=quantity)


def of_lines(*lines: BillLine, day: str = "2026-06-01", **more: object) -> Bill:
    total = sum(one.amount_fen for one in lines)
    return Bill(out_of_catalogue_fen=total, lines=lines, admitted_on=date.fromisoformat(day), **more)  # type: ignore[arg-type]  # a bill's fields


def paid(text: str, *bills: Bill, more: str = "", person: Person = LI) -> list[float]:
    """What each bill is paid, in yuan; the same for one after the other and for many at once."""
    plan = plan_of(text, more)
    by_one = [decision.payable_fen for decision in run(plan, *bills, person=person)]
    assert simulate(plan, table_of(plan, [(person, bill) for bill in bills])).payable_fen.tolist() == by_one
    return [fen / 100 for fen in by_one]


PER_DRUG = """
- key: drugs
  name: 特药
  base: [{lines: {kind: drug}}]
  per: drug
  rate: 0.5
  limits: [LIMITS]
"""


def per_drug(*limits: str) -> str:
    keyed = [f"{{key: l{i}, name: 限额, lines: {{kind: drug}}, {limit}}}" for i, limit in enumerate(limits)]
    return PER_DRUG.replace("LIMITS", ", ".join(keyed))


def test_each_drug_has_its_own_limit_on_what_is_paid() -> None:
    """T1 and T2 at 4,000 each: 2,000 and 2,000. At 10,000 each: 5,000 each, cut to 3,000 each."""
    limit = per_drug("per: drug, payable: 3000")
    assert paid(limit, of_lines(line("T1", 4_000), line("T2", 4_000))) == [4_000]
    assert paid(limit, of_lines(line("T1", 10_000), line("T2", 10_000))) == [6_000]
    assert paid(limit, *[of_lines(line("T1", 4_000), line("T2", 4_000))] * 2) == [4_000, 2_000]


def test_each_drug_has_its_own_limit_on_what_counts() -> None:
    assert paid(per_drug("per: drug, eligible: 3000"), of_lines(line("T1", 10_000))) == [1_500]
    two = of_lines(line("T1", 10_000), line("T2", 2_000))
    assert paid(per_drug("per: drug, eligible: 3000"), two, two) == [2_500, 500]


def test_a_limit_per_stay_runs_over_all_drugs_of_the_stay() -> None:
    two = of_lines(line("T1", 4_000), line("T2", 4_000))
    assert paid(per_drug("per: stay, payable: 3000"), two, two) == [3_000, 3_000]
    assert paid(per_drug("per: stay, eligible: 5000"), two, two) == [2_500, 2_500]


def test_two_lines_of_one_drug_share_its_limit_and_a_limit_per_item_does_not() -> None:
    twice = of_lines(line("T1", 4_000), line("T1", 4_000))
    assert paid(per_drug("per: drug, payable: 3000"), twice) == [3_000]
    assert paid(per_drug("per: item, payable: 1500"), twice) == [3_000]


def test_two_limits_on_one_line_take_nothing_out_twice() -> None:
    """10,000 of T1: the first limit lets 3,000 count, the second 5,000 a year: 3,000 count."""
    assert paid(per_drug("per: item, eligible: 3000", "per: year, eligible: 5000"), of_lines(line("T1", 10_000))) == [
        1_500
    ]


def test_what_came_without_lines_is_no_line_of_a_limit() -> None:
    text = per_drug("per: drug, payable: 3000").replace("drug}}]\n  per", "drug}}, {amount: special_drug}]\n  per")
    bill = of_lines(line("T1", 10_000), special_drug_fen=yuan(8_000))
    assert paid(text, bill) == [3_000 + 4_000]


SCANS = """
- key: own
  name: 自费
  IFbase: [BASE]
  rate: 1
  limits: [{key: pet, name: PET, lines: {kind: examination}, per: year, count: 2}]
"""


def scans(base: str = "{amount: out_of_catalogue}", condition: str = "") -> str:
    return SCANS.replace("BASE", base).replace("IF", condition)


def scan(amount: float, quantity: int = 1) -> BillLine:
    return line("PET", amount, "examination", quantity)


def test_a_line_of_three_counts_as_three() -> None:
    """Two a year: of three at 900 together two count, 600; the next is not paid."""
    assert paid(scans(), of_lines(scan(900, 3)), of_lines(scan(300))) == [600, 0]
    assert paid(scans(), of_lines(scan(300)), of_lines(scan(900, 3))) == [300, 300]
    assert paid(scans(), of_lines(scan(600, 2)), of_lines(scan(300))) == [600, 0]


@pytest.mark.parametrize(
    ("text", "more"),
    [
        (scans(condition="if: {place: local}\n  "), ""),
        (scans("{lines: {kind: examination}, if: {place: local}}"), ""),
        (scans("{amount: out_of_catalogue, if: {place: local}}"), ""),
        (scans(), "exclusions: [{key: away, name: x, if: {place: elsewhere}}]\n"),
    ],
)
def test_a_line_that_did_not_count_uses_nothing_up(text: str, more: str) -> None:
    """Two scans elsewhere, where nothing is counted; both of the year's two are still there at home."""
    bills = [of_lines(scan(300, 2), place="elsewhere"), of_lines(scan(300, 2)), of_lines(scan(300))]
    assert paid(text, *bills, more=more) == [0, 300, 0]


def test_a_line_that_another_responsibility_takes_uses_nothing_up() -> None:
    text = (
        scans("{amount: out_of_catalogue, minus: [sp]}")
        + "- {key: sp, name: 特检, base: [{lines: {codes: S}}], rate: 0.1}\n"
    )
    special = line("S", 500, "examination", 2)
    assert paid(text, of_lines(special), of_lines(scan(300, 2)), of_lines(scan(300))) == [50, 300, 0]


def test_a_line_that_is_not_covered_uses_nothing_up() -> None:
    never = "adjustments: [{name: x, kind: place, if: {place: elsewhere}, covered: false}]"
    text = scans().replace("  rate: 1\n", f"  rate: 1\n  {never}\n")
    bills = [of_lines(scan(300, 2), place="elsewhere"), of_lines(scan(300, 2))]
    assert paid(text, *bills) == [0, 300]


MONTHLY = """
- key: own
  name: 门诊
  base: [{amount: out_of_catalogue}]
  rate: 0.5
  limits: [{key: span, name: 每期限额, per: PER, LIMIT}]
"""


def spans(per: str, limit: str) -> str:
    return MONTHLY.replace("PER", per).replace("LIMIT", limit)


DAYS = ("2026-01-05", "2026-01-31", "2026-02-01", "2026-03-31", "2026-04-01")


def test_a_limit_per_month_begins_anew_on_the_first() -> None:
    """At most 300 a month: 1,000 on 5 January uses it up, 31 January gets nothing, 1 February begins."""
    bills = [of_lines(line("D", 1_000), day=day) for day in DAYS]
    assert paid(spans("month", "payable: 300"), *bills) == [300, 0, 300, 300, 300]
    assert paid(spans("month", "eligible: 300"), *bills) == [150, 0, 150, 150, 150]


def test_a_limit_per_quarter_begins_anew_in_january_april_july_and_october() -> None:
    bills = [of_lines(line("D", 500), day=day) for day in DAYS]
    assert paid(spans("quarter", "payable: 600"), *bills) == [250, 250, 100, 0, 250]


def test_a_number_a_month_is_counted_by_lines() -> None:
    text = spans("month", "lines: {kind: drug}, count: 1").replace("rate: 0.5", "rate: 1")
    bills = [of_lines(line("D", 100), day=day) for day in DAYS]
    assert paid(text, *bills) == [100, 0, 100, 100, 100]


def test_a_month_is_asked_for_and_not_guessed() -> None:
    plan = plan_of(spans("month", "payable: 300"))
    with pytest.raises(BadValue, match=r"bill\.admitted_on: is not known, but the plan has a limit per month"):
        run(plan, Bill(out_of_catalogue_fen=100))
    table = table_of(plan, [(LI, Bill(out_of_catalogue_fen=100))])
    with pytest.raises(BadValue, match="a limit per month"):
        simulate(plan, table)


def test_a_month_is_kept_in_the_year_by_its_name() -> None:
    (decision,) = run(plan_of(spans("quarter", "payable: 600")), of_lines(line("D", 500), day="2026-05-07"))
    assert decision.year_after.counts["own:span@2026-Q2"] == yuan(250)


@pytest.mark.parametrize("limit", ["per: year, count: 1", "per: item, payable: 5"])
def test_what_is_counted_or_limited_one_by_one_needs_lines(limit: str) -> None:
    text = MONTHLY.replace("per: PER, LIMIT", limit)
    assert "needs `lines:`" in problems_of(plan_text(text))[0]
