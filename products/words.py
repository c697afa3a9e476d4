"""A plan year's dates in words."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from django.utils.translation import gettext as _

from core.clock import civil_date
from look.phrases import day, last_day
from products.models import PlanYear


class Cover(Protocol):
    """A plan year or a policy: cover_from <= day < cover_to."""

    @property
    def cover_from(self) -> date: ...

    @property
    def cover_to(self) -> date: ...


def cover_words(cover: Cover) -> str:
    return _("%(first)s to %(last)s") % {"first": day(cover.cover_from), "last": day(last_day(cover.cover_to))}


def window_words(plan_year: PlanYear) -> str:
    opens, closes = civil_date(plan_year.opens_at), civil_date(plan_year.closes_at)
    return _("%(first)s to %(last)s") % {"first": day(opens), "last": day(last_day(closes))}
