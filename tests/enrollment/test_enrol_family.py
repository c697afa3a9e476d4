"""Li Xiulan enrols herself and her mother and pays 200.00 from her medical personal account (E4)."""

from __future__ import annotations

from enrollment.lifecycle import OrderState, PolicyState
from enrollment.shown import order_version
from ledger.selectors import balance_fen
from people.relations import Relation
from tests.enrollment.helpers import WECHAT, Town
from tests.people.helpers import DAUGHTER, LI, MOTHER, ZHAO


def test_li_enrols_herself_and_her_mother_for_exactly_200_yuan(town: Town) -> None:
    li = town.resident(LI)
    mother = town.add(li, MOTHER, Relation.PARENT).relative

    policies = town.enrol(li, li.person, mother)

    assert [(policy.insured, policy.state, policy.premium_fen) for policy in policies] == [
        (li.person, PolicyState.ISSUED, 10_000),
        (mother, PolicyState.ISSUED, 10_000),
    ]
    order = policies[0].order_line.order
    assert (order.state, order.total_fen) == (OrderState.PAID, 20_000)
    assert town.executed() == [("deducted", 20_000)]
    assert balance_fen("asset.clearing", money_account="smx-personal_account") == 20_000
    assert balance_fen("liability.premium", plan_year="smx-2027") == -20_000
    assert town.sandbox.person("李秀兰")["balance_fen"] == 328_640 - 20_000


def test_cover_is_the_plan_years_and_each_policy_has_its_own_number_and_secret(town: Town) -> None:
    li = town.resident(LI)
    own, hers = town.enrol(li, li.person, town.add(li, MOTHER, Relation.PARENT).relative)
    assert (own.cover_from, own.cover_to) == (town.plan_year.cover_from, town.plan_year.cover_to)
    assert own.number.startswith("HM-2027-")
    assert own.number != hers.number
    assert own.verify_token != hers.verify_token
    assert len(own.verify_token) == 32


def test_the_payer_gets_one_message(town: Town) -> None:
    from work import outbox

    li = town.resident(LI)
    town.enrol(li, li.person)
    outbox.sweep()
    newest, linked = town.sandbox.sms("13900001001")
    assert "100.00" in newest["text"]
    assert "/enrol/me/" in linked["text"]


def test_zhao_without_a_personal_account_pays_his_own_100_yuan_by_wechat(town: Town) -> None:
    zhao = town.resident(ZHAO)
    [policy] = town.enrol(zhao, zhao.person, channel=WECHAT)
    assert policy.state == PolicyState.ISSUED
    assert town.executed() == [("paid", 10_000)]


def test_too_little_in_the_account_leaves_the_order_waiting_and_another_way_works(town: Town) -> None:
    from core import clock
    from enrollment.actions import retry_payment

    daughter = town.resident(DAUGHTER)
    town.sandbox.put_person(psn_no=daughter.person.psn_no, balance_fen=9_999)
    order = town.place(daughter, daughter.person)
    town.work()
    order.refresh_from_db()
    assert order.state == OrderState.PLACED
    assert town.executed() == []

    retry_payment(order=order, seen=order_version(order), channel=WECHAT, actor=daughter.actor, now=clock.now())
    town.work()
    order.refresh_from_db()
    town.sandbox.pay_wechat(order.payment_number)
    town.pass_time(minutes=2)
    town.work()
    order.refresh_from_db()
    assert order.state == OrderState.PAID
    assert town.executed() == [("paid", 10_000)]
