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
from products.texts.reading import kept
from products.texts.rendering import figures_of, render


@transaction.atomic
def attach_document(
    *, plan_year: PlanYear, kind: str, source_zh: str, source_en: str, actor: Actor, now: datetime
) -> PlanDocument:
    """The next version of one of the plan year's documents: written from its sources (`products.texts.source`) with the
    figures of the plan, and stamped with the digest of what residents read.

    Raises `plan_year_fixed` once the plan year has left DRAFT: what experts and bureau read is what residents read;
    `text_unreadable` with the line of a source that cannot be read or shows a figure that the plan does not have.
    """
    actor.require("enrollment.operate", plan_year)
    locked = PlanYear.objects.select_for_update().get(pk=plan_year.pk)
    if locked.state != PlanYearState.DRAFT:
        raise Conflict(
            "plan_year_fixed", _("The documents were already sent on. Take the plan year back to draft first.")
        )
    zh = render(source_zh, figures_of(locked, "zh"))
    en = render(source_en, figures_of(locked, "en"))
    newest = locked.documents.filter(kind=kind).aggregate(newest=Max("version"))["newest"] or 0
    return PlanDocument.objects.create(
        plan_year=locked,
        kind=kind,
        version=newest + 1,
        body_zh=zh.body,
        body_en=en.body,
        source_zh=source_zh,
        source_en=source_en,
        sentences={"zh": kept(zh), "en": kept(en)},
        sha256=document_sha256(body_zh=zh.body, body_en=en.body),
        created_at=now,
    )
