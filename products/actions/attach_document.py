from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import Conflict
from products.lifecycle import PlanYearState
from products.models import PlanDocument, PlanYear
from products.texts import document_sha256


@transaction.atomic
def attach_document(
    *, plan_year: PlanYear, kind: str, body_zh: str, body_en: str, actor: Actor, now: datetime
) -> PlanDocument:
    """The next version of one of the plan year's documents, stamped with its digest.

    Raises `plan_year_fixed` once the plan year has left DRAFT: what experts and bureau read is what residents read.
    """
    actor.require("enrollment.operate", plan_year)
    locked = PlanYear.objects.select_for_update().get(pk=plan_year.pk)
    if locked.state != PlanYearState.DRAFT:
        raise Conflict(
            "plan_year_fixed", _("The documents were already sent on. Take the plan year back to draft first.")
        )
    newest = locked.documents.filter(kind=kind).aggregate(newest=Max("version"))["newest"] or 0
    return PlanDocument.objects.create(
        plan_year=locked,
        kind=kind,
        version=newest + 1,
        body_zh=body_zh,
        body_en=body_en,
        sha256=document_sha256(body_zh=body_zh, body_en=body_en),
        created_at=now,
    )
