from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.actors import Actor
from core.clock import civil_date
from core.errors import Conflict, DomainError, NotFound
from enrollment.errors import AlreadyInsured, CannotEnrolNow, NobodyChosen
from enrollment.lifecycle import OrderState
from enrollment.models import Order, OrderLine, Policyholder
from enrollment.selectors import live_policies
from people.eligibility import insured_elsewhere
from people.errors import InsuredElsewhere, PersonMissing
from people.models import Person
from people.relations import Relation
from people.selectors import capacity_for, family_list
from products.models import PlanYear, Way
from products.ways import require_open_way
from work.asked import asked
from work.lifecycle import transition
from work.numbers import next_number
from work.row_ids import new_row_id
from work.writes import insert_together

DRAFT_KEPT_FOR = timedelta(days=7)
MOST_PEOPLE = 20


@transaction.atomic
def start_order(*, user: User, plan_year: PlanYear, people: Collection[int], actor: Actor, now: datetime) -> Order:
    """The user's DRAFT order for exactly these people: the one already begun, or a new one in its place.

    What was read, agreed to and checked was so for the people on the page: other people are another order, so that a
    page still open on the old one cannot place an order that nobody has seen (可回溯管理).
    people: ids of the payer's own person and relatives. The price comes from the plan year, never from a form.
    Raises window_closed, way_not_offered, person_missing, nobody_chosen, too_many_people, not_in_family,
    insured_elsewhere, already_insured.
    """
    actor.require("enrollment.enrol")
    require_open_way(plan_year, Way.RESIDENT, now=now)
    # Two tabs of one payer choose one after the other; policies that refer to her are not kept waiting (no_key).
    payer = _locked_payer.first(user=user.pk)
    if payer is None:
        raise PersonMissing()
    relations = _relations(payer, people)
    refuse_elsewhere(payer, [person for person, _relation in relations], plan_year, now)
    _refuse_insured(payer, relations, plan_year)
    holder = _holder.first(person=payer.pk)
    begun = _cart(holder, plan_year) if holder is not None else None
    if begun is not None and _same_people(begun, relations):
        Order.objects.filter(pk=begun.pk).update(expires_at=now + DRAFT_KEPT_FOR)
        return begun
    if begun is not None:
        transition(begun, OrderState.CANCELLED, actor=actor, now=now, reason="other people chosen")
    new_holder = [] if holder is not None else [Policyholder(pk=new_row_id(), person=payer, created_at=now)]
    order = Order(
        pk=new_row_id(),
        number=next_number("OR", plan_year.cover_from.year),
        plan_year=plan_year,
        policyholder=holder or new_holder[0],
        placed_by=user,
        created_at=now,
        expires_at=now + DRAFT_KEPT_FOR,
    )
    lines = [
        OrderLine(order=order, insured=person, relation=relation, premium_fen=plan_year.premium_fen)
        for person, relation in relations
    ]
    insert_together(*new_holder, order, *lines)
    return order


@asked
def _locked_payer(user: Any) -> QuerySet[Person]:
    return Person.objects.select_for_update(of=("self",), no_key=True).filter(user=user)


@asked
def _holder(person: Any) -> QuerySet[Policyholder]:
    return Policyholder.objects.filter(person=person)


def _cart(holder: Policyholder, plan_year: PlanYear) -> Order | None:
    carts = Order.objects.select_for_update().filter(policyholder=holder, plan_year=plan_year)
    return carts.filter(state=OrderState.DRAFT).first()


def _same_people(order: Order, relations: list[tuple[Person, str]]) -> bool:
    on_it = set(order.lines.values_list("insured", "relation", "premium_fen"))
    return on_it == {(person.pk, str(relation), order.plan_year.premium_fen) for person, relation in relations}


def _relations(payer: Person, people: Collection[int]) -> list[tuple[Person, str]]:
    """Each chosen person and the relation to the payer, payer first. Strangers are "not found", not "forbidden"."""
    wanted = set(people)
    if not wanted:
        raise NobodyChosen()
    if len(wanted) > MOST_PEOPLE:
        raise DomainError(
            "too_many_people", _("At most %(most)s people fit on one order."), field="people", most=MOST_PEOPLE
        )
    kinships = [kinship for kinship in family_list(payer) if kinship.relative_id in wanted]
    chosen: list[tuple[Person, str]] = [(payer, Relation.SELF)] if payer.pk in wanted else []
    chosen += [(kinship.relative, kinship.relation) for kinship in kinships]
    if len(chosen) != len(wanted):
        raise NotFound("not_in_family", _("This person is not in your family list. Please add them first."))
    return chosen


def _refuse_insured(payer: Person, relations: list[tuple[Person, str]], plan_year: PlanYear) -> None:
    """A kind word early; the last word is the database's when the order is placed."""
    people = {person.pk: person for person, _relation in relations}
    for policy in live_policies(plan_year=plan_year.pk, people=list(people)):
        raise already_insured(payer, people[policy.insured_id])


def refuse_elsewhere(payer: Person, people: Collection[Person], plan_year: PlanYear, now: datetime) -> None:
    """Each scheme is for its own areas: whoever belongs to another city's is told which, in words that this payer may
    hear. Raises insured_elsewhere, cannot_enrol_now."""
    scheme = plan_year.scheme
    away = insured_elsewhere(people, scheme=scheme, on=civil_date(now))
    for person in people:
        if person.pk not in away:
            continue
        if capacity_for(payer.user_id, person.pk) is None:
            raise CannotEnrolNow(person.masked_name)
        raise InsuredElsewhere(scheme, away[person.pk], name=person.masked_name, field="people")


def already_insured(payer: Person, person: Person) -> Conflict:
    """E5, in the words that this payer may hear."""
    kind = AlreadyInsured if capacity_for(payer.user_id, person.pk) else CannotEnrolNow
    return kind(person.masked_name)
