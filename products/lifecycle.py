"""The states of a plan year and the only ways between them (`work.lifecycle`)."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from work.lifecycle import Lifecycle


class PlanYearState(TextChoices):
    DRAFT = "draft", _("Draft")
    EXPERT_REVIEW = "expert_review", _("With the experts")
    FILED = "filed", _("Filed with the bureau")
    PUBLISHED = "published", _("Published")
    CLOSED = "closed", _("Closed")


# Sanmenxia 四(二): expert assessment, then filing with the bureau, then publication.
PLAN_YEAR_LIFECYCLE = Lifecycle(
    name="plan_year",
    states=PlanYearState,
    initial=PlanYearState.DRAFT,
    edges={
        (PlanYearState.DRAFT, PlanYearState.EXPERT_REVIEW): "plan_year.sent_to_experts",
        (PlanYearState.EXPERT_REVIEW, PlanYearState.DRAFT): "plan_year.sent_back",
        (PlanYearState.EXPERT_REVIEW, PlanYearState.FILED): "plan_year.filed",
        (PlanYearState.FILED, PlanYearState.DRAFT): "plan_year.filing_refused",
        (PlanYearState.FILED, PlanYearState.PUBLISHED): "plan_year.published",
        (PlanYearState.PUBLISHED, PlanYearState.CLOSED): "plan_year.closed",
    },
)


# Residents may read these; the terms of these may not change any more.
PUBLIC_PLAN_YEAR_STATES = (PlanYearState.PUBLISHED, PlanYearState.CLOSED)


FIXED_PLAN_YEAR_STATES = (PlanYearState.FILED, PlanYearState.PUBLISHED, PlanYearState.CLOSED)
