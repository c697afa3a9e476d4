from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import DomainError
from products.models import CityYear, ComparedTerms, Comparison, PlanYear, TermsDraft
from products.plans import compiled
from products.workshop.cities import city_of
from work.hints import hint_after_commit
from work.lanes import Lane

MOST_TERMS = 5


@transaction.atomic
def start_comparison(
    *, city_year: CityYear, terms: Sequence[PlanYear | TermsDraft], actor: Actor, now: datetime
) -> Comparison:
    """What each of the terms would have come to in a city year; a worker computes it. The first is what the others are
    compared with. Each counts as it stands now, on its first day of cover.

    Raises terms_missing, terms_too_many, terms_twice, terms_of_another_scheme.
    """
    actor.require("enrollment.operate", city_year)
    if not terms:
        raise DomainError("terms_missing", _("Please choose what is to be compared."), field="terms")
    if len(terms) > MOST_TERMS:
        raise DomainError("terms_too_many", _("At most %(most)s at a time."), field="terms", most=MOST_TERMS)
    if len({(type(one), one.pk) for one in terms}) < len(terms):
        raise DomainError("terms_twice", _("Something is chosen twice."), field="terms")
    if any(_year_of(one).scheme_id != city_year.scheme_id for one in terms):
        raise DomainError("terms_of_another_scheme", _("Terms and city year are of one scheme."), field="terms")
    parts = city_of(city_year).parts
    comparison = Comparison.objects.create(
        city_year=city_year,
        scheme_id=city_year.scheme_id,
        parts=parts,
        created_by_id=actor.user_id,
        created_at=now,
        next_attempt_at=now,
    )
    for position, one in enumerate(terms):
        _add(comparison, position, one)
    hint_after_commit(Lane.CHORES)
    return comparison


def _year_of(one: PlanYear | TermsDraft) -> PlanYear:
    return one.plan_year if isinstance(one, TermsDraft) else one


def _add(comparison: Comparison, position: int, one: PlanYear | TermsDraft) -> None:
    year, is_draft = _year_of(one), isinstance(one, TermsDraft)
    compiled(one.benefits_text, year.benefits_plan)  # a text that does not compile is told now, not by the worker
    ComparedTerms.objects.create(
        comparison=comparison,
        position=position,
        name=one.title if isinstance(one, TermsDraft) else year.code,
        plan_year=None if is_draft else year,
        draft=one if isinstance(one, TermsDraft) else None,
        revision=one.revision if isinstance(one, TermsDraft) else 0,
        benefits_plan=year.benefits_plan,
        benefits_text=one.benefits_text,
        first_on=year.cover_from,
        premium_fen=one.premium_fen,
        sha256=hashlib.sha256(one.benefits_text.encode()).hexdigest(),
    )
