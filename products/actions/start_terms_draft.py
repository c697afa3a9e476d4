from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import DomainError
from products.models import PlanYear, TermsDraft
from products.selectors import newest_documents


def start_terms_draft(*, plan_year: PlanYear, title: str, actor: Actor, now: datetime) -> TermsDraft:
    """A copy of a plan year's rules, price and texts to be changed; the plan year itself stays as it is, whatever its
    state. Raises title_missing."""
    actor.require("enrollment.operate", plan_year)
    if not title.strip():
        raise DomainError("title_missing", _("Please give it a title."), field="title")
    texts = {
        document.kind: {"zh": document.source_zh, "en": document.source_en}
        for document in newest_documents(plan_year).values()
    }
    return TermsDraft.objects.create(
        plan_year=plan_year,
        title=title.strip(),
        premium_fen=plan_year.premium_fen,
        benefits_text=plan_year.benefits_text,
        texts=texts,
        created_by_id=actor.user_id,
        created_at=now,
        changed_at=now,
    )
