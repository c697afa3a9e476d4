"""Read models of this room. Ownership is decided here: a stranger's number is "not found"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from core.actors import Actor
from enrollment.errors import OrderNotFound, PolicyNotFound
from enrollment.lifecycle import LIVE_POLICY_STATES, OWNED_POLICY_STATES, OrderState, PolicyState
from enrollment.models import InsuredCount, Order, OrderLine, Policy
from people.models import Kinship, Person
from people.relations import CLOSE_RELATIONS, Relation
from people.selectors import acted_for, family_list
from products.models import PlanYear
from products.selectors import plan_year_of
from work.asked import asked

# plan years -------------------------------------------------------------------------------------------------


def insured_count(plan_year: PlanYear) -> int:
    """People insured for the year as counted within the last minute, never estimated. One row is read."""
    counted = InsuredCount.objects.filter(plan_year=plan_year).first()
    return counted.people if counted else 0


# people -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FamilyMember:
    """A person the payer may enrol. policy: the live one of the plan year (E5), if the payer may know of it: his own,
    one he pays for, or of a relative whose kinship is proved. kinship: None for himself."""

    person: Person
    relation: Relation
    policy: Policy | None
    kinship: Kinship | None = None

    @property
    def is_close(self) -> bool:
        return self.relation in CLOSE_RELATIONS

    @property
    def is_proved(self) -> bool:
        return self.kinship is None or self.kinship.is_proved


def family_of(payer: Person, *, plan_year: PlanYear) -> list[FamilyMember]:
    """The payer first, then relatives as they were added. Two queries, whatever the size of the family."""
    kinships = family_list(payer)
    people = [payer.pk, *(kinship.relative_id for kinship in kinships)]
    by_person = {policy.insured_id: policy for policy in live_policies(plan_year=plan_year.pk, people=people)}
    members = [FamilyMember(payer, Relation.SELF, by_person.get(payer.pk))]
    for kinship in kinships:
        policy = by_person.get(kinship.relative_id)
        if policy is not None and not kinship.is_proved and policy.policyholder.person_id != payer.pk:
            policy = None  # that somebody else insured her is hers to tell
        members.append(FamilyMember(kinship.relative, Relation(kinship.relation), policy, kinship))
    return members


@asked
def live_policies(plan_year: Any, people: Any) -> QuerySet[Policy]:
    live = Policy.objects.filter(plan_year=plan_year, insured__among=people, state__in=LIVE_POLICY_STATES)
    return live.select_related("policyholder")


# orders -----------------------------------------------------------------------------------------------------


def _orders() -> QuerySet[Order]:
    lines = OrderLine.objects.select_related("insured", "policy")
    orders = Order.objects.select_related("plan_year__scheme", "policyholder__person", "placed_by")
    return orders.prefetch_related(Prefetch("lines", lines))


def _orders_of(actor: Actor) -> Q:
    """An order belongs to its policyholder, so to the account that stands for her now: it moves with her, and is
    gone from an account that gave her back."""
    return Q(policyholder__person__user_id=actor.user_id)


def order_for(actor: Actor, number: str) -> Order:
    """The actor's own order with its lines and people; one query. Raises order_not_found, also for a stranger's."""
    if actor.user_id is None:
        raise OrderNotFound()
    order = with_lines(_lines_of_own(number=number, user_id=actor.user_id))
    if order is None:
        raise OrderNotFound()
    order.plan_year = plan_year_of(order.plan_year_id)
    return order


@asked
def _lines_of_own(number: Any, user_id: Any) -> QuerySet[OrderLine]:
    mine = OrderLine.objects.filter(order__number=number, order__policyholder__person__user_id=user_id)
    return mine.select_related("policy", "insured", "order__policyholder__person").order_by("pk")


def with_lines(found: Sequence[OrderLine]) -> Order | None:
    """The order of these lines, which are all of its lines: an order without lines is never written."""
    if not found:
        return None
    order = found[0].order
    for line in found:
        line.order = order
    all_lines = order.lines.all()
    all_lines._result_cache = list(found)  # what prefetch_related does
    order._prefetched_objects_cache = {"lines": all_lines}  # type: ignore[attr-defined]  # not in the stubs
    return order


def waiting_for_payment(actor: Actor) -> list[str]:
    """Numbers of the actor's orders that were placed and not paid yet. One query."""
    return _placed_by(user_id=actor.user_id) if actor.user_id else []


@asked
def _placed_by(user_id: Any) -> QuerySet[Order, str]:
    mine = Order.objects.filter(policyholder__person__user_id=user_id, state=OrderState.PLACED)
    return mine.values_list("number", flat=True)


def open_orders_of(actor: Actor) -> list[Order]:
    """Orders that still wait for something: to be sent or to be paid."""
    if actor.user_id is None:
        return []
    return list(_orders().filter(_orders_of(actor), state__in=[OrderState.DRAFT, OrderState.PLACED]))


# policies ---------------------------------------------------------------------------------------------------


def _policies() -> QuerySet[Policy]:
    policies = Policy.objects.select_related("insured", "order_line", "policyholder__person")
    # Apart: many rows share them, and to find a way through eight tables takes PostgreSQL longer than to go it.
    return policies.prefetch_related("plan_year__scheme")


def _own(actor: Actor) -> Q:
    """A policy belongs to its policyholder and to the insured, so to the accounts that stand for them now.

    Two indexed questions put together and asked first, for the keys alone. An OR over the two joins reads all policies
    of the city, and so does PostgreSQL when the union stands inside the question that fetches them (a million rows).
    """
    if actor.user_id is None:
        return Q(pk__in=[])
    held = Policy.objects.filter(policyholder__person__user_id=actor.user_id).order_by().values_list("pk", flat=True)
    insured = Policy.objects.filter(insured__user_id=actor.user_id).order_by().values_list("pk", flat=True)
    return Q(pk__in=list(held.union(insured)))


def policies_of(actor: Actor) -> list[Policy]:
    """Policies the actor paid for or is insured by, newest cover first. As many queries for one as for many."""
    if actor.user_id is None:
        return []
    return list(_policies().filter(_own(actor), state__in=OWNED_POLICY_STATES))


def policy_for(actor: Actor, number: str) -> Policy:
    """Raises policy_not_found, also for a stranger's."""
    policy = (
        _policies().filter(_own(actor), number=number, state__in=OWNED_POLICY_STATES).first() if actor.user_id else None
    )
    if policy is None:
        raise PolicyNotFound()
    return policy


def _claimable(actor: Actor) -> Q:
    """Paying for somebody opens nobody's medical records: a claim lists stays in hospital and diagnoses. It is made by
    the insured's own account, or by a close relative who paid and whose kinship is proved."""
    return _own(actor) & acted_for(actor, "insured")


def claimable_policies(actor: Actor, *, today: date) -> list[Policy]:
    """Issued policies, whose cover has begun, of the actor and of close relatives he paid for: what he may claim on.

    A policy for next year is left out: no treatment can fall into it yet.
    """
    if actor.user_id is None:
        return []
    return list(_policies().filter(_claimable(actor), state=PolicyState.ISSUED, cover_from__lte=today))


def policies_claimed_by_others(actor: Actor, *, today: date) -> list[Policy]:
    """Those that he paid for and may not claim on: the insured is not proved to be a close relative."""
    if actor.user_id is None:
        return []
    begun = _policies().filter(_own(actor), state=PolicyState.ISSUED, cover_from__lte=today)
    return list(begun.exclude(pk__in=Policy.objects.filter(_claimable(actor)).values("pk")))


def policy_for_claim(actor: Actor, number: str) -> Policy:
    """An issued policy on which the actor may make a claim. Raises policy_not_found, also for one he only paid for."""
    policies = _policies().filter(_claimable(actor), number=number, state=PolicyState.ISSUED)
    policy = policies.first() if actor.user_id else None
    if policy is None:
        raise PolicyNotFound()
    return policy


def policies_in_force(people: Iterable[Person], *, day: date) -> list[Policy]:
    """Issued policies of these people whose cover has the day, for a desk that knows them by name and number."""
    issued = _policies().filter(insured__in=list(people), state=PolicyState.ISSUED)
    return list(issued.filter(cover_from__lte=day, cover_to__gt=day))


def policy_by_token(token: str) -> Policy | None:
    """For the public verification page: anybody who holds the certificate. Never a reserved or released one."""
    return _policies().filter(verify_token=token, state__in=OWNED_POLICY_STATES).first()


def relation_to(actor: Actor, policy: Policy) -> Relation | None:
    """What the insured is to the actor, if the actor paid or is the insured; None otherwise."""
    if policy.insured.user_id == actor.user_id:
        return Relation.SELF
    if holds(actor, policy) and policy.order_line is not None:
        return Relation(policy.order_line.relation)
    return None


def holds(actor: Actor, policy: Policy) -> bool:
    """Whether the actor's person is the policyholder."""
    person = policy.policyholder.person
    return actor.user_id is not None and person is not None and person.user_id == actor.user_id


def insured_by(schemes: frozenset[str]) -> Q:
    """People who have or had a policy of one of these schemes, wherever their basic insurance is now: condition on
    Person, for people.belonging."""
    return Q(Exists(Policy.objects.filter(insured=OuterRef("pk"), plan_year__scheme__in=schemes)))
