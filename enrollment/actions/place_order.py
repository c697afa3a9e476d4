from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from core import guards
from core.actors import Actor
from core.errors import Conflict, DomainError
from core.seen import require_unchanged
from enrollment import order_payment, shown
from enrollment.actions.start_order import already_insured
from enrollment.errors import NobodyChosen
from enrollment.lifecycle import LIVE_POLICY_STATES, OrderState
from enrollment.locks import lock_own_order
from enrollment.models import Order, OrderLine, Policy, Way
from enrollment.models.sales import REQUIRED_STEPS
from products.errors import WindowClosed
from work.lifecycle import changed_meanwhile, transition
from work.numbers import next_numbers

UNPAID_KEPT_FOR = timedelta(minutes=30)


@transaction.atomic
def place_order(*, order: Order, seen: str, channel: str, client_ip: str = "", actor: Actor, now: datetime) -> Order:
    """DRAFT → PLACED: reserve a policy for everybody on the order and start the payment, all in one transaction.

    The price is read from the plan year. The reservation is given back when nothing is paid in 30 minutes.
    Raises window_closed, acknowledgement_missing, already_insured, personal_account_not_allowed, changed_meanwhile.
    """
    actor.require("enrollment.enrol")
    order = _locked(order, actor)
    require_unchanged(seen, is_now=shown.order_version(order))
    if not order.plan_year.is_open(now):
        raise WindowClosed(order.plan_year)
    _require_steps(order)
    order_payment.refuse_wrong_channel(order, channel)
    lines = list(order.lines.select_related("insured").order_by("insured"))
    if not lines:
        raise NobodyChosen()
    premium_fen = order.plan_year.premium_fen
    OrderLine.objects.filter(order=order).update(premium_fen=premium_fen)
    _reserve(order, lines, premium_fen, now)
    transition(
        order,
        OrderState.PLACED,
        actor=actor,
        now=now,
        total_fen=premium_fen * len(lines),
        placed_at=now,
        expires_at=now + UNPAID_KEPT_FOR,
    )
    order_payment.start(order, channel=channel, client_ip=client_ip, actor=actor, now=now)
    return order


def _locked(order: Order, actor: Actor) -> Order:
    locked = lock_own_order(order, actor)
    if locked.state != OrderState.DRAFT:
        raise Conflict("order_already_placed", _("This order was already sent. Please see how its payment stands."))
    return locked


def _require_steps(order: Order) -> None:
    """Insurance Law Art. 17: exclusions acknowledged on their own page; PIPL: consents given; answers checked."""
    done = set(order.sales_steps.values_list("kind", flat=True))
    if not done.issuperset(REQUIRED_STEPS):
        raise DomainError(
            "acknowledgement_missing",
            _("Please read what is not covered, and the terms, and confirm both before you pay."),
            status=409,
        )


def _reserve(order: Order, lines: list[OrderLine], premium_fen: int, now: datetime) -> None:
    """The partial unique constraint decides between two relatives who enrol one person at once (E5).

    People are taken in the order of their ids, so that two orders never wait for each other in a circle.
    """
    if guards.on("enrollment.early_live_policy_check"):
        _refuse_insured(order, lines)
    year = order.plan_year
    numbers = next_numbers("HM", year.cover_from.year, len(lines))
    try:
        with transaction.atomic():
            Policy.objects.bulk_create(
                Policy(
                    number=number,
                    plan_year=year,
                    insured=line.insured,
                    policyholder=order.policyholder,
                    way=Way.RESIDENT,
                    order_line=line,
                    premium_fen=premium_fen,
                    cover_from=year.cover_from,
                    cover_to=year.cover_to,
                    created_at=now,
                )
                for number, line in zip(numbers, lines, strict=True)
            )
    except IntegrityError as error:
        if "one_live_policy_per_person_and_year" not in str(error):
            raise
        _refuse_insured(order, lines)
        raise changed_meanwhile() from error  # whoever was first has given it back since


def _refuse_insured(order: Order, lines: list[OrderLine]) -> None:
    """Raises already_insured for the first of these people who has a live policy. One query."""
    people = {line.insured_id: line.insured for line in lines}
    live = Policy.objects.filter(plan_year=order.plan_year, insured__in=people, state__in=LIVE_POLICY_STATES)
    insured = set(live.values_list("insured", flat=True))
    for person_id, person in people.items():
        if person_id in insured:
            raise already_insured(order.payer, person)
