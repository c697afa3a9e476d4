"""How long the papers of a claim must be kept: five years after a cover of up to a year ended (Insurance Law 87)."""

from __future__ import annotations

from datetime import date

from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _

from accounts.retention import Hold
from claims.lifecycle import ClaimState
from claims.models import Claim

KEPT_YEARS = 5


def records_of(user_id: int) -> list[Hold]:
    """One hold for everything that was handed in by this person or about this person."""
    mine = Claim.objects.filter(Q(claimant_id=user_id) | Q(insured__user_id=user_id))
    handed_in = mine.exclude(state__in=[ClaimState.DRAFT, ClaimState.WITHDRAWN])
    last: date | None = handed_in.aggregate(last=Max("policy__cover_to"))["last"]
    if last is None:
        return []
    reason = _("The law asks us to keep the papers of claims for five years after the cover ended.")
    return [Hold(reason, until=_years_later(last))]


def _years_later(day: date) -> date:
    try:
        return day.replace(year=day.year + KEPT_YEARS)
    except ValueError:  # 29 February
        return day.replace(year=day.year + KEPT_YEARS, day=28)
