from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import Conflict, DomainError
from core.seen import require_unchanged
from enrollment import order_payment, shown
from enrollment.actions.start_order import already_insured, refuse_elsewhere
from enrollment.errors import NobodyChosen
from enrollment.lifecycle import LIVE_POLICY_STATES, OrderState
from enrollment.locks import lock_with_steps
from enrollment.models import Order, OrderLine, Policy
from enrollment.models.sales import REQUIRED_STEPS
from products.models import Way
from products.ways import require_open_way
from work.lifecycle import changed_meanwhile, transition
from work.numbers import next_number
from work.writes import insert_together

UNPAID_KEPT_FOR = timedelta(minutes=30)


@transaction.atomic
def place_order(*, order: Order, seen: str, channel: str, client_ip: str = "", actor: Actor, now: datetime) -> Order:
    """DRAFT → PLACED: reserve a policy for everybody on the order and start the payment, all in one transaction.

    The price is read from the plan year. The reservation is given back when nothing is paid in 30 minutes.
    Raises window_closed, way_not_offered, too_few_people, insured_elsewhere, acknowledgement_missing, already_insured,
    personal_account_not_allowed, changed_meanwhile.
    """
    actor.require("enrollment.enrol")
    order, steps = _locked(order, actor)
    require_unchanged(seen, is_now=shown.order_version(order))
    lines = order.lines.all()
    if not lines:
        raise NobodyChosen()
    require_open_way(order.plan_year, Way.RESIDENT, now=now, people=len(lines))
    _require_steps(steps)
    refuse_elsewhere(order.payer, [line.insured for line in lines], order.plan_year, now)
    _price(order)
    wanted = order_payment.purchase(order, client_ip=client_ip)
    way = order_payment.refuse_wrong_channel(order, wanted, channel)
    _reserve(order, now)
    until = now + UNPAID_KEPT_FOR
    payment = order_payment.begin(order, channel=way, wanted=wanted, payable_until=until, actor=actor, now=now)
    return transition(
        order,
        OrderState.PLACED,
        actor=actor,
        now=now,
        total_fen=payment.amount_fen,
        placed_at=now,
        expires_at=until,
        channel=channel,
        payment_number=payment.number,
    )


def _locked(order: Order, actor: Actor) -> tuple[Order, frozenset[str]]:
    locked, steps = lock_with_steps(order, actor)
    if locked.state != OrderState.DRAFT:
        raise Conflict("order_already_placed", _("This order was already sent. Please see how its payment stands."))
    return locked, steps


def _require_steps(done: frozenset[str]) -> None:
    """Insurance Law Art. 17: exclusions acknowledged on their own page; PIPL: consents given; answers checked."""
    if not done.issuperset(REQUIRED_STEPS):
        raise DomainError(
            "acknowledgement_missing",
            _("Please read what is not covered, and the terms, and confirm both before you pay."),
            status=409,
        )


def _price(order: Order) -> None:
    """As the plan year has it now, on each line."""
    premium_fen = order.plan_year.premium_fen
    lines = order.lines.all()
    if any(line.premium_fen != premium_fen for line in lines):
        OrderLine.objects.filter(order=order).update(premium_fen=premium_fen)
        for line in lines:
            line.premium_fen = premium_fen


def _reserve(order: Order, now: datetime) -> None:
    """The partial unique constraint decides between two relatives who enrol one person at once (E5).

    People are taken in the order of their ids, so that two orders never wait for each other in a circle.
    """
    year = order.plan_year
    policies = [
        Policy(
            number=next_number("HM", year.cover_from.year),
            plan_year=year,
            insured=line.insured,
            policyholder=order.policyholder,
            way=Way.RESIDENT,
            order_line=line,
            premium_fen=line.premium_fen,
            cover_from=year.cover_from,
            cover_to=year.cover_to,
            created_at=now,
        )
        for line in sorted(order.lines.all(), key=lambda line: line.insured_id)
    ]
    # What is reserved already is left out, and then the whole order is undone: the transaction ends with the refusal.
    if insert_together(*policies, unless_known=True) != len(policies):
        _refuse_insured(order)
        raise changed_meanwhile()  # whoever was first has given it back since


def _refuse_insured(order: Order) -> None:
    """Raises already_insured for the first of these people who has a live policy of somebody else's order. One
    query."""
    people = {line.insured_id: line.insured for line in order.lines.all()}
    live = Policy.objects.filter(plan_year=order.plan_year, insured__in=people, state__in=LIVE_POLICY_STATES)
    insured = set(live.exclude(order_line__order=order).values_list("insured", flat=True))
    for person_id, person in people.items():
        if person_id in insured:
            raise already_insured(order.payer, person)
