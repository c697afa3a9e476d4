from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import Conflict, DomainError
from parties.models import Insurer
from products.lifecycle import PlanYearState
from products.models import PlanYear, PoolShare
from products.models.share import WHOLE_MILLIONTHS


@dataclass(frozen=True, slots=True)
class Share:
    """share_millionths of what happens in `area` ("" is the whole scheme) during [from_on, to_on)."""

    insurer: str
    share_millionths: int
    leads: bool = False
    area: str = ""
    from_on: date | None = None
    to_on: date | None = None


@transaction.atomic
def set_shares(*, plan_year: PlanYear, shares: Sequence[Share], actor: Actor, now: datetime) -> list[PoolShare]:
    """Who carries a plan year in DRAFT, for the whole time of cover where a share names no days.

    The database refuses, when the transaction ends, an area that is not carried wholly, or not led by one, on any day
    of cover. Raises plan_year_fixed, shares_set, shares_not_whole, insurer_unknown.
    Source: Sanmenxia 四(一)(四): several insurers by shares, the best leads.
    """
    actor.require("enrollment.operate", plan_year)
    locked = PlanYear.objects.select_for_update().get(pk=plan_year.pk)
    if locked.state != PlanYearState.DRAFT:
        raise Conflict("plan_year_fixed", _("The plan year was already sent on. Take it back to draft first."))
    if locked.shares.exists():
        raise Conflict("shares_set", _("The insurers' shares of this plan year are set already."))
    _refuse_parts(shares)
    known = Insurer.objects.in_bulk([share.insurer for share in shares])
    for share in shares:
        if share.insurer not in known:
            raise DomainError(
                "insurer_unknown", _("No insurer has the code %(insurer)s."), field="shares", insurer=share.insurer
            )
    return PoolShare.objects.bulk_create(
        PoolShare(
            plan_year=locked,
            insurer_id=share.insurer,
            area=share.area,
            share_millionths=share.share_millionths,
            leads=share.leads,
            from_on=share.from_on or locked.cover_from,
            to_on=share.to_on,
        )
        for share in shares
    )


def _refuse_parts(shares: Sequence[Share]) -> None:
    """The slip that people make, told at once: parts of an area that do not add up. The days are the database's."""
    for area in {share.area for share in shares}:
        here = [share for share in shares if share.area == area]
        dated = any(share.from_on or share.to_on for share in here)
        if not dated and sum(share.share_millionths for share in here) != WHOLE_MILLIONTHS:
            raise DomainError("shares_not_whole", _("The shares do not add up to one whole."), field="shares")
        if not dated and sum(share.leads for share in here) != 1:
            raise DomainError("one_lead_insurer", _("Exactly one insurer leads the pool."), field="shares")
    if not shares:
        raise DomainError("shares_not_whole", _("The shares do not add up to one whole."), field="shares")
