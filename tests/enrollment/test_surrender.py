"""Until cover begins a policy can be given back for the whole price (E11)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core import clock
from core.clock import midnight
from core.errors import Conflict, IllegalTransition, NotFound
from enrollment import actions
from enrollment.lifecycle import OrderState, PolicyState
from enrollment.shown import policy_version
from ledger.selectors import balance_fen
from people.relations import Relation
from tests.enrollment.helpers import Town
from tests.people.helpers import LI, MOTHER, ZHAO
from work import sweeps


def test_li_gives_her_mothers_policy_back_and_gets_100_yuan(town: Town) -> None:
    li = town.resident(LI)
    own, hers = town.enrol(li, li.person, town.add(li, MOTHER, Relation.PARENT).relative)
    actions.surrender_policy(policy=hers, seen=policy_version(hers), actor=li.actor, now=clock.now())
    town.work()
    for policy in (own, hers):
        policy.refresh_from_db()
    assert (own.state, hers.state) == (PolicyState.ISSUED, PolicyState.SURRENDERED)
    assert own.order_line.order.state == OrderState.PAID
    assert town.executed() == [("deducted", 20_000), ("refunded", -10_000)]
    assert balance_fen("liability.premium", plan_year="smx-2027") == -10_000

    actions.surrender_policy(policy=own, seen=policy_version(own), actor=li.actor, now=clock.now())
    town.work()
    order = own.order_line.order
    order.refresh_from_db()
    assert order.state == OrderState.REFUNDED
    assert town.sandbox.total_fen() == 0
    assert balance_fen("liability.premium", plan_year="smx-2027") == 0


def test_two_given_back_at_once_are_refunded_when_both_refunds_have_arrived(town: Town) -> None:
    li = town.resident(LI)
    own, hers = town.enrol(li, li.person, town.add(li, MOTHER, Relation.PARENT).relative)
    for policy in (own, hers):
        actions.surrender_policy(policy=policy, seen=policy_version(policy), actor=li.actor, now=clock.now())
    order = own.order_line.order
    for after in (OrderState.PAID, OrderState.REFUNDED):
        assert sweeps.step(sweeps.get("refunds"))[:2] == (1, 1)
        order.refresh_from_db()
        assert order.state == after


def test_the_last_second_before_cover_is_in_time_and_the_first_of_cover_is_not(town: Town) -> None:
    li = town.resident(LI)
    [policy] = town.enrol(li, li.person)
    begins = midnight(policy.cover_from)
    with pytest.raises(Conflict) as caught:
        actions.surrender_policy(policy=policy, seen=policy_version(policy), actor=li.actor, now=begins)
    assert caught.value.code == "cover_has_begun"
    actions.surrender_policy(
        policy=policy, seen=policy_version(policy), actor=li.actor, now=begins - timedelta(seconds=1)
    )
    policy.refresh_from_db()
    assert policy.state == PolicyState.SURRENDERED


def test_twice_is_one_refund(town: Town) -> None:
    li = town.resident(LI)
    [policy] = town.enrol(li, li.person)
    actions.surrender_policy(policy=policy, seen=policy_version(policy), actor=li.actor, now=clock.now())
    with pytest.raises(Conflict) as refusal:
        actions.surrender_policy(policy=policy, seen=policy_version(policy), actor=li.actor, now=clock.now())
    assert refusal.value.code == "changed_meanwhile"
    policy.refresh_from_db()
    with pytest.raises(IllegalTransition):
        actions.surrender_policy(policy=policy, seen=policy_version(policy), actor=li.actor, now=clock.now())
    town.work()
    assert town.executed() == [("deducted", 10_000), ("refunded", -10_000)]


def test_the_insured_mother_cannot_take_the_payers_money(town: Town) -> None:
    li = town.resident(LI)
    [policy] = town.enrol(li, town.add(li, MOTHER, Relation.PARENT).relative)
    for who in (MOTHER, ZHAO):
        with pytest.raises(NotFound):
            actions.surrender_policy(
                policy=policy, seen=policy_version(policy), actor=town.resident(who).actor, now=clock.now()
            )
