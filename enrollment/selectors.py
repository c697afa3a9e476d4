"""Read models of this room. Ownership is decided here: a stranger's number is "not found"."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from accounts.models import User
from core import guards
from core.actors import Actor, reached
from enrollment.errors import KinshipNotFound, NoOpenPlanYear, OrderNotFound, PolicyNotFound
from enrollment.lifecycle import (
    LIVE_POLICY_STATES,
    OPEN_PROOF_STATES,
    OWNED_POLICY_STATES,
    PUBLIC_PLAN_YEAR_STATES,
    KinshipState,
    OrderState,
    PolicyState,
)
from enrollment.models import Kinship, Order, OrderLine, Person, PersonProof, PlanDocument, PlanYear, Policy
from enrollment.relations import CLOSE_RELATIONS, Relation

# plan years -------------------------------------------------------------------------------------------------


def open_plan_year(now: datetime) -> PlanYear | None:
    """The published plan year whose window contains `now`."""
    return (
        PlanYear.objects.filter(state="published", opens_at__lte=now, closes_at__gt=now).order_by("-opens_at").first()
    )


def require_open_plan_year(now: datetime) -> PlanYear:
    """Raises no_open_plan_year."""
    plan_year = open_plan_year(now)
    if plan_year is None:
        raise NoOpenPlanYear()
    return plan_year


def current_plan_year(now: datetime) -> PlanYear | None:
    """What the home page talks about: the open plan year, else the next to open, else the last one published."""
    public = PlanYear.objects.filter(state__in=PUBLIC_PLAN_YEAR_STATES)
    return (
        open_plan_year(now)
        or public.filter(state="published", opens_at__gt=now).order_by("opens_at").first()
        or public.order_by("-opens_at").first()
    )


def require_plan_year(now: datetime) -> PlanYear:
    """The current plan year whatever its window: whoever claims on last year's policy also says who she is."""
    plan_year = current_plan_year(now)
    if plan_year is None:
        raise NoOpenPlanYear()
    return plan_year


def public_plan_year(code: str) -> PlanYear | None:
    return PlanYear.objects.filter(code=code, state__in=PUBLIC_PLAN_YEAR_STATES).first()


def documents_of(plan_year: PlanYear) -> dict[str, PlanDocument]:
    """The newest version of each kind. One query."""
    newest = plan_year.documents.order_by("kind", "-version").distinct("kind")
    return {document.kind: document for document in newest}


def insured_count(plan_year: PlanYear) -> int:
    """People insured for the year, counted, never estimated."""
    return Policy.objects.filter(plan_year=plan_year, state=PolicyState.ISSUED).count()


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


def person_of(actor: Actor) -> Person | None:
    return None if actor.user_id is None else Person.objects.filter(user_id=actor.user_id).first()


def operator_sees_person(actor: Actor, person_id: int) -> bool:
    """Operators answer for everybody who is enrolled; other desks add the people they have to do with."""
    return reached(Person.objects.filter(pk=person_id), actor, "enrollment.operate", "identity.reveal").exists()


def people_who_are(actor: Actor) -> QuerySet[Person]:
    """The actor as an insured person: by her account, or by the identity number recorded with her staff account."""
    if actor.user_id is None:
        return Person.objects.none()
    digest = User.objects.filter(pk=actor.user_id).values_list("identity_digest", flat=True).first()
    return Person.objects.filter(Q(user_id=actor.user_id) | (Q(id_number_index=digest) if digest else Q(pk__in=[])))


def operator_sees_account(actor: Actor, user_id: int) -> bool:
    """Of residents alone: a colleague's name and telephone are nobody's desk."""
    residents = User.objects.filter(pk=user_id, kind=User.Kind.RESIDENT)
    return reached(residents, actor, "enrollment.operate", "identity.reveal").exists()


def family_of(payer: Person, *, plan_year: PlanYear) -> list[FamilyMember]:
    """The payer first, then relatives as they were added. Two queries, whatever the size of the family."""
    kinships = list(listed_kinships(payer))
    people = [payer, *(kinship.relative for kinship in kinships)]
    live = Policy.objects.filter(plan_year=plan_year, insured__in=people, state__in=LIVE_POLICY_STATES)
    by_person = {policy.insured_id: policy for policy in live.select_related("order_line__order")}
    members = [FamilyMember(payer, Relation.SELF, by_person.get(payer.pk))]
    for kinship in kinships:
        policy = by_person.get(kinship.relative_id)
        if policy is not None and not kinship.is_proved and policy.order_line.order.payer_id != payer.pk:
            policy = None  # that somebody else insured her is hers to tell
        members.append(FamilyMember(kinship.relative, Relation(kinship.relation), policy, kinship))
    return members


def listed_kinships(payer: Person) -> QuerySet[Kinship]:
    """The payer's list, in the order in which people were put on it."""
    kinships = payer.relatives.select_related("relative").order_by("pk")
    return kinships.exclude(state=KinshipState.DROPPED)


def kinship_for_payer(actor: Actor, pk: int) -> Kinship:
    """Raises kinship_not_found, also for a stranger's."""
    payer = person_of(actor)
    found = listed_kinships(payer).filter(pk=pk).first() if payer else None
    if found is None:
        raise KinshipNotFound()
    return found


def kinship_for_relative(actor: Actor, pk: int) -> Kinship:
    """Raises kinship_not_found, also for a stranger's."""
    person = person_of(actor)
    found = kinships_about(person).filter(pk=pk).first() if person else None
    if found is None:
        raise KinshipNotFound()
    return found


def kinships_about(person: Person) -> QuerySet[Kinship]:
    """Who says to be a close relative of this person, newest first."""
    close = person.relative_of.filter(relation__in=CLOSE_RELATIONS).exclude(state=KinshipState.DROPPED)
    return close.select_related("payer", "relative").order_by("-pk")


def is_own_or_proved_kin(user_id: int | None, insured_id: int) -> bool:
    """The insured's own account, or that of a close relative whose kinship is proved: whom her matters are shown to."""
    if user_id is None:
        return False
    return Person.objects.filter(pk=insured_id, user_id=user_id).exists() or is_proved_kin(user_id, insured_id)


def may_know_of(payer: Person, person: Person) -> bool:
    """Whether the payer may be told that this person is insured: his own self, or a relative proved to be one."""
    proved = payer.relatives.filter(relative=person, relation__in=CLOSE_RELATIONS, state=KinshipState.PROVED)
    return payer.pk == person.pk or proved.exists()


def is_proved_kin(user_id: int, insured_id: int) -> bool:
    return _proved_kin(user_id).filter(relative=insured_id).exists()


def _proved_kin(user_id: int | None) -> QuerySet[Kinship]:
    if user_id is None:
        return Kinship.objects.none()
    kin = Kinship.objects.filter(payer__user_id=user_id, relation__in=CLOSE_RELATIONS)
    return kin.filter(state=KinshipState.PROVED) if guards.on("enrollment.proved_kinship") else kin


def shown_to(actor: Actor, insured: str) -> Q:
    """A condition on rows with a field `insured` that points to a person: her own account's or a proved relative's."""
    kin = _proved_kin(actor.user_id).filter(relative=OuterRef(insured))
    return Q(**{f"{insured}__user_id": actor.user_id}) | Q(Exists(kin))


def open_proof(user: User, session_digest: str, now: datetime) -> PersonProof | None:
    """The newest proof that this browser has under way or not used yet."""
    mine = PersonProof.objects.filter(user=user, session_digest=session_digest, state__in=OPEN_PROOF_STATES)
    return mine.filter(expires_at__gt=now).order_by("-started_at").first()


# orders -----------------------------------------------------------------------------------------------------


def _orders() -> QuerySet[Order]:
    lines = OrderLine.objects.select_related("insured", "policy")
    return Order.objects.select_related("plan_year", "payer", "user").prefetch_related(Prefetch("lines", lines))


def _orders_of(actor: Actor) -> Q:
    """An order belongs to the person who pays, so to the account that stands for her now: it moves with her, and is
    gone from an account that gave her back."""
    return Q(payer__user_id=actor.user_id)


def order_for(actor: Actor, number: str) -> Order:
    """The actor's own order with its lines and people; two queries. Raises order_not_found, also for a stranger's."""
    order = _orders().filter(_orders_of(actor), number=number).first() if actor.user_id else None
    if order is None:
        raise OrderNotFound()
    return order


def open_orders_of(actor: Actor) -> list[Order]:
    """Orders that still wait for something: to be sent or to be paid."""
    if actor.user_id is None:
        return []
    return list(_orders().filter(_orders_of(actor), state__in=[OrderState.DRAFT, OrderState.PLACED]))


def chosen_people(orders: Iterable[Order]) -> set[int]:
    return {line.insured_id for order in orders for line in order.lines.all()}


# policies ---------------------------------------------------------------------------------------------------


def _policies() -> QuerySet[Policy]:
    return Policy.objects.select_related("plan_year", "insured", "order_line__order__payer")


def _own(actor: Actor) -> Q:
    """A policy belongs to the person who paid for it and to the insured, so to the accounts that stand for them now."""
    return Q(order_line__order__payer__user_id=actor.user_id) | Q(insured__user_id=actor.user_id)


def policies_of(actor: Actor) -> list[Policy]:
    """Policies the actor paid for or is insured by, newest cover first. One query."""
    if actor.user_id is None:
        return []
    return list(_policies().filter(_own(actor), state__in=OWNED_POLICY_STATES))


def policy_for(actor: Actor, number: str) -> Policy:
    """Raises policy_not_found, also for a stranger's. One query."""
    policy = (
        _policies().filter(_own(actor), number=number, state__in=OWNED_POLICY_STATES).first() if actor.user_id else None
    )
    if policy is None:
        raise PolicyNotFound()
    return policy


def _claimable(actor: Actor) -> Q:
    """Paying for somebody opens nobody's medical records: a claim lists stays in hospital and diagnoses. It is made by
    the insured's own account, or by a close relative who paid and whose kinship is proved."""
    return _own(actor) & shown_to(actor, "insured")


def claimable_policies(actor: Actor, *, today: date) -> list[Policy]:
    """Issued policies, whose cover has begun, of the actor and of close relatives he paid for: what he may claim on.

    A policy for next year is left out: no treatment can fall into it yet. One query.
    """
    if actor.user_id is None:
        return []
    return list(_policies().filter(_claimable(actor), state=PolicyState.ISSUED, cover_from__lte=today))


def policies_claimed_by_others(actor: Actor, *, today: date) -> list[Policy]:
    """Those that he paid for and may not claim on: the insured is not proved to be a close relative. One query."""
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


def policy_covering(insured: Person, day: date) -> Policy | None:
    """The person's policy in force on a day."""
    return Policy.objects.filter(
        insured=insured, state=PolicyState.ISSUED, cover_from__lte=day, cover_to__gt=day
    ).first()


def policy_by_token(token: str) -> Policy | None:
    """For the public verification page: anybody who holds the certificate. Never a reserved or released one."""
    return _policies().filter(verify_token=token, state__in=OWNED_POLICY_STATES).first()


def relation_to(actor: Actor, policy: Policy) -> Relation | None:
    """What the insured is to the actor, if the actor paid or is the insured; None otherwise."""
    if policy.insured.user_id == actor.user_id:
        return Relation.SELF
    if policy.order_line.order.payer.user_id == actor.user_id:
        return Relation(policy.order_line.relation)
    return None


def user_of(actor: Actor) -> User | None:
    return User.objects.filter(pk=actor.user_id).first() if actor.user_id else None
