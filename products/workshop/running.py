"""A worker computes a comparison part by part: what is done is kept, a worker that dies leaves the rest to another."""

from __future__ import annotations

import time
from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext

from benefits import BenefitsError
from core import clock, guards
from core.actors import Actor
from core.errors import Busy, DomainError
from privacy.files import FileLost, destroy, provisional
from products.lifecycle import ComparisonState
from products.models import ComparedTerms, Comparison, ComparisonPart
from products.plans import compiled
from products.workshop import cities, figures
from products.workshop.figures import Measured, Terms
from work.leases import LEASE, LeaseLost, lock_held, retry_delay, settle
from work.lifecycle import transition

log = structlog.get_logger(__name__)

WORKER = Actor.system("workshop")
# By workers that died, or without the files, and without a single part coming in between.
_MOST_TRIES = 4
# Then others have their turn; what is done is kept.
TURN_SECONDS = 30.0


def running() -> QuerySet[Comparison]:
    return Comparison.objects.filter(state=ComparisonState.RUNNING)


def carry_on(row: Comparison, now: datetime) -> bool:
    """The next parts of a comparison, as many as fit into a turn; after the last one its figures."""
    token = row.fencing_token
    try:
        if row.attempts > _MOST_TRIES:
            _fail(row, gettext("It was tried several times without getting any further."), token=token)
            return False
        _compute(row, token=token)
    except LeaseLost:
        log.info("comparison.taken_over", comparison=row.pk)
        return False
    except (Busy, FileLost) as away:
        _again(row, token=token, error=type(away).__name__)
        return False
    except (BenefitsError, DomainError) as refusal:
        _fail(row, str(refusal), token=token)
    return True


def _compute(row: Comparison, *, token: int) -> None:
    city, compared = cities.city_of(row.city_year), list(row.terms.all())
    terms = [_terms_of(one) for one in compared]
    began = time.monotonic()
    while row.parts_done < row.parts:
        part = figures.measure(city.part(row.parts_done), terms, areas=len(city.area_names))
        _keep(row, part, token=token)
        if row.parts_done < row.parts and time.monotonic() - began > TURN_SECONDS:
            settle(row, token=token, next_attempt_at=clock.now())
            return
    _finish(row, compared, city.area_names, token=token)


def _terms_of(one: ComparedTerms) -> Terms:
    return Terms(compiled(one.benefits_text, one.benefits_plan).on(one.first_on), one.premium_fen)


def _keep(row: Comparison, part: Measured, *, token: int) -> None:
    """A part is done: it is kept, and the lease begins anew. Raises LeaseLost, also when somebody cancelled."""
    number = row.parts_done
    with provisional() as written:
        file = ComparisonPart.write(part.written(), comparison=row, number=number, counted=part.counted)
        written.append(file)
        with transaction.atomic():
            held = lock_held(row, token=token)
            if held.state != ComparisonState.RUNNING and guards.on("workshop.cancelled_stops"):
                raise _Cancelled
            file.save()
            held.parts_done = row.parts_done = number + 1
            held.people_done = row.people_done = held.people_done + part.counted["people"]
            held.lease_until, held.attempts = clock.now() + LEASE, 1
            held.save(update_fields=["parts_done", "people_done", "lease_until", "attempts"])


class _Cancelled(LeaseLost):
    """Nobody waits for it any more: what was just computed is thrown away."""


def _finish(row: Comparison, compared: list[ComparedTerms], areas: tuple[str, ...], *, token: int) -> None:
    """The figures of all terms, and the end: together, and only by who holds it still."""
    done = list(row.done.order_by("number"))
    shared, of_terms = figures.put_together([Measured.read(one.counted, one.read()) for one in done], areas=areas)
    with transaction.atomic():
        held = lock_held(row, token=token)
        if held.state != ComparisonState.RUNNING:
            raise _Cancelled
        for one, found in zip(compared, of_terms, strict=True):
            one.figures = found
            one.save(update_fields=["figures"])
        now = clock.now()
        transition(held, ComparisonState.DONE, actor=WORKER, now=now, shared=shared, ended_at=now)
        settle(held, token=token, next_attempt_at=None)
        destroy(row.done.all())


def _again(row: Comparison, *, token: int, error: str) -> None:
    try:
        settle(row, token=token, next_attempt_at=clock.now() + retry_delay(row.attempts), error=error)
    except LeaseLost:
        log.info("comparison.taken_over", comparison=row.pk)


def _fail(row: Comparison, problem: str, *, token: int) -> None:
    try:
        with transaction.atomic():
            held = lock_held(row, token=token)
            if held.state == ComparisonState.RUNNING:
                now = clock.now()
                transition(held, ComparisonState.FAILED, actor=WORKER, now=now, problem=problem[:500], ended_at=now)
            settle(held, token=token, next_attempt_at=None)
            destroy(row.done.all())
    except LeaseLost:
        log.info("comparison.taken_over", comparison=row.pk)
