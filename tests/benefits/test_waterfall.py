"""The layers before the product: read from the bill, or computed as if they had paid (Sanmenxia 三(三)1)."""

from __future__ import annotations

import pytest

from benefits import Bill, Person
from tests.benefits.helpers import paid, plan_of, run, yuan

OWN = "- {key: own, name: 合规自付, base: [{amount: in_scope_after_layers}], rate: 1, compensation: false}"

BASIC = """
waterfall:
  - layer: basic_fund
    simulate: SIMULATE
    per: stay
    deductible: 900
    bands: [{from: 900, to: 20000, rate: 0.68}, {from: 20000, to: 40000, rate: 0.73}, {from: 40000, rate: 0.78}]
    cap: 150000
"""


def test_uncle_wang_his_basic_insurance_and_critical_illness_are_computed_from_the_costs() -> None:
    """CII-03: 100,000 yuan, 10,000 self-paid, 600 class B first: basic pays 66,120, critical illness 1,640."""
    plan = plan_of(
        "- {key: illness, name: 大病保险, base: [{amount: in_scope_after_basic_fund}], deductible: 20000, rate: 0.5}",
        BASIC.replace("SIMULATE", "always"),
    )
    bill = Bill(in_scope_fen=yuan(89_400), class_b_first_fen=yuan(600), out_of_catalogue_fen=yuan(10_000))
    (decision,) = run(plan, bill)
    assert [(layer.key, layer.paid_fen, layer.simulated) for layer in decision.layers] == [
        ("basic_fund", yuan(66_120), True)
    ]
    assert decision.payable_fen == yuan(1_640)


def test_a_layer_is_simulated_only_for_whom_the_plan_names() -> None:
    plan = plan_of(OWN, BASIC.replace("SIMULATE", "{in_waiting_period: true}"))
    bill = Bill(in_scope_fen=yuan(10_900), basic_fund_paid_fen=yuan(1_000))
    waiting = Person("new", in_waiting_period=True)
    assert paid(plan, bill) == [yuan(9_900)]  # as the record says
    assert paid(plan, bill, person=waiting) == [yuan(900 + 10_000 * 0.32)]  # as if it had paid 68 % above 900


def test_each_stay_bears_the_stays_deductible_and_the_cap_is_the_years() -> None:
    plan = plan_of(OWN, BASIC.replace("SIMULATE", "always").replace("cap: 150000", "cap: 10000"))
    decisions = run(plan, Bill(in_scope_fen=yuan(10_900)), Bill(in_scope_fen=yuan(10_900)))
    assert [d.layers[0].paid_fen for d in decisions] == [yuan(6_800), yuan(3_200)]


def test_the_years_deductible_of_a_layer_is_borne_once() -> None:
    plan = plan_of(OWN, BASIC.replace("SIMULATE", "always").replace("per: stay", "per: year"))
    decisions = run(plan, Bill(in_scope_fen=yuan(900)), Bill(in_scope_fen=yuan(100)))
    assert [d.payable_fen for d in decisions] == [yuan(900), yuan(32)]


HAND_OVER = """
waterfall:
  - {layer: basic_fund, simulate: always, rate: 0.5, cap: 1000}
  - {layer: large_amount, simulate: always, takes: TAKES, rate: 0.9}
"""


@pytest.mark.parametrize(
    ("takes", "large"),
    [
        ("remaining", 0.9 * 4_000),  # 5,000 less the 1,000 paid
        ("in_scope", 4_000),  # 90 % of 5,000, but no more than what is left
        ("{above_cap_of: basic_fund}", 0.9 * 4_000),  # 5,000 of cost above 1,000 of cost
        ("{cost_above_cap_of: basic_fund}", 0.9 * 3_000),  # the cap is reached at 2,000 of cost
        ("{unpaid_benefit_of: basic_fund}", 0.9 * 1_500),  # 2,500 without the cap, 1,000 with it
    ],
)
def test_what_a_layer_hands_over_to_the_next_is_data(takes: str, large: float) -> None:
    plan = plan_of(OWN, HAND_OVER.replace("TAKES", takes))
    (decision,) = run(plan, Bill(in_scope_fen=yuan(5_000)))
    assert decision.layers[0].paid_fen == yuan(1_000)
    assert decision.layers[1].paid_fen == yuan(large)
    assert decision.payable_fen == yuan(4_000 - large)


def test_the_part_above_a_cap_runs_over_the_year() -> None:
    plan = plan_of(OWN, HAND_OVER.replace("TAKES", "{cost_above_cap_of: basic_fund}"))
    one = run(plan, Bill(in_scope_fen=yuan(5_000)))[0]
    split = run(plan, *[Bill(in_scope_fen=yuan(1_250))] * 4)
    assert sum(d.layers[1].paid_fen for d in split if len(d.layers) > 1) == one.layers[1].paid_fen


def test_when_the_layer_below_really_paid_the_record_tells_what_lay_above_its_cap() -> None:
    more = """
    waterfall:
      - {layer: basic_fund, simulate: {in_waiting_period: true}, rate: 0.5, cap: 1000}
      - {layer: large_amount, simulate: {large_amount_cover: false}, takes: {cost_above_cap_of: basic_fund}, rate: 0.9}
    """
    plan = plan_of(OWN, more)
    without = Person("employee", insured_type="employee", large_amount_cover=False)
    bill = Bill(in_scope_fen=yuan(5_000), basic_fund_paid_fen=yuan(1_000), above_fund_cap_fen=yuan(2_000))
    assert run(plan, bill, person=without)[0].layers[1].paid_fen == yuan(1_800)
    benefit = plan_of(OWN, more.replace("cost_above_cap_of", "unpaid_benefit_of"))
    assert [layer.paid_fen for layer in run(benefit, bill, person=without)[0].layers] == [yuan(1_000), 0]


def test_in_scope_is_counted_after_each_layer() -> None:
    text = "- {key: own, name: x, base: [{amount: in_scope_after_critical_illness}], rate: 1, compensation: false}"
    bill = Bill(in_scope_fen=1000, basic_fund_paid_fen=100, critical_illness_paid_fen=200, assistance_paid_fen=300)
    assert paid(plan_of(text), bill) == [700]
    assert paid(plan_of(OWN), bill) == [400]


def test_layers_that_paid_more_than_the_scope_leave_nothing_and_not_less() -> None:
    assert paid(plan_of(OWN), Bill(in_scope_fen=100, basic_fund_paid_fen=300)) == [0]


def test_a_simulated_layer_does_not_lower_what_the_person_really_paid() -> None:
    plan = plan_of(OWN.replace(", compensation: false", ""), BASIC.replace("SIMULATE", "always"))
    (decision,) = run(plan, Bill(in_scope_fen=yuan(10_900)))
    assert decision.personal_fen == yuan(10_900)
    assert decision.payable_fen == yuan(4_100)
    assert decision.remaining_fen == yuan(6_800)


def test_a_layers_terms_may_depend_on_the_hospital() -> None:
    more = BASIC.replace("SIMULATE", "always") + (
        "    adjustments: [{name: 一级医院, kind: place, if: {hospital_level: '1'}, deductible: 100}]\n"
    )
    plan = plan_of(OWN, more)
    bills = [Bill(in_scope_fen=yuan(1_900), hospital_level=level) for level in ("3", "1")]
    # the bands begin at 900 of cost in either hospital; the lower deductible alone does not open them
    assert [d.layers[0].paid_fen for d in run(plan, *bills)] == [yuan(680), yuan(680)]
