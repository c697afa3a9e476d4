"""One live policy per person and plan year, whoever is quick (E5). The database has the last word, and here is why."""

from __future__ import annotations

import threading

import psycopg
import pytest
from django.db import connections

from core import clock
from core.errors import Conflict, DomainError
from enrollment import actions
from enrollment.lifecycle import LIVE_POLICY_STATES
from enrollment.models import Order, Policy
from enrollment.shown import order_version
from people.relations import Relation
from tests.enrollment.helpers import WECHAT, Town
from tests.people.helpers import DAUGHTER, LI, MOTHER, Resident

CONSTRAINT = "one_live_policy_per_person_and_year"


def test_a_person_already_insured_is_not_offered_again(town: Town) -> None:
    li = town.resident(LI)
    town.enrol(li, li.person)
    with pytest.raises(Conflict) as caught:
        town.choose(li, li.person)
    assert caught.value.code == "already_insured"
    assert town.executed() == [("deducted", 10_000)]


def two_orders_for_the_mother(town: Town) -> list[tuple[Resident, Order]]:
    """Li and her daughter both have Li's mother on an order, ready to be placed."""
    orders = []
    for who, relation in ((LI, Relation.PARENT), (DAUGHTER, Relation.GRANDPARENT)):
        payer = town.resident(who)
        order = town.choose(payer, town.add(payer, MOTHER, relation).relative)
        town.read_and_agree(payer, order)
        orders.append((payer, order))
    return orders


def place_at_once(orders: list[tuple[Resident, Order]]) -> list[str]:
    """Two threads, two connections, one moment. Returns what came of each."""
    barrier, outcomes = threading.Barrier(len(orders)), []

    def place(payer: Resident, order: Order) -> None:
        try:
            barrier.wait(30)
            actions.place_order(
                order=order, seen=order_version(order), channel=WECHAT, actor=payer.actor, now=clock.now()
            )
            outcomes.append("placed")
        except DomainError as error:
            outcomes.append(error.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=place, args=pair) for pair in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(outcomes)


def live_policies() -> int:
    return Policy.objects.filter(state__in=LIVE_POLICY_STATES).count()


def test_li_and_her_daughter_enrol_the_mother_in_the_same_moment(town: Town) -> None:
    assert place_at_once(two_orders_for_the_mother(town)) == ["already_insured", "placed"]
    assert live_policies() == 1
    states = sorted(Order.objects.values_list("state", flat=True))
    assert states == ["draft", "placed"]


def test_control_without_the_constraint_she_is_insured_twice(town: Town, owner_connection: psycopg.Connection) -> None:
    orders = two_orders_for_the_mother(town)
    row = owner_connection.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [CONSTRAINT]).fetchone()
    assert row is not None
    owner_connection.execute(f"DROP INDEX {CONSTRAINT}")
    try:
        assert place_at_once(orders) == ["placed", "placed"]
        assert live_policies() == 2
    finally:
        Policy.objects.filter(order_line__order=orders[1][1]).update(state="released")
        owner_connection.execute(row[0])


def test_two_families_crossed_over_do_not_wait_for_each_other_in_a_circle(town: Town) -> None:
    """Both orders name Li and her mother, in opposite order of entry: people are reserved in the order of their ids."""
    li, daughter = town.resident(LI), town.resident(DAUGHTER)
    mother = town.add(li, MOTHER, Relation.PARENT).relative
    town.add(daughter, MOTHER, Relation.GRANDPARENT)
    town.add(daughter, LI, Relation.PARENT)
    first, second = town.choose(li, li.person, mother), town.choose(daughter, mother, li.person)
    for payer, order in ((li, first), (daughter, second)):
        town.read_and_agree(payer, order)
    assert place_at_once([(li, first), (daughter, second)]) == ["already_insured", "placed"]
    assert live_policies() == 2


def test_after_a_released_reservation_the_person_is_free_again(town: Town) -> None:
    (li, first), (daughter, second) = two_orders_for_the_mother(town)
    actions.place_order(order=first, seen=order_version(first), channel=WECHAT, actor=li.actor, now=clock.now())
    first.refresh_from_db()
    assert actions.give_up_payment(order=first, seen=order_version(first), actor=li.actor, now=clock.now())
    first.refresh_from_db()
    actions.cancel_order(order=first, seen=order_version(first), actor=li.actor, now=clock.now())
    actions.place_order(order=second, seen=order_version(second), channel=WECHAT, actor=daughter.actor, now=clock.now())
    assert live_policies() == 1


def test_whoever_comes_later_is_told_and_nothing_of_her_order_is_reserved(town: Town) -> None:
    (li, first), (daughter, second) = two_orders_for_the_mother(town)
    actions.place_order(order=first, seen=order_version(first), channel=WECHAT, actor=li.actor, now=clock.now())
    with pytest.raises(DomainError) as refused:
        actions.place_order(
            order=second, seen=order_version(second), channel=WECHAT, actor=daughter.actor, now=clock.now()
        )
    assert refused.value.code == "already_insured"
    second.refresh_from_db()
    assert (second.state, live_policies()) == ("draft", 1)
