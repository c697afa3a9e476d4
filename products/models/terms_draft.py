"""Drafts of terms: copies of a plan year's rules and texts that a product manager changes, and never the filed ones."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from products.lifecycle import TERMS_DRAFT_LIFECYCLE, TermsDraftState
from products.models.plan_year import DocumentKind, PlanDocument, PlanYear
from work.audit import tracked
from work.models import LifecycleEvent
from work.triggers import fixed, never_deleted, refuse

_TERMS = ("title", "premium_fen", "benefits_text", "texts", "revision")
_CHANGED_AFTER_THE_END = "OLD.state <> 'open' AND ({changed})".format(
    changed=" OR ".join(f'OLD."{name}" IS DISTINCT FROM NEW."{name}"' for name in _TERMS)
)


@tracked
class TermsDraft(models.Model):
    """plan_year: whose copy it is. texts: by kind and language the source of each document ("clauses" → {"zh": …,
    "en": …}), as products.texts.source reads it. revision: how often it was changed; whoever saves says which one she
    saw. became: the plan year in draft that was made of it."""

    plan_year = models.ForeignKey(PlanYear, models.PROTECT, related_name="drafts", verbose_name=_("copy of"))
    title = models.CharField(pgettext_lazy("draft of terms", "title"), max_length=80)
    premium_fen = models.BigIntegerField(_("premium (fen)"))
    benefits_text = models.TextField(_("text of the plan file"))
    texts = models.JSONField(_("sources of the texts"), default=dict)
    revision = models.PositiveIntegerField(pgettext_lazy("draft of terms", "revision"), default=1)
    state = models.CharField(_("state"), max_length=10, choices=TermsDraftState.choices, default=TermsDraftState.OPEN)
    became = models.ForeignKey(
        PlanYear, models.PROTECT, null=True, blank=True, related_name="made_of", verbose_name=_("became")
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, db_index=False, verbose_name=_("by")
    )
    created_at = models.DateTimeField(_("created"))
    changed_at = models.DateTimeField(_("changed"))

    lifecycle = TERMS_DRAFT_LIFECYCLE
    scope_columns = {"scheme": "plan_year__scheme"}

    class Meta:
        verbose_name = _("draft of terms")
        verbose_name_plural = _("plan workshop: drafts of terms")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(name="terms_draft_premium_is_positive", condition=Q(premium_fen__gt=0)),
            models.CheckConstraint(
                name="filed_terms_draft_became_a_plan_year",
                condition=Q(state=TermsDraftState.FILED, became__isnull=False)
                | (~Q(state=TermsDraftState.FILED) & Q(became__isnull=True)),
            ),
        ]
        triggers = [
            *TERMS_DRAFT_LIFECYCLE.triggers(),
            refuse("terms_draft_fixed", pgtrigger.Update, when=pgtrigger.Condition(_CHANGED_AFTER_THE_END)),
            fixed("terms_draft_is_of_its_plan_year", "plan_year", "created_by", "created_at"),
            never_deleted("terms_draft_is_kept"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.state == TermsDraftState.OPEN

    def as_plan_year(self) -> PlanYear:
        """The plan year as it would be with these terms: to read figures and texts of, never to be saved."""
        year: PlanYear = PlanYear.objects.get(pk=self.plan_year_id)
        year.premium_fen, year.benefits_text = self.premium_fen, self.benefits_text
        return year

    def documents(self, year: PlanYear) -> list[PlanDocument]:
        """Its texts as documents of `as_plan_year`: their sources alone, in the order of the kinds."""
        return [
            PlanDocument(plan_year=year, kind=kind, **{f"source_{one}": self.source(kind, one) for one in ("zh", "en")})
            for kind in DocumentKind.values
            if kind in self.texts
        ]

    def source(self, kind: str, language: str) -> str:
        found: str = self.texts.get(kind, {}).get(language, "")
        return found


class TermsDraftEvent(LifecycleEvent):
    subject = models.ForeignKey(TermsDraft, models.PROTECT, related_name="events")

    class Meta(LifecycleEvent.Meta):
        verbose_name = _("event of a draft of terms")
        verbose_name_plural = _("events of drafts of terms")
