"""Refusals of this room that more than one action gives. Codes are stable; sentences say what to do."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from core.clock import local
from core.errors import Conflict


class NoOpenPlanYear(Conflict):
    """opens_at: of the next window, if one is published."""

    def __init__(self, opens_at: datetime | None = None) -> None:
        if opens_at is None:
            super().__init__("no_open_plan_year", _("Enrolment is not open at the moment. Please come back later."))
        else:
            super().__init__(
                "no_open_plan_year",
                _("Enrolment is not open at the moment. It opens on %(day)s; please come back then."),
                day=date_format(local(opens_at), "DATE_FORMAT"),
            )


NO_LEAD_INSURER = "no_lead_insurer"


class NoLeadInsurer(Conflict):
    """Only possible where every area has insurers of its own and this one was forgotten."""

    def __init__(self, *, plan_year: str, area: str) -> None:
        super().__init__(
            NO_LEAD_INSURER,
            _(
                "No insurer answers for area %(area)s on that day in %(plan_year)s. "
                "The operator of the scheme completes the pool's shares; then please do this again."
            ),
            area=area,
            plan_year=plan_year,
        )


class Window(Protocol):
    """A plan year, or one of the ways into it."""

    @property
    def opens_at(self) -> datetime: ...

    @property
    def closes_at(self) -> datetime: ...


class WindowClosed(Conflict):
    """Outside opens_at <= now < closes_at, or the plan year is not published."""

    def __init__(self, window: Window) -> None:
        super().__init__(
            "window_closed",
            _("Enrolment for this year is open from %(opens)s and ends before %(closes)s (Beijing time)."),
            opens=date_format(local(window.opens_at), "DATE_FORMAT"),
            closes=date_format(local(window.closes_at), "DATE_FORMAT"),
        )


class WayNotOffered(Conflict):
    """The plan year has no such way in."""

    def __init__(self) -> None:
        super().__init__("way_not_offered", _("This year nobody can enrol in this way."))


class TooFewPeople(Conflict):
    def __init__(self, least: int) -> None:
        super().__init__("too_few_people", _("In this way at least %(least)s people enrol together."), least=least)
