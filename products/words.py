"""A plan year's dates in words."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from django.utils.translation import gettext as _

from core.clock import civil_date
from look.phrases import day, last_day
from products.errors import Window
from products.models import OpenWay


class Cover(Protocol):
    """A plan year or a policy: cover_from <= day < cover_to."""

    @property
    def cover_from(self) -> date: ...

    @property
    def cover_to(self) -> date: ...


def cover_words(cover: Cover) -> str:
    return _("%(first)s to %(last)s") % {"first": day(cover.cover_from), "last": day(last_day(cover.cover_to))}


def way_words(way: OpenWay) -> str:
    """When and for how many: "1 October to 31 December, 5 people or more"."""
    words = window_words(way)
    if way.least_people > 1:
        words += _(", %(least)s people or more") % {"least": way.least_people}
    return words


def window_words(window: Window) -> str:
    opens, closes = civil_date(window.opens_at), civil_date(window.closes_at)
    return _("%(first)s to %(last)s") % {"first": day(opens), "last": day(last_day(closes))}
