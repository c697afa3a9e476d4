from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import DomainError
from products.actions._drafts import locked_draft
from products.models import TermsDraft
from products.models.plan_year import DocumentKind
from products.texts.rendering import figures_of, render
from products.texts.source import TextUnreadable


@transaction.atomic
def change_draft_text(
    *, draft: TermsDraft, kind: str, source_zh: str, source_en: str, revision: int, actor: Actor, now: datetime
) -> TermsDraft:
    """Another source for one of a draft's texts, in both languages. Raises terms_draft_ended, changed_meanwhile, and
    text_unreadable with the line, at the field of the language."""
    actor.require("enrollment.operate", draft)
    locked = locked_draft(draft, revision=revision)
    if kind not in DocumentKind.values:
        raise DomainError("document_unknown", _("There is no such text."))
    year = locked.as_plan_year()
    for language, source in (("zh", source_zh), ("en", source_en)):
        try:
            render(source, figures_of(year, language))
        except TextUnreadable as error:
            error.field = f"source_{language}"
            raise
    locked.texts = {**locked.texts, kind: {"zh": source_zh, "en": source_en}}
    locked.revision += 1
    locked.changed_at = now
    locked.save(update_fields=["texts", "revision", "changed_at"])
    return locked
