"""How long the papers of a claim must be kept: five years after a cover of up to a year ended (Insurance Law 87); and
what goes when nothing holds them any more and the person leaves (PIPL 47)."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _

from accounts.retention import Hold
from claims.actions._forgetting import forget_papers
from claims.actions.let_go_of_drafts import give_up_drafts
from claims.lifecycle import ClaimState
from claims.models import Claim, ClaimLetter
from core.actors import Actor
from privacy.files import destroy

KEPT_YEARS = 5


def records_of(user_id: int) -> list[Hold]:
    """One hold for everything that was handed in by this person or about this person."""
    mine = Claim.objects.filter(Q(filed_by_id=user_id) | Q(insured__user_id=user_id))
    handed_in = mine.exclude(state__in=[ClaimState.DRAFT, ClaimState.WITHDRAWN])
    last: date | None = handed_in.aggregate(last=Max("policy__cover_to"))["last"]
    if last is None:
        return []
    reason = _("The law asks us to keep the papers of claims for five years after the cover ended.")
    return [Hold(reason, until=_years_later(last))]


def let_go(user_id: int, *, actor: Actor, now: datetime) -> None:
    """Her drafts are given up. Of claims about herself papers and letters are destroyed; that there was a claim, and
    what was paid, stays in the books. A claim about somebody else is not hers to forget.
    """
    give_up_drafts(user_id, why="account deleted", actor=actor, now=now)
    for claim in Claim.objects.filter(insured__user_id=user_id):
        forget_papers(claim, now=now)
    destroy(ClaimLetter.objects.filter(decision__claim__insured__user_id=user_id))


def _years_later(day: date) -> date:
    try:
        return day.replace(year=day.year + KEPT_YEARS)
    except ValueError:  # 29 February
        return day.replace(year=day.year + KEPT_YEARS, day=28)
