"""Refusals of this room that more than one action gives. Codes are stable; sentences say what to do."""

from __future__ import annotations

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from core.clock import local
from core.errors import Conflict
from products.models import PlanYear


class NoOpenPlanYear(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "no_open_plan_year",
            _("Enrolment is not open at the moment. It is open from October to December; please come back then."),
        )


class WindowClosed(Conflict):
    """Outside opens_at <= now < closes_at, or the plan year is not published."""

    def __init__(self, plan_year: PlanYear) -> None:
        super().__init__(
            "window_closed",
            _("Enrolment for this year is open from %(opens)s and ends before %(closes)s (Beijing time)."),
            opens=date_format(local(plan_year.opens_at), "DATE_FORMAT"),
            closes=date_format(local(plan_year.closes_at), "DATE_FORMAT"),
        )
